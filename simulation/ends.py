"""The points at which trajectories come to rest, and at which of them a point lies."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from landscapes import Landscape, StationaryPoint, stationary_points
from parameters import Array

NEAR = 0.01
"""A point lies at an end when it is nearer to it than this share of the window."""
_NEAR_A_CURVE = 3 * NEAR
"""The same where the ends are a curve, whose points are found 2 % apart."""
_CELLS = 128
"""Cells along each axis of the raster in which the ends nearby are looked up."""


@lru_cache(maxsize=64)
def ends(landscape: Landscape) -> tuple[StationaryPoint, ...]:
    """Every point at which a trajectory can come to rest, lowest first: the stationary points found, and minima that are none (kinks)."""
    found = list(stationary_points(landscape))
    width, height = _size(landscape)
    for x, y, value in landscape.minima:
        if all(abs(point.x - x) > 1e-6 * width or abs(point.y - y) > 1e-6 * height for point in found):
            found.append(StationaryPoint(x, y, value, "minimum", (np.inf, np.inf)))
    return tuple(sorted(found, key=lambda point: point.value))


@lru_cache(maxsize=64)
def lowest_loss(landscape: Landscape) -> float:
    """The lowest known loss, at a minimum in the window; NaN where there is none."""
    if landscape.unbounded:
        return float("nan")
    if landscape.declared and landscape.minima:  # known without a search
        return min(value for _, _, value in landscape.minima)
    return min((point.value for point in ends(landscape) if point.kind in ("minimum", "degenerate")), default=float("nan"))


def is_global(point: StationaryPoint, landscape: Landscape) -> bool:
    """Whether an end is a lowest minimum."""
    lowest = lowest_loss(landscape)
    return point.kind in ("minimum", "degenerate") and point.value <= lowest + 1e-9 * (1 + abs(lowest))


@lru_cache(maxsize=16)
def whereabouts(landscape: Landscape) -> Whereabouts:
    """The lookup for a landscape's ends."""
    return Whereabouts(landscape)


class Whereabouts:
    """Finds the end at which a point lies, among many ends at about the cost of one.

    Attributes:
        places: the ends, shape (2, M), in shares of the window from its lower left corner.
        reach: within what distance of an end a point lies at it, shape (M,), in the same unit.
    """

    def __init__(self, landscape: Landscape) -> None:
        points = ends(landscape)
        self._low, self._size = np.array([[low] for low, _ in landscape.window]), _size(landscape)[:, None]
        self.places = self.shares(np.array([(point.x, point.y) for point in points]).reshape(-1, 2).T)
        self.reach = np.array([_NEAR_A_CURVE if point.kind == "degenerate" else NEAR for point in points])
        self._nearby = self._raster()

    def _raster(self) -> npt.NDArray[np.int64]:
        """The ends within whose reach some point of a cell may lie, shape (cells, cells, most), -1 where there are fewer."""
        lists: dict[tuple[int, int], list[int]] = {}
        for index, (place, reach) in enumerate(zip(self.places.T, self.reach, strict=True)):
            (left, bottom), (right, top) = (np.clip(_cell(place + side * reach), 0, _CELLS - 1) for side in (-1, 1))
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
        """The index of the nearest end within whose reach each position (2, N) lies, shape (N,); -1 where there is none."""
        shares = self.shares(positions)
        with np.errstate(invalid="ignore"):
            near = (np.abs(shares - 0.5) < 0.5 + _NEAR_A_CURVE).all(axis=0)
        shares = np.where(near, shares, 0.0)
        column, row = _cell(shares)
        nearest, least = np.full(near.shape, -1), np.full(near.shape, np.inf)
        for candidate in self._nearby[row, column].T:
            distance = self._distance(shares, candidate)
            better = near & (candidate >= 0) & (distance < least) & (distance <= self.reach[candidate])
            nearest = np.where(better, candidate, nearest)
            least = np.where(better, distance, least)
        return nearest

    def stays(self, positions: Array, ended: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
        """The first row from which on each trajectory stays within reach of the end with the given index, shape (N,).

        Args:
            positions: shape (rows, 2, N).
            ended: shape (N,), negative for none: those get the number of rows.
        """
        rows = len(positions)
        first = np.full(ended.shape, rows)
        if not self.reach.size:
            return first
        place, square = self.places[:, np.maximum(ended, 0)], self.reach[np.maximum(ended, 0)] ** 2
        staying, apart = ended >= 0, np.empty(place.shape)
        with np.errstate(all="ignore"):
            for row in range(rows - 1, -1, -1):
                np.subtract(positions[row], self._low, apart)
                np.divide(apart, self._size, apart)
                np.subtract(apart, place, apart)
                np.multiply(apart, apart, apart)
                staying &= np.add(apart[0], apart[1], apart[0]) <= square
                first -= staying
        return first

    def _distance(self, shares: Array, index: npt.NDArray[np.int64]) -> Array:
        across, up = shares - self.places[:, index]
        return np.asarray(np.sqrt(across**2 + up**2))


def _cell(shares: Array) -> npt.NDArray[np.intp]:
    """The column or row of the raster; it reaches a little beyond the window, as the ends' surroundings do."""
    cells: npt.NDArray[np.intp] = ((shares + _NEAR_A_CURVE) * ((_CELLS - 1e-6) / (1 + 2 * _NEAR_A_CURVE))).astype(np.intp)
    return cells


def _size(landscape: Landscape) -> Array:
    (x0, x1), (y0, y1) = landscape.window
    return np.array([x1 - x0, y1 - y0])
