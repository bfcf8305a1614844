"""All settings of what a saved page plays, as a table: from it alone, the same can be computed again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from formulas.mathml import mathml
from parameters import title_of
from parameters.param import exact
from scenario import Scenario
from scenario.setup import Setup
from version import PROGRAM

_NONE = "–"


def settings_table(setup: Setup) -> str:
    """The title, the landscape's formula, every field of the setup with all its numbers, those at their default too, what a link says of
    it, and the version of Descent, as HTML."""
    rows = [("title", f"{escape(setup.title)}: {escape(', '.join(setup.labels()))}")]
    fields = setup.in_full()
    if isinstance(setup, Scenario):
        landscape = setup.build_landscape()
        if latex := getattr(landscape, "latex", ""):
            rows.append(("f(x, y)", f'<div class="wide"><math>{mathml(latex, stretch=False)}</math></div>'))
        fields["window"] = landscape.window  # which a later version may choose otherwise, as the usual start
        if setup.starts.name == "points":
            fields["points"] = setup.start_points().T.tolist()
    for field, value in fields.items():
        rows += _rows(setup, field, value)
    rows += [("link", f"<code>?{escape(setup.to_query())}</code>"), ("computed by", escape(PROGRAM))]
    lines = "".join(f'<tr><th scope="row">{escape(title)}</th><td>{told}</td></tr>' for title, told in rows)
    return f'<div class="wide"><table class="scoreboard settings"><tbody>{lines}</tbody></table></div>'


def _rows(setup: Setup, field: str, value: Any) -> Iterator[tuple[str, str]]:
    """The rows of a field: one, or one for each of several choices."""
    if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        for index, each in enumerate(value):
            yield f"{title_of(field).removesuffix('s')} {index + 1}", _choice(setup, f"{field}.{index}", each)
    else:
        yield title_of(field), _choice(setup, field, value) if isinstance(value, Mapping) else escape(_text(value))


def _choice(setup: Setup, address: str, choice: Mapping[str, Any]) -> str:
    """What is chosen from a catalogue, by its name there and in links, with its numbers."""
    part = setup.part(address) if address in setup.parts() else None
    titles = {parameter.name: parameter.title for parameter in part.parameters} if part else {}
    own = [f"{titles.get(name, title_of(name))} {_text(value)}" for name, value in choice["settings"].items()]
    name = part.owner if part else choice["name"]
    return f"<b>{escape(name)}</b> {escape(', '.join(own))}".rstrip()


def _text(value: Any) -> str:
    if value is None or (isinstance(value, str | list | tuple) and not value):
        return _NONE
    if isinstance(value, list | tuple):
        separator = "; " if isinstance(value[0], list | tuple) else ", "
        return separator.join(map(_text, value))
    return value if isinstance(value, str) else exact(value)
