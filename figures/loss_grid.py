"""The landscape on a grid, and the scales on which its losses are shown.

Losses span many decades, and equal steps of loss would leave the valleys blank. Levels are therefore spaced by rank: so that in a round
bowl the contour lines lie at equal distances.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from formulas.libm.functions import log1p
from landscapes import Landscape, Window, grid
from parameters import Array

FINEST = 161
"""Points along each side of a map."""
LEVELS = 18
"""About how many contour lines a map has."""
_APART = 0.02
"""Two levels differ at least by this share of their height above the lowest."""
_EXTREME = 1e18
"""Where the highest loss is so many times as high above the lowest as a tenth of the area is, no share of it is a measure of that area."""
_HOLLOWS = 150
"""So many hollows on the grid can have a line at every level; they take the browser a second."""
_ONWARD = 0.4
"""Of the colours between two levels, that are given up for a smooth outermost line."""
_SKEWED = 4.5
"""Where the loss rises so much more steeply to its 95th percentile than to its median, heights are logarithmic."""


class Ground(Protocol):
    """What a figure must know of a landscape beside its losses: its name, the window ((x0, x1), (y0, y1)), and its axes' names."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def window(self) -> Window: ...  # noqa: D102

    @property
    def axes(self) -> tuple[str, str]: ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class LossGrid:
    """A landscape on an n x n grid over its window.

    Attributes:
        x, y: the grid's coordinates, shape (n,) each.
        losses: shape (n, n), y by x; NaN where there is no finite loss.
        levels: rising losses at which contour lines are drawn.
        logarithmic: whether heights in 3-D are logarithmic.
    """

    x: Array
    y: Array
    losses: Array
    levels: Array
    logarithmic: bool
    _low: float
    _unit: float
    _span: float

    def scale_as_data(self) -> dict[str, Any]:
        """What `rank` and `height` reckon with, for the browser to do the same."""
        return {"levels": self.levels.tolist(), "logarithmic": self.logarithmic, "low": self._low, "unit": self._unit, "span": self._span}

    def rank(self, losses: npt.ArrayLike) -> Array:
        """Positions among the levels: 0 at the lowest, one more at each further one, linear in between, constant beyond; NaN for NaN."""
        values = np.asarray(losses, dtype=np.float64)
        places = np.interp(values, self.levels, np.arange(len(self.levels), dtype=np.float64))
        return np.where(np.isfinite(values), places, np.nan)

    def drawn_rank(self, losses: npt.ArrayLike) -> Array:
        """`rank` as contour lines are drawn by: just above the outermost line it goes on as fast as below it, for a share of a level.

        Plotly takes values for linear between points of the grid. The highest level is far above the one before, so that `rank` rises
        several times as fast below the outermost line as above it: the line ran along the points of the grid, up to .7 of their distance
        from where it belongs (a third on average over all landscapes, and so less than a tenth).
        """
        ranks, k = self.rank(losses), len(self.levels) - 2
        if k < 1:
            return ranks
        below, above = self.levels[k] - self.levels[k - 1], self.levels[k + 1] - self.levels[k]
        onward = np.minimum((ranks - k) * max(1.0, above / below), _ONWARD)
        return np.asarray(np.where(ranks > k, np.maximum(ranks, k + onward), ranks))

    @property
    def every(self) -> int:
        """At every how many-th level a line is drawn: fewer where there are so many hollows that lines would cover the map."""
        ranks = self.rank(self.losses)
        around = np.stack(
            [np.roll(ranks, (up, right), axis=(0, 1))[1:-1, 1:-1] for up in (-1, 0, 1) for right in (-1, 0, 1) if (up, right) != (0, 0)]
        )
        middle = ranks[1:-1, 1:-1]
        hollows = int(np.sum((middle < around.min(axis=0)) & (middle < around.max(axis=0) - 1)))
        return max(1, min(-(-hollows // _HOLLOWS), len(self.levels) - 2))

    def height(self, losses: npt.ArrayLike) -> Array:
        """Losses as heights, 0 at the lowest in the window and 1 at the highest; logarithmic where the loss is skewed."""
        with np.errstate(all="ignore"):
            raised = np.asarray(losses, dtype=np.float64) - self._low
            heights = log1p(np.maximum(raised, 0.0) / self._unit) if self.logarithmic else raised / self._unit
            return np.asarray(heights / self._span)


@lru_cache(maxsize=32)
def loss_grid(landscape: Landscape, n: int = FINEST) -> LossGrid:
    """The landscape on a grid of n x n points; of fewer where each takes long."""
    n = min(n, landscape.fineness or n)
    points = grid(landscape.window, n)
    return grid_of(points[0, :n].copy(), points[1, ::n].copy(), landscape.value(points).reshape(n, n))


def grid_of(x: Array, y: Array, losses: Array, lowest: float = np.inf) -> LossGrid:
    """Losses on a grid with the scales on which they are shown.

    Args:
        x, y: the grid's coordinates, shape (n,) each.
        losses: shape (n, n), y by x.
        lowest: a loss that is to have a height of its own, too, though it may be lower than all on the grid.
    """
    losses = np.where(np.isfinite(losses), losses, np.nan)
    finite = np.sort(losses[np.isfinite(losses)])
    low, middle, high = min(finite[0], lowest), np.median(finite), finite[-1]
    if high - low < 1e-300 + 1e-14 * abs(high):  # flat: any scale will do
        high = low + 1.0
    skewed = (finite[int(0.95 * (finite.size - 1))] - low) > _SKEWED * (middle - low)
    tenth = finite[finite.size // 10] - low
    extreme = tenth > 0 and (high - low) / _EXTREME > tenth
    measure = tenth if extreme else high - low
    unit = max(0.05 * (tenth if extreme else middle - low), 1e-9 * measure) if skewed else high - low
    span = float(np.log1p((high - low) / unit)) if skewed else 1.0
    levels = _levels(finite, low, high, 1e-12 * measure)
    return LossGrid(x, y, losses, levels, bool(skewed), float(low), float(unit), span)


def _levels(finite: Array, low: float, high: float, apart: float) -> Array:
    """Levels at the squares of equal shares of the area, as long as they are apart; steps of equal loss fill up what is left."""
    shares = (np.arange(LEVELS) / (LEVELS - 1)) ** 2
    levels = _thinned(np.quantile(finite, shares), low, high, apart)
    if len(levels) < LEVELS // 2:
        levels = _thinned(np.sort(np.concatenate([levels, low + (high - low) * np.linspace(0, 1, LEVELS)])), low, high, apart)
    return levels


def _thinned(levels: Array, low: float, high: float, apart: float) -> Array:
    kept = [float(low)]
    for level in levels:
        if level - kept[-1] > max(_APART * (level - low), apart):
            kept.append(float(level))
    if kept[-1] < high:
        kept.append(float(high))
    return np.array(kept)
