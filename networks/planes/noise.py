"""The noise of mini-batches: how far the slope of a batch lies from that of all examples, seen on a plane."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from networks.checks import check_number
from networks.network import Network
from networks.passes import Passes, in_chunks, rows_of
from networks.planes.plane import Plane
from parameters import Array


def plane_noise(plane: Plane, net: Network, weights: npt.ArrayLike, x: npt.ArrayLike, y: npt.ArrayLike, batch: int) -> Array:
    """The covariance of a batch's slopes along a plane's directions, at several points: S/B (1 - B/N).

    S is the covariance of the slopes of single examples, N their number; a batch of B is drawn without putting back (Chaudhari and Soatto
    2018, arXiv:1710.11029; the last factor is that of a finite population). It is 0 where a batch is all examples.

    Args:
        plane: whose two directions.
        net: the network, without batch normalization.
        weights: the points, shape (K, P); they need not lie on the plane.
        x, y: the examples.
        batch: how many are in a batch, B.

    Returns:
        Its entries aa, ab, bb, shape (K, 3); NaN where weights are not finite.

    Raises:
        TypeError, ValueError: an argument cannot be used; with batch normalization an example has no slope of its own.
    """
    if net.batch_norm:
        raise ValueError("with batch normalization an example has no slope of its own, so that its noise is not defined; switch it off")
    given = net.check_weights(weights)
    rows = rows_of(net, *net.check_examples(x, y))
    count = rows.shape[1]
    size = int(check_number("batch", batch, 1, count, whole=True))
    slopes = example_slopes(net, given, rows, plane.directions)
    if count == 1:
        return np.zeros((len(given), 3))
    slopes = slopes - slopes.mean(axis=2, keepdims=True)
    pairs = [(0, 0), (0, 1), (1, 1)]
    spread = np.stack([(slopes[:, one] * slopes[:, other]).sum(axis=1) for one, other in pairs], axis=1) / (count - 1)
    return np.asarray(spread / size * (1 - size / count))


def example_slopes(net: Network, weights: Array, rows: Array, directions: Array) -> Array:
    """The slope of each example's own loss along some directions: each layer's signal times what the direction makes of its inputs.

    Args:
        net: the network, without batch normalization.
        weights: shape (K, P).
        rows: the examples, see `networks.passes.rows_of`.
        directions: shape (D, P).

    Returns:
        Shape (K, D, n).
    """
    along = net.layout.matrices(net.layout.pack(directions))

    def read(passes: Passes, _: Array) -> Array:
        found = np.zeros((passes.runs, len(directions), rows.shape[1]))
        for matrix, signal, below in zip(along, passes.signals, passes.below, strict=True):
            for axis in range(len(directions)):
                found[:, axis] += (signal * (matrix[axis] @ below)).sum(axis=1)
        found *= rows.shape[1]
        return found

    parts: list[Array] = in_chunks(net, weights, rows, read, backward=True, keep_signals=True)
    return np.concatenate(parts)
