"""The Hessian of the loss of networks, by differences of their exact slopes: many slightly different networks at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from networks.architecture import Architecture
from networks.passes import Passes, runs_at_once
from parameters import Array

MOST_CURVED = 400
"""Weights of a network whose whole Hessian is computed."""
_SMOOTH: tuple[tuple[float, float], ...] = ((1.0, 8 / 12), (2.0, -1 / 12))
"""How far to either side, in units of the distance, and what the difference counts: exact for polynomials of degree 4."""
_KINKED: tuple[tuple[float, float], ...] = ((1.0, 1 / 2),)
_DISTANCE, _SHORT = 1e-3, 1e-6
"""The distance; and where the slopes have kinks, which are not to be crossed."""

_LANCZOS_STEPS = 40


class Curvature:
    """Hessians of networks, one after another.

    Args:
        net: the network.
        rows: the examples, shape (1, n, width); their content may change between the calls. See `networks.passes.rows_of`.
    """

    def __init__(self, net: Architecture, rows: Array) -> None:
        self._stencil = _KINKED if net.activation.kinked else _SMOOTH
        self._distance = _SHORT if net.activation.kinked else _DISTANCE
        self._columns = min(net.size, runs_at_once(net, rows.shape[1]))
        self._size = net.size
        self._at, self._slopes = np.empty((self._columns, net.size)), np.empty((self._columns, net.size))
        passes = Passes(net, rows, self._columns)
        self._calls = passes.forward(self._at) + passes.backward(self._at, self._slopes)

    def write(self, packed: Array, out: Array) -> None:
        """The Hessian of one network with packed weights (P,), into `out`, shape (P, P), packed: symmetric to the last bit.

        To be called within `networks.running.in_place()`.
        """
        for first in range(0, self._size, self._columns):
            first = min(first, self._size - self._columns)  # the last ones overlap, so that there are always as many
            axes = np.arange(first, first + self._columns)
            total = np.zeros_like(self._at)
            for steps, counts in self._stencil:
                for side in (1.0, -1.0):
                    self._at[:] = packed
                    self._at[axes - first, axes] += side * steps * self._distance
                    for routine, arguments in self._calls:
                        routine(*arguments)
                    total += side * counts / self._distance * self._slopes
            out[axes] = total
        out[:] = (out + out.T) / 2


def largest_eigenvalues(gradient: Callable[[Array], Array], weights: Array) -> Array:
    """The largest eigenvalue of the Hessian at each of several points, by Lanczos' method with products that are differences of slopes.

    Args:
        gradient: the slopes at points of shape (R, P).
        weights: the points, shape (R, P).

    Returns:
        Shape (R,): after 40 steps, which is exact to some digits where the largest stands apart.
    """
    runs, size = weights.shape
    steps = min(_LANCZOS_STEPS, size)
    start = np.random.default_rng(0).standard_normal(size)
    basis = np.zeros((steps, runs, size))
    basis[0] = start / np.linalg.norm(start)
    matrix = np.zeros((runs, steps, steps))
    with np.errstate(all="ignore"):
        distance = _DISTANCE / 10
        for step in range(steps):
            image = (gradient(weights + distance * basis[step]) - gradient(weights - distance * basis[step])) / (2 * distance)
            for _ in range(2):  # twice is enough to stay orthogonal
                shares = np.einsum("krp,rp->kr", basis[: step + 1], image)
                matrix[:, step, step] += shares[step]
                image -= np.einsum("kr,krp->rp", shares, basis[: step + 1])
            length = np.sqrt(np.add.reduce(image * image, axis=1))
            if step + 1 < steps:
                matrix[:, step, step + 1] = matrix[:, step + 1, step] = length
                basis[step + 1] = image / np.maximum(length, 1e-300)[:, None]
    result = np.full(runs, np.nan)
    known = np.isfinite(matrix).all(axis=(1, 2))
    result[known] = np.linalg.eigvalsh(matrix[known])[:, -1]
    return result
