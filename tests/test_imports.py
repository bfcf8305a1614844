"""Who may import whom: the layers of the project, read from the imports of every module.

Data flows one way, from a landscape's formula to the page, and so do the imports. A module's layer is its top-level name.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = [
    {"limits", "version"},
    {"parameters"},
    {"formulas"},
    {"landscapes", "optimizers"},  # these two never import each other
    {"tape"},
    {"machine"},
    {"simulation"},
    {"networks"},
    {"scenario"},
    {"lab"},
    {"figures"},
    {"player"},
    {"exports"},
    {"votes"},
    {"app_pages"},
    {"app", "descent", "setup"},
]
"""From the lowest layer up: a module may import from its own layer's name and from lower layers only."""
HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names}
COMPUTING = ["parameters", "formulas", "landscapes", "optimizers", "tape", "machine", "simulation", "networks", "scenario", "lab"]
FORBIDDEN = {name: {"plotly", "streamlit"} for name in COMPUTING} | {
    "figures": {"streamlit"},
    "exports": {"streamlit"},
    "votes": {"streamlit"},
}
"""What a layer must not import from elsewhere, neither itself nor through others."""
OUTSIDE = {"tests", "benchmarks", "examples", "docs", "lessons", "output", "node_modules"}
"""Folders that are no part of the program and may import all of it."""


@cache
def nodes(source: str) -> list[ast.AST]:
    """All nodes of a source's syntax tree, which several tests go through."""
    return list(ast.walk(ast.parse(source)))


def imported_names(source: str) -> Iterator[tuple[int, str]]:
    """The line and the full name of everything that a module's source imports, wherever in the source and however it is written."""
    for node in nodes(source):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, str(node.module)
        yield from whole_modules(node)


def whole_modules(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The line and the name of the modules that one node of a syntax tree imports as a whole."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield node.lineno, alias.name
    elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
            yield node.lineno, node.args[0].value


def violations(layer: str, source: str) -> list[str]:
    """What in a module's source breaks the rule for its layer, one line of words each."""
    found = []
    for line, name in imported_names(source):
        top = name.partition(".")[0]
        if top in FORBIDDEN.get(layer, ()):
            found.append(f"line {line}: {layer} must not import {top}")
        elif top in OUTSIDE and layer in HEIGHT:
            found.append(f"line {line}: {layer} must not import {top}, which is no part of the program")
        elif top in HEIGHT and top != layer and HEIGHT[top] >= HEIGHT[layer]:
            found.append(
                f"line {line}: {layer} must not import {top}, which lies {'beside' if HEIGHT[top] == HEIGHT[layer] else 'above'} it"
            )
    return found


def modules() -> list[tuple[str, Path]]:
    """The layer and the file of every module of the program."""
    found = [(path.stem, path) for path in ROOT.glob("*.py")]
    for folder in ROOT.iterdir():
        if folder.is_dir() and folder.name not in OUTSIDE and not folder.name.startswith((".", "_")):
            found += [(folder.name, path) for path in folder.rglob("*.py")]
    return sorted(found)


def test_imports_only_go_down() -> None:
    for layer, path in modules():
        assert layer in HEIGHT, f"{layer} has no place among the layers; give it one in this test and in the design"
        assert violations(layer, path.read_text(encoding="utf-8")) == [], path.relative_to(ROOT)


def test_a_network_knows_neither_landscapes_nor_optimizers() -> None:
    """Only its training does, which alone looks at optimizers; what takes long, as planes do, tells how far it is as the engine does."""
    for path in (ROOT / "networks").rglob("*.py"):
        more = {"training": {"optimizers", "simulation"}, "planes": {"simulation"}}.get(path.parent.name, set())
        allowed = {"parameters", "formulas", "networks"} | more
        imported = {name.partition(".")[0] for _, name in imported_names(path.read_text(encoding="utf-8"))} & set(HEIGHT)
        assert imported <= allowed, f"{path.relative_to(ROOT)} imports {imported - allowed}"


def test_every_layer_has_modules() -> None:
    assert {layer for layer, _ in modules()} == set(HEIGHT)


STEPS = {
    **{layer: f"import {layer}" for layer in COMPUTING},
    "a formula without its derivatives": "landscape = landscapes.get('ackley', b=0.3); landscape.latex; landscape.start",
    # on a busy machine NumPy may take so long for a short run that a kernel is compiled for the next one
    "whatever time is spent": "simulation.choice.COMPILING = float('inf')",
    "a real landscape": "from scenario.landscape_presets import OPENING_LANDSCAPE as o; o.scenario.replace(steps=2).train().relief",
    "a formula with its derivatives": "landscapes.names(); landscapes.get('ravine', condition=5.0).minima",
    **{layer: f"import {layer}" for layer in ("figures", "exports")},
    "all that draws": "import figures.sweeps, figures.fair, figures.lessons, player, player.step, exports.playlist",
    "a picture": "figures.loss_curves(scenario.Scenario(steps=2).race())",
}
"""What one Python does, step by step, from the lowest layer up."""


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """The top-level modules that it has loaded after each step."""
    report = "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    printed = run_python("\n".join(["import json, sys", *(f"{code}\n{report}" for code in STEPS.values())]))
    return {step: set(json.loads(line)) for step, line in zip(STEPS, printed.splitlines(), strict=True)}


@pytest.mark.parametrize("layer", [*COMPUTING, "figures", "exports"])
def test_nothing_forbidden_comes_in_through_others(layer: str, loaded: dict[str, set[str]]) -> None:
    assert layer in loaded[layer]
    assert not FORBIDDEN[layer] & loaded[layer]
    assert not {name for name in loaded[layer] & set(HEIGHT) if HEIGHT[name] > HEIGHT[layer]}


def first_step_with(module: str, loaded: dict[str, set[str]]) -> str:
    return next(step for step in STEPS if module in loaded[step])


def test_sympy_waits_for_the_first_derivative(loaded: dict[str, set[str]]) -> None:
    """It takes longer to import than all the rest, and a page that only shows its controls does not need it."""
    assert first_step_with("sympy", loaded) == "a formula with its derivatives"


def test_llvm_waits_for_machine_code(loaded: dict[str, set[str]]) -> None:
    """It takes a tenth of a second, and tens of megabytes."""
    assert not any("llvmlite" in modules for modules in loaded.values())


def test_plotly_waits_for_the_first_picture(loaded: dict[str, set[str]]) -> None:
    assert first_step_with("plotly", loaded) == "a picture"


PAGES = ", ".join(f"app_pages.{path.stem}" for path in sorted((ROOT / "app_pages").glob("*.py")) if path.stem != "__init__")
WITHOUT_PLOTLY = f"""
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "plotly":
            raise ImportError(f"{{name}} was asked for")

sys.meta_path.insert(0, Blocked())
import {PAGES}
import exports
assert not {{"plotly", "matplotlib", "av", "segno"}} & set(sys.modules)
import figures, scenario
try:
    figures.loss_curves(scenario.Scenario(steps=2).race())
except ImportError as error:
    print(error)
"""


def test_no_page_asks_for_plotly_before_it_draws_or_for_what_draws_files_before_one_is_asked_for() -> None:
    """Streamlit itself imports Plotly where it finds it, and does without where it does not: then nothing else may ask for it."""
    assert re.search(r"plotly.* was asked for", run_python(WITHOUT_PLOTLY))


def run_python(code: str) -> str:
    """What a fresh Python prints that runs the code in the project's folder."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"
    result = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


# ---- the checker itself

BROKEN = [
    ("landscapes", "import optimizers", "line 1: landscapes must not import optimizers, which lies beside it"),
    ("optimizers", "from landscapes.window import grid", "line 1: optimizers must not import landscapes, which lies beside it"),
    ("parameters", "import math\nimport formulas", "line 2: parameters must not import formulas, which lies above it"),
    ("formulas", "def f():\n    from landscapes import get\n", "line 2: formulas must not import landscapes, which lies above it"),
    ("simulation", "from scenario import Scenario", "line 1: simulation must not import scenario, which lies above it"),
    ("scenario", "import figures.curves as curves", "line 1: scenario must not import figures, which lies above it"),
    ("figures", "from app_pages import race", "line 1: figures must not import app_pages, which lies above it"),
    ("player", "import os, app_pages", "line 1: player must not import app_pages, which lies above it"),
    ("app_pages", "import app", "line 1: app_pages must not import app, which lies above it"),
    ("landscapes", "import plotly.graph_objects as go", "line 1: landscapes must not import plotly"),
    ("scenario", "if True:\n    import streamlit as st", "line 2: scenario must not import streamlit"),
    ("figures", "from streamlit import cache_data", "line 1: figures must not import streamlit"),
    ("simulation", "try:\n    from plotly import io\nexcept ImportError:\n    pass", "line 2: simulation must not import plotly"),
    ("formulas", "import importlib\nimportlib.import_module('streamlit')", "line 2: formulas must not import streamlit"),
    ("parameters", "__import__('simulation.engine')", "line 1: parameters must not import simulation, which lies above it"),
    ("simulation", "from tests.support import thing", "line 1: simulation must not import tests, which is no part of the program"),
]


@pytest.mark.parametrize(("layer", "source", "expected"), BROKEN)
def test_the_checker_sees_what_breaks_the_rule(layer: str, source: str, expected: str) -> None:
    assert violations(layer, source) == [expected]


def test_the_checker_sees_every_one() -> None:
    assert len(violations("parameters", "import formulas, landscapes\nfrom app import x\nimport streamlit\n")) == 4


SOUND = [
    ("landscapes", "import numpy as np\nfrom formulas import parse\nfrom parameters import Param\nfrom landscapes.window import Window"),
    ("optimizers", "from optimizers import momentum\nfrom . import adaptive\nfrom .common import lr"),
    ("simulation", "import landscapes\nimport optimizers"),
    ("scenario", "import simulation, landscapes"),
    ("figures", "import plotly.graph_objects as go\nfrom scenario import Scenario"),
    ("app_pages", "import streamlit as st\nimport player\nfrom figures import maps"),
    ("app", "import streamlit as st\nfrom app_pages import race"),
    ("landscapes", "'import streamlit'\nload('streamlit')\noptimizers = 3"),
]


@pytest.mark.parametrize(("layer", "source"), SOUND)
def test_the_checker_lets_pass_what_is_sound(layer: str, source: str) -> None:
    assert violations(layer, source) == []


def test_the_checker_reads_every_folder_of_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("simulation/deep/engine.py", "app.py", "tests/test_it.py", ".hidden/a.py", "surprise/b.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    assert [(layer, path.name) for layer, path in modules()] == [("app", "app.py"), ("simulation", "engine.py"), ("surprise", "b.py")]


# ---- no two files import each other in a circle


def module_sources() -> dict[str, str]:
    """The source of every Python file of the project, those beside the program too, by the full name of its module."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if not any(part.startswith(".") or part in ("node_modules", "output") for part in parts):
            found[".".join(parts)] = path.read_text(encoding="utf-8")
    return found


def depended_on(name: str, source: str, names: set[str]) -> set[str]:
    """The files that a file imports, wherever in it, and for the type checker, too; a package is its `__init__`."""
    package = name.rpartition(".")[0]
    candidates: list[tuple[str, ...]] = []
    for node in nodes(source):
        if isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *(node.module or "").split(".")]).strip(".")
            candidates += [(f"{base}.{alias.name}", base) for alias in node.names]
        candidates += [(imported,) for _, imported in whole_modules(node)]
    found = set()
    for candidate in candidates:
        files = [file for entry in candidate for file in (entry, f"{entry}.__init__") if file in names]
        found |= set(files[:1])
    return found


def circle(sources: Mapping[str, str]) -> list[str]:
    """Files that import each other in a circle, the first once more at the end; none if there is no circle."""
    graph = {name: depended_on(name, source, set(sources)) for name, source in sources.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1][::-1]  # each imports the next
        return found
    return []


def test_no_files_import_each_other_in_a_circle() -> None:
    sources = module_sources()
    assert {"app", "landscapes.__init__", "landscapes.surface", "scenario.scenario", "benchmarks.engine"} <= set(sources)
    assert circle(sources) == []


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ({"a": "import b", "b": "import a"}, {"a", "b"}),
        ({"a": "import b", "b": "def f():\n    from c import x", "c": "import a"}, {"a", "b", "c"}),
        ({"a": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import b", "b": "from a import x"}, {"a", "b"}),
        ({"p.__init__": "from p.a import x", "p.a": "from p import y"}, {"p.__init__", "p.a"}),
        ({"p.__init__": "", "p.a": "from p import b", "p.b": "from . import a"}, {"p.a", "p.b"}),
        ({"p.__init__": "", "p.a": "import p.b", "p.b": "from .a import x"}, {"p.a", "p.b"}),
        ({"a": "import importlib\nimportlib.import_module('b')", "b": "import a"}, {"a", "b"}),
        ({"p.__init__": "from p.a import x", "p.a": "from p import b", "p.b": "import math", "c": "import p"}, set()),
        ({"a": "import b, c", "b": "import c", "c": "import numpy"}, set()),
    ],
)
def test_a_circle_is_seen_wherever_it_is(sources: dict[str, str], expected: set[str]) -> None:
    found = circle(sources)
    assert set(found) == expected
    for name, following in pairwise(found):
        assert following in depended_on(name, sources[name], set(sources))
