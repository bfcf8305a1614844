"""The loss of a network as something to descend: an objective of P coordinates for `simulation.run`, a column a network."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt

from formulas.program import Call
from networks.network import Network
from parameters import Array


class NetworkLoss:
    """The mean loss of a network on some examples, as a function of its weights.

    It is a `simulation.Objective`, whose points are columns, as those of a landscape are; `networks.train` is faster, and can do more.

    Args:
        net: the network.
        x, y: the examples; batch normalization uses their statistics.
        l2: the penalty on the weights, as in `Network.loss`.

    Raises:
        TypeError, ValueError: the examples do not fit the network.

    Attributes:
        name: what it is called in messages.
        dimension: the number of coordinates, P.
    """

    per_lane = False
    always_finite = False

    def __init__(self, net: Network, x: npt.ArrayLike, y: npt.ArrayLike, l2: float = 0.0) -> None:
        net.check_examples(x, y)
        self.net, self.x, self.y, self.l2 = net, np.asarray(x), np.asarray(y), l2
        self.name, self.dimension = f"the loss of {net}", net.size

    def check_lanes(self, count: int, what: str) -> None:
        """It has no numbers that differ between trajectories."""

    def value(self, points: npt.ArrayLike) -> Array:
        """The losses at points of shape (P, N): an array of shape (N,)."""
        return self.net.loss(np.asarray(points).T, self.x, self.y, self.l2)

    def gradient(self, points: npt.ArrayLike) -> Array:
        """The slopes there: an array of shape (P, N)."""
        return np.ascontiguousarray(self.net.gradient(np.asarray(points).T, self.x, self.y, self.l2).T)

    def bind(
        self,
        points: Array,
        lanes: slice | npt.NDArray[np.intp] = slice(None),
        *,
        value: Array | None = None,
        gradient: Array | None = None,
        hessian: Array | None = None,
    ) -> list[Call]:
        """The calls that compute them in place; see `simulation.Objective`."""
        wanted = ((self.value, value), (self.gradient, gradient))
        return [(partial(_write, quantity, points, out), ()) for quantity, out in wanted if out is not None]


def _write(quantity: object, points: Array, out: Array) -> None:
    assert callable(quantity)
    out[...] = quantity(points)
