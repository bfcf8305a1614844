"""Pictures of the lab's figures as PNG, SVG or PDF, drawn without a browser from what the app's own figures are made of.

Titles, axes, ticks, legends, notes and colours are those of the figures' layouts; `exports.to_matplotlib` draws their traces.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox, blended_transform_factory

from exports.axes import set_axis
from exports.caption import Caption
from exports.footer import draw_caption
from exports.legend import legend_within
from exports.saving import MATPLOTLIB_LOCK, check_format, new_figure, saved
from exports.size import Size, check_size
from exports.to_matplotlib import draw_image, draw_trace, line2d, line_style, parse_colour, plain_text, write_cells
from figures import LIGHT, Theme
from figures.figure import as_plain

_MARGIN, _TITLE, _WORDS, _LINE, _BAR = 14.0, 30.0, 19.0, 20.0, 12.0
"""CSS pixels: around the picture, the heights of its title, of a line of words and of a line of a legend, and the width of a colour bar."""
_WORDS_SIZE = 12.5
_ROUNDS = 3
"""So often the axes are made smaller by what their labels need."""
_BESIDE = 3.0
"""CSS pixels between a note and what it stands beside."""
_SCALES = (0.25, 4.0)
"""Maps whose sides differ by less than that keep one scale for both axes."""


def figure_picture(
    draw: Callable[[Theme], Any],
    file_format: str,
    size: Size,
    theme: Theme = LIGHT,
    caption: Caption | None = None,
    words: str = "",
    how: str = "short",
) -> bytes:
    """A picture of a figure, or of several side by side, as the content of a file.

    Args:
        draw: gives the figure in a theme's colours, or a sequence of figures.
        file_format: one of `exports.size.FORMATS`.
        size: in pixels.
        theme: light or dark.
        caption: its title, which stands above, and what it says of itself, below and in the file; nothing if not given.
        words: what stands under the title.
        how: one of `exports.caption.HOW`, how much of the caption is drawn.

    Raises:
        ValueError: there is no such format, or the picture is too small.
    """
    check_size(size)
    check_format(file_format)
    drawn = as_plain(draw, theme)
    figures = [drawn] if isinstance(drawn, Mapping) else list(drawn)
    with MATPLOTLIB_LOCK:
        figure = new_figure(size, theme)
        foot = draw_caption(figure, caption, theme, how) if caption else 0.0
        room = _headed(figure, caption.title if caption else "", words, theme, foot)
        width = (room.width - _MARGIN * (len(figures) - 1)) / len(figures)
        for number, each in enumerate(figures):
            left = room.x0 + number * (width + _MARGIN)
            Panel(figure, each, Bbox([[left, room.y0], [left + width, room.y1]]), theme).arrange()
        return saved(figure, file_format, size, caption or Caption(""))


def _headed(figure: Figure, title: str, words: str, theme: Theme, foot: float) -> Bbox:
    """Write what stands above; what is left between it and the share at the foot, in CSS pixels from the lower left corner."""
    width, height = figure.get_size_inches() * 72
    top = height - _MARGIN
    if title:
        figure.text(_MARGIN / width, (top - _TITLE / 2) / height, title, va="center", color=theme.text, fontsize=18)
        top -= _TITLE + 4
    for line in _wrapped(figure, words, width - 2 * _MARGIN):
        figure.text(
            _MARGIN / width, (top - _WORDS / 2) / height, line.replace("$", r"\$"), va="center", color=theme.text, fontsize=_WORDS_SIZE
        )
        top -= _WORDS
    return Bbox([[_MARGIN, _MARGIN / 2 + foot * height], [width - _MARGIN, top - (4 if words else 0)]])


def _wrapped(figure: Figure, words: str, width: float) -> list[str]:
    """The words in lines that are at most so many CSS pixels wide."""
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    font = FontProperties(size=_WORDS_SIZE)

    def wide(text: str) -> float:
        return float(renderer.get_text_width_height_descent(text, font, ismath=False)[0]) * 72 / figure.dpi

    lines: list[str] = []
    for word in words.split():
        if lines and wide(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


@dataclass
class Panel:
    """One figure in a part of a picture.

    Attributes:
        figure: the picture.
        plain: the figure as `figures.figure.as_plain` gives it.
        room: its part of the picture, in CSS pixels from the lower left corner.
        theme: light or dark.
    """

    figure: Figure
    plain: Mapping[str, Any]
    room: Bbox
    theme: Theme
    axes: dict[tuple[str, str], Axes] = field(default_factory=dict, init=False)
    bars: list[tuple[Axes, Axes]] = field(default_factory=list, init=False)
    """Colour bars, each with the axes beside which it stands."""

    def __post_init__(self) -> None:
        self.layout: Mapping[str, Any] = self.plain["layout"]
        self.area = self.figure.add_axes((0, 0, 1, 1), frameon=False, zorder=-1)
        self.area.set_axis_off()
        for trace in self.plain["data"]:
            self._axes_of(trace)
        self.traces = [self._numbered(trace) for trace in self.plain["data"]]
        for order, trace in enumerate(self.traces):
            mappable = draw_trace(self._axes_of(trace), trace, 2 + order / 100, self.theme)
            if mappable is not None and "colorbar" in trace:
                self._bar(self._axes_of(trace), mappable, trace["colorbar"])
        for image in self.layout.get("images", ()):
            draw_image(self.axes[image["xref"], image["yref"]], image)
        for (x, y), axes in self.axes.items():
            own = [trace for trace in self.traces if (trace.get("xaxis", "x"), trace.get("yaxis", "y")) == (x, y)]
            for letter, name, other in (("x", x, y), ("y", y, x)):
                told = self._axis(name)
                elsewhere = bool(self._axis(y).get("overlaying")) or told.get("anchor", other) != other
                set_axis(axes, letter, {**told, "visible": False} if letter == "x" and elsewhere else told, own, self.theme)
            self._scaled(axes)
        for shape in self.layout.get("shapes", ()):
            self._line(shape)
        for note in self.layout.get("annotations", ()):
            self._write(note)

    # ---- axes

    def _axis(self, name: str) -> Mapping[str, Any]:
        """What the layout says of an axis, "x2" say."""
        found: Mapping[str, Any] = self.layout.get(f"{name[0]}axis{name[1:]}", {})
        return found

    def _axes_of(self, trace: Mapping[str, Any]) -> Axes:
        x, y = trace.get("xaxis", "x"), trace.get("yaxis", "y")
        if (x, y) not in self.axes:
            own = self.figure.add_axes((0, 0, 1, 1), label=f"{x}{y}{len(self.figure.axes)}", zorder=len(self.axes))
            own.set_facecolor(parse_colour(self.layout.get("plot_bgcolor", "rgba(0, 0, 0, 0)")))
            own.spines[:].set_visible(False)
            own.patch.set_visible(not self._axis(y).get("overlaying"))
            self.axes[x, y] = own
        return self.axes[x, y]

    def _numbered(self, trace: Mapping[str, Any]) -> dict[str, Any]:
        """A trace whose categories are numbers, in the order in which they stand on their axes."""
        numbered = dict(trace)
        for letter in "xy":
            values = trace[letter]
            if len(values) and isinstance(values[0], str):
                numbered |= {letter: list(range(len(values))), f"{letter}_categories": list(values)}
        return numbered

    def _scaled(self, axes: Axes) -> None:
        """Maps keep one scale for both axes, unless they are very long."""
        if self.layout.get("images"):
            (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
            axes.set_aspect("equal" if _SCALES[0] < abs((x1 - x0) / (y1 - y0)) < _SCALES[1] else "auto", anchor="N")

    def _bar(self, axes: Axes, mappable: ScalarMappable, told: Mapping[str, Any]) -> None:
        bar = self.figure.add_axes((0, 0, 1, 1), label=f"bar{len(self.figure.axes)}")
        drawn = self.figure.colorbar(mappable, cax=bar, ticks=told["tickvals"])
        drawn.outline.set_visible(False)
        bar.set_yticks(told["tickvals"], told["ticktext"])
        bar.tick_params(colors=self.theme.text, color=parse_colour(self.theme.line), labelsize=11, length=3)
        drawn.set_label(told["title"]["text"], color=self.theme.text, fontsize=12)
        self.bars.append((axes, bar))

    # ---- shapes and notes

    def _line(self, shape: Mapping[str, Any]) -> None:
        """A line across the picture, in numbers of the axes or as shares of it."""
        axes = next(iter(self.axes.values()))
        across, up = (self.area.transAxes if shape.get(f"{letter}ref") == "paper" else axes.transData for letter in "xy")
        look = shape["line"]
        line = Line2D([shape["x0"], shape["x1"]], [shape["y0"], shape["y1"]], color=parse_colour(look["color"]), alpha=shape.get("opacity"))
        line.set(**line_style(look.get("dash", "solid"), look["width"]))
        line.set(transform=blended_transform_factory(across, up), zorder=0.8 if shape.get("layer") == "below" else 5)
        axes.add_artist(line)

    def _write(self, note: Mapping[str, Any]) -> None:
        axes = next(iter(self.axes.values()))
        at = [note["x"], note["y"]]
        for place, letter in enumerate("xy"):
            if note.get(f"{letter}ref") != "paper" and self._axis(letter).get("type") == "log":
                at[place] = 10.0 ** at[place]
        across, up = (self.area.transAxes if note.get(f"{letter}ref") == "paper" else axes.transData for letter in "xy")
        font = {"size": self.layout["font"]["size"], "color": self.theme.text} | dict(note.get("font", {}))
        patch = {"boxstyle": f"square,pad={note.get('borderpad', 1) / font['size']}", "linewidth": 0}
        axes.annotate(
            plain_text(note["text"]),
            (at[0], at[1]),
            (note.get("xshift", {"left": _BESIDE, "right": -_BESIDE}.get(note.get("xanchor", ""), 0)), note.get("yshift", 0)),
            xycoords=blended_transform_factory(across, up),
            textcoords="offset points",
            ha=note.get("xanchor", "center"),
            va={"middle": "center"}.get(given := note.get("yanchor", "middle"), given),
            rotation=-note.get("textangle", 0),
            color=parse_colour(font["color"]),
            fontsize=font["size"],
            bbox=patch | {"facecolor": parse_colour(note["bgcolor"])} if "bgcolor" in note else None,
            annotation_clip=False,
            zorder=6,
        )

    # ---- the places of all that

    def arrange(self) -> None:
        """Title and legend above, and the axes as large as their labels let them be."""
        top = self.room.y1 - self._titled() - self._legend()
        inner = Bbox([[self.room.x0, self.room.y0], [self.room.x1, top]])
        area = inner
        for _ in range(_ROUNDS):
            self._place(area)
            self.figure.draw_without_rendering()
            taken = self._taken()
            over = (inner.x0 - taken.x0, inner.y0 - taken.y0, taken.x1 - inner.x1, taken.y1 - inner.y1)
            left, below, right, above = over
            area = Bbox([[area.x0 + left, area.y0 + below], [area.x1 - right, area.y1 - above]])
            if area.width < 20 or area.height < 20:
                raise ValueError("the picture is too small for what stands in it; choose a larger one")
        self._place(area)
        for trace in self.traces:
            if "text" in trace and trace["type"] == "heatmap":
                write_cells(self._axes_of(trace), trace, self.theme)

    def _shares(self, box: Bbox) -> tuple[float, float, float, float]:
        """A box in CSS pixels as the left and lower edge, the width and the height in shares of the picture."""
        width, height = self.figure.get_size_inches() * 72
        return box.x0 / width, box.y0 / height, box.width / width, box.height / height

    def _place(self, area: Bbox) -> None:
        self.area.set_position(self._shares(area))
        for (x, y), axes in self.axes.items():
            across = self._axis(x).get("domain", (0.0, 1.0))
            up = self._axis(self._axis(y).get("overlaying", y)).get("domain", (0.0, 1.0))
            (x0, x1), (y0, y1) = ([low + size * share for share in of] for low, size, of in self._spans(area, across, up))
            axes.set_position(self._shares(Bbox([[x0, y0], [x1, y1]])))
            for own, bar in self.bars:
                if own is axes:
                    bar.set_position(self._shares(Bbox([[x1 + 8, y0], [x1 + 8 + _BAR, y1]])))

    @staticmethod
    def _spans(area: Bbox, across: Sequence[float], up: Sequence[float]) -> tuple[tuple[float, float, Sequence[float]], ...]:
        return (area.x0, area.width, across), (area.y0, area.height, up)

    def _taken(self) -> Bbox:
        """All that is drawn of it, in CSS pixels."""
        renderer = self.figure.canvas.get_renderer()  # type: ignore[attr-defined]
        boxes = [axes.get_tightbbox(renderer) for axes in (*self.axes.values(), *(bar for _, bar in self.bars))]
        boxes.append(self.area.get_window_extent(renderer))
        union = Bbox.union([box for box in boxes if box is not None])
        return Bbox(union.get_points() * 72 / self.figure.dpi)

    def _titled(self) -> float:
        """Write the figure's own title; returns its height."""
        told = self.layout.get("title")
        if not told:
            return 0.0
        width, height = self.figure.get_size_inches() * 72
        middle = told.get("xanchor") == "center"
        x = (self.room.x0 + self.room.x1) / 2 if middle else self.room.x0
        look = {"color": self.theme.text, "fontsize": told["font"]["size"], "va": "center", "ha": "center" if middle else "left"}
        self.figure.text(x / width, (self.room.y1 - _LINE / 2) / height, plain_text(told["text"]), **look)
        return _LINE + 4

    def _legend(self) -> float:
        """Draw the legend in as few lines as fit; returns their height."""
        shown = [trace for trace in self.traces if trace["type"] not in ("heatmap", "contour") and trace.get("showlegend", True)]
        if not shown or not self.layout.get("showlegend", True):
            return 0.0
        handles = [line2d({**trace, "x": [], "y": [], "name": plain_text(trace["name"])}) for trace in shown if "fill" not in trace]
        x, y, _, height = self._shares(self.room)
        under = (_LINE + 4) / (self.figure.get_size_inches()[1] * 72) if self.layout.get("title") else 0.0
        lines = legend_within(self.figure, handles, self.room.width, (x, y + height - under), 12, self.theme)
        return _LINE * lines + 6 if lines else 0.0
