"""The loss of networks on a plane through the space of their weights, drawn as any landscape is, with the paths of their training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from figures.loss_grid import LossGrid, grid_of
from figures.maps import ground_map
from figures.paths import Path, near
from figures.surface import ground_surface
from figures.theme import LIGHT, Look, Style, Theme
from landscapes import Window
from networks.planes import Relief
from networks.planes.reliefs import DECEIVES
from parameters import Array, short

if TYPE_CHECKING:
    import plotly.graph_objects as go

_FAR = 1000
"""Larger factors are not told more exactly."""
_FEWEST = 85
"""A surface has about so many points along each side at most: more are not seen, and the browser draws them again and again."""


@dataclass(frozen=True)
class PlaneGround:
    """What figures must know of a plane: its name, what is shown of it, and the names of its axes, which are directions of many weights."""

    name: str
    window: Window
    axes: tuple[str, str]


def plane_ground(relief: Relief) -> PlaneGround:
    """The plane of a relief."""
    return PlaneGround(f"Loss of {relief.landscape.name}", relief.window, relief.plane.axes)


@lru_cache(maxsize=8)
def relief_grid(relief: Relief) -> LossGrid:
    """Its losses with the scales on which they are shown; the true losses of the paths have places on them, too."""
    sides = [np.linspace(low, high, len(relief.values)) for low, high in relief.window]
    if not np.isfinite(relief.values).any():
        raise ValueError(f"{relief.landscape.name}: no point of the plane's window has a finite loss, so that there is nothing to draw")
    return grid_of(sides[0], sides[1], relief.values, _lowest(relief.true_losses))


@lru_cache(maxsize=8)
def _coarse(relief: Relief) -> LossGrid:
    """The same with few enough points for a surface, on the same scales."""
    grid, n = relief_grid(relief), len(relief.values)
    every = next((step for step in range(max(1, (n - 1) // _FEWEST), 0, -1) if (n - 1) % step == 0), 1)
    return replace(grid, x=grid.x[::every], y=grid.y[::every], losses=grid.losses[::every, ::every])


def _lowest(losses: Sequence[Array]) -> float:
    return min((float(part[np.isfinite(part)].min(initial=np.inf)) for part in losses), default=np.inf)


def relief_map(relief: Relief, theme: Theme = LIGHT, compact: bool = False) -> go.Figure:
    """The plane from above, without the paths.

    Args:
        relief: what to draw.
        theme: light or dark.
        compact: as for `figures.landscape_map`.
    """
    return ground_map(plane_ground(relief), relief_grid(relief), theme, compact=compact)


def relief_surface(relief: Relief, theme: Theme = LIGHT) -> go.Figure:
    """The plane's losses in 3-D, without the paths."""
    return ground_surface(plane_ground(relief), _coarse(relief), theme)


def plane_paths(relief: Relief, labels: Sequence[str], looks: Sequence[Style]) -> list[Path]:
    """The paths at their points, projected on the plane: on its surface, not at their true losses.

    Args:
        relief: with the paths, all of the same number of points.
        labels, looks: a name for each, and how it is drawn.
    """
    grid, look = relief_grid(relief), Look.of(1, len(labels))
    drawn = []
    for label, style, where, losses in zip(labels, looks, relief.coordinates, relief.plane_losses, strict=True):
        x, y = near(where[:, :, None], relief.window).astype(np.float32).transpose(1, 0, 2)
        drawn.append(Path(label, style, look, x, y, heights(grid, losses)[:, None]))
    return drawn


def factor_in_words(true: float, plane: float) -> str:
    """How far the loss that a plane shows is from the true one: "1.2×", or "30× too high" where that deceives; "" where there is none.

    The player says the same, in js/honesty.js.
    """
    if not (true > 0 and plane > 0):
        return ""
    factor = max(true / plane, plane / true)
    told = f"over {_FAR}×" if factor > _FAR else f"{factor:.1f}×" if factor < 10 else f"{short(float(f'{factor:.2g}'))}×"
    return told if factor < DECEIVES else f"{told} too {'high' if plane > true else 'low'}"


def heights(grid: LossGrid, losses: Array) -> Array:
    """Losses as heights in 3-D, in single precision; those far above the highest that is shown stand at twice its height."""
    return np.clip(grid.height(losses), -0.1, 2.0).astype(np.float32)
