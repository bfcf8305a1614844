"""Minima, saddles and starts as small marks, on the map and in 3-D."""

from __future__ import annotations

from typing import Any

import numpy as np

from figures.loss_grid import LossGrid, loss_grid
from figures.theme import Look, Theme
from landscapes import Landscape, StationaryPoint
from parameters import Array
from scenario import Race
from simulation.attractors import attractors, is_global, lowest_loss
from simulation.starts import ring

_FEW = 40
"""More saddles than this are not marked, and more minima only as dots: they would hide what they mark."""
_MANY = 1000
"""More minima than this are not marked at all, but for the lowest: a dot for each would cover the map."""
_SHALLOW = 1e-3
"""A point around which the surface rises or falls by less than this share of its height, on its own scale, is no feature that could be
seen."""
_ALONE = 4
"""So many degenerate points are saddles of a higher order, such as the monkey saddle; more are the floor of a ditch."""
_AROUND = 0.05
"""How far around, as a share of the window."""


def _marked_points(landscape: Landscape) -> list[tuple[str, str, str, list[tuple[float, float, float]]]]:
    """Name, marker on the map, marker in 3-D, and the points (x, y, loss) of each sort of mark."""
    lowest = lowest_loss(landscape)
    points = _visible(landscape)
    best = [point for point in points if point.kind != "saddle" and point.value <= lowest + 1e-9 * (1 + abs(lowest))]
    other = [point for point in points if point.kind == "minimum" and point not in best]
    saddles = [point for point in points if point.kind == "saddle"]
    flat = [point for point in points if point.kind == "degenerate" and point not in best]
    saddles += flat if len(flat) <= _ALONE else []
    sorts = [
        ("Global minimum", "star", "diamond", best),
        ("Local minimum", "star-open", "diamond-open", other if len(other) <= _MANY else []),
        ("Saddle", "x-thin-open", "x", saddles if len(saddles) <= _FEW else []),
    ]
    return [(name, flat, solid, [(p.x, p.y, p.value) for p in found]) for name, flat, solid, found in sorts if found]


def _visible(landscape: Landscape) -> list[StationaryPoint]:
    points = attractors(landscape)
    if not points:
        return []
    centres = np.array([(point.x, point.y) for point in points]).T
    size = np.array([[high - low] for low, high in landscape.window])
    directions = ring((0.0, 0.0), _AROUND, 16)
    around = landscape.value((centres[:, :, None] + size[:, :, None] * directions[:, None, :]).reshape(2, -1)).reshape(len(points), -1)
    height = loss_grid(landscape).height
    change = np.nanmax(np.abs(height(around) - height([[point.value] for point in points])), axis=1)
    seen = change > _SHALLOW
    return [
        point for point, is_seen in zip(points, seen, strict=True) if is_seen or (point.kind == "minimum" and is_global(point, landscape))
    ]


def marks_on_map(landscape: Landscape, theme: Theme, **where: Any) -> list[dict[str, Any]]:
    """Traces that mark minima and saddles on a map."""
    traces = []
    for name, symbol, _, points in _marked_points(landscape):
        x, y, loss = np.array(points).T
        size = 13 if name == "Global minimum" else 9
        if len(points) > _FEW:
            symbol, size = "circle", 3
        marker = {"symbol": symbol, "size": size, "color": theme.mark, "line": {"width": 1.5, "color": theme.mark}}
        traces.append(_trace(name, x, y, marker, loss, where))
    return traces


def start_marks(race: Race, theme: Theme, **where: Any) -> dict[str, Any]:
    """A trace that marks the starts on a map."""
    x, y = race.starts
    ring = Look.of(x.size, len(race.runs)).start
    marker = {"symbol": "circle-open", "size": 2 * ring.radius, "opacity": ring.opacity, "color": theme.mark, "line": {"width": ring.width}}
    return _trace("Start", x, y, marker, race.runs[0].losses[0], where)


def _trace(name: str, x: Array, y: Array, marker: dict[str, Any], loss: Array, where: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": x,
        "y": y,
        "marker": marker,
        "customdata": loss,
        "hovertemplate": f"{name}<br>x %{{x:.4g}}, y %{{y:.4g}}<br>loss %{{customdata:.4g}}<extra></extra>",
        "cliponaxis": True,
        **where,
    }


def marks_in_3d(landscape: Landscape, grid: LossGrid, theme: Theme, **where: Any) -> list[dict[str, Any]]:
    """Traces that mark minima and saddles on the surface."""
    traces = []
    for name, _, symbol, points in _marked_points(landscape):
        x, y, loss = np.array(points).T
        traces.append(
            {
                "type": "scatter3d",
                "mode": "markers",
                "name": name,
                "x": x,
                "y": y,
                "z": grid.height(loss) + 0.02,
                "marker": {"symbol": symbol, "size": 5 if name == "Global minimum" else 3.5, "color": theme.mark},
                "customdata": loss,
                "hovertemplate": f"{name}<br>x %{{x:.4g}}, y %{{y:.4g}}<br>loss %{{customdata:.4g}}<extra></extra>",
                **where,
            }
        )
    return traces
