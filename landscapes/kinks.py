"""Minima at kinks, where no gradient is zero: those of an L1 penalty by Newton's method along the axes, others by direct search."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from formulas.libm.functions import cos, hypot, sin
from formulas.smoothness import SMOOTH, smoothness
from landscapes.stationary import STARTS, is_crest, merged
from landscapes.surface import Surface
from landscapes.window import grid
from parameters import Array

Minimum = tuple[float, float, float]
_CLOSE = 1e-6
"""Minima nearer to each other than this share of the window are one."""
_ITERATIONS = 150
_LOWEST = 128
"""From so many cells of the grid that are lower than their neighbours, the lowest of them, it is searched at most."""
_ROUNDS = 150
_FINEST = 1e-12
"""The radius, in windows, at which a direct search ends."""
_ANGLES = np.linspace(0.0, 2 * np.pi, 16, endpoint=False)
_ZOOMS = 17
"""How often the lowest place of a circle is looked at more closely, each time four times: enough for a valley with walls like roots."""
_WITHIN = np.linspace(-1.0, 1.0, 9)
_RADII = (1e-3, 1e-4, 1e-6)
"""Circles, in windows, on which nothing is lower than a minimum, and on the first everything higher."""
_POLE = 1.5
"""A quarter of the first circle is higher than of the last by this factor at least; what falls without end, as a logarithm, is by less."""
_DIGITS = (9, 4)
"""Of the width of the window, to which a minimum is rounded if that is not higher."""


def kink_minima(landscape: Surface, known: Array) -> list[Minimum]:
    """The minima at kinks, each (x, y, value): of a smooth formula with an L1 penalty those on the axes, of another formula the lowest.

    The latter are searched for from the lowest cells of a grid: from a point to the lowest on a circle around it, if that is lower,
    otherwise to a smaller circle, so that a bent valley with walls like roots (Bukin 6) is followed, too. Only what is lower than all of
    the circles around it is a minimum: no point of a kink that falls along itself, of a flat area, or of the edge of where the formula
    has a value. It usually takes about as long as `stationary_points` does, and seven times as long where most of the grid has no value.

    Args:
        landscape: with one value for each of its parameters.
        known: smooth minima, shape (2, M), which are not searched for, or at least not told, again.
    """
    if not landscape.formula:  # each point takes long, and a minimum at a kink of a network's loss is found by trajectories only
        return []
    if smoothness(landscape.tree) != SMOOTH:
        points = _of_formula(landscape, known)
    elif "l1" in landscape.penalty:
        points = _of_penalty(landscape)
    else:
        return []
    size = np.array([high - low for low, high in landscape.window]).reshape(2, 1, 1)
    apart = np.max(np.abs(points[:, :, None] - known[:, None, :]) / size, axis=0)
    points = points[:, np.all(apart > _CLOSE, axis=1)]
    return [(x, y, value) for (x, y), value in zip(points.T.tolist(), landscape.value(points).tolist(), strict=True)]


def _of_penalty(landscape: Surface) -> Array:
    """The minima on the axes, where the slope across an axis is smaller than the L1 penalty's strength, shape (2, M)."""
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
    found = merged(np.concatenate(candidates, axis=1), landscape.window, _CLOSE)
    found = found[:, (found[0] >= x0) & (found[0] <= x1) & (found[1] >= y0) & (found[1] <= y1)]
    return found[:, ~is_crest(landscape, found, landscape.value(found))]


def _of_formula(landscape: Surface, known: Array) -> Array:
    """The lowest minima at kinks of the formula itself, shape (2, M)."""
    circles = _Circles(landscape)
    centres = _lowest_cells(circles, known)
    values, radii = circles.value(centres), np.full(centres.shape[1], 1.0 / STARTS)
    ended = [np.zeros((2, 0))]
    for _ in range(_ROUNDS):
        places, lowest = circles.lowest(centres, radii)
        lower = lowest < values
        centres, values = np.where(lower, places, centres), np.where(lower, lowest, values)
        radii = np.where(lower, np.minimum(2 * radii, 2.0 / STARTS), radii / 4)
        inside = np.all((centres >= 0) & (centres <= 1), axis=0)
        ended.append(centres[:, inside & (radii < _FINEST)])
        going = inside & (radii >= _FINEST) & ~_beside_a_lower(centres, values, radii)
        centres, values, radii = centres[:, going], values[going], radii[going]
        if not centres.size:
            break
    return circles.rounded(circles.minima(np.concatenate(ended, axis=1)))


def _beside_a_lower(places: Array, values: Array, radii: Array | float) -> npt.NDArray[np.bool_]:
    """Whether each place has another within its radius that is lower, or as low and before it in the list, shape (N,)."""
    apart = hypot(*(places[:, :, None] - places[:, None, :]))
    number = np.arange(values.size)
    lower = (values < values[:, None]) | ((values == values[:, None]) & (number < number[:, None]))
    return np.asarray((lower & (apart <= np.broadcast_to(radii, values.shape)[:, None])).any(axis=1))


def _lowest_cells(circles: _Circles, known: Array) -> Array:
    """The centres, shape (2, K), of the lowest cells that are lower than those around them and not beside a known minimum as low."""
    places = grid(((0.0, 1.0), (0.0, 1.0)), STARTS)
    values = circles.value(places).reshape(STARTS, STARTS)
    padded = np.pad(values, 1, constant_values=np.inf)
    around = [padded[1 + up : 1 + up + STARTS, 1 + right : 1 + right + STARTS] for up in (-1, 0, 1) for right in (-1, 0, 1)]
    low = np.flatnonzero((np.isfinite(values) & (values <= np.min(around, axis=0))).ravel())
    low = low[np.argsort(values.ravel()[low], kind="stable")]
    beside = np.abs(places[:, low, None] - circles.share(known)[:, None, :]).max(axis=0, initial=0.0) < 1.5 / STARTS
    as_low = circles.value(circles.share(known))[None, :] <= values.ravel()[low, None]
    return places[:, low[~(beside & as_low).any(axis=1)][:_LOWEST]]


class _Circles:
    """The values of a surface on circles, where places are in shares of its window, shape (2, N). What has no value is infinitely high."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self._low = np.array([[low] for low, _ in surface.window])
        self._size = np.array([[high - low] for low, high in surface.window])

    def position(self, places: Array) -> Array:
        return self._low + self._size * places

    def share(self, positions: Array) -> Array:
        return np.asarray((positions - self._low) / self._size)

    def value(self, places: Array) -> Array:
        values = self._surface.value(self.position(places))
        return np.where(np.isfinite(values), values, np.inf)

    def on(self, centres: Array, radii: Array, angles: Array) -> tuple[Array, Array]:
        """The places at some angles, shape (A, N), on the circles around N centres, shape (2, A, N), and their values, shape (A, N)."""
        places = centres[:, None, :] + radii * np.stack([cos(angles), sin(angles)])
        return places, self.value(places.reshape(2, -1)).reshape(angles.shape)

    def lowest(self, centres: Array, radii: Array) -> tuple[Array, Array]:
        """The lowest place on each circle, shape (2, N), and its value, shape (N,): two dips of each are looked at ever more closely."""
        count = centres.shape[1]
        angles = np.broadcast_to(_ANGLES[:, None], (_ANGLES.size, count))
        _, values = self.on(centres, radii, angles)
        dip = (values <= np.roll(values, 1, axis=0)) & (values <= np.roll(values, -1, axis=0))
        middle = _ANGLES[np.argsort(np.where(dip, values, np.inf), axis=0, kind="stable")[:2]]
        centres, radii, lanes = np.repeat(centres[:, None], 2, axis=1).reshape(2, -1), np.tile(radii, 2), np.arange(2 * count)
        middle, reach = middle.ravel(), _ANGLES[1]
        for _ in range(_ZOOMS):
            angles = middle + reach * _WITHIN[:, None]
            places, values = self.on(centres, radii, angles)
            best = values.argmin(axis=0)
            middle, reach = angles[best, lanes], reach / 4
        places, values = places[:, best, lanes].reshape(2, 2, count), values[best, lanes].reshape(2, count)
        better = values.argmin(axis=0)
        return places[:, better, np.arange(count)], values[better, np.arange(count)]

    def rounded(self, places: Array) -> Array:
        """The positions of the places, with few digits where these are not higher: exactly 0 rather than 3e-13."""
        positions = self.position(places)
        for digits in _DIGITS:
            steps = 10.0 ** (np.floor(np.log10(self._size)) - digits)
            few = np.rint(positions / steps) * steps + 0.0
            positions = np.where(self._surface.value(few) <= self._surface.value(positions), few, positions)
        return positions

    def minima(self, places: Array) -> Array:
        """Those of the places that are minima."""
        values = self.value(places)
        found, rises, quarters = np.isfinite(values), list[Array](), list[Array]()
        for radius in _RADII:
            radii = np.full(values.shape, radius)
            _, around = self.on(places, radii, np.broadcast_to(_ANGLES[:, None], (_ANGLES.size, values.size)))
            with np.errstate(invalid="ignore"):
                rises.append(self.lowest(places, radii)[1] - values)
                quarters.append(np.sort(around, axis=0)[_ANGLES.size // 4] - values)
            found &= np.isfinite(around).all(axis=0)
        slack = 1e-12 * (np.abs(values) + 1)
        found &= (rises[0] > slack) & np.all(np.stack(rises) > -slack, axis=0) & (quarters[0] > _POLE * quarters[-1])
        places, values = places[:, found], values[found]
        return places[:, ~_beside_a_lower(places, values, _RADII[0])]
