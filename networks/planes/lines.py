"""The straight line between two points of weight space, and whether a wall stands on it (Goodfellow et al. 2015, arXiv:1412.6544)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from networks.checks import check_number
from networks.network import Network
from parameters import Array


@dataclass(frozen=True, eq=False)
class Line:
    """The loss along a straight line between two points.

    Attributes:
        shares: how far along, from 0 at the first point to 1 at the second, shape (n,); beyond both where more was asked for.
        losses: the loss there, shape (n,).
    """

    shares: Array
    losses: Array

    @property
    def between(self) -> Array:
        """The losses from the first point to the second, both among them."""
        return self.losses[(self.shares >= 0) & (self.shares <= 1)]

    @property
    def barrier(self) -> float:
        """How far the loss rises on the way above the higher one of its two ends: 0 where nothing stands between them."""
        between = self.between
        return float(between.max() - max(between[0], between[-1]))

    @property
    def above_line(self) -> float:
        """How far the loss rises at most above the straight line between the losses of both ends (Frankle et al. 2020, arXiv:1912.05671;
        Entezari et al. 2022, arXiv:2110.06296)."""
        between = self.between
        return float((between - np.linspace(between[0], between[-1], len(between))).max())

    @property
    def falls(self) -> bool:
        """Whether the loss nowhere rises on the way."""
        return bool((np.diff(self.between) <= 1e-9).all())


def line(
    net: Network,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    n: int = 101,
    beyond: float = 0.0,
    l2: float = 0.0,
) -> Line:
    """The loss of a network along the straight line between two points, a start and an end say.

    Args:
        net: the network.
        first, second: weights, shape (P,).
        x, y, l2: as for `Network.loss`; batch normalization uses the statistics of all of x.
        n: points from one to the other.
        beyond: how far the line goes on at either end, as a share of its length; with the same distance between points.

    Raises:
        TypeError, ValueError: an argument cannot be used.
    """
    n = int(check_number("n", n, 2, 100_000, whole=True))
    beyond = check_number("beyond", beyond, 0.0, 100.0)
    start, end = (net.check_weights(point)[0] for point in (first, second))
    aside = int(np.rint(beyond * (n - 1)))
    shares = np.arange(-aside, n + aside) / (n - 1)
    return Line(shares, net.loss(start + shares[:, None] * (end - start), x, y, l2))
