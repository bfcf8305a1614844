"""How smooth the loss of networks is where they are trained: what it does along the direction of each step (Santurkar et al. 2018)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from networks import Dataset, Network
from parameters import Array

_SHORTEST, _LONGEST, _LENGTHS = 0.5, 4.0, 6
"""The steps that are tried, as multiples of the one that was taken: Santurkar et al. 2018, arXiv:1805.11604, appendix A.2."""


@dataclass(frozen=True)
class Smoothness:
    """What the loss and its gradient do along the direction of the gradient, from each of K points. All have shape (K,).

    Attributes:
        low, high: the range of the loss.
        change: how far the gradient there is from the one at the point, at most.
        curvature: that change for the distance, at most: the effective smoothness, beta.
    """

    low: Array
    high: Array
    change: Array
    curvature: Array


def along_the_steps(net: Network, weights: npt.ArrayLike, data: Dataset, rate: float) -> Smoothness:
    """How smooth the loss is along the steps of gradient descent.

    Args:
        net: the network; with batch normalization, by the statistics of all examples.
        weights: at the beginning of each step, shape (K, P), finite.
        data: its examples to learn from are meant.
        rate: the learning rate of the steps.
    """
    points = np.asarray(weights, dtype=np.float64)
    slopes = net.gradient(points, data.x, data.y)
    norms = np.linalg.norm(slopes, axis=1)
    lengths = rate * np.geomspace(_SHORTEST, _LONGEST, _LENGTHS)
    losses = np.array([net.loss(points - length * slopes, data.x, data.y) for length in lengths])
    away = np.array([np.linalg.norm(net.gradient(points - length * slopes, data.x, data.y) - slopes, axis=1) for length in lengths])
    return Smoothness(losses.min(axis=0), losses.max(axis=0), away.max(axis=0), (away / (lengths[:, None] * norms)).max(axis=0))
