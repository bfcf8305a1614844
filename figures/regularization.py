"""Networks that learn in several ways: losses and the share that is right over the steps, a curve for each way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from figures.figure import figure_of, single_precision
from figures.maps import base_layout
from figures.theme import CURVE_WIDTH, LIGHT, Style, Theme, rgba, styles
from lab.regularization import RegularizationCurves, RegularizationResult
from parameters import Array

if TYPE_CHECKING:
    import plotly.graph_objects as go

_SHADE = 0.1
_SMALLEST = 1e-6
"""Losses below are drawn as this one: a logarithm has no end there."""
_PLOTS = (
    ("losses", "training loss", "log"),
    ("test_losses", "test loss", "log"),
    ("test_accuracies", "test examples that are right", "linear"),
)
"""What is drawn, with its title and the kind of its axis."""


def regularization_curves(result: RegularizationResult, theme: Theme = LIGHT) -> tuple[go.Figure, ...]:
    """A figure of the training loss, one of the test loss, and, of a classification, one of the test accuracy: medians over the networks
    with a band from quartile to quartile. A network that overflowed counts as infinitely high."""
    return tuple(_plot(result, *each, theme) for each in _PLOTS if result.graded or each[0] != "test_accuracies")


def regularization_styles(task: RegularizationCurves) -> list[Style]:
    """The style of each way: that of its network in the player, where all learn side by side."""
    return styles([task.experiment.optimizers[0].name] * len(task.labels))


def _plot(result: RegularizationResult, name: str, title: str, kind: str, theme: Theme) -> go.Figure:
    values, steps = getattr(result, name), result.task.steps
    data, drawn = [], []
    for label, style, own in zip(result.task.labels, regularization_styles(result.task), values, strict=True):
        lines = _quartiles(own if kind == "linear" else np.maximum(own, _SMALLEST))
        drawn.append(np.concatenate(lines))
        data += _traces(label, style, steps, *lines, kind)
    data.sort(key=lambda trace: "fill" not in trace)  # lines above all bands
    layout = base_layout(theme) | {"margin": {"l": 56, "r": 12, "t": 34, "b": 44}, "showlegend": False}
    layout["title"] = {"text": title, "font": {"size": 14}, "x": 0.5, "xanchor": "center", "y": 0.98, "yanchor": "top"}
    axis = {"type": "log", "range": [0.0, float(np.log10(max(steps[-1], 2)))], "dtick": 1, "tickformat": ",d", "showgrid": False}
    layout["xaxis"] = {**axis, "zeroline": False, "ticks": "outside", "title": {"text": "step", "font": {"size": 13}}}
    layout["yaxis"] = {"gridcolor": theme.line, "zeroline": False, **_axis(np.concatenate(drawn), kind)}
    return figure_of(data, layout)


def _quartiles(values: Array) -> tuple[Array, Array, Array]:
    """The quartile below, the median and the quartile above over the networks, shape (K,) each."""
    low, middle, high = np.quantile(np.where(np.isfinite(values), values, np.inf), [0.25, 0.5, 0.75], axis=0, method="nearest")
    return low, middle, high


def _axis(drawn: Array, kind: str) -> dict[str, Any]:
    seen = drawn[np.isfinite(drawn)]
    if kind == "linear" or not seen.size:
        return {"tickformat": ".0%"}
    low, high = np.log10([seen.min(), seen.max()])
    return {"type": "log", "tickformat": "~g", "dtick": 1 if high - low > 1.5 else "D2"}


def _traces(
    label: str, style: Style, steps: npt.NDArray[np.int64], low: Array, middle: Array, high: Array, kind: str
) -> list[dict[str, Any]]:
    known = (steps > 0) & np.isfinite(high)
    shown = "%{y:.1%}" if kind == "linear" else "%{y:.3g}"
    band = {
        "type": "scatter",
        "mode": "lines",
        "x": np.concatenate([steps[known], steps[known][::-1]]),
        "y": single_precision(np.concatenate([high[known], low[known][::-1]])),
        "fill": "toself",
        "fillcolor": rgba(style.colour, _SHADE),
        "line": {"width": 0},
        "hoverinfo": "skip",
        "name": label,
    }
    known = (steps > 0) & np.isfinite(middle)
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": steps[known],
        "y": single_precision(middle[known]),
        "name": label,
        "line": {"color": style.colour, "width": CURVE_WIDTH, "dash": style.dash},
        "hovertemplate": f"{label}<br>step %{{x}}: {shown}<extra></extra>",
    }
    return [band, line]
