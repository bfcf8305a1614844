"""Where a picture of several networks has each of them, their losses, and the landscape of these.

Importing this module imports Matplotlib.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from matplotlib.figure import Figure

from exports.size import columns_of, side_of

_FEW, _LONG = 2, 1.6
"""So many networks stand beside the landscape, which then is as high as all of them with their losses, unless it is of such a shape."""
_BLOCK = 0.58
"""The share of the width that networks in several rows take, with all else in a column beside them."""
_WITH_HOLE = 0.75
"""What networks in rows of which the last is not full count for, where rows that are full have nearly as much room."""
_COLUMN, _LEAST = (1.5, 1.0), 150.0
"""The heights of the landscape and of the losses in that column, and CSS pixels that the latter need there."""

_LANDSCAPE, _LOSSES = 1.2, 0.75
"""The heights of the landscape and of the losses where all stand one under the other, in rows of networks."""


class Rooms(NamedTuple):
    """Places in a figure: of each network, of their losses, and of the landscape, if there is one."""

    networks: list[Any]
    losses: Any
    landscape: Any


def rooms_of(
    figure: Figure, count: int, shape: float, size: tuple[float, float], landscape: str | None = None, landscape_shape: float = 1.0
) -> Rooms:
    """The places that leave the networks the most room.

    Args:
        figure: to be divided.
        count: how many networks are drawn; 0 where their inputs have no picture.
        shape: of each of them, width by height.
        size: the width and height of all, in CSS pixels.
        landscape: how the landscape is drawn, or None; and its shape.
    """
    wide, high = size
    if wide <= high or not count:
        return _stacked(figure, count, shape, size, landscape)
    if landscape is not None and count <= _FEW and (landscape == "surface" or landscape_shape < _LONG):
        grid = figure.add_gridspec(1, 2, width_ratios=[1.2, 1.0])
        right = grid[0, 1].subgridspec(2, 1, height_ratios=[1.2, 1.0])
        columns = columns_of(count, shape, wide / 2.2, lambda rows: high / 2)
        return Rooms(_cells(right[0, 0], count, columns), right[1, 0], grid[0, 0])
    in_block = columns_of(count, shape, _BLOCK * wide, lambda rows: high)
    fits = not landscape or high * _COLUMN[1] / sum(_COLUMN) >= _LEAST
    columns, side = _below(count, shape, size, landscape)
    hole, whole = count % in_block > 0, count % columns == 0
    if fits and side_of(in_block, count, shape, _BLOCK * wide, high) * (_WITH_HOLE if hole and whole else 1.0) > side:
        grid = figure.add_gridspec(1, 2, width_ratios=[_BLOCK, 1 - _BLOCK])
        others = grid[0, 1].subgridspec(2, 1, height_ratios=_COLUMN) if landscape else grid[0, 1].subgridspec(1, 1)
        return Rooms(_cells(grid[0, 0], count, in_block), others[-1, 0], others[0, 0])
    if landscape is None:
        return _stacked(figure, count, shape, size, None)
    grid = figure.add_gridspec(2, 1, height_ratios=[1.0, 0.75 if columns == count else 1.0])
    above = grid[0, 0].subgridspec(1, 2, width_ratios=[1.4 if landscape == "map" else 1.0, 1.0])
    return Rooms(_cells(grid[1, 0], count, columns), above[0, 1], above[0, 0])


def _below(count: int, shape: float, size: tuple[float, float], landscape: str | None) -> tuple[int, float]:
    """In how many columns networks stand under a wide picture's landscape, or over their losses, and how wide each is then."""
    wide, high = size

    def room(rows: int) -> float:
        return 0.45 * high if landscape else _share(rows, (_LOSSES,)) * high

    columns = columns_of(count, shape, wide, room)
    return columns, side_of(columns, count, shape, wide, room(-(-count // columns)))


def _share(rows: int, others: tuple[float, ...]) -> float:
    """The share of the height that so many rows of networks have beside others."""
    return rows / (rows + sum(others))


def _stacked(figure: Figure, count: int, shape: float, size: tuple[float, float], landscape: str | None) -> Rooms:
    """The landscape, the networks and their losses one under the other."""
    others = (*([_LANDSCAPE] if landscape else []), _LOSSES)
    columns = columns_of(count, shape, size[0], lambda rows: size[1] * _share(rows, others)) if count else 1
    rows = [float(-(-count // columns))] if count else []
    heights = [*others[:-1], *rows, others[-1]]
    grid = figure.add_gridspec(len(heights), 1, height_ratios=heights)
    return Rooms(_cells(grid[len(others) - 1, 0], count, columns) if count else [], grid[-1, 0], grid[0, 0])


def _cells(room: Any, count: int, columns: int) -> list[Any]:
    """The place of each network in a room, row by row."""
    grid = room.subgridspec(-(-count // columns), columns)
    return [grid[index // columns, index % columns] for index in range(count)]
