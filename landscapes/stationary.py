"""Minima, saddles and maxima of any landscape, by Newton's method from a grid of starts, all in parallel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from landscapes.surface import Surface
from landscapes.window import Window, check_window, grid
from parameters import Array

STARTS = 96
"""Starts along each axis of the window."""
_ITERATIONS = 150
_CLOSE = 1e-6
"""Points nearer to each other than this share of the window are one."""
_FLAT = 1e-6
"""An eigenvalue below this share of the landscape's usual curvature counts as zero."""
_MOST = 2000
"""A curve of stationary points is thinned out to fewer than these."""


@dataclass(frozen=True)
class StationaryPoint:
    """A point where the gradient vanishes.

    Attributes:
        x, y, value: where it is, and the loss there.
        kind: "minimum", "saddle", "maximum" or "degenerate" (an eigenvalue is zero: a monkey saddle, a point of a valley's floor).
        eigenvalues: of the Hessian there, the smaller first.
    """

    x: float
    y: float
    value: float
    kind: str
    eigenvalues: tuple[float, float]


def stationary_points(landscape: Surface, window: Window | None = None) -> list[StationaryPoint]:
    """All stationary points in the window that Newton's method finds from a 96 x 96 grid of starts, lowest first.

    A point where the surface has a kink (Ackley's centre) has no gradient and is not among them.

    Args:
        landscape: with one value for each of its parameters.
        window: ((x0, x1), (y0, y1)); by default the landscape's own.

    Raises:
        ValueError: a parameter holds an array.
    """
    if landscape.per_lane:
        raise ValueError(f"{landscape.name}: stationary points need one value for each parameter, not an array of them")
    return list(_search(landscape, landscape.window if window is None else check_window(window, landscape.name)))


def kink_minima(landscape: Surface) -> list[tuple[float, float, float]]:
    """The minima at the kinks of an L1 penalty, on the axes: where the slope across an axis is smaller than the penalty's strength."""
    strength = float(landscape.penalty["l1"])
    smooth = landscape.penalized(**{name: value for name, value in landscape.penalty.items() if name != "l1"})
    candidates = [np.zeros((2, 1))] if np.all(np.abs(smooth.gradient([[0.0], [0.0]])) < strength) else []
    for along, (low, high) in enumerate(landscape.window):
        points = np.zeros((2, 10 * STARTS))
        points[along] = np.linspace(low, high, 10 * STARTS)
        side = np.sign(points[along])
        with np.errstate(all="ignore"):
            for _ in range(_ITERATIONS):
                step = -(smooth.gradient(points)[along] + strength * side) / smooth.hessian(points)[along, along]
                points[along] += np.clip(step, -0.1 * (high - low), 0.1 * (high - low))
        across, bend = smooth.gradient(points)[1 - along], smooth.hessian(points)[along, along]
        inside = (points[along] * side > 0) & (points[along] >= low) & (points[along] <= high)
        candidates.append(points[:, inside & (np.abs(step) < 1e-9 * (high - low)) & (np.abs(across) < strength) & (bend > 0)])
    (x0, x1), (y0, y1) = landscape.window
    found = _merge(np.concatenate(candidates, axis=1), np.array([[x1 - x0], [y1 - y0]]), _CLOSE)
    found = found[:, (found[0] >= x0) & (found[0] <= x1) & (found[1] >= y0) & (found[1] <= y1)]
    return [(x, y, value) for (x, y), value in zip(found.T.tolist(), landscape.value(found).tolist(), strict=True)]


@lru_cache(maxsize=64)
def _search(landscape: Surface, window: Window) -> tuple[StationaryPoint, ...]:
    size = np.array([[high - low] for low, high in window])
    low = np.array([[low] for low, _ in window])
    start = grid(window, STARTS)
    points = _newton(landscape, start, low + size / 2, size)
    points = points[:, np.all((points >= low - 1e-9 * size) & (points <= low + (1 + 1e-9) * size), axis=0)]
    points = _merge(points, size, _CLOSE)
    if not points.size:
        return ()
    eigenvalues = _eigenvalues(landscape.evaluate(("dxx", "dxy", "dyy"), points))
    curvature = np.abs(_eigenvalues(landscape.evaluate(("dxx", "dxy", "dyy"), start)))
    usual = float(np.median(curvature[np.isfinite(curvature)]))
    flat = np.min(np.abs(eigenvalues), axis=0) <= _FLAT * max(usual, 1e-300)
    if flat.sum() > 12:  # a curve of them: every point of it is stationary
        thin = _merge(points[:, flat], size, 0.02)
        points = np.concatenate([points[:, ~flat], thin], axis=1)
        eigenvalues = _eigenvalues(landscape.evaluate(("dxx", "dxy", "dyy"), points))
        flat = np.min(np.abs(eigenvalues), axis=0) <= _FLAT * max(usual, 1e-300)
    points[np.abs(points) < 1e-12 * size] = 0.0  # rather than 3e-25
    values = landscape.value(points)
    found = [
        StationaryPoint(x, y, value, "degenerate" if zero else _kind(smaller, larger), (smaller, larger))
        for (x, y), value, (smaller, larger), zero in zip(
            points.T.tolist(), values.tolist(), eigenvalues.T.tolist(), flat.tolist(), strict=True
        )
        if np.isfinite(value)
    ]
    height = max((abs(point.value) for point in found), default=0.0) or 1.0
    return tuple(sorted(found, key=lambda point: (round(point.value / height, 9), point.x, point.y)))


def _newton(landscape: Surface, points: Array, centre: Array, size: Array) -> Array:
    """Newton's method on the gradient from every start at once; returns where it converged, shape (2, M)."""
    converged: list[Array] = []
    for _ in range(_ITERATIONS):
        dx, dy, dxx, dxy, dyy = landscape.evaluate(("dx", "dy", "dxx", "dxy", "dyy"), points)
        with np.errstate(all="ignore"):
            determinant = dxx * dyy - dxy * dxy
            step = np.stack([dxy * dy - dyy * dx, dxy * dx - dxx * dy]) / determinant
            trace = dxx + dyy
            singular = np.abs(determinant) <= 1e-14 * trace**2  # the same all along one direction: move across it only
            across = -np.stack([dxx * dx + dxy * dy, dxy * dx + dyy * dy]) / trace**2
            rest = np.abs(np.stack([dx, dy]) + np.stack([dxx * across[0] + dxy * across[1], dxy * across[0] + dyy * across[1]]))
            singular &= np.max(rest, axis=0) <= 1e-9 * np.maximum(np.abs(dx), np.abs(dy))  # and it does not fall along it
            step = np.where(singular, across, step)
            on_valley = (dx == 0) & (dy == 0)
            step[:, on_valley] = 0.0
            length = np.max(np.abs(step) / size, axis=0)
            step *= np.minimum(1.0, 0.1 / length)  # no leap over more than a tenth of the window
        moved = points + step
        done = length < 1e-10
        converged.append(moved[:, done & ~_plateau(dxx, dxy, dyy)])
        going = ~done & np.isfinite(length) & np.all(np.abs(moved - centre) < 2 * size, axis=0)
        points = moved[:, going]
        if not points.size:
            break
    return np.concatenate([*converged, points[:, :0]], axis=1)


def _plateau(dxx: Array, dxy: Array, dyy: Array) -> npt.NDArray[np.bool_]:
    """Where the surface is exactly flat in floating point, so that nothing can be said."""
    flat: npt.NDArray[np.bool_] = (dxx == 0) & (dxy == 0) & (dyy == 0)
    return flat


def _merge(points: Array, size: Array, close: float) -> Array:
    """One point for every cluster of points nearer than `close` of the window."""
    scaled = points / size
    _, first = np.unique(np.rint(scaled / close), axis=1, return_index=True)
    if first.size > _MOST:
        return _merge(points, size, 2 * close) if close < 0.05 else points[:, first]
    scaled, points = scaled[:, first], points[:, first]
    apart = np.max(np.abs(scaled[:, :, None] - scaled[:, None, :]), axis=0) > close
    return points[:, np.all(apart | np.tri(first.size, dtype=bool).T, axis=1)]  # without what lies close to an earlier one


def _eigenvalues(hessian: Array) -> Array:
    """Of symmetric matrices given as rows xx, xy, yy: shape (2, N), the smaller first."""
    xx, xy, yy = hessian
    with np.errstate(all="ignore"):
        mean, difference = (xx + yy) / 2, (xx - yy) / 2
        root = np.sqrt(difference**2 + xy**2)
        return np.stack([mean - root, mean + root])


def _kind(smaller: float, larger: float) -> str:
    return "minimum" if smaller > 0 else "maximum" if larger < 0 else "saddle"
