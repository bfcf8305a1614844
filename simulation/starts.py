"""Where trajectories start."""

from __future__ import annotations

import numpy as np

from formulas.libm.functions import cos, sin
from landscapes import Window
from landscapes import grid as full_grid
from parameters import Array


def grid(window: Window, n: int) -> Array:
    """About `n` starts evenly over the window, away from its edge: the centres of an equal grid of cells, row by row.

    Args:
        window: ((x0, x1), (y0, y1)).
        n: how many, at least 1. A square number gives exactly a square grid; otherwise rows and columns are as equal as gives exactly n.

    Returns:
        Shape (2, n).
    """
    _check_number(n)
    columns = next(c for c in range(int(np.ceil(np.sqrt(n))), n + 1) if n % c == 0)
    rows = n // columns
    (x0, x1), (y0, y1) = window
    x = x0 + (x1 - x0) * (np.arange(columns) + 0.5) / columns
    y = y0 + (y1 - y0) * (np.arange(rows) + 0.5) / rows
    return np.stack([np.tile(x, rows), np.repeat(y, columns)])


def ring(center: tuple[float, float], radius: float, n: int) -> Array:
    """`n` starts on a circle, from its right end counter-clockwise: shape (2, n).

    Raises:
        ValueError: a radius that is negative or not finite, or n below 1.
    """
    _check_number(n)
    if not (np.isfinite(radius) and radius >= 0):
        raise ValueError(f"the radius is {radius}; choose 0 or more")
    angle = 2 * np.pi * np.arange(n) / n
    return np.stack([center[0] + radius * cos(angle), center[1] + radius * sin(angle)])


def cloud(center: tuple[float, float], spread: float, n: int, seed: int = 0) -> Array:
    """`n` starts scattered around a point, normally distributed with standard deviation `spread`: shape (2, n).

    Raises:
        ValueError: a spread that is negative or not finite, or n below 1.
    """
    _check_number(n)
    if not (np.isfinite(spread) and spread >= 0):
        raise ValueError(f"the spread is {spread}; choose 0 or more")
    return np.array(center, dtype=np.float64)[:, None] + spread * np.random.default_rng(seed).standard_normal((n, 2)).T


def uniform(window: Window, n: int, seed: int = 0) -> Array:
    """`n` starts anywhere in the window with equal chance: shape (2, n). The first ones do not change when n grows."""
    _check_number(n)
    low, high = np.array(window, dtype=np.float64).T
    return np.ascontiguousarray(np.random.default_rng(seed).uniform(low, high, (n, 2)).T)


def _check_number(n: int) -> None:
    if isinstance(n, bool) or not isinstance(n, int | np.integer):
        raise TypeError(f"the number of starts must be a whole number, not {n!r}")
    if n < 1:
        raise ValueError(f"the number of starts is {n}; choose 1 or more")


__all__ = ["cloud", "full_grid", "grid", "ring", "uniform"]
