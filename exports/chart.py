"""Curves over the steps as PNG or SVG, drawn without a browser from the app's own figure of them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from exports.picture import FORMATS, MATPLOTLIB_LOCK, in_pixels
from exports.size import Size, written_by
from exports.to_matplotlib import line2d, parse_colour
from figures import CURVES, LIGHT, Theme, curves
from scenario import Race

_KEY, _LETTER = 56.0, 7.6
"""CSS pixels in a legend: a line with its margins, and a letter."""


def chart(race: Race, name: str, file_format: str, size: Size, theme: Theme = LIGHT) -> bytes:
    """A picture of one of `figures.CURVES` as the content of a file.

    Args:
        race: what to draw.
        name: of the curve: "loss", ...
        file_format: "png" or "svg".
        size: in pixels.
        theme: light or dark.

    Raises:
        ValueError: there is no such curve, or the format is none of `FORMATS`.
    """
    if name not in CURVES:
        raise ValueError(f"there is no curve {name!r}; there are: {', '.join(CURVES)}")
    if file_format not in FORMATS:
        raise ValueError(f"a picture can be {' or '.join(FORMATS)}, not {file_format!r}")
    drawn = curves(race, name, theme)
    file = io.BytesIO()
    with MATPLOTLIB_LOCK, matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "descent"}):
        figure = Figure(figsize=(size.width / size.resolution, size.height / size.resolution), dpi=size.resolution)
        FigureCanvasAgg(figure)
        figure.set_layout_engine("constrained", w_pad=0.12, h_pad=0.12)
        figure.set_facecolor(theme.background)
        axes = figure.add_subplot()
        _frame(axes, drawn.layout.to_plotly_json(), theme)
        for trace in drawn.data:
            _draw(axes, {**trace.to_plotly_json(), "x": np.asarray(trace.x), "y": np.asarray(trace.y, dtype=float)})
        axes.autoscale_view(scalex=False)
        for mark in drawn.layout.annotations:
            _write(axes, mark.to_plotly_json())
        axes.set_title(race.landscape.name, loc="left", color=theme.text, fontsize=18, pad=12)
        figure.legend(loc="outside lower left", ncols=_columns(race.labels, size), frameon=False, labelcolor=theme.text, fontsize=13)
        figure.savefig(file, format=file_format, dpi=size.resolution, metadata=written_by(file_format))
    return file.getvalue() if file_format == "png" else in_pixels(file.getvalue().decode(), size).encode()


def _columns(labels: Sequence[str], size: Size) -> int:
    """How many columns of the legend fit beside each other, by their longest entry."""
    widest = _KEY + _LETTER * max(len(label) + len(", x") for label in labels)
    return max(1, int(size.width * 72 / size.resolution / widest))


def _frame(axes: Axes, layout: dict[str, Any], theme: Theme) -> None:
    """Axes, titles and grid as the figure has them."""
    axes.set_facecolor(theme.background)
    axes.spines[:].set_visible(False)
    axes.tick_params(which="both", colors=theme.text, color=parse_colour(theme.line), labelsize=12)
    axes.grid(axis="y", color=parse_colour(theme.line), linewidth=1)
    axes.set_xlabel(layout["xaxis"]["title"]["text"], color=theme.text, fontsize=13)
    axes.set_ylabel(layout["yaxis"]["title"]["text"], color=theme.text, fontsize=13)
    axes.set_xlim(*layout["xaxis"]["range"])
    logarithmic = layout["yaxis"].get("type") == "log"
    axes.set_yscale("log" if logarithmic else "linear")
    if "tickvals" in layout["yaxis"]:
        axes.set_yticks(layout["yaxis"]["tickvals"], layout["yaxis"]["ticktext"])
    if limits := layout["yaxis"].get("range"):
        axes.set_ylim(*(np.power(10.0, limits) if logarithmic else limits))


def _draw(axes: Axes, trace: dict[str, Any]) -> None:
    """A line, or the band around one: its upper edge there and its lower edge back."""
    if trace.get("fill") == "toself":
        half = len(trace["x"]) // 2
        upper, lower = trace["y"][:half], trace["y"][half:][::-1]
        axes.fill_between(trace["x"][:half], lower, upper, color=parse_colour(trace["fillcolor"]), linewidth=0)
    else:
        axes.add_line(line2d(trace if trace.get("showlegend", True) else {**trace, "name": "_" + trace["name"]}))


def _write(axes: Axes, mark: dict[str, Any]) -> None:
    """An arrow where a line leaves the picture."""
    axes.annotate(
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
