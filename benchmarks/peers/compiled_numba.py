"""The same by Numba, as fast as it goes: loops over trajectories within loops over steps, in blocks that stay in the cache."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import cos, pi, sin, sqrt
from typing import Any

import numpy as np
from numba import njit

from benchmarks.peers.problem import Array, History, Prepared, Problem

BLOCK = 512
_compile: Callable[[Any], Any] = njit(error_model="numpy", fastmath=False)


@_compile
def _rosenbrock(x: float, y: float) -> tuple[float, float, float]:
    off = y - x * x
    return (1 - x) * (1 - x) + 100 * off * off, -2 * (1 - x) - 400 * x * off, 200 * off


@_compile
def _rastrigin(x: float, y: float) -> tuple[float, float, float]:
    value = 20 + x * x - 10 * cos(2 * pi * x) + y * y - 10 * cos(2 * pi * y)
    return value, 2 * x + 20 * pi * sin(2 * pi * x), 2 * y + 20 * pi * sin(2 * pi * y)


def _sgd(surface: Any) -> Any:
    def step(at: Array, _: Array, index: int, values: Array, shares: Array) -> float:
        value, dx, dy = surface(at[0, index], at[1, index])
        at[0, index] -= values[0] * dx
        at[1, index] -= values[0] * dy
        return float(value)

    return _compile(step)


def _momentum(surface: Any) -> Any:
    def step(at: Array, state: Array, index: int, values: Array, shares: Array) -> float:
        value, dx, dy = surface(at[0, index], at[1, index])
        state[0, index] = values[1] * state[0, index] + dx
        state[1, index] = values[1] * state[1, index] + dy
        at[0, index] -= values[0] * state[0, index]
        at[1, index] -= values[0] * state[1, index]
        return float(value)

    return _compile(step)


def _adam(surface: Any) -> Any:
    def step(at: Array, state: Array, index: int, values: Array, shares: Array) -> float:
        lr, beta1, beta2, eps = values[0], values[1], values[2], values[3]
        value, dx, dy = surface(at[0, index], at[1, index])
        state[0, index] = beta1 * state[0, index] + (1 - beta1) * dx
        state[1, index] = beta1 * state[1, index] + (1 - beta1) * dy
        state[2, index] = beta2 * state[2, index] + (1 - beta2) * dx * dx
        state[3, index] = beta2 * state[3, index] + (1 - beta2) * dy * dy
        at[0, index] -= lr * (state[0, index] / shares[0]) / (sqrt(state[2, index] / shares[1]) + eps)
        at[1, index] -= lr * (state[1, index] / shares[0]) / (sqrt(state[3, index] / shares[1]) + eps)
        return float(value)

    return _compile(step)


_SURFACES = {"rosenbrock": _rosenbrock, "rastrigin": _rastrigin}
_STEPS = {"sgd": _sgd, "momentum": _momentum, "adam": _adam}


def _loop(step: Any, surface: Any, keep: bool) -> Any:
    def run(starts: Array, values: Array, steps: int, positions: Array, losses: Array) -> None:
        at, state, shares = np.empty((2, BLOCK)), np.empty((4, BLOCK)), np.ones(2)
        for first in range(0, starts.shape[1], BLOCK):
            count = min(BLOCK, starts.shape[1] - first)
            at[:, :count] = starts[:, first : first + count]
            state[:] = 0.0
            for t in range(steps):
                if values.size == 4:  # Adam's bias corrections
                    shares[0], shares[1] = 1 - values[1] ** (t + 1), 1 - values[2] ** (t + 1)
                if keep:
                    positions[t, :, first : first + count] = at[:, :count]
                for index in range(count):
                    loss = step(at, state, index, values, shares)
                    if keep:
                        losses[t, first + index] = loss
            positions[-1, :, first : first + count] = at[:, :count]
            for index in range(count):
                losses[-1, first + index] = surface(at[0, index], at[1, index])[0]

    return _compile(run)


def _prepare(keep: bool, problem: Problem) -> Prepared:
    surface = _SURFACES[problem.landscape]
    loop = _loop(_STEPS[problem.optimizer](surface), surface, keep)
    starts, values = np.ascontiguousarray(problem.starts), np.array(list(problem.values.values()))
    rows, count = problem.steps + 1 if keep else 1, starts.shape[1]

    def run() -> History:
        history = History(np.empty((rows, 2, count)), np.empty((rows, count)))
        loop(starts, values, problem.steps, *history)
        return history

    run()  # compiles it
    return Prepared(run, lambda history: history)


CONTESTANTS = {"numba": partial(_prepare, True), "numba, last point only": partial(_prepare, False)}
