"""What the browser is sent: it is the race's own numbers, small, and the parts that did not change stay the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import landscapes
from figures import DARK, LIGHT
from figures.markers import MARKERS
from figures.theme import DASHES, Look, styles
from formulas.functions import FUNCTIONS, SMOOTH
from player.component import publish
from player.payload import FINE, landscape_bytes, run_bytes
from player.step import step_bytes
from scenario import PANELS, Choice, Race, Scenario
from simulation import measures

JS = Path(__file__).parent.parent / "player" / "js"
SMALL = Scenario(landscape=Choice("himmelblau"), starts=Choice.of("ring", n=20), optimizers=(Choice.of("sgd", lr=0.01), Choice("adam")))


def sent(race: Race, panels: tuple[str, ...] = ("map", "loss")) -> tuple[dict[str, Any], list[np.ndarray[Any, Any]], int]:
    """The header, the planes x, y, z of each run and then the medians, and the size, read as the format's description says."""
    block = run_bytes(race, LIGHT, panels, landscape_bytes(race.landscape, LIGHT))
    length = int.from_bytes(block[:4], "little")
    header = json.loads(block[4 : 4 + length])
    place, arrays = 4 + length, []

    def take(kind: str, shape: tuple[int, ...]) -> None:
        nonlocal place
        count = int(np.prod(shape))
        arrays.append(np.frombuffer(block, kind, count, place).reshape(shape))
        size = count * np.dtype(kind).itemsize
        place += size + -size % 4

    shape = (header["steps"] + 1, header["count"])
    for _ in header["runs"]:
        for axis in range(3):
            take("<u2" if header["packed"] or axis == 2 else "<f4", shape)
    for _ in header["runs"]:
        take("<f4", shape[:1])
    assert place == len(block)
    return header, arrays, len(block)


def test_positions_arrive_in_single_precision() -> None:
    race = SMALL.race()
    header, arrays, _ = sent(race)
    assert not header["packed"]
    for index, run in enumerate(race.runs):
        x, y, _ = arrays[3 * index : 3 * index + 3]
        assert np.allclose(x, run.positions[:, 0], rtol=1e-6)
        assert np.allclose(y, run.positions[:, 1], rtol=1e-6)
    for run, median in zip(race.runs, arrays[6:], strict=True):
        assert np.allclose(median, np.median(run.losses, axis=1), rtol=1e-6)


def test_many_points_are_packed_to_less_than_a_pixel() -> None:
    scenario = SMALL.replace(starts=Choice.of("anywhere", n=3000), steps=80)
    race = scenario.race()
    assert sum(run.losses.size for run in race.runs) > FINE
    header, arrays, size = sent(race, ("map",))
    assert header["packed"]
    assert size / sum(run.losses.size for run in race.runs) < 6.2
    low, step = header["packing"][0]
    numbers = arrays[0].astype(float)
    x = np.where(numbers == 65535, np.nan, low + step * numbers)
    inside = np.isfinite(x)
    assert inside.mean() > 0.95
    assert np.abs(x - race.runs[0].positions[:, 0])[inside].max() <= 0.501 * step < 12 / 4000 / 4, (
        "a quarter of a pixel where the map is 4,000 pixels wide"
    )


def test_twelve_bytes_a_point() -> None:
    race = SMALL.replace(starts=Choice.of("ring", n=60)).race()
    _, _, size = sent(race)
    assert size / sum(run.losses.size for run in race.runs) < 12


def test_a_race_that_diverges_can_be_sent() -> None:
    race = SMALL.replace(optimizers=(Choice.of("sgd", lr=1.0),)).race()
    header, arrays, _ = sent(race)
    assert header["runs"][0]["measures"]["final"] is None
    assert header["runs"][0]["measures"]["diverged"] == 1.0
    assert np.isnan(arrays[0][-1]).all()


def test_the_scoreboards_columns_are_sent_with_a_value_for_each_run() -> None:
    race = SMALL.race()
    header, _, _ = sent(race)
    now, *others = header["measures"]
    assert now["name"] == "now", "its values are the medians that follow"
    for column in (now, *others):
        assert column["title"]
        assert column["about"][0].isupper()
        assert column["format"] in ("number", "share")
    for run, told in zip(race.runs, header["runs"], strict=True):
        assert list(told["measures"]) == [column["name"] for column in others]
        assert told["measures"]["final"] == np.median(run.losses[-1])
        assert told["measures"]["reached"] == measures.shares(run)["global minimum"]


@pytest.mark.parametrize("n", [1, 20, 300])
def test_the_look_is_sent_with_the_race(n: int) -> None:
    header, _, _ = sent(SMALL.replace(starts=Choice.of("ring", n=n), steps=3).race(), ("map",))
    look = Look.of(n, 2)
    assert header["look"]["lines"] == look.lines == (n < 300)
    assert header["look"]["trail"] == {"width": look.trail.width, "opacity": look.trail.opacity}
    for run, style in zip(header["runs"], styles(["sgd", "adam"]), strict=True):
        assert tuple(header["look"]["dashes"][run["dash"]]) == DASHES[style.dash]
        assert tuple(map(tuple, header["look"]["markers"][run["marker"]])) == MARKERS[style.marker]


def test_the_landscape_is_the_same_whatever_runs_on_it() -> None:
    race, other = SMALL.race(), SMALL.replace(optimizers=(Choice.of("sgd", lr=0.02),)).race()
    assert landscape_bytes(race.landscape, LIGHT) == landscape_bytes(other.landscape, LIGHT)
    assert landscape_bytes(race.landscape, LIGHT) != landscape_bytes(race.landscape, DARK)
    header, _, _ = sent(race)
    assert header["landscapeKey"] == json.loads(landscape_bytes(race.landscape, LIGHT))["key"]


def declared(name: str) -> set[str]:
    """The fields of a block that player/js/types.d.ts declares, without those that may be missing."""
    body = re.search(rf"interface {name} \{{\n(.*?)\n\}}", (JS / "types.d.ts").read_text(), re.DOTALL)
    assert body, f"{name} is not declared"
    return set(re.findall(r"^  (\w+):", body[1], re.MULTILINE))


def test_the_blocks_are_declared_for_the_browser_as_they_are_sent() -> None:
    race = SMALL.race()
    header, _, _ = sent(race)
    assert set(json.loads(landscape_bytes(race.landscape, LIGHT))) == declared("LandscapeBlock")
    assert set(header) == declared("RaceBlock")
    assert set(header["runs"][0]) == declared("RunBlock")
    assert set(header["look"]) == declared("Look")
    assert set(header["measures"][0]) == declared("Column")
    block = step_bytes(race, 1, 0, LIGHT)
    step = json.loads(block[4 : 4 + int.from_bytes(block[:4], "little")])
    assert set(step) == declared("StepBlock")
    assert set(step["parts"][0]) >= declared("StepPart")
    assert set(step["boxes"][0]) >= declared("StepBox")


@pytest.mark.parametrize("panel", PANELS)
def test_only_the_curves_that_are_shown_are_sent(panel: str) -> None:
    header, _, _ = sent(SMALL.race(), (panel,))
    assert set(header["curves"]) <= {panel}
    assert header["panels"] == [panel]


def test_the_browser_knows_every_operation() -> None:
    table = re.search(r"const OPERATIONS = \{(.*?)\n\};", (JS / "program.js").read_text(), re.DOTALL)
    assert table
    known = set(re.findall(r'^\s+"?([\w+\-*/]+)"?:', table[1], re.MULTILINE))
    calls = [f"{name}({','.join('xyx'[: len(FUNCTIONS[name].arguments)])})" for name in SMOOTH if name != "acosh"]
    for some in (calls[::2], [*calls[1::2], "acosh(1+x)", "x**2.5", "x**(1/3)", "1/y", "y**x"]):
        landscape = landscapes.from_formula("+".join(some), ((0.1, 0.9), (0.1, 0.9)))
        assert {name for name, _, _ in landscape.program_as_data()["steps"]} <= known


def test_modules_are_published_under_a_name_of_their_content() -> None:
    modules, library = publish()
    static = JS.parent.parent / "static"
    assert {path.name for path in (static / modules).iterdir()} == {path.name for path in JS.glob("*.js")}
    assert (static / library).stat().st_size > 1e6
    assert publish() == (modules, library)
