"""Plots that stand in lessons, each a function of the theme, registered under the name by which a lesson's file asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from figures.figure import figure_of
from figures.maps import base_layout
from figures.theme import CURVE_WIDTH, Theme, rgba
from lab.smoothness import Smoothness, along_the_steps
from lab.stationarity import SAMPLES, share_of_minima
from scenario import Experiment
from scenario.lessons import lessons

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
    layout = _plain_layout(theme, "dimensions", "share of minima")
    layout["legend"] = {"x": 0.98, "xanchor": "right", "y": 0.98, "yanchor": "top"}
    layout["xaxis"] |= {"dtick": 1}
    layout["yaxis"] |= {"type": "log", "dtick": 1, "exponentformat": "power"}
    return figure_of([chance, sampled], layout)


def loss_along_the_steps(theme: Theme) -> go.Figure:
    """Between which values the loss lies along each step of the lesson on batch normalization, without it and with."""
    traces: list[dict[str, Any]] = []
    for (name, (steps, found)), colour in zip(smoothness_by_normalization().items(), (theme.text, theme.accent), strict=True):
        line = {"x": steps, "type": "scatter", "mode": "lines", "line": {"color": colour, "width": 1}, "legendgroup": name}
        traces.append({**line, "y": found.low, "showlegend": False, "hoverinfo": "skip"})
        band = {"name": name, "fill": "tonexty", "fillcolor": rgba(colour, 0.35)}
        traces.append({**line, **band, "y": found.high, "hovertemplate": f"step %{{x}}: up to %{{y:.2g}}<extra>{name}</extra>"})
    layout = _plain_layout(theme, "step", "loss along the step")
    layout["legend"] = {"x": 0.98, "xanchor": "right", "y": 0.98, "yanchor": "top"}
    layout["yaxis"] |= {"type": "log", "dtick": 1, "exponentformat": "power"}
    return figure_of(traces, layout)


@cache
def smoothness_by_normalization() -> dict[str, tuple[npt.NDArray[np.int64], Smoothness]]:
    """Where the network with the middle rate is trained in the last two pictures of the lesson on batch normalization: every other kept
    step from the fifth on, and how smooth the loss is along it."""
    found = {}
    for stop in lessons()["batch-norm"].stops[-2:]:
        assert isinstance(stop.scenario, Experiment)
        trained = stop.scenario.train()
        run = trained.runs[1]
        kept = np.flatnonzero((run.steps >= 5) & (run.steps < stop.scenario.steps))[::2]
        name = "normalized" if stop.scenario.batch_norm else "not normalized"
        rate = float(run.optimizer.values["lr"])
        found[name] = (run.steps[kept], along_the_steps(trained.network, run.weights[kept], trained.data, rate))
    return found


def _plain_layout(theme: Theme, x: str, y: str) -> dict[str, Any]:
    layout = base_layout(theme) | {"margin": {"l": 58, "r": 12, "t": 12, "b": 42}}
    layout["font"] |= {"size": 12}
    layout["xaxis"] = {"title": {"text": x, "font": {"size": 13}}, "showgrid": False, "zeroline": False}
    layout["yaxis"] = {"title": {"text": y, "font": {"size": 13}}, "gridcolor": theme.line}
    return layout


LESSON_FIGURES: Mapping[str, Callable[[Theme], go.Figure]] = {"share of minima": minima_by_dimension, "smoothness": loss_along_the_steps}
"""The figures of lessons, by the name that a lesson's block `figure` gives."""
