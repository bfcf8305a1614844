"""Critical points of a network: how high they lie by their index, and how long the gradient is where the searches ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from figures.figure import figure_of, single_precision
from figures.maps import base_layout
from figures.theme import CURVE_WIDTH, LIGHT, Theme
from lab.critical_points import LIMIT, CriticalSurvey
from parameters import Array

if TYPE_CHECKING:
    import plotly.graph_objects as go

_SPREAD = 0.5
"""Points of one index are spread over so much of the way to the next one."""
_TURN = (5**0.5 - 1) / 2
_SHORTEST = 1e-17
"""A gradient of length 0 is drawn at this length."""


def index_and_loss(survey: CriticalSurvey, theme: Theme = LIGHT, limit: float = LIMIT) -> go.Figure:
    """The loss of each point by how many of its directions lead down, and the law of random matrices beside them.

    Args:
        survey: what was found.
        theme: light or dark.
        limit: the length of the gradient up to which a point counts.
    """
    points, counted = survey.points, survey.critical(limit)
    along = (np.arange(len(points.losses)) * _TURN % 1 - 0.5) * _SPREAD
    traces = [_points(survey, points.index + along, counted, count, theme) for count in (False, True)]
    index, heights = survey.law(limit)
    if index.size:
        line = {"color": theme.text, "width": CURVE_WIDTH / 2, "dash": "dash"}
        law = {"type": "scatter", "mode": "lines", "x": index, "y": single_precision(heights), "line": line, "hoverinfo": "skip"}
        traces.append(law | {"name": "law of random matrices"})
    layout = _layout(theme, f"index: directions down, of {survey.size}")
    layout["xaxis"] |= {"dtick": max(1, round(int(points.index.max(initial=1)) / 10)), "zeroline": False}
    return figure_of([trace for trace in traces if len(trace["x"])], layout)


def gradient_and_loss(survey: CriticalSurvey, theme: Theme = LIGHT, limit: float = LIMIT) -> go.Figure:
    """The loss of each point by the length of its gradient, with the limit. Arguments as for `index_and_loss`."""
    norms, counted = np.maximum(survey.points.gradient_norms, _SHORTEST), survey.critical(limit)
    layout = _layout(theme, "length of the gradient")
    layout["xaxis"] |= {"type": "log", "exponentformat": "power", "nticks": 8, "tickfont": {"size": 11}}
    at = {"type": "line", "x0": limit, "x1": limit, "yref": "paper", "y0": 0, "y1": 1}
    layout["shapes"] = [at | {"line": {"color": theme.text, "width": 1, "dash": "dash"}}]
    traces = [_points(survey, norms, counted, count, theme) for count in (False, True)]
    return figure_of([trace for trace in traces if len(trace["x"])], layout)


def _points(survey: CriticalSurvey, across: Array, counted: npt.NDArray[np.bool_], count: bool, theme: Theme) -> dict[str, Any]:
    """The points that count, or the others, which are crosses."""
    points, shown = survey.points, counted == count
    columns = (points.index, points.gradient_norms, survey.steps, points.eigenvalues[:, 0])
    marker = {"color": theme.accent if count else theme.text, "size": 7, "symbol": "circle" if count else "x-thin-open"}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": single_precision(across[shown]),
        "y": single_precision(points.losses[shown]),
        "customdata": np.stack(columns, axis=1)[shown],
        "name": "critical points" if count else "gradient too long",
        "marker": marker | {"opacity": 0.55},
        "hovertemplate": "loss %{y:.4f}, index %{customdata[0]}<br>length of the gradient %{customdata[1]:.1e}<br>lowest curvature "
        "%{customdata[3]:.2g}<br>searched for from step %{customdata[2]}<extra></extra>",
    }


def _layout(theme: Theme, x: str) -> dict[str, Any]:
    layout = base_layout(theme) | {"margin": {"l": 58, "r": 12, "t": 34, "b": 42}}
    layout["font"] |= {"size": 12}
    layout["legend"] |= {"font": {"size": 12}, "itemwidth": 30}
    layout["xaxis"] = {"title": {"text": x, "font": {"size": 13}}, "showgrid": False, "ticks": "outside"}
    layout["yaxis"] = {"title": {"text": "loss", "font": {"size": 13}}, "gridcolor": theme.line, "zeroline": False}
    return layout
