"""What can be said of a run: functions of it, each giving one value for every trajectory.

A loss is measured from the landscape's lowest known value. On an unbounded landscape there is none, and what depends on it is NaN or -1.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from landscapes import Landscape, StationaryPoint, grid, stationary_points
from parameters import Array
from simulation.run import Run

OUTCOMES = ("global minimum", "local minimum", "stalled", "moving", "diverged")
"""How a trajectory can end: at a lowest minimum, at another, at a saddle or maximum, nowhere yet, or outside float range."""
GLOBAL, LOCAL, STALLED, MOVING, DIVERGED = range(len(OUTCOMES))
NEAR = 0.01
"""A trajectory has ended at a point when it is nearer than this share of the window, and was so a twentieth of the run before."""
TOLERANCE = 1e-3
"""How far above the lowest loss counts as reached, as a share of how high the landscape rises above it in the middle of its values."""


@lru_cache(maxsize=64)
def ends(landscape: Landscape) -> tuple[StationaryPoint, ...]:
    """Every point at which a trajectory can come to rest: the stationary points found, and minima that are none (kinks)."""
    found = list(stationary_points(landscape))
    size = _size(landscape)
    for x, y, value in landscape.minima:
        if all(abs(point.x - x) > 1e-6 * size[0] or abs(point.y - y) > 1e-6 * size[1] for point in found):
            found.append(StationaryPoint(x, y, value, "minimum", (np.inf, np.inf)))
    return tuple(sorted(found, key=lambda point: point.value))


@lru_cache(maxsize=64)
def lowest_loss(landscape: Landscape) -> float:
    """The lowest known loss, at a minimum in the window; NaN where there is none."""
    values = [point.value for point in ends(landscape) if point.kind in ("minimum", "degenerate")]
    return min(values) if values and not landscape.unbounded else float("nan")


@lru_cache(maxsize=64)
def default_tolerance(landscape: Landscape) -> float:
    """A loss this far above the lowest counts as reached: a thousandth of the rise to the window's median loss."""
    values = landscape.value(grid(landscape.window, 64))
    return TOLERANCE * float(np.median(values[np.isfinite(values)]) - lowest_loss(landscape))


def best_loss(run: Run) -> Array:
    """The lowest loss on the way, shape (N,)."""
    lowest: Array = np.fmin.reduce(run.losses, axis=0)
    return lowest


def final_loss(run: Run) -> Array:
    """The loss at the end, shape (N,); NaN if it diverged."""
    losses: Array = run.losses[-1]
    return losses


def path_length(run: Run) -> Array:
    """The length of the path, in units of x and y, shape (N,); NaN if it diverged."""
    steps = np.diff(run.positions, axis=0)
    lengths: Array = np.sqrt((steps**2).sum(axis=1)).sum(axis=0)
    return lengths


def gradient_norms(run: Run) -> Array:
    """The length of the gradient, without noise, at every point of the path, shape (steps + 1, N); NaN after divergence."""
    with np.errstate(all="ignore"):
        norms: Array = np.sqrt((_gradients(run) ** 2).sum(axis=1))
    return norms


def effective_rates(run: Run) -> Array:
    """How far each step went along each axis per unit of the slope there, |change| / |slope|, shape (steps, 2, N).

    For SGD it is the learning rate; what a method adds to that by velocity or by scaling shows as the difference. NaN where there is no
    slope, and after divergence.
    """
    with np.errstate(all="ignore"):
        rates = np.abs(np.diff(run.positions, axis=0) / _gradients(run)[:-1])
    return np.where(np.isfinite(rates), rates, np.nan)


def _gradients(run: Run) -> Array:
    """The gradient, without noise, at every point of the path, shape (steps + 1, 2, N)."""
    if run.landscape.per_lane:
        return np.stack([run.landscape.gradient(points) for points in run.positions])
    rows, _, count = run.positions.shape
    points = run.positions.swapaxes(0, 1).reshape(2, -1)
    return run.landscape.gradient(points).reshape(2, rows, count).swapaxes(0, 1)


def distance_to_minimum(run: Run) -> Array:
    """How far from the nearest global minimum it ended, in units of x and y, shape (N,); NaN if it diverged or there is none."""
    targets = [(point.x, point.y) for point in ends(run.landscape) if _is_global(point, run.landscape)]
    if not targets:
        return np.full(run.count, np.nan)
    apart = run.positions[-1][:, :, None] - np.array(targets).T[:, None, :]
    nearest: Array = np.sqrt((apart**2).sum(axis=0)).min(axis=1)
    return nearest


def steps_to(run: Run, tolerance: float | None = None) -> npt.NDArray[np.int64]:
    """The first step at which the loss is within `tolerance` of the lowest, shape (N,); -1 where it never is.

    Args:
        run: with its path.
        tolerance: by default `default_tolerance` of the landscape.
    """
    allowed = default_tolerance(run.landscape) if tolerance is None else tolerance
    inside = run.losses <= lowest_loss(run.landscape) + allowed
    return np.where(inside.any(axis=0), inside.argmax(axis=0), -1)


def ended_at(run: Run) -> npt.NDArray[np.int64]:
    """The index, among `ends` of the landscape, of the point at which each trajectory came to rest, shape (N,); -1 where at none."""
    points = ends(run.landscape)
    if not points:
        return np.full(run.count, -1)
    size = _size(run.landscape)
    places = np.array([(point.x, point.y) for point in points]).T
    reach = np.array([3 * NEAR if point.kind == "degenerate" else NEAR for point in points])  # a curve's points lie 2 % apart
    rest = max(1, run.steps // 20)
    at_end = _nearest(run.positions[-1], places, size, reach)
    before = _nearest(run.positions[max(len(run.positions) - 1 - rest, 0)], places, size, reach)
    return np.where((at_end >= 0) & (before >= 0), at_end, -1)


def outcomes(run: Run) -> npt.NDArray[np.int64]:
    """How each trajectory ended, as an index into `OUTCOMES`, shape (N,)."""
    by_point = np.array([_outcome(point, run.landscape) for point in ends(run.landscape)] + [MOVING])  # -1 finds the last
    ended: npt.NDArray[np.int64] = np.where(run.diverged_at >= 0, DIVERGED, by_point[ended_at(run)])
    return ended


def shares(run: Run) -> dict[str, float]:
    """The share of trajectories, 0 to 1, for each of `OUTCOMES`."""
    counts = np.bincount(outcomes(run), minlength=len(OUTCOMES))
    return dict(zip(OUTCOMES, (counts / run.count).tolist(), strict=True))


def _outcome(point: StationaryPoint, landscape: Landscape) -> int:
    if _is_global(point, landscape):
        return GLOBAL
    return LOCAL if point.kind == "minimum" else STALLED


def _is_global(point: StationaryPoint, landscape: Landscape) -> bool:
    lowest = lowest_loss(landscape)
    return point.kind in ("minimum", "degenerate") and point.value <= lowest + 1e-9 * (1 + abs(lowest))


def _size(landscape: Landscape) -> Array:
    (x0, x1), (y0, y1) = landscape.window
    return np.array([x1 - x0, y1 - y0])


def _nearest(positions: Array, places: Array, size: Array, reach: Array) -> npt.NDArray[np.int64]:
    """The index of the nearest of `places` (2, M) within reach of each position (2, N), else -1; a few thousand positions at a time."""
    nearest = np.full(positions.shape[1], -1)
    for first in range(0, positions.shape[1], 4096):
        part = slice(first, first + 4096)
        apart = (positions[:, part, None] - places[:, None, :]) / size[:, None, None]
        distance = np.sqrt((apart**2).sum(axis=0))
        distance = np.where(np.isfinite(distance), distance, np.inf)
        closest = distance.argmin(axis=1)
        within = distance[np.arange(len(closest)), closest] <= reach[closest]
        nearest[part] = np.where(within, closest, -1)
    return nearest
