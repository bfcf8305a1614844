"""A race on the plane of a network, computed in the browser while something of it is dragged, is Python's but for rounding."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import optimizers
import simulation
from figures import LIGHT
from landscapes import ComputedLandscape
from networks import Network
from networks.planes import Plane
from networks.planes.portable import most_slopes
from optimizers import Optimizer
from player.live_payload import encoded, live_race
from player.payload import landscape_bytes, run_bytes
from player.step import step_bytes
from scenario import PLANE, Choice, Scenario
from scenario.network_plane import landscape_of, query_of
from simulation.live import functions_as_data, is_live, pair_as_data
from tests.screen import PLAYER
from tests.test_live import RUN
from tests.test_live_race import AS_SENT, awake, shown
from tests.test_plane_race import SMALL

if TYPE_CHECKING:
    from tests.player_page import PlayerPage

STARTS = np.random.default_rng(1).uniform(-1.5, 1.5, (2, 3))
X = np.random.default_rng(0).normal(size=(37, 2))
SIDES, THIRDS = (X[:, 0] * X[:, 1] > 0).astype(int), np.arange(37) % 3
CURVES = np.stack([np.sin(X[:, 0]), X[:, 1] ** 2], axis=1)
BY_DIFFERENCES = {"newton", "saddle_free_newton"}


def on_a_plane(net: Network, y: np.ndarray[Any, Any], x: np.ndarray[Any, Any] = X) -> ComputedLandscape:
    """The loss of a network on a random plane."""
    directions = np.random.default_rng(2).normal(size=(2, net.size)) * 2 / np.sqrt(net.size)
    plane = Plane(net.initial("xavier", seed=3)[0], directions, np.full(2, np.nan), ((-2.0, 2.0), (-1.5, 1.5)), "of chance")
    loss = plane.landscape(net, x, y)
    own: dict[str, Any] = {"identity": str(net), "window": plane.window, "start": (0.0, 0.0)}
    return ComputedLandscape("Plane", loss, **own, program=lambda: {**loss.program(), "most": 10**6})


def hold(player_page: PlayerPage, *pairs: tuple[ComputedLandscape, Optimizer, int], **more: Any) -> None:
    """Run methods on planes in the browser, and hold them against Python."""
    sent, runs = [], []
    for landscape, method, count in pairs:
        steps = 3 if method.key in BY_DIFFERENCES else 8
        pair = pair_as_data(landscape, method, None, "noise" in more)
        given = {"parameters": pair["parameters"], "starts": STARTS[:, :count].tolist(), "steps": steps, **more}
        functions = functions_as_data(pair, plane=encoded(landscape.program))
        sent.append(json.dumps({"pair": pair, "functions": functions, "options": {"count": count, "single": False}, "run": given}))
        runs.append(simulation.run(landscape, method, STARTS[:, :count], steps, **more))
    for found, run, (landscape, method, _) in zip(player_page.page.evaluate(RUN, [sent]), runs, pairs, strict=True):
        assert not found.get("reason"), found
        close = 1e-5 if method.key in BY_DIFFERENCES else 1e-9
        for own, theirs in zip((*run.positions.swapaxes(0, 1), run.losses), (found["x"], found["y"], found["loss"]), strict=True):
            there = np.array(theirs.split(), dtype=float).reshape(run.losses.shape)
            np.testing.assert_allclose(there, own, rtol=close, atol=close / 10, err_msg=f"{method.name}, {landscape.definition}")


def test_every_method(player_page: PlayerPage) -> None:
    plane = on_a_plane(Network((2, 4, 1)), SIDES)
    hold(player_page, *((plane, optimizers.get(name), 3 if name == "sgd" else 2) for name in optimizers.names()))
    hold(player_page, (plane, optimizers.get("nesterov"), 3), noise=0.3, seed=7)


def test_every_kind_of_network(player_page: PlayerPage) -> None:
    planes = [
        on_a_plane(Network((2, 5, 7, 3, 1)), SIDES),
        on_a_plane(Network((2, 5, 2), loss="softmax"), SIDES),
        on_a_plane(Network((2, 6, 3), "sigmoid", loss="softmax"), THIRDS),
        on_a_plane(Network((2, 6, 5, 2), "relu", loss="squared"), CURVES),
        on_a_plane(Network((2, 6, 1), "leaky_relu"), SIDES),
        on_a_plane(Network((2, 6, 5, 1), "gelu"), SIDES),
        on_a_plane(Network((9, 4, 1), "linear", loss="squared"), CURVES[:, :1], np.tile(X, 5)[:, :9]),
        on_a_plane(Network((2, 1)), SIDES),
        on_a_plane(Network((2, 6, 5, 1), batch_norm=True), SIDES),
        on_a_plane(Network((2, 6, 5, 3), "relu", batch_norm=True, loss="softmax"), THIRDS),
    ]
    hold(player_page, *((plane, optimizers.get(name), 1) for plane in planes for name in ("adam", "newton")))


APART = """async (block) => {
    const { readStep } = await import("/js/anatomy.js");
    const [sent, own] = [readStep(bytes(block)), document.querySelector(".descent").player.stepper.live];
    const numbers = ({ planes }) => [...planes].map(([name, { values }]) => [name, [...values].map(String)]);
    const words = ({ run, count, lines, parts }) => JSON.stringify([run, count, lines, parts]);
    return [sent, own].map((step) => [Object.fromEntries(numbers(step)), words(step)]);
}"""


def test_what_is_dragged_on_a_plane_asks_nobody(player_page: PlayerPage) -> None:
    """Trajectories, curves, verdicts and the parts of steps."""
    landscape = landscape_of(SMALL.replace(points=()).train())
    methods = (Choice.of("momentum", lr=0.3), Choice.of("adam", lr=0.2))
    scenario = Scenario(landscape=Choice(PLANE), network=query_of(SMALL), optimizers=methods, points=((0.0, 0.0), (1.0, 1.0)), steps=60)
    panels = ("map", "loss", "gradient", "rate", "step")
    page = player_page.play(scenario, panels, at=30)
    awake(player_page)
    (x0, x1), (y0, y1) = landscape.window
    for angle in (0.5, 2.5):
        at = (round(x0 + (x1 - x0) * (0.5 + 0.3 * np.cos(angle)), 2), round(y0 + (y1 - y0) * (0.5 + 0.3 * np.sin(angle)), 2))
        assert page.evaluate(f"(at) => {PLAYER}.live.move(0, at)", at)
        page.evaluate(f"{PLAYER}.live.show()")
        race = scenario.replace(points=(at, (1.0, 1.0))).race()
        for run, (x, y, loss) in zip(race.runs, shown(player_page), strict=True):
            for own, theirs in zip((*run.positions.swapaxes(0, 1), run.losses), (x, y, loss), strict=True):
                np.testing.assert_allclose(theirs, own.ravel(), rtol=1e-9, atol=1e-9)
        block = run_bytes(race, LIGHT, panels, landscape_bytes(race.landscape, LIGHT))
        assert page.evaluate(AS_SENT, base64.b64encode(block).decode()) == []
        apart = base64.b64encode(step_bytes(race, 0, 0, LIGHT)).decode()
        (numbers, words), (own_numbers, own_words) = page.evaluate(APART, apart)
        assert own_words == words
        for name, values in numbers.items():
            np.testing.assert_allclose(np.array(own_numbers[name], dtype=float), np.array(values, dtype=float), rtol=1e-6, atol=1e-9)
    assert player_page.asked() == []
    slow = f"({PLAYER}.live.took = 500, {PLAYER}.live.fit(1), {PLAYER}.live.move(0, [0.5, 0.5]))"
    assert page.evaluate(f"[1, 2, 3].map(() => {slow})") == [True, True, False], "a machine that is too slow asks Python"


def test_what_would_take_too_long_is_left_to_python() -> None:
    assert most_slopes(Network((2, 4, 1)), 200) > 3 * 200
    assert most_slopes(Network((64, 64, 10), loss="softmax"), 1500) < 200
    assert most_slopes(Network((64, 32, 10), loss="softmax"), 1797) == 0, "and more numbers than are sent"
    scenario = Scenario(landscape=Choice(PLANE), network=query_of(SMALL), optimizers=(Choice("sgd"),), steps=60)
    race = scenario.race()
    told = live_race(race)
    assert told is not None
    assert isinstance(race.landscape, ComputedLandscape)
    known = race.landscape.program
    assert known is not None
    with pytest.MonkeyPatch.context() as patch:
        for most in (59, None):
            patch.setitem(vars(race.landscape), "program", most and {**known, "most": most})
            assert live_race(race) is None


def test_second_derivatives_of_a_loss_with_kinks_are_left_to_python() -> None:
    kinked, smooth = (on_a_plane(Network((2, 4, 1), activation), SIDES) for activation in ("relu", "tanh"))
    newton, adam = optimizers.get("newton"), optimizers.get("adam")
    assert [is_live(plane, method) for plane in (kinked, smooth) for method in (newton, adam)] == [False, True, True, True]
