"""The landscape of networks in 3-D in a picture or film, with their paths up to a step. Importing this module imports Matplotlib."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from exports.map_panel import heads_apart
from exports.relief_picture import MOVING, explained, up_to
from exports.surface_ground import BEHIND, MARK_BEHIND, SurfaceGround
from exports.to_matplotlib import line2d, parse_colour
from figures import Theme
from figures.maps import head_trace
from figures.networks import network_styles
from figures.paths import Path
from figures.relief import heights, plane_ground, plane_paths, relief_grid
from figures.theme import rgba
from networks.planes import Relief
from parameters import Array
from scenario import Comparison

_STEM = 1.4
"""CSS pixels: the width of the line from the plane to a head."""


@dataclass
class _Moving:
    """What moves of a network: its path on the surface where that is seen and where a hill is before it, and its head on a stem."""

    path: Path
    tops: Array
    trails: tuple[Line2D, Line2D]
    stem: Line2D
    head: Line2D


class ReliefSurface(SurfaceGround):
    """The plane of a comparison in 3-D: paths on the surface, as they are projected on it, and heads at their true losses, on stems.

    Args:
        axes: to draw in.
        comparison, theme, finer: as for `exports.relief_picture.ReliefMap`.
        turned: degrees by which the camera goes around it.

    Raises:
        ValueError: its networks make no plane.
    """

    def __init__(self, axes: Axes, comparison: Comparison, theme: Theme, finer: Relief | None = None, turned: float = 0.0) -> None:
        self.comparison, self.relief = comparison, finer or comparison.relief
        grid, styles = relief_grid(self.relief), network_styles(comparison)
        tops = [heights(grid, losses).astype(np.float64) for losses in self.relief.true_losses]
        tallest = max((float(part[np.isfinite(part)].max(initial=1.0)) for part in tops), default=1.0)
        super().__init__(axes, plane_ground(self.relief), grid, theme, turned, tallest)
        paths = plane_paths(self.relief, comparison.labels, styles)
        self.moving = [self._moving(path, top) for path, top in zip(paths, tops, strict=True)]
        told = f"{explained(self.relief)}heads stand at their true losses, on stems from the plane"
        axes.text(0.5, 0, told, transform=axes.transAxes, ha="center", va="top", color=theme.text, fontsize=11)

    def _moving(self, path: Path, tops: Array) -> _Moving:
        trails = self.trail(path, 1.0), self.trail(path, BEHIND)
        for trail in trails:
            trail.set_animated(False)
        stem = self.axes.plot([], [], color=parse_colour(rgba(path.style.colour, 0.8)), linewidth=_STEM, zorder=3.5)[0]
        return _Moving(path, tops, trails, stem, self.axes.add_line(line2d(head_trace(path, 0, self.theme), zorder=4)))

    @property
    def shades(self) -> list[str]:
        """Colours of the landscape."""
        return [name for _, name in self.theme.surface_colours[::3]]

    @property
    def artists(self) -> list[Artist]:
        """What moves, in the order in which it is drawn."""
        ground = self._drawn if self.relief.plane.moving is not None else []
        moving = [part for path in self.moving for part in (*path.trails, path.stem, path.head)]
        return [*ground, *sorted(moving, key=Artist.get_zorder)]

    def show(self, step: int) -> None:
        """Move the paths to a step; between two that are kept, on a straight line."""
        leader = self.relief.plane.moving
        if leader is not None:
            here = np.array([np.interp(step, self.comparison.steps, row) for row in self.comparison.runs[leader].weights.T])
            n = MOVING
            x, y = (np.linspace(low, high, n) for low, high in self.ground.window)
            self.draw(replace(self.camera.grid, x=x, y=y, losses=_finite(self.relief.landscape.through(here).grid(n))))
        ends = [self._trail_to(moving, step) for moving in self.moving]
        heads = [replace(moving.path, x=end[None, :1], y=end[None, 1:]) for moving, (end, _) in zip(self.moving, ends, strict=True)]
        placed = heads_apart(self.axes, heads, 0)
        for moving, place, (_, hidden) in zip(self.moving, placed, ends, strict=True):
            moving.head.set_data(*place)
            moving.head.set_alpha(MARK_BEHIND if hidden else 1.0)

    def _trail_to(self, moving: _Moving, step: int) -> tuple[Array, bool]:
        """Draw a path up to a step; where its head is on the picture, and whether that is behind a hill."""
        path, steps = moving.path, self.comparison.steps
        x, y, z, top = up_to(steps, (path.x[:, 0], path.y[:, 0], path.z[:, 0], moving.tops), step)
        points = self._seen(self.camera.box(x, y, z + path.look.lift))
        hidden = self.camera.hidden(points)
        near = hidden.copy()  # a line goes on to the next point that is seen
        near[1:] |= hidden[:-1]
        near[:-1] |= hidden[1:]
        place = self.camera.place(points)[:, :2]
        for trail, chosen in zip(moving.trails, (~hidden, near), strict=True):
            trail.set_data(*np.where(chosen[:, None], place, np.nan).T)
        head = self._seen(self.camera.box(x[-1:], y[-1:], top[-1:]))
        end = self.camera.place(head)[0, :2]
        moving.stem.set_data(*np.stack([place[-1], end], axis=1))
        return end, bool(self.camera.hidden(head)[0])

    def _seen(self, points: Array) -> Array:
        """NaN where points are not over the window."""
        return np.where(self.camera.inside(points)[:, None], points, np.nan)


def _finite(losses: Array) -> Any:
    return np.where(np.isfinite(losses), losses, np.nan)
