"""Curves over the steps, one for each optimizer: the median over the starts, and the quartiles where there are several."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from figures.figure import figure_of
from figures.maps import base_layout
from figures.theme import CURVE_WIDTH, LIGHT, Style, Theme, race_styles, rgba
from parameters import Array
from scenario import Race
from simulation import Run
from simulation.attractors import lowest_loss
from simulation.measures import diverged_as_infinity, effective_rates, gradient_norms, median

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Curve:
    """A quantity over the steps.

    Args:
        title: of its axis.
        of: the quantity of a run, shape (steps + 1, N) or (steps, N), one array for each axis it has.
        axes: the names of its arrays, where there are several; the first is drawn as the optimizer's own line, the others thinner.
    """

    title: str
    of: Callable[[Run], list[Array]]
    axes: tuple[str, ...] = ("",)


FLOOR = 1e-16
"""What is closer to the lowest loss is drawn at this height; a logarithmic scale has no zero."""
_HIGHEST = 30.0
"""Curves may rise to so many times the highest start before they leave the picture: those that diverge would press the others flat."""


def _above_lowest(run: Run) -> list[Array]:
    return [np.maximum(run.losses - lowest_loss(run.landscape), FLOOR)]


CURVES = {
    "loss": Curve("loss above the lowest", _above_lowest),
    "gradient": Curve("length of the gradient", lambda run: [gradient_norms(run)]),
    "rate": Curve("effective learning rate", lambda run: list(effective_rates(run).swapaxes(0, 1)), ("x", "y")),
}
"""What can be drawn over the steps, by the name of its panel (`scenario.PANELS`), all on a logarithmic scale."""


def loss_curves(race: Race, theme: Theme = LIGHT, logarithmic: bool = True) -> go.Figure:
    """The loss at every step: the median over the starts, and a band from the quartile below to the one above where there are several.

    Args:
        race: what to draw.
        theme: light or dark.
        logarithmic: show how far the loss is above the lowest known one, on a logarithmic scale; otherwise the loss itself. A landscape
            without a lowest loss is always shown with the loss itself.
    """
    if logarithmic and np.isfinite(lowest_loss(race.landscape)):
        return curves(race, "loss", theme)
    return _figure(race, Curve("loss", lambda run: [run.losses]), theme, logarithmic=False)


def curves(race: Race, name: str, theme: Theme = LIGHT) -> go.Figure:
    """One of `CURVES` for every optimizer, on a logarithmic scale."""
    return _figure(race, CURVES[name], theme, logarithmic=True)


def _figure(race: Race, curve: Curve, theme: Theme, logarithmic: bool) -> go.Figure:
    data: list[dict[str, Any]] = []
    for run, label, style in zip(race.runs, race.labels, race_styles(race), strict=True):
        for axis, (part, word) in enumerate(zip(curve.of(run), curve.axes, strict=True)):
            data += _lines(part, f"{label}, {word}" if word else label, label, style, thin=axis > 0, band=len(curve.axes) == 1)
    layout = base_layout(theme)
    grid = {"gridcolor": theme.line, "zeroline": False}
    layout["xaxis"] = {**grid, "title": {"text": "step"}, "range": [0, race.scenario.steps], "showgrid": False, "ticks": "outside"}
    layout["yaxis"] = {**grid, "title": {"text": curve.title}}
    if logarithmic:
        layout["yaxis"] |= {"type": "log", "exponentformat": "power", "nticks": 6, "minor": {"ticks": ""}}
    if limits := _limits([trace["y"] for trace in data], logarithmic):
        layout["yaxis"]["range"] = limits
    layout["margin"] = {"l": 64, "r": 16, "t": 28, "b": 42}
    return figure_of(data, layout)


def _limits(lines: list[Array], logarithmic: bool) -> list[float] | None:
    """The range of the axis where some line rises so far that the others could not be told apart, else None."""
    values = np.concatenate(lines)
    values = values[np.isfinite(values) & ((values > 0) | (not logarithmic))]
    if not values.size:
        return None
    first = max((abs(float(line[0])) for line in lines if np.isfinite(line[0])), default=0.0)
    highest = (_HIGHEST if logarithmic else 2.0) * first
    if not 0 < highest < values.max():
        return None
    lowest = min(float(values.min()), highest)
    return [float(np.log10(lowest)) - 0.2, float(np.log10(highest))] if logarithmic else [lowest, highest]


def _lines(values: Array, name: str, group: str, style: Style, thin: bool, band: bool) -> list[dict[str, Any]]:
    steps = np.arange(len(values))
    low, middle, high = (single_precision(part) for part in _quartiles(values))
    line = {"color": style.colour, "width": CURVE_WIDTH / 2 if thin else CURVE_WIDTH, "dash": "dot" if thin else style.dash}
    hover = f"{name}<br>step %{{x}}: %{{y:.4g}}<extra></extra>"
    curve: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "x": steps,
        "y": middle,
        "name": name,
        "line": line,
        "hovertemplate": hover,
    }
    curve |= {"legendgroup": group, "showlegend": not thin}
    if values.shape[1] == 1 or not band:
        return [curve]
    spread = {
        "type": "scatter",
        "mode": "lines",
        "x": np.concatenate([steps, steps[::-1]]),
        "y": np.concatenate([high, low[::-1]]),
        "fill": "toself",
        "fillcolor": rgba(style.colour, 0.15),
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
        "legendgroup": group,
    }
    return [spread, curve]


def _quartiles(values: Array) -> tuple[Array, Array, Array]:
    """Quartiles over the starts. A diverged trajectory counts as infinitely high, so it cannot flatter the others."""
    if values.shape[1] == 1:
        return values[:, 0], values[:, 0], values[:, 0]
    low, high = np.quantile(diverged_as_infinity(values), [0.25, 0.75], axis=1, method="nearest")  # no mean of something and infinity
    low, middle, high = (np.where(np.isfinite(part), part, np.nan) for part in (low, median(values), high))
    return low, middle, high


def single_precision(values: Array) -> Array | npt.NDArray[np.float32]:
    """In single precision where that can hold the values: a figure's size counts when it is sent."""
    largest = np.nanmax(np.abs(values), initial=0.0)
    return values.astype(np.float32) if largest < np.finfo(np.float32).max else values
