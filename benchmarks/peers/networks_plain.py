"""Networks in NumPy as one writes them: stacked matrices (R, in, out), activations (R, n, units), a new array for every result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.peers.network_problem import NetworkProblem, from_layers
from benchmarks.peers.problem import Prepared


def _prepare(problem: NetworkProblem, product: Callable[[str, Any, Any], Any]) -> Prepared:
    layers = problem.layers()
    x = problem.x.astype(problem.dtype)
    wanted = np.eye(problem.sizes[-1])[problem.y] if problem.loss == "softmax" else problem.y[:, None]
    wanted = wanted.astype(problem.dtype)
    count, rate, relu = len(x), problem.dtype(problem.rate), problem.activation == "relu"

    def run() -> Any:
        matrices = [np.ascontiguousarray(matrix.swapaxes(1, 2)) for matrix, _ in layers]
        biases = [bias[:, None, :].copy() for _, bias in layers]
        first = np.broadcast_to(x, (len(matrices[0]), *x.shape))
        for _ in range(problem.steps):
            hidden = [first]
            for index, (matrix, bias) in enumerate(zip(matrices, biases, strict=True)):
                z = product("rni,rio->rno", hidden[-1], matrix) + bias
                hidden.append(z if index == len(matrices) - 1 else np.maximum(z, 0) if relu else np.tanh(z))
            z = hidden.pop()
            if problem.loss == "softmax":
                shares = np.exp(z - z.max(axis=2, keepdims=True))
                slopes = (shares / shares.sum(axis=2, keepdims=True) - wanted) / count
            else:
                slopes = (1 / (1 + np.exp(-z)) - wanted) / count
            for index in range(len(matrices) - 1, -1, -1):
                below = hidden[index]
                change = product("rni,rno->rio", below, slopes)
                shift = slopes.sum(axis=1, keepdims=True)
                if index:
                    slopes = product("rno,rio->rni", slopes, matrices[index]) * ((below > 0) if relu else 1 - below**2)
                matrices[index] = matrices[index] - rate * change
                biases[index] = biases[index] - rate * shift
        return matrices, biases

    def history(result: Any) -> Any:
        return from_layers([(matrix.swapaxes(1, 2), bias) for matrix, bias in zip(*result, strict=True)])

    return Prepared(run, history)


def _by_matmul(form: str, a: Any, b: Any) -> Any:
    if form == "rni,rio->rno":
        return a @ b
    return a.swapaxes(1, 2) @ b if form == "rni,rno->rio" else a @ b.swapaxes(1, 2)


def stacked(problem: NetworkProblem) -> Prepared:
    """With matmul on stacks of matrices."""
    return _prepare(problem, _by_matmul)


def summed(problem: NetworkProblem) -> Prepared:
    """With einsum."""
    return _prepare(problem, np.einsum)


CONTESTANTS = {"plain NumPy, (R, n, units)": stacked, "einsum": summed}
