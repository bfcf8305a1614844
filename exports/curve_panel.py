"""A curve over the steps in a picture, drawn up to a step from the app's own figure of it. Importing this module imports Matplotlib."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox, TransformedBbox

from exports.axes import set_logarithmic
from exports.to_matplotlib import line2d, line_style, parse_colour
from figures import Theme, curves
from figures.curves import unknown_lowest
from lab.places import resolution
from parameters import Array, short
from scenario import Race

_EDGE = 0.6
"""CSS pixels of the edge of a head, half of which lies in it: small stars and triangles have no room for more."""
_FAINT = 0.4
"""The opacity of a line that is no curve."""


class CurvePanel:
    """One of `figures.CURVES` of a race.

    Args:
        axes: to draw in.
        race, name, theme: what to draw, which curve, light or dark.
        heads: the legend's marker of each optimizer, by its label, which is copied to the end of its line.
    """

    def __init__(self, axes: Axes, race: Race, name: str, theme: Theme, heads: dict[str, Line2D]) -> None:
        self.axes, self.theme = axes, theme
        drawn = curves(race, name, theme)
        self._dress(drawn.layout.to_plotly_json())
        self.lines: list[Artist] = []
        self.heads: list[tuple[Line2D, Array]] = []
        for trace in drawn.data:
            self._draw({**trace.to_plotly_json(), "x": np.asarray(trace.x), "y": np.asarray(trace.y, dtype=float)}, heads)
        axes.autoscale_view(scalex=False)
        if name == "loss" and not unknown_lowest(race):
            self._limit(resolution(race.landscape))
        for mark in drawn.layout.annotations:
            self._write(mark.to_plotly_json())
        for artist in self.artists:
            artist.set_in_layout(False)

    def _dress(self, layout: dict[str, Any]) -> None:
        """Axes, titles and grid as the figure has them."""
        axes, theme = self.axes, self.theme
        axes.set_facecolor(theme.background)
        axes.spines[:].set_visible(False)
        axes.tick_params(which="both", colors=theme.text, color=parse_colour(theme.line), labelsize=12)
        axes.grid(axis="y", color=parse_colour(theme.line), linewidth=1)
        axes.set_xlabel(layout["xaxis"]["title"]["text"], color=theme.text, fontsize=13)
        axes.set_ylabel(layout["yaxis"]["title"]["text"], color=theme.text, fontsize=13)
        axes.set_xlim(*layout["xaxis"]["range"])
        logarithmic = layout["yaxis"].get("type") == "log"
        if logarithmic:
            set_logarithmic(axes.yaxis)
        if "tickvals" in layout["yaxis"]:
            axes.set_yticks(layout["yaxis"]["tickvals"], layout["yaxis"]["ticktext"])
        if limits := layout["yaxis"].get("range"):
            axes.set_ylim(*(np.power(10.0, limits) if logarithmic else limits))

    def _limit(self, least: float) -> None:
        """A line from which on downwards losses are not to be told from the lowest, where that is in the picture."""
        low, high = self.axes.get_ylim()
        if not low < least < high:
            return
        self.axes.axhline(least, color=self.theme.text, alpha=_FAINT, zorder=2, **line_style("dot", 1))
        look: dict[str, Any] = {"fontsize": 11, "color": self.theme.text, "alpha": 2 * _FAINT}
        at: dict[str, Any] = {"xycoords": self.axes.get_yaxis_transform(), "textcoords": "offset points", "ha": "right", "va": "top"}
        self.axes.annotate(f"≤ {short(least, 2)}: not to be told from the lowest", (1, least), (-4, -1), zorder=2, **look, **at)

    def _draw(self, trace: dict[str, Any], heads: dict[str, Line2D]) -> None:
        """A line with its head, or the band around one: its upper edge there and its lower edge back."""
        if trace.get("fill") == "toself":
            half = len(trace["x"]) // 2
            upper, lower = trace["y"][:half], trace["y"][half:][::-1]
            band = self.axes.fill_between(trace["x"][:half], lower, upper, color=parse_colour(trace["fillcolor"]), linewidth=0)
            band.set_animated(True)
            self.lines.append(band)
            return
        self.lines.append(self.axes.add_line(line2d(trace, zorder=3, animated=True)))
        if head := heads.get(trace["name"]):
            look = Line2D([], [], zorder=4, animated=True, linestyle="none")
            look.update_from(head)
            look.set(linestyle="none", markeredgewidth=_EDGE, clip_on=False)
            self.heads.append((self.axes.add_line(look), trace["y"]))

    @property
    def artists(self) -> list[Artist]:
        """What moves, in the order in which it is drawn."""
        return [*self.lines, *(head for head, _ in self.heads)]

    def show(self, step: int) -> None:
        """Show the lines up to a step: a share of the axes, which holds at any resolution (SVG and PDF are drawn at one of their own)."""
        pixel = 1 / self.axes.get_window_extent().width
        end = float((self.axes.transData - self.axes.transAxes).transform((step, self.axes.get_ylim()[0]))[0])
        seen = TransformedBbox(Bbox([(0.0, 0.0), (float(end + pixel / 2), 1.0)]), self.axes.transAxes)
        for line in self.lines:
            line.set_clip_path(None)
            line.set_clip_box(seen)
        low, high = self.axes.get_ylim()
        for head, values in self.heads:
            at = values[min(step, len(values) - 1)]
            inside = low <= at <= high
            head.set_data([min(step, len(values) - 1)] if inside else [], [at] if inside else [])

    def _write(self, mark: dict[str, Any]) -> None:
        """An arrow where a line leaves the picture."""
        self.axes.annotate(
            mark["text"],
            (mark["x"], mark["y"]),
            xycoords=("data", "axes fraction"),
            xytext=(0, mark["yshift"]),
            textcoords="offset points",
            ha=mark["xanchor"],
            va=mark["yanchor"],
            color=mark["font"]["color"],
            fontsize=mark["font"]["size"],
        )
