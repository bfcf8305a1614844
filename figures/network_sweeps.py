"""A sweep of networks as two maps of its cells, without and with batch normalization, with one colour scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from figures.colourings import NETWORK_COLOURINGS, Colouring
from figures.figure import figure_of
from figures.sweeps import CLIMBED, DIVERGED, MISSING, cells_of, layout_of, marks, one_colour
from figures.theme import LIGHT, Theme
from lab.network_sweeps import NetworkMap, NetworkMaps
from lab.quantities import quantities
from parameters import Array, lookup, short

if TYPE_CHECKING:
    import plotly.graph_objects as go

_Sort = tuple[str, dict[str, str], npt.NDArray[np.bool_]]


def network_sweep_maps(
    result: NetworkMaps, theme: Theme = LIGHT, colour_by: str = "final loss", mark: tuple[int, int, int] | None = None
) -> tuple[go.Figure, ...]:
    """The maps of a sweep of networks, one figure for each, coloured by a measure. Their colours mean the same.

    Args:
        result: what the sweep found.
        theme: light or dark.
        colour_by: one of `NETWORK_COLOURINGS`.
        mark: the column and row of a cell to mark, beside the best one of each map, and the number of its map.

    Raises:
        KeyError: an unknown measure; the message lists those there are.
    """
    chosen = lookup(NETWORK_COLOURINGS, colour_by, "measure")
    sorts = [_sorts(each, chosen) for each in result.maps]
    values = [_coloured(each, chosen, of) for each, of in zip(result.maps, sorts, strict=True)]
    marked = [mark[:2] if mark and mark[2] == index else None for index in range(len(result.maps))]
    spanned = np.stack(values)
    return tuple(
        _map(each, chosen, own, spanned, of, each.best_by(colour_by), cell, theme)
        for each, own, of, cell in zip(result.maps, values, sorts, marked, strict=True)
    )


def _map(
    result: NetworkMap,
    chosen: Colouring,
    values: Array,
    spanned: Array,
    sorts: list[_Sort],
    best: tuple[int, int] | None,
    mark: tuple[int, int] | None,
    theme: Theme,
) -> go.Figure:
    sweep = result.sweep
    known = quantities(sweep.experiment)
    data = [cells_of(sweep, chosen, values, spanned, _hover(result), theme)]
    for name, colours, cells in sorts:
        data += one_colour(sweep, name, colours[theme.name], cells)
    data += marks(sweep, best, mark, theme)
    layout = layout_of(sweep, known, theme)
    share = f"{100 * result.learns.mean():.0f}% learn"
    layout["title"] = {"text": f"{result.title}: {share}", "font": {"size": 15}, "x": 0.02, "y": 0.98, "yanchor": "top"}
    layout["margin"] |= {"t": 72}
    return figure_of(data, layout)


def _sorts(result: NetworkMap, chosen: Colouring) -> list[_Sort]:
    """The cells that are drawn in one colour: what overflowed, what ends worse than the best constant answer, what has no number."""
    overflowed = np.isinf(result.final)
    worse = (result.final > 1.02 * result.guess) & ~overflowed
    empty = np.isnan(chosen.of(result)) & ~overflowed & ~worse
    found = [
        (chosen.missing or "no classes", MISSING, empty),
        ("worse than guessing", CLIMBED, worse),
        ("overflowed", DIVERGED, overflowed),
    ]
    return [(name, colours, cells) for name, colours, cells in found if cells.any()]


def _coloured(result: NetworkMap, chosen: Colouring, sorts: list[_Sort]) -> Array:
    values = chosen.of(result)
    for _, _, cells in sorts:
        values[cells] = np.nan
    return values


def _hover(result: NetworkMap) -> list[list[str]]:
    """What is written of each cell."""
    known, axes = quantities(result.sweep.experiment), (result.sweep.x, result.sweep.y)
    across, up = ([f"{known[axis.key].title} {short(value)}" for value in axis.values.tolist()] for axis in axes)
    arrays = (result.final, result.test, result.accuracy, result.steps)
    return [
        [f"{column}<br>{row}<br>{_in_words(*cell)}" for column, *cell in zip(across, *measures, strict=True)]
        for row, *measures in zip(up, *(array.tolist() for array in arrays), strict=True)
    ]


def _in_words(final: float, test: float, accuracy: float, steps: float) -> str:
    """The measures of a cell."""
    if math.isinf(final):
        return "its numbers overflow"
    right = "" if math.isnan(accuracy) else f", {accuracy:.1%} right"
    return f"loss {final:.3g}, on the test {test:.3g}{right}<br>{f'learned by step {steps:.0f}' if steps < math.inf else 'not learned'}"
