"""What trajectories descend: a function of d coordinates and its gradient. A landscape is one of two coordinates."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from formulas.program import Call
from parameters import Array


class Objective(Protocol):
    """What the engine needs to know of what is descended."""

    @property
    def name(self) -> str:
        """What it is called in messages."""

    @property
    def dimension(self) -> int:
        """The number of coordinates, d."""

    @property
    def per_lane(self) -> bool:
        """Whether it differs from trajectory to trajectory, by numbers of its own that are arrays of shape (N,)."""

    @property
    def always_finite(self) -> bool:
        """Whether its value is certain to be finite wherever all coordinates are of ordinary size (below 10,000)."""

    def check_lanes(self, count: int, what: str) -> None:
        """Refuse numbers of its own that are not as many as there are trajectories.

        Args:
            count: how many there are.
            what: what they are called ("starts").

        Raises:
            ValueError: an array has another length.
        """

    def bind(
        self,
        points: Array,
        lanes: slice | npt.NDArray[np.intp] = slice(None),
        *,
        value: Array | None = None,
        gradient: Array | None = None,
        hessian: Array | None = None,
    ) -> list[Call]:
        """What has to be called, in order, to compute some quantities in place; each trajectory's must not depend on the others.

        The calls run within `np.errstate(all="ignore")`; what has no finite value is NaN or infinite.

        Args:
            points: where, shape (d, N); its content changes between the calls, the array stays.
            lanes: the numbers of the N trajectories, for an objective that differs between them.
            value: what to write the values into, shape (N,); None if they are not wanted.
            gradient: likewise the gradients, shape (d, N).
            hessian: likewise the Hessians in two dimensions, shape (3, N), rows xx, xy, yy. Only asked for where d is 2.
        """

    def value(self, points: npt.ArrayLike) -> Array:
        """The values at points of shape (d, N): an array of shape (N,)."""

    def gradient(self, points: npt.ArrayLike) -> Array:
        """The gradients at points of shape (d, N): an array of the same shape."""
