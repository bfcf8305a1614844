"""Plots that stand in lessons, each a function of the theme, registered under the name by which a lesson's file asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from figures.figure import figure_of
from figures.maps import base_layout
from figures.theme import CURVE_WIDTH, Theme
from lab.stationarity import SAMPLES, share_of_minima

if TYPE_CHECKING:
    import plotly.graph_objects as go

DIMENSIONS = tuple(range(1, 11))


def minima_by_dimension(theme: Theme) -> go.Figure:
    """The share of minima among the stationary points of random functions, for each dimension, with twice the standard error."""
    found = [share_of_minima(dimension) for dimension in DIMENSIONS]
    chance = {
        "type": "scatter",
        "mode": "lines",
        "x": DIMENSIONS,
        "y": [0.5**dimension for dimension in DIMENSIONS],
        "name": "a coin toss per direction",
        "line": {"color": theme.text, "width": CURVE_WIDTH / 2, "dash": "dot"},
        "hovertemplate": "dimension %{x}<br>a coin toss per direction: %{y:.2g}<extra></extra>",
    }
    sampled = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": DIMENSIONS,
        "y": [share.value for share in found],
        "error_y": {"array": [2 * share.error for share in found], "thickness": 1.2, "width": 3},
        "name": "sampled",
        "line": {"color": theme.accent, "width": CURVE_WIDTH},
        "hovertemplate": f"dimension %{{x}}: %{{y:.2g}} are minima<br>{SAMPLES:,} random matrices<extra></extra>",
    }
    layout = base_layout(theme) | {"margin": {"l": 58, "r": 12, "t": 12, "b": 42}}
    layout["font"] |= {"size": 12}
    layout["legend"] = {"x": 0.98, "xanchor": "right", "y": 0.98, "yanchor": "top"}
    layout["xaxis"] = {"title": {"text": "dimensions", "font": {"size": 13}}, "dtick": 1, "showgrid": False, "zeroline": False}
    layout["yaxis"] = {
        "title": {"text": "share of minima", "font": {"size": 13}},
        "type": "log",
        "dtick": 1,
        "exponentformat": "power",
        "gridcolor": theme.line,
    }
    return figure_of([chance, sampled], layout)


LESSON_FIGURES: Mapping[str, Callable[[Theme], go.Figure]] = {"share of minima": minima_by_dimension}
"""The figures of lessons, by the name that a lesson's block `figure` gives."""
