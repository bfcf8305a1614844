"""What penalties on the weights make of a network's landscape: one plane, and the loss on it under each strength."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from networks.planes import Plane, relief
from parameters import Array, short
from scenario import Comparison

USUAL = (0.0, 0.003, 0.01, 0.03)
"""Strengths of L2 that are shown where the networks themselves differ in no penalty."""
_MOST = 6
"""Maps, at most."""
_COARSE, _FINE = 20, 64
"""Points along each side of a map, at least and at most."""
_WORK = 4e9
"""Products of weights, examples and points that take about a second or two: as many points are taken as that allows."""
_MOST_WORK = 4e10
"""Those that are made at most."""


@dataclass(frozen=True, eq=False)
class PenalizedMap:
    """The loss on a plane under one penalty.

    Attributes:
        label: the penalty in words: "L2 0.01".
        plane: the same for all maps of a network.
        values: the loss on the examples with its penalty, shape (n, n), a row for each second coordinate.
        path: where the network that is trained under it goes on the plane, shape (K, 2); (0, 2) where there is none.
    """

    label: str
    plane: Plane
    values: Array
    path: Array

    @property
    def lowest(self) -> tuple[float, float]:
        """The coordinates of the lowest point of the grid."""
        row, column = np.unravel_index(np.nanargmin(self.values), self.values.shape)
        across, up = (np.linspace(*side, len(self.values)) for side in self.plane.window)
        return float(across[column]), float(up[row])


@lru_cache(maxsize=8)
def under_penalties(comparison: Comparison) -> tuple[PenalizedMap, ...]:
    """The loss on the plane of a comparison, under each penalty by which its networks differ; under the usual ones if they do not.

    Args:
        comparison: the trained networks.

    Raises:
        ValueError: their weights make no plane, or the maps would take too long; the message says what to do.
    """
    plane, data = comparison.plane, comparison.data
    runs = {(run.variant.number("l1"), run.variant.number("l2")): run for run in reversed(comparison.runs) if not run.point}
    given = sorted(runs)[:_MOST] if len(runs) > 1 else [(0.0, strength) for strength in USUAL]
    work = comparison.network.size * len(data.x) * len(given)
    n = int(np.clip(np.sqrt(_WORK / work), _COARSE, _FINE))
    if n * n * work > _MOST_WORK:
        raise ValueError(
            f"{len(given)} maps of a network of {comparison.network.size:,} weights on {len(data.x):,} examples would take longer than "
            "somebody waits; choose narrower layers or fewer examples"
        )
    found = []
    for l1, l2 in given:
        landscape = plane.landscape(comparison.network, data.x, data.y, l2, l1=l1)
        run = runs.get((l1, l2))
        path = np.ascontiguousarray(plane.project(run.weights).T) if run else np.empty((0, 2))
        found.append(PenalizedMap(_label(l1, l2), plane, landscape.grid(n), path))
    return tuple(found)


def told_of_plane(comparison: Comparison) -> list[str]:
    """What has to be said of the plane of these maps, a sentence each: how much it holds, and where it deceives. Errors as for them."""
    landscape = comparison.plane.landscape(comparison.network, comparison.data.x, comparison.data.y)
    return relief(landscape, comparison.paths, n=2).sentences(comparison.labels)


def _label(l1: float, l2: float) -> str:
    return ", ".join(f"{name} {short(strength)}" for name, strength in (("L1", l1), ("L2", l2)) if strength) or "no penalty"
