"""How smooth the loss of networks is in the direction that they descend (Santurkar et al. 2018, arXiv:1805.11604, figure 4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from networks.network import Network
from parameters import Array

LENGTHS: tuple[float, ...] = tuple(np.geomspace(0.5, 4.0, 8).tolist())
"""The lengths of the steps that are tried, in units of the learning rate."""


@dataclass(frozen=True, eq=False)
class Smoothness:
    """What steps of several lengths along the negative gradient find, shape (R,) each.

    Attributes:
        lowest, highest: the least and the greatest loss on the way.
        gradient_change: how far the gradient there is at most from the one at the start.
        effective_beta: the largest such change for each unit of the way: the smoothness that the step sees.
    """

    lowest: Array
    highest: Array
    gradient_change: Array
    effective_beta: Array

    @property
    def loss_range(self) -> Array:
        """The greatest loss on the way less the least."""
        return self.highest - self.lowest


def smoothness(net: Network, weights: npt.ArrayLike, x: npt.ArrayLike, y: npt.ArrayLike, rate: npt.ArrayLike) -> Smoothness:
    """Steps of `LENGTHS` times the rate from each network's weights along its negative gradient.

    Args:
        net: the network.
        weights: shape (R, P).
        x, y: the examples, of a batch say; batch normalization uses their statistics.
        rate: the learning rate, or one for each network, shape (R,).

    Raises:
        TypeError, ValueError: as for `Network.loss`.
    """
    given = net.check_weights(weights)
    rates = np.broadcast_to(np.asarray(rate, dtype=np.float64), (len(given),))
    slopes = net.gradient(given, x, y)
    losses, changes, betas = [], [], []
    with np.errstate(all="ignore"):
        size = np.linalg.norm(slopes, axis=1)
        for length in LENGTHS:
            there = given - (length * rates)[:, None] * slopes
            losses.append(net.loss(there, x, y))
            changes.append(np.linalg.norm(net.gradient(there, x, y) - slopes, axis=1))
            betas.append(changes[-1] / (length * rates * size))
        return Smoothness(np.min(losses, axis=0), np.max(losses, axis=0), np.max(changes, axis=0), np.max(betas, axis=0))
