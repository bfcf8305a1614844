"""Hessians of the loss of networks, by differences of their exact slopes: many slightly different networks at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from networks.architecture import Architecture
from networks.passes import Passes, runs_at_once
from networks.running import in_place, one_thread
from parameters import Array

MOST_CURVED = 400
"""Weights of a network whose whole Hessian is computed."""
_SMOOTH: tuple[tuple[float, float], ...] = ((1.0, 8 / 12), (2.0, -1 / 12))
"""How far to either side, in units of the distance, and what the difference counts: exact for polynomials of degree 4."""
_SIMPLE: tuple[tuple[float, float], ...] = ((1.0, 1 / 2),)
_DISTANCE, _SHORT = 1e-3, 1e-6
"""The distance; and where the slopes have kinks, which are not to be crossed."""

LANCZOS_STEPS = 40
"""Of Lanczos' method, at most."""
_CLOSE = 1e-5
"""It ends where what is missing to an eigenvector is shorter than this share; its eigenvalue is then much closer."""


class Curvature:
    """Hessians of networks.

    Args:
        net: the network.
        rows: the examples, shape (1, n, width); their content may change between the calls. See `networks.passes.rows_of`.
        networks: of how many of them Hessians are going to be wanted at a time.
        rough: whether six digits will do, for half the time.
    """

    def __init__(self, net: Architecture, rows: Array, networks: int = 1, rough: bool = False) -> None:
        self._stencil = _SIMPLE if net.activation.kinked or rough else _SMOOTH
        self._distance = _SHORT if net.activation.kinked else _DISTANCE
        self._columns = min(networks * net.size, runs_at_once(net, rows.shape[1]))
        self._size = net.size
        self._at, self._slopes = np.zeros((self._columns, net.size)), np.empty((self._columns, net.size))
        passes = Passes(net, rows, self._columns)
        self._calls = passes.forward(self._at) + passes.backward(self._at, self._slopes)

    def write(self, packed: Array, out: Array) -> None:
        """The Hessians of networks with packed weights (R, P), into `out`, shape (R, P, P), packed: symmetric to the last bit.

        To be called within `networks.running.in_place()`.
        """
        wanted = len(packed) * self._size
        for first in range(0, wanted, self._columns):
            networks, axes = np.divmod(np.arange(first, min(first + self._columns, wanted)), self._size)
            own = np.arange(len(axes))
            total = np.zeros((len(axes), self._size))
            for steps, counts in self._stencil:
                for side in (1.0, -1.0):
                    self._at[own] = packed[networks]
                    self._at[own, axes] += side * steps * self._distance
                    for routine, arguments in self._calls:
                        routine(*arguments)
                    total += side * counts / self._distance * self._slopes[own]
            out[networks, axes] = total
        out[:] = (out + out.swapaxes(1, 2)) / 2


def hessians(net: Architecture, rows: Array, weights: Array, rough: bool = False) -> Array:
    """The Hessians of networks with weights of shape (R, P), without penalties, shape (R, P, P); other arguments as for `Curvature`."""
    result = np.empty((*weights.shape, net.size))
    with one_thread(), in_place():
        Curvature(net, rows, len(weights), rough).write(net.layout.pack(weights), result)
    return np.ascontiguousarray(result[:, net.layout.inverse[:, None], net.layout.inverse])


def largest_eigenvalues(gradient: Callable[[Array], Array], weights: Array, kinked: bool = False) -> Array:
    """The largest eigenvalue of the Hessian at each of several points, shape (R,); see `largest_eigenpairs`."""
    return largest_eigenpairs(gradient, weights, kinked)[0]


def largest_eigenpairs(gradient: Callable[[Array], Array], weights: Array, kinked: bool = False) -> tuple[Array, Array]:
    """The largest eigenvalue of the Hessian at each of several points and its direction, by Lanczos' method with products that are
    differences of slopes.

    Args:
        gradient: the slopes at points of shape (R, P).
        weights: the points, shape (R, P).
        kinked: whether slopes have kinks, which are not to be crossed.

    Returns:
        Shapes (R,) and (R, P): once they hardly change, at the latest after 40 steps; NaN where slopes are not finite.
    """
    runs, size = weights.shape
    steps = min(LANCZOS_STEPS, size)
    start = np.random.default_rng(0).standard_normal(size)
    basis = np.zeros((steps, runs, size))
    basis[0] = start / np.linalg.norm(start)
    matrix = np.zeros((runs, steps, steps))
    result, directions, sought = np.full(runs, np.nan), np.full((runs, size), np.nan), np.ones(runs, dtype=bool)
    distance = _SHORT if kinked else _DISTANCE / 10
    with np.errstate(all="ignore"):
        for step in range(steps):
            image = (gradient(weights + distance * basis[step]) - gradient(weights - distance * basis[step])) / (2 * distance)
            for _ in range(2):  # twice is enough to stay orthogonal
                shares = np.einsum("krp,rp->kr", basis[: step + 1], image)
                matrix[:, step, step] += shares[step]
                image -= np.einsum("kr,krp->rp", shares, basis[: step + 1])
            length = np.sqrt(np.add.reduce(image * image, axis=1))
            sought &= np.isfinite(length)
            if not sought.any():
                break
            values, axes = np.linalg.eigh(matrix[sought, : step + 1, : step + 1])
            result[sought] = values[:, -1]
            directions[sought] = np.einsum("krp,rk->rp", basis[: step + 1, sought], axes[:, :, -1])
            sought[sought] = length[sought] * np.abs(axes[:, -1, -1]) > _CLOSE * np.abs(values[:, -1])
            if step + 1 < steps:
                matrix[:, step, step + 1] = matrix[:, step + 1, step] = length
                basis[step + 1] = image / np.maximum(length, 1e-300)[:, None]
    return result, directions
