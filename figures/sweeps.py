"""A sweep as a map of its cells, with what theory predicts drawn over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from figures.maps import base_layout
from figures.theme import LIGHT, Theme, colour_scale
from lab.axes import Axis
from lab.quantities import quantities
from lab.sweeps import SweepMap
from lab.theory import Prediction
from parameters import Array, short

_FLOOR = 1e-16
"""A final loss closer to the lowest is drawn as this one."""
_TICKS = 6
_LIGHT_SCALE = ((0.0, "#1F4E79"), (0.25, "#3F7FB0"), (0.5, "#7FAFD0"), (0.75, "#BFD7E8"), (1.0, "#F1F5F8"))
_DARK_SCALE = ((0.0, "#E3F1FA"), (0.25, "#9CC8E4"), (0.5, "#5790B8"), (0.75, "#2C5575"), (1.0, "#14202B"))
_CLIMBED = {"light": "#E8B27D", "dark": "#8A5A2B"}
_DIVERGED = {"light": "#8C3B2E", "dark": "#5E2018"}


@dataclass(frozen=True)
class Colouring:
    """What the colours of a sweep's map can tell.

    Args:
        title: of the colour bar.
        of: the numbers that are drawn; NaN for a cell that has none.
        ticks: the colour bar's numbers and words.
        low_is_good: whether low numbers get the strong end of the colours.
    """

    title: str
    of: Callable[[SweepMap], Array]
    ticks: Callable[[Array], tuple[list[float], list[str]]]
    low_is_good: bool = True


def _decades(values: Array) -> tuple[list[float], list[str]]:
    low, high = np.floor(np.nanmin(values)), np.ceil(np.nanmax(values))
    every = max(1, int(np.ceil((high - low) / _TICKS)))
    places = np.arange(low, high + 1, every)
    return places.tolist(), [short(10.0**place) for place in places]


def _steps(values: Array) -> tuple[list[float], list[str]]:
    found = 10.0 ** np.linspace(np.nanmin(values), np.nanmax(values), _TICKS)
    return np.log10(np.maximum(found, 1)).tolist(), [f"{step:.0f}" for step in found]


def _shares(values: Array) -> tuple[list[float], list[str]]:
    places = [0.0, 0.25, 0.5, 0.75, 1.0]
    return places, [f"{place:.0%}" for place in places]


def _finite_log(values: Array, floor: float) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(np.isfinite(values), np.log10(np.maximum(values, floor)), np.nan)


COLOURINGS = {
    "final loss": Colouring("final loss above the lowest", lambda result: _finite_log(result.final, _FLOOR), _decades),
    "steps": Colouring("steps to the tolerance", lambda result: _finite_log(result.steps, 1.0), _steps),
    "converged": Colouring("share converged", lambda result: result.converged, _shares, low_is_good=False),
}
"""By name."""


def sweep_map(
    result: SweepMap,
    theme: Theme = LIGHT,
    colour_by: str = "final loss",
    theory: Prediction | None = None,
    mark: tuple[int, int] | None = None,
) -> go.Figure:
    """The cells of a sweep in the axes' places, coloured by a measure.

    Args:
        result: what the sweep found.
        theme: light or dark.
        colour_by: one of `COLOURINGS`.
        theory: what is predicted, to be drawn over it.
        mark: a cell, column and row, that is marked beside the best one.
    """
    sweep, colouring = result.sweep, COLOURINGS[colour_by]
    values = colouring.of(result)
    values[_mostly(result.diverged) | (_mostly(result.climbed) & (colour_by == "final loss"))] = np.nan
    data = [_cells(result, colouring, values, theme), *_bad_cells(result, theme)]
    if theory:
        data += _theory(theory, theme)
    data += _marks(result, mark, theme)
    layout = base_layout(theme)
    layout["xaxis"], layout["yaxis"] = (_axis(axis, result, theme) for axis in (sweep.x, sweep.y))
    layout["margin"] = {"l": 62, "r": 10, "t": 50, "b": 48}
    layout["legend"] |= {"font": {"size": 12}, "y": 1.01, "x": -0.1, "entrywidth": 112}
    return go.Figure(data, layout)


def _mostly(share: Array) -> Any:
    return share > 0.5


def _cells(result: SweepMap, colouring: Colouring, values: Array, theme: Theme) -> dict[str, Any]:
    scale = _LIGHT_SCALE if theme.name == "light" else _DARK_SCALE
    known = np.isfinite(values).any()
    places, words = colouring.ticks(values) if known else ([], [])
    limits = {"zmin": min(np.nanmin(values), places[0]), "zmax": max(np.nanmax(values), places[-1])} if known else {}
    if known and limits["zmin"] == limits["zmax"]:
        limits["zmax"] += 1.0
    return {
        "type": "heatmap",
        "x": result.sweep.x.places,
        "y": result.sweep.y.places,
        "z": values,
        **limits,
        "customdata": _hover(result),
        "hovertemplate": "%{customdata}<extra></extra>",
        "hoverongaps": True,
        "colorscale": colour_scale(scale),
        "reversescale": not colouring.low_is_good,
        "showlegend": False,
        "colorbar": {
            "title": {"text": colouring.title, "side": "right", "font": {"size": 12}},
            "tickvals": places,
            "ticktext": words,
            "thickness": 12,
            "outlinewidth": 0,
            "len": 1.0,
        },
        "name": "cells",
    }


def _bad_cells(result: SweepMap, theme: Theme) -> list[dict[str, Any]]:
    """Cells in which most trajectories diverged, and those in which most ended higher than they started, each in one colour."""
    diverged = _mostly(result.diverged)
    sorts = [("ends higher", _CLIMBED, _mostly(result.climbed) & ~diverged), ("diverged", _DIVERGED, diverged)]
    traces = []
    for name, colours, cells in sorts:
        if not cells.any():
            continue
        colour = colours[theme.name]
        traces.append(
            {
                "type": "heatmap",
                "x": result.sweep.x.places,
                "y": result.sweep.y.places,
                "z": np.where(cells, 1.0, np.nan),
                "colorscale": [[0, colour], [1, colour]],
                "showscale": False,
                "hoverinfo": "skip",
                "name": name,
            }
        )
        marker = {"symbol": "square", "size": 11, "color": colour}
        traces.append({"type": "scatter", "mode": "markers", "x": [None], "y": [None], "marker": marker, "name": name})
    return traces


def _hover(result: SweepMap) -> list[list[str]]:
    """What is written of each cell."""
    sweep = result.sweep
    titles = [quantities(sweep.scenario)[axis.key].title for axis in (sweep.x, sweep.y)]
    rows = []
    for row in range(sweep.y.count):
        words = []
        for column in range(sweep.x.count):
            at = (row, column)
            lines = [
                f"{titles[0]} {short(float(sweep.x.values[column]))}",
                f"{titles[1]} {short(float(sweep.y.values[row]))}",
                f"final loss {short(float(result.final[at]), 3)} above the lowest"
                if np.isfinite(result.final[at])
                else "final loss infinite",
            ]
            if np.isfinite(result.converged[at]):
                steps = f"{result.steps[at]:.0f} steps to the tolerance" if np.isfinite(result.steps[at]) else "tolerance not reached"
                lines.append(f"{steps}, {result.converged[at]:.0%} converged")
            if result.climbed[at]:
                lines.append(f"{result.climbed[at]:.0%} ended higher than they started, {result.diverged[at]:.0%} diverged")
            words.append("<br>".join(lines))
        rows.append(words)
    return rows


def _theory(theory: Prediction, theme: Theme) -> list[dict[str, Any]]:
    """The limit of stability as a line, and where the papers say that it converges fastest."""
    limit: dict[str, Any] = {
        "type": "contour",
        "x": theory.x.places,
        "y": theory.y.places,
        "z": theory.radius,
        "contours": {"start": 1.0, "end": 1.0, "size": 1.0, "coloring": "none"},
        "line": {"width": 2.5, "color": theme.text, "dash": "dash"},
        "showscale": False,
        "hoverinfo": "skip",
        "name": "stability limit",
        "showlegend": True,
    }
    if not theory.rates.size:
        return [limit]
    x, y = (axis.place(values) for axis, values in zip((theory.x, theory.y), theory.best, strict=True))
    words = [f"fastest in theory<br>the error times {short(float(rate), 3)} at each step" for rate in theory.rates]
    best: dict[str, Any] = {
        "type": "scatter",
        "x": x,
        "y": y,
        "text": words,
        "hovertemplate": "%{text}<extra></extra>",
        "name": "fastest in theory",
    }
    if theory.rates.size == 1:
        look = {"mode": "markers", "marker": {"symbol": "diamond-open", "size": 13, "color": theme.text, "line": {"width": 2.5}}}
    else:
        look = {"mode": "lines", "line": {"width": 2, "color": theme.text, "dash": "dot"}}
    return [limit, best | look]


def _marks(result: SweepMap, mark: tuple[int, int] | None, theme: Theme) -> list[dict[str, Any]]:
    cells = [("best", result.best, "star", 14), ("chosen", mark if mark != result.best else None, "square-open", 13)]
    outline = {"width": 1.5, "color": theme.background}
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [result.sweep.x.places[cell[0]]],
            "y": [result.sweep.y.places[cell[1]]],
            "marker": {"symbol": symbol, "size": size, "color": "#FF6B00", "line": outline if symbol == "star" else {"width": 3}},
            "hoverinfo": "skip",
            "name": name,
        }
        for name, cell, symbol, size in cells
        if cell is not None
    ]


def _axis(axis: Axis, result: SweepMap, theme: Theme) -> dict[str, Any]:
    declared = quantities(result.sweep.scenario)[axis.key].declared
    places, words = ticks(axis)
    half = (axis.places[-1] - axis.places[0]) / (axis.count - 1) / 2
    return {
        "title": {"text": declared.title + (f" ({declared.unit})" if declared.unit else ""), "standoff": 6},
        "tickvals": places,
        "ticktext": words,
        "range": [axis.places[0] - half, axis.places[-1] + half],
        "showgrid": False,
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": theme.line,
    }


def ticks(axis: Axis) -> tuple[list[float], list[str]]:
    """Places on an axis for numbers, and the numbers: round ones, as many as can be read."""
    low, high = float(axis.places[0]), float(axis.places[-1])
    if axis.spacing == "linear" or high - low < 0.8:
        values = _round_values(float(axis.values[0]), float(axis.values[-1]))
    elif axis.spacing == "log":
        every = max(1, int(np.ceil((high - low) / _TICKS)))
        values = 10.0 ** np.arange(np.ceil(low - 1e-9), high + 1e-9, every)
    else:
        values = np.array([0.0, 0.5, *(1 - 10.0 ** -np.arange(1.0, 9.0))])
    inside = [float(f"{value:.12g}") for value in values if low - 1e-9 <= float(axis.place(float(value))) <= high + 1e-9]
    return [float(axis.place(value)) for value in inside], [short(value, 8) for value in inside]


def _round_values(low: float, high: float) -> Array:
    raw = (high - low) / _TICKS
    unit = 10.0 ** np.floor(np.log10(raw))
    step = unit * min((1, 2, 2.5, 5, 10), key=lambda factor: abs(factor * unit - raw))
    return np.asarray(np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step)
