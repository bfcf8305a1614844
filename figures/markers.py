"""The shapes at the heads of trajectories, told apart by everybody: in figures, in the player, in legends and in tables."""

from __future__ import annotations

from math import cos, radians, sin

Outline = tuple[tuple[float, float], ...]
"""The corners (x, y) of a shape beside a circle of radius 1, y downwards."""


def _polygon(corners: int, turn: float, radius: float, inner: float = 1.0) -> Outline:
    """The corners of a polygon around (0, 0), the first of them `turn` degrees clockwise from the top.

    A star has twice as many, every second one at the share `inner` of the radius.
    """
    count = corners if inner == 1.0 else 2 * corners
    angles = [radians(turn - 90 + 360 * index / count) for index in range(count)]
    sizes = [radius * (inner if index % 2 else 1.0) for index in range(count)]
    return tuple((round(size * cos(angle), 3), round(size * sin(angle), 3)) for size, angle in zip(sizes, angles, strict=True))


def _turned(outline: Outline) -> Outline:
    """The same a quarter of a turn on."""
    return tuple((-y, x) for x, y in outline)


def _cross(arm: float, reach: float) -> Outline:
    """A plus sign: half of the width of its arms, and how far they reach."""
    corner: Outline = ((-arm, -reach), (arm, -reach), (arm, -arm))
    return (*corner, *_turned(corner), *_turned(_turned(corner)), *_turned(_turned(_turned(corner))))


_HOURGLASS: Outline = ((-1.05, -1.15), (1.05, -1.15), (0.22, 0.0), (1.05, 1.15), (-1.05, 1.15), (-0.22, 0.0))
MARKERS: dict[str, Outline] = {
    "circle": (),
    "square": _polygon(4, 45, 1.2),
    "diamond": _polygon(4, 0, 1.25),
    "triangle-up": _polygon(3, 0, 1.35),
    "star": _polygon(5, 0, 1.4, inner=0.45),
    "triangle-down": _polygon(3, 180, 1.35),
    "cross": _cross(0.42, 1.22),
    "hourglass": _HOURGLASS,
    "triangle-left": _polygon(3, 270, 1.35),
    "triangle-right": _polygon(3, 90, 1.35),
    "bowtie": _turned(_HOURGLASS),
    "pentagon": _polygon(5, 0, 1.15),
}
"""Markers by Plotly's names, as their outlines; a circle has no corners."""
_BOX = 1.4
"""Half of the side of a square that holds every outline."""


def clip_path(marker: str) -> str:
    """The shape as CSS cuts it out of a square, all shapes at one scale: a value of `clip-path`."""
    if not (outline := MARKERS[marker]):
        return f"circle({50 / _BOX:.1f}%)"
    return f"polygon({', '.join(f'{50 + 50 * x / _BOX:.1f}% {50 + 50 * y / _BOX:.1f}%' for x, y in outline)})"
