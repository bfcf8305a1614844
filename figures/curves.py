"""Curves over the steps, one for each optimizer: the median over the starts, and the quartiles where there are several."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from figures.figure import figure_of, single_precision
from figures.leaving import leaving
from figures.loss_grid import loss_grid
from figures.maps import base_layout
from figures.scales import LINEAR, LOGARITHMIC, Scale, Symmetric
from figures.theme import CURVE_WIDTH, LIGHT, Style, Theme, check_asked, race_styles, rgba
from parameters import Array, lookup
from scenario import Race
from simulation import Run
from simulation.attractors import lowest_loss
from simulation.measures import TOLERANCE, default_tolerance, diverged_as_infinity, effective_rates, gradient_norms, median

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Curve:
    """A quantity over the steps.

    Args:
        title: of its axis; "{}" stands for the names of the landscape's coordinates.
        of: the quantity of a run, shape (steps + 1, N) or (steps, N), in one array, or in one for each coordinate: the first is then drawn
            as the optimizer's own line, the other thinner.
        scale: of its axis.
    """

    title: str
    of: Callable[[Run], list[Array]]
    scale: Scale = LOGARITHMIC


FLOOR = 1e-16
"""What is closer to the lowest loss is drawn at this height, a share of the landscape's usual one where that is small; a logarithm has no
zero."""
_MODEST = 30.0
"""Losses that stay within so many times of what is usual on the map are drawn on a linear scale, where they cannot be drawn above the
lowest."""
_DECADE = 10.0
"""Losses above zero of which the highest is so many times the lowest are drawn on a logarithmic scale."""

CURVES = {
    "loss": Curve("loss above the lowest", lambda run: [_above(run, lowest_loss(run.landscape))]),
    "gradient": Curve("length of the gradient", lambda run: [gradient_norms(run)]),
    "rate": Curve("effective learning rate", lambda run: list(effective_rates(run).swapaxes(0, 1))),
    "position": Curve("position: {} thick, {} thin", lambda run: list(run.positions.swapaxes(0, 1)), scale=LINEAR),
}
"""What can be drawn over the steps, by the name of its panel (`scenario.PANELS`)."""


def loss_curves(race: Race, theme: Theme = LIGHT, logarithmic: bool = True) -> go.Figure:
    """The loss at every step: the median over the starts, and a band from the quartile below to the one above where there are several.

    Args:
        race: what to draw.
        theme: light or dark.
        logarithmic: show how far the loss is above the lowest known one, on a logarithmic scale; otherwise the loss itself, on a linear
            one. Where no lowest is known the loss itself is always shown.
    """
    check_asked(race, theme)
    return _figure(race, loss_curve(race) if logarithmic else Curve("loss", lambda run: [run.losses], scale=LINEAR), theme)


def curves(race: Race, name: str, theme: Theme = LIGHT) -> go.Figure:
    """One of `CURVES` for every optimizer. Positions are shown as far as the window reaches."""
    check_asked(race, theme)
    lookup(CURVES, name, "curve")
    if name != "position" or _within(race):
        return _figure(race, loss_curve(race) if name == "loss" else CURVES[name], theme)
    sides = [min(low for low, _ in race.landscape.window), max(high for _, high in race.landscape.window)]
    return _figure(race, CURVES[name], theme, {"range": sides})


def _within(race: Race) -> bool:
    """Whether all positions are finite and within the window."""
    low, high = np.array(race.landscape.window).T[:, :, None]
    with np.errstate(invalid="ignore"):
        return all(bool(((run.positions >= low) & (run.positions <= high)).all()) for run in race.runs)


def loss_curve(race: Race) -> Curve:
    """How the loss of a race is drawn.

    Above the lowest loss on a logarithmic scale, where the lowest is known. Otherwise the loss itself, and the title says why: on a linear
    scale; on a logarithmic one where it spans more than a factor of ten and is above zero on all of the map, too; or where it leaves the
    heights of the map far behind, on one that is logarithmic on both sides of zero.
    """
    problem = unknown_lowest(race)
    if not problem:
        return CURVES["loss"]
    known = loss_grid(race.landscape).losses
    usual = float(np.nanmedian(np.abs(known)))
    height = np.nanmax(np.abs(race.runs[0].losses[0]), initial=usual)
    reached = max(float(np.nanmax(np.abs(run.losses), initial=0.0)) for run in race.runs)
    least = min(float(np.nanmin(run.losses, initial=np.inf)) for run in race.runs)
    if 0 < _DECADE * least < reached and np.nanmin(known) > 0:
        return Curve(f"loss, log ({problem})", lambda run: [run.losses])
    if reached <= _MODEST * height:
        return Curve(f"loss ({problem})", lambda run: [run.losses], scale=LINEAR)
    return Curve(f"loss, log on both sides of 0 ({problem})", lambda run: [run.losses], scale=Symmetric(float(height)))


def unknown_lowest(race: Race) -> str:
    """Why the losses of a race cannot be drawn above the lowest, in a few words; "" where they can."""
    landscape = race.landscape
    lowest = lowest_loss(landscape)
    if np.isnan(lowest):
        return "no lowest is known"
    slack = 1e-3 * default_tolerance(landscape) + 1e-9 * abs(lowest)
    fallen = any(float(np.nanmin(run.losses, initial=np.inf)) < lowest - slack for run in race.runs)
    return "it falls below every known minimum" if fallen else ""


def _above(run: Run, lowest: float) -> Array:
    usual = default_tolerance(run.landscape) / TOLERANCE
    return np.maximum(run.losses - lowest, FLOOR * min(1.0, usual))


def _figure(race: Race, curve: Curve, theme: Theme, upright: dict[str, Any] | None = None) -> go.Figure:
    data: list[dict[str, Any]] = []
    drawn: list[Array] = []
    for run, label, style in zip(race.runs, race.labels, race_styles(race), strict=True):
        parts = curve.of(run)
        words = race.landscape.axes if len(parts) > 1 else [""]
        for axis, (part, word) in enumerate(zip(parts, words, strict=True)):
            low, middle, high = _quartiles(part)
            if part.shape[1] > 1 and len(parts) == 1:
                drawn.append(np.concatenate([high, low[::-1]]))
                data.append(_band(curve.scale.place(drawn[-1]), label, style))
            drawn.append(middle)
            data.append(_line(middle, curve.scale, f"{label}, {word}" if word else label, label, style, thin=axis > 0))
    layout = base_layout(theme)
    grid = {"gridcolor": theme.line, "zeroline": False}
    layout["xaxis"] = {**grid, "title": {"text": "step"}, "range": [0, race.scenario.steps], "showgrid": False, "ticks": "outside"}
    upright = curve.scale.axis(drawn) if upright is None else upright
    layout["yaxis"] = {**grid, "title": {"text": curve.title.format(*race.landscape.axes)}, **upright}
    layout["annotations"] = leaving(data, upright, race.scenario.steps, theme)
    layout["margin"] = {"l": 64, "r": 16, "t": 28, "b": 42}
    return figure_of(data, layout)


def _line(values: Array, scale: Scale, name: str, group: str, style: Style, thin: bool) -> dict[str, Any]:
    placed = scale.place(values)
    shown = "y" if placed is values else "customdata"
    line: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "x": np.arange(len(values)),
        "y": single_precision(placed),
        "name": name,
        "line": {"color": style.colour, "width": CURVE_WIDTH / 2 if thin else CURVE_WIDTH, "dash": "dot" if thin else style.dash},
        "hovertemplate": f"{name}<br>step %{{x}}: %{{{shown}:.4g}}<extra></extra>",
        "legendgroup": group,
        "showlegend": not thin,
    }
    return line if placed is values else {**line, "customdata": single_precision(values)}


def _band(placed: Array, group: str, style: Style) -> dict[str, Any]:
    """The area between the upper edge there and the lower edge back."""
    steps = np.arange(len(placed) // 2)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.concatenate([steps, steps[::-1]]),
        "y": single_precision(placed),
        "fill": "toself",
        "fillcolor": rgba(style.colour, 0.15),
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
        "legendgroup": group,
    }


def _quartiles(values: Array) -> tuple[Array, Array, Array]:
    """Quartiles over the starts. A diverged trajectory counts as infinitely high, so it cannot flatter the others."""
    if values.shape[1] == 1:
        return values[:, 0], values[:, 0], values[:, 0]
    low, high = np.quantile(diverged_as_infinity(values), [0.25, 0.75], axis=1, method="nearest")  # no mean of something and infinity
    low, middle, high = (np.where(np.isfinite(part), part, np.nan) for part in (low, median(values), high))
    return low, middle, high
