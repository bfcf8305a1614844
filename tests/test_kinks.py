"""Minima at kinks, which no gradient finds: all that are said to be are, none that falls on is."""

from __future__ import annotations

import numpy as np
import pytest

import landscapes
import optimizers
import simulation
from landscapes import Landscape
from landscapes.kinks import kink_minima
from landscapes.stationary import stationary_points
from simulation.attractors import lowest_loss
from simulation.verdicts import verdicts

WINDOW = ((-3.0, 3.0), (-2.0, 3.0))


def own(formula: str) -> Landscape:
    return landscapes.from_formula(formula, WINDOW)


def bukin(**penalty: float) -> Landscape:
    declared = landscapes.get("bukin_6")
    return landscapes.from_formula(declared.formula, declared.window).penalized(**penalty)


FOUND: dict[str, tuple[Landscape, list[tuple[float, float]]]] = {
    "a ridge upside down": (own("abs(x) + abs(y)"), [(0, 0)]),
    "a kink across a bowl": (own("abs(x) + y**2"), [(0, 0)]),
    "a cone": (own("sqrt(x**2 + y**2)"), [(0, 0)]),
    "two roots": (own("cbrt(x**2) + sqrt(abs(y - 1/3))"), [(0, 1 / 3)]),
    "a pyramid": (own("max(abs(x - 0.3), abs(y + 0.2))"), [(0.3, -0.2)]),
    "four": (own("abs(abs(x) - 1) + abs(abs(y) - 1)"), [(-1, -1), (-1, 1), (1, -1), (1, 1)]),
    "a bent valley": (own("100*abs(y - x**2) + abs(1 - x)"), [(1, 1)]),
    "a bent valley with walls like roots": (bukin(), [(-10, 1)]),
    "the same, gently pulled": (bukin(l2=1e-4), [(-10, 1)]),  # towards 0 by 1e-3, which is less than its kink's 1e-2
    "a step": (own("where(x < 0.5, 2 - x, x) + y**2"), [(0.5, 0)]),
    "Ackley with L2": (landscapes.get("ackley").penalized(l2=1.0), [(0, 0)]),
    "Ackley with L1": (landscapes.get("ackley").penalized(l1=1.0), [(0, 0)]),
    "Ackley, altered": (landscapes.get("ackley", b=0.3), [(0, 0)]),
}


@pytest.mark.parametrize("which", FOUND)
def test_the_lowest_minima_at_kinks_are_found(which: str) -> None:
    landscape, expected = FOUND[which]
    lowest = min(value for _, _, value in landscape.minima)
    found = sorted((x, y) for x, y, value in landscape.minima if value < lowest + 1e-9)
    np.testing.assert_allclose(found, expected, atol=1e-9)
    assert lowest_loss(landscape) == lowest


@pytest.mark.parametrize(
    "formula",
    [
        "abs(x) + y",  # falls along its kink
        "abs(x)*y",
        "x*abs(x) + y**2",  # has a slope of 0 there, and falls on
        "-abs(x) - abs(y)",
        "abs(x)",  # a row of lowest points, none lower than the next
        "relu(x) + relu(y)",
        "floor(x) + y**2",
        "sqrt(1 - x**2 - y**2)",  # is 0 where its domain ends
        "log(x) + y**2",
        "log(abs(x - 1/3)) + y**2",  # falls without end
        "-1/abs(x) + y**2",
        "1/abs(x)",
        "abs(x - y) + 0.01*x",  # falls along its kink, slowly
        "100*sqrt(abs(y - 0.01*x**2)) + 0.01*x",
    ],
)
def test_what_falls_on_beside_a_kink_is_no_minimum(formula: str) -> None:
    landscape = own(formula)
    smooth = [(point.x, point.y) for point in stationary_points(landscape) if point.kind == "minimum"]
    assert kink_minima(landscape, np.array(smooth).reshape(-1, 2).T) == []


@pytest.mark.parametrize(
    "name", ["hoelder_table", "cross_in_tray", "schaffer_2", "schaffer_4", "schwefel", "eggholder", "bukin_6", "ackley"]
)
def test_nothing_around_a_minimum_at_a_kink_is_lower(name: str) -> None:
    landscape, rng = landscapes.get(name).penalized(l2=1e-6), np.random.default_rng(1)
    minima = np.array(kink_minima(landscape, np.zeros((2, 0)))).reshape(-1, 3).T  # none known, so the smooth ones come, too
    assert minima.size
    size = np.array([[high - low] for low, high in landscape.window])
    for reach in (1e-3, 1e-4, 1e-5):
        around = minima[:2, :, None] + size[:, :, None] * reach * rng.uniform(-0.7, 0.7, (2, minima.shape[1], 400))
        lowest = landscape.value(around.reshape(2, -1)).reshape(minima.shape[1], -1).min(axis=1)
        assert (lowest >= minima[2] - 1e-12 * (np.abs(minima[2]) + 1)).all()


def test_who_ends_at_a_kink_has_arrived() -> None:
    run = simulation.run(own("abs(x) + abs(y)"), optimizers.get("nelder_mead"), np.array([[2.0], [1.5]]), 80)
    assert verdicts(run).words.startswith("arrived at step ")


@pytest.mark.parametrize(("name", "l1", "l2", "count"), [("matyas", 0.5, 0.0, 1), ("two_wells", 2.0, 0.3, 3)])
def test_a_minimum_on_an_axis_by_symmetry_is_told_once(name: str, l1: float, l2: float, count: int) -> None:
    """There the mean of the slopes on both sides of the axis is 0, so that it is found among the smooth minima, too."""
    minima = landscapes.get(name).penalized(l1=l1, l2=l2).minima
    assert len(minima) == len({(round(x, 6), round(y, 6)) for x, y, _ in minima}) == count
