"""What tuning and tournaments found: trials and sensitivity to the learning rate, ranks, performance profiles."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

import landscapes
from figures.maps import base_layout
from figures.theme import LIGHT, Style, Theme, colour_scale, rgba, styles
from lab.search import OBJECTIVES
from lab.tournament import Standings
from lab.tuning import Trials, Tuned
from parameters import short

_HIGHEST = 30.0
_RANKED = {
    "light": ((0.0, "#5B93BF"), (0.5, "#C9DCEB"), (1.0, "#F6F8FA")),
    "dark": ((0.0, "#4E8FBF"), (0.5, "#25455E"), (1.0, "#141A22")),
}


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
    return go.Figure(data, _against_rate(tuned, theme))


def searched(tuned: Tuned, theme: Theme = LIGHT) -> go.Figure:
    """All trials: what came of each against its learning rate; those near the best are filled, those spread over the space hollow."""
    data: list[dict[str, Any]] = []
    for trials, label, style in _entrants(tuned):
        if "lr" not in trials.settings:
            continue
        objective = np.where(np.isfinite(trials.objective), trials.objective, np.nan)
        for part, symbol, name in (
            (slice(0, trials.coarse), f"{style.marker}-open", "coarse"),
            (slice(trials.coarse, None), style.marker, "fine"),
        ):
            data.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "x": trials.settings["lr"][part],
                    "y": objective[part],
                    "marker": {"symbol": symbol, "size": 7, "color": style.colour, "opacity": 0.8},
                    "text": _tried(trials, part),
                    "hovertemplate": f"{label}, {name}<br>%{{text}}<br>%{{y:.3g}}<extra></extra>",
                    "name": label,
                    "legendgroup": label,
                    "showlegend": name == "coarse",
                }
            )
    return go.Figure(data, _against_rate(tuned, theme))


def ranking(standings: Standings, theme: Theme = LIGHT) -> go.Figure:
    """Optimizers against landscapes: the rank in each cell, and under it the share of starts that converge."""
    ranks, converged, steps = standings.ranks, standings.converged, standings.median_steps
    names = [landscapes.get(name).name for name in standings.task.landscapes]
    labels = list(standings.labels)
    hover = [
        [
            f"{label} on {name}<br>rank {ranks[row, column]:g}<br>{converged[row, column]:.0%} converged<br>"
            + (f"{steps[row, column]:g} steps to the tolerance" if np.isfinite(steps[row, column]) else "most never reach the tolerance")
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
            [f"<b>{rank:g}</b><br>{share:.0%}" for rank, share in zip(*row, strict=True)] for row in zip(ranks, converged, strict=True)
        ],
        "texttemplate": "%{text}",
        "textfont": {"size": 12},
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
    layout["xaxis"] = {"side": "top", "tickangle": 0 if len(names) < 7 else -30, "showgrid": False, "zeroline": False, "automargin": True}
    layout["yaxis"] = {"autorange": "reversed", "showgrid": False, "zeroline": False, "automargin": True}
    layout["margin"] = {"l": 10, "r": 10, "t": 30, "b": 10}
    return go.Figure([cells], layout)


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
                "line": {"color": style.colour, "dash": style.dash, "width": 2.4, "shape": "hv"},
                "hovertemplate": f"{label}<br>at most %{{x:.3g}} times the steps of the best: %{{y:.0%}}<extra></extra>",
                "name": label,
            }
        )
    layout = base_layout(theme)
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
    return go.Figure(data, layout)


def _entrants(tuned: Tuned) -> list[tuple[Trials, str, Style]]:
    return list(zip(tuned.trials, tuned.task.scenario.labels(), _styles(tuned.task.scenario.optimizers), strict=True))


def _styles(choices: Any) -> list[Style]:
    return styles([choice.name for choice in choices])


def _curve(trials: Trials, label: str, style: Style) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": trials.rates,
        "y": np.where(np.isfinite(trials.sensitivity), trials.sensitivity, np.nan),
        "line": {"color": style.colour, "dash": style.dash, "width": 2.4},
        "hovertemplate": f"{label}<br>learning rate %{{x:.3g}}: %{{y:.3g}}<extra></extra>",
        "name": label,
        "legendgroup": label,
    }


def _best(trials: Trials, label: str, style: Style, theme: Theme) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [trials.settings["lr"][trials.best]],
        "y": [trials.objective[trials.best]],
        "marker": {"symbol": style.marker, "size": 12, "color": style.colour, "line": {"width": 2, "color": theme.background}},
        "text": _tried(trials, slice(trials.best, trials.best + 1)),
        "hovertemplate": f"{label}, best of {trials.objective.size} trials<br>%{{text}}<br>%{{y:.3g}}<extra></extra>",
        "name": label,
        "legendgroup": label,
        "showlegend": False,
    }


def _tried(trials: Trials, part: slice) -> list[str]:
    """The settings of some trials in words."""
    columns = [[f"{name} {short(float(value), 3)}" for value in array[part]] for name, array in trials.settings.items()]
    return [", ".join(words) for words in zip(*columns, strict=True)]


def _against_rate(tuned: Tuned, theme: Theme) -> dict[str, Any]:
    """Both axes logarithmic; what rises far above what the smallest rates give, which is about where it starts, leaves the picture."""
    layout = base_layout(theme)
    grid = {"gridcolor": theme.line, "zeroline": False, "type": "log", "exponentformat": "power"}
    layout["xaxis"] = {**grid, "title": {"text": "learning rate"}, "showgrid": False, "ticks": "outside", "dtick": 1}
    layout["yaxis"] = {**grid, "title": {"text": OBJECTIVES[tuned.task.objective]}, "nticks": 7}
    least = [float(values.min()) for trials in tuned.trials if np.isfinite(values := trials.sensitivity).any()]
    first = [float(trials.sensitivity[0]) for trials in tuned.trials if trials.rates.size and np.isfinite(trials.sensitivity[0])]
    if first and tuned.task.objective == "final loss":
        layout["yaxis"]["range"] = [float(np.log10(min(least))) - 0.4, float(np.log10(_HIGHEST * max(first)))]
    layout["margin"] = {"l": 72, "r": 12, "t": 34, "b": 46}
    layout["plot_bgcolor"] = rgba(theme.accent, 0.03)
    return layout
