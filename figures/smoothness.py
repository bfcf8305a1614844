"""How smooth the loss of a network is along its steps, with batch normalization and without it, after Santurkar et al. 2018, figure 4."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from figures.figure import figure_of, single_precision
from figures.maps import base_layout
from figures.theme import CURVE_WIDTH, LIGHT, Theme, rgba
from lab.smoothness import AlongTheSteps
from networks.smoothness import Smoothness
from parameters import Array

if TYPE_CHECKING:
    import plotly.graph_objects as go

_OPACITY = 0.35
_Shaded = Callable[[Smoothness], tuple[Array, Array]]
_PLOTS: tuple[tuple[str, _Shaded], ...] = (
    ("loss along the step", lambda found: (found.lowest, found.highest)),
    ("change of the gradient", lambda found: (np.zeros_like(found.gradient_change), found.gradient_change)),
    ("effective smoothness β", lambda found: (np.zeros_like(found.effective_beta), found.effective_beta)),
)
"""What is drawn of each network, with its title: from where to where it is shaded."""


def smoothness_curves(seen: Mapping[str, AlongTheSteps], theme: Theme = LIGHT) -> tuple[go.Figure, ...]:
    """The range of the loss, the change of the gradient and the effective smoothness over the steps, a figure each.

    Args:
        seen: of each of two networks, by the name that it is to have.
        theme: light or dark.
    """
    return tuple(_plot(seen, of, title, first=place == 0, theme=theme) for place, (title, of) in enumerate(_PLOTS))


def _plot(seen: Mapping[str, AlongTheSteps], of: _Shaded, title: str, first: bool, theme: Theme) -> go.Figure:
    traces: list[dict[str, Any]] = []
    for (name, along), colour in zip(seen.items(), (theme.text, theme.accent), strict=True):
        traces += band(name, along, *of(along.found), colour)
    layout = base_layout(theme) | {"margin": {"l": 52, "r": 10, "t": 82, "b": 42}}
    layout["title"] = {"text": title, "font": {"size": 14}, "x": 0.5, "xanchor": "center", "y": 0.99, "yanchor": "top"}
    layout["showlegend"] = first  # once for all, at the left
    layout["legend"] |= {"x": 0, "y": 1.0, "yanchor": "bottom", "font": {"size": 11}, "itemwidth": 30}
    layout["xaxis"] = {"title": {"text": "step", "font": {"size": 13}}, "showgrid": False, "zeroline": False}
    axis: dict[str, Any] = {"rangemode": "tozero"}
    if first:
        heights = np.concatenate([np.asarray(trace["y"], dtype=np.float64) for trace in traces])
        low, high = np.log10([heights[heights > 0].min(initial=1.0), heights.max(initial=1.0)])
        axis = {"type": "log", "exponentformat": "power", "dtick": 1 if high - low > 1.5 else "D2"}
    layout["yaxis"] = {"gridcolor": theme.line, "zeroline": False, **axis}
    return figure_of(traces, layout)


def band(name: str, along: AlongTheSteps, low: Array, high: Array, colour: str) -> list[dict[str, Any]]:
    """What lies between two curves over the steps, shaded: their two traces.

    Args:
        name: what it is called.
        along: whose steps.
        low, high: the curves, shape (K,).
        colour: of the shade and its borders.
    """
    line = {"x": along.steps, "type": "scatter", "mode": "lines", "legendgroup": name}
    below = {**line, "y": single_precision(low), "line": {"color": colour, "width": 1}, "showlegend": False, "hoverinfo": "skip"}
    above = {**line, "y": single_precision(high), "line": {"color": colour, "width": CURVE_WIDTH / 2}}
    above |= {"name": name, "fill": "tonexty", "fillcolor": rgba(colour, _OPACITY)}
    return [below, above | {"hovertemplate": f"step %{{x}}: up to %{{y:.2g}}<extra>{name}</extra>"}]
