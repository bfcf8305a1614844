"""Minima, saddles and maxima of any landscape, by Newton's method from a grid of starts, all in parallel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from formulas.libm.functions import atan2
from landscapes.surface import Surface
from landscapes.window import Window, check_window, grid
from parameters import Array

STARTS = 96
"""Starts along each axis of the window."""
_ITERATIONS = 150
_CLOSE = 1e-6
"""Points nearer to each other than this share of the window are one."""
_FLAT = 1e-6
"""An eigenvalue below this share of the usual curvature, of the landscape or of the point's surroundings, counts as zero."""
_BESIDE = 1e-3
"""What lies so far from a point, as a share of the window, is its surroundings."""
_THIN = 0.02
"""A curve of stationary points is thinned out to points this share of the window apart."""
MOST = 8000
"""As many points are listed at most, first of all the lowest minima."""
_CELLS = (192, 384, 768, 800)
"""Cells along each axis in which the gradient is looked at; others as long as the last showed points that were not known."""
_CROWDED = 0.02
"""Where more than this share of the cells would hold a point they cannot be told apart."""
_FEW = 12
"""Points along each side at which the usual curvature of a landscape is looked at whose points take long."""
_NEAR = 30
"""Iterations from a start beside the point."""
_ZOOM = 8
"""How much smaller each window is that is searched around the lowest minimum, where there are too many points to tell them apart."""
_DEEPEST = 8
_SHARP = 1e9
"""Times the usual curvature: bent more than this, a minimum may be a crest, where Newton's steps are short whatever the slope."""
_AROUND = np.array([(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y], dtype=float).T


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


class StationaryPoints(list[StationaryPoint]):
    """Stationary points, lowest first.

    Attributes:
        complete: whether these are all that there are in the window as far as the search can tell. Otherwise they are more than `MOST`, or
            closer together than can be told apart, and the lowest minima are listed first of all.
    """

    def __init__(self, points: Iterable[StationaryPoint] = (), complete: bool = True) -> None:
        super().__init__(points)
        self.complete = complete


def stationary_points(landscape: Surface, window: Window | None = None) -> StationaryPoints:
    """The stationary points in the window that Newton's method finds, lowest first; of more than 8,000 the lowest minima first of all.

    Newton's method starts from a 96 x 96 grid, and then from every cell of a finer grid around which the gradient turns though no point was
    found in it (its turns count the points inside: Poincare and Hopf). A point where the surface has a kink (Ackley's centre) has no
    gradient and is not among them; `landscapes.kinks` finds the minima of that kind.

    Args:
        landscape: with one value for each of its parameters.
        window: ((x0, x1), (y0, y1)); by default the landscape's own.

    Raises:
        TypeError: it is no landscape.
        ValueError: a parameter holds an array.
    """
    if not isinstance(landscape, Surface):
        raise TypeError(f"stationary points are of a landscape, landscapes.get('himmelblau') say, not of {landscape!r}")
    if landscape.per_lane:
        raise ValueError(f"{landscape.name}: stationary points need one value for each parameter, not an array of them")
    points, complete = _search(landscape, landscape.window if window is None else check_window(window, landscape.name))
    return StationaryPoints(points, complete)


def from_cells(landscape: Surface, window: Window, cells: int) -> StationaryPoints:
    """The stationary points that Newton's method finds from every cell of a grid around which the gradient turns.

    For a landscape whose points take long: it looks at cells * cells slopes and few curvatures, not at some hundred thousand of both. Two
    points in one cell are missed, so the list is never called complete.

    Args:
        landscape: with one value for each of its parameters.
        window: ((x0, x1), (y0, y1)).
        cells: of the grid, along each side.
    """
    starts = _missed(landscape, window, cells, np.empty((2, 0)))
    points = merged(_inside(_newton(landscape, starts, window, _NEAR), window), window, _CLOSE)
    usual = _usual_curvature(landscape, window, _FEW)
    return StationaryPoints(_classified(landscape, points, usual) if points.size else (), complete=False)


@lru_cache(maxsize=64)
def _search(landscape: Surface, window: Window) -> tuple[tuple[StationaryPoint, ...], bool]:
    """The points in the window, lowest first, and whether these are all."""
    if landscape.fineness:
        return tuple(from_cells(landscape, window, landscape.fineness)), False
    usual = _usual_curvature(landscape, window)
    points, resolved = _all_points(landscape, window, usual)
    resolved = resolved and not _hides_others(landscape, points, window, window, usual)
    shown, complete = window, resolved
    for _ in range(_DEEPEST):
        if resolved or not points.size:
            break
        shown = _around_the_lowest(landscape, points, shown, window)
        more, resolved = _all_points(landscape, shown, usual)
        points = merged(
            np.concatenate([points, more], axis=1), window, _CLOSE * (shown[0][1] - shown[0][0]) / (window[0][1] - window[0][0])
        )
        resolved = resolved and not _hides_others(landscape, points, shown, window, usual)
    points[np.abs(points) < 1e-12 * _size(window)] = 0.0  # rather than 3e-25
    found = _classified(landscape, points, usual)
    if len(found) > MOST:
        minima = [point for point in found if point.kind == "minimum"][:MOST]
        others = [point for point in found if point.kind != "minimum"][: MOST - len(minima)]
        found, complete = sorted([*minima, *others], key=lambda point: point.value), False
    return tuple(found), complete


def _around_the_lowest(landscape: Surface, points: Array, shown: Window, window: Window) -> Window:
    """A smaller window, inside the whole one, around the lowest of the points."""
    x, y = points[:, np.nanargmin(landscape.value(points))].tolist()
    sides = [(high - low) / (2 * _ZOOM) for low, high in shown]
    (left, right), (bottom, top) = (
        (max(low, at - side), min(high, at + side)) for (low, high), at, side in zip(window, (x, y), sides, strict=True)
    )
    return (left, right), (bottom, top)


def _hides_others(landscape: Surface, points: Array, shown: Window, window: Window, usual: float) -> bool:
    """Whether a closer look around the lowest of the points finds some that are not among them.

    Ripples that are narrower than a cell, in a small part of the window, turn the gradient around few cells only, as a few points would.
    """
    if not points.size:
        return False
    near = _around_the_lowest(landscape, points, shown, window)
    more = _inside(_newton(landscape, _missed(landscape, near, _CELLS[0], points), near, _NEAR), near)
    both = merged(np.concatenate([points, more], axis=1), near, _CLOSE)
    known = merged(points, near, _CLOSE)
    return bool(np.sum(~_is_flat(landscape, both, usual)) > np.sum(~_is_flat(landscape, known, usual)))


def _all_points(landscape: Surface, window: Window, usual: float) -> tuple[Array, bool]:
    """The stationary points, shape (2, M), a curve of them thinned out; and whether the finest cells showed none that was not known."""
    points = merged(_inside(_newton(landscape, grid(window, STARTS), window), window), window, _CLOSE)
    flat, resolved = _is_flat(landscape, points, usual), False
    for cells in _CELLS:
        missed = _missed(landscape, window, cells, points)
        crowded = missed.shape[1] + int(np.sum(~flat)) > _CROWDED * cells**2
        if crowded and cells != _CELLS[-1]:
            continue
        if missed.shape[1] > MOST:
            missed = missed[:, np.argsort(landscape.value(missed), kind="stable")[:MOST]]
        more = _inside(_newton(landscape, missed, window, _NEAR), window)
        known = int(np.sum(~flat))
        points = merged(np.concatenate([points, more], axis=1), window, _CLOSE)
        flat = _is_flat(landscape, points, usual)
        resolved = not crowded and int(np.sum(~flat)) == known
        if resolved:
            break
    if flat.sum() > 12:  # a curve of them: every point of it is stationary
        points = np.concatenate([points[:, ~flat], merged(points[:, flat], window, _THIN)], axis=1)
    return points, resolved


def _missed(landscape: Surface, window: Window, cells: int, points: Array) -> Array:
    """The centres, shape (2, K), of the cells around which the gradient turns though neither they nor their neighbours hold a point.

    No cell's border should run through a stationary point, so the grid is shifted, and reaches a little beyond the window.
    """
    shift, low, size = np.array([[0.37], [0.41]]), _low(window), _size(window)
    sides = low + size * (np.arange(cells + 2) - shift) / cells
    x, y = np.meshgrid(*sides)
    dx, dy = landscape.evaluate(("dx", "dy"), np.stack([x.ravel(), y.ravel()])).reshape(2, cells + 2, cells + 2)
    turning = _mixed(dx) & _mixed(dy)
    column, row = np.clip(((points - low) / size * cells + shift).astype(np.intp), 0, cells)
    for up in (-1, 0, 1):
        for right in (-1, 0, 1):
            turning[np.clip(row + up, 0, cells), np.clip(column + right, 0, cells)] = False
    row, column = np.nonzero(turning)
    corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
    angles = np.stack([atan2(dy[at], dx[at]) for at in corners])
    with np.errstate(invalid="ignore"):
        turns = (np.roll(angles, -1, axis=0) - angles + np.pi) % (2 * np.pi) - np.pi
        some = np.abs(turns.sum(axis=0)) > 1
    return np.asarray(low + size * (np.stack([column[some], row[some]]) + 0.5 - shift) / cells)


def _mixed(values: Array) -> npt.NDArray[np.bool_]:
    """For each cell of a grid whether the values at its corners have both signs."""
    some, every = (
        combine(combine(values[:-1] > 0, values[1:] > 0)[:, :-1], combine(values[:-1] > 0, values[1:] > 0)[:, 1:])
        for combine in (np.logical_or, np.logical_and)
    )
    return np.asarray(some & ~every)


def _usual_curvature(landscape: Surface, window: Window, side: int = STARTS) -> float:
    curvature = np.abs(_eigenvalues(landscape.evaluate(("dxx", "dxy", "dyy"), grid(window, side))))
    finite = curvature[np.isfinite(curvature)]
    return max(float(np.median(finite)), 1e-300) if finite.size else 1e-300


def _is_flat(landscape: Surface, points: Array, usual: float) -> npt.NDArray[np.bool_]:
    """Whether an eigenvalue of the Hessian at each point counts as zero, shape (N,).

    Where a landscape grows as exp(x**2 + y**2) does, its usual curvature is that of its corners and says nothing of its middle.
    """
    beside = points[:, :, None] + _BESIDE * _size(landscape.window)[:, :, None] * _AROUND[:, None, :]
    both = np.concatenate([points[:, :, None], beside], axis=2)
    curvature = np.abs(_eigenvalues(landscape.evaluate(("dxx", "dxy", "dyy"), both.reshape(2, -1)))).reshape(2, *both.shape[1:])
    around = np.nanmax(curvature, axis=(0, 2), initial=0.0, where=np.isfinite(curvature))
    return np.asarray(np.min(curvature[:, :, 0], axis=0) <= _FLAT * np.minimum(usual, around))


def is_crest(landscape: Surface, points: Array, values: Array) -> npt.NDArray[np.bool_]:
    """Whether it falls at once beside each point, shape (N,), whose slope may be 0 all the same as the mean of its sides."""
    around = points[:, :, None] + 1e-6 * _size(landscape.window)[:, :, None] * _AROUND[:, None, :]
    lowest = landscape.value(around.reshape(2, -1)).reshape(values.size, 8).min(axis=1)
    return np.asarray(lowest < values - 1e-12 * (np.abs(values) + 1))


def _classified(landscape: Surface, points: Array, usual: float) -> list[StationaryPoint]:
    """The points with their values and kinds, lowest first; those without a value are left out."""
    eigenvalues, values = _eigenvalues(landscape.evaluate(("dxx", "dxy", "dyy"), points)), landscape.value(points)
    crests = np.zeros(values.size, dtype=bool)
    sharp = eigenvalues[0] > _SHARP * usual
    crests[sharp] = is_crest(landscape, points[:, sharp], values[sharp])
    found = [
        StationaryPoint(x, y, value, "degenerate" if zero else _kind(smaller, larger), (smaller, larger))
        for (x, y), value, (smaller, larger), zero, crest in zip(
            points.T.tolist(),
            values.tolist(),
            eigenvalues.T.tolist(),
            _is_flat(landscape, points, usual).tolist(),
            crests.tolist(),
            strict=True,
        )
        if np.isfinite(value) and not crest
    ]
    height = max((abs(point.value) for point in found), default=0.0) or 1.0
    return sorted(found, key=lambda point: (round(point.value / height, 9), point.x, point.y))


def _newton(landscape: Surface, points: Array, window: Window, iterations: int = _ITERATIONS) -> Array:
    """Newton's method on the gradient from every start at once; returns where it converged, shape (2, M)."""
    size, converged = _size(window), list[Array]()
    centre = _low(window) + size / 2
    for _ in range(iterations):
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


def merged(points: Array, window: Window, close: float) -> Array:
    """One point for every cluster of points nearer than `close` of the window."""
    for shift in (0.0, 0.5):  # two that lie on both sides of a cell's border are in one cell of the other grid
        for other in (0.0, 0.5):
            column, row = np.rint((points - _low(window)) / _size(window) / close + np.array([[shift], [other]]))
            order = np.lexsort((column, row))
            first = np.append(True, (np.diff(column[order]) != 0) | (np.diff(row[order]) != 0))[: order.size]
            points = points[:, np.sort(order[first])]
    return points


def _inside(points: Array, window: Window) -> Array:
    """Those of the points that lie in the window or, but for rounding, on its edge."""
    shares = (points - _low(window)) / _size(window)
    return points[:, np.all((shares >= -1e-9) & (shares <= 1 + 1e-9), axis=0)]


def _low(window: Window) -> Array:
    return np.array([[low] for low, _ in window])


def _size(window: Window) -> Array:
    return np.array([[high - low] for low, high in window])


def _eigenvalues(hessian: Array) -> Array:
    """Of symmetric matrices given as rows xx, xy, yy: shape (2, N), the smaller first."""
    xx, xy, yy = hessian
    with np.errstate(all="ignore"):
        mean, difference = (xx + yy) / 2, (xx - yy) / 2
        root = np.sqrt(difference**2 + xy**2)
        return np.stack([mean - root, mean + root])


def _kind(smaller: float, larger: float) -> str:
    return "minimum" if smaller > 0 else "maximum" if larger < 0 else "saddle"
