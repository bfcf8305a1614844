"""Results of tuning and of tournaments: trials and sensitivity to the learning rate, ranks, performance profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

import landscapes
from figures.figure import figure_of
from figures.maps import base_layout
from figures.theme import CURVE_WIDTH, LIGHT, Style, Theme, colour_scale, rgba, styles
from lab.costs import step_cost
from lab.search import OBJECTIVES
from lab.tournament import Standings
from lab.tuning import Trials, Tuned
from parameters import short

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HIGHEST = 30.0
"""What rises to more than so many times the objective at the smallest rate is not worth a longer axis."""
_RANKED = {
    "light": ((0.0, "#8DB9DA"), (0.5, "#C9DCEB"), (1.0, "#F6F8FA")),
    "dark": ((0.0, "#2A6491"), (0.5, "#1D3A52"), (1.0, "#141A22")),
}
"""Colours of the best rank to the worst, on which the theme's text is readable."""
_FAILURES = 0.12
"""The share of the picture, at its upper edge, in which trials that came to nothing stand, each optimizer's in a row."""
_CLOSE = {"font": {"size": 12}, "itemwidth": 30}
"""A legend of many optimizers in few rows."""
_TURNED = 5
"""From so many landscapes their names are turned."""


def sensitivity(tuned: Tuned, theme: Theme = LIGHT) -> go.Figure:
    """The objective against the learning rate for every optimizer, all else at its best, and the best of its trials as a mark.

    A wide valley is a robust method, a narrow one a brittle method. Rates at which most starts diverge leave a gap.
    """
    data: list[dict[str, Any]] = []
    for trials, label, style in _entrants(tuned):
        if trials.rates.size:
            data.append(_curve(trials, label, style))
        if "lr" in trials.settings and not trials.failed:
            data.append(_best(trials, label, style, theme))
    return figure_of(data, _against_rate(tuned, theme))


def trial_scatter(tuned: Tuned, theme: Theme = LIGHT) -> go.Figure:
    """All trials: the objective of each against its learning rate.

    Hollow marks are the trials spread over the whole search space, filled ones those near the best of them. A cross near the upper edge is
    a trial that diverged, or whose objective is beyond the axis.
    """
    layout = _against_rate(tuned, theme)
    layout["xaxis"]["title"]["text"] += "<br><sup>hollow: over the whole space; filled: near the best of those; ×: came to nothing</sup>"
    layout["margin"]["b"] = 60
    layout["yaxis2"] = {"overlaying": "y", "range": [0, 1], "fixedrange": True, "visible": False}
    _, most = _limits(tuned)
    data: list[dict[str, Any]] = []
    for row, (trials, label, style) in enumerate(_entrants(tuned)):
        if "lr" not in trials.settings:
            continue
        height = 1 - _FAILURES * (row + 0.5) / len(tuned.trials)
        coarse = np.arange(trials.objective.size) < trials.coarse
        shown = np.isfinite(trials.objective) & (trials.objective <= most)
        for some, symbol, size in (
            (shown & coarse, f"{style.marker}-open", 7),
            (shown & ~coarse, style.marker, 7),
            (~shown, "x-thin", 6),
        ):
            marks = _marks(trials, np.flatnonzero(some), label, style, symbol, size)
            data.append(marks if symbol != "x-thin" else marks | {"y": np.full(some.sum(), height), "yaxis": "y2"})
        data.append({"type": "scatter", "mode": "markers", "x": [None], "y": [None], "name": label, "legendgroup": label})
        data[-1]["marker"] = {"symbol": style.marker, "size": 7, "color": style.colour}
    return figure_of(data, layout)


def _cost(standings: Standings, row: int, column: int) -> str:
    cost = step_cost(landscapes.get(standings.task.landscapes[column]), standings.chosen[row][column])
    return f"operations a step are not counted: {cost}" if isinstance(cost, str) else str(cost).replace(": ", ":<br>")


def ranking(standings: Standings, theme: Theme = LIGHT) -> go.Figure:
    """Optimizers against landscapes: the rank in each cell, under it the median that it is by, and the share of starts that arrive."""
    ranks, reached, steps = standings.ranks, standings.reached, standings.median_steps
    measured, failed = (steps, "never") if standings.task.objective == "steps" else (standings.median_final, "diverged")
    names = [landscapes.get(name).name for name in standings.task.landscapes]
    labels = list(standings.labels)
    hover = [
        [
            f"{label} on {name}<br>rank {ranks[row, column]:g}<br>{reached[row, column]:.0%} reached the tolerance<br>"
            + (f"{steps[row, column]:g} steps to the tolerance" if np.isfinite(steps[row, column]) else "most never reach the tolerance")
            + f"<br>{_cost(standings, row, column)}"
            for column, name in enumerate(names)
        ]
        for row, label in enumerate(labels)
    ]
    cells = {
        "type": "heatmap",
        "x": names,
        "y": labels,
        "z": ranks,
        "text": [
            [f"<b>{rank:g}</b><br>{_measured(value, failed)}<br>{share:.0%}" for rank, value, share in zip(*row, strict=True)]
            for row in zip(ranks, measured, reached, strict=True)
        ],
        "texttemplate": "%{text}",
        "textfont": {"size": 12, "color": theme.text},
        "customdata": hover,
        "hovertemplate": "%{customdata}<extra></extra>",
        "colorscale": colour_scale(_RANKED[theme.name]),
        "zmin": 1,
        "zmax": max(len(labels), 2),
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }
    layout = base_layout(theme)
    layout["xaxis"] = {
        "side": "top",
        "tickangle": 0 if len(names) < _TURNED else -40,
        "showgrid": False,
        "zeroline": False,
        "automargin": True,
    }
    layout["yaxis"] = {"autorange": "reversed", "showgrid": False, "zeroline": False, "automargin": True}
    layout["margin"] = {"l": 10, "r": 10 if len(names) < _TURNED else 50, "t": 30, "b": 10}
    return figure_of([cells], layout)


def _measured(value: float, otherwise: str) -> str:
    return short(value, 2) if np.isfinite(value) else otherwise


def profiles(standings: Standings, theme: Theme = LIGHT) -> go.Figure:
    """Performance profiles: for which share of the problems each optimizer takes at most so many times the steps of the best."""
    data: list[dict[str, Any]] = []
    curves = [standings.profile(entrant) for entrant in range(len(standings.labels))]
    last = max(2.0, *(float(ratios[-1]) for ratios, _ in curves)) * 1.15
    for (ratios, shares), label, style in zip(curves, standings.labels, _styles(standings.task.entrants), strict=True):
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": np.append(ratios, last),
                "y": np.append(shares, shares[-1]),
                "line": {"color": style.colour, "dash": style.dash, "width": CURVE_WIDTH, "shape": "hv"},
                "hovertemplate": f"{label}<br>at most %{{x:.3g}} times the steps of the best: %{{y:.0%}}<extra></extra>",
                "name": label,
            }
        )
    layout = base_layout(theme)
    layout["legend"] |= _CLOSE
    powers = 2.0 ** np.arange(0, np.floor(np.log2(last)) + 1)
    grid = {"gridcolor": theme.line, "zeroline": False}
    layout["xaxis"] = {
        **grid,
        "type": "log",
        "range": [0, float(np.log10(last))],
        "tickvals": powers,
        "ticktext": [f"{power:g}×" for power in powers],
        "title": {"text": "steps, as a multiple of the best"},
        "showgrid": False,
        "ticks": "outside",
    }
    layout["yaxis"] = {**grid, "range": [0, 1.02], "tickformat": ".0%", "title": {"text": "share of problems solved"}}
    layout["margin"] = {"l": 62, "r": 12, "t": 34, "b": 46}
    return figure_of(data, layout)


def _entrants(tuned: Tuned) -> list[tuple[Trials, str, Style]]:
    return list(zip(tuned.trials, tuned.task.scenario.labels(), _styles(tuned.task.scenario.optimizers), strict=True))


def _styles(choices: Any) -> list[Style]:
    return styles([choice.name for choice in choices])


def _curve(trials: Trials, label: str, style: Style) -> dict[str, Any]:
    rates, objective = trials.curve
    return {
        "type": "scatter",
        "mode": "lines",
        "x": rates,
        "y": np.where(np.isfinite(objective), objective, np.nan),
        "line": {"color": style.colour, "dash": style.dash, "width": CURVE_WIDTH},
        "hovertemplate": f"{label}<br>learning rate %{{x:.3g}}: %{{y:.3g}}<extra></extra>",
        "name": label,
        "legendgroup": label,
    }


def _best(trials: Trials, label: str, style: Style, theme: Theme) -> dict[str, Any]:
    marks = _marks(trials, np.array([trials.best]), label, style, style.marker, 12)
    marks["marker"]["line"] = {"width": 2, "color": theme.background}
    return marks | {"hovertemplate": f"best of {trials.objective.size} trials<br>{marks['hovertemplate']}"}


def _marks(trials: Trials, some: npt.NDArray[np.intp], label: str, style: Style, symbol: str, size: int) -> dict[str, Any]:
    """Some of the trials, by their numbers."""
    objective = trials.objective[some]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": trials.settings["lr"][some],
        "y": objective,
        "marker": {"symbol": symbol, "size": size, "color": style.colour, "line": {"width": 1.2, "color": style.colour}},
        "text": [f"{words}<br>{_outcome(value)}" for words, value in zip(_tried(trials, some), objective.tolist(), strict=True)],
        "hovertemplate": f"{label}<br>%{{text}}<extra></extra>",
        "name": label,
        "legendgroup": label,
        "showlegend": False,
    }


def _outcome(objective: float) -> str:
    return short(objective, 3) if np.isfinite(objective) else "most starts diverged or never got there"


def _tried(trials: Trials, some: npt.NDArray[np.intp]) -> list[str]:
    """The settings of some trials in words."""
    columns = [[f"{name} {value:.12g}" for value in array[some].tolist()] for name, array in trials.settings.items()]
    return [", ".join(words) for words in zip(*columns, strict=True)]


def _against_rate(tuned: Tuned, theme: Theme) -> dict[str, Any]:
    """Both axes logarithmic, with room above for what came to nothing."""
    layout = base_layout(theme)
    grid = {"gridcolor": theme.line, "zeroline": False, "type": "log", "exponentformat": "power"}
    layout["xaxis"] = {**grid, "title": {"text": "learning rate"}, "showgrid": False, "ticks": "outside", "dtick": 1, "tickangle": 0}
    layout["yaxis"] = {**grid, "title": {"text": OBJECTIVES[tuned.task.objective]}, "nticks": 7}
    layout["legend"] |= _CLOSE
    least, most = _limits(tuned)
    if 0 < least < most:
        low, high = np.log10([least, most]).tolist()
        layout["yaxis"]["range"] = [low - 0.05 * (high - low), high + _FAILURES * (high - low)]
    layout["margin"] = {"l": 72, "r": 12, "t": 34, "b": 46}
    layout["plot_bgcolor"] = rgba(theme.accent, 0.03)
    return layout


def _limits(tuned: Tuned) -> tuple[float, float]:
    """The least objective and the highest worth showing: what rises far above what the smallest rates give leaves the picture."""
    objectives = np.concatenate([values for trials in tuned.trials for values in (trials.objective, trials.sensitivity)])
    objectives = objectives[np.isfinite(objectives)]
    if not objectives.size:
        return 0.0, 0.0
    first = [float(trials.sensitivity[0]) for trials in tuned.trials if trials.rates.size and np.isfinite(trials.sensitivity[0])]
    most = float(objectives.max())
    return float(objectives.min()), min(most, _HIGHEST * max(first)) if first else most
