"""A plane through the space of a network's weights, and a loss on it: an objective of two coordinates, like a landscape."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from formulas.program import Call
from networks.network import Network
from networks.planes import grids
from networks.planes.evaluation import Evaluation
from networks.planes.portable import portable
from networks.running import one_thread
from parameters import Array
from simulation.progress import Lanes, Progress, Reporter, heeded, in_threads

Window = tuple[tuple[float, float], tuple[float, float]]
Path = npt.NDArray[np.floating[Any]]
"""Points of weight space, shape (K, P)."""
Rows = Callable[[Array], Array]
"""Of weights, shape (N, P): losses, shape (N,), or slopes, shape (N, P)."""
ALL_AS_ONE_BATCH = "Batch normalization uses the statistics of all training examples at every point of the plane, not running ones."
_MARGIN = 0.25
"""What is shown around the points that a plane was made of, as a share of their extent."""
_STEP, _SHORT = 1e-4, 1e-7
"""How far apart slopes are taken for second derivatives, as a share of the window; and where kinks of theirs are not to be crossed."""
_FARTHEST = 1e100
"""Beyond this no weight is taken for one."""
_AT_ONCE = 16_000_000
"""Bytes of weights that are made of coordinates at a time."""
_POINTS = 1024
"""Points that are evaluated between two reports."""
_ROWS = 16
"""Rows of a grid that are evaluated between two reports, if these are not many points."""
_THREADED_FROM = 5e8
"""Weights times examples times points that are spread over the processor's cores."""


@dataclass(frozen=True, eq=False)
class Plane:
    """A point in weight space and two directions: coordinates (a, b) stand for origin + a * first + b * second.

    Attributes:
        origin: shape (P,).
        directions: shape (2, P).
        explained: the share of the paths' variance that lies along each direction, shape (2,); NaN where it was made of no paths.
        window: what to show of it, ((a0, a1), (b0, b1)).
        kind: how it was made, in words.
        moving: the number of the path, from 0, with whose head it moves: at each step the slice through the weights of that step, parallel
            to itself; see `through`. None where it stays.
        axis: what its directions are called, before their numbers.
    """

    origin: Array
    directions: Array
    explained: Array
    window: Window
    kind: str
    moving: int | None = None
    axis: str = "direction"

    @property
    def axes(self) -> tuple[str, str]:
        """The names of both directions."""
        return f"{self.axis} 1", f"{self.axis} 2"

    def points(self, coordinates: npt.ArrayLike) -> Array:
        """The weights at coordinates of shape (2, N): an array of shape (N, P)."""
        given = np.asarray(coordinates, dtype=np.float64)
        if given.ndim != 2 or len(given) != 2:
            raise ValueError(f"coordinates must have the shape (2, N), not {given.shape}")
        return self.origin + given.T @ self.directions

    def project(self, weights: npt.ArrayLike) -> Array:
        """The coordinates of the nearest point of the plane, shape (2, ...), for weights of shape (..., P)."""
        given = np.asarray(weights, dtype=np.float64)
        if given.shape[-1:] != self.origin.shape:
            raise ValueError(f"weights must have the shape (..., {self.origin.size}), not {given.shape}")
        along = (given - self.origin) @ self.directions.T
        found = np.asarray(np.linalg.solve(self.directions @ self.directions.T, along[..., None])[..., 0], dtype=np.float64)
        return np.moveaxis(found, -1, 0)

    def through(self, weights: npt.ArrayLike) -> Self:
        """The parallel plane through weights, shape (P,), on which every coordinate keeps its meaning: they lie where they lay on this."""
        given = np.asarray(weights, dtype=np.float64)
        return replace(self, origin=given - self.project(given) @ self.directions)

    def landscape(self, net: Network, x: npt.ArrayLike, y: npt.ArrayLike, l2: float = 0.0, *, l1: float = 0.0) -> PlaneLoss:
        """The loss of a network on the plane, exact and with its exact slopes. Arguments and errors as for `Network.loss`.

        Batch normalization uses the statistics of all of x at every point, and no running ones, which only a training has.
        """
        if net.size != self.origin.size:
            raise ValueError(f"the plane lies among {self.origin.size} weights, and {net} has {net.size}")
        net.check_examples(x, y)
        net.loss(self.origin, x, y, l2, l1=l1)
        inputs, labels = np.asarray(x), np.asarray(y)
        note = ALL_AS_ONE_BATCH if net.batch_norm else ""
        return PlaneLoss(
            self,
            partial(net.loss, x=inputs, y=labels, l2=l2, l1=l1),  # which, other than a lambda, can be sent to another process
            evaluate=partial(_evaluation, net, inputs, labels, l2, l1),
            name=f"{net} on a plane {self.kind}",
            note=note,
            work=float(net.size * len(inputs)),
            kinked=net.activation.kinked,
        )


class PlaneLoss:
    """A loss on a plane: a `simulation.Objective` of two coordinates.

    Args:
        plane: through weight space.
        value: the losses of weights of shape (N, P), shape (N,).
        gradient: their slopes, shape (N, P); without it, slopes in the plane are differences of losses, right to about eight digits.
        evaluate: makes of a plane what gives the same losses and slopes of coordinates, where that is faster.
        name: its title.
        note: a sentence that has to stand beside its picture, if there is one.
        work: how much one point takes, weights times examples, where several threads may ask at the same time; 0 where only one may.
        kinked: whether its exact slopes have kinks: the second derivatives are those of the piece between them.

    Attributes:
        window: what to show of it.
        value_at: the losses of any weights, shape (N, P), on the plane or off it.
    """

    per_lane = False
    always_finite = False
    costly = True
    dimension = 2

    def __init__(
        self,
        plane: Plane,
        value: Rows,
        gradient: Rows | None = None,
        *,
        evaluate: Callable[[Plane], Evaluation] | None = None,
        name: str,
        note: str = "",
        work: float = 0.0,
        kinked: bool = False,
    ) -> None:
        self.plane, self.name, self.note, self.work, self.kinked = plane, name, note, work, kinked
        self.value_at, self._slopes_at, self._evaluate = value, gradient, evaluate

    @property
    def window(self) -> Window:
        """What to show of it, ((a0, a1), (b0, b1))."""
        return self.plane.window

    @cached_property
    def _direct(self) -> Evaluation | None:
        return self._evaluate(self.plane) if self._evaluate else None

    def through(self, weights: npt.ArrayLike) -> PlaneLoss:
        """The same loss on the parallel plane through weights, shape (P,)."""
        more: dict[str, Any] = {"evaluate": self._evaluate, "note": self.note, "work": self.work, "kinked": self.kinked}
        return PlaneLoss(self.plane.through(weights), self.value_at, self._slopes_at, name=self.name, **more)

    def check_lanes(self, count: int, what: str) -> None:
        """It has no numbers that differ between trajectories."""

    def value(self, points: npt.ArrayLike, progress: Progress | None = None) -> Array:
        """The losses at points of shape (2, N): an array of shape (N,).

        Args:
            points: coordinates on the plane.
            progress: called now and then with the fraction done.

        Raises:
            simulation.Cancelled: `progress` returned False.
        """
        if self._direct is None:
            return self._collect(lambda some: self.value_at(self.plane.points(some)), (), points, progress)
        return self._collect(self._direct.value, (), points, progress)

    def gradient(self, points: npt.ArrayLike) -> Array:
        """The slopes along the plane's directions: an array of shape (2, N)."""
        if self._direct is not None:
            return self._collect(self._direct.gradient, (2,), points)
        slopes = self._slopes_at
        if slopes is None:
            return self._differences(self.value, points)
        return self._collect(lambda some: self.plane.directions @ slopes(self.plane.points(some)).T, (2,), points)

    def value_and_gradient(self, points: npt.ArrayLike) -> tuple[Array, Array]:
        """What `value` and `gradient` give, from one pass for both where there is one: shapes (N,) and (2, N)."""
        direct = self._direct
        if direct is None:
            return self.value(points), self.gradient(points)

        def rows(some: Array) -> Array:
            losses, slopes = direct.value_and_gradient(some)
            return np.concatenate([losses[None], slopes])

        found = self._collect(rows, (3,), points)
        return found[0], found[1:]

    def hessian(self, points: npt.ArrayLike) -> Array:
        """The second derivatives, by differences of slopes: an array of shape (2, 2, N)."""
        both = self._differences(self.gradient, points, _SHORT if self.kinked else _STEP)
        return np.asarray((both + both.swapaxes(0, 1)) / 2)

    def program(self) -> dict[str, Any]:
        """What a browser computes it by, `PlaneProgram` of js/types.d.ts without "most"; of a network's loss without penalties only."""
        assert self._direct is not None
        share = _SHORT if self.kinked else _STEP
        aside = [share * (high - low) for low, high in self.window]
        return {**portable(self._direct), "aside": aside, "kinked": self.kinked}

    def grid(self, n: int, progress: Progress | None = None) -> Array:
        """The losses on a grid of n x n points over the window, a row for each second coordinate: shape (n, n)."""
        a, b = (np.linspace(low, high, n) for low, high in self.window)
        direct = self._direct
        if direct is None or not grids.separates(direct, a, b):
            return self.value(np.stack([np.tile(a, n), np.repeat(b, n)]), progress).reshape(n, n)
        rows = max(1, min(_ROWS, 2 * _POINTS // n))
        return self._spread(lambda some: grids.losses(direct, a, b[some]).T, (n,), n, rows, n, progress).T.copy()

    def _collect(
        self, of: Callable[[Array], Array], rows: tuple[int, ...], points: npt.ArrayLike, progress: Progress | None = None
    ) -> Array:
        """What a function gives of coordinates, shape (2, n), for all points, some of them at a time: shape (*rows, N)."""
        given = _coordinates(points)
        size = max(1, min(_POINTS, _AT_ONCE // (8 * self.plane.origin.size)))
        return self._spread(lambda some: of(given[:, some]), rows, given.shape[-1], size, 1, progress)

    def _spread(
        self, of: Callable[[Lanes], Array], shape: tuple[int, ...], count: int, size: int, points: int, progress: Progress | None
    ) -> Array:
        """What a function gives of the first numbers, each of which stands for so many points, some of them at a time: (*shape, count)."""
        parts = [np.arange(first, min(first + size, count)) for first in range(0, count, size)]
        found, progress = np.empty((*shape, count)), progress or heeded()
        reporter = Reporter(progress, max(count, 1))

        def work(part: Lanes) -> None:
            for _ in reporter.steps(1, len(part)):
                found[..., part] = of(part)

        if self.work * count * points >= _THREADED_FROM and len(parts) > 1:
            with one_thread():  # each has BLAS to itself: where its own threads came and went beside these, it took minutes
                in_threads(work, parts, min(os.cpu_count() or 1, 8), reporter)
        else:
            for part in parts:
                work(part)
        if progress and progress(1.0) is False:
            reporter.stopped = True
            reporter.check()
        return found

    def _differences(self, of: Callable[[Array], Array], points: npt.ArrayLike, share: float = _STEP) -> Array:
        """How something changes along each direction, the first axis of the result: two-sided differences over a share of the window."""
        given = _coordinates(points)
        columns = []
        for axis, (low, high) in enumerate(self.window):
            step = share * (high - low)
            aside = np.zeros((2, 1))
            aside[axis] = step
            columns.append((of(given + aside) - of(given - aside)) / (2 * step))
        return np.array(columns)

    def bind(
        self,
        points: Array,
        lanes: slice | npt.NDArray[np.intp] = slice(None),
        *,
        value: Array | None = None,
        gradient: Array | None = None,
        hessian: Array | None = None,
    ) -> list[Call]:
        """The calls that compute them in place; see `simulation.Objective`."""
        return [(partial(self._write, points, value, gradient, hessian), ())]

    def _write(self, points: Array, value: Array | None, gradient: Array | None, hessian: Array | None) -> None:
        if value is not None and gradient is not None:
            value[:], gradient[:] = self.value_and_gradient(points)
        elif value is not None:
            value[:] = self.value(points)
        elif gradient is not None:
            gradient[:] = self.gradient(points)
        if hessian is not None:
            hessian[:] = self.hessian(points)[[0, 0, 1], [0, 1, 1]]


def _evaluation(net: Network, x: npt.NDArray[Any], y: npt.NDArray[Any], l2: float, l1: float, plane: Plane) -> Evaluation:
    return Evaluation(net, plane.origin, plane.directions, x, y, l2, l1)


def as_path(given: npt.ArrayLike) -> Path:
    """Points in double precision, or in single where they are so: paths of large models fill the memory."""
    path = np.asarray(given)
    return path if path.dtype == np.float32 else path.astype(np.float64, copy=False)


def known(path: Path) -> npt.NDArray[np.bool_]:
    """Which points of a path, shape (K, P), are no NaN and have not run away so far that lengths would overflow: shape (K,)."""
    highest, lowest = path.max(axis=1).astype(np.float64), path.min(axis=1).astype(np.float64)
    return np.asarray((highest < _FARTHEST) & (lowest > -_FARTHEST))


def pieces(count: int, size: int) -> Iterator[slice]:
    """Which of so many points of that many weights to compute on together, some megabytes at a time."""
    together = max(1, _AT_ONCE // (8 * size))
    for first in range(0, count, together):
        yield slice(first, min(first + together, count))


def window_around(coordinates: Array) -> Window:
    """A window around points of shape (K, 2), with a margin; where they do not spread along one axis, as wide there as along the other."""
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    extent = high - low
    extent = np.where(extent > 1e-9 * extent.max(), extent, extent.max() or 1.0)
    middle, reach = (low + high) / 2, (0.5 + _MARGIN) * extent
    (a0, b0), (a1, b1) = (middle - reach).tolist(), (middle + reach).tolist()
    return (a0, a1), (b0, b1)


def _coordinates(points: npt.ArrayLike) -> Array:
    given = np.asarray(points, dtype=np.float64)
    if given.ndim != 2 or len(given) != 2:
        raise ValueError(f"points must have the shape (2, N), a row for each coordinate on the plane, not {given.shape}")
    return given
