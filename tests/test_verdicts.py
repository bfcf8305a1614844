"""The verdict of a run in words, held against runs whose end is known."""

from __future__ import annotations

import numpy as np
import pytest

import landscapes
import optimizers
import simulation
from simulation import measures
from simulation.attractors import attractor_lookup
from simulation.measures import Outcome, attractor_outcomes, looks, rest
from simulation.verdicts import Ending, Verdicts, in_shares, verdicts


def verdict(landscape: str, optimizer: str, start: list[float], steps: int, **settings: float) -> Verdicts:
    at = np.array([start], dtype=float).T
    return verdicts(simulation.run(landscapes.get(landscape), optimizers.get(optimizer, **settings), at, steps))


@pytest.mark.parametrize(
    ("landscape", "optimizer", "start", "steps", "settings", "words"),
    [
        ("ravine", "sgd", [-3.5, 1.0], 5, {"lr": 0.01}, "still going"),
        ("two_wells", "sgd", [0.06860195, 0.0], 200, {"lr": 0.02}, "stalled at a saddle"),
        ("monkey_saddle", "newton", [0.6, 0.4], 200, {}, "stalled where it is flat"),
        ("himmelblau", "newton", [-0.5, -0.8], 60, {}, "stalled at a maximum"),
        # without friction a velocity is kept for ever
        ("ravine", "momentum", [-3.5, 1.0], 400, {"lr": 0.002, "momentum": 1.0}, "circling"),
        # a step of twice the distance across, to and fro: 2/condition is the limit of stability
        ("ravine", "sgd", [0.0, 1.0], 100, {"lr": 2 / 20}, "circling"),
        # at 6e24 its steps are nothing beside where it is; at the edge of the map, or from outside, circling is circling
        ("monkey_saddle", "radam", [-3.6353, -1.697], 40, {"lr": 0.156}, "left the map at step 1"),
        ("ravine", "sgd", [0.0, 9.0], 100, {"lr": 2 / 20}, "circling"),
    ],
)
def test_how_it_ends_in_words(
    landscape: str, optimizer: str, start: list[float], steps: int, settings: dict[str, float], words: str
) -> None:
    assert verdict(landscape, optimizer, start, steps, **settings).words == words


def test_it_arrives_at_the_step_from_which_on_it_stays() -> None:
    # x <- x/2 from 3.2 in a window 8 wide: within a hundredth of it, 0.08, when 3.2/2^t <= 0.08, which is at t = 6
    arrived = verdict("ravine", "sgd", [3.2, 0.0], 40, lr=0.5)
    assert arrived.words == "arrived at step 6"
    shares = arrived.over_time(40)[Ending.ARRIVED]
    assert shares.tolist() == [0.0] * 6 + [1.0] * 35


@pytest.mark.parametrize(
    ("landscape", "optimizer", "number", "words"),
    [
        ("eggholder", "adafactor", 55, "circling"),  # to and fro, every other step at the lowest minimum
        ("bukin_6", "adamax", 47, "still going"),  # slowly past the lowest minimum, an eighth of the map's height above it
        ("linear_network", "prodigy", 59, "still going"),  # along a curve of minima and across it
    ],
)
def test_who_is_at_a_minimum_now_and_then_has_not_arrived(landscape: str, optimizer: str, number: int, words: str) -> None:
    surface, rng = landscapes.get(landscape), np.random.default_rng(2)
    starts = np.array([rng.uniform(low, high, 60) for low, high in surface.window])
    run = simulation.run(surface, optimizers.get(optimizer), starts[:, [number]], 50)
    last = attractor_lookup(surface).at(run.positions[-1])
    assert attractor_outcomes(surface)[last] == Outcome.GLOBAL_MINIMUM, "which it is beside at the end"
    assert verdicts(run).words == words


def test_who_arrives_stays_for_a_twentieth_of_the_run_wherever_it_is_looked_at() -> None:
    """Whether the path is kept or only what a map of basins keeps of it, it is the same."""
    for steps in (1, 2, 5, 6, 40, 100, 1000):
        looked = looks(steps)
        assert looked[0] == steps - rest(steps)
        assert {*range(max(steps - 3, looked[0]), steps + 1)} <= {*looked.tolist()}
    landscape, optimizer = landscapes.get("ravine"), optimizers.get("sgd", lr=0.5)
    halving = simulation.run(landscape, optimizer, np.array([[3.2], [0.0]]), 8)  # within a hundredth at the sixth step
    assert verdicts(halving).words == "still going"
    assert verdicts(simulation.run(landscape, optimizer, np.array([[3.2], [0.0]]), 9)).words == "arrived at step 6"


def test_a_local_minimum_is_not_called_arrived() -> None:
    assert verdict("two_wells", "sgd", [1.0, 0.3], 200, lr=0.02).words == "in a local minimum"


def test_what_leaves_the_window_or_float_range_says_when() -> None:
    # y <- 1.2 y from 0.5: beyond the window's edge, 1.5, at the seventh step; beyond float range long after the end
    window = landscapes.get("pure_saddle").window
    steps = next(t for t in range(99) if 0.5 * 1.2**t > window[1][1])
    run = simulation.run(landscapes.get("pure_saddle"), optimizers.get("sgd", lr=0.1), np.array([[0.0], [0.5]]), 60)
    assert run.positions[1, 1, 0] == pytest.approx(0.6)
    assert verdicts(run).words == f"left for ever lower ground at step {steps}"
    beyond = simulation.run(landscapes.get("pure_saddle"), optimizers.get("sgd", lr=100.0), np.array([[0.0, 0.5], [0.5, 0.0]]), 200)
    assert (beyond.diverged_at > 0).all(), "out of float range, one on its way down and one on its way up"
    assert verdicts(beyond).ending.tolist() == [Ending.FALLING, Ending.OVERFLOWED]
    assert verdicts(beyond).since.tolist() == [1, beyond.diverged_at[1]]
    assert measures.outcomes(beyond).tolist() == [Outcome.FALLING, Outcome.DIVERGED]
    thrown = simulation.run(landscapes.get("rosenbrock"), optimizers.get("sgd", lr=1.0), np.array([[-1.2], [1.0]]), 100)
    assert verdicts(thrown).words == f"overflowed at step {thrown.diverged_at[0]}"


def test_what_does_not_move_though_nothing_holds_it_stands_still() -> None:
    # in 200 steps of 1e-12 of the slope it gets nowhere; the same in a twentieth of the window is a way to go
    assert verdict("booth", "sgd", [-5.0, 5.0], 200, lr=1e-12).words == "standing still"
    assert verdict("booth", "sgd", [-5.0, 5.0], 200, lr=1e-5).words == "still going"


def own(formula: str, optimizer: str, start: list[float], window: float = 5.0, **settings: float) -> str:
    landscape = landscapes.from_formula(formula, ((-window, window), (-window, window)))
    return verdicts(simulation.run(landscape, optimizers.get(optimizer, **settings), np.array([start]).T, 100)).words


@pytest.mark.parametrize(
    ("formula", "start", "lr"),
    [("log(x) + y**2", [1.0, 0.5], 0.1), ("sqrt(1 - x**2 - y**2)", [0.1, 0.2], 0.05), ("asin(x)", [0.5, 0.0], 0.1)],
)
def test_what_leaves_the_formulas_domain_has_not_overflowed(formula: str, start: list[float], lr: float) -> None:
    assert own(formula, "sgd", start, 2.0, lr=lr).startswith("left the formula's domain at step ")


@pytest.mark.parametrize(
    ("formula", "start"), [("exp(x**2 + y**2)", [3.0, 3.0]), ("(1-x)**2 + 100*(y-x**2)**2", [-1.2, 1.0]), ("x**4", [4.0, 0.0])]
)
def test_what_overflows_has_not_left_the_formulas_domain(formula: str, start: list[float]) -> None:
    assert own(formula, "sgd", start, lr=1.0).startswith("overflowed at step ")


def test_what_stands_still_since_the_squared_slope_overflows_says_so() -> None:
    assert own("exp(x**2+y**2)", "adam", [-14.0, -14.0], 15.0) == "frozen: the squared slope overflows"
    assert own("exp(x**2+y**2)", "adam", [-1.0, -1.0], 15.0) != "frozen: the squared slope overflows"


def test_what_only_weight_decay_moves_since_the_squared_slope_overflows_says_so() -> None:
    assert own("exp(x**2+y**2)", "adamw", [-14.0, -14.0], 15.0) == "only decaying: the squared slope overflows"
    assert own("exp(x**2+y**2)", "adamw", [-14.0, -14.0], 15.0, weight_decay=0.0) == "frozen: the squared slope overflows"
    surface = landscapes.from_formula("exp(x**2+y**2)", ((-15.0, 15.0), (-15.0, 15.0)))
    starts = np.array([[-14.0, -1.0, -14.0], [-14.0, -1.0, -14.0]])
    for keep in ("path", "last"):
        run = simulation.run(surface, optimizers.get("adamw", weight_decay=np.array([0.1, 0.1, 0.0])), starts, 30, keep=keep)
        assert run.frozen_at.tolist() == [0, -1, 0]
    path = simulation.run(surface, optimizers.get("adamw", lr=0.1, weight_decay=0.1), starts[:, :1], 30).positions[:, :, 0]
    np.testing.assert_allclose(path[1:], path[:-1] * (1 - 0.1 * 0.1), rtol=1e-12, err_msg="its decay is all that moves it")


def test_noise_is_not_taken_for_progress() -> None:
    starts = np.tile([[3.0], [1.0]], 200)
    run = simulation.run(landscapes.get("ravine", condition=10.0), optimizers.get("sgd", lr=0.15), starts, 180, noise=4.0, seed=1)
    assert verdicts(run).shares()[Ending.CIRCLING] > 0.9


def test_many_starts_are_told_in_shares_that_never_hide_the_few() -> None:
    many = Verdicts(np.array([Ending.ARRIVED] * 3 + [Ending.CIRCLING] + [Ending.OVERFLOWED]), np.array([4, 7, 4, 9, 2]))
    assert many.words == "60% arrived, 20% circling"
    assert {ending: share.tolist()[-1] for ending, share in many.over_time(9).items()} == pytest.approx(many.shares())
    assert many.over_time(9)[Ending.ARRIVED].tolist() == pytest.approx([0] * 4 + [0.4] * 3 + [0.6] * 3)
    assert in_shares({"arrived": 1.0}) == "all arrived"
    assert in_shares({"arrived": 0.9999, "circling": 0.0001}) == "99% arrived, 1% circling"


@pytest.mark.parametrize("name", landscapes.names())
def test_every_landscape_gives_a_verdict_for_every_start(name: str) -> None:
    landscape = landscapes.get(name)
    starts = simulation.starts.grid(landscape.window, 9)
    for optimizer in ("adam", "sgd", "newton"):
        found = verdicts(simulation.run(landscape, optimizers.get(optimizer), starts, 40))
        assert found.ending.shape == found.since.shape == (9,)
        assert ((found.since >= 0) & (found.since <= 40)).all()
        assert sum(found.shares().values()) == pytest.approx(1.0)


def test_a_verdict_needs_the_path() -> None:
    last = simulation.run(landscapes.get("ravine"), optimizers.get("sgd"), np.array([[1.0], [1.0]]), 10, keep="last")
    with pytest.raises(ValueError, match="run it with keep='path'"):
        verdicts(last)


def test_every_ending_has_words_of_its_own() -> None:
    words = [ending.words for ending in Ending]
    assert len(set(words)) == len(words)
    assert Ending.ARRIVED.since(1234) == "arrived at step 1,234"
    assert Ending.CIRCLING.since(12) == "circling"
