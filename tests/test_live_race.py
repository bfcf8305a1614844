"""What is dragged is computed in the browser at every frame, with Python's numbers."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from benchmarks.support.dragging import left_in_memory
from figures import LIGHT
from figures.loss_grid import loss_grid
from landscapes import Landscape
from player.live_payload import live_bytes, live_race, told_as_data
from player.payload import landscape_bytes, run_bytes
from scenario import Choice, Scenario
from scenario.address import with_values
from tests.screen import PLAYER, redrawn, seek

if TYPE_CHECKING:
    from tests.player_page import PlayerPage

POINTS = ((-1.5, 1.2), (1.0, -1.0), (0.5, 0.4), (0.1, 0.2))
DOUBLES = "({ histories }) => histories.map(({ result: { x, y, loss } }) => [x, y, loss].map((values) => [...values].map(String)))"
"""What the browser has computed, to the last digit."""


def awake(player_page: PlayerPage) -> None:
    """Wait until the race can be computed in the browser."""
    player_page.page.evaluate(f"{PLAYER}.live.wake()")
    player_page.page.wait_for_function(f"{PLAYER}.live.ready")


def shown(player_page: PlayerPage) -> list[list[np.ndarray[Any, Any]]]:
    """The doubles of the live race: x, y and loss of each run."""
    found = player_page.page.evaluate(f"({DOUBLES})({PLAYER}.race)")
    return [[np.array(values, dtype=float) for values in run] for run in found]


AT_STEP = """(step) => {
    const { race, panels } = document.querySelector('.descent').player;
    const map = panels.get("map");
    const [{ view }] = map.subplots();
    const { context, ratio } = map.layer;
    const at = race.runs.map(({ x, y }) => view.point(x[step * race.count], y[step * race.count]));
    return Math.min(...at.map(([px, py]) => context.getImageData(px * ratio, py * ratio, 1, 1).data[3]));
}"""
"""How opaque at least what moves on the map is where runs are at a step, from 0 to 255."""


AS_SENT = """async (block) => {
    const { readRuns, numbers } = await import("/js/data.js");
    const [sent, live] = [readRuns(bytes(block)), document.querySelector('.descent').player.race];
    const faults = [];
    const near = (a, b) => Object.is(a, b) || (a !== a && b !== b) || Math.abs(a - b) <= 2e-7 * Math.max(Math.abs(a), Math.abs(b), 1e-20);
    const same = (name, a, b) => {
        const [one, other] = [Array.from(a), Array.from(b)];
        const at = one.length === other.length ? one.findIndex((value, k) => !near(value, other[k])) : -2;
        if (at !== -1) faults.push(`${name}[${at}]: ${one[at]} is ${other[at]} in Python, lengths ${one.length}, ${other.length}`);
    };
    const alike = (name, a, b) => {
        const [one, other] = [a, b].map((value) => JSON.stringify(value));
        if (one !== other) faults.push(`${name}: ${one} is ${other} in Python`);
    };
    for (const [index, run] of live.runs.entries()) {
        const own = sent.runs[index];
        for (const name of ["x", "y", "z", "median", "exit", "exitX", "exitY"]) same(`${run.label} ${name}`, run[name], own[name]);
        alike(`${run.label} verdicts`, run.verdicts, own.verdicts);
        for (const [k, share] of run.shares.entries()) same(`${run.label} share ${k}`, share, own.shares[k] ?? []);
    }
    for (const [name, { data, layout }] of Object.entries(live.curves)) {
        const own = sent.curves[name];
        for (const [k, trace] of data.entries()) {
            const both = (part) => [trace, own.data[k]].map((of) => numbers(of[part] ?? []));
            for (const part of ["x", "y", "customdata"]) same(`${name} ${k} ${part}`, ...both(part));
        }
        for (const part of ["title", "ticktext"]) alike(`${name} ${part}`, layout.yaxis[part], own.layout.yaxis[part]);
        for (const part of ["range", "tickvals"]) same(`${name} ${part}`, layout.yaxis[part] ?? [], numbers(own.layout.yaxis[part] ?? []));
        const mark = ({ name, text, x, y, xanchor, yshift }) => [name, text, x, y, xanchor, yshift];
        alike(`${name} marks`, (layout.annotations ?? []).map(mark), (own.layout.annotations ?? []).map(mark));
    }
    alike("bar", live.bar.kind, sent.bar.kind);
    same("bar", ...[live.bar, sent.bar].map(({ lowest, unit, ends }) => [lowest, unit, ...ends]));
    return faults;
}"""
"""In what a live race differs from the one that Python sends."""


def same_as(player_page: PlayerPage, scenario: Scenario, panels: tuple[str, ...] = ("map", "loss")) -> None:
    """Hold the live race against Python's of a scenario: every number to the last bit, and all that Python would send of it."""
    race = scenario.race()
    for run, (x, y, loss) in zip(race.runs, shown(player_page), strict=True):
        for own, theirs in zip((*run.positions.swapaxes(0, 1), run.losses), (x, y, loss), strict=True):
            assert np.array_equal(own.ravel(), theirs, equal_nan=True), run.optimizer.name
    block = run_bytes(race, LIGHT, panels, landscape_bytes(race.landscape, LIGHT))
    faults = player_page.page.evaluate(AS_SENT, base64.b64encode(block).decode())
    assert not faults, (scenario.to_query(), faults)


def test_a_start_dragged_along_a_circle(player_page: PlayerPage) -> None:
    scenario = Scenario(points=((-2.0, 2.0), (1.0, 1.0)), steps=60)
    page = player_page.play(scenario, ("map", "loss", "surface"), at=4)
    awake(player_page)
    for angle in np.linspace(0, 6, 4):
        at = (round(2 * float(np.cos(angle)), 2), round(2 * float(np.sin(angle)), 2))
        assert page.evaluate(f"(at) => {PLAYER}.live.move(0, at)", at)
        page.evaluate(f"{PLAYER}.live.show()")
        same_as(player_page, scenario.replace(points=(at, (1.0, 1.0))))
    assert player_page.asked() == []
    redrawn(page)
    assert 0 < page.evaluate(AT_STEP, 12) < page.evaluate(AT_STEP, 2), "the way that is still to be gone is shown faintly"
    seek(page, 5)
    redrawn(page)
    assert page.evaluate(AT_STEP, 12) == 0, "until the clock moves"


@pytest.mark.parametrize("landscape", ["rosenbrock", "himmelblau", "monkey_saddle"])
def test_all_that_is_shown_of_it_is_as_python_sends_it(player_page: PlayerPage, landscape: str) -> None:
    panels = ("map", "loss", "position", "gradient", "rate")
    methods = (Choice("sgd"), Choice("momentum"), Choice("adam"), Choice("nelder_mead"))
    scenario = Scenario(landscape=Choice(landscape), optimizers=methods, points=POINTS, steps=60)
    page = player_page.play(scenario, panels, at=30)
    awake(player_page)
    for at in ((0.3, 1.9), (-1.9, -0.1)):
        assert page.evaluate(f"(at) => {PLAYER}.live.move(1, at)", at)
        page.evaluate(f"{PLAYER}.live.show()")
        points = (scenario.points[0], at, *scenario.points[2:])
        same_as(player_page, scenario.replace(points=points), panels)


def attractors_of(landscape: Landscape) -> dict[str, list[float]]:
    """Where trajectories come to rest, as the browser is told."""
    found: dict[str, list[float]] = told_as_data(landscape)["attractors"]
    return found


def test_a_landscape_whose_parameter_is_turned(player_page: PlayerPage) -> None:
    methods = (Choice("sgd", (("lr", 0.005),)), Choice("adam"))
    scenario = Scenario(landscape=Choice("himmelblau"), optimizers=methods, points=POINTS[:2], steps=60)
    page = player_page.play(scenario, ("map", "loss", "surface"), at=30)
    awake(player_page)
    assert page.evaluate(f"{PLAYER}.live.turn({{ 'landscape.a': 12.5 }})")
    page.wait_for_function(f"{PLAYER}.live.ground?.fine")  # once it rests
    turned = scenario.replace(landscape=Choice("himmelblau", (("a", 12.5),)))
    same_as(player_page, turned, ("map", "loss", "surface"))
    landscape = turned.build_landscape()
    grid, theirs = loss_grid(landscape), json.loads(landscape_bytes(landscape, LIGHT))
    told, own, (x, y) = page.evaluate(
        f"(({{ told, map, surface, evaluate }}) => [told, {{ map, surface }}, [1, 2].map((x) => evaluate(x, 0.5).dx)])({PLAYER}.landscape)"
    )
    assert told == told_as_data(landscape) | {"attractors": told["attractors"], "lowest": told["lowest"]}
    places = [zip(*(found[name] for name in ("ending", "x", "y")), strict=True) for found in (told["attractors"], attractors_of(landscape))]
    resting = [np.array(sorted(found)) for found in places]
    assert np.allclose(resting[0], resting[1], atol=1e-9)
    assert np.allclose(own["map"]["data"][0]["z"], grid.drawn_rank(grid.losses), atol=1e-9)
    assert own["map"]["data"][0]["contours"]["size"] == grid.every
    assert own["surface"]["layout"]["scene"]["zaxis"]["ticktext"] == theirs["surface"]["layout"]["scene"]["zaxis"]["ticktext"]
    assert [x, y] == pytest.approx(landscape.gradient([[1.0, 2.0], [0.5, 0.5]])[0].tolist())
    page.wait_for_function("!document.querySelector('.panel.grounded')")  # Plotly shows it
    page.evaluate(f"{PLAYER}.live.forget()")
    assert page.evaluate(f"{PLAYER}.landscape.evaluate(3, 2).value") == 0, "the landscape that was sent"


def test_of_many_starts_only_the_one_that_moves_is_computed_anew(player_page: PlayerPage) -> None:
    points = tuple((x / 10 - 2, y / 2) for x in range(20) for y in (-1, 1))
    scenario = Scenario(landscape=Choice("rosenbrock"), optimizers=(Choice("sgd"), Choice("adam")), points=points, steps=30, noise=0.1)
    page = player_page.play(scenario, at=20)
    awake(player_page)
    for k, at in ((7, (0.3, 1.9)), (39, (-1.9, -0.1)), (39, (0.0, 0.5))):
        assert page.evaluate(f"([k, at]) => {PLAYER}.live.move(k, at)", [k, at])
        page.evaluate(f"{PLAYER}.live.show()")
        points = (*points[:k], at, *points[k + 1 :])
        same_as(player_page, scenario.replace(points=points))


def test_dragging_leaves_nothing_in_memory(player_page: PlayerPage) -> None:
    """The arrays of such a race have 120 kB; `python -m benchmarks player` looks at the memory after 5,000 changes."""
    page = player_page.play(Scenario(points=POINTS, steps=500), ("map", "loss"), at=30)
    awake(player_page)
    twice = [left_in_memory(page, 60) for _ in range(2)]  # what another test has left may go or come once
    left = {name: min(one[name] for one in twice) for name in twice[0]}
    assert max(left["nodes"], left["listeners"], left["WebAssembly"]) <= 0
    assert left["heap"] < 2e6, "of 60 times 120 kB"


def test_an_older_answer_does_not_take_away_what_is_dragged(player_page: PlayerPage) -> None:
    scenario = Scenario(optimizers=(Choice("sgd"), Choice("adam")), points=POINTS[:2], steps=60, schedule=Choice("cosine"))
    page = player_page.play(scenario, at=30)
    awake(player_page)
    values = {"optimizers.1.lr": 0.3, "schedule.warmup": 5, "steps": 70}
    assert page.evaluate(f"(values) => {PLAYER}.live.turn(values) && {PLAYER}.live.move(0, [2, 1])", values)
    for address in ("noise", "clip_norm", "l2", "optimizers.1.change_at", "optimizers.0.change_by"):
        assert not page.evaluate(f"{PLAYER}.live.turn({{ '{address}': 2 }})"), "no tape computes with it"
    turned = with_values(scenario, values).replace(points=((2.0, 1.0), POINTS[1]))
    player_page.send(scenario.replace(points=((-1.0, 1.0), POINTS[1])))
    same_as(player_page, turned)
    page.evaluate(f"{PLAYER}.live.release()")
    player_page.send(turned)
    assert not page.evaluate(f"{PLAYER}.live.on"), "the answer is there"
    assert page.evaluate(f"{PLAYER}.race.histories === undefined && {PLAYER}.race.steps") == 70


def test_what_races_are_computed_by_is_asked_for_by_what_it_depends_on() -> None:
    scenario = Scenario(optimizers=(Choice("momentum"), Choice("adam")), steps=20)

    def key_of(changed: Scenario) -> str:
        told = live_race(changed.race())
        assert told is not None
        return str(told["key"])

    key = key_of(scenario)
    turned: list[dict[str, float]] = [{"optimizers.1.lr": 0.3}, {"steps": 30}, {"optimizers.0.momentum": 0.5}]
    assert {key_of(with_values(scenario, values)) for values in turned} == {key}, "which holds for all values"
    others: list[dict[str, float]] = [{"landscape.condition": 7.0}, {"optimizers.0.momentum": 0.0}, {"noise": 0.1}, {"clip_norm": 1.0}]
    assert len({key, *(key_of(with_values(scenario, values)) for values in others)}) == 5
    block = json.loads(live_bytes(key) or b"")
    assert [block["key"], len(block["pairs"])] == [key, 2]
    assert live_bytes("another") is None


def test_it_is_said_when_not_all_starts_are_shown(player_page: PlayerPage) -> None:
    page = player_page.play(Scenario(starts=Choice.of("ring", n=20), steps=30), at=20)
    awake(player_page)
    turned = f"{PLAYER}.live.turn({{'optimizers.0.lr': 0.02}}), {PLAYER}.live.show(), {PLAYER}.live.part"
    assert not page.evaluate(f"({turned}).checkVisibility()")
    page.evaluate(f"{PLAYER}.live.stride = 2, {PLAYER}.live.dirty = true")
    assert page.evaluate(f"({turned}).textContent") == "10 of 20 starts while it is dragged"
    page.evaluate(f"{PLAYER}.live.forget()")
    assert not page.evaluate(f"{PLAYER}.live.part.checkVisibility()")
