"""The package: built, installed beside modules of the same names as Descent's parts, and used."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Any

import pytest

import descent
import landscapes
import simulation
from limits import FILM_FRAMES
from version import AUTHORS, RELEASED, VERSION

ROOT = Path(__file__).resolve().parent.parent
NO_PARTS = ("tests", "benchmarks", "examples", "node_modules", "output", "build", "*.egg-info")
HOSTILE = ("parameters", "lab", "figures", "landscapes", "limits")


def command(*arguments: str | Path, cwd: Path) -> str:
    """What a command prints, which has to succeed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {FILM_FRAMES.variable: "6"}
    done = subprocess.run(list(map(str, arguments)), cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment in which Descent's wheel is, and what it needs."""
    folder = tmp_path_factory.mktemp("package")
    checkout = folder / "checkout"
    shutil.copytree(
        ROOT, checkout, ignore=shutil.ignore_patterns(*NO_PARTS, ".git", ".venv", ".*_cache", "__pycache__", "player-*", "plotly-*")
    )
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    command(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, checkout, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    assert wheel.name == f"descent-{VERSION}-py3-none-any.whl"
    venv.create(folder / "venv")
    python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    site = Path(command(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    (site / "needed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")  # what it needs is there already
    command(*pip, "install", "--no-deps", "--target", site, wheel, cwd=folder)
    return python


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A user's folder with modules that have names of Descent's parts."""
    for name in HOSTILE:
        (tmp_path / f"{name}.py").write_text(f"raise RuntimeError('this is {name} of the user')", encoding="utf-8")
    return tmp_path


def test_the_quickstart_runs_beside_modules_of_the_same_names(installed: Path, hostile: Path) -> None:
    """From top to bottom; its film has few frames."""
    blocks = re.findall(r"(?:^    .*\n|^\n)+", (ROOT / "docs" / "quickstart.md").read_text(encoding="utf-8"), re.MULTILINE)
    code = "\n".join(re.sub("^    ", "", block, flags=re.MULTILINE) for block in blocks)
    (hostile / "quickstart.py").write_text(code, encoding="utf-8")
    before = {path.name for path in hostile.iterdir()}
    printed = command(installed, "quickstart.py", cwd=hostile).splitlines()
    assert printed[0] == "(301, 2, 100) (301, 100)"
    assert float(printed[1]) < 0.2
    assert 0.001 <= float(printed[2]) <= 1
    assert printed[3] == "landscape=himmelblau&optimizer=sgd~lr:0.01&optimizer=adam&starts=ring~n:30&steps=100"
    assert min(map(float, printed[4].strip("[]").split())) > 0.6
    assert printed[5] == "(3, 200, 16) (3, 2) True"
    assert printed[6] == "(16, 16) [1. 1.] True"
    fresh, learned = map(float, printed[7].strip("[]").split())
    assert learned > fresh + 0.1
    saved = {path.name for path in hostile.iterdir() if path.is_file()} - before
    pages = {"map.html", "surface.html", "loss.html", "race.html"}
    assert saved == pages | {"map.png", "map.svg", "loss.pdf", "race.gif", "race.csv", "race.npz", "in_torch.py", "again.json"}
    assert all((hostile / name).stat().st_size > 100 for name in saved)


USED = f"""
import sys
from pathlib import Path
import descent, descent.app_pages.race
from descent import scenario
from descent.lab.basins import Basins
from descent.lab.executors import Meter
from descent.lab.workers import Worker

worker = Worker()
maps = worker.run(Basins(scenario.Scenario(steps=5), 64), 1, Meter(1), lambda part: None, lambda: None)
worker.close()
assert type(maps).__module__.startswith("descent.lab"), type(maps)
assert not set({HOSTILE}) & set(sys.modules)
folder = Path(descent.__file__).parent
print(*(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix not in (".py", ".pyc", "")))
"""


def test_the_lab_computes_in_processes_there_and_nothing_that_is_read_is_missing(installed: Path, hostile: Path) -> None:
    (hostile / "use.py").write_text(USED, encoding="utf-8")
    files = set(command(installed, "-W", "ignore", "use.py", cwd=hostile).split())
    folders = [
        path for path in ROOT.iterdir() if path.is_dir() and path.name not in (*NO_PARTS, "docs", "static") and path.name[0] not in "._"
    ]
    read = {path.relative_to(ROOT).as_posix() for folder in folders for path in folder.rglob("*.*") if path.suffix not in (".py", ".pyc")}
    assert {*read, "docs/icon.png", ".streamlit/config.toml"} <= files


def test_the_command_says_that_it_is_streamlit(installed: Path, hostile: Path) -> None:
    assert "streamlit run" in command(installed, "-m", "descent", "--help", cwd=hostile)


def test_a_part_is_the_same_module_under_both_names() -> None:
    assert descent.landscapes is landscapes
    assert descent.run is simulation.run
    assert __import__("descent.landscapes.surface", fromlist=["x"]) is __import__("landscapes.surface", fromlist=["x"])
    assert landscapes.__spec__.name == "landscapes"
    with pytest.raises(AttributeError, match=r"no attribute 'landscape'; it has .*landscapes"):
        _ = descent.landscape


@pytest.fixture(scope="module")
def within_descent() -> Any:
    """The function of `setup.py` that writes imports anew; the file itself builds when it is imported."""
    tree = ast.parse((ROOT / "setup.py").read_text(encoding="utf-8"))
    kept: list[ast.stmt] = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef)]
    names: dict[str, Any] = {"PARTS": {"landscapes", "lab", "limits"}}
    exec(compile(ast.Module(kept, []), "setup.py", "exec"), names)
    return names["within_descent"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from landscapes import get", "from descent.landscapes import get"),
        ("from lab.workers import (\n    a,\n)\n", "from descent.lab.workers import (\n    a,\n)\n"),
        ("import landscapes", "from descent import landscapes"),
        ("import landscapes as l, math", "from descent import landscapes as l; import math"),
        ("def f():\n    import limits  # soon\n", "def f():\n    from descent import limits  # soon\n"),
        ("from . import lab\nimport laboratory\ntext = 'import lab'", "from . import lab\nimport laboratory\ntext = 'import lab'"),
    ],
)
def test_imports_are_written_anew_and_nothing_else(within_descent: Any, source: str, expected: str) -> None:
    assert within_descent(source) == expected


def test_an_import_that_would_bind_another_name_is_refused(within_descent: Any) -> None:
    with pytest.raises(ValueError, match=r"line 2: write `from lab import \.\.\.` instead of 'import lab.workers'"):
        within_descent("import math\nimport lab.workers")


def test_the_citation_is_of_this_version() -> None:
    told = dict(re.findall(r"^([a-z-]+): (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE))
    assert (told["version"], told["date-released"]) == (VERSION, RELEASED)
    assert f'name: "{AUTHORS}"' in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
