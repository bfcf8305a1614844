"""The part of the plane that is shown of a landscape."""

from __future__ import annotations

from typing import Any

import numpy as np

from parameters import Array

Window = tuple[tuple[float, float], tuple[float, float]]
"""((x0, x1), (y0, y1))"""


def grid(window: Window, n: int) -> Array:
    """The points of an n x n grid over the window, row by row from its lower left corner: shape (2, n*n)."""
    (x0, x1), (y0, y1) = window
    x, y = np.meshgrid(np.linspace(x0, x1, n), np.linspace(y0, y1, n))
    return np.stack([x.ravel(), y.ravel()])


def check_window(window: Any, name: str) -> Window:
    """The window as numbers.

    Raises:
        ValueError: it is no pair of ranges, or a range is empty, endless, or too wide or narrow to compute with.
    """
    try:
        (x0, x1), (y0, y1) = window
        box = ((float(x0), float(x1)), (float(y0), float(y1)))
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name}: the window must be ((x0, x1), (y0, y1)), not {window!r}") from None
    for axis, (low, high) in zip("xy", box, strict=True):
        if not (np.isfinite(low) and np.isfinite(high) and low < high and high - low < 1e9 and high - low > 1e-9):
            raise ValueError(f"{name}: the window's {axis} range is {low:g} to {high:g}; choose two finite numbers, the smaller first")
    return box
