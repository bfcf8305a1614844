"""A race as animations by `go.Frame`, the usual way with Plotly: heads and short trails that move over faint paths.

A figure's size grows linearly with steps x trajectories.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

import figures
from figures.loss_grid import loss_grid
from figures.paths import Path, paths
from figures.surface import GRID
from scenario import Race

TRAIL = 8
"""Steps that a moving trail reaches back."""
MOST_FRAMES = 250
"""A longer race shows every second, third, ... step."""
_LIFT = np.float32(0.012)
_AT_ONCE = {"frame": {"duration": 0, "redraw": True}, "transition": {"duration": 0}, "mode": "immediate"}


def animated_map(race: Race) -> go.Figure:
    """The contour map with moving heads and trails, a button that plays, and a slider over the steps."""
    return _animated(race, figures.contour_map(race), _on_map)


def animated_surface(race: Race) -> go.Figure:
    """The 3-D surface with moving heads and trails, a button that plays, and a slider over the steps."""
    return _animated(race, figures.surface(race), _in_3d)


def _animated(race: Race, figure: go.Figure, traces: Any) -> go.Figure:
    drawn = paths(race, loss_grid(race.landscape, GRID))
    figure.update_traces(opacity=0.3, selector={"mode": "lines"})

    def move(step: int) -> list[dict[str, Any]]:
        return [trace for path in drawn for trace in traces(path, step)]

    shown = [*range(0, race.scenario.steps, -(-race.scenario.steps // MOST_FRAMES)), race.scenario.steps]
    first = move(0)
    moving = list(range(len(figure.data), len(figure.data) + len(first)))
    frames = [{"name": str(step), "data": [_changes(trace) for trace in move(step)], "traces": moving} for step in shown]
    return go.Figure([*figure.data, *first], figure.layout.update(_controls(shown)), frames)


def _on_map(path: Path, step: int) -> list[dict[str, Any]]:
    marker = {"symbol": path.style.marker, "color": path.style.colour, "size": 12 if path.count <= 3 else 7 if path.look.lines else 3}
    head = {"type": "scatter", "mode": "markers", "x": path.x[step], "y": path.y[step], "marker": marker, "showlegend": False}
    if not path.look.lines:
        return [head]
    x, y, _ = path.lines(step - TRAIL, step)
    line = {"color": path.style.colour, "width": 3 if path.count <= 3 else 1.8}
    return [{"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip", "showlegend": False}, head]


def _in_3d(path: Path, step: int) -> list[dict[str, Any]]:
    marker = {"color": path.style.colour, "size": 6 if path.count <= 3 else 3.5 if path.look.lines else 1.5}
    place = {"x": path.x[step], "y": path.y[step], "z": path.z[step] + _LIFT}
    head = {"type": "scatter3d", "mode": "markers", **place, "marker": marker, "hoverinfo": "skip", "showlegend": False}
    if not path.look.lines:
        return [head]
    x, y, z = path.lines(step - TRAIL, step)
    line = {"color": path.style.colour, "width": 7 if path.count <= 3 else 3.5}
    trail = {"type": "scatter3d", "mode": "lines", "x": x, "y": y, "z": z + _LIFT, "line": line, "hoverinfo": "skip", "showlegend": False}
    return [trail, head]


def _changes(trace: dict[str, Any]) -> dict[str, Any]:
    return {key: trace[key] for key in ("type", "x", "y", "z") if key in trace}


def _controls(shown: list[int]) -> dict[str, Any]:
    """A button and a slider. Frames follow each other as soon as they can, instead of at a pace meant for the eye."""
    play = {"label": "▶", "method": "animate", "args": [None, {**_AT_ONCE, "fromcurrent": True}]}
    steps = [{"label": str(step), "method": "animate", "args": [[str(step)], _AT_ONCE]} for step in shown]
    menu = {"type": "buttons", "buttons": [play], "x": 0, "y": 0, "xanchor": "left", "yanchor": "top", "pad": {"t": 34}}
    slider = {"steps": steps, "currentvalue": {"prefix": "step "}, "x": 0.28, "len": 0.72, "pad": {"t": 28}, "font": {"size": 1}}
    return {"updatemenus": [menu], "sliders": [slider], "margin": {"l": 40, "r": 12, "t": 28, "b": 90}}
