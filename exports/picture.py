"""The current picture as PNG or SVG at any size, drawn here without a browser.

Colours, widths, dashes, markers and contour levels come from the app's Plotly figures. Importing this module imports Matplotlib.
"""

from __future__ import annotations

import io
import re
import threading
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D

from exports.size import Size, check_size, check_step, written_by
from exports.to_matplotlib import draw_landscape, line2d, line_style, parse_colour
from figures import LIGHT, Theme
from figures.heads import MOST, fan_out
from figures.maps import head_trace, map_parts
from figures.paths import Path
from figures.theme import Look, check_asked, rgba
from parameters import Array
from scenario import Race

_MARGIN, _TITLE, _LINE = 10.0, 34.0, 21.0
"""CSS pixels: around the picture, the height of its title and of a line of its legend."""
_LEAST_MARK = 7.0
"""CSS pixels of a mark in the legend, where it may be so small on the map that only many of them are seen."""
MATPLOTLIB_LOCK = threading.RLock()
"""To be held while drawing: Matplotlib's settings and its cache of fonts belong to the whole process."""


@dataclass
class _Moving:
    """One optimizer on one map."""

    axes: Axes
    path: Path
    trail: Line2D | None
    heads: Line2D


class Picture:
    """The map of a race at a step: landscape, marks, every trajectory up to the step with a marker at its head, a legend and a counter.

    Args:
        race: what to draw.
        size: in pixels.
        theme: light or dark.
        side_by_side: a map for each optimizer instead of one for all.
    """

    def __init__(self, race: Race, size: Size, theme: Theme = LIGHT, side_by_side: bool = False) -> None:
        self.race, self.size, self.theme = race, size, theme
        parts = map_parts(race, theme, side_by_side)
        with MATPLOTLIB_LOCK:
            self.figure = Figure(figsize=(size.width / size.resolution, size.height / size.resolution), dpi=size.resolution)
            self.canvas = FigureCanvasAgg(self.figure)
            self.figure.set_facecolor(theme.background)
            names = list(dict.fromkeys(where["xaxis"] for _, where in parts["paths"]))
            self.axes = dict(zip(names, self._panels(len(names)), strict=True))
            self._still(parts["data"])
            self.moving = [self._mover(path, self.axes[where["xaxis"]], side_by_side) for path, where in parts["paths"]]
            self.counter = self.figure.text(0, 0, "", ha="right", va="center", color=theme.text, fontsize=14)
            self._arrange(parts["data"])
        self._background: Any = None

    def _panels(self, count: int) -> list[Axes]:
        columns = int(np.ceil(np.sqrt(count)))
        grid = self.figure.subplots(-(-count // columns), columns, sharex=True, sharey=True, squeeze=False)
        for spare, above in zip(grid.flat[count:], grid.flat[count - columns :], strict=False):
            spare.set_visible(False)
            above.tick_params(labelbottom=True)
        (x0, x1), (y0, y1) = self.race.landscape.window
        for axes in grid.flat[:count]:
            axes.set(xlim=(x0, x1), ylim=(y0, y1), facecolor=self.theme.background, autoscale_on=False)
            axes.tick_params(colors=self.theme.text, color=parse_colour(self.theme.line), labelsize=12, length=4)
            axes.locator_params(nbins=7)
            axes.spines[:].set_visible(False)
        for axes in grid.flat[:count][-columns:]:
            axes.set_xlabel("x", color=self.theme.text, fontsize=13)
        for axes in grid[:, 0]:
            axes.set_ylabel("y", color=self.theme.text, fontsize=13, rotation=0)
        return list(grid.flat[:count])

    def _still(self, traces: list[dict[str, Any]]) -> None:
        """What does not move: the landscape and its marks."""
        for trace in traces:
            axes = self.axes[trace["xaxis"]]
            if trace["type"] == "contour":
                draw_landscape(axes, trace)
            elif trace["mode"] == "markers" and "legendgroup" not in trace:
                axes.add_line(line2d(trace, zorder=2))

    def _mover(self, path: Path, axes: Axes, titled: bool) -> _Moving:
        trail = None
        if path.look.lines:
            trail = axes.add_line(line2d(_trail_of(path), zorder=3, animated=True))
        heads = axes.add_line(line2d(head_trace(path, 0, self.theme), zorder=4, animated=True))
        if titled:
            axes.set_title(path.label, color=self.theme.text, fontsize=13)
        return _Moving(axes, path, trail, heads)

    def _arrange(self, traces: list[dict[str, Any]]) -> None:
        """Title, counter and legend above, the maps in what is left, wherever their numbers then stand."""
        unit = 72.0 / self.figure.dpi  # a pixel of the picture in CSS pixels
        width, height = self.size.width * unit, self.size.height * unit
        top = height - _MARGIN - _TITLE / 2
        self.figure.text(_MARGIN / width, top / height, self.race.landscape.name, va="center", color=self.theme.text, fontsize=18)
        self.counter.set_position((1 - _MARGIN / width, top / height))
        rows = self._legend(self._handles(traces), width, height)
        self.figure.set_layout_engine("constrained", rect=(0, 0, 1, 1 - (_MARGIN + _TITLE + rows * _LINE) / height), w_pad=0.1, h_pad=0.08)
        self.figure.draw_without_rendering()
        self.figure.set_layout_engine("none")

    def _handles(self, traces: list[dict[str, Any]]) -> list[Line2D]:
        """What the legend shows: each optimizer's line with its marker, and each sort of mark."""
        handles = {}
        for path in (moving.path for moving in self.moving):
            look = {"color": parse_colour(path.style.colour), **line_style(path.style.dash, Look.of(1, 1).trail.width), "markersize": 10}
            handles[path.label] = line2d(head_trace(path, 0, self.theme), **look)
        for trace in traces:
            if trace["type"] != "contour" and "legendgroup" not in trace:
                mark = line2d(trace, alpha=1.0)
                mark.set_markersize(max(mark.get_markersize(), _LEAST_MARK))
                handles.setdefault(trace["name"], mark)
        return list(handles.values())

    def _legend(self, handles: list[Line2D], width: float, height: float) -> int:
        """Draw the legend in as few lines as fit; returns their number."""
        for columns in range(len(handles), 0, -1):
            legend = self._legend_in(handles, columns, width, height)
            if columns == 1 or legend.get_window_extent(self.canvas.get_renderer()).width <= (width - 2 * _MARGIN) * self.figure.dpi / 72:
                return -(-len(handles) // columns)
            legend.remove()
        return 0

    def _legend_in(self, handles: list[Line2D], columns: int, width: float, height: float) -> Legend:
        return self.figure.legend(
            handles=handles,
            ncols=columns,
            loc="upper left",
            bbox_to_anchor=(_MARGIN / width, 1 - (_MARGIN + _TITLE) / height),
            frameon=False,
            labelcolor=self.theme.text,
            fontsize=13,
            borderpad=0,
            borderaxespad=0,
            columnspacing=1.2,
            handletextpad=0.5,
            labelspacing=0.4,
        )

    @property
    def shades(self) -> list[str]:
        """Colours of the landscape."""
        return [name for _, name in self.theme.map_colours[::3]]

    @property
    def colours(self) -> list[str]:
        """Colours of the trajectories."""
        return [moving.path.style.colour for moving in self.moving]

    # ---- a step

    def show(self, step: int) -> None:
        """Move the trails, the heads and the counter to a step.

        Raises:
            ValueError: the race has no such step.
        """
        check_step(step, self.race.scenario.steps)
        for axes, together in self._by_map().items():
            for moving, head in zip(together, heads_apart(axes, [moving.path for moving in together], step), strict=True):
                moving.heads.set_data(*head)
        for moving in self.moving:
            if moving.trail:
                look = moving.path.look
                x, y, _ = moving.path.lines(step - look.tail.steps if look.comet else 0, step)
                moving.trail.set_data(x, y)
        self.counter.set_text(f"step {step} of {self.race.scenario.steps}")

    def _by_map(self) -> dict[Axes, list[_Moving]]:
        """What moves on each map."""
        found: dict[Axes, list[_Moving]] = {}
        for moving in self.moving:
            found.setdefault(moving.axes, []).append(moving)
        return found

    def pixels(self, step: int) -> npt.NDArray[np.uint8]:
        """The picture at a step as an array of shape (height, width, 3). What stands still is drawn once only."""
        with MATPLOTLIB_LOCK:
            if self._background is None:
                self.counter.set_animated(True)
                self.canvas.draw()
                self._background = self.canvas.copy_from_bbox(self.figure.bbox)
            self.show(step)
            self.canvas.restore_region(self._background)
            for moving in self.moving:
                if moving.trail:
                    moving.axes.draw_artist(moving.trail)
            for moving in self.moving:
                moving.axes.draw_artist(moving.heads)
            self.figure.draw_artist(self.counter)
            return np.asarray(self.canvas.buffer_rgba())[:, :, :3].copy()

    def save(self, file_format: str, step: int) -> bytes:
        """The picture at a step as a file, in one of `FORMATS`."""
        with MATPLOTLIB_LOCK, matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "descent"}):
            self.show(step)
            for moving in self.moving:
                for part in (moving.trail, moving.heads):
                    if part:
                        part.set_animated(False)
            file = io.BytesIO()
            self.figure.savefig(file, format=file_format, dpi=self.size.resolution, metadata=written_by(file_format))
        return file.getvalue() if file_format == "png" else in_pixels(file.getvalue().decode(), self.size).encode()


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


FORMATS = ("png", "svg")
"""The formats of a picture."""


def picture(race: Race, file_format: str, size: Size, theme: Theme = LIGHT, side_by_side: bool = False, step: int | None = None) -> bytes:
    """A picture of the map as the content of a file.

    Args:
        race: what to draw.
        file_format: "png" or "svg".
        size: in pixels.
        theme: light or dark.
        side_by_side: a map for each optimizer instead of one for all.
        step: up to where the trajectories are drawn; to the end if not given.

    Raises:
        ValueError: the format is none of `FORMATS`, or the race has no such step.
    """
    check_asked(race, theme)
    check_size(size)
    if file_format not in FORMATS:
        raise ValueError(f"a picture can be {' or '.join(FORMATS)}, not {file_format!r}")
    return Picture(race, size, theme, side_by_side).save(file_format, race.scenario.steps if step is None else step)


def in_pixels(svg: str, size: Size) -> str:
    """An SVG with its width and height in pixels, as asked for, instead of in points."""
    return re.sub(r'width="[\d.]+pt" height="[\d.]+pt"', f'width="{size.width}" height="{size.height}"', svg, count=1)
