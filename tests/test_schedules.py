"""Every learning-rate schedule of the catalogue. Torch's factors are compared in test_optimizer_reference.py."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

import landscapes
import optimizers
import simulation
from optimizers import schedules
from parameters import Param

NAMES = schedules.names()
PARAMETERS = [
    pytest.param(name, parameter, id=f"{name}-{parameter.name}") for name in NAMES for parameter in schedules.get(name).parameters
]
STEPS = 80
ROSENBROCK = landscapes.get("rosenbrock")
STARTS = np.array([[-1.2, 0.5], [1.0, 0.2]])


def settings_of(name: str) -> list[dict[str, Any]]:
    """A schedule's defaults, and every parameter in turn at a few stops of its slider."""
    return [{}] + [
        {parameter.name: stop}
        for parameter in schedules.get(name).parameters
        for stop in (*parameter.stops()[:: max(1, len(parameter.stops()) // 3)], parameter.low, parameter.high)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_schedule_explains_itself(name: str) -> None:
    schedule = schedules.get(name)
    assert schedule.key == name
    assert schedule.about.endswith(".")
    assert schedule.source or name == "constant"
    assert all(parameter.help.endswith(".") for parameter in schedule.parameters)
    assert len(re.findall("&=", schedule.latex)) == len(schedule.statements)
    assert schedule.latex.count("{") == schedule.latex.count("}")


@pytest.mark.parametrize("name", NAMES)
def test_factors_are_finite_and_never_raise_the_learning_rate(name: str) -> None:
    for values in settings_of(name):
        for steps in (1, 2, 3, STEPS, 2000):
            factors = schedules.get(name, **values).factors(steps)
            assert factors.shape == (steps,), values
            assert np.isfinite(factors).all(), values
            assert (factors >= 0).all(), values
            assert (factors <= 1 + 1e-15).all(), values


@pytest.mark.parametrize("name", NAMES)
def test_many_steps_at_once_are_each_on_its_own(name: str) -> None:
    for values in settings_of(name):
        schedule = schedules.get(name, **values)
        single = [schedule(t, STEPS) for t in range(STEPS)]
        assert all(type(factor) is float for factor in single)
        np.testing.assert_allclose(schedule(np.arange(STEPS), STEPS), single, rtol=1e-14, atol=1e-16)
        np.testing.assert_array_equal(schedule(list(range(STEPS)), STEPS), schedule.factors(STEPS))


@pytest.mark.parametrize("name", NAMES)
def test_a_warm_up_rises_linearly_and_then_the_schedule_begins(name: str) -> None:
    """Step t of w counts (t + 1)/(w + 1), so that the first step is not lost; the schedule sees a run that begins after them."""
    plain = schedules.get(name)
    for warmup in (1, 7, 30):
        factors = schedules.get(name, warmup=warmup).factors(STEPS)
        np.testing.assert_allclose(factors[:warmup], plain(0, STEPS - warmup) * np.arange(1, warmup + 1) / (warmup + 1), rtol=1e-14)
        np.testing.assert_array_equal(factors[warmup:], plain.factors(STEPS - warmup))


@pytest.mark.parametrize("name", NAMES)
def test_a_warm_up_longer_than_the_run_only_rises(name: str) -> None:
    factors = schedules.get(name, warmup=500).factors(20)
    np.testing.assert_allclose(factors, factors[0] * np.arange(1, 21), rtol=1e-14)


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_values_outside_a_range_are_refused_by_name(name: str, parameter: Param) -> None:
    for value in parameter.outside():
        with pytest.raises((ValueError, TypeError), match=rf"\b{parameter.name}\b"):
            schedules.get(name, **{parameter.name: value})
    for value in (parameter.low, parameter.high, parameter.default):
        assert schedules.get(name, **{parameter.name: value}).values[parameter.name] == value


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_a_value_for_each_trajectory_is_refused(name: str, parameter: Param) -> None:
    with pytest.raises(TypeError, match=rf"\b{parameter.name} must be one number"):
        schedules.get(name, **{parameter.name: np.array([parameter.default, parameter.default])})


def test_an_unknown_schedule_or_parameter_is_refused_with_the_list_of_all() -> None:
    with pytest.raises(KeyError, match="did you mean 'cosine'") as unknown:
        schedules.get("cosin")
    assert all(name in str(unknown.value) for name in NAMES)
    with pytest.raises(TypeError, match="speed") as missing:
        schedules.get("step", speed=2.0)
    assert all(name in str(missing.value) for name in schedules.get("step").values)


KNOWN: list[tuple[str, dict[str, Any], dict[int, float]]] = [
    ("constant", {}, {0: 1.0, 99: 1.0}),
    ("step", {"drop": 0.5, "every": 10}, {0: 1.0, 9: 1.0, 10: 0.5, 19: 0.5, 20: 0.25, 99: 0.5**9}),
    ("step", {"drop": 0.0, "every": 10}, {9: 1.0, 10: 0.0}),
    ("exponential", {"rate": 0.9}, {0: 1.0, 1: 0.9, 10: 0.9**10}),
    ("exponential", {"rate": 0.0}, {0: 1.0, 1: 0.0}),
    ("inverse_time", {"k": 0.1}, {0: 1.0, 10: 0.5, 90: 0.1}),
    ("inverse_square_root", {"every": 10}, {0: 1.0, 10: math.sqrt(0.5), 30: 0.5}),
    ("linear", {}, {0: 1.0, 25: 0.75, 99: 0.01}),
    ("linear", {"end": 0.2}, {0: 1.0, 50: 0.6, 99: 0.208}),
    ("cosine", {}, {0: 1.0, 25: (1 + math.sqrt(0.5)) / 2, 50: 0.5, 75: (1 - math.sqrt(0.5)) / 2}),
    ("cosine", {"end": 0.2}, {0: 1.0, 50: 0.6}),
    ("cosine_with_warm_restarts", {"period": 20}, {0: 1.0, 10: 0.5, 20: 1.0, 30: 0.5, 80: 1.0}),
    ("cosine_with_warm_restarts", {"period": 10, "stretch": 2}, {0: 1.0, 5: 0.5, 10: 1.0, 20: 0.5, 30: 1.0, 50: 0.5, 70: 1.0}),
    ("cosine_with_warm_restarts", {"period": 20, "end": 0.2}, {0: 1.0, 10: 0.6, 20: 1.0}),
    ("cosine_with_warm_restarts", {"period": 20, "fade": 0.5}, {0: 1.0, 10: 0.5, 20: 0.5, 30: 0.25, 40: 0.25, 60: 0.125}),
    ("cosine_with_warm_restarts", {"period": 20, "fade": 0.5, "end": 0.2}, {20: 0.5, 30: 0.35, 40: 0.25, 50: 0.225, 60: 0.2, 70: 0.2}),
    ("one_cycle", {"rise": 0.3, "start_division": 25.0, "end_division": 100.0}, {0: 0.04, 29: 1.0, 99: 0.0004}),
    ("polynomial", {}, {0: 1.0, 50: 0.25, 90: 0.01}),
    ("polynomial", {"power": 1.0, "end": 0.2}, {50: 0.6, 99: 0.208}),
    ("multi_step", {"first": 10, "second": 60, "third": 500}, {0: 1.0, 9: 1.0, 10: 0.1, 59: 0.1, 60: 0.01, 99: 0.01}),
    ("multi_step", {"drop": 0.0, "first": 10}, {9: 1.0, 10: 0.0}),
    ("warm_up_stable_decay", {}, {0: 1.0, 80: 1.0, 90: 0.5, 99: 0.05}),
    ("warm_up_stable_decay", {"shape": 0.5, "end": 0.2}, {80: 1.0, 85: 0.6, 99: 1 - 0.8 * math.sqrt(0.95)}),
    ("cyclic", {"climb": 10, "low": 0.2}, {0: 0.2, 5: 0.6, 10: 1.0, 15: 0.6, 20: 0.2, 30: 1.0}),
    ("cyclic", {"climb": 10, "low": 0.2, "shrink": 0.5}, {10: 1.0, 20: 0.2, 30: 0.6, 50: 0.4}),
]
"""Factors of a run of 100 steps, worked out by hand."""


@pytest.mark.parametrize(("name", "values", "expected"), KNOWN, ids=[f"{name}-{values}" for name, values, _ in KNOWN])
def test_known_values(name: str, values: dict[str, Any], expected: dict[int, float]) -> None:
    schedule = schedules.get(name, **values)
    assert [schedule(t, 100) for t in expected] == pytest.approx(list(expected.values()), rel=1e-13, abs=1e-16)


def test_every_schedule_has_a_known_value() -> None:
    assert {name for name, _, _ in KNOWN} == set(NAMES)


@pytest.mark.parametrize("stretch", range(1, 11))
def test_restarts_come_exactly_where_the_periods_add_up(stretch: int) -> None:
    """The number of the period comes from a logarithm, which must not be off by one on either side of a restart."""
    for period in (1, 3, 7, 50, 1000):
        schedule = schedules.get("cosine_with_warm_restarts", period=period, stretch=stretch)
        restart, length = 0, period
        while restart < 200 * period:
            assert schedule(restart, 1) == pytest.approx(1.0, abs=1e-12)
            assert schedule(restart + length - 1, 1) == pytest.approx((1 + math.cos(math.pi * (length - 1) / length)) / 2, abs=1e-12)
            restart, length = restart + length, length * stretch


@pytest.mark.parametrize("steps", [1, 2, 3, 40])
def test_the_last_steps_factor_is_what_the_catalogue_says(steps: int) -> None:
    """Its docstring: as in torch, `end` is reached after the last step, and only one-cycle's lowest factor is that of the last step."""
    end = 0.3
    expected = {
        "linear": end + (1 - end) / steps,
        "cosine": end + (1 - end) * (1 - math.cos(math.pi / steps)) / 2,
        "polynomial": end + (1 - end) / steps**2,
    }
    for name, last in expected.items():
        assert schedules.get(name, end=end).factors(steps)[-1] == pytest.approx(last, rel=1e-13), name
        assert schedules.get(name, end=end)(steps, steps) == pytest.approx(end, rel=1e-13), name
    for rise in (0.01, 0.3, 0.99):
        one_cycle = schedules.get("one_cycle", rise=rise, start_division=4.0, end_division=10.0)
        assert one_cycle.factors(steps)[-1] == pytest.approx(1 / 40, rel=1e-9)


def test_one_cycle_rises_and_then_falls() -> None:
    for rise in (0.1, 0.3, 0.9):
        factors = schedules.get("one_cycle", rise=rise).factors(100)
        top = int(np.argmax(factors))
        assert top == round(100 * rise) - 1
        assert (np.diff(factors[: top + 1]) > 0).all()
        assert (np.diff(factors[top:]) < 0).all()


@pytest.mark.parametrize("name", optimizers.names())
def test_the_constant_schedule_changes_no_bit(name: str) -> None:
    optimizer = optimizers.get(name, lr=1e-3)
    plain = simulation.run(ROSENBROCK, optimizer, STARTS, 20)
    scheduled = simulation.run(ROSENBROCK, optimizer, STARTS, 20, schedules.get("constant"))
    np.testing.assert_array_equal(scheduled.positions, plain.positions)


def test_a_schedule_reaches_every_trajectory_of_a_sweep() -> None:
    """SGD moves by factor times learning rate times slope, whatever the trajectory's learning rate."""
    rates, schedule = np.array([1e-3, 5e-4]), schedules.get("step", drop=0.1, every=3, warmup=2)
    run = simulation.run(ROSENBROCK, optimizers.get("sgd", lr=rates), STARTS, 8, schedule)
    for t in range(8):
        expected = run.positions[t] - schedule(t, 8) * rates * ROSENBROCK.gradient(run.positions[t])
        np.testing.assert_allclose(run.positions[t + 1], expected, rtol=1e-14)
