"""Results of tuning and of tournaments: trials and sensitivity to the learning rate, ranks, performance profiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from figures.figure import figure_of
from figures.maps import base_layout
from figures.theme import CURVE_WIDTH, LIGHT, Style, Theme, colour_scale, rgba, styles
from lab.costs import Where
from lab.judged import Judged
from lab.places import told_loss
from lab.search import Scores
from lab.standings import Standings
from lab.tuned import Trials, Tuned, TuningTask
from parameters import Array, short

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
_VALUES = {"share": "%{y:.0%} solved", "steps": "solved in %{y:.3g} steps", "loss": "%{customdata}"}
_WIDE = 11
"""Letters of an interval for which a cell has room."""
_WORTH = 0.005
"""From such a share of starts on it is told in a cell that they passed by."""
_CLOSE = {"font": {"size": 12}, "itemwidth": 30}
"""A legend of many optimizers in few rows."""
_TURNED = 5
"""From so many landscapes their names are turned."""


def sensitivity(tuned: Tuned, theme: Theme = LIGHT) -> go.Figure:
    """How every optimizer does against the learning rate, all else at its best, and the best of its trials as a mark.

    A wide plateau is a robust method, a narrow one a brittle method. Above the share of starts that are solved and under it the steps that
    these take, or the final loss, as the objective says. Rates at which there is no such number leave a gap.
    """
    data: list[dict[str, Any]] = []
    for panel, measure in enumerate(_measures(tuned)):
        for trials, label, style in _entrants(tuned):
            axis = {"yaxis": f"y{panel + 1}", "showlegend": panel == 0} if panel else {}
            if trials.rates.size:
                data.append(_curve(trials, label, style, measure, tuned.task) | axis)
            if "lr" in trials.settings and not trials.failed:
                data.append(_best(trials, label, style, theme, measure, tuned.task) | axis)
    return figure_of(data, _against_rate(tuned, theme, panels=True))


def trial_scatter(tuned: Tuned, theme: Theme = LIGHT) -> go.Figure:
    """All trials of the first seed: the steps of what each solved, or its final loss, against its learning rate.

    Hollow marks are the trials spread over the whole search space, filled ones those near the best of them. A cross near the upper edge is
    a trial that solved nothing or diverged, or whose loss is beyond the axis.
    """
    layout = _against_rate(tuned, theme)
    layout["xaxis"]["title"]["text"] += "<br><sup>hollow: over the whole space; filled: near the best of those; ×: came to nothing</sup>"
    layout["margin"]["b"] = 60
    layout["yaxis2"] = {"overlaying": "y", "range": [0, 1], "fixedrange": True, "visible": False}
    measure = _measures(tuned)[-1]
    _, most = _limits(tuned, measure)
    data: list[dict[str, Any]] = []
    for row, (trials, label, style) in enumerate(_entrants(tuned)):
        if "lr" not in trials.settings:
            continue
        height = 1 - _FAILURES * (row + 0.5) / len(tuned.trials)
        values = trials.measured(measure)
        coarse = np.arange(values.size) < trials.coarse
        shown = np.isfinite(values) & (values <= most)
        for some, symbol, size in (
            (shown & coarse, f"{style.marker}-open", 7),
            (shown & ~coarse, style.marker, 7),
            (~shown, "x-thin", 6),
        ):
            marks = _marks(trials, np.flatnonzero(some), label, style, symbol, size, measure, tuned.task)
            data.append(marks if symbol != "x-thin" else marks | {"y": np.full(some.sum(), height), "yaxis": "y2"})
        data.append({"type": "scatter", "mode": "markers", "x": [None], "y": [None], "name": label, "legendgroup": label})
        data[-1]["marker"] = {"symbol": style.marker, "size": 7, "color": style.colour}
    return figure_of(data, layout)


def _measures(tuned: Tuned) -> tuple[str, ...]:
    """What trials are drawn by, a panel each."""
    return ("share", "steps") if tuned.task.compared_by == "steps" else ("loss",)


def ranking(standings: Standings, theme: Theme = LIGHT) -> go.Figure:
    """Optimizers against landscapes: the place in each cell, under it the share of starts that are solved, with its interval, what only
    passed by, and the median steps of what was solved."""
    places = standings.places
    names = [standings.task.title(name) for name in standings.task.names]
    labels = list(standings.labels)
    cells = {
        "type": "heatmap",
        "x": names,
        "y": labels,
        "z": np.where(places > 0, places, np.nan),
        "text": [[_in_lines(standings, row, column) for column in range(len(names))] for row in range(len(labels))],
        "texttemplate": "%{text}",
        "textfont": {"size": 11, "color": theme.text},
        "customdata": [[_in_full(standings, row, column) for column in range(len(names))] for row in range(len(labels))],
        "hovertemplate": "%{customdata}<extra></extra>",
        "hoverongaps": True,
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


def _in_lines(standings: Standings, row: int, column: int) -> str:
    """What is written in a cell, a line each."""
    place, found, interval, last = told_cell(standings, row, column)
    return "<br>".join([f"<b>{place}</b>", found, f'<span style="font-size:10px">{interval}</span>', last])


def told_cell(standings: Standings, row: int, column: int) -> tuple[str, str, str, str]:
    """What is said of an optimizer on a landscape: place, share solved and what passed by, the share's interval, steps or loss; of networks
    place, test loss, its interval, and the accuracy or, in a regression, the share that has learned."""
    judged, where = standings.judged[column], standings.task.budgets[column][0]
    if "accuracy" in judged.also:
        return _told_of_networks(judged, row, where)
    place, share, passed = int(judged.places[row]), float(judged.scores.share[row]), float(judged.passed[row])
    low, high = judged.share_intervals[row]
    steps, loss = float(judged.scores.steps[row]), float(judged.scores.loss[row])
    beside = f" +{passed * 100:.0f}" if passed >= _WORTH else ""
    last = told_loss(loss, where, 2).replace("≤ ", "≤")  # cells are narrow
    if judged.objective == "steps":
        last = f"in {steps:g}" if share else "never"
    return str(place or "–"), f"{share:.0%}{beside}", f"{low * 100:.0f}–{high * 100:.0f}%", last


def _told_of_networks(judged: Judged, row: int, where: Where) -> tuple[str, str, str, str]:
    accuracy, share = judged.also["accuracy"][row], float(judged.scores.share[row])
    limits = judged.loss_intervals[row]
    finer, coarser = ("–".join(short(limit, digits) if np.isfinite(limit) else "∞" for limit in limits) for digits in (2, 1))
    last = f"{np.nanmedian(accuracy):.1%}" if np.isfinite(accuracy).any() else f"{share:.0%}"
    loss = told_loss(float(judged.scores.loss[row]), where, 2)
    return str(judged.places[row]), loss, finer if len(finer) <= _WIDE else coarser, last


def _in_full(standings: Standings, row: int, column: int) -> str:
    """What is said of a cell."""
    judged, scores = standings.judged[column], standings.judged[column].scores
    (low, high), (soon, late) = judged.share_intervals[row], judged.step_intervals[row]
    terms, (where, _) = standings.task.terms, standings.task.budgets[column]
    lines = [
        f"{standings.labels[row]} on {standings.task.title(standings.task.names[column])}",
        f"place {judged.places[row]}" if judged.places[row] else "nobody is first: nobody arrived and stayed",
        f"{scores.share[row]:.1%} {terms.solved} ({low:.1%} to {high:.1%}), {judged.passed[row]:.1%} only passed by",
    ]
    if scores.share[row]:
        lines.append(f"{scores.steps[row]:g} steps in the median of these ({soon:.3g} to {late:.3g})")
    loss, lowest, highest = (told_loss(float(value), where, 2) for value in (scores.loss[row], *judged.loss_intervals[row]))
    lines.append(f"median {terms.judged} {loss} ({lowest} to {highest})")
    if "accuracy" in judged.also and np.isfinite(accuracy := judged.also["accuracy"][row]).any():
        lines.append(f"{np.nanmedian(accuracy):.1%} of the test examples right in the median, {judged.diverged[row]} diverged")
    if edges := standings.at_edge[row][column]:
        lines.append(f"best {' and '.join(edges)} at the edge of what was searched")
    cost = standings.task.step_cost(standings.task.names[column], standings.chosen[row][column][0])
    lines.append(f"operations a step are not counted: {cost}" if isinstance(cost, str) else str(cost).replace(": ", ":<br>"))
    return "<br>".join(lines)


def critical_differences(standings: Standings, theme: Theme = LIGHT) -> go.Figure:
    """The mean ranks of the optimizers over all landscapes; a bar joins those that cannot be told apart. Demsar 2006, figure 1."""
    means, difference = standings.mean_ranks, standings.critical_difference
    order = np.argsort(means, kind="stable")
    looks, count = _styles(standings.task.entrants), len(means)
    depth = (count + 1) // 2
    data: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for position, entrant in enumerate(order.tolist()):
        left = position < depth
        level = -1.0 - (position if left else count - 1 - position)
        mean, side = float(means[entrant]), 1.0 if left else float(count)
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": [mean, mean, side],
                "y": [0, level, level],
                "line": {"color": looks[entrant].colour, "dash": looks[entrant].dash, "width": 2},
                "hovertemplate": f"{standings.labels[entrant]}: mean rank {mean:.2f}<extra></extra>",
                "name": standings.labels[entrant],
                "showlegend": False,
            }
        )
        text = f"{standings.labels[entrant]} {mean:.2f}"
        notes.append({"x": side, "y": level, "text": text, "xanchor": "right" if left else "left", "showarrow": False})
    for row, (first, last) in enumerate(_groups(means[order], difference)):
        ends = [float(means[order[first]]) - 0.03, float(means[order[last]]) + 0.03]
        bar = {"mode": "lines", "line": {"color": theme.text, "width": 5}, "hoverinfo": "skip", "showlegend": False, "name": "not apart"}
        data.append({"type": "scatter", "x": ends, "y": [-0.3 - 0.3 * row] * 2, **bar})
    layout = base_layout(theme)
    layout["xaxis"] = {"side": "top", "range": [0.9, count + 0.1], "dtick": 1, "showgrid": False, "zeroline": False, "ticks": "outside"}
    layout["xaxis"]["title"] = {"text": f"mean rank over the {standings.task.noun}s"}
    layout["yaxis"] = {"range": [-depth - 0.6, 0], "visible": False}
    layout["margin"] = {"l": 120, "r": 120, "t": 44, "b": 6}
    layout["annotations"] = notes
    return figure_of(data, layout)


def _groups(means: Array, difference: float) -> list[tuple[int, int]]:
    """The first and the last of each group of rising means that lie within a difference, without those inside of another."""
    lasts = [int(np.flatnonzero(means - mean < difference)[-1]) for mean in means]
    return [(first, last) for first, last in enumerate(lasts) if last > first and (not first or lasts[first - 1] < last)]


def profiles(standings: Standings, theme: Theme = LIGHT) -> go.Figure:
    """Performance profiles: for which share of the problems each optimizer takes at most so many times the steps of the best."""
    curves = [standings.profile(entrant) for entrant in range(len(standings.labels))]
    last = max(2.0, *(float(ratios[-1]) for ratios, _ in curves)) * 1.15
    data = _rising(standings, curves, last, "%{x:.3g} times the steps of the best")
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


def _rising(standings: Standings, curves: Sequence[tuple[Array, Array]], last: float, at: str) -> list[dict[str, Any]]:
    """The shares of problems solved as lines that step up, on to the last place on the axis; none of an optimizer that has no curve.

    Args:
        at: how a place on the axis is told.
    """
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": np.append(places, last),
            "y": np.append(shares, shares[-1]),
            "line": {"color": style.colour, "dash": style.dash, "width": CURVE_WIDTH, "shape": "hv"},
            "hovertemplate": f"{label}<br>at most {at}: %{{y:.0%}}<extra></extra>",
            "name": label,
        }
        for (places, shares), label, style in zip(curves, standings.labels, _styles(standings.task.entrants), strict=True)
        if places.size
    ]


def data_profiles(standings: Standings, unit: str, theme: Theme = LIGHT) -> go.Figure:
    """Data profiles: which share of the problems each optimizer solves at a cost of at most so much, counted in one of the task's units.

    Trials of step lengths count as they were measured; who asks for nothing of the unit is left out.
    """
    curves = [standings.data_profile(entrant, unit) for entrant in range(len(standings.labels))]
    last = max([2.0, *(float(costs[-1]) for costs, _ in curves if costs.size)])
    data = _rising(standings, curves, last, f"%{{x:.4g}} {standings.task.units[unit].lower()}")
    layout = base_layout(theme)
    layout["legend"] |= _CLOSE
    grid = {"gridcolor": theme.line, "zeroline": False}
    layout["xaxis"] = {
        **grid,
        "title": {"text": standings.task.units[unit].lower()},
        "showgrid": False,
        "ticks": "outside",
        "rangemode": "tozero",
    }
    layout["yaxis"] = {**grid, "range": [0, 1.02], "tickformat": ".0%", "title": {"text": "share of problems solved"}}
    layout["margin"] = {"l": 62, "r": 12, "t": 34, "b": 46}
    return figure_of(data, layout)


def _entrants(tuned: Tuned) -> list[tuple[Trials, str, Style]]:
    return list(zip(tuned.trials, tuned.task.labels(), _styles(tuned.task.setup.optimizers), strict=True))


def _styles(choices: Any) -> list[Style]:
    return styles([choice.name for choice in choices])


def _curve(trials: Trials, label: str, style: Style, measure: str, task: TuningTask) -> dict[str, Any]:
    rates, values = trials.curve(measure)
    losses = {"customdata": [told_loss(value, task.budgets[0][0]) for value in values.tolist()]} if measure == "loss" else {}
    return losses | {
        "type": "scatter",
        "mode": "lines",
        "x": rates,
        "y": np.where(np.isfinite(values), values, np.nan),
        "line": {"color": style.colour, "dash": style.dash, "width": CURVE_WIDTH},
        "hovertemplate": f"{label}<br>learning rate %{{x:.3g}}: {_VALUES[measure]}<extra></extra>",
        "name": label,
        "legendgroup": label,
    }


def _best(trials: Trials, label: str, style: Style, theme: Theme, measure: str, task: TuningTask) -> dict[str, Any]:
    marks = _marks(trials, np.array([trials.best]), label, style, style.marker, 12, measure, task)
    marks["marker"]["line"] = {"width": 2, "color": theme.background}
    return marks | {"hovertemplate": f"best of {trials.scores.share.size} trials<br>{marks['hovertemplate']}", "cliponaxis": False}


def _marks(
    trials: Trials, some: npt.NDArray[np.intp], label: str, style: Style, symbol: str, size: int, measure: str, task: TuningTask
) -> dict[str, Any]:
    """Some of the trials, by their numbers."""
    values = trials.measured(measure)[some]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": trials.settings["lr"][some],
        "y": np.where(np.isfinite(values), values, np.nan),
        "marker": {"symbol": symbol, "size": size, "color": style.colour, "line": {"width": 1.2, "color": style.colour}},
        "text": [f"{words}<br>{_outcome(trials.scores, at, task)}" for words, at in zip(_tried(trials, some), some.tolist(), strict=True)],
        "hovertemplate": f"{label}<br>%{{text}}<extra></extra>",
        "name": label,
        "legendgroup": label,
        "showlegend": False,
    }


def _outcome(scores: Scores, at: int, task: TuningTask) -> str:
    """How a trial ended, in words."""
    terms, (where, _) = task.terms, task.budgets[0]
    share, steps, loss = (float(values[at]) for values in (scores.share, scores.steps, scores.loss))
    solved = f"{share:.0%} {terms.solved}" + (f", in {steps:g} steps" if share and terms.timed else "")
    return f"{solved}<br>" + (f"{terms.tuned} {told_loss(loss, where)}" if np.isfinite(loss) else f"most {terms.starts} diverged")


def _tried(trials: Trials, some: npt.NDArray[np.intp]) -> list[str]:
    """The settings of some trials in words."""
    columns = [[f"{name} {value:.12g}" for value in array[some].tolist()] for name, array in trials.settings.items()]
    return [", ".join(words) for words in zip(*columns, strict=True)]


def _against_rate(tuned: Tuned, theme: Theme, panels: bool = False) -> dict[str, Any]:
    """Learning rates across, logarithmic, and what is measured up, with room above for what came to nothing.

    Args:
        tuned: what was found.
        theme: light or dark.
        panels: whether there is one above the other for each measure, or only the last.
    """
    layout = base_layout(theme)
    grid = {"gridcolor": theme.line, "zeroline": False, "exponentformat": "power"}
    log = grid | {"type": "log"}
    whose = f", with seed {tuned.task.seed} only" if tuned.task.seeds > 1 else ""
    layout["xaxis"] = {**log, "title": {"text": f"learning rate{whose}"}, "showgrid": False, "ticks": "outside", "dtick": 1, "tickangle": 0}
    measure = _measures(tuned)[-1]
    layout["yaxis"] = {**log, "title": {"text": {"loss": tuned.task.terms.tuned}.get(measure, measure)}, "nticks": 7}
    layout["legend"] |= _CLOSE
    least, most = _limits(tuned, measure)
    if 0 < least < most:
        low, high = np.log10([least, most]).tolist()
        layout["yaxis"]["range"] = [low - 0.05 * (high - low), high + _FAILURES * (high - low)]
        layout |= _limit(tuned, measure, least, theme)
    if panels and len(_measures(tuned)) > 1:
        layout["yaxis2"] = layout["yaxis"] | {"domain": [0, 0.46], "anchor": "x", "nticks": 4}
        layout["yaxis"] = {**grid, "title": {"text": tuned.task.terms.solved}, "range": [-0.03, 1.05], "tickformat": ".0%", "nticks": 4}
        layout["yaxis"]["domain"] = [0.54, 1]
        layout["xaxis"]["anchor"] = "y2"
    layout["margin"] = {"l": 72, "r": 12, "t": 34, "b": 46}
    layout["plot_bgcolor"] = rgba(theme.accent, 0.03)
    return layout


def _limit(tuned: Tuned, measure: str, least: float, theme: Theme) -> dict[str, Any]:
    """A line at the least loss that is drawn, where that is a limit and no measurement, with what it is."""
    told = told_loss(least, tuned.task.budgets[0][0], 2)
    if measure != "loss" or not told.startswith("≤"):
        return {}
    line = {"color": rgba(theme.text, 0.4), "width": 1, "dash": "dot"}
    at = {"xref": "paper", "x": 1, "y": float(np.log10(least)), "xanchor": "right", "yanchor": "bottom", "showarrow": False}
    return {
        "shapes": [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": least, "y1": least, "line": line}],
        "annotations": [{**at, "text": f"{told}: not to be told from the lowest", "font": {"size": 11}}],
    }


def _limits(tuned: Tuned, measure: str) -> tuple[float, float]:
    """The least value and the highest worth showing: what rises far above what the smallest rates give leaves the picture."""
    values = np.concatenate([array for trials in tuned.trials for array in (trials.measured(measure), trials.curve(measure)[1])])
    values = values[np.isfinite(values)]
    if not values.size:
        return 0.0, 0.0
    most = float(values.max())
    firsts = [trials.sensitivity.loss[0] for trials in tuned.trials if trials.rates.size and np.isfinite(trials.sensitivity.loss[0])]
    return float(values.min()), min(most, _HIGHEST * float(max(firsts))) if firsts and measure == "loss" else most
