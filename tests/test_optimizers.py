"""Every optimizer of the catalogue, by what its declaration promises: nothing here lists methods or hyper-parameters by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import landscapes
import optimizers
import simulation
from formulas.tree import Call, names_in, walk
from landscapes import Landscape
from optimizers import Optimizer, schedules
from parameters import Array, Param
from simulation.dissect import drawn, oracles

NAMES = optimizers.names()
RAVINE = landscapes.get("ravine")
ROSENBROCK = landscapes.get("rosenbrock")
RASTRIGIN = landscapes.get("rastrigin")
STARTS = {ROSENBROCK: np.array([[-1.2, 0.5, 0.3], [1.0, 0.2, -0.4]]), RASTRIGIN: np.array([[3.3, 0.4, -2.4], [1.2, -2.3, -1.4]])}
CALM = 0.02
"""The share of its default learning rate at which no method is thrown out of Rosenbrock's valley, so that rounding stays rounding."""

few_examples = settings(max_examples=20, derandomize=True, deadline=None)


def calm(name: str, **values: Any) -> Optimizer:
    """A method of the catalogue at a modest learning rate."""
    return optimizers.get(name, **{"lr": CALM * np.asarray(optimizers.get(name).values["lr"]), **values})


def elsewhere(parameter: Param) -> float:
    """A value in the slider's reach that is not the default."""
    stops = [stop for stop in parameter.stops() if stop != parameter.default]
    return stops[len(stops) // 3]


def altered(name: str) -> Optimizer:
    """The method with everything but the learning rate away from its default, so that what is off by default is on."""
    return calm(name, **{parameter.name: elsewhere(parameter) for parameter in optimizers.get(name).parameters if parameter.name != "lr"})


def iterate(optimizer: Optimizer, landscape: Landscape, starts: Array, steps: int, factors: Array | None = None) -> Iterator[Array]:
    """The positions after each step, from the plain equations."""
    points, state = starts, optimizer.initial_state(starts)
    draws = [drawn(optimizer, 0, lane, steps, len(starts)) for lane in range(starts.shape[1])]
    for t in range(steps):
        ask = oracles(landscape, draws=np.stack([own[:, t] for own in draws], axis=1))
        terms = optimizer.terms(points, state, t + 1, ask, 1.0 if factors is None else float(factors[t]))
        points, state = terms["x"], {name: np.broadcast_to(terms[name], value.shape) for name, value in state.items()}
        yield points


def followed(optimizer: Optimizer) -> int:
    """So many of 30 steps two ways to compute a path stay together: where every step begins a search, a last bit decides sooner."""
    return 5 if "wolfe_length" in optimizer.calls else 30


def uses(optimizer: Optimizer, name: str) -> bool:
    """Whether a hyper-parameter appears in the step, not only in the state before it."""
    return any(name in names_in(statement.tree) for statement in optimizer.statements)


def same(a: Array, b: Array) -> bool:
    """Equal to the last bit, NaN included."""
    return np.array_equal(a, b, equal_nan=True)


# ---- what is declared


@pytest.mark.parametrize("name", NAMES)
def test_values_outside_a_range_are_refused_by_name(name: str) -> None:
    for parameter in optimizers.get(name).parameters:
        for value in parameter.outside():
            with pytest.raises((ValueError, TypeError), match=rf"\b{parameter.name}\b"):
                optimizers.get(name, **{parameter.name: value})


@pytest.mark.parametrize("name", NAMES)
def test_the_ends_of_a_range_and_the_default_are_accepted_and_run(name: str) -> None:
    for parameter in optimizers.get(name).parameters:
        for value in (parameter.low, parameter.high, parameter.default):
            optimizer = calm(name, **{parameter.name: value})
            assert optimizer.values[parameter.name] == value
            run = simulation.run(ROSENBROCK, optimizer, STARTS[ROSENBROCK], 5)
            assert run.positions.shape == (6, 2, 3), parameter.name


def test_an_unknown_optimizer_is_refused_with_the_list_of_all() -> None:
    with pytest.raises(KeyError, match="did you mean 'adam'") as error:
        optimizers.get("adamm")
    assert all(name in str(error.value) for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_hyper_parameter_is_refused_with_the_list_of_all(name: str) -> None:
    with pytest.raises(TypeError, match="temperature") as error:
        optimizers.get(name, temperature=1.0)
    assert all(parameter in str(error.value) for parameter in optimizers.get(name).values)


@pytest.mark.parametrize("name", NAMES)
def test_every_optimizer_explains_itself(name: str) -> None:
    optimizer = optimizers.get(name)
    assert optimizer.key == name
    assert optimizer.name
    assert optimizer.family
    assert optimizer.about.endswith(".")
    assert re.search(r"(18|19|20)\d\d", optimizer.source), "a source has a year"
    assert all(statement.caption for statement in optimizer.statements)
    assert all(parameter.help.endswith(".") for parameter in optimizer.parameters)
    assert len(re.findall(r"&(=|\\leftarrow)", optimizer.latex)) == len(optimizer.statements)
    assert optimizer.latex.count("{") == optimizer.latex.count("}")
    assert set(optimizer.state) <= {statement.name for statement in optimizer.statements}, "a state that no line updates"


@pytest.mark.parametrize("name", NAMES)
def test_other_hyper_parameters_make_another_optimizer_and_leave_the_first(name: str) -> None:
    first = optimizers.get(name)
    before = dict(first.values)
    other = first.with_parameters(lr=0.123)
    assert other.values["lr"] == 0.123
    assert first.values == before == optimizers.get(name).values
    assert other.with_parameters(lr=before["lr"]).values == before


# ---- the compiled step is the declared one


@pytest.mark.parametrize("landscape", STARTS, ids=lambda landscape: landscape.key)
@pytest.mark.parametrize("make", [calm, altered])
@pytest.mark.parametrize("name", NAMES)
def test_a_run_is_the_declared_equations_iterated(name: str, make: Any, landscape: Landscape) -> None:
    optimizer, starts = make(name), STARTS[landscape]
    run = simulation.run(landscape, optimizer, starts, 30)
    for t, points in enumerate(iterate(optimizer, landscape, starts, followed(optimizer)), start=1):
        np.testing.assert_allclose(run.positions[t], points, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_schedule_multiplies_the_learning_rate_of_the_declared_equations(name: str) -> None:
    optimizer, starts = calm(name), STARTS[ROSENBROCK]
    schedule = schedules.get("cosine", warmup=5)
    run = simulation.run(ROSENBROCK, optimizer, starts, 30, schedule)
    for t, points in enumerate(iterate(optimizer, ROSENBROCK, starts, followed(optimizer), schedule.factors(30)), start=1):
        np.testing.assert_allclose(run.positions[t], points, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_value_for_each_trajectory_gives_the_bits_that_a_number_gives(name: str) -> None:
    """Every trajectory of a sweep is the run that one would have had alone, learning-rate schedule included."""
    starts = STARTS[ROSENBROCK]
    for parameter in optimizers.get(name).parameters:
        share = CALM if parameter.name == "lr" else 1.0
        stops = [share * stop for stop in parameter.stops() if 0.0 < stop < 1.0 or parameter.switch] or [parameter.default]
        values = [stops[0], stops[len(stops) // 2], stops[-1]]
        sweep = simulation.run(ROSENBROCK, calm(name, **{parameter.name: np.array(values)}), starts, 12, schedules.get("linear"))
        for lane, value in enumerate(values):
            one, schedule = calm(name, **{parameter.name: value}), schedules.get("linear")
            alone = simulation.run(ROSENBROCK, one, starts[:, [lane]], 12, schedule, numbers=[lane])
            assert same(sweep.positions[:, :, lane], alone.positions[:, :, 0]), (parameter.name, value)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_switched_off_by_a_number_is_what_zeros_compute(name: str) -> None:
    """A number that is exactly 0 or 1 is built into the compiled step, which then lacks what it switches off; arrays never are.

    Built in, it can let what depended on the point depend on the step alone (AdaBelief without memory), which may move a last bit.
    """
    starts = STARTS[ROSENBROCK]
    for parameter in optimizers.get(name).parameters:
        for value in (0.0, 1.0):
            if parameter.low <= value <= parameter.high:
                built_in = simulation.run(ROSENBROCK, calm(name, **{parameter.name: value}), starts, 12)
                computed = simulation.run(ROSENBROCK, calm(name, **{parameter.name: np.full(3, value)}), starts, 12)
                np.testing.assert_allclose(built_in.positions, computed.positions, rtol=1e-11, atol=0, err_msg=parameter.name)


@pytest.mark.parametrize("name", [name for name in NAMES if uses(optimizers.get(name), "lr")])
def test_a_learning_rate_of_zero_stays(name: str) -> None:
    """But for Rprop, whose learning rate is only where its own step lengths start from."""
    run = simulation.run(ROSENBROCK, optimizers.get(name, lr=0.0), STARTS[ROSENBROCK], 5)
    assert same(run.positions, np.broadcast_to(STARTS[ROSENBROCK], run.positions.shape))


@pytest.mark.parametrize("name", NAMES)
def test_starts_are_left_as_they_are(name: str) -> None:
    starts = STARTS[ROSENBROCK].copy()
    starts.setflags(write=False)
    run = simulation.run(ROSENBROCK, calm(name), starts, 3)
    assert same(run.positions[0], STARTS[ROSENBROCK])
    assert same(starts, STARTS[ROSENBROCK])
    assert not np.shares_memory(run.positions, starts)


# ---- one method as a special case of another, to the last bit

BARE_RMSPROP = Optimizer(
    "RMSProp without extras",
    family="test",
    parameters=[parameter for parameter in optimizers.get("rmsprop").parameters if parameter.name in ("lr", "decay", "eps")],
    state={"s": "0"},
    step="""
        g = gradient(x)
        s = decay*s + (1 - decay)*g**2
        u = g/(sqrt(s) + eps)
        x = x - lr*u
    """,
    source="",
    about="",
)
SPECIAL_CASES = {
    "momentum without momentum is SGD": (optimizers.get("momentum", lr=1e-3, momentum=0.0), optimizers.get("sgd", lr=1e-3)),
    "Nesterov without momentum is SGD": (optimizers.get("nesterov", lr=1e-3, momentum=0.0), optimizers.get("sgd", lr=1e-3)),
    "SAM without a climb is SGD": (optimizers.get("sam", lr=1e-3, rho=0.0), optimizers.get("sgd", lr=1e-3)),
    "AdamW without decay is Adam": (optimizers.get("adamw", weight_decay=0.0), optimizers.get("adam")),
    "RMSProp as it comes is its bare form": (optimizers.get("rmsprop"), BARE_RMSPROP),
    "Adam without memory of slopes or corrections is RMSProp": (
        optimizers.get("adam", lr=1e-3, beta1=0.0, beta2=0.9, bias_correction=False),
        optimizers.get("rmsprop", lr=1e-3, decay=0.9),
    ),
    "Lion with one memory is Signum": (
        optimizers.get("lion", lr=1e-3, beta1=0.9, beta2=0.9, weight_decay=0.0),
        optimizers.get("signum", lr=1e-3, momentum=0.9),
    ),
}


@pytest.mark.parametrize("landscape", STARTS, ids=lambda landscape: landscape.key)
@pytest.mark.parametrize("case", SPECIAL_CASES)
def test_special_cases(case: str, landscape: Landscape) -> None:
    general, special = SPECIAL_CASES[case]
    starts = STARTS[landscape]
    assert same(simulation.run(landscape, general, starts, 50).positions, simulation.run(landscape, special, starts, 50).positions)


@few_examples
@given(lr=st.floats(0.0, 0.05), x=st.floats(-2.0, 2.0), y=st.floats(-2.0, 2.0))
def test_without_momentum_both_momentum_methods_are_sgd(lr: float, x: float, y: float) -> None:
    plain = simulation.run(RASTRIGIN, optimizers.get("sgd", lr=lr), [[x], [y]], 10)
    for name in ("momentum", "nesterov"):
        run = simulation.run(RASTRIGIN, optimizers.get(name, lr=lr, momentum=0.0), [[x], [y]], 10)
        assert same(run.positions, plain.positions)


# ---- what a method does


@few_examples
@given(lr=st.floats(1e-4, 0.099), x=st.floats(-4.0, 4.0), y=st.floats(-2.0, 2.0), decay=st.floats(0.0, 0.1))
def test_sgd_on_a_parabola_is_a_power(lr: float, x: float, y: float, decay: float) -> None:
    """On (x² + 20 y²)/2 a step multiplies x by 1 - lr (1 + decay) and y by 1 - lr (20 + decay)."""
    run = simulation.run(RAVINE, optimizers.get("sgd", lr=lr, weight_decay=decay), [[x], [y]], 40)
    t = np.arange(41)
    np.testing.assert_allclose(run.positions[:, 0, 0], x * (1 - lr * (1 + decay)) ** t, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(run.positions[:, 1, 0], y * (1 - lr * (20 + decay)) ** t, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_trajectories_do_not_see_each_other(name: str) -> None:
    """Running the starts in another order runs the same trajectories in that order, hyper-parameters going with them."""
    starts = np.stack([np.linspace(-1.5, 1.5, 9), np.linspace(1.0, -0.5, 9)])
    rates = CALM * float(optimizers.get(name).values["lr"]) * np.linspace(0.5, 1.0, 9)
    ordered = simulation.run(ROSENBROCK, optimizers.get(name, lr=rates), starts, 8).positions

    @settings(max_examples=4, derandomize=True, deadline=None)
    @given(order=st.permutations(range(9)))
    def holds(order: list[int]) -> None:
        shuffled = simulation.run(ROSENBROCK, optimizers.get(name, lr=rates[order]), starts[:, order], 8, numbers=order).positions
        assert same(shuffled, ordered[:, :, order])

    holds()


@pytest.mark.parametrize("name", NAMES)
def test_every_default_makes_headway_on_the_ravine(name: str) -> None:
    """To a sixth of the loss in 300 steps. AdaDelta needs it that low; every other method gets below a four-hundredth."""
    run = simulation.run(RAVINE, optimizers.get(name), np.array([RAVINE.start]).T, 300)
    assert run.losses[-1, 0] < run.losses[0, 0] / 6


def test_a_plane_is_run_down_with_finite_numbers() -> None:
    """Where every slope is like the last, its variance is 0 up to rounding, of which centred RMSProp must not take the root if negative."""
    plane = landscapes.from_formula("a*x + b*y", ((-4, 4), (-4, 4)), a=1.0, b=1.0)
    slopes = np.linspace(0.1, 3.0, 40)
    descent = plane.with_parameters(a=slopes, b=-slopes[::-1])
    for name in NAMES:
        told = {"lowest": -1e3} if name == "polyak_step_size" else {}  # a plane has no lowest loss
        for optimizer in (calm(name, **told), altered(name).with_parameters(**told)):
            run = simulation.run(descent, optimizer, np.zeros((2, 40)), 100)
            assert np.isfinite(run.positions).all(), optimizer
            assert (run.losses[-1] < 0).all(), optimizer
    centred = optimizers.get("rmsprop", centered=True, decay=np.linspace(0.1, 0.9, 40))
    assert np.isfinite(simulation.run(descent, centred, np.zeros((2, 40)), 500).positions).all()


def takes_the_slope_as_it_is(name: str) -> bool:
    """Whether a first step is twice as long where the slope is twice as steep: no division by its size, no search along it."""
    optimizer, start = optimizers.get(name), np.array([RAVINE.start]).T
    ask = oracles(RAVINE, draws=np.zeros((2 * optimizer.draws, 1)))
    if not optimizer.takes_gradient:
        return False

    def step(factor: float) -> Array:
        steeper = {**ask, "gradient": lambda points: factor * ask["gradient"](points)}
        move: Array = optimizer.terms(start, optimizer.initial_state(start), 1, steeper)["x"] - start
        return move

    return bool(np.any(step(1.0)) and np.allclose(step(2.0), 2.0 * step(1.0), rtol=1e-6))  # ADOPT does not move at first


UNTAMED = [name for name in NAMES if takes_the_slope_as_it_is(name)]


def test_some_methods_take_the_slope_as_it_is_and_some_do_not() -> None:
    assert {"sgd", "momentum", "newton"} <= set(UNTAMED)
    assert not {"adam", "lion", "rprop", "bfgs"} & set(UNTAMED)


@pytest.mark.parametrize("name", UNTAMED)
def test_the_learning_rate_slider_reaches_far_enough_to_fail(name: str) -> None:
    """A step in proportion to the slope overshoots the ravine's floor by more than it came from, again and again."""
    (rate,) = [parameter for parameter in optimizers.get(name).parameters if parameter.name == "lr"]
    run = simulation.run(RAVINE, optimizers.get(name, lr=rate.slider_range[1]), np.array([RAVINE.start]).T, 300)
    assert run.diverged_at[0] > 0 or run.losses[-1, 0] > 1e6 * run.losses[0, 0]


DECAYING = [name for name in NAMES if "weight_decay" in optimizers.get(name).values]


@pytest.mark.parametrize("name", DECAYING)
def test_weight_decay_pulls_the_end_towards_the_origin(name: str) -> None:
    """On a round bowl about (1, 2). As part of the gradient, a decay of 1 adds a bowl as steep about the origin: the end is half way."""
    bowl = landscapes.from_formula("((x - 1)**2 + (y - 2)**2)/2", ((-4, 4), (-4, 4)))

    def end(decay: float) -> Array:
        points: Array = simulation.run(bowl, optimizers.get(name, weight_decay=decay), [[3.0], [3.0]], 500, keep="last").positions[0, :, 0]
        return points

    np.testing.assert_allclose(end(0.0), [1.0, 2.0], atol=0.03)
    assert np.linalg.norm(end(1.0)) < 0.98 * np.linalg.norm(end(0.0))
    assert (end(1.0) > 0).all()
    decayed = [statement.tree for statement in optimizers.get(name).statements if "weight_decay" in names_in(statement.tree)]
    if any(isinstance(node, Call) and node.function == "gradient" for tree in decayed for node in walk(tree)):
        np.testing.assert_allclose(end(1.0), [0.5, 1.0], atol=0.03)
