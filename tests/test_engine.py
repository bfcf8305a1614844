"""The engine: many trajectories are as many single ones, whatever the chunks, the threads and what is kept."""

from __future__ import annotations

import concurrent.futures
import itertools
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import landscapes
import optimizers
import simulation
from landscapes import Landscape
from optimizers import Optimizer, schedules
from parameters import Array

ROSENBROCK = landscapes.get("rosenbrock")
RASTRIGIN = landscapes.get("rastrigin")
RAVINE = landscapes.get("ravine")
PLANE = landscapes.from_formula("x + y", ((-4, 4), (-4, 4)))
"""Its slope is 1 along both axes everywhere: whatever else moves a trajectory is noise."""
PARTIAL = landscapes.from_formula("log(x) + x*y", ((0, 4), (-4, 4)))
"""Has no value left of the y-axis."""
PAIR = np.array([[-1.2, 0.5], [1.0, 0.2]])


def same(a: Array, b: Array) -> bool:
    """Equal to the last bit, NaN included."""
    return np.array_equal(a, b, equal_nan=True)


def spread(count: int) -> Array:
    return simulation.starts.cloud((0.2, 0.5), 0.5, count, seed=3)


def assert_same_run(one: simulation.Run, other: simulation.Run) -> None:
    assert same(one.positions, other.positions)
    assert same(one.losses, other.losses)
    assert np.array_equal(one.diverged_at, other.diverged_at)


# ---- chunks, threads and neighbours do not matter

COUNT = 260
"""So many that together they have their losses computed in the loop, and in parts not."""
RATES = np.linspace(1e-4, 2e-3, COUNT)
CASES: dict[str, tuple[Optimizer, dict[str, Any]]] = {
    "sgd, some of them diverging": (optimizers.get("sgd", lr=np.linspace(1e-4, 2e-2, COUNT)), {}),
    "adam under a schedule": (optimizers.get("adam", lr=0.01), {"schedule": schedules.get("cosine", warmup=5)}),
    "nesterov with noise": (optimizers.get("nesterov", lr=RATES), {"noise": 2.0, "seed": 5}),
    "rmsprop with noise and a hyper-parameter for each": (
        optimizers.get("rmsprop", lr=RATES, decay=np.linspace(0.5, 0.99, COUNT), centered=True, momentum=0.5),
        {"noise": np.linspace(0.0, 3.0, COUNT), "seed": 7},
    ),
    "nadam, whose state depends on the step alone": (optimizers.get("nadam", lr=RATES, momentum_decay=np.linspace(0.0, 1.0, COUNT)), {}),
    "sam, with two slopes a step": (optimizers.get("sam", lr=1e-4, rho=0.1), {"noise": 0.5}),
    "newton": (optimizers.get("newton"), {}),
    "bfgs": (optimizers.get("bfgs"), {}),
}


@pytest.mark.parametrize("keep", ["path", "last"])
@pytest.mark.parametrize("case", CASES)
def test_neither_chunks_nor_threads_change_a_bit(case: str, keep: str) -> None:
    optimizer, extra = CASES[case]
    whole = simulation.run(ROSENBROCK, optimizer, spread(COUNT), 16, keep=keep, chunk=COUNT, workers=1, **extra)
    for chunk, workers in ((1, 1), (7, 2), (64, 3)):
        parts = simulation.run(ROSENBROCK, optimizer, spread(COUNT), 16, keep=keep, chunk=chunk, workers=workers, **extra)
        assert_same_run(parts, whole)


@pytest.mark.parametrize(("landscape", "tolerance"), [(ROSENBROCK, 0.0), (RASTRIGIN, 1e-12)], ids=["rosenbrock", "rastrigin"])
@pytest.mark.parametrize("name", optimizers.names())
def test_a_trajectory_alone_is_the_one_among_others(name: str, landscape: Landscape, tolerance: float) -> None:
    """To the last bit where only + - * / are used; NumPy may compute sines in another way for short arrays than for long ones."""
    starts = spread(37)
    optimizer = optimizers.get(name, lr=0.02 * np.asarray(optimizers.get(name).values["lr"]))
    together = simulation.run(landscape, optimizer, starts, 15)
    for lane in (0, 17, 36):
        alone = simulation.run(landscape, optimizer, starts[:, [lane]], 15, numbers=[lane])
        np.testing.assert_allclose(alone.positions[:, :, 0], together.positions[:, :, lane], rtol=tolerance, atol=tolerance)
        np.testing.assert_allclose(alone.losses[:, 0], together.losses[:, lane], rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("count", [3, 400])
@pytest.mark.parametrize("landscape", [ROSENBROCK, RASTRIGIN, RAVINE], ids=lambda landscape: landscape.key)
def test_losses_are_those_of_the_positions(landscape: Landscape, count: int) -> None:
    """Few trajectories have their losses computed afterwards, many in the loop together with the slope."""
    for optimizer in (optimizers.get("momentum", lr=1e-4), optimizers.get("nesterov", lr=1e-4)):
        run = simulation.run(landscape, optimizer, spread(count), 12)
        for positions, losses in zip(run.positions, run.losses, strict=True):
            np.testing.assert_allclose(losses, landscape.value(positions), rtol=1e-13)


def test_a_landscape_for_each_trajectory_is_as_many_landscapes() -> None:
    steepness, shift = np.array([1.0, 30.0, 300.0]), np.array([0.5, 1.0, 2.0])
    starts = np.array([[-1.0, 0.5, 1.2], [1.0, 0.2, -0.3]])
    sweep = simulation.run(ROSENBROCK.with_parameters(a=shift, b=steepness), optimizers.get("adam", lr=0.01), starts, 40)
    for lane in range(3):
        landscape = landscapes.get("rosenbrock", a=shift[lane], b=steepness[lane])
        alone = simulation.run(landscape, optimizers.get("adam", lr=0.01), starts[:, [lane]], 40)
        assert same(alone.positions[:, :, 0], sweep.positions[:, :, lane])
        assert same(alone.losses[:, 0], sweep.losses[:, lane])


def test_a_penalty_for_each_trajectory_is_as_many_penalties() -> None:
    strengths = np.array([0.0, 0.1, 2.0])
    starts = np.array([[-1.0, 0.5, 1.2], [1.0, 0.2, -0.3]])
    sweep = simulation.run(ROSENBROCK.penalized(l2=strengths), optimizers.get("sgd", lr=1e-3), starts, 40, chunk=2)
    for lane in range(3):
        decayed = simulation.run(ROSENBROCK, optimizers.get("sgd", lr=1e-3, weight_decay=strengths[lane]), starts[:, [lane]], 40)
        np.testing.assert_allclose(sweep.positions[:, :, lane], decayed.positions[:, :, 0], rtol=1e-12)


# ---- noise


def noise_of(count: int, steps: int, noise: float | Array = 1.0, **arguments: Any) -> Array:
    """What the engine added to the slope: on a plane, SGD with learning rate 1 moves by minus 1 minus the noise."""
    run = simulation.run(PLANE, optimizers.get("sgd", lr=1.0), np.zeros((2, count)), steps, noise=noise, **arguments)
    return -np.diff(run.positions, axis=0) - 1.0


def test_the_seed_chooses_the_noise() -> None:
    first = noise_of(5, 20, seed=1)
    assert same(first, noise_of(5, 20, seed=1))
    others = [noise_of(5, 20, seed=seed) for seed in (0, 2, 3)]
    assert all(not np.isclose(first, other).any() for other in others)


def test_a_trajectorys_noise_does_not_depend_on_the_others() -> None:
    many = noise_of(200, 30, seed=4)
    for count in (1, 63, 64, 65, 130):
        np.testing.assert_array_equal(noise_of(count, 30, seed=4), many[:, :, :count])
    np.testing.assert_array_equal(noise_of(200, 30, seed=4, chunk=30, workers=2), many)


def test_a_longer_run_begins_with_the_noise_of_a_shorter_one() -> None:
    long = noise_of(3, 150, seed=4)
    for steps in (1, 64, 65):
        np.testing.assert_array_equal(noise_of(3, steps, seed=4), long[:steps])


def test_noise_is_normal_independent_and_of_the_given_size() -> None:
    """100,000 numbers: their mean and deviation are known to 0.3%, and their correlations are 0 to 1% (four standard errors)."""
    noise = noise_of(250, 200, noise=2.5, seed=11) / 2.5
    assert abs(noise.mean()) < 4 / np.sqrt(noise.size)
    assert abs(noise.std() - 1) < 4 / np.sqrt(2 * noise.size)
    assert abs((noise**3).mean()) < 4 * np.sqrt(15 / noise.size)
    assert abs((noise**4).mean() - 3) < 4 * np.sqrt(96 / noise.size)
    pairs = {
        "the axes": (noise[:, 0], noise[:, 1]),
        "one step and the next": (noise[1:], noise[:-1]),
        "neighbours": (noise[:, :, 1:], noise[:, :, :-1]),
        "trajectories further apart": (noise[:, :, 64:], noise[:, :, :-64]),
        "the sizes on the axes": ((noise[:, 0] ** 2 - 1) / 2**0.5, (noise[:, 1] ** 2 - 1) / 2**0.5),
    }
    for one, other in pairs.values():
        assert abs((one * other).mean()) < 4 / np.sqrt(one.size)


def test_noise_may_differ_from_trajectory_to_trajectory() -> None:
    """The same numbers scaled: those of standard deviation 1 by each trajectory's own, and none at all for 0."""
    unit = noise_of(4, 30, seed=2)
    deviations = np.array([0.0, 0.5, 1.0, 4.0])
    np.testing.assert_allclose(noise_of(4, 30, noise=deviations, seed=2), unit * deviations, atol=1e-12)
    mixed = simulation.run(ROSENBROCK, optimizers.get("adam"), PAIR, 30, noise=np.array([0.0, 1.0]))
    quiet = simulation.run(ROSENBROCK, optimizers.get("adam"), PAIR, 30)
    assert same(mixed.positions[:, :, 0], quiet.positions[:, :, 0])
    assert not np.isclose(mixed.positions[-1, :, 1], quiet.positions[-1, :, 1]).any()


def test_noise_given_as_an_array_without_dimensions_is_a_number() -> None:
    number = simulation.run(ROSENBROCK, optimizers.get("adam"), PAIR, 5, noise=0.5)
    array = simulation.run(ROSENBROCK, optimizers.get("adam"), PAIR, 5, noise=np.array(0.5))
    assert same(array.positions, number.positions)


def test_both_slopes_of_one_sam_step_have_the_same_noise() -> None:
    """As in training both are taken on the same batch. On a plane, where the climb changes nothing, SAM is then SGD."""
    sam = simulation.run(PLANE, optimizers.get("sam", lr=1.0), np.zeros((2, 3)), 10, noise=0.3)
    np.testing.assert_allclose(-np.diff(sam.positions, axis=0) - 1.0, noise_of(3, 10, noise=0.3), atol=1e-13)


# ---- divergence


@pytest.mark.parametrize("count", [4, 400])
def test_what_leaves_float_range_is_marked_and_the_rest_goes_on(count: int) -> None:
    rates = np.full(count, 1e-3)
    rates[1], rates[count - 1] = 1.0, 1e6
    starts = np.repeat([[-1.2], [1.0]], count, axis=1)
    run = simulation.run(ROSENBROCK, optimizers.get("sgd", lr=rates), starts, 30)
    lost = np.flatnonzero(run.diverged_at >= 0)
    assert lost.tolist() == [1, count - 1]
    for lane in lost:
        at = run.diverged_at[lane]
        assert 0 < at < 30
        assert np.isfinite(run.positions[:at, :, lane]).all()
        assert np.isfinite(run.losses[:at, lane]).all()
        assert np.isnan(run.positions[at:, :, lane]).all()
        assert np.isnan(run.losses[at:, lane]).all()
    calm = simulation.run(ROSENBROCK, optimizers.get("sgd", lr=1e-3), [[-1.2], [1.0]], 30)
    others = np.setdiff1d(np.arange(count), lost)
    assert same(run.positions[:, :, others], np.repeat(calm.positions, others.size, axis=2))


def test_a_start_where_the_loss_has_no_value_is_lost_at_once() -> None:
    run = simulation.run(PARTIAL, optimizers.get("sgd"), [[1.0, -1.0], [0.0, 0.0]], 5)
    assert run.diverged_at.tolist() == [-1, 0]
    assert np.isnan(run.positions[:, :, 1]).all()


DIVERGING: dict[str, tuple[Landscape, Optimizer, Array, int, dict[str, Any]]] = {
    "none": (ROSENBROCK, optimizers.get("adam"), spread(20), 40, {}),
    "by the learning rate": (ROSENBROCK, optimizers.get("sgd", lr=np.geomspace(1e-4, 1e4, 300)), spread(300), 40, {}),
    "with noise": (ROSENBROCK, optimizers.get("momentum", lr=np.geomspace(1e-4, 1e2, 50)), spread(50), 40, {"noise": 1.0}),
    "at a start": (PARTIAL, optimizers.get("sgd"), spread(50), 40, {}),
    "on a surface with holes, and maybe back": (PARTIAL, optimizers.get("momentum", lr=0.1), spread(300) + 0.8, 60, {}),
    "signs, which walk out of a hole again": (PARTIAL, optimizers.get("signum", lr=0.3), spread(300) + 0.8, 60, {}),
    "at the last step": (ROSENBROCK, optimizers.get("sgd", lr=1.0), PAIR, 5, {}),
    "before the first step": (PARTIAL, optimizers.get("sgd"), np.array([[1.0, -1.0], [0.0, 0.0]]), 0, {}),
    "at a start where a hyperbolic cosine overflows, which signs lead back from": (
        landscapes.from_formula("cosh(3*x) + y**2", ((-2, 2), (-2, 2))),
        optimizers.get("rprop", lr=1.0),
        np.array([[300.0, 1.0], [1.0, 1.0]]),
        100,
        {},
    ),
    "for a while, under a learning rate that falls": (
        RAVINE,
        optimizers.get("sgd", lr=10.0),
        np.array([[-3.5], [1.0]]),
        140,
        {"schedule": schedules.get("step", drop=0.003, every=70)},
    ),
}


@pytest.mark.parametrize("chunk", [None, 7])
@pytest.mark.parametrize("case", DIVERGING)
def test_the_last_point_is_the_paths_last_point(case: str, chunk: int | None) -> None:
    """Keeping only the end gives the end of the path, and the same word on where it was lost."""
    landscape, optimizer, starts, steps, extra = DIVERGING[case]
    path = simulation.run(landscape, optimizer, starts, steps, chunk=chunk, **extra)
    last = simulation.run(landscape, optimizer, starts, steps, keep="last", chunk=chunk, **extra)
    assert last.positions.shape == (1, 2, starts.shape[1])
    assert np.array_equal(last.diverged_at, path.diverged_at)
    assert same(last.positions[0], path.positions[-1])
    assert same(last.losses[0], path.losses[-1])


@pytest.mark.parametrize("chunk", [None, 2])
@pytest.mark.parametrize("keep", ["path", "last"])
def test_a_run_whose_squared_slope_overflowed_is_frozen(keep: str, chunk: int | None) -> None:
    """exp(x² + y²): at (-14, -14) the slope is 1e171, whose square is infinite for ever, and the step is divided by its root. At (-14, 0.1)
    the slope along x is 1e86, whose square is not. A slope of 1e200 along y alone freezes y, and x goes on."""
    bowl = landscapes.from_formula("exp(x**2 + y**2)", ((-15, 15), (-15, 15)))
    starts = np.array([[-14.0, -14.0, -1.0], [-14.0, 0.1, 1.0]])
    for name in ("adagrad", "rmsprop", "adam", "adabelief", "adan"):
        run = simulation.run(bowl, optimizers.get(name), starts, 40, keep=keep, chunk=chunk)
        assert run.frozen_at.tolist() == [0, -1, -1], name
        assert run.diverged_at.tolist() == [-1, -1, -1], name
        assert same(run.positions[-1, :, 0], starts[:, 0]), name
    plunging = simulation.run(bowl, optimizers.get("sgd"), starts, 40, keep=keep, chunk=chunk)
    assert plunging.diverged_at[0] == 1
    assert plunging.frozen_at.tolist() == [-1, -1, -1], "what has diverged is not frozen"
    gutter = landscapes.from_formula("x**2 + 1e200*y", ((-5, 5), (-5, 5)))
    late = simulation.run(gutter, optimizers.get("adam", lr=0.5), [[3.0], [1.0]], 40, keep=keep)
    assert late.frozen_at.tolist() == [0]
    assert abs(late.positions[-1, 0, 0]) < 1.0


# ---- what is returned, and what is refused


@pytest.mark.parametrize("keep", ["path", "last"])
@pytest.mark.parametrize("name", optimizers.names())
def test_no_steps_leave_the_starts(name: str, keep: str) -> None:
    for schedule in (None, schedules.get("cosine")):
        run = simulation.run(ROSENBROCK, optimizers.get(name), PAIR, 0, schedule, keep=keep)
        assert same(run.positions, PAIR[None])
        assert same(run.losses, ROSENBROCK.value(PAIR)[None])
        assert run.diverged_at.tolist() == [-1, -1]


def test_a_run_knows_what_was_run() -> None:
    optimizer, schedule = optimizers.get("adam"), schedules.get("cosine")
    steps: Any = np.int64(7)
    run = simulation.run(ROSENBROCK, optimizer, PAIR.tolist(), steps, schedule, noise=0.5, seed=3)
    assert type(run.steps) is int
    assert run.positions.shape == (8, 2, 2)
    assert run.losses.shape == (8, 2)
    assert run.diverged_at.dtype == np.int64
    assert (run.landscape, run.optimizer, run.schedule) == (ROSENBROCK, optimizer, schedule)
    assert (run.steps, run.noise, run.seed, run.kept.tolist(), run.count) == (7, 0.5, 3, list(range(8)), 2)
    assert same(run.starts, PAIR)
    with pytest.raises(ValueError, match="keep='path'"):
        _ = simulation.run(ROSENBROCK, optimizer, PAIR, 7, keep="last").starts


@pytest.mark.parametrize("kept", [[0, 3, 7, 40], [40], [1, 2, 39, 40]])
def test_some_steps_can_be_kept(kept: list[int]) -> None:
    """They are those of the whole path, and what leaves float range on the way is missing from there on."""
    optimizer = optimizers.get("sgd", lr=5e-3)  # some of the starts diverge, at different steps
    whole = simulation.run(ROSENBROCK, optimizer, spread(300), 40)
    some = simulation.run(ROSENBROCK, optimizer, spread(300), 40, keep=kept)
    assert 0 < (whole.diverged_at >= 0).sum() < 300
    assert some.kept.tolist() == kept
    assert same(some.positions, whole.positions[kept])
    assert same(some.losses, whole.losses[kept])
    assert some.diverged_at.tolist() == whole.diverged_at.tolist()


def test_equal_numbers_have_equal_noise_and_a_part_of_a_run_keeps_its_own() -> None:
    optimizer = optimizers.get("sgd", lr=1e-4)
    whole = simulation.run(ROSENBROCK, optimizer, spread(200), 20, noise=1.0, seed=4)
    part = simulation.run(ROSENBROCK, optimizer, spread(200)[:, 60:150], 20, noise=1.0, seed=4, numbers=np.arange(60, 150))
    assert same(part.positions, whole.positions[:, :, 60:150])
    numbers = [0, 5, 5, 3]  # as far apart as four in a row
    twins = simulation.run(ROSENBROCK, optimizer, np.ones((2, 4)), 20, noise=1.0, seed=4, numbers=numbers)
    ends = twins.positions[-1].T.tolist()
    assert ends[1] == ends[2]
    assert len({tuple(end) for end in ends}) == 3


@pytest.mark.parametrize("keep", ["path", "last"])
@pytest.mark.parametrize("name", ["sgd", "nesterov", "adam"])
def test_a_run_tells_when_it_first_reaches_its_goal(name: str, keep: str) -> None:
    """As the losses of the whole path tell, whatever is kept of it; what diverged on the way has not reached it afterwards."""
    landscape = landscapes.from_formula("log(x + 2) + (y - 1)**2 + 0.3*x**4", ((-3, 3), (-3, 3)))  # no value left of -2
    starts, goals = simulation.starts.uniform(((-1.9, 3.0), (-3.0, 3.0)), 400, seed=3), np.linspace(0.4, 8.0, 400)
    whole = simulation.run(landscape, optimizers.get(name, lr=0.12), starts, 30)
    told = simulation.run(landscape, optimizers.get(name, lr=0.12), starts, 30, keep=keep, goal=goals)
    below = whole.losses <= goals
    expected = np.where(below.any(axis=0), below.argmax(axis=0), -1)
    assert len(set(expected)) > 5
    assert told.reached is not None
    assert np.array_equal(told.reached, expected)
    assert whole.reached is None
    assert same(told.losses[-1], whole.losses[-1])
    assert told.diverged_at.tolist() == whole.diverged_at.tolist()


THREE = np.array([0.1, 0.2, 0.3])
REFUSED: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"starts": [1.0, 2.0]}, ValueError, r"shape \(2, N\).*\(2,\)"),
    ({"starts": np.zeros((3, 2))}, ValueError, r"shape \(2, N\).*\(3, 2\)"),
    ({"starts": np.zeros((2, 0))}, ValueError, "at least 1"),
    ({"starts": [[1], [1, 2]]}, ValueError, r"shape \(2, N\), .*; these have rows of unequal length"),
    ({"starts": PAIR + 1j}, TypeError, "starts must be real numbers, within float64's range; these are complex128"),
    ({"starts": [["a"], ["b"]]}, TypeError, "starts must be real numbers"),
    ({"starts": [[10**400], [1]]}, TypeError, "starts must be real numbers"),
    ({"starts": [[0.0, np.nan], [0.0, 0.0]]}, ValueError, "start 1 is"),
    ({"starts": [[0.0], [np.inf]]}, ValueError, "start 0 is"),
    ({"steps": -1}, ValueError, "steps is -1"),
    ({"steps": 5.0}, TypeError, "steps must be a whole number"),
    ({"steps": True}, TypeError, "steps must be a whole number"),
    ({"steps": "5"}, TypeError, "steps must be a whole number"),
    ({"memory": "2 GiB"}, TypeError, "memory must be a number of bytes, not '2 GiB'"),
    ({"memory": None}, TypeError, "memory must be a number of bytes"),
    ({"progress": 3}, TypeError, "progress must be a function of the fraction that is done, or None, not 3"),
    ({"seed": -1}, ValueError, "seed is -1"),
    ({"seed": 0.5}, TypeError, "seed must be a whole number"),
    ({"keep": "all"}, ValueError, "'path' or 'last'"),
    ({"keep": [0, 2]}, ValueError, "rise from 0 or more to the last step, 3"),
    ({"keep": [2, 2, 3]}, ValueError, "rise"),
    ({"keep": [-1, 3]}, ValueError, "rise"),
    ({"keep": [1.5, 3.0]}, TypeError, "numbers of steps"),
    ({"keep": []}, TypeError, "numbers of steps"),
    ({"keep": [[1], [1, 2]]}, TypeError, r"numbers of steps, not \[\[1\], \[1, 2\]\]"),
    ({"keep": np.array([2, 1, 0, 3], dtype=np.uint8)}, ValueError, r"rise.* these are \[2, 1, 0, 3\]"),
    ({"keep": np.array([0, 2**64 - 1, 3], dtype=np.uint64)}, ValueError, f"keep holds {2**64 - 1}; the greatest .* is {2**63 - 1}"),
    ({"numbers": [0, 1, 2]}, ValueError, r"one for each of the 2 starts.*\(3,\)"),
    ({"numbers": [0.0, 1.0]}, ValueError, "whole numbers"),
    ({"numbers": [-1, 0]}, ValueError, "the least given is -1"),
    ({"numbers": [[0], [0, 1]]}, ValueError, "one for each of the 2 starts; these are rows of unequal length"),
    ({"numbers": np.array([0, 2**64 - 1], dtype=np.uint64)}, ValueError, f"numbers holds {2**64 - 1}; the greatest .* is {2**63 - 1}"),
    ({"goal": THREE}, ValueError, "one for each of the 2 starts"),
    ({"goal": [[1], [1, 2]]}, ValueError, r"goal must be a loss or one for each of the 2 starts, not \[\[1\], \[1, 2\]\]"),
    ({"goal": "low"}, ValueError, "goal must be a loss"),
    ({"noise": -0.1}, ValueError, "noise is -0.1"),
    ({"noise": np.array([0.1, -0.1])}, ValueError, "standard deviation"),
    ({"noise": np.nan}, ValueError, "standard deviation"),
    ({"noise": "loud"}, TypeError, "noise must be a number"),
    ({"noise": THREE}, ValueError, "noise holds 3 values for 2 starts"),
    ({"noise": THREE.tolist()}, ValueError, "noise holds 3 values for 2 starts"),
    ({"noise": [[1], [1, 2]]}, TypeError, r"noise must be a number or an array of shape \(N,\), not \[\[1\], \[1, 2\]\]"),
    ({"noise": np.ones((2, 2))}, TypeError, r"shape \(N,\)"),
    ({"optimizer": optimizers.get("adam", beta1=THREE)}, ValueError, "Adam: beta1 holds 3 values for 2 starts"),
    ({"landscape": landscapes.get("rosenbrock", b=THREE + 1)}, ValueError, "Rosenbrock: b holds 3 values for 2 starts"),
    ({"landscape": ROSENBROCK.penalized(l1=THREE)}, ValueError, "Rosenbrock: l1 holds 3 values for 2 starts"),
    ({"landscape": "peek"}, KeyError, r"no landscape is called 'peek' \(did you mean 'peaks'\?\); there are: sphere"),
    ({"landscape": simulation.Objective}, TypeError, "landscape must be .* Objective, not <class"),
    (
        {"landscape": optimizers.get("sgd")},
        TypeError,
        r"Objective, not <Optimizer SGD, .*>, which lacks always_finite, bind; landscapes\.names\(\) lists",
    ),
    ({"optimizer": "sdg"}, KeyError, "no optimizer is called 'sdg'"),
    ({"optimizer": ROSENBROCK}, TypeError, r"must be a name or an Optimizer, not <Landscape Rosenbrock, .*>; optimizers\.names\(\) lists"),
    ({"schedule": "cos"}, KeyError, "no schedule is called 'cos'"),
    ({"schedule": optimizers.get("sgd")}, TypeError, "schedule must be a name, a Schedule or None, not <Optimizer SGD"),
    ({"chunk": -1}, ValueError, "chunk"),
    ({"workers": -1}, ValueError, "workers"),
]


@pytest.mark.parametrize(("changed", "error", "message"), REFUSED, ids=[f"{next(iter(case))}-{message}" for case, _, message in REFUSED])
def test_what_cannot_be_run_is_refused_with_a_reason(changed: dict[str, Any], error: type[Exception], message: str) -> None:
    arguments: dict[str, Any] = {"landscape": ROSENBROCK, "optimizer": optimizers.get("adam"), "starts": PAIR, "steps": 3, **changed}
    with pytest.raises(error, match=message):
        simulation.run(**arguments)


def test_numbers_of_few_bits_do_not_wrap_around() -> None:
    options: dict[str, Any] = {"steps": np.uint8(255), "chunk": np.int8(1), "keep": np.array([3, 200, 255], dtype=np.uint8)}
    few = simulation.run(ROSENBROCK, optimizers.get("adam"), PAIR, **options)
    assert_same_run(few, simulation.run(ROSENBROCK, optimizers.get("adam"), PAIR, 255, keep=[3, 200, 255]))


def test_history_is_limited_by_memory() -> None:
    """Two coordinates and a loss, 8 bytes each, for every point kept."""
    optimizer = optimizers.get("sgd", lr=1e-3)
    needed = {"path": 11 * 2 * 24, "last": 2 * 24}
    for keep, size in needed.items():
        run = simulation.run(ROSENBROCK, optimizer, PAIR, 10, keep=keep, memory=size)
        assert run.positions.nbytes + run.losses.nbytes == size
        with pytest.raises(ValueError, match="memory="):
            simulation.run(ROSENBROCK, optimizer, PAIR, 10, keep=keep, memory=size - 1)


def test_a_history_beyond_memory_is_refused_with_numbers_before_anything_is_run() -> None:
    with pytest.raises(ValueError, match="memory=") as error:
        simulation.run(ROSENBROCK, optimizers.get("sgd"), np.zeros((2, 10_000)), 100_000)
    for piece in ("10,000 trajectories", "100,000 steps", "22.35 GiB", "2.00 GiB", "keep='last'"):
        assert piece in str(error.value)


@pytest.mark.parametrize("keep", ["path", "last"])
@pytest.mark.parametrize("engine", ["numpy", "machine"])
def test_more_steps_than_there_is_memory_for_are_refused(engine: str, keep: str) -> None:
    with pytest.raises(ValueError, match="steps is 1,000,000,000,000; choose at most 100,000,000"):
        simulation.run(ROSENBROCK, optimizers.get("adam"), PAIR, 10**12, keep=keep, engine=engine)


# ---- progress


@pytest.fixture
def hasty_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock by which a second passes between any two looks at it, and threads that are asked every millisecond."""
    ticks = itertools.count()
    monkeypatch.setattr("simulation.progress.time", SimpleNamespace(monotonic=lambda: float(next(ticks))))
    monkeypatch.setattr("simulation.progress.wait", lambda futures, timeout: concurrent.futures.wait(futures, timeout=0.001))


@pytest.mark.usefixtures("hasty_clock")
@pytest.mark.parametrize("keep", ["path", "last"])
@pytest.mark.parametrize("workers", [1, 2])
def test_progress_rises_to_one(workers: int, keep: str) -> None:
    told: list[float] = []
    arguments: dict[str, Any] = {"keep": keep, "chunk": 1000, "workers": workers}
    run = simulation.run(ROSENBROCK, optimizers.get("sgd", lr=1e-4), spread(4000), 500, progress=told.append, **arguments)
    assert told == sorted(told)
    assert told[0] >= 0
    assert told[-1] == 1.0
    if workers == 1:  # threads may be done before they are first asked
        assert len(told) > 5
        assert told[0] <= 0.25, "after a chunk of the four at the latest: machine code may take one at once"
    silent = simulation.run(ROSENBROCK, optimizers.get("sgd", lr=1e-4), spread(4000), 500, **arguments)
    assert_same_run(run, silent)


@pytest.mark.usefixtures("hasty_clock")
@pytest.mark.parametrize("keep", ["path", "last"])
@pytest.mark.parametrize("workers", [1, 2])
def test_progress_can_stop_a_run(workers: int, keep: str) -> None:
    """A run of a minute is given up at the third report; None is no wish to stop."""
    told: list[float] = []

    def third_time(fraction: float) -> bool | None:
        told.append(fraction)
        return False if len(told) == 3 else None

    with pytest.raises(simulation.Cancelled):
        simulation.run(
            ROSENBROCK,
            optimizers.get("sgd", lr=1e-4),
            spread(2000),
            1_000_000 if keep == "last" else 10_000,
            keep=keep,
            progress=third_time,
            chunk=500,
            workers=workers,
        )
    assert len(told) == 3


@pytest.mark.usefixtures("hasty_clock")
@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_in_progress_ends_the_run(workers: int) -> None:
    def fail(fraction: float) -> None:
        raise RuntimeError(f"at {fraction}")

    with pytest.raises(RuntimeError, match="at 0"):
        simulation.run(
            ROSENBROCK, optimizers.get("sgd", lr=1e-4), spread(2000), 1_000_000, keep="last", progress=fail, chunk=500, workers=workers
        )


def test_a_short_run_still_says_when_it_is_done() -> None:
    told: list[float] = []
    simulation.run(ROSENBROCK, optimizers.get("sgd"), PAIR, 0, progress=told.append)
    assert told[-1] == 1.0
