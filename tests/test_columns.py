"""What machine code computes of many points at once, losses and who stays where, has NumPy's bits."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

import landscapes
import machine
import simulation
import tape
from lab.axes import Axis
from lab.basins import Basins
from lab.executors import Task, run_task
from lab.sweeps import Sweep
from lab.tournament import Tournament
from lab.tuning import Tuning
from scenario import Choice, Scenario
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


def test_the_lab_has_the_same_numbers_by_either_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Maps, with losses and arrivals by machine code, a sweep, a fair race and a tournament."""
    adam = Scenario(landscape=Choice("himmelblau"), optimizers=(Choice.of("adam", lr=0.3),), starts=Choice.of("anywhere", n=4), steps=24)
    rate, momentum = (Axis(f"optimizers.0.{name}", 1e-3, 0.5, 5, "log") for name in ("lr", "momentum"))
    tasks: list[Task[Any]] = [
        Basins(adam, 64),
        Sweep(adam.replace(optimizers=(Choice("momentum"),)), rate, momentum),
        Tuning(adam, 6, 4, seeds=2),
        Tournament((Choice("momentum"),), ("himmelblau",), steps=24, count=6, starts=4, seeds=2),
    ]
    monkeypatch.setattr(columns, "WORTHWHILE", 0)
    found: dict[str, list[Any]] = {}
    engines: set[str] = set()
    run = simulation.run

    def noted(*arguments: Any, **settings: Any) -> simulation.Run:
        found = run(*arguments, **settings)
        engines.add(found.engine)
        return found

    monkeypatch.setattr(simulation, "run", noted)
    for engine in ("numpy", "machine"):
        monkeypatch.setenv("DESCENT_ENGINE", engine)
        engines.clear()
        found[engine] = [run_task(task) for task in tasks]
        assert engines == {engine}
    for one, other in zip(*found.values(), strict=True):
        assert _numbers(one) == _numbers(other)
    assert (found["machine"][0].arrival >= 0).any()


def _numbers(result: Any) -> Any:
    """All numbers of a result, as bytes: the same only if every bit is."""
    if isinstance(result, np.ndarray):
        return result.tobytes()
    if isinstance(result, tuple | list):
        return [_numbers(each) for each in result]
    if isinstance(result, dict):
        return {name: _numbers(each) for name, each in result.items()}
    if dataclasses.is_dataclass(result) and not isinstance(result, Choice | Scenario):
        return {field.name: _numbers(getattr(result, field.name)) for field in dataclasses.fields(result)}
    return result
