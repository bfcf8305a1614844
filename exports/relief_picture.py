"""The landscape of networks in a picture or film: the map of their loss on a plane, with their paths up to a step.

Importing this module imports Matplotlib.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from exports.map_panel import heads_apart
from exports.noise_ellipses import NoiseEllipses
from exports.to_matplotlib import draw_landscape, line2d, line_style, parse_colour
from figures import Theme
from figures.maps import has_one_scale, head_trace, landscape_trace
from figures.networks import network_styles
from figures.paths import Floats, Path
from figures.relief import factor_in_words, plane_ground, plane_paths, relief_grid
from figures.theme import Look, rgba
from networks.planes import Relief
from parameters import Array
from scenario import Comparison

MOVING = 64
"""Points along each side of a slice that moves, which is drawn anew in every picture."""


@dataclass
class _Path:
    """What moves of a network on the map."""

    path: Path
    trail: Line2D
    head: Line2D
    note: Any


class ReliefMap:
    """The plane of a comparison from above.

    Args:
        axes: to draw in.
        comparison: what to draw.
        theme: light or dark.
        finer: the same plane from more points, from `Comparison.refined`.

    Raises:
        ValueError: its networks make no plane.
    """

    def __init__(self, axes: Axes, comparison: Comparison, theme: Theme, finer: Relief | None = None) -> None:
        self.axes, self.comparison, self.theme, self.relief = axes, comparison, theme, finer or comparison.relief
        self.grid, self.ground = relief_grid(self.relief), plane_ground(self.relief)
        (x0, x1), (y0, y1) = self.ground.window
        self._aspect: Literal["equal", "auto"] = "equal" if has_one_scale(self.ground.window) else "auto"
        axes.set(xlim=(x0, x1), ylim=(y0, y1), autoscale_on=False, facecolor=theme.background)
        axes.spines[:].set_visible(False)
        axes.tick_params(which="both", colors=theme.text, color=parse_colour(theme.line), labelsize=11)
        axes.locator_params(nbins=6)
        axes.set_xlabel(f"{explained(self.relief)}at each head: by what factor the loss shown is off", color=theme.text, fontsize=11)
        self._drawn: list[Any] = []
        self._draw(self.relief.values)
        self.noise = NoiseEllipses(axes, self.relief, comparison, network_styles(comparison))
        self.paths = [self._moving(path) for path in plane_paths(self.relief, comparison.labels, network_styles(comparison))]

    def _draw(self, values: Array) -> None:
        """The losses, in place of those before."""
        for artist in self._drawn:
            artist.remove()
        before = {*self.axes.images, *self.axes.collections}
        n = len(values)
        x, y = (np.linspace(low, high, n) for low, high in self.ground.window)
        draw_landscape(self.axes, landscape_trace(self.ground, replace(self.grid, x=x, y=y, losses=values), self.theme))
        self.axes.set_aspect(self._aspect)
        self._drawn = [artist for artist in (*self.axes.images, *self.axes.collections) if artist not in before]

    def _moving(self, path: Path) -> _Path:
        look = Look.of(1, len(self.comparison.runs)).trail
        line = {"color": rgba(path.style.colour, look.opacity), "width": look.width, "dash": path.style.dash}
        trail = self.axes.add_line(line2d({"mode": "lines", "x": [], "y": [], "name": path.label, "line": line}, zorder=3))
        trail.set(**line_style(path.style.dash, look.width))
        head = self.axes.add_line(line2d(head_trace(path, 0, self.theme), zorder=5))
        note = self.axes.annotate(
            "", (0, 0), xytext=(9, 0), textcoords="offset points", va="center", color=path.style.colour, fontsize=11, zorder=6
        )
        note.set_path_effects([withStroke(linewidth=3, foreground=self.theme.background)])
        note.set_annotation_clip(True)
        return _Path(path, trail, head, note)

    @property
    def shades(self) -> list[str]:
        """Colours of the landscape."""
        return [name for _, name in self.theme.map_colours[::3]]

    @property
    def artists(self) -> list[Artist]:
        """What moves, in the order in which it is drawn."""
        ground = self._drawn if self.relief.plane.moving is not None else []
        moving = [part for path in self.paths for part in (path.trail, path.head, path.note)]
        return [*ground, *sorted([*filter(None, self.noise.shapes), *moving], key=Artist.get_zorder)]

    def show(self, step: int) -> None:
        """Move the paths to a step; between two that are kept, on a straight line."""
        steps = self.comparison.steps
        shown = [up_to(steps, (moving.path.x[:, 0], moving.path.y[:, 0]), step) for moving in self.paths]
        for moving, (x, y), head in zip(self.paths, shown, self._heads(shown), strict=True):
            moving.trail.set_data(x, y)
            moving.head.set_data(*head)
        kept = max(int(np.searchsorted(steps, step, "right")) - 1, 0)
        self.noise.show(kept, [(float(x[-1]), float(y[-1])) for x, y in shown])
        for moving, (x, y), true, plane in zip(self.paths, shown, self.relief.true_losses, self.relief.plane_losses, strict=True):
            moving.note.xy = (x[-1], y[-1])
            moving.note.set_text(factor_in_words(float(true[kept]), float(plane[kept])))
        leader = self.relief.plane.moving
        if leader is not None:
            weights = self.comparison.runs[leader].weights
            here = np.array([np.interp(step, steps, row) for row in weights.T])
            self._draw(self.relief.landscape.through(here).grid(MOVING))

    def _heads(self, shown: list[list[Array]]) -> list[tuple[Array, Array]]:
        ends = [replace(each.path, x=x[-1:, None], y=y[-1:, None]) for each, (x, y) in zip(self.paths, shown, strict=True)]
        return heads_apart(self.axes, ends, 0)


def explained(relief: Relief) -> str:
    """What a plane holds of the paths, as a line; "" where they have no variance."""
    share = float(relief.explained.sum())
    return f"{share:.0%} of the paths' variance (a random walk: {relief.random_walk:.0%})\n" if np.isfinite(share) else ""


def up_to(steps: npt.NDArray[np.int64], parts: Sequence[Floats], step: int) -> list[Array]:
    """What is known at the kept steps, shape (K,) each, up to a step, and at that, between two of them on a straight line."""
    count = int(np.searchsorted(steps, step, "right"))
    known = [part.astype(np.float64) for part in parts]
    return [np.array([*part[:count], np.interp(step, steps, part)]) for part in known]
