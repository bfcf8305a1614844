"""Descent itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import landscapes
import optimizers
import simulation
from benchmarks.peers.problem import Array, History, Prepared, Problem


def _prepare(problem: Problem, values: Mapping[str, float | Array], keep: str = "path") -> Prepared:
    landscape, optimizer = landscapes.get(problem.landscape), optimizers.get(problem.optimizer, **values)

    def run() -> simulation.Run:
        return simulation.run(landscape, optimizer, problem.starts, problem.steps, keep=keep, workers=1)

    return Prepared(run, _history)


def _history(run: Any) -> History:
    return History(run.positions, run.losses)


def path(problem: Problem) -> Prepared:
    """The whole history, as everyone keeps it."""
    return _prepare(problem, problem.values)


def last(problem: Problem) -> Prepared:
    """The final points only."""
    return _prepare(problem, problem.values, keep="last")


def own_rates(problem: Problem) -> Prepared:
    """A learning rate for each trajectory; they are equal here, so that the numbers can be compared."""
    rates = np.full(problem.starts.shape[1], problem.values["lr"])
    return _prepare(problem, {**problem.values, "lr": rates})


CONTESTANTS = {"Descent": path, "Descent, last point only": last, "Descent, a rate for each": own_rates}
