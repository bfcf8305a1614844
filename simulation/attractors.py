"""The points at which trajectories come to rest, and which of them a trajectory has reached.

Minima attract everything around them. Saddles and maxima are listed too, since a method whose steps vanish with the slope stops there.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from landscapes import Landscape, StationaryPoint, grid, stationary_points
from parameters import Array
from simulation import columns
from simulation.choice import why_never

NEAR = 0.01
"""A trajectory is at an attractor when it is nearer to it than this share of the window."""
LOW = 0.01
"""And not higher above it, nor lower, than this share of the landscape's usual height."""
_NEAR_A_CURVE = 3 * NEAR
"""The same for a curve of attractors, whose points are found 2% apart."""
_LOOKED = 64
"""Points along each axis at which a lower place than the lowest minimum is looked for: a formula may fall on beyond the window."""
_CELLS = 128
"""Cells along each axis of the raster in which nearby attractors are looked up."""
_MANY = 4096
"""From so many trajectories on machine code looks back at once."""
_TOGETHER = 16_384
"""So many points of trajectories are looked at together."""


@lru_cache(maxsize=64)
def attractors(landscape: Landscape) -> tuple[StationaryPoint, ...]:
    """Every point at which a trajectory can come to rest, lowest first: the stationary points found, and minima that are none (kinks)."""
    found = list(stationary_points(landscape))
    width, height = _size(landscape)
    places = {(point.x, point.y) for point in found}
    for x, y, value in landscape.minima:
        if (x, y) not in places and all(abs(point.x - x) > 1e-6 * width or abs(point.y - y) > 1e-6 * height for point in found):
            found.append(StationaryPoint(x, y, value, "minimum", (np.inf, np.inf)))
    return tuple(sorted(found, key=lambda point: point.value))


def all_known(landscape: Landscape) -> bool:
    """Whether the attractors are all there are, not only the lowest of more than can be listed or told apart."""
    return stationary_points(landscape).complete


@lru_cache(maxsize=64)
def lowest_loss(landscape: Landscape) -> float:
    """The lowest known loss, at a minimum in the window; NaN where there is none, or where some other place of the window is lower."""
    if landscape.unbounded:
        return float("nan")
    if landscape.facts_hold and landscape.minima:  # known without a search
        return min(value for _, _, value in landscape.minima)
    found = min((point.value for point in attractors(landscape) if point.kind in ("minimum", "degenerate")), default=float("nan"))
    values = landscape.value(grid(landscape.window, _LOOKED))
    slack = 1e-9 * (1 + abs(found)) * min(1.0, float(np.median(np.abs(values[np.isfinite(values)]))))
    return found if np.nanmin(values) >= found - slack else float("nan")


@lru_cache(maxsize=64)
def usual_height(landscape: Landscape) -> float:
    """The rise to the window's median loss from the lowest known loss, or from the lowest seen where none is known."""
    values = landscape.value(grid(landscape.window, _LOOKED))
    values = values[np.isfinite(values)]
    lowest = lowest_loss(landscape)
    return float(np.median(values) - (lowest if np.isfinite(lowest) else values.min()))


def is_global(point: StationaryPoint, landscape: Landscape) -> bool:
    """Whether an attractor is a lowest minimum."""
    lowest = lowest_loss(landscape)
    return point.kind in ("minimum", "degenerate") and point.value <= lowest + 1e-9 * (1 + abs(lowest))


@lru_cache(maxsize=16)
def attractor_lookup(landscape: Landscape) -> AttractorLookup:
    """The lookup for a landscape's attractors."""
    return AttractorLookup(landscape)


class AttractorLookup:
    """Finds the attractor at which a point lies, among many attractors at about the cost of one.

    Attributes:
        points: where the attractors are, shape (2, M), in shares of the window from its lower left corner.
        radii: within what distance of each a trajectory is at it, shape (M,), in the same unit.
    """

    def __init__(self, landscape: Landscape) -> None:
        points = attractors(landscape)
        self._low, self._size = np.array([[low] for low, _ in landscape.window]), _size(landscape)[:, None]
        self.points = self.shares(np.array([(point.x, point.y) for point in points]).reshape(-1, 2).T)
        self._curve = np.array([point.kind == "degenerate" for point in points] + [False])  # the last for the index -1
        self.radii = np.where(self._curve[:-1], _NEAR_A_CURVE, NEAR)
        self._values, self._low_enough = np.array([point.value for point in points]), LOW * usual_height(landscape)
        self._nearby = self._raster()

    def _raster(self) -> npt.NDArray[np.int64]:
        """The attractors within whose radius some point of a cell may lie, shape (cells, cells, most), -1 where there are fewer."""
        lists: dict[tuple[int, int], list[int]] = {}
        for index, (point, radius) in enumerate(zip(self.points.T, self.radii, strict=True)):
            (left, bottom), (right, top) = (np.clip(_cell(point + side * radius), 0, _CELLS - 1) for side in (-1, 1))
            for row in range(bottom, top + 1):
                for column in range(left, right + 1):
                    lists.setdefault((row, column), []).append(index)
        raster = np.full((_CELLS, _CELLS, max(map(len, lists.values()), default=0)), -1)
        for cell, found in lists.items():
            raster[cell][: len(found)] = found
        return raster

    def shares(self, positions: Array) -> Array:
        """Positions, shape (2, N), in shares of the window from its lower left corner."""
        with np.errstate(all="ignore"):
            return np.asarray((positions - self._low) / self._size)

    def at(self, positions: Array) -> npt.NDArray[np.int64]:
        """The index of the nearest attractor within whose radius each position (2, N) lies, shape (N,); -1 where there is none."""
        shares = self.shares(positions)
        with np.errstate(invalid="ignore"):
            near = (np.abs(shares - 0.5) < 0.5 + _NEAR_A_CURVE).all(axis=0)
        shares = np.where(near, shares, 0.0)
        column, row = _cell(shares)
        nearest, least = np.full(near.shape, -1), np.full(near.shape, np.inf)
        for candidate in self._nearby[row, column].T:
            distance = self._distance(shares, candidate)
            better = near & (candidate >= 0) & (distance < least) & (distance <= self.radii[candidate])
            nearest = np.where(better, candidate, nearest)
            least = np.where(better, distance, least)
        return nearest

    def settled_row(self, positions: Array, losses: Array, attractor: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
        """The first row from which on each trajectory stays at a given attractor, by its place and by its loss: shape (N,).

        On a curve of attractors it may move from one to another.

        Args:
            positions: shape (rows, 2, N).
            losses: shape (rows, N).
            attractor: its index for each trajectory, shape (N,), negative for none: those get the number of rows.
        """
        if not self.radii.size:
            return np.full(attractor.shape, len(positions))
        if attractor.size < _MANY or positions.strides[-1] != 8 or why_never():
            return self._settled(positions, losses, attractor)
        first = np.empty(attractor.shape, dtype=np.intp)
        for begin in range(0, attractor.size, _TOGETHER):
            part = slice(begin, begin + _TOGETHER)
            first[part] = self._settled_by_machine(positions[:, :, part], losses[:, part], attractor[part])
        along = np.flatnonzero(self._curve[attractor])
        if along.size:
            first[along] = self._settled(positions[:, :, along], losses[:, along], attractor[along])
        return first

    def _targets(self, attractor: npt.NDArray[np.int64]) -> tuple[Array, ...]:
        """What is to be near, how near, and how high it is: columns of `_stay`."""
        at = np.maximum(attractor, 0)
        return (*(row[at] for row in self.points), self.radii[at] ** 2, self._values[at])

    @property
    def _frame(self) -> Array:
        """The constants of `_stay`."""
        return np.array([*self._low.ravel(), *self._size.ravel(), self._low_enough])

    def _settled_by_machine(self, positions: Array, losses: Array, attractor: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
        """As `settled_row`, without curves."""
        staying, stayed = (attractor >= 0).astype(np.float64), np.zeros(attractor.shape)
        given = (positions[::-1, 0], positions[::-1, 1], losses[::-1], *self._targets(attractor), staying, stayed)
        columns.traced(_stay, len(given), _FRAME, len(given) - 2)(given, self._frame, (staying, stayed))
        return len(positions) - stayed.astype(np.intp)

    def _settled(self, positions: Array, losses: Array, attractor: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
        """As `settled_row`, by NumPy."""
        rows = len(positions)
        first = np.full(attractor.shape, rows)
        targets, frame = self._targets(attractor), self._frame
        staying, along = attractor >= 0, np.flatnonzero(self._curve[attractor])
        together = max(1, _TOGETHER // max(attractor.size, 1))
        with np.errstate(all="ignore"):
            for end in range(rows, 0, -together):
                part = slice(max(end - together, 0), end)
                near, low = _is_at(positions[part, 0], positions[part, 1], losses[part], *targets, *frame)
                if along.size:
                    places = positions[part][:, :, along].swapaxes(0, 1)
                    near[:, along] = self._curve[self.at(places.reshape(2, -1))].reshape(places.shape[1:])
                stays = np.logical_and.accumulate((near & low)[::-1], axis=0) & staying
                first -= stays.sum(axis=0)
                staying = stays[-1]
                if not staying.any():
                    break
        return first

    def _distance(self, shares: Array, index: npt.NDArray[np.int64]) -> Array:
        across, up = shares - self.points[:, index]
        return np.asarray(np.sqrt(across**2 + up**2))


_FRAME = ("left", "bottom", "width", "height", "low enough")


def _is_at(
    x: Any, y: Any, loss: Any, across: Any, up: Any, square: Any, value: Any, left: Any, bottom: Any, width: Any, height: Any, low: Any
) -> tuple[Any, Any]:
    """Whether points are near attractors, and at a loss near theirs; see `AttractorLookup`."""
    aside, above = (x - left) / width - across, (y - bottom) / height - up
    return aside**2 + above**2 <= square, np.abs(loss - value) <= low


def _stay(
    x: Any, y: Any, loss: Any, across: Any, up: Any, square: Any, value: Any, staying: Any, stayed: Any, *frame: Any
) -> tuple[Any, Any]:
    """Who stays at an attractor where a row earlier it was there, too, looking back; and for how many rows it has."""
    near, low = _is_at(x, y, loss, across, up, square, value, *frame)
    stays = near & low & staying
    return stays, stayed + stays


def _cell(shares: Array) -> npt.NDArray[np.intp]:
    """The column or row of the raster; it reaches a little beyond the window, as the attractors' surroundings do."""
    cells: npt.NDArray[np.intp] = ((shares + _NEAR_A_CURVE) * ((_CELLS - 1e-6) / (1 + 2 * _NEAR_A_CURVE))).astype(np.intp)
    return cells


def _size(landscape: Landscape) -> Array:
    (x0, x1), (y0, y1) = landscape.window
    return np.array([x1 - x0, y1 - y0])
