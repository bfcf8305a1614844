"""The landscape of a network under penalties on its weights: a map for each, on one colour scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from figures.figure import figure_of, single_precision
from figures.maps import base_layout
from figures.theme import CURVE_WIDTH, LIGHT, Theme, colour_scale
from lab.penalties import PenalizedMap
from parameters import Array, short

if TYPE_CHECKING:
    import plotly.graph_objects as go

_LEVELS = 20
_SMALLEST = 1e-3
"""Losses below are drawn as this one: a logarithm has no end there."""
_BAR = {"thickness": 10, "outlinewidth": 0, "len": 1.0}


def penalty_maps(maps: Sequence[PenalizedMap], theme: Theme = LIGHT) -> tuple[go.Figure, ...]:
    """A figure for each map, all with the same levels and colours: the last one has the scale beside it."""
    levels, figures = _levels(maps), []
    for number, each in enumerate(maps):
        layout = _layout(theme)
        layout["title"] = {"text": each.label, "font": {"size": 14}, "x": 0.5, "xanchor": "center", "y": 0.985, "yanchor": "top"}
        layout["margin"] = {"l": 46, "r": 52 if number == len(maps) - 1 else 10, "t": 30, "b": 42}
        layout["coloraxis"] = _colours(levels, theme) | {"showscale": number == len(maps) - 1}
        for axis, side, name in zip(("xaxis", "yaxis"), each.plane.window, _names(each), strict=True):
            layout[axis] |= {"range": side, "title": {"text": name, "font": {"size": 12}, "standoff": 4}}
        figures.append(figure_of(_traces(each, levels, theme), layout))
    return tuple(figures)


def penalty_grid(maps: Sequence[PenalizedMap], theme: Theme = LIGHT) -> go.Figure:
    """The same as one figure, two maps in a row."""
    levels, layout = _levels(maps), _layout(theme)
    layout |= {"coloraxis": _colours(levels, theme), "margin": {"l": 46, "r": 56, "t": 26, "b": 40}, "annotations": []}
    traces: list[dict[str, Any]] = []
    rows = -(-len(maps) // 2)
    high = (1 - 0.09 * (rows - 1)) / rows
    for number, each in enumerate(maps):
        row, column = divmod(number, 2)
        name = str(number + 1) if number else ""
        top, left = 1 - row * (high + 0.09), 0.52 * column
        traces += _traces(each, levels, theme, xaxis=f"x{name}", yaxis=f"y{name}")
        across, upright = ({"title": {"text": text, "font": {"size": 12}, "standoff": 4}} for text in _names(each))
        edge = {"x": number + 2 >= len(maps), "y": column == 0}  # where numbers and names of the axes stand: all have the same
        layout[f"xaxis{name}"] = (
            _axis()
            | {"domain": [left, left + 0.48], "range": each.plane.window[0], "anchor": f"y{name}", "showticklabels": edge["x"]}
            | (across if edge["x"] else {})
        )
        layout[f"yaxis{name}"] = (
            _axis()
            | {"domain": [max(top - high, 0.0), top], "range": each.plane.window[1], "anchor": f"x{name}", "showticklabels": edge["y"]}
            | (upright if edge["y"] else {})
        )
        words = {"text": each.label, "font": {"size": 13}, "showarrow": False, "xref": "paper", "yref": "paper"}
        layout["annotations"].append(words | {"x": left + 0.24, "y": top, "xanchor": "center", "yanchor": "bottom"})
    return figure_of(traces, layout)


def _levels(maps: Sequence[PenalizedMap]) -> tuple[float, float]:
    """The lowest and highest power of ten of all maps."""
    known = np.concatenate([_heights(each.values).reshape(-1) for each in maps])
    known = known[np.isfinite(known)]
    return float(known.min()), float(known.max())


def _heights(values: Array) -> Array:
    return np.asarray(np.log10(np.maximum(values, _SMALLEST)))


def _traces(each: PenalizedMap, levels: tuple[float, float], theme: Theme, **where: str) -> list[dict[str, Any]]:
    (a0, a1), (b0, b1) = each.plane.window
    heights = _heights(each.values)
    count = len(heights)
    low, high = levels
    drawn = {
        "type": "contour",
        "x": np.linspace(a0, a1, count),
        "y": np.linspace(b0, b1, count),
        "z": single_precision(heights),
        "customdata": single_precision(each.values),
        "coloraxis": "coloraxis",
        "contours": {"start": low, "end": high, "size": (high - low) / _LEVELS},
        "line": {"color": theme.line, "width": 0.8},
        "hovertemplate": f"{each.label}<br>loss with penalty %{{customdata:.3g}}<extra></extra>",
    }
    about: dict[str, Any] = {"type": "scatter", "hoverinfo": "skip", "showlegend": False, "cliponaxis": False}
    traces: list[dict[str, Any]] = [drawn]
    if len(each.path):
        line = {"color": theme.accent, "width": CURVE_WIDTH}
        traces.append({**about, "mode": "lines", "x": each.path[:, 0], "y": each.path[:, 1], "line": line})
        ends = each.path[np.isfinite(each.path).all(axis=1)][[0, -1]]
        symbols = {"symbol": ["circle-open", "circle"], "size": 9, "color": theme.accent, "line": {"width": 2, "color": theme.accent}}
        traces.append({**about, "mode": "markers", "x": ends[:, 0], "y": ends[:, 1], "marker": symbols})
    x, y = each.lowest
    star = {"symbol": "star", "size": 11, "color": theme.mark, "line": {"width": 1, "color": theme.background}}
    told = {"hoverinfo": "text", "text": [f"lowest here: {short(float(np.nanmin(each.values)), 3)}"]}
    traces.append({**about, **told, "mode": "markers", "x": [x], "y": [y], "marker": star})
    return [trace | where for trace in traces]


def _colours(levels: tuple[float, float], theme: Theme) -> dict[str, Any]:
    low, high = levels
    ticks = np.arange(np.ceil(low), np.floor(high) + 1)
    bar = _BAR | {"tickvals": ticks, "ticktext": [short(10.0**power) for power in ticks.tolist()]}
    return {"cmin": low, "cmax": high, "colorscale": colour_scale(theme.map_colours), "colorbar": bar}


def _layout(theme: Theme) -> dict[str, Any]:
    layout = base_layout(theme)
    layout["font"] |= {"size": 12}
    layout["xaxis"], layout["yaxis"] = _axis(), _axis()
    layout["showlegend"] = False
    return layout


def _axis() -> dict[str, Any]:
    return {"showgrid": False, "zeroline": False, "ticks": "outside", "ticklen": 3, "nticks": 5}


def _names(each: PenalizedMap) -> tuple[str, str]:
    return each.plane.axes
