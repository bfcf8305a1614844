"""The landscapes of the engine benchmark on points of shape (..., 2), in whatever library is given, and their gradients by hand.

Written once for NumPy, PyTorch and JAX, as one writes them from the formula.
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi
from typing import Any

Surface = tuple[Callable[[Any], Any], Callable[[Any], Any]]
"""Value, shape (...), and gradient, shape (..., 2)."""


def rosenbrock(library: Any) -> Surface:
    """(1 - x)² + 100 (y - x²)²"""

    def value(points: Any) -> Any:
        x, y = points[..., 0], points[..., 1]
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    def gradient(points: Any) -> Any:
        x, y = points[..., 0], points[..., 1]
        off = y - x**2
        return library.stack([-2 * (1 - x) - 400 * x * off, 200 * off], -1)

    return value, gradient


def rastrigin(library: Any) -> Surface:
    """20 + x² - 10 cos 2πx + y² - 10 cos 2πy"""

    def value(points: Any) -> Any:
        x, y = points[..., 0], points[..., 1]
        return 20 + x**2 - 10 * library.cos(2 * pi * x) + y**2 - 10 * library.cos(2 * pi * y)

    def gradient(points: Any) -> Any:
        return 2 * points + 20 * pi * library.sin(2 * pi * points)

    return value, gradient


SURFACES = {"rosenbrock": rosenbrock, "rastrigin": rastrigin}
"""By the project's name."""
