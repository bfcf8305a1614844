"""The legends of pictures, in as few lines as fit."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D

from figures import Theme


def legend_in(figure: Figure, handles: list[Line2D], columns: int, at: tuple[float, float], size: int, theme: Theme) -> Legend:
    """Draw a legend in so many columns.

    Args:
        figure: the picture.
        handles: what it shows, each labelled.
        columns: how many.
        at: its upper left corner, in shares of the picture.
        size: of its letters, in CSS pixels.
        theme: light or dark.
    """
    return figure.legend(
        handles=handles,
        ncols=columns,
        loc="upper left",
        bbox_to_anchor=at,
        frameon=False,
        labelcolor=theme.text,
        fontsize=size,
        borderpad=0,
        borderaxespad=0,
        columnspacing=1.2,
        handletextpad=0.5,
        labelspacing=0.4,
    )


def legend_within(figure: Figure, handles: list[Line2D], width: float, at: tuple[float, float], size: int, theme: Theme) -> int:
    """Draw a legend in as few lines as fit into a width in CSS pixels; returns their number. Other arguments as for `legend_in`."""
    for columns in range(len(handles), 0, -1):
        legend = legend_in(figure, handles, columns, at, size, theme)
        drawn = legend.get_window_extent(figure.canvas.get_renderer()).width  # type: ignore[attr-defined]
        if columns == 1 or drawn <= width * figure.dpi / 72:
            return -(-len(handles) // columns)
        legend.remove()
    return 0
