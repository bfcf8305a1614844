"""Value and gradient in NumPy by hand, as fast as it goes: nothing allocated, contiguous rows, 0-d constants, no operation too many.

Each function binds arrays of one length and returns what computes value, dx and dy at x and y.
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi

import numpy as np
from numpy import add, cos, divide, multiply, sin, square, subtract, tan

from benchmarks.peers.problem import Array

Binder = Callable[[Array, Array, Array, Array, Array], Callable[[], None]]
"""x, y, value, dx, dy -> what computes the last three."""


def rosenbrock(x: Array, y: Array, value: Array, dx: Array, dy: Array) -> Callable[[], None]:
    """With u = x - 1 and dy = 200 (y - x²): the value is u² + dy²/400, dx is 2 (u - x dy)."""
    one, two, half, two_hundred = (np.array(number) for number in (1.0, 2.0, 0.5, 200.0))
    work = np.empty_like(x)

    def compute() -> None:
        square(x, work)
        subtract(y, work, work)
        multiply(two_hundred, work, dy)
        multiply(work, dy, value)
        multiply(half, value, value)
        subtract(x, one, work)
        multiply(x, dy, dx)
        subtract(work, dx, dx)
        multiply(two, dx, dx)
        square(work, work)
        add(work, value, value)

    return compute


def himmelblau(x: Array, y: Array, value: Array, dx: Array, dy: Array) -> Callable[[], None]:
    """With p = x² + y - 11 and q = x + y² - 7: p² + q², 2 (2 x p + q), 2 (p + 2 y q)."""
    eleven, seven = np.array(11.0), np.array(7.0)
    p, q = np.empty((2, x.size))

    def compute() -> None:
        square(x, p)
        add(p, y, p)
        subtract(p, eleven, p)
        square(y, q)
        add(q, x, q)
        subtract(q, seven, q)
        square(p, value)
        square(q, dy)
        add(value, dy, value)
        multiply(x, p, dx)
        add(dx, dx, dx)
        add(dx, q, dx)
        add(dx, dx, dx)
        multiply(y, q, dy)
        add(dy, dy, dy)
        add(dy, p, dy)
        add(dy, dy, dy)

    return compute


def rastrigin_by_sine(x: Array, y: Array, value: Array, dx: Array, dy: Array) -> Callable[[], None]:
    """Two sines and two cosines a point."""
    turn, ten, twenty, slope = (np.array(number) for number in (2 * pi, 10.0, 20.0, 20 * pi))
    angle, wave = np.empty((2, x.size))

    def compute() -> None:
        square(x, value)
        square(y, wave)
        add(value, wave, value)
        add(value, twenty, value)
        for at, derivative in ((x, dx), (y, dy)):
            multiply(turn, at, angle)
            cos(angle, wave)
            multiply(ten, wave, wave)
            subtract(value, wave, value)
            sin(angle, angle)
            multiply(slope, angle, angle)
            add(at, at, derivative)
            add(derivative, angle, derivative)

    return compute


def rastrigin_by_tangent(x: Array, y: Array, value: Array, dx: Array, dy: Array) -> Callable[[], None]:
    """With t = tan πx and w = 20/(1 + t²): 10 cos 2πx = w - 10 and 10 sin 2πx = t w."""
    half_turn, one, twenty, forty, slope = (np.array(number) for number in (pi, 1.0, 20.0, 40.0, 2 * pi))
    t, w = np.empty((2, x.size))

    def compute() -> None:
        square(x, value)
        square(y, w)
        add(value, w, value)
        add(value, forty, value)
        for at, derivative in ((x, dx), (y, dy)):
            multiply(half_turn, at, t)
            tan(t, t)
            square(t, w)
            add(w, one, w)
            divide(twenty, w, w)
            subtract(value, w, value)
            multiply(t, w, t)
            multiply(slope, t, t)
            add(at, at, derivative)
            add(derivative, t, derivative)

    return compute


def rastrigin_at_once(x: Array, y: Array, value: Array, dx: Array, dy: Array) -> Callable[[], None]:
    """The same with both coordinates in one array, so half as many calls; two copies in and two out."""
    half_turn, one, twenty, forty, slope = (np.array(number) for number in (pi, 1.0, 20.0, 40.0, 2 * pi))
    both, t, w, gradient = np.empty((4, 2 * x.size))
    halves = (slice(None, x.size), slice(x.size, None))
    wave_x, wave_y = (w[half] for half in halves)

    def compute() -> None:
        for half, at in zip(halves, (x, y), strict=True):
            both[half] = at
        multiply(half_turn, both, t)
        tan(t, t)
        square(t, w)
        add(w, one, w)
        divide(twenty, w, w)
        multiply(t, w, t)
        multiply(slope, t, t)
        add(both, both, gradient)
        add(gradient, t, gradient)
        square(both, both)
        subtract(both, w, w)
        add(wave_x, wave_y, value)
        add(value, forty, value)
        for half, derivative in zip(halves, (dx, dy), strict=True):
            derivative[:] = gradient[half]

    return compute


BY_HAND: dict[str, dict[str, Binder]] = {
    "rosenbrock": {"by hand": rosenbrock},
    "himmelblau": {"by hand": himmelblau},
    "rastrigin": {
        "by hand, sine and cosine": rastrigin_by_sine,
        "by hand, tangent": rastrigin_by_tangent,
        "by hand, tangent of x and y at once": rastrigin_at_once,
    },
}
"""By the project's name, at the default parameters."""
