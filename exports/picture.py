"""The current picture as PNG, SVG or PDF at any size, drawn here without a browser.

Colours, widths, dashes, markers and contour levels come from the app's Plotly figures. Importing this module imports Matplotlib.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D

from exports.caption import Caption, caption_of
from exports.curve_panel import CurvePanel
from exports.footer import draw_caption
from exports.legend import legend_in, legend_within
from exports.map_panel import MapPanel
from exports.saving import MATPLOTLIB_LOCK, check_format, new_figure, saved
from exports.size import AXES, SHOWN, TURNED, Size, check_size, check_step, columns_of
from exports.surface_panel import SurfacePanel
from exports.to_matplotlib import line2d, line_style, parse_colour
from figures import CURVES, LIGHT, Theme
from figures.maps import has_one_scale, head_trace, shape_of
from figures.paths import Path
from figures.theme import Look, check_asked, race_styles
from parameters import lookup
from scenario import Race

_MARGIN, _TITLE, _LINE, _LETTERS = 10.0, 34.0, 21.0, 13
"""CSS pixels: around the picture, the height of its title and of a line of its legend, and the size of that line's letters."""
_GAP = 6.0
"""CSS pixels between the panels and the caption."""
_LEAST_MARK = 7.0
"""CSS pixels of a mark in the legend, where it may be so small on the map that only many of them are seen."""
_DEEP = 1.3
"""Width by height of a landscape in 3-D, about."""
_WIDE = 1.25
"""Width by height, from which on two things stand beside each other."""


class Picture:
    """A race at a step: its landscape with every trajectory up to the step and a marker at its head, curves, or both; a legend, a counter,
    and a caption.

    Args:
        race: what to draw.
        size: in pixels.
        theme: light or dark.
        shown: one of `exports.size.SHOWN`.
        caption: how much of its caption is drawn, one of `exports.caption.HOW`.
        link: the whole address that opens the race in the app, where that is known.
        turned: in 3-D, degrees by which the camera goes around the landscape, counter-clockwise as seen from above.

    Raises:
        KeyError: there is no such thing to show.
        ValueError: there is no such caption, or no room for it.
    """

    def __init__(
        self,
        race: Race,
        size: Size,
        theme: Theme = LIGHT,
        shown: str = "map",
        caption: str = "short",
        link: str = "",
        turned: float = 0.0,
    ) -> None:
        lookup(SHOWN, shown, "picture")
        self.race, self.size, self.theme, self.shown = race, size, theme, shown
        self.turned = float(TURNED.check(turned, "Picture"))
        self.caption: Caption = caption_of(race.scenario, link)
        with MATPLOTLIB_LOCK:
            self.figure = new_figure(size, theme)
            self.canvas: FigureCanvasAgg = self.figure.canvas  # type: ignore[assignment]
            self.foot = draw_caption(self.figure, self.caption, theme, caption)
            self.panels: list[Any] = []
            self.axes: dict[str, Axes] = {}
            self.counter = self.figure.text(0, 0, "", ha="right", va="center", color=theme.text, fontsize=14)
            self._draw()
        self._background: Any = None

    # ---- what stands still

    def _draw(self) -> None:
        """The panels, and title, counter and legend above or beside them."""
        handles, names = self._handles(), self.shown.split("_")
        marks: dict[str, Line2D] = {}
        rooms = iter(self._rooms(len(self.race.runs) if names == ["maps"] else len(names)))
        for name in names:
            if name in CURVES:
                heads = {label: handles[label] for label in self.race.labels}
                self.panels.append(CurvePanel(next(rooms), self.race, name, self.theme, heads))
                continue
            if name == "surface":
                panel: Any = SurfacePanel(next(rooms), self.race, self.theme, self.turned)
            else:
                panel = MapPanel(list(rooms) if name == "maps" else [next(rooms)], self.race, self.theme)
                self.axes = panel.axes
            self.panels.append(panel)
            marks |= self._marks(panel.marks)
        self._arrange([*handles.values(), *marks.values()])

    def _rooms(self, count: int) -> list[Axes]:
        """So many places to draw in, beside each other and in rows, such that all are as large as can be."""
        if self.shown == "maps":
            width, height = (72 * float(side) for side in self.figure.get_size_inches())
            free = height * (1 - self.foot) - _MARGIN - _TITLE - _LINE
            columns = columns_of(count, shape_of(self.race.landscape.window), width, lambda rows: free)
        else:
            columns = count if self.size.width > _WIDE * self.size.height else 1
        grid = self.figure.add_gridspec(-(-count // columns), columns)
        return [self.figure.add_subplot(grid[index // columns, index % columns]) for index in range(count)]

    def _arrange(self, handles: list[Line2D]) -> None:
        """Title and counter above, the legend below them or beside a map that leaves room, the rest in what is left, wherever its numbers
        then stand."""
        unit = 72.0 / self.figure.dpi  # a pixel of the picture in CSS pixels
        width, height = self.size.width * unit, self.size.height * unit
        top = height - _MARGIN - _TITLE / 2
        self.figure.text(_MARGIN / width, top / height, self.race.landscape.name, va="center", color=self.theme.text, fontsize=18)
        self.counter.set_position((1 - _MARGIN / width, top / height))
        above, aside = (_MARGIN + _TITLE) / height, self._beside(handles, width, height)
        foot = self.foot + _GAP / height
        if not aside:
            at = _MARGIN / width, 1 - (_MARGIN + _TITLE) / height
            above += legend_within(self.figure, handles, width - 2 * _MARGIN, at, _LETTERS, self.theme) * _LINE / height
        self.figure.set_layout_engine("constrained", rect=(0, foot, 1 - aside, 1 - above - foot), w_pad=0.1, h_pad=0.08)
        self.figure.draw_without_rendering()
        self.figure.set_layout_engine("none")

    def _beside(self, handles: list[Line2D], width: float, height: float) -> float:
        """Draw the legend to the right of a single map with one scale, if it leaves so much room; returns the share of the width that it
        takes, else 0."""
        (x0, x1), (y0, y1) = window = self.race.landscape.window
        if self.shown not in ("map", "surface") or not has_one_scale(window):
            return 0.0
        high = height * (1 - self.foot) - _MARGIN - _TITLE - AXES
        spare = width - (high * (x1 - x0) / (y1 - y0) + AXES if self.shown == "map" else _DEEP * high)
        legend = legend_in(self.figure, handles, 1, (_MARGIN / width, 1 - (_MARGIN + _TITLE) / height), _LETTERS, self.theme)
        box = legend.get_window_extent(self.canvas.get_renderer())
        needed = box.width * 72 / self.figure.dpi + 2 * _MARGIN
        if needed > spare or box.height * 72 / self.figure.dpi > high:
            legend.remove()
            return 0.0
        legend.set_bbox_to_anchor((1 - (needed - _MARGIN) / width, 1 - (_MARGIN + _TITLE) / height))
        return needed / width

    def _handles(self) -> dict[str, Line2D]:
        """What the legend shows of each optimizer: its line with its marker."""
        look, none = Look.of(self.race.runs[0].count, len(self.race.runs)), np.zeros((1, 1))
        handles = {}
        for label, style in zip(self.race.labels, race_styles(self.race), strict=True):
            drawn = {"color": parse_colour(style.colour), **line_style(style.dash, Look.of(1, 1).trail.width), "markersize": 10}
            handles[label] = line2d(head_trace(Path(label, style, look, none, none, none), 0, self.theme), **drawn)
        return handles

    def _marks(self, traces: list[dict[str, Any]]) -> dict[str, Line2D]:
        """And of each sort of mark."""
        handles: dict[str, Line2D] = {}
        for trace in traces:
            mark = line2d(trace, alpha=1.0)
            mark.set_markersize(max(mark.get_markersize(), _LEAST_MARK))
            handles.setdefault(trace["name"], mark)
        return handles

    @property
    def shades(self) -> list[str]:
        """Colours of the landscape."""
        return [name for _, name in self.theme.map_colours[::3]]

    @property
    def colours(self) -> list[str]:
        """Colours of the trajectories."""
        return [style.colour for style in race_styles(self.race)]

    # ---- a step

    @property
    def moving(self) -> list[Artist]:
        """What moves, in the order in which it is drawn."""
        return [artist for panel in self.panels for artist in panel.artists]

    def show(self, step: int) -> None:
        """Move the trails, the heads and the counter to a step.

        Raises:
            ValueError: the race has no such step.
        """
        check_step(step, self.race.scenario.steps)
        for panel in self.panels:
            panel.show(step)
        self.counter.set_text(f"step {step:,} of {self.race.scenario.steps:,}")

    def pixels(self, step: int) -> npt.NDArray[np.uint8]:
        """The picture at a step as an array of shape (height, width, 3). What stands still is drawn once only."""
        with MATPLOTLIB_LOCK:
            if self._background is None:
                self.counter.set_animated(True)
                self.canvas.draw()
                self._background = self.canvas.copy_from_bbox(self.figure.bbox)
            self.show(step)
            self.canvas.restore_region(self._background)
            for artist in self.moving:
                if artist.axes:
                    artist.axes.draw_artist(artist)
            self.figure.draw_artist(self.counter)
            return np.asarray(self.canvas.buffer_rgba())[:, :, :3].copy()

    def save(self, file_format: str, step: int) -> bytes:
        """The picture at a step as a file, in one of `exports.size.FORMATS`."""
        with MATPLOTLIB_LOCK:
            self.show(step)
            for artist in self.moving:
                artist.set_animated(False)
            return saved(self.figure, file_format, self.size, self.caption.at(step, self.race.scenario.steps))


def picture(
    race: Race,
    file_format: str,
    size: Size,
    theme: Theme = LIGHT,
    shown: str = "map",
    step: int | None = None,
    caption: str = "short",
    link: str = "",
    turned: float = 0.0,
) -> bytes:
    """A picture of a race as the content of a file. With it go all settings, those at their default too, the version and the link.

    Args:
        race: what to draw.
        file_format: "png", "svg" or "pdf".
        size: in pixels.
        theme: light or dark.
        shown: one of `exports.size.SHOWN`.
        step: up to where trajectories and curves are drawn; to the end if not given.
        caption: how much of its caption is drawn: "short", "full" or "none".
        link: the whole address that opens the race in the app, where that is known.
        turned: in 3-D, degrees by which the camera goes around the landscape, counter-clockwise as seen from above.

    Raises:
        KeyError: there is no such thing to show.
        ValueError: the format is none of `exports.size.FORMATS`, the race has no such step, or there is no such caption or no room for it.
    """
    check_asked(race, theme)
    check_size(size)
    check_format(file_format)
    return Picture(race, size, theme, shown, caption, link, turned).save(file_format, race.scenario.steps if step is None else step)
