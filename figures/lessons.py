"""Plots that stand in lessons, each a function of the theme, registered under the name by which a lesson's file asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from figures.critical_points import index_and_loss
from figures.figure import figure_of
from figures.maps import base_layout
from figures.penalties import penalty_grid
from figures.smoothness import band
from figures.theme import CURVE_WIDTH, Theme
from figures.transfer import transfer_curves
from lab.axes import Axis
from lab.critical_points import CriticalSearch, CriticalSurvey
from lab.executors import run_task
from lab.network_sweeps import NetworkMap, NetworkSweep
from lab.penalties import PenalizedMap, under_penalties
from lab.smoothness import AlongTheSteps, along_the_steps
from lab.stationarity import SAMPLES, share_of_minima
from lab.transfer import TransferCurves, TransferResult
from scenario import Choice, Comparison, Experiment
from scenario.lessons import lessons
from scenario.setup import Setup

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
    for (name, along), colour in zip(smoothness_by_normalization().items(), (theme.text, theme.accent), strict=True):
        traces += band(name, along, along.found.lowest, along.found.highest, colour)
    layout = _plain_layout(theme, "step", "loss along the step")
    layout["legend"] = {"x": 0.98, "xanchor": "right", "y": 0.98, "yanchor": "top"}
    layout["yaxis"] |= {"type": "log", "dtick": 1, "exponentformat": "power"}
    return figure_of(traces, layout)


@cache
def smoothness_by_normalization() -> dict[str, AlongTheSteps]:
    """Where the network with the middle rate is trained in the last two pictures of the lesson on batch normalization: how smooth the
    loss is along its steps from the fifth on."""
    found = {}
    for stop in lessons()["batch-norm"].stops[-2:]:
        assert isinstance(stop.scenario, Experiment)
        name = "normalized" if stop.scenario.batch_norm else "not normalized"
        found[name] = along_the_steps(stop.scenario.train(), 1, 5)
    return found


def right_by_scale_and_rate(theme: Theme) -> go.Figure:
    """The share of the test examples that networks get right, by the scale of their weights and the rate, not normalized and normalized."""
    maps = scales_and_rates()
    layout = _plain_layout(theme, "scale", "learning rate")  # of the weights: two longer words would meet on a phone
    layout["margin"] |= {"t": 28, "r": 4}
    traces: list[dict[str, Any]] = []
    for number, found in enumerate(maps):
        suffix = str(number + 1) if number else ""
        x, y = found.sweep.x.values, found.sweep.y.values
        place = "scale %{x:.2g}, rate %{y:.2g}"
        colours = {"coloraxis": "coloraxis", "hovertemplate": f"{place}: %{{z:.0%}} right<extra></extra>", "xgap": 1, "ygap": 1}
        traces.append({"type": "heatmap", "x": x, "y": y, "z": found.accuracy, "xaxis": f"x{suffix}", "yaxis": "y", **colours})
        left = 0.52 * number
        side = {"domain": [left, left + 0.48], "type": "log", "dtick": 1, "exponentformat": "power"}
        layout[f"xaxis{suffix}"] = layout["xaxis"] | side
        title = {"text": "normalized" if found.batch_norm else "not normalized", "font": {"size": 13}, "showarrow": False}
        where = {"x": left + 0.24, "y": 1, "xref": "paper", "yref": "paper", "yanchor": "bottom", "xanchor": "center"}
        layout.setdefault("annotations", []).append(title | where)
    layout["yaxis"] |= {"type": "log", "dtick": 1, "exponentformat": "power"}
    bar = {"thickness": 10, "tickformat": ".0%", "len": 1, "outlinewidth": 0}
    layout["coloraxis"] = {"cmin": 0.5, "cmax": 1, "colorscale": [[0, theme.background], [1, theme.accent]], "colorbar": bar}
    return figure_of(traces, layout)


@cache
def scales_and_rates() -> tuple[NetworkMap, ...]:
    """The network of the lesson on coarse ranges in a grid of ten scales and nine rates, without normalization and with."""
    experiment = lessons()["coarse-ranges"].scenario
    assert isinstance(experiment, Experiment)
    one = experiment.replace(optimizers=experiment.optimizers[:1], initials=(Choice("xavier"),))
    scales, rates = Axis("initials.0.scale", 0.03, 30, 10, "log"), Axis("optimizers.0.lr", 0.003, 30, 9, "log")
    return run_task(NetworkSweep(one, scales, rates)).maps


def landscapes_under_l2(theme: Theme) -> go.Figure:
    """The landscape of the lesson on regularization in a network under each strength of L2, on one colour scale."""
    return penalty_grid(under_l2(), theme)


def under_l2() -> tuple[PenalizedMap, ...]:
    """The maps of the networks of that lesson which differ in L2."""
    return under_penalties(_trained(lessons()["over-fitting"].stops[1].scenario))


@cache
def _trained(setup: Setup) -> Comparison:
    assert isinstance(setup, Experiment)
    return setup.train()


def clean_to_noisy_digits(theme: Theme) -> go.Figure:
    """What is learned of noisy digits against the number of examples, in four ways."""
    figure = transfer_curves(clean_to_noisy(), theme)
    return figure.update_layout(font={"size": 12}, margin={"l": 58, "r": 12, "t": 46, "b": 42})


@cache
def clean_to_noisy() -> TransferResult:
    """The curves of the lesson on transfer learning."""
    return run_task(TransferCurves("noise", networks=5, counts=(1, 2, 5, 10)))


def index_and_loss_of_xor(theme: Theme) -> go.Figure:
    """The critical points of the network of the lesson on saddles in networks."""
    return index_and_loss(critical_survey(), theme)


@cache
def critical_survey() -> CriticalSurvey:
    """Where the searches of that lesson end."""
    experiment = lessons()["index-and-loss"].scenario
    assert isinstance(experiment, Experiment)
    return run_task(CriticalSearch.of(experiment))


def _plain_layout(theme: Theme, x: str, y: str) -> dict[str, Any]:
    layout = base_layout(theme) | {"margin": {"l": 58, "r": 12, "t": 12, "b": 42}}
    layout["font"] |= {"size": 12}
    layout["xaxis"] = {"title": {"text": x, "font": {"size": 13}}, "showgrid": False, "zeroline": False}
    layout["yaxis"] = {"title": {"text": y, "font": {"size": 13}}, "gridcolor": theme.line}
    return layout


LESSON_FIGURES: Mapping[str, Callable[[Theme], go.Figure]] = {
    "share of minima": minima_by_dimension,
    "smoothness": loss_along_the_steps,
    "scale and rate": right_by_scale_and_rate,
    "index and loss": index_and_loss_of_xor,
    "under L2": landscapes_under_l2,
    "clean to noisy digits": clean_to_noisy_digits,
}
"""The figures of lessons, by the name that a lesson's block `figure` gives."""
