"""The axes of a sweep: what is drawn at a place is what is run there, and a box of the map is the next axis."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

import optimizers
from lab.axes import Axis, axis_for, default_axes, narrowed
from lab.executors import run_task
from lab.quantities import quantities
from lab.sweeps import Sweep
from scenario import Choice, Scenario

RING = Scenario(optimizers=(Choice("momentum"),), starts=Choice.of("ring", n=5), steps=60)
RATES = Axis("optimizers.0.lr", 1e-3, 1.0, 7, "log")
MOMENTA = Axis("optimizers.0.momentum", 0.0, 0.99, 5, "one minus")
AXES = some.one_of(
    some.tuples(some.floats(-1e3, 1e3), some.floats(1e-3, 1e3)).map(lambda pair: Axis("noise", pair[0], pair[0] + pair[1], 9)),
    some.tuples(some.floats(1e-6, 1e2), some.floats(1.1, 1e4)).map(
        lambda pair: Axis("optimizers.0.lr", pair[0], pair[0] * pair[1], 9, "log")
    ),
    some.tuples(some.floats(0.0, 0.9), some.floats(0.01, 0.9)).map(
        lambda pair: Axis("optimizers.0.momentum", pair[0], 1 - (1 - pair[0]) * pair[1], 9, "one minus")
    ),
)


# ---- values and places


@pytest.mark.parametrize(
    ("axis", "values"),
    [
        (Axis("noise", -1.0, 3.0, 5), [-1.0, 0.0, 1.0, 2.0, 3.0]),
        (Axis("optimizers.0.lr", 1e-3, 10.0, 5, "log"), [1e-3, 1e-2, 1e-1, 1.0, 10.0]),
        (Axis("optimizers.0.momentum", 0.0, 0.999, 4, "one minus"), [0.0, 0.9, 0.99, 0.999]),
    ],
    ids=lambda part: getattr(part, "spacing", ""),
)
def test_values_are_spaced_as_said(axis: Axis, values: list[float]) -> None:
    assert axis.values == pytest.approx(values, abs=1e-12)


@given(AXES)
def test_places_are_evenly_spaced_and_lead_back_to_values(axis: Axis) -> None:
    assert axis.values[0] == axis.low
    assert axis.values[-1] == axis.high
    assert np.allclose(np.diff(axis.coordinates), (axis.coordinates[-1] - axis.coordinates[0]) / 8, rtol=1e-6)
    assert np.allclose(axis.value(axis.coordinates), axis.values, rtol=1e-9, atol=1e-12)
    assert [axis.nearest(float(place)) for place in axis.coordinates] == list(range(9))


@given(AXES)
def test_an_axis_survives_a_link(axis: Axis) -> None:
    assert Axis.from_text(axis.text, 9) == axis


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"spacing": "odd"}, "'odd' is none of linear, log, one minus"),
        ({"count": 1}, "an axis needs 2 to 201 cells, not 1"),
        ({"count": 202}, "cells, not 202"),
        ({"low": 2.0}, "is empty"),
        ({"low": 0.0}, "begins above 0"),
        ({"spacing": "one minus"}, "ends below 1"),
        ({"high": np.inf}, "0.001 to inf is not finite; choose two finite numbers"),
        ({"low": np.nan}, "nan to 1 is not finite"),
        (
            {"low": -1.7e308, "high": 1.7e308, "spacing": "linear"},
            r"-1\.7e308 to 1\.7e308 is too wide, its length is beyond float64; choose",
        ),
        ({"low": 1 - 1e-16, "spacing": "linear"}, "too narrow for"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_an_axis_that_cannot_be_is_refused_in_words(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(RATES, **changed)


@pytest.mark.parametrize("text", ["", "optimizers.0.lr", "optimizers.0.lr~a~1~log", "optimizers.0.lr~1~2~log~5"])
def test_a_text_that_is_no_axis_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="is no axis; it should be like"):
        Axis.from_text(text, 9)


def test_an_older_link_is_read() -> None:
    """Addresses are as in `scenario.address` now; an axis of an optimizer's number was called "optimizer.lr" before."""
    assert Axis.from_text("optimizer.lr~0.001~1~log", 7) == Axis.from_text("optimizers.0.lr~0.001~1~log", 7) == RATES
    assert Axis.from_text("landscape.condition~1~9~linear", 3).key == "landscape.condition"
    assert Axis.from_text("noise~0~9~linear", 3).key == "noise"


# ---- the usual axes


@pytest.mark.parametrize("name", optimizers.names())
def test_every_optimizer_has_usual_axes(name: str) -> None:
    scenario = Scenario(optimizers=(Choice(name),), steps=5)
    x, y = default_axes(scenario, 3)
    assert x.key == "optimizers.0.lr"
    assert run_task(Sweep(scenario, x, y)).final.shape == (3, 3)
    remembers = [entry.name for entry in optimizers.get(name).parameters if entry.one_minus]
    assert y.key == (f"optimizers.0.{remembers[0]}" if remembers else "landscape.condition")


def test_without_memory_and_parameters_the_noise_is_left() -> None:
    booth = Scenario(landscape=Choice("booth"), optimizers=(Choice("sgd"),))
    assert [axis.key for axis in default_axes(booth)] == ["optimizers.0.lr", "noise"]


@pytest.mark.parametrize("key", quantities(RING))
def test_the_usual_axis_of_a_quantity_is_what_its_slider_offers(key: str) -> None:
    axis, declared = axis_for(RING, key), quantities(RING)[key].param
    assert (axis.low, axis.high) == declared.slider_range
    assert axis.spacing == ("log" if declared.log else "one minus" if declared.one_minus else "linear")


def test_what_no_scenario_has_is_refused_in_words() -> None:
    with pytest.raises(KeyError, match="no quantity is called 'speed'"):
        axis_for(RING, "speed")


# ---- from coarse to fine


def test_a_box_becomes_the_finer_sweep() -> None:
    sweep = Sweep(RING.replace(noise=0.1), RATES, MOMENTA, seeds=2)
    finer = sweep.narrowed((-2.0, -1.0), (0.5, 1.0))
    assert (finer.x.low, finer.x.high, finer.x.count) == (0.01, 0.1, 7)
    assert (finer.y.low, finer.y.high, finer.y.count) == pytest.approx((0.684, 0.9, 5))
    assert replace(finer, x=sweep.x, y=sweep.y) == sweep
    assert sweep.narrowed((-1.0, -2.0), (1.0, 0.5)) == finer  # drawn from the other corner


def test_half_a_cell_beyond_the_outermost_values_is_still_the_map() -> None:
    finer = narrowed(RATES, (-3.25, 0.25))  # seven values over three decades: a cell is half a decade
    assert (finer.low, finer.high) == (1e-3, 1.0)


@given(AXES, some.floats(0.0, 0.9), some.floats(1e-6, 0.1))
def test_limits_have_few_digits_and_stay_where_they_were_drawn(axis: Axis, share: float, width: float) -> None:
    first, whole = axis.coordinates[0], axis.coordinates[-1] - axis.coordinates[0]
    box = (first + share * whole, first + (share + width) * whole)
    finer = narrowed(axis, box)
    assert axis.low <= finer.low < finer.high <= axis.high
    assert np.abs([finer.coordinates[0] - box[0], finer.coordinates[-1] - box[1]]).max() <= 2e-3 * (box[1] - box[0])
    assert (np.diff(finer.values) > 0).all()
    assert Axis.from_text(finer.text, 9) == finer


def third_cell_again_and_again(axis: Axis) -> None:
    for _ in range(60):
        axis = narrowed(axis, (axis.coordinates[2], axis.coordinates[3]))
        assert np.unique(axis.values).size == axis.count


@given(AXES)
def test_a_box_within_a_box_ends_where_numbers_do(axis: Axis) -> None:
    """Ever thinner, until it is refused in words; never an axis with a value twice."""
    with pytest.raises(ValueError, match="too thin to be swept; draw a larger one"):
        third_cell_again_and_again(axis)


def test_limits_near_one_keep_the_digits_that_matter() -> None:
    """3.5 nines lack 0.00031623 of 1, 3.6 nines 0.00025119."""
    fine = narrowed(Axis("optimizers.0.beta2", 0.9, 0.9999, 9, "one minus"), (3.5, 3.6))
    assert (fine.low, fine.high) == (1 - 0.0003162, 1 - 0.0002512)


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ((-5.0, -1.0), r"learning rate: the box reaches beyond the map, 0\.001 to 1; draw it inside"),
        ((-2.0, 3.0), "beyond the map"),
        ((-2.0, 0.26), "beyond the map"),
        ((-2.0, -2.0), r"learning rate: the box is too thin to be swept; draw a larger one"),
        ((0.1, 0.2), "too thin"),
    ],
)
def test_a_box_that_cannot_be_swept_is_refused_in_words(box: tuple[float, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        narrowed(RATES, box)
