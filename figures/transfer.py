"""Transfer learning: the share of test examples that is right against the number of examples, a curve for each way to begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from figures.figure import figure_of
from figures.maps import base_layout
from figures.theme import CURVE_WIDTH, LIGHT, Style, Theme, rgba, styles
from lab.transfer import TransferResult
from scenario.transfers import WAYS

if TYPE_CHECKING:
    import plotly.graph_objects as go

_SHADE = 0.55
"""The opacity of bars of one standard deviation."""
_ASIDE = 1.022
"""Bars stand beside each other: the number of examples of one is drawn this factor beside that of the next."""
_HEIGHT = 1.02
"""The top of the axis: a little room above where all are right."""


def transfer_curves(result: TransferResult, theme: Theme = LIGHT, chosen: int | None = None) -> go.Figure:
    """Means over the networks, each with a bar of one standard deviation to either side, and where fine-tuning overtakes freezing.

    Args:
        result: what the networks learned.
        theme: light or dark.
        chosen: a number of examples to mark, that of the networks which are played.
    """
    data = [_curve(result, way, style, theme) for way, style in way_styles().items()]
    layout = base_layout(theme)
    layout["legend"] |= {"font": {"size": 12}, "itemwidth": 30}
    counts = result.task.counts
    edge = np.log10(counts[-1] / counts[0]) * 0.04
    layout["xaxis"] = {
        "type": "log",
        "range": [np.log10(counts[0]) - edge, np.log10(counts[-1]) + edge],
        "tickvals": counts,
        "ticktext": [str(count) for count in counts],
        "title": {"text": "examples of each class"},
        "showgrid": False,
        "zeroline": False,
        "ticks": "outside",
    }
    lowest = float((result.accuracy.mean(axis=2) - result.accuracy.std(axis=2, ddof=1)).min())
    layout["yaxis"] = {
        "range": [max(0.0, np.floor(10 * lowest) / 10), _HEIGHT],
        "tickformat": ".0%",
        "title": {"text": "test examples that are right"},
        "gridcolor": theme.line,
        "zeroline": False,
    }
    layout["margin"] = {"l": 62, "r": 12, "t": 56, "b": 46}
    layout["shapes"], layout["annotations"] = [], []
    if chosen is not None:
        layout["shapes"].append(_upright(chosen, theme.accent, "solid", 6, 0.22))
    if result.crossover is not None:
        layout["shapes"].append(_upright(result.crossover, theme.text, "dot", 1.2))
        side = "left" if result.crossover < np.sqrt(counts[0] * counts[-1]) else "right"
        where = {"x": float(np.log10(result.crossover)), "y": 0.02, "yref": "paper", "yanchor": "bottom", "xanchor": side}
        words = {"text": "fine-tuning overtakes", "font": {"size": 12}, "showarrow": False, "xshift": 4 if side == "left" else -4}
        layout["annotations"].append(words | where)
    return figure_of(data, layout)


def way_styles() -> dict[str, Style]:
    """The style of each way by its name: that of its network in the player, where all four learn side by side."""
    return dict(zip(WAYS, styles(["adam"] * len(WAYS)), strict=True))


def _curve(result: TransferResult, way: str, style: Style, theme: Theme) -> dict[str, Any]:
    found, counts = result.of(way), np.array(result.task.counts)
    mean, spread = found.mean(axis=1), found.std(axis=1, ddof=1)
    aside = _ASIDE ** (list(WAYS).index(way) - (len(WAYS) - 1) / 2)
    hover = f"{WAYS[way].title}<br>%{{customdata[0]}} examples of each class: %{{y:.1%}} ± %{{customdata[1]:.1%}}"
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": WAYS[way].title,
        "x": counts * aside,
        "y": mean,
        "error_y": {"array": spread, "thickness": 1.3, "width": 0, "color": rgba(style.colour, _SHADE)},
        "customdata": np.column_stack([counts, spread]),
        "line": {"color": style.colour, "dash": style.dash, "width": CURVE_WIDTH},
        "marker": {"symbol": style.marker, "size": 8, "color": style.colour, "line": {"width": 1, "color": theme.background}},
        "hovertemplate": f"{hover}<br>{result.networks} networks<extra></extra>",
    }


def _upright(x: float, colour: str, dash: str, width: float, opacity: float = 1.0) -> dict[str, Any]:
    line = {"color": colour, "width": width, "dash": dash}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line, "opacity": opacity, "layer": "below"}
