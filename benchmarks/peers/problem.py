"""What every contestant of the engine benchmark has to compute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Problem:
    """Many trajectories of one optimizer on one landscape.

    Attributes:
        landscape, optimizer: their names in the project.
        values: the hyper-parameters, by the project's names.
        starts: shape (2, N).
        steps: how many; every point on the way is kept, and its loss, the start included.
    """

    landscape: str
    optimizer: str
    values: Mapping[str, float]
    starts: Array
    steps: int


class History(NamedTuple):
    """What a contestant computed: positions, shape (rows, 2, N), and losses, shape (rows, N), the end in the last row."""

    positions: Array
    losses: Array


class Prepared(NamedTuple):
    """A contestant that is ready: `run` is timed, `history` turns its result into what can be compared."""

    run: Callable[[], Any]
    history: Callable[[Any], History]


def from_pairs(positions: npt.ArrayLike, losses: npt.ArrayLike) -> History:
    """A history kept as arrays of points, shape (rows, N, 2)."""
    return History(np.asarray(positions).swapaxes(1, 2), np.asarray(losses))
