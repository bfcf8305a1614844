"""How smooth the loss of networks is where they are trained, with batch normalization and without it (Santurkar et al. 2018)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from networks.smoothness import Smoothness, smoothness
from scenario import Comparison
from scenario.trained import Steps

_MOST = 40
"""Steps at which it is looked, at most."""


@dataclass(frozen=True, eq=False)
class AlongTheSteps:
    """How smooth the loss of a network is along the gradient, where it was trained.

    Attributes:
        steps: at which it was looked, shape (K,).
        found: what was seen there, shape (K,) each.
    """

    steps: Steps
    found: Smoothness


@lru_cache(maxsize=8)
def along_the_steps(comparison: Comparison, number: int, begin: int = 0) -> AlongTheSteps:
    """How smooth the loss on all examples is along the negative gradient, at some of the kept steps of a network.

    Lengths are those of `networks.smoothness.LENGTHS`, in units of its optimizer's learning rate; with batch normalization the statistics
    are those of all examples.

    Args:
        comparison: the trained networks.
        number: which of them, from 0.
        begin: the first step at which to look.
    """
    run = comparison.runs[number]
    last = run.diverged_at if run.diverged_at >= 0 else comparison.experiment.steps
    possible = np.flatnonzero((run.steps >= begin) & (run.steps < last))
    chosen = possible[:: max(1, -(-len(possible) // _MOST))]
    rate = float(np.max(run.optimizer.values.get("lr", 1.0)))
    data = comparison.data
    return AlongTheSteps(run.steps[chosen], smoothness(comparison.network, run.weights[chosen], data.x, data.y, rate))
