"""The player's modules, and Plotly's, for a browser: several of ours joined into one, without a build step."""

from __future__ import annotations

import re
from importlib.metadata import distribution
from pathlib import Path

HERE = Path(__file__).parent
PLOTLY = Path(str(distribution("plotly").locate_file("plotly/package_data/plotly.min.js")))
"""Plotly for the browser, from the Python package, which need not be imported for that."""
_IMPORT = re.compile(r'^(import|export) \{([^}]*)\} from "\./(\w+)\.js";\n', re.MULTILINE)
_GIVEN_OUT = re.compile(r"^export (?:async )?(?:function\*?|class|const|let) (\w+|\[[^\]]*\])", re.MULTILINE)

_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*\*(?:(?!\*/)[\s\S])*\*/[ \t]*)\n|/\*\* @type (?:(?!\*/).)*\*/ ?", re.MULTILINE)
"""Lines of their own, and the types of expressions: a quarter of a page's script."""


def joined_modules(entry: str) -> str:
    """The player's modules as one, each within a scope of its own and after those that it imports, without comments. What any of them gives
    out can be used by its name behind them; where two give out one name, that of the first.
    """
    done: dict[str, str] = {}
    given: dict[str, str] = {}

    def add(name: str) -> None:
        text = (HERE / "js" / f"{name}.js").read_text(encoding="utf-8")
        for _, _, imported in _IMPORT.findall(text):
            if imported not in done:
                add(imported)
        known = "".join(f"const {{{names.replace(' as ', ': ')}}} = ${module};\n" for _, names, module in _IMPORT.findall(text))
        names = given_out(name)
        body = re.sub(r"^export ", "", _IMPORT.sub("", _COMMENT.sub("", text)), flags=re.MULTILINE)
        done[name] = f"const ${name} = (() => {{\n{known}{body}\nreturn {{ {', '.join(names)} }};\n}})();"
        given.update({one: name for one in names if one not in given})

    add(entry)
    outside = (f"const {{ {', '.join(one for one in given if given[one] == name)} }} = ${name};" for name in done if name in given.values())
    return "\n".join([*done.values(), *outside])


def classic_script(entry: str, call: str) -> str:
    """The modules from one of them on as a script that is no module, which a page on disk may load, and a call of what they give out."""
    modules = joined_modules(entry).replace("import.meta.url", "document.baseURI")  # which classic scripts do not have
    return f"(() => {{\n{modules}\n{call}\n}})();\n"


def given_out(module: str) -> list[str]:
    """The names that a module of the player exports, those of others that it passes on among them."""
    text = (HERE / "js" / f"{module}.js").read_text(encoding="utf-8")
    passed_on = [names for word, names, _ in _IMPORT.findall(text) if word == "export"]
    return [one.strip() for names in [*passed_on, *_GIVEN_OUT.findall(text)] for one in names.strip("[]").split(",")]
