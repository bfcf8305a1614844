"""What trajectories descend: a function of d coordinates and its gradient. A landscape is one of two coordinates."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from formulas.program import Call
from landscapes.surface import Surface
from optimizers.update_rules import MATRIX_ROWS
from parameters import Array

_UNTOUCHED = np.array(0x7FF8_0000_0000_0BAD, dtype=np.uint64).view(np.float64)
"""A NaN that no arithmetic makes: what is still this has not been written."""


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

        Each call is a function and the tuple of its arguments. A run tries them once on a few of its starts, so that what is wrong with
        them is said before it begins. The calls run within `np.errstate(all="ignore")`; what has no finite value is NaN or infinite.

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


def try_calls(objective: Objective, starts: Array, hessian: bool) -> None:
    """Refuse an objective whose calls do not compute what is wanted, found out at a few starts; a landscape's own are known to.

    Args:
        starts: shape (d, N).
        hessian: whether Hessians are going to be wanted, too.

    Raises:
        TypeError: `bind` returns no list of calls.
        ValueError: a call fails on arrays of the shapes that `bind` is given, or what was wanted is not written.
    """
    if getattr(type(objective), "bind", None) is Surface.bind:
        return
    dimension = len(starts)
    points = np.array(starts[:, : 4 if dimension == 5 else 5], order="C")  # as many as there are of nothing else, so that shapes tell
    count = points.shape[1]
    shapes = {"value": (count,), "gradient": (dimension, count), "hessian": (MATRIX_ROWS, count)}
    for names in [("value",), ("gradient",), ("value", "gradient"), *([("hessian",)] if hessian else [])]:
        wanted = {name: np.empty(shapes[name]) for name in names}
        what = f"{objective.name}: bind, asked for {' and '.join(names)} of {count} points,"
        calls = objective.bind(points, np.arange(count), **wanted)
        if not isinstance(calls, list) or not all(_is_call(call) for call in calls):
            raise TypeError(f"{what} must return a list of calls, each a function and the tuple of its arguments, not {calls!r}")
        for array in wanted.values():
            array.fill(_UNTOUCHED)
        try:
            with np.errstate(all="ignore"):
                for routine, arguments in calls:
                    routine(*arguments)
        except (TypeError, ValueError, IndexError) as error:
            given = ", ".join(f"{name} {shapes[name]}" for name in names)
            raise ValueError(f"{what} returns a call that fails ({error}); the shapes are points {points.shape}, {given}") from error
        for name, array in wanted.items():
            if (array.view(np.uint64) == _UNTOUCHED.view(np.uint64)).any():
                raise ValueError(
                    f"{what} returns calls that do not write all of the {name}, shape {shapes[name]}, into the array it is given"
                )


def _is_call(call: object) -> bool:
    return isinstance(call, tuple) and len(call) == 2 and callable(call[0]) and isinstance(call[1], tuple)
