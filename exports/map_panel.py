"""The landscape of a race from above in a picture, with its trajectories up to a step. Importing this module imports Matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from exports.to_matplotlib import draw_landscape, line2d, parse_colour
from figures import Theme
from figures.heads import MOST, fan_out
from figures.maps import has_one_scale, head_trace, map_parts
from figures.paths import Path
from figures.theme import rgba
from parameters import Array
from scenario import Race


@dataclass
class Moving:
    """One optimizer on one map."""

    axes: Axes
    path: Path
    trail: Line2D | None
    heads: Line2D


class MapPanel:
    """The map of all optimizers, or one of each.

    Args:
        axes: to draw in, one or as many as there are optimizers.
        race, theme: what to draw, light or dark.

    Attributes:
        paths: what is drawn of each optimizer.
        marks: the traces of minima, saddles and starts, once.
        moving: what moves.
    """

    def __init__(self, axes: Sequence[Axes], race: Race, theme: Theme) -> None:
        self.race, self.theme = race, theme
        apart = len(axes) > 1
        parts = map_parts(race, theme, apart)
        names = list(dict.fromkeys(where["xaxis"] for _, where in parts["paths"]))
        self.axes = dict(zip(names, axes, strict=True))
        self.marks = [trace for trace in parts["data"] if trace["type"] != "contour" and "legendgroup" not in trace]
        for trace in parts["data"]:
            if trace["type"] == "contour":
                draw_landscape(self.axes[trace["xaxis"]], trace)
        for trace in self.marks:
            self.axes[trace["xaxis"]].add_line(line2d(trace, zorder=2))
        for index, each in enumerate(axes):
            self._dress(each, index, len(axes))
        self.moving = [self._mover(path, self.axes[where["xaxis"]], apart) for path, where in parts["paths"]]
        self.paths = [moving.path for moving in self.moving]

    def _dress(self, axes: Axes, index: int, count: int) -> None:
        """Window, numbers and names: of several maps the lowest of each column and the first of each row have them."""
        (x0, x1), (y0, y1) = window = self.race.landscape.window
        axes.set(xlim=(x0, x1), ylim=(y0, y1), facecolor=self.theme.background, autoscale_on=False)
        axes.tick_params(colors=self.theme.text, color=parse_colour(self.theme.line), labelsize=12, length=4)
        axes.locator_params(nbins=7)
        axes.spines[:].set_visible(False)
        columns = axes.get_subplotspec().get_gridspec().ncols if count > 1 else 1  # type: ignore[union-attr]
        lowest, first = index + columns >= count, index % columns == 0
        axes.tick_params(labelbottom=lowest, labelleft=first)
        across, upright = self.race.landscape.axes
        axes.set_xlabel(across if lowest else "", color=self.theme.text, fontsize=13)
        axes.set_ylabel(upright if first else "", color=self.theme.text, fontsize=13, rotation=0 if len(upright) == 1 else 90)
        if has_one_scale(window):
            axes.set_aspect("equal")

    def _mover(self, path: Path, axes: Axes, titled: bool) -> Moving:
        trail = None
        if path.look.lines:
            trail = axes.add_line(line2d(_trail_of(path), zorder=3, animated=True))
        heads = axes.add_line(line2d(head_trace(path, 0, self.theme), zorder=4, animated=True))
        if titled:
            axes.set_title(path.label, color=self.theme.text, fontsize=13)
        return Moving(axes, path, trail, heads)

    @property
    def artists(self) -> list[Artist]:
        """What moves, in the order in which it is drawn: all heads over all trails."""
        trails = [moving.trail for moving in self.moving if moving.trail]
        return [*trails, *(moving.heads for moving in self.moving)]

    def show(self, step: int) -> None:
        """Move the trails and the heads to a step."""
        for axes in self.axes.values():
            together = [moving for moving in self.moving if moving.axes is axes]
            for moving, head in zip(together, heads_apart(axes, [moving.path for moving in together], step), strict=True):
                moving.heads.set_data(*head)
        for moving in self.moving:
            if moving.trail:
                look = moving.path.look
                x, y, _ = moving.path.lines(step - look.tail.steps if look.comet else 0, step)
                moving.trail.set_data(x, y)


def heads_apart(axes: Axes, drawn: list[Path], step: int) -> list[tuple[Array, Array]]:
    """Where the heads of each path on a map are drawn at a step, x and y: those of different optimizers make room for each other."""
    places = [(path.x[step].astype(np.float64), path.y[step].astype(np.float64)) for path in drawn]
    look, count = drawn[0].look, sum(x.size for x, _ in places)
    if not look.lines or len(drawn) == 1 or count > MOST:
        return places
    owners = np.repeat(np.arange(len(drawn)), [x.size for x, _ in places])
    points = np.stack([np.concatenate(part) for part in zip(*places, strict=True)], axis=1)
    seen = np.isfinite(points).all(axis=1)
    unit = axes.figure.dpi / 72
    placed = fan_out(axes.transData.transform(points[seen]) * (1, -1), owners[seen], look.head * unit, len(drawn))
    points[seen] = axes.transData.inverted().transform(placed * (1, -1))
    return [(points[owners == number, 0], points[owners == number, 1]) for number in range(len(drawn))]


def _trail_of(path: Path) -> dict[str, Any]:
    """A trace of no points with the look of an optimizer's trails."""
    trail = path.look.trail
    line = {"color": rgba(path.style.colour, trail.opacity), "width": trail.width, "dash": path.style.dash}
    return {"mode": "lines", "x": [], "y": [], "name": path.label, "line": line}
