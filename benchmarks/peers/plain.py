"""Plain NumPy on arrays of shape (N, 2), as a competent person writes it who does not think of speed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from benchmarks.peers.problem import Array, Prepared, Problem, from_pairs
from benchmarks.peers.surfaces import SURFACES

Gradient = Callable[[Array], Array]
Step = Callable[[Array, int], Array]
"""The point and the step's number, from 1 -> the new point."""


def _sgd(values: Mapping[str, float], gradient: Gradient) -> Step:
    def step(points: Array, t: int) -> Array:
        return points - values["lr"] * gradient(points)

    return step


def _momentum(values: Mapping[str, float], gradient: Gradient) -> Step:
    v: float | Array = 0.0

    def step(points: Array, t: int) -> Array:
        nonlocal v
        v = values["momentum"] * v + gradient(points)
        return points - values["lr"] * v

    return step


def _adam(values: Mapping[str, float], gradient: Gradient) -> Step:
    beta1, beta2 = values["beta1"], values["beta2"]
    m: float | Array = 0.0
    v: float | Array = 0.0

    def step(points: Array, t: int) -> Array:
        nonlocal m, v
        g = gradient(points)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        return points - values["lr"] * m_hat / (np.sqrt(v_hat) + values["eps"])

    return step


STEPS = {"sgd": _sgd, "momentum": _momentum, "adam": _adam}
"""How each optimizer is prepared, by the project's name."""


def plain(problem: Problem) -> Prepared:
    """A new array for every operation; the history in a list, stacked at the end."""
    value, gradient = SURFACES[problem.landscape](np)
    starts = np.ascontiguousarray(problem.starts.T)

    def run() -> tuple[Array, Array]:
        step = STEPS[problem.optimizer](problem.values, gradient)
        points = starts
        positions, losses = [points], [value(points)]
        for t in range(1, problem.steps + 1):
            points = step(points, t)
            positions.append(points)
            losses.append(value(points))
        return np.stack(positions), np.stack(losses)

    return Prepared(run, lambda result: from_pairs(*result))


CONTESTANTS = {"plain NumPy, (N, 2)": plain}
