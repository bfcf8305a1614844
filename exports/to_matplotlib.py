"""Converts Plotly traces to Matplotlib artists, so that a picture made without a browser looks like the app's.

Sizes are CSS pixels in the traces and points here: a picture's resolution is chosen such that the two are the same.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.lines import Line2D
from matplotlib.path import Path
from PIL import Image

from figures.markers import MARKERS
from figures.theme import DASHES, Theme

Colour = tuple[float, float, float, float]
_VECTORS = 400
"""More cells than this are drawn as pixels in an SVG or a PDF, too."""
_CELL, _SMALLEST_TYPE = (72.0, 15.0), 6.0
"""CSS pixels that a cell with words needs: its width, and the height of a line; and the smallest type that words are made to fit with."""
_TAG = re.compile(r"<[^>]*>")
_SIZE = re.compile(r"font-size:\s*([\d.]+)px")


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


def draw_trace(axes: Axes, trace: Mapping[str, Any], order: float, theme: Theme) -> ScalarMappable | None:
    """Draw a trace of a heat map, a contour map, lines, markers or an area.

    Args:
        axes: where.
        trace: as one of `figures` makes it, its categories as numbers.
        order: what is drawn later lies above.
        theme: whose text is written in cells.

    Returns:
        What a colour bar explains, if the trace has one.
    """
    kind = trace["type"]
    if kind == "contour":
        draw_landscape(axes, dict(trace))
        return None
    if kind == "heatmap":
        return _draw_cells(axes, trace, theme)
    own = {**trace, **{name: np.asarray(trace[name], dtype=float) for name in ("x", "y")}}
    if own.get("fill") == "toself":
        axes.fill(own["x"], own["y"], color=parse_colour(own["fillcolor"]), linewidth=0, zorder=order)
        return None
    if error := own.get("error_y"):
        low, high = own["y"] - error["array"], own["y"] + error["array"]
        axes.vlines(own["x"], low, high, color=parse_colour(error["color"]), linewidth=error["thickness"], zorder=order)
    line = axes.add_line(line2d(own, zorder=order))
    if own.get("cliponaxis") is False:
        line.set_clip_on(False)
    return None


def _draw_cells(axes: Axes, trace: Mapping[str, Any], theme: Theme) -> ScalarMappable | None:
    """A heat map: a colour for each cell that has a value, and words where there are some."""
    x, y, z = (np.asarray(trace[name], dtype=float) for name in ("x", "y", "z"))
    scale = LinearSegmentedColormap.from_list("cells", [(share, parse_colour(name)) for share, name in trace["colorscale"]])
    scale = scale.reversed() if trace.get("reversescale") else scale
    gap = float(trace.get("xgap", 0))
    look = {"edgecolors": theme.background, "linewidth": gap} if gap else {"rasterized": z.size > _VECTORS}
    low, high = trace.get("zmin"), trace.get("zmax")
    drawn = axes.pcolormesh(_edges(x), _edges(y), np.ma.masked_invalid(z), cmap=scale, vmin=low, vmax=high, zorder=0.5, **look)
    return drawn if trace.get("showscale", True) else None


def write_cells(axes: Axes, trace: Mapping[str, Any], theme: Theme) -> None:
    """The words in the cells of a heat map, once the axes have their place."""
    x, y = (np.asarray(trace[name], dtype=float) for name in ("x", "y"))
    for row, words in enumerate(trace.get("text", [])):
        for column, text in enumerate(words):
            _write_cell(axes, text, (x[column], y[row]), (_step(x), _step(y)), theme, trace["textfont"]["size"])


def _edges(centres: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The edges between cells, half-way between their centres."""
    if centres.size == 1:
        return np.array([centres[0] - 0.5, centres[0] + 0.5])
    middles = (centres[1:] + centres[:-1]) / 2
    return np.concatenate([[2 * centres[0] - middles[0]], middles, [2 * centres[-1] - middles[-1]]])


def _step(centres: npt.NDArray[np.float64]) -> float:
    return float(abs(centres[1] - centres[0])) if centres.size > 1 else 1.0


def _write_cell(axes: Axes, html: str, at: tuple[float, float], cell: tuple[float, float], theme: Theme, size: float) -> None:
    """The lines of a cell's text, one under the other, as small as the cell makes them."""
    lines = html.split("<br>")
    corners = axes.transData.transform([(0.0, 0.0), cell])
    width, height = np.abs(corners[1] - corners[0]) * 72 / axes.figure.dpi
    shrunk = max(_SMALLEST_TYPE / size, min(1.0, width / _CELL[0], height / (_CELL[1] * (len(lines) + 0.5))))
    for number, line in enumerate(lines):
        own = float(found[1]) if (found := _SIZE.search(line)) else size
        below = ((len(lines) - 1) / 2 - number) * _CELL[1] * shrunk
        look: dict[str, Any] = {"fontsize": own * shrunk, "fontweight": "bold" if "<b>" in line else "normal", "color": theme.text}
        place: dict[str, Any] = {"textcoords": "offset points", "ha": "center", "va": "center", "zorder": 3}
        axes.annotate(plain_text(line), at, (0, below), **look, **place).set_in_layout(False)


def plain_text(html: str) -> str:
    """A text with the few marks that Plotly knows as Matplotlib writes it: lines, and what stands lower."""
    text = html.replace("$", r"\$").replace("<br>", "\n")
    text = re.sub(r"<sub>(.*?)</sub>", r"$_{\\mathrm{\1}}$", text)
    return unescape(_TAG.sub("", text))


def draw_image(axes: Axes, image: Mapping[str, Any]) -> None:
    """A picture that lies under a map, from its upper left corner."""
    _, _, content = image["source"].partition(",")
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))
    left, top = image["x"], image["y"]
    extent = (left, left + image["sizex"], top - image["sizey"], top)
    axes.imshow(pixels, extent=extent, aspect="auto", interpolation="nearest", zorder=0.4)


def line2d(trace: dict[str, Any], **more: Any) -> Line2D:
    """The Matplotlib line of a Plotly trace of lines or markers; `more` are keywords of `Line2D` that take precedence."""
    look: dict[str, Any] = {"linestyle": "none"}
    if "markers" in trace["mode"]:
        look |= _marker(trace["marker"])
    if "lines" in trace["mode"]:
        line = trace["line"]
        look |= {"color": parse_colour(line["color"]), **line_style(line.get("dash", "solid"), line["width"])}
        look |= {"drawstyle": "steps-post"} if line.get("shape") == "hv" else {}
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
    shape, scale = marker_shape(symbol.removesuffix("-open"))
    return {
        "marker": shape,
        "markersize": marker["size"] * scale,
        "markerfacecolor": "none" if open_ else face,
        "markeredgecolor": face if open_ or thin or "color" not in outline else parse_colour(outline["color"]),
        "markeredgewidth": outline.get("width", 0),
        "alpha": marker.get("opacity"),
    }


def marker_shape(symbol: str) -> tuple[Path | str, float]:
    """Matplotlib's marker of a symbol, and how far it reaches beside a circle of the same size."""
    if symbol == "x-thin":
        return "x", 1.0
    corners = [(x, -y) for x, y in MARKERS[symbol]]
    if not corners:
        return "o", 1.0
    return Path([*corners, corners[0]], closed=True), float(np.abs(corners).max())
