"""The contour map: the landscape from above, with the trajectories on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from figures.figure import figure_of, single_precision
from figures.loss_grid import Ground, LossGrid, loss_grid
from figures.marks import marks_on_map, start_marks
from figures.paths import Path, paths
from figures.theme import DASHES, LIGHT, Theme, check_asked, colour_scale, rgba
from landscapes import Landscape, Window
from scenario import Race

if TYPE_CHECKING:
    import plotly.graph_objects as go

_FAST = 20_000
"""Lines of so many points are drawn by WebGL, whose dashes have the lengths that it gives them."""


ONE_SCALE = (0.4, 2.5)
"""Windows of a shape, width by height, between these are drawn with one scale on both axes, here and by the player."""


def has_one_scale(window: Window) -> bool:
    """Whether a step of x is drawn as long as a step of y, so that gradients stand at right angles to contour lines."""
    (x0, x1), (y0, y1) = window
    return ONE_SCALE[0] < (x1 - x0) / (y1 - y0) < ONE_SCALE[1]


def shape_of(window: Window) -> float:
    """The shape, width by height, in which a window is drawn: its own, or a square."""
    (x0, x1), (y0, y1) = window
    return (x1 - x0) / (y1 - y0) if has_one_scale(window) else 1.0


def contour_map(race: Race, theme: Theme = LIGHT, side_by_side: bool = False) -> go.Figure:
    """The landscape from above with every trajectory in full.

    Args:
        race: what to draw.
        theme: light or dark.
        side_by_side: one map for each optimizer, with shared axes, instead of all on one.
    """
    check_asked(race, theme)
    figure = map_parts(race, theme, side_by_side)
    return figure_of(figure["data"], figure["layout"])


def map_parts(race: Race, theme: Theme, side_by_side: bool) -> dict[str, Any]:
    """The parts of `contour_map`: the traces in "data", the "layout", and in "paths" each `Path` with the axes of its map."""
    grid = loss_grid(race.landscape)
    drawn = paths(race, grid)
    axes = axes_of(len(drawn) if side_by_side else 1)
    data: list[dict[str, Any]] = []
    for index, where in enumerate(axes):
        data.append(landscape_trace(race.landscape, grid, theme, **where))
        data += [
            *marks_on_map(race.landscape, theme, showlegend=index == 0, **where),
            start_marks(race, theme, showlegend=not index, **where),
        ]
    placed = list(zip(drawn, axes if side_by_side else axes * len(drawn), strict=True))
    data += [path_trace(path, **where) for path, where in placed]
    layout = base_layout(theme) | map_layout(race.landscape, axes, theme, [path.label for path in drawn] if side_by_side else [])
    return {"data": data, "layout": layout, "paths": placed}


def landscape_map(landscape: Landscape, theme: Theme = LIGHT, compact: bool = False) -> go.Figure:
    """The landscape from above, with its minima and saddles and without trajectories.

    Args:
        landscape: what to draw.
        theme: light or dark.
        compact: without the losses that hovering shows, and with levels as 16-bit numbers: a quarter of the size. Where some places have
            no loss, and so are blank, the levels stay in single precision, which can say so.
    """
    return ground_map(landscape, loss_grid(landscape), theme, marks_on_map(landscape, theme), compact)


def ground_map(ground: Ground, grid: LossGrid, theme: Theme, marks: Sequence[dict[str, Any]] = (), compact: bool = False) -> go.Figure:
    """Losses on a grid from above, with the traces of what is marked on them; `compact` as for `landscape_map`."""
    trace = landscape_trace(ground, grid, theme)
    if compact:
        trace |= {"customdata": None, "hovertemplate": None, "hoverinfo": "skip"}
        if np.isfinite(grid.losses).all():
            scale = 65535 // len(grid.levels)
            trace["z"] = np.rint(grid.drawn_rank(grid.losses) * scale).astype(np.uint16)
            trace["contours"] = trace["contours"] | {
                "start": scale,
                "end": (len(grid.levels) - 2) * scale,
                "size": grid.every * scale,
            }
    layout = base_layout(theme) | map_layout(ground, axes_of(1), theme, [])
    return figure_of([trace, *marks], layout)


def landscape_trace(landscape: Ground, grid: LossGrid, theme: Theme, **where: Any) -> dict[str, Any]:
    """The contour trace of the landscape, with lines at the grid's levels; `where` names its axes."""
    return {
        "type": "contour",
        "x": grid.x,
        "y": grid.y,
        "z": grid.drawn_rank(grid.losses).astype(np.float32),
        "customdata": single_precision(grid.losses),
        "hovertemplate": "x %{x:.4g}, y %{y:.4g}<br>loss %{customdata:.4g}<extra></extra>",
        "colorscale": colour_scale(theme.map_colours),
        "contours": {"start": 1, "end": len(grid.levels) - 2, "size": grid.every, "coloring": "heatmap"},
        "line": {"width": 0.7, "color": theme.line, "smoothing": 0.6},
        "showscale": False,
        "name": landscape.name,
        **where,
    }


def path_trace(path: Path, **where: Any) -> dict[str, Any]:
    """The trace of an optimizer's whole trajectories as lines, or of their ends as dots where there are too many."""
    trace: dict[str, Any] = {"name": path.label, "legendgroup": path.label, "hoverinfo": "skip", **where}
    if not path.look.lines:
        marker = {"color": path.style.colour, "size": 2 * path.look.head}
        return {"type": "scattergl", "mode": "markers", "x": path.x[-1], "y": path.y[-1], "marker": marker, **trace}
    x, y, _ = path.lines(0, len(path.x))
    trail = path.look.trail
    fast = x.size >= _FAST
    dash = path.style.dash if fast else ",".join(f"{length:g}px" for length in DASHES[path.style.dash]) or "solid"
    line = {"color": rgba(path.style.colour, trail.opacity), "width": trail.width, "dash": dash}
    return {"type": "scattergl" if fast else "scatter", "mode": "lines", "x": x, "y": y, "line": line, **trace}


def head_trace(path: Path, step: int, theme: Theme) -> dict[str, Any]:
    """The trace of where an optimizer's trajectories are at a step, each as its marker."""
    look = path.look
    return {
        "type": "scatter",
        "mode": "markers",
        "x": path.x[step],
        "y": path.y[step],
        "name": path.label,
        "marker": {
            "symbol": path.style.marker,
            "color": path.style.colour,
            "size": 2 * look.head + look.halo,  # the line lies half inside
            "line": {"color": theme.halo, "width": look.halo},
        },
    }


def axes_of(count: int) -> list[dict[str, str]]:
    """The names of the axes of so many maps, as their traces have them."""
    return [{"xaxis": f"x{index + 1 if index else ''}", "yaxis": f"y{index + 1 if index else ''}"} for index in range(count)]


def map_layout(landscape: Ground, axes: list[dict[str, str]], theme: Theme, titles: list[str], columns: int = 0) -> dict[str, Any]:
    """The axes of maps of a landscape in rows of so many, about as many as there are rows if not given, with a title over each if there are
    to be titles."""
    columns = columns or int(np.ceil(np.sqrt(len(axes))))
    rows = int(np.ceil(len(axes) / columns))
    layout: dict[str, Any] = {"annotations": []}
    gap = 0.04
    for index, where in enumerate(axes):
        column, row = index % columns, rows - 1 - index // columns
        width, height = (1 + gap) / columns, (1 + gap) / rows
        domains = ([column * width, (column + 1) * width - gap], [row * height, (row + 1) * height - gap * (2 if titles else 1)])
        for (letter, domain), limits in zip(zip("xy", domains, strict=True), landscape.window, strict=True):
            name = where[f"{letter}axis"]
            layout[name.replace(letter, f"{letter}axis", 1)] = _axis(letter, name, where, domain, limits, theme)
        if titles:
            middle = sum(domains[0]) / 2
            layout["annotations"].append(
                {
                    "text": titles[index],
                    "x": middle,
                    "y": domains[1][1],
                    "xref": "paper",
                    "yref": "paper",
                    "yanchor": "bottom",
                    "showarrow": False,
                }
            )
    return layout


def _axis(letter: str, name: str, where: dict[str, str], domain: list[float], limits: tuple[float, float], theme: Theme) -> dict[str, Any]:
    axis: dict[str, Any] = {
        "domain": [max(0.0, domain[0]), min(1.0, domain[1])],
        "anchor": where["yaxis" if letter == "x" else "xaxis"],
        "range": list(limits),
        "zeroline": False,
        "showgrid": False,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": theme.line,
        "nticks": 7,
        "constrain": "domain",
    }
    if name != letter:
        axis["matches"] = letter
    return axis


def base_layout(theme: Theme) -> dict[str, Any]:
    """What all figures share: fonts, background, margins, the legend's place, and that the camera and zoom survive an update."""
    return {
        "template": "none",
        "paper_bgcolor": "rgba(0, 0, 0, 0)",
        "plot_bgcolor": "rgba(0, 0, 0, 0)",
        "font": {"color": theme.text, "size": 13, "family": "system-ui, sans-serif"},
        "margin": {"l": 40, "r": 12, "t": 28, "b": 36},
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": 13}, "itemsizing": "constant"},
        "hoverlabel": {"bgcolor": theme.background, "font": {"color": theme.text}},
        "uirevision": "kept",
        "showlegend": True,
    }
