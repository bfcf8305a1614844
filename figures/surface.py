"""The landscape in 3-D, with the trajectories on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from figures.figure import figure_of, single_precision
from figures.loss_grid import Ground, LossGrid, loss_grid
from figures.maps import base_layout
from figures.marks import marks_in_3d
from figures.paths import Path, paths
from figures.theme import LIGHT, Theme, check_asked, colour_scale
from landscapes import Landscape
from parameters import short
from scenario import Race

if TYPE_CHECKING:
    import plotly.graph_objects as go

GRID = 91
"""Points along each side of the surface."""
_LINES, _DOTS = 2.0, 0.5
"""Plotly's numbers in 3-D for a line and for a dot that are a CSS pixel wide."""


def surface(race: Race, theme: Theme = LIGHT) -> go.Figure:
    """The landscape in 3-D with every trajectory in full.

    Args:
        race: what to draw.
        theme: light or dark.
    """
    check_asked(race, theme)
    grid = loss_grid(race.landscape, GRID)
    data = [surface_trace(race.landscape, grid, theme), *marks_in_3d(race.landscape, grid, theme)]
    return figure_of([*data, *(path_trace(path) for path in paths(race, grid))], _layout(race.landscape, grid, theme))


def landscape_surface(landscape: Landscape, theme: Theme = LIGHT) -> go.Figure:
    """The landscape in 3-D, with its minima and saddles and without trajectories."""
    grid = loss_grid(landscape, GRID)
    return ground_surface(landscape, grid, theme, marks_in_3d(landscape, grid, theme))


def ground_surface(ground: Ground, grid: LossGrid, theme: Theme, marks: Sequence[dict[str, Any]] = ()) -> go.Figure:
    """Losses on a grid in 3-D, with the traces of what is marked on them."""
    return figure_of([surface_trace(ground, grid, theme), *marks], _layout(ground, grid, theme))


def _layout(landscape: Ground, grid: LossGrid, theme: Theme) -> dict[str, Any]:
    return base_layout(theme) | {"scene": scene(landscape, grid, theme), "margin": dict.fromkeys("lrtb", 0)}


def surface_trace(landscape: Ground, grid: LossGrid, theme: Theme) -> dict[str, Any]:
    """The surface in the map's colours, with its contour lines."""
    return {
        "type": "surface",
        "x": grid.x,
        "y": grid.y,
        "z": grid.height(grid.losses).astype(np.float32),
        "surfacecolor": grid.rank(grid.losses).astype(np.float32),
        "customdata": single_precision(grid.losses),
        "hovertemplate": f"{landscape.axes[0]} %{{x:.4g}}, {landscape.axes[1]} %{{y:.4g}}<br>loss %{{customdata:.4g}}<extra></extra>",
        "colorscale": colour_scale(theme.surface_colours),
        "showscale": False,
        "name": landscape.name,
        "lighting": {"ambient": 0.8, "diffuse": 0.35, "specular": 0.05, "roughness": 0.9},
        "contours": {
            "x": {"highlight": False},
            "y": {"highlight": False},
            "z": {"highlight": False, "show": True, "start": 0.0, "end": 1.0, "size": 0.05, "color": theme.line, "width": 1},
        },
    }


def path_trace(path: Path) -> dict[str, Any]:
    """The trace of all of an optimizer's trajectories as lines, or of their ends as dots where there are too many."""
    trace: dict[str, Any] = {"type": "scatter3d", "name": path.label, "legendgroup": path.label, "hoverinfo": "skip"}
    look = path.look
    if not look.lines:
        marker = {"color": path.style.colour, "size": _DOTS * 2 * look.head}
        return {**trace, "mode": "markers", "x": path.x[-1], "y": path.y[-1], "z": path.z[-1] + np.float32(look.lift), "marker": marker}
    x, y, z = path.lines(0, len(path.x))
    line = {"color": path.style.colour, "width": _LINES * look.trail.width, "dash": path.style.dash}
    return {**trace, "mode": "lines", "x": x, "y": y, "z": z + np.float32(look.lift), "line": line, "opacity": look.trail.opacity}


def scene(landscape: Ground, grid: LossGrid, theme: Theme) -> dict[str, Any]:
    """Axes and camera. The window's true proportions, unless they are extreme, and a height that shows the shape."""
    (x0, x1), (y0, y1) = landscape.window
    wide = float(np.clip((x1 - x0) / (y1 - y0), 0.6, 1.7))
    axis = {
        "showbackground": False,
        "gridcolor": theme.line,
        "zeroline": False,
        "showline": True,
        "linecolor": theme.text,
        "linewidth": 1.5,
        "ticks": "outside",
        "ticklen": 5,
        "tickcolor": theme.text,
        "nticks": 5,
        "tickangle": 0,
        "color": theme.text,
        "showspikes": False,
        "tickfont": {"size": 12},
    }
    word = "loss (log)" if grid.logarithmic else "loss"
    shares = np.linspace(0, 1, 4)[1:]  # the lowest would collide with the other axes' numbers
    ticks = {"tickvals": shares, "ticktext": [_brief(loss) for loss in _losses_at(grid, shares)]}
    return {
        "xaxis": {**axis, "range": [x0, x1], "title": {"text": landscape.axes[0]}},
        "yaxis": {**axis, "range": [y0, y1], "title": {"text": landscape.axes[1]}},
        "zaxis": {**axis, **ticks, "range": [-0.02, 1.02], "title": {"text": word}},
        "aspectmode": "manual",
        "aspectratio": {"x": wide**0.5, "y": wide**-0.5, "z": 0.55},
        "camera": {
            "eye": {"x": -0.78, "y": -1.17, "z": 1.4},
            "center": {"x": 0.0, "y": 0.0, "z": -0.12},
            "up": {"x": 0.0, "y": 0.0, "z": 1.0},
        },
    }


def _losses_at(grid: LossGrid, heights: Any) -> Any:
    """The losses that are drawn at given heights."""
    finite = np.sort(grid.losses[np.isfinite(grid.losses)])
    return np.interp(heights, grid.height(finite), finite)


def _brief(loss: float) -> str:
    if abs(loss) >= 1e6:
        return short(loss, 2)
    return f"{loss:.2g}" if abs(loss) < 100 else f"{loss:,.0f}"
