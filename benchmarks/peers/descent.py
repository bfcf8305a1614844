"""Descent itself, with NumPy and on machine code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

import landscapes
import optimizers
import simulation
from benchmarks.peers.problem import Array, History, Prepared, Problem


def _prepare(problem: Problem, values: Mapping[str, float | Array], engine: str, keep: str = "path") -> Prepared:
    landscape, optimizer = landscapes.get(problem.landscape), optimizers.get(problem.optimizer, **values)

    def run() -> simulation.Run:
        return simulation.run(landscape, optimizer, problem.starts, problem.steps, keep=keep, workers=1, engine=engine)

    return Prepared(run, _history)


def _history(run: Any) -> History:
    return History(run.positions, run.losses)


def path(engine: str, problem: Problem) -> Prepared:
    """The whole history, as everyone keeps it."""
    return _prepare(problem, problem.values, engine)


def last(engine: str, problem: Problem) -> Prepared:
    """The final points only."""
    return _prepare(problem, problem.values, engine, keep="last")


def own_rates(engine: str, problem: Problem) -> Prepared:
    """A learning rate for each trajectory; they are equal here, so that the numbers can be compared."""
    rates = np.full(problem.starts.shape[1], problem.values["lr"])
    return _prepare(problem, {**problem.values, "lr": rates}, engine)


CONTESTANTS: dict[str, Callable[[Problem], Prepared]] = {
    "Descent": partial(path, "numpy"),
    "Descent, last point only": partial(last, "numpy"),
    "Descent, a rate for each": partial(own_rates, "numpy"),
    "Descent, machine code": partial(path, "machine"),
    "Descent, machine code, last point only": partial(last, "machine"),
}
