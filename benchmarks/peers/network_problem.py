"""What every contestant of the network benchmark has to compute."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.peers.problem import Array, History


@dataclass(frozen=True)
class NetworkProblem:
    """Many networks that descend the same loss by plain gradient descent on the whole set.

    Attributes:
        sizes: inputs, hidden units, outputs.
        activation: "tanh" or "relu".
        loss: "logistic" or "softmax".
        weights: shape (R, P): layer after layer, each layer's matrix (out, in) row by row, then its biases.
        x, y: inputs (n, d) and classes (n,).
        rate, steps: how far and how often.
        single: whether in float32.
    """

    sizes: tuple[int, ...]
    activation: str
    loss: str
    weights: Array
    x: Array
    y: npt.NDArray[np.int64]
    rate: float
    steps: int
    single: bool = False

    @property
    def dtype(self) -> Any:
        """Of all numbers."""
        return np.float32 if self.single else np.float64

    def layers(self) -> list[tuple[Array, Array]]:
        """Each layer's matrix (R, out, in) and biases (R, out), copies in the right precision."""
        found, at = [], 0
        for inputs, outputs in pairwise(self.sizes):
            matrix = self.weights[:, at : at + inputs * outputs].reshape(-1, outputs, inputs)
            at += inputs * outputs
            found.append((matrix.astype(self.dtype), self.weights[:, at : at + outputs].astype(self.dtype)))
            at += outputs
        return found


def from_layers(layers: list[tuple[Any, Any]]) -> History:
    """What was learnt, as one row of weights for each network; losses are not kept."""
    runs = len(layers[0][1])
    parts = [np.asarray(part, dtype=np.float64).reshape(runs, -1) for layer in layers for part in layer]
    return History(np.concatenate(parts, axis=1)[None], np.zeros((1, runs)))
