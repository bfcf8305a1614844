"""Animated figures that play anywhere Plotly does: in a notebook, or saved as one HTML file.

Every path is there from the beginning, faintly; a frame only moves the heads and the short trails behind them. A figure's size therefore
grows linearly with steps x trajectories.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go

from figures.maps import heads_on_map, map_of
from figures.paths import Path
from figures.surface import surface_of
from figures.theme import LIGHT, Theme
from scenario import Race

TRAIL = 8
"""Steps that a moving trail reaches back."""
MOST_FRAMES = 250
"""A longer race shows every second, third, ... step."""
_SHOWN_MS = 40
Move = Callable[[int], list[dict[str, Any]]]


def animated_map(race: Race, theme: Theme = LIGHT, side_by_side: bool = False) -> go.Figure:
    """The contour map with moving heads and trails, play, pause and a slider over the steps.

    Args:
        race: what to draw.
        theme: light or dark.
        side_by_side: one map for each optimizer, with shared axes, instead of all on one.
    """
    parts = map_of(race, theme, side_by_side)
    for trace in parts["data"]:
        if trace.get("mode") == "lines":
            trace["opacity"] = 0.35

    def move(step: int) -> list[dict[str, Any]]:
        return [trace for path, where in parts["paths"] for trace in _on_map(path, step, theme, where)]

    return _animated(race, parts, move, theme)


def animated_surface(race: Race, theme: Theme = LIGHT) -> go.Figure:
    """The 3-D surface with moving heads and trails, play, pause and a slider over the steps."""
    parts = surface_of(race, theme)
    for trace in parts["data"]:
        if trace.get("mode") == "lines":
            trace["opacity"] = 0.25

    def move(step: int) -> list[dict[str, Any]]:
        return [trace for path in parts["paths"] for trace in _in_3d(path, step, theme)]

    return _animated(race, parts, move, theme)


def _on_map(path: Path, step: int, theme: Theme, where: dict[str, str]) -> list[dict[str, Any]]:
    head = {**heads_on_map(path, step, theme), **_quiet(path, where)}
    if not path.look.lines:
        return [head]
    x, y, _ = path.lines(step - TRAIL, step)
    line = {"color": path.style.colour, "width": 3 if path.count <= 3 else 1.8}
    return [{"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip", **_quiet(path, where)}, head]


def _in_3d(path: Path, step: int, theme: Theme) -> list[dict[str, Any]]:
    marker: dict[str, Any] = {"color": path.style.colour, "size": 6 if path.count <= 3 else 3.5 if path.look.lines else 1.5}
    if path.look.lines:
        marker["line"] = {"color": theme.halo, "width": 1}
    z = path.z + np.float32(path.look.lift)
    head = {
        "type": "scatter3d",
        "mode": "markers",
        "x": path.x[step],
        "y": path.y[step],
        "z": z[step],
        "marker": marker,
        "hoverinfo": "skip",
    }
    head |= _quiet(path, {})
    if not path.look.lines:
        return [head]
    x, y, height = path.lines(step - TRAIL, step)
    line = {"color": path.style.colour, "width": 7 if path.count <= 3 else 3.5}
    trail = {
        "type": "scatter3d",
        "mode": "lines",
        "x": x,
        "y": y,
        "z": height + np.float32(path.look.lift),
        "line": line,
        "hoverinfo": "skip",
    }
    return [trail | _quiet(path, {}), head]


def _quiet(path: Path, where: dict[str, str]) -> dict[str, Any]:
    return {"name": path.label, "legendgroup": path.label, "showlegend": False, **where}


def _animated(race: Race, parts: dict[str, Any], move: Move, theme: Theme) -> go.Figure:
    steps = race.scenario.steps
    stride = -(-steps // MOST_FRAMES)
    shown = [*range(0, steps, stride), steps]
    first = move(0)
    moving = list(range(len(parts["data"]), len(parts["data"]) + len(first)))
    frames = [{"name": str(step), "data": [_changes(trace) for trace in move(step)], "traces": moving} for step in shown]
    layout = parts["layout"] | _controls(shown, theme)
    return go.Figure(parts["data"] + first, layout, frames)


def _changes(trace: dict[str, Any]) -> dict[str, Any]:
    return {key: trace[key] for key in ("type", "x", "y", "z") if key in trace}


def _controls(shown: list[int], theme: Theme) -> dict[str, Any]:
    at_once = {"frame": {"duration": 0, "redraw": True}, "transition": {"duration": 0}, "mode": "immediate"}
    play = {"frame": {"duration": _SHOWN_MS, "redraw": True}, "transition": {"duration": 0}, "fromcurrent": True, "mode": "immediate"}
    buttons = [
        {"label": "▶", "method": "animate", "args": [None, play]},
        {"label": "❚❚", "method": "animate", "args": [[None], at_once]},
    ]
    menu = {
        "type": "buttons",
        "direction": "left",
        "buttons": buttons,
        "x": 0,
        "y": 0,
        "xanchor": "left",
        "yanchor": "top",
        "pad": {"t": 34, "l": 0},
        "showactive": False,
        "bgcolor": theme.background,
        "bordercolor": theme.line,
    }
    slider = {
        "steps": [{"label": str(step), "method": "animate", "args": [[str(step)], at_once]} for step in shown],
        "currentvalue": {"prefix": "step ", "xanchor": "right", "font": {"size": 13}},
        "x": 0.28,
        "len": 0.72,
        "pad": {"t": 28, "b": 4},
        "ticklen": 0,
        "minorticklen": 0,
        "font": {"color": "rgba(0, 0, 0, 0)", "size": 1},
        "bordercolor": theme.line,
        "bgcolor": theme.line,
    }
    return {"updatemenus": [menu], "sliders": [slider], "margin": {"l": 40, "r": 12, "t": 28, "b": 90}}
