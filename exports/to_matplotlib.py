"""Converts Plotly traces to Matplotlib artists, so that a picture made without a browser looks like the app's.

Sizes are CSS pixels in the traces and points here: a picture's resolution is chosen such that the two are the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.lines import Line2D
from matplotlib.path import Path

from figures.markers import MARKERS
from figures.theme import DASHES

Colour = tuple[float, float, float, float]


def parse_colour(css: str) -> Colour:
    """A colour as CSS writes it, "#RRGGBB" or "rgba(r, g, b, a)", as four numbers from 0 to 1."""
    if not css.startswith("rgba"):
        return to_rgba(css)
    red, green, blue, opacity = (float(part) for part in css[5:-1].split(","))
    return red / 255, green / 255, blue / 255, opacity


def rgb(css: str) -> tuple[int, int, int]:
    """A colour as CSS writes it as three numbers from 0 to 255, without its opacity."""
    red, green, blue, _ = (round(255 * part) for part in parse_colour(css))
    return red, green, blue


def blend(upper: tuple[int, int, int], lower: tuple[int, int, int], opacity: float) -> tuple[int, int, int]:
    """The colour `upper` with an opacity from 0 to 1 over the colour `lower` (alpha blending)."""
    red, green, blue = (round(opacity * over + (1 - opacity) * under) for over, under in zip(upper, lower, strict=True))
    return red, green, blue


def draw_landscape(axes: Axes, trace: dict[str, Any]) -> None:
    """Draw a Plotly contour trace: its colours as one image, its contour lines on it."""
    x, y, z = trace["x"], trace["y"], np.ma.masked_invalid(trace["z"])
    scale = LinearSegmentedColormap.from_list("land", [(share, parse_colour(name)) for share, name in trace["colorscale"]])
    half_x, half_y = (x[1] - x[0]) / 2, (y[1] - y[0]) / 2
    extent = (x[0] - half_x, x[-1] + half_x, y[0] - half_y, y[-1] + half_y)
    axes.imshow(z, cmap=scale, extent=extent, origin="lower", aspect="auto", interpolation="bilinear", zorder=0)
    levels = np.arange(trace["contours"]["start"], trace["contours"]["end"] + 0.5)
    line = trace["line"]
    if z.min() < levels[-1] and z.max() > levels[0]:
        axes.contour(x, y, z, levels=levels, colors=[parse_colour(line["color"])], linewidths=line["width"], zorder=1)


def line2d(trace: dict[str, Any], **more: Any) -> Line2D:
    """The Matplotlib line of a Plotly trace of lines or markers; `more` are keywords of `Line2D` that take precedence."""
    if trace["mode"] == "lines":
        line = trace["line"]
        look: dict[str, Any] = {"color": parse_colour(line["color"]), **line_style(line.get("dash", "solid"), line["width"])}
    else:
        look = {"linestyle": "none", **_marker(trace["marker"])}
    return Line2D(trace["x"], trace["y"], label=trace["name"], **{**look, "solid_capstyle": "round", "solid_joinstyle": "round", **more})


def line_style(dash: str, width: float) -> dict[str, Any]:
    """Keywords of `Line2D` for a width in CSS pixels and a dash, one of `figures.theme.DASHES`."""
    lengths = [length / width for length in DASHES[dash]]  # Matplotlib multiplies by the width
    return {"linewidth": width, "linestyle": (0, lengths) if lengths else "solid", "dash_capstyle": "round"}


def _marker(marker: dict[str, Any]) -> dict[str, Any]:
    symbol = marker.get("symbol", "circle")
    face = parse_colour(marker["color"])
    outline = marker.get("line", {})
    open_, thin = symbol.endswith("-open"), symbol.startswith("x-thin")
    shape, scale = _shape(symbol.removesuffix("-open"))
    return {
        "marker": shape,
        "markersize": marker["size"] * scale,
        "markerfacecolor": "none" if open_ else face,
        "markeredgecolor": face if open_ or thin or "color" not in outline else parse_colour(outline["color"]),
        "markeredgewidth": outline.get("width", 0),
        "alpha": marker.get("opacity"),
    }


def _shape(symbol: str) -> tuple[Path | str, float]:
    """Matplotlib's marker of a symbol, and how far it reaches beside a circle of the same size."""
    if symbol == "x-thin":
        return "x", 1.0
    corners = [(x, -y) for x, y in MARKERS[symbol]]
    if not corners:
        return "o", 1.0
    return Path([*corners, corners[0]], closed=True), float(np.abs(corners).max())
