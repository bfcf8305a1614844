"""The loss over the steps, one curve for each optimizer."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from figures.maps import base_layout
from figures.theme import LIGHT, Style, Theme, race_styles, rgba
from parameters import Array
from scenario import Race
from simulation.measures import lowest_loss


def loss_curves(race: Race, theme: Theme = LIGHT, logarithmic: bool = True) -> go.Figure:
    """The loss at every step: the median over the starts, and a band from the quartile below to the one above where there are several.

    Args:
        race: what to draw.
        theme: light or dark.
        logarithmic: show how far the loss is above the lowest known one, on a logarithmic scale; otherwise the loss itself. A landscape
            without a lowest loss is always shown with the loss itself.
    """
    lowest = lowest_loss(race.landscape)
    above = bool(logarithmic and np.isfinite(lowest))
    data: list[dict[str, Any]] = []
    for run, label, style in zip(race.runs, race.labels, race_styles(race), strict=True):
        losses = np.maximum(run.losses - lowest, 1e-16) if above else run.losses
        data += _curve(losses, label, style)
    layout = base_layout(theme)
    grid = {"gridcolor": theme.line, "zeroline": False}
    layout["xaxis"] = {**grid, "title": {"text": "step"}, "range": [0, race.scenario.steps], "showgrid": False, "ticks": "outside"}
    layout["yaxis"] = {**grid, "title": {"text": "loss above the lowest" if above else "loss"}}
    if above:
        layout["yaxis"] |= {"type": "log", "exponentformat": "power", "dtick": "D1" if _decades(data) < 1.5 else None, "nticks": 7}
        layout["yaxis"] = {key: value for key, value in layout["yaxis"].items() if value is not None}
    layout["margin"] = {"l": 64, "r": 12, "t": 28, "b": 42}
    return go.Figure(data, layout)


def _curve(losses: Array, label: str, style: Style) -> list[dict[str, Any]]:
    steps = np.arange(len(losses))
    with np.errstate(all="ignore"):
        low, middle, high = _quartiles(losses)
    line = {"color": style.colour, "width": 2.5, "dash": style.dash}
    hover = f"{label}<br>step %{{x}}, loss %{{y:.4g}}<extra></extra>"
    curve = {
        "type": "scatter",
        "mode": "lines",
        "x": steps,
        "y": middle,
        "name": label,
        "line": line,
        "hovertemplate": hover,
        "legendgroup": label,
    }
    if losses.shape[1] == 1:
        return [curve]
    band = {
        "type": "scatter",
        "mode": "lines",
        "x": np.concatenate([steps, steps[::-1]]),
        "y": np.concatenate([high, low[::-1]]),
        "fill": "toself",
        "fillcolor": rgba(style.colour, 0.15),
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
        "legendgroup": label,
    }
    return [band, curve]


def _quartiles(losses: Array) -> tuple[Array, Array, Array]:
    """Quartiles over the starts. A diverged trajectory counts as infinitely high, so it cannot flatter the others."""
    counted = np.where(np.isnan(losses), np.inf, losses)
    quartiles = np.quantile(counted, [0.25, 0.5, 0.75], axis=1, method="nearest")
    low, middle, high = np.where(np.isfinite(quartiles), quartiles, np.nan)
    return low, middle, high


def _decades(data: list[dict[str, Any]]) -> float:
    values = np.concatenate([trace["y"] for trace in data])
    values = values[np.isfinite(values) & (values > 0)]
    return float(np.log10(values.max() / values.min())) if values.size else 0.0
