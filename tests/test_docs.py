"""What README, CONTRIBUTING and the examples show has to work."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

import landscapes
import limits
import optimizers
import simulation
from exports.files import COURSE_MB
from exports.picture import Picture
from exports.size import Size, frame_steps
from landscapes.landscape import Landscape
from networks.activation import Activation
from optimizers.common import learning_rate, momentum
from optimizers.optimizer import Optimizer
from parameters import Param
from scenario import Scenario
from scenario.lessons import parse
from scenario.presets import OPENING

ROOT = Path(__file__).parent.parent


def blocks(name: str) -> list[str]:
    """The indented blocks of a Markdown file."""
    text = (ROOT / name).read_text()
    return [textwrap.dedent(block) for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", text, flags=re.MULTILINE)]


def run_here(code: str, folder: Path) -> str:
    """What code prints that runs in a folder. Its films have few frames, since what they show is held by test_films.py."""
    environment = {"PYTHONPATH": str(ROOT), limits.FILM_FRAMES.variable: "6"}
    command = [sys.executable, "-W", "error", "-c", code]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_readme_quickstart_runs(tmp_path: Path) -> None:
    (code,) = [block for block in blocks("README.md") if "simulation.run(" in block]
    lowest, accuracy = map(float, run_here(code, tmp_path).split())
    assert lowest < 1.0
    assert accuracy > 0.9
    assert (tmp_path / "race.html").stat().st_size > 1_000_000


def test_what_the_course_takes_is_told_as_it_was_measured() -> None:
    site, readme = ((ROOT / name).read_text() for name in ("docs/static_site.md", "README.md"))
    assert f"ZIP file of {COURSE_MB['ZIP']} MB" in site
    assert f"pages of {COURSE_MB['folder']} MB" in site
    assert f"static site of {COURSE_MB['folder']} MB" in readme


def test_the_list_of_limits_is_that_of_the_program() -> None:
    rows = [row for row in (ROOT / "docs" / "limits.md").read_text().splitlines() if row.startswith("| `")]
    counts = {limits.WORKERS: "processors"}  # as many as the machine has
    told = [(each.variable, counts.get(each, f"{each.default:,}"), each.unit, each.help) for each in limits.LIMITS]
    assert rows == [f"| `{variable}` | {' | '.join(more)} |" for variable, *more in told]


def test_a_limit_that_cannot_be_read_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESCENT_RACE_POINTS", "3_000_000")
    assert limits.RACE_POINTS.value == 3_000_000
    for wrong in ("many", "-1", "0"):
        monkeypatch.setenv("DESCENT_RACE_POINTS", wrong)
        with pytest.raises(ValueError, match=f"DESCENT_RACE_POINTS is '{wrong}'; it has to be a whole number from 1 on, in points"):
            limits.RACE_POINTS.value  # noqa: B018


def test_the_readme_counts_what_there_is() -> None:
    text = " ".join((ROOT / "README.md").read_text().split())
    counted = {"surfaces": landscapes.names(), "optimizers": optimizers.names(), "learning-rate schedules": optimizers.schedules.names()}
    for what, names in counted.items():
        (told,) = re.findall(rf"(\d+) {what}", text)
        assert int(told) == len(names), f"README says {told} {what}"


def test_the_chapter_on_the_lab_runs_from_top_to_bottom(tmp_path: Path) -> None:
    printed = run_here("\n".join(blocks("docs/lab.md")), tmp_path).splitlines()
    assert printed[0].startswith("(2, 64, 64) {'global minimum': ")
    assert re.fullmatch(r"learning rate [\d.]+, momentum [\d.]+ \d+\.?\d*", printed[2])
    assert any("cannot be told apart" in line or "is first" in line for line in printed)
    assert printed[-2] == "{'name': 'himmelblau', 'settings': {'a': 11.0, 'b': 7.0}} True"
    assert printed[-1].startswith("True "), "a row is run again from its start"
    assert {path.name for path in tmp_path.iterdir()} == {"fair.csv", "fair.parquet"}


def test_every_example_runs(tmp_path: Path) -> None:
    """All in one Python, which takes long to start; each has something to say."""
    paths = sorted(map(str, (ROOT / "examples").glob("*.py")))
    printed = run_here(f"import runpy\nfor path in {paths}:\n    runpy.run_path(path, run_name='__main__'); print('ran', path)", tmp_path)
    told = re.split(r"^ran .*\n", printed, flags=re.MULTILINE)
    assert len(told) == len(paths) + 1 > 4
    assert all(told[:-1])


def test_the_surface_of_the_contributing_page_is_complete() -> None:
    (code,) = [block for block in blocks("CONTRIBUTING.md") if "Landscape(" in block]
    names: dict[str, object] = {"Landscape": Landscape, "Param": Param}
    exec(code, names)  # our own page
    landscape = names["egg_crate"]
    assert isinstance(landscape, Landscape)
    assert landscape.minima[0] == pytest.approx((0.0, 0.0, 0.0))
    assert landscape.about


def test_the_optimizer_of_the_contributing_page_is_complete() -> None:
    (code,) = [block for block in blocks("CONTRIBUTING.md") if "Optimizer(" in block]
    names: dict[str, object] = {"Optimizer": Optimizer, "learning_rate": learning_rate, "momentum": momentum, "FAMILY": "Made up"}
    exec(code, names)  # our own page
    optimizer = names["heavy_sign"]
    assert isinstance(optimizer, Optimizer)
    bowl = Landscape("Bowl", formula="x**2 + y**2", window=((-1, 1), (-1, 1)))
    run = simulation.run(bowl, optimizer, simulation.starts.grid(bowl.window, 4), 100)
    assert (run.losses[-1] < run.losses[0]).all()


def test_the_activation_of_the_contributing_page_is_complete() -> None:
    (code,) = [block for block in blocks("CONTRIBUTING.md") if "Activation(" in block]
    names: dict[str, object] = {"Activation": Activation}
    exec(code, names)  # our own page
    activation = names["softplus"]
    assert isinstance(activation, Activation)
    x = np.array([-1000.0, 0.0, 2.0, 1000.0])
    assert activation.value(x) == pytest.approx([0.0, np.log(2), np.log(1 + np.exp(2)), 1000.0])
    assert activation.derivative(x) == pytest.approx([0.0, 0.5, 1 / (1 + np.exp(-2)), 1.0])


def test_the_lesson_of_the_contributing_page_is_complete() -> None:
    (text,) = [block for block in blocks("CONTRIBUTING.md") if "[claims]" in block]
    lesson = parse(text.strip(), "16-plateau.md")
    assert [len(lesson.claims), len(lesson.questions)] == [1, 1]
    assert isinstance(lesson.scenario, Scenario)
    sgd, adam = (np.linalg.norm(np.diff(run.positions[[0, -1], :, 0], axis=0)) for run in lesson.scenario.race().runs)
    assert sgd < 0.02 < adam


def test_percentages_are_written_in_one_way() -> None:
    """ "97%", as Python and Plotly write them, in whatever is shown."""
    folders = ("app_pages", "exports", "figures", "lab", "lessons", "networks", "optimizers", "player", "scenario", "simulation", "votes")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.*") if path.suffix in (".py", ".js", ".md", ".toml")]
    assert len(files) > 300
    spaced = re.compile(r"[0-9}](?: |\u00a0|\\u00a0|&nbsp;)%(?![{\w])")  # "%{x}" is Plotly's, "%x" a machine's
    assert not {str(path): found for path in files if (found := spaced.findall(path.read_text(encoding="utf-8")))}


def test_ci_runs_the_readmes_test_command() -> None:
    command = next(line for line in (ROOT / "README.md").read_text().splitlines() if "pytest" in line)
    script = (ROOT / ".ci" / "run").read_text()
    assert "grep -m1 'pytest' README.md" in script
    assert command.strip().endswith("-m pytest")
    assert {"export DESCENT_BROWSER=required", "export DESCENT_TORCH=required"} <= set(script.splitlines()), "nothing is skipped there"


def test_readme_opens_with_a_film_of_the_race_that_the_app_opens_with() -> None:
    text = (ROOT / "README.md").read_text()
    opening = re.search(r"!\[.*?\]\((.*?)\)", text[: text.index("## ")])
    assert opening
    file = ROOT / opening[1]
    assert file.stat().st_size < 3e6
    race = OPENING.scenario.race()
    with Image.open(file) as image:
        steps = frame_steps(race.scenario.steps, "gif", 8)
        assert sum(1 for _ in ImageSequence.Iterator(image)) == len(steps)
        drawing = Picture(race, Size(*image.size))
        for frame in (0, len(steps) // 4, len(steps) - 1):
            image.seek(frame)
            apart = np.asarray(image.convert("RGB")).astype(int) - drawing.pixels(steps[frame])
            assert np.abs(apart).mean() < 6, "make it anew: python examples/film.py docs/race.gif"
