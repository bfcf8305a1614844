"""What machine code computes of many points at once, losses and who stays where, has NumPy's bits."""

from __future__ import annotations

import numpy as np
import pytest

import landscapes
import machine
import tape
from simulation import columns
from simulation.attractors import AttractorLookup
from simulation.recording import fill_losses

pytestmark = pytest.mark.skipif(not machine.available(), reason="llvmlite is not installed")
ROWS, COUNT = 3, 1029


@pytest.mark.parametrize("name", ["rosenbrock", "bukin_6"])
def test_losses_at_many_points_have_numpys_bits(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "WORTHWHILE", 0)
    landscape = landscapes.get(name)
    points = np.random.default_rng(0).normal(size=(ROWS, 2, COUNT + 8))[:, :, 5:-3] * 3  # some of the columns of a larger array
    points[0, :, :2] = np.array([[np.nan, np.inf], [0.0, 1.0]])
    losses, expected = np.zeros((ROWS, COUNT)), np.zeros((ROWS, COUNT))
    columns.fill(landscape, np.arange(COUNT), points, losses)
    fill_losses(landscape, np.arange(COUNT), points, expected)
    assert machine.is_pointwise(*(made := tape.loss_tape(landscape)[0], (made.loss,)))
    np.testing.assert_array_equal(losses, expected)


def test_what_a_formulas_repair_fills_in_is_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "WORTHWHILE", 0)
    landscape = landscapes.from_formula("(x**2 + y**2)/sqrt(x**2 + y**2)", window=((-1, 1), (-1, 1)))
    points = np.linspace(-1, 1, 2 * COUNT).reshape(1, 2, COUNT)
    points[:, :, 100] = 0.0
    losses, expected = np.zeros((1, COUNT)), np.zeros((1, COUNT))
    columns.fill(landscape, np.arange(COUNT), points, losses)
    fill_losses(landscape, np.arange(COUNT), points, expected)
    assert losses[0, 100] == 0.0
    np.testing.assert_array_equal(losses, expected)


@pytest.mark.parametrize("name", ["himmelblau", "two_weights"])
def test_who_stays_at_an_attractor_is_the_same_by_machine_code(name: str) -> None:
    landscape = landscapes.get(name)
    lookup = AttractorLookup(landscape)
    random, count = np.random.default_rng(1), 5001
    at = random.integers(-1, lookup.radii.size, count)
    (x0, x1), (y0, y1) = landscape.window
    size = np.array([[x1 - x0], [y1 - y0]])
    places = lookup.points[:, at] * size + np.array([[x0], [y0]])
    away = random.normal(size=(6, 2, count)) * size * 0.004 * np.linspace(3, 0.2, 6)[:, None, None]
    positions = places + away
    losses = np.array([landscape.value(points) for points in positions])
    found = lookup.settled_row(positions, losses, at)
    np.testing.assert_array_equal(found, lookup._settled(positions, losses, at))
    assert len(np.unique(found)) >= 4, "they arrive at different rows"


def test_arrays_that_a_function_was_not_made_for_are_refused() -> None:
    made, constants = tape.loss_tape(landscapes.get("rosenbrock"))
    function = machine.pointwise(made, (made.loss,))
    assert function is not None
    x, y, out = np.zeros((3, COUNT))
    for given, numbers, into in (
        ([x], constants, [out]),
        ([x, y], constants[:-1], [out]),
        ([x, y[:-1]], constants, [out]),
        ([x, y], constants, [out[::-1]]),
        ([x, y], constants, [out.astype(np.float32)]),
    ):
        with pytest.raises(ValueError, match=r"takes|must be|broadcast"):
            function(given, numbers, into)  # type: ignore[arg-type]
