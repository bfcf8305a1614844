"""Trajectories as arrays that Plotly draws: many lines as one, with gaps between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from figures.loss_grid import LossGrid
from figures.theme import Look, Style, race_styles
from landscapes import Window
from parameters import Array
from scenario import Race

Floats = npt.NDArray[np.floating]
_FINEST = 1e-5
"""Positions are known to this share of the window, and more: a map can be zoomed."""
_OUTSIDE = 1.0
"""A line is drawn up to so many windows beyond the window's edge, and leaves the picture before that."""


@dataclass(frozen=True, eq=False)
class Path:
    """One optimizer's trajectories, ready to draw.

    Attributes:
        label, style, look: its name and how it is drawn.
        x, y, z: positions and heights, shape (T + 1, N), in single precision, positions in double where the window is too small for that;
            NaN where diverged or far outside.
    """

    label: str
    style: Style
    look: Look
    x: Floats
    y: Floats
    z: Floats

    @property
    def count(self) -> int:
        """The number of trajectories."""
        return int(self.x.shape[1])

    def lines(self, first: int, last: int) -> tuple[Floats, Floats, Floats]:
        """The lines from step `first` to step `last` of all trajectories, one after the other with a gap behind each: x, y, z."""
        x, y, z = (_with_gaps(part[max(first, 0) : last + 1]) for part in (self.x, self.y, self.z))
        return x, y, z


def paths(race: Race, grid: LossGrid) -> list[Path]:
    """The paths of a race, one for each run."""
    drawn = []
    look = Look.of(race.runs[0].count, len(race.runs))
    for run, label, style in zip(race.runs, race.labels, race_styles(race), strict=True):
        positions = near(run.positions, race.landscape.window)
        heights = np.clip(grid.height(run.losses), -0.1, 2.0)
        x, y = (positions[:, axis].astype(precision(race.landscape.window)) for axis in (0, 1))
        z = heights.astype(np.float32)
        drawn.append(Path(label, style, look, x, y, z))
    return drawn


def precision(window: Window) -> type[np.floating]:
    """What numbers positions need: single precision, or double where its steps could be seen in so small a window so far from zero."""
    coarse = any(np.spacing(np.float32(max(abs(low), abs(high)))) > _FINEST * (high - low) for low, high in window)
    return np.float64 if coarse else np.float32


def near(positions: Array, window: Window) -> Array:
    """Positions of shape (T, 2, N), NaN where they are so far outside the window that a line to them would not end on any screen."""
    low, high = np.array(window).T[:, :, None]
    size = high - low
    with np.errstate(invalid="ignore"):
        inside = ((positions > low - _OUTSIDE * size) & (positions < high + _OUTSIDE * size)).all(axis=1)
    return np.where(inside[:, None, :], positions, np.nan)


def _with_gaps(part: Floats) -> Floats:
    gap = np.full((1, part.shape[1]), np.nan, dtype=part.dtype)
    return np.concatenate([part, gap]).T.ravel()
