"""The quantities by which the cells of a map of a sweep, of races or of networks, can be coloured, and the ticks of their colour bars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lab.sweeps import SweepMap
from parameters import Array, short

Ticks = tuple[list[float], list[str]]
"""Positions of ticks on a linear coordinate, and their labels."""
_FLOOR = 1e-16
"""A final loss closer to the lowest is drawn as this one."""
_MOST = 6
_SMALLEST_LOSS = 1e-8
"""A network's loss below this one is drawn as this one."""


@dataclass(frozen=True)
class Colouring:
    """A quantity by which the cells of a sweep's map are coloured.

    Args:
        title: of the colour bar.
        of: the quantity of each cell on the colour bar's scale, shape (rows, columns), a new array; NaN for a cell that has none.
        ticks: the colour bar's ticks for given finite values.
        low_is_good: whether the lowest value gets the strongest colour.
        missing: the label of cells without a value although their landscape has a lowest loss and they did not diverge.
    """

    title: str
    of: Callable[[Any], Array]
    ticks: Callable[[Array], Ticks]
    low_is_good: bool = True
    missing: str = ""


def colouring(result: SweepMap, name: str) -> Colouring:
    """The colouring of a map.

    Args:
        result: where no landscape of it has a lowest loss, the final loss itself is drawn.
        name: one of `COLOURINGS`.
    """
    return _ITSELF if name == "final loss" and not result.measured.any() else COLOURINGS[name]


def _log(values: Array, floor: float) -> Array:
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(values), np.log10(np.maximum(values, floor)), np.nan)


def _signed_log(values: Array) -> Array:
    """Like the value itself around zero, like its logarithm far away."""
    return np.where(np.isfinite(values), np.sign(values) * np.log10(1 + np.abs(values)), np.nan)


def _decades(values: Array) -> Ticks:
    low, high = np.floor(values.min()), np.ceil(values.max())
    places = np.arange(low, high + 1, max(1, np.ceil((high - low) / _MOST)))
    return places.tolist(), [short(10.0**power) for power in places]


def _counts(values: Array) -> Ticks:
    found = np.unique(np.rint(10.0 ** np.linspace(values.min(), values.max(), _MOST)))
    return np.log10(found).tolist(), [f"{count:.0f}" for count in found]


def _shares(values: Array) -> Ticks:
    places = [0.0, 0.25, 0.5, 0.75, 1.0]
    return places, [f"{share:.0%}" for share in places]


def _signed(values: Array) -> Ticks:
    places = np.linspace(values.min(), values.max(), _MOST)
    losses = np.sign(places) * np.expm1(np.abs(places) * np.log(10))
    return places.tolist(), [short(loss, 2) for loss in losses.tolist()]


COLOURINGS = {
    "final loss": Colouring(
        "final loss above the lowest", lambda result: _log(np.where(result.measured, result.final, np.nan), _FLOOR), _decades
    ),
    "steps": Colouring("steps to the tolerance", lambda result: _log(result.steps, 1.0), _counts, missing="not reached"),
    "converged": Colouring("share converged", lambda result: result.converged.copy(), _shares, low_is_good=False),
}
"""By name."""
MEASURES = {"final loss": "Final loss", "steps": "Steps to tolerance", "converged": "Share converged"}
"""What those are called in a list."""
NETWORK_COLOURINGS = {
    "final loss": Colouring("loss at the end", lambda result: _log(result.final, _SMALLEST_LOSS), _decades),
    "test loss": Colouring("loss on the test examples", lambda result: _log(result.test, _SMALLEST_LOSS), _decades),
    "accuracy": Colouring("test examples that are right", lambda result: result.accuracy.copy(), _shares, low_is_good=False),
    "steps": Colouring("steps to learn", lambda result: _log(result.steps, 1.0), _counts, missing="not learned"),
}
"""Those of a `lab.network_sweeps.NetworkMap`, by name: its measures."""
NETWORK_MEASURES = {"final loss": "Final loss", "test loss": "Test loss", "accuracy": "Test accuracy", "steps": "Steps to learn"}
"""What those are called in a list."""
_ITSELF = Colouring("final loss", lambda result: _signed_log(result.final), _signed)
