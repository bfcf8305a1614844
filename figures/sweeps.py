"""A sweep as a map of its cells, with what theory predicts drawn over it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from figures.colourings import Colouring, Ticks, colouring
from figures.figure import figure_of
from figures.maps import base_layout
from figures.theme import COLOURS, LIGHT, Theme, colour_scale, rgba
from lab.axes import Axis
from lab.quantities import quantities
from lab.sweeps import SweepMap
from lab.theory import Prediction
from parameters import Array, Param, short
from scenario.address import Number

if TYPE_CHECKING:
    import plotly.graph_objects as go

_TICKS = 6
_SCALES = {
    "light": ((0.0, "#1F4E79"), (0.25, "#3F7FB0"), (0.5, "#7FAFD0"), (0.75, "#BFD7E8"), (1.0, "#EFF4F8")),
    "dark": ((0.0, "#E3F1FA"), (0.25, "#9CC8E4"), (0.5, "#5790B8"), (0.75, "#2C5575"), (1.0, "#16222D")),
}
MISSING = {"light": "#CDD1D7", "dark": "#3B4048"}
CLIMBED = {"light": "#F0D2AC", "dark": "#6F4C28"}
DIVERGED = {"light": "#B98D7C", "dark": "#40231D"}
_STEEP = 0.35
"""A limit that spans less of the map's width than this is named along it."""
_MARK = COLOURS[0]


def sweep_map(
    result: SweepMap,
    theme: Theme = LIGHT,
    colour_by: str = "final loss",
    theory: Prediction | None = None,
    mark: tuple[int, int] | None = None,
) -> go.Figure:
    """The cells of a sweep as a heat map, coloured by a quantity.

    Args:
        result: what the sweep found.
        theme: light or dark.
        colour_by: one of `COLOURINGS`.
        theory: the prediction to draw over it, if there is one.
        mark: the (column, row) of a cell to mark, beside the best one by that quantity.
    """
    sweep, chosen = result.sweep, colouring(result, colour_by)
    values, sorts = chosen.of(result), _sorts(result, chosen)
    for _, _, cells in sorts:
        values[cells] = np.nan
    data = [cells_of(sweep, chosen, values, values, _hover(result, theory), theme)]
    for name, colours, cells in sorts:
        data += one_colour(sweep, name, colours[theme.name], cells)
    data += _theory(theory, theme) if theory else []
    data += marks(sweep, result.best_by(colour_by), mark, theme, result.bests_by(colour_by))
    layout = layout_of(sweep, quantities(sweep.scenario), theme)
    layout["annotations"] = _limit_label(theory, theme) if theory else []
    if not result.measured.any() and np.isnan(values).all():
        layout["annotations"].append(_note("This landscape has no lowest loss,<br>so there is no tolerance to reach.", theme))
    return figure_of(data, layout)


def _sorts(result: SweepMap, chosen: Colouring) -> list[tuple[str, dict[str, str], npt.NDArray[np.bool_]]]:
    """The cells that are drawn in one colour: of those that have no number, of those in which most ended higher than they started, and of
    those in which the median diverged."""
    diverged = np.isinf(result.final)
    climbed = (result.climbed > 0.5) & ~diverged
    empty = np.isnan(chosen.of(result)) & ~diverged & ~climbed
    unmeasured = ~result.measured & result.measured.any()
    found = [
        ("no lowest loss", MISSING, empty & unmeasured),
        (chosen.missing, MISSING, empty & result.measured),
        ("ends higher", CLIMBED, climbed),
        ("diverged", DIVERGED, diverged),
    ]
    return [(name, colours, cells) for name, colours, cells in found if cells.any()]


class Swept(Protocol):
    """What has the axes of a map."""

    @property
    def x(self) -> Axis:
        """The axis across."""

    @property
    def y(self) -> Axis:
        """The axis up."""


def cells_of(sweep: Swept, chosen: Colouring, values: Array, spanned: Array, hover: list[list[str]], theme: Theme) -> dict[str, Any]:
    """The cells of a map.

    Args:
        sweep: its axes.
        chosen: what they are coloured by.
        values: of the cells, on the colour bar's scale, shape (rows, columns); NaN for those that are not drawn.
        spanned: all values that the colours are to span, those of other maps beside it too.
        hover: what is said of each.
        theme: light or dark.
    """
    known = spanned[np.isfinite(spanned)]
    places, words = chosen.ticks(known) if known.size else ([], [])
    limits = {}
    if known.size:
        low, high = min(float(known.min()), places[0]), max(float(known.max()), places[-1])
        limits = {"zmin": low, "zmax": high if high > low else low + 1.0}
    return {
        "type": "heatmap",
        "x": sweep.x.coordinates,
        "y": sweep.y.coordinates,
        "z": values,
        **limits,
        "customdata": hover,
        "hovertemplate": "%{customdata}<extra></extra>",
        "hoverongaps": True,
        "colorscale": colour_scale(_SCALES[theme.name]),
        "reversescale": not chosen.low_is_good,
        "showlegend": False,
        "showscale": bool(known.size),
        "colorbar": {
            "title": {"text": chosen.title, "side": "right", "font": {"size": 12}},
            "tickvals": places,
            "ticktext": words,
            "thickness": 12,
            "outlinewidth": 0,
            "len": 1.0,
        },
        "name": "cells",
    }


def one_colour(sweep: Swept, name: str, colour: str, cells: npt.NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Some cells in one colour, and their line in the key."""
    return [
        {
            "type": "heatmap",
            "x": sweep.x.coordinates,
            "y": sweep.y.coordinates,
            "z": np.where(cells, 1.0, np.nan).astype(np.float32),
            "colorscale": [[0, colour], [1, colour]],
            "showscale": False,
            "hoverinfo": "skip",
            "name": name,
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": [None],
            "y": [None],
            "marker": {"symbol": "square", "size": 11, "color": colour},
            "name": name,
        },
    ]


def _hover(result: SweepMap, theory: Prediction | None) -> list[list[str]]:
    """What is written of each cell."""
    sweep = result.sweep
    known = quantities(sweep.scenario)
    across, up = ([f"{known[axis.key].title} {short(value)}" for value in axis.values.tolist()] for axis in (sweep.x, sweep.y))
    rates = theory.rate.tolist() if theory else [[None] * sweep.x.count] * sweep.y.count
    arrays = (result.final, result.steps, result.converged, result.climbed, result.diverged)
    rows = []
    for row, *measures in zip(up, rates, *(array.tolist() for array in arrays), strict=True):
        rows.append([f"{column}<br>{row}<br>{_in_words(*cell)}" for column, *cell in zip(across, *measures, strict=True)])
    return rows


def _in_words(rate: float | None, final: float, steps: float, converged: float, climbed: float, diverged: float) -> str:
    """The measures of a cell."""
    measured = not math.isnan(converged)
    words = f"final loss {final:.3g}{' above the lowest' if measured else ''}" if final < math.inf else "the median diverges"
    if measured:
        words += f"<br>{f'{steps:.0f} steps to the tolerance' if steps < math.inf else 'tolerance not reached'}, {converged:.0%} converged"
    if climbed:
        words += f"<br>{climbed:.0%} ended higher than they started, {diverged:.0%} diverged"
    return words if rate is None else f"{words}<br>in theory the error times {rate:.3g} at each step"


# ---- theory


def _theory(theory: Prediction, theme: Theme) -> list[dict[str, Any]]:
    """The limit of stability as a line, and where the papers say that it converges fastest."""
    line, best = (
        [axis.coordinate(values) for axis, values in zip((theory.x, theory.y), of, strict=True)] for of in (theory.line, theory.best)
    )
    words = [f"fastest in theory<br>the error times {short(float(rate), 3)} at each step" for rate in theory.rates]
    data: list[dict[str, Any]] = []
    if line[0].size:
        look: dict[str, Any] = {"mode": "lines", "line": {"width": 2.5, "color": theme.text, "dash": "dash"}}
        named = {"name": "stability limit", "showlegend": False, "hoverinfo": "skip"}  # its label says what it is
        data.append({"type": "scatter", "x": line[0], "y": line[1], **look, **named})
    if not words:
        return data
    if len(words) == 1:
        look = {"mode": "markers", "marker": {"symbol": "diamond-open", "size": 13, "color": theme.text, "line": {"width": 2.5}}}
    else:
        look = {"mode": "lines", "line": {"width": 2, "color": theme.text, "dash": "dot"}}
    hover = {"text": words, "hovertemplate": "%{text}<extra></extra>"}
    return [*data, {"type": "scatter", "x": best[0], "y": best[1], "name": "fastest in theory", **hover, **look}]


def _limit_label(theory: Prediction, theme: Theme) -> list[dict[str, Any]]:
    """The limit of stability in words, where it is not stable: there the label hides nothing."""
    if not theory.stable:
        return []
    bounds = f"η < {theory.limit_in_text}" if theory.limit_in_text else ""
    words = [f"stable {theory.stable}{':' if bounds else ''}", bounds]
    places = np.stack([axis.coordinate(values) for axis, values in zip((theory.x, theory.y), theory.line, strict=True)])
    low, high = (np.array([[axis.coordinates[end]] for axis in (theory.x, theory.y)]) for end in (0, -1))
    shares = (places - low) / (high - low)
    label: dict[str, Any] = {"showarrow": False, "font": {"size": 12}, "bgcolor": rgba(theme.background, 0.6), "borderpad": 2}
    if theory.stable in ("below", "above"):
        at = int(np.argmin(np.abs(shares[0] - 0.5)))
        return [label | _point(places, at) | {"text": " ".join(words), "yanchor": "bottom" if theory.stable == "below" else "top"}]
    side = {"xanchor": "left" if theory.stable == "to the left" else "right"}
    outward = shares[0] if theory.stable == "to the left" else -shares[0]
    if np.ptp(shares[0]) < _STEEP:
        along = {"text": " ".join(words), "textangle": -90, "y": float((low[1, 0] + high[1, 0]) / 2)}
        return [label | _point(places, int(np.argmax(outward))) | along | side]
    inner = np.flatnonzero((shares[1] > 0.15) & (shares[1] < 0.85))
    at = int(inner[np.argmin(outward[inner])]) if inner.size else int(np.argmin(outward))
    beside = {"yanchor": "bottom" if outward[0] > outward[-1] else "top", "xshift": 6 if side["xanchor"] == "left" else -6}
    return [label | _point(places, at) | {"text": "<br>".join(words), "align": "left"} | beside | side]


def _point(places: Array, at: int) -> dict[str, float]:
    return {"x": float(places[0, at]), "y": float(places[1, at])}


def _note(text: str, theme: Theme) -> dict[str, Any]:
    middle = {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper"}
    return {"text": text, "showarrow": False, "font": {"size": 14}, "bgcolor": rgba(theme.background, 0.7), **middle}


# ---- marks and axes


def marks(
    sweep: Swept, best: tuple[int, int] | None, mark: tuple[int, int] | None, theme: Theme, bests: Sequence[tuple[int, int]] = ()
) -> list[dict[str, Any]]:
    """The best cell and the chosen one, as (column, row), where there are such; and the best under each condition."""
    if len(bests) > 1:
        places = [(sweep.x.coordinates[column], sweep.y.coordinates[row]) for column, row in bests]
        dots = {"symbol": "circle", "size": 4, "color": _MARK}
        return [
            {"type": "scatter", "mode": "markers", "x": [x for x, _ in places], "y": [y for _, y in places], "marker": dots}
            | {"hoverinfo": "skip", "name": "best of each line"},
            *marks(sweep, best, mark, theme),
        ]
    cells = [("best", best, "star", 14), ("chosen", mark if mark != best else None, "square-open", 13)]
    outline = {"width": 1.5, "color": theme.background}
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [sweep.x.coordinates[cell[0]]],
            "y": [sweep.y.coordinates[cell[1]]],
            "marker": {"symbol": symbol, "size": size, "color": _MARK, "line": outline if symbol == "star" else {"width": 3}},
            "hoverinfo": "skip",
            "cliponaxis": False,
            "name": name,
        }
        for name, cell, symbol, size in cells
        if cell is not None
    ]


def layout_of(sweep: Swept, known: Mapping[str, Number], theme: Theme) -> dict[str, Any]:
    """The layout of a map, its axes named as the quantities are."""
    layout = base_layout(theme)
    layout["xaxis"], layout["yaxis"] = (_axis(axis, known[axis.key].param, theme) for axis in (sweep.x, sweep.y))
    layout["margin"] = {"l": 62, "r": 10, "t": 50, "b": 48}
    layout["legend"] |= {"font": {"size": 12}, "y": 1.01, "x": -0.12, "itemwidth": 30}
    layout["hoverlabel"] |= {"align": "left"}
    return layout


def _axis(axis: Axis, declared: Param, theme: Theme) -> dict[str, Any]:
    places, words = ticks(axis)
    return {
        "title": {"text": declared.title + (f" ({declared.unit})" if declared.unit else ""), "standoff": 6},
        "tickvals": places,
        "ticktext": words,
        "range": list(axis.edges),
        "showgrid": False,
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": theme.line,
        "automargin": True,
    }


def ticks(axis: Axis) -> Ticks:
    """The ticks of an axis: round numbers, as many as can be read, and their positions."""
    low, high = float(axis.coordinates[0]), float(axis.coordinates[-1])
    if axis.spacing in ("linear", "whole") or high - low < 0.8:
        values = _round_values(float(axis.values[0]), float(axis.values[-1]))
    else:
        leading = [1.0, 0.5, 0.2] if high - low < 2 else [1.0]  # where a decade would be the only number, 0.1, 0.05 and 0.02
        sign = 1 if axis.in_ratios else -1  # in nines it is the gap to 1 that is round
        powers = np.arange(np.floor(min(sign * low, sign * high)), np.ceil(max(sign * low, sign * high)) + 2)
        round_ones = np.sort(np.outer(10.0**powers, leading).ravel())
        values = round_ones if sign == 1 else np.sort(np.append(1 - round_ones, 0.5))
        if sign == 1 and high - low > _TICKS:
            values = round_ones[:: math.ceil((high - low) / _TICKS)]
    if axis.whole:
        values = values[values == np.rint(values)]
    inside = [float(f"{value:.12g}") for value in values if low - 1e-9 <= float(axis.coordinate(float(value))) <= high + 1e-9]
    return [float(axis.coordinate(value)) for value in inside], [short(value, 8) for value in inside]


def _round_values(low: float, high: float) -> Array:
    raw = (high - low) / _TICKS
    unit = 10.0 ** np.floor(np.log10(raw))
    step = unit * min((1, 2, 2.5, 5, 10), key=lambda factor: abs(factor * unit - raw))
    return np.asarray(np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step)
