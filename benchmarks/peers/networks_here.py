"""Descent itself, training networks."""

from __future__ import annotations

import numpy as np

import networks
import optimizers
from benchmarks.peers.network_problem import NetworkProblem
from benchmarks.peers.problem import History, Prepared


def ours(problem: NetworkProblem) -> Prepared:
    """As a page trains them, but for the weights at the end only."""
    net = networks.Network(problem.sizes, problem.activation, loss=problem.loss)
    optimizer = optimizers.get("sgd", lr=problem.rate)

    def run() -> networks.Training:
        return networks.train(
            net, (problem.x, problem.y), optimizer, problem.weights, problem.steps, keep="last", dtype=problem.dtype, workers=1
        )

    return Prepared(run, lambda training: History(training.weights, np.zeros((1, training.runs))))


CONTESTANTS = {"Descent": ours}
