"""What the browser is sent: it is the race's own numbers, small, and the parts that did not change stay the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import landscapes
from figures import DARK, LIGHT, curves, landscape_map, landscape_surface
from figures.figure import as_json
from figures.markers import MARKERS
from figures.theme import DASHES, Look, styles
from formulas import libm
from formulas.functions import FUNCTIONS, SMOOTH
from landscapes import Window
from player.component import JOINED, publish
from player.payload import FINE, landscape_bytes, run_bytes
from player.step import step_bytes
from scenario import PANELS, Choice, Race, Scenario
from simulation.verdicts import Ending, verdicts

JS = Path(__file__).parent.parent / "player" / "js"
SMALL = Scenario(landscape=Choice("himmelblau"), starts=Choice.of("ring", n=20), optimizers=(Choice.of("sgd", lr=0.01), Choice("adam")))


def sent(race: Race, panels: tuple[str, ...] = ("map", "loss")) -> tuple[dict[str, Any], list[np.ndarray[Any, Any]], int]:
    """The header, the planes x, y, z of each run, the medians and the shares of the verdicts, and the size, read as the format says."""
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
            take("<u2" if header["packed"] or axis == 2 else "<f8" if header["precise"] else "<f4", shape)
    for _ in header["runs"]:
        take("<f8", shape[:1])
    for run in header["runs"]:
        take("<f4", (len(run["verdicts"]), shape[0]))
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
    for run, median in zip(race.runs, arrays[6:8], strict=True):
        assert np.array_equal(median, np.median(run.losses, axis=1))


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
    assert header["runs"][0]["verdicts"] == [Ending.OVERFLOWED.words]
    assert arrays[-1][0].tolist()[-1] == 1.0
    assert np.isnan(arrays[0][-1]).all()


def test_the_verdicts_are_sent_with_the_share_that_each_has_at_every_step() -> None:
    race = SMALL.race()
    header, arrays, _ = sent(race)
    for run, told, shares in zip(race.runs, header["runs"], arrays[-len(race.runs) :], strict=True):
        found = verdicts(run)
        assert told["verdicts"] == [ending.words for ending in found.shares()]
        assert shares[:, -1].tolist() == pytest.approx(list(found.shares().values()))
        assert (np.diff(shares, axis=1) >= 0).all()
    alone = SMALL.replace(starts=Choice("points"), points=((1.0, 2.0),)).race()
    assert [told["verdicts"] for told in sent(alone)[0]["runs"]] == [[verdicts(run).words] for run in alone.runs]


def test_a_label_that_tells_the_rate_is_not_followed_by_it() -> None:
    twice = SMALL.replace(optimizers=(Choice.of("sgd", lr=0.01), Choice.of("sgd", lr=0.02), Choice.of("adam", lr=0.1)), steps=3)
    told = [(run["label"], run["rate"]) for run in sent(twice.race())[0]["runs"]]
    assert told == [("SGD, learning rate 0.01", ""), ("SGD, learning rate 0.02", ""), ("Adam", "0.1")]


def test_what_is_no_learning_rate_does_not_stand_beside_a_name_as_one() -> None:
    without = SMALL.replace(optimizers=(Choice("nelder_mead"), Choice("cma_es"), Choice.of("adam", lr=0.1)), steps=3)
    told = [(run["label"], run["rate"]) for run in sent(without.race())[0]["runs"]]
    assert told == [("Nelder-Mead", ""), ("CMA-ES", ""), ("Adam", "0.1")]


def test_the_bar_of_a_loss_ends_where_the_race_begins() -> None:
    race = SMALL.race()
    bar = sent(race)[0]["bar"]
    assert (bar["kind"], bar["lowest"]) == ("log", 0.0)
    low, high = bar["ends"]
    assert high == pytest.approx(np.median(race.runs[0].losses[0]))
    assert low >= high * 1e-8
    saddle = Scenario(landscape=Choice("pure_saddle"), optimizers=(Choice("sgd"),), steps=30).race()
    falls = sent(saddle)[0]["bar"]
    assert falls["kind"] in ("linear", "symmetric")
    assert falls["ends"] == pytest.approx([saddle.runs[0].losses.min(), saddle.runs[0].losses[0, 0]])


@pytest.mark.parametrize("window", [((1000.0, 1000.001), (-1e-6, 1e-6)), ((-6.0, 6.0), (-6.0, 6.0))])
def test_positions_are_sent_as_precisely_as_the_window_needs(window: Window) -> None:
    (x0, x1), (y0, y1) = window
    start = (x0 + 0.3 * (x1 - x0), y0 + 0.7 * (y1 - y0))
    own = Scenario(landscape=Choice("own"), formula=f"(x-({x0}))**2+y**2", window=window, points=(start,), steps=5)
    header, arrays, _ = sent(own.race())
    assert header["precise"] == (x0 == 1000)
    for axis, (low, high) in enumerate(window):
        assert np.abs(arrays[axis][:, 0] - own.race().runs[0].positions[:, axis, 0]).max() < 1e-4 * (high - low)


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
    plane = Scenario(landscape=Choice("plane"), network="data=moons~n:40&widths=2&optimizer=sgd&steps=10").build_landscape()
    assert set(json.loads(landscape_bytes(plane, LIGHT))["plane"]) == declared("PlaneBlock")
    assert set(header) == declared("RaceBlock")
    assert set(header["runs"][0]) == declared("RunBlock")
    assert set(header["look"]) == declared("Look")
    assert set(header["bar"]) == declared("Bar")
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
    known = {*re.findall(r'^\s+"?([\w+\-*/]+)"?:', table[1], re.MULTILINE), *libm.NAMES}
    calls = [f"{name}({','.join('xyx'[: len(FUNCTIONS[name].arguments)])})" for name in SMOOTH if name != "acosh"]
    for some in (calls[::2], [*calls[1::2], "acosh(1+x)", "x**2.5", "x**(1/3)", "1/y", "y**x"]):
        landscape = landscapes.from_formula("+".join(some), ((0.1, 0.9), (0.1, 0.9)))
        assert {name for name, _, _ in landscape.program_as_data()["steps"]} <= known


def test_modules_are_published_under_a_name_of_their_content() -> None:
    modules, library = publish()
    static = JS.parent.parent / "static"
    assert {path.name for path in (static / modules).iterdir()} == {JOINED, *(path.name for path in JS.glob("*.js"))}
    assert (static / library).stat().st_size > 1e6
    assert publish() == (modules, library)


def test_figures_are_sent_as_plotly_checks_them() -> None:
    race = SMALL.race()
    cases: list[tuple[Any, ...]] = [(curves, race, "loss"), (curves, race, "position"), (landscape_map, race.landscape)]
    for draw, *arguments in (*cases, (landscape_surface, race.landscape)):
        checked = json.loads(draw(*arguments, LIGHT).to_json())
        plain = as_json(draw, *arguments, LIGHT)
        assert plain["data"] == checked["data"]
        for layout in (plain["layout"], checked["layout"]):
            layout.pop("template")  # "none", or what that stands for
        assert {name: part for name, part in plain["layout"].items() if part != []} == checked["layout"]


def test_who_asks_for_the_same_race_in_the_same_way_is_sent_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    race, dark = SMALL.race(), landscape_bytes(SMALL.build_landscape(), DARK)
    light = landscape_bytes(race.landscape, LIGHT)
    first = run_bytes(race, LIGHT, ("map",), light)
    with monkeypatch.context() as patch:
        patch.setattr("player.payload.paths", lambda *_: pytest.fail("it is made again"))
        assert run_bytes(race, LIGHT, ("map",), light) == first
        called = run_bytes(race, LIGHT, ("map",), light, chapter="3 Ravine", title="Ravine", claim='It is "steep"')  # in another tab
    header = json.loads(called[4 : 4 + int.from_bytes(called[:4], "little")])
    assert (header["chapter"], header["title"], header["claim"], header["steps"]) == ("3 Ravine", "Ravine", 'It is "steep"', 200)
    assert run_bytes(race, DARK, ("map",), dark) != first
    asked = run_bytes(race, LIGHT, ("map",), dark, prediction={"open": True, "mark": None, "hint": ""})
    assert asked != run_bytes(race, LIGHT, ("map",), dark, prediction={"open": False, "mark": None, "hint": ""})
