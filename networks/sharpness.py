"""How sharp the loss of a network is along its training: the largest curvature, against the one from which on steps grow.

Gradient descent of rate lr shrinks an error along a direction of curvature c at each step by the factor 1 - lr c, which is below -1 once c
is above 2/lr. Cohen et al. 2021 (arXiv:2103.00065) found that training drives the sharpness up to that limit, and then along it: the edge
of stability. With momentum the limit is (2 + 2 momentum)/lr.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from networks.curvature import LANCZOS_STEPS, largest_eigenvalues
from networks.network import Network
from networks.running import one_thread
from parameters import Array

EXACT = 40
"""Weights up to which the whole Hessian is as fast as the 80 gradients that Lanczos' method asks for."""
_AT_ONCE = 24
"""Points between two reports of progress, at most."""
_NUMBERS = 8_000_000
"""In the vectors that Lanczos' method keeps for all of them."""


def sharpness_along(
    net: Network,
    weights: npt.ArrayLike,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    l2: float = 0.0,
    frozen: int = 0,
    report: Callable[[float], object] | None = None,
    divisor: Array | None = None,
    decay: float = 0.0,
) -> Array:
    """The largest eigenvalue of the Hessian of the loss at each of some points, shape (K,); NaN where one is not finite.

    Given a divisor D for each weight, that of D^-1 H, which is the one of D^-1/2 H D^-1/2: the curvature that a method sees which divides
    each slope by D (Cohen et al. 2022, arXiv:2207.14484).

    From the whole Hessian up to `EXACT` weights; else by Lanczos' method, with products that are differences of gradients: to about seven
    digits.

    Args:
        net: the network.
        weights: shape (K, P), those of the kept steps of a training say.
        x, y: the examples; batch normalization uses their statistics.
        l2: the penalty on the weights, as in `Network.loss`: its curvature counts.
        frozen: how many layers, from the input on, do not learn: curvature along their weights does not count.
        report: called with the fraction done; what it raises ends the computation.
        divisor: shape (K, P), above 0; 1 if not given.
        decay: what is added to every curvature: a weight decay that is part of the slopes.

    Raises:
        TypeError, ValueError: as for `Network.loss`.
    """
    given = net.check_weights(weights)
    result = np.full(len(given), np.nan)
    free = np.arange(net.size) >= (net.layers[frozen - 1].whole.stop if frozen else 0)
    known = np.isfinite(given).all(axis=1)
    scales = np.ones_like(given)
    if divisor is not None:
        known &= np.isfinite(divisor).all(axis=1) & (divisor > 0).all(axis=1)
        with np.errstate(all="ignore"):
            scales = 1 / np.sqrt(divisor)
    finite = np.flatnonzero(known)
    at_once = int(np.clip(_NUMBERS // (LANCZOS_STEPS * net.size), 1, _AT_ONCE))
    for first in range(0, len(finite), at_once):
        if report:
            report(first / len(finite))
        part = finite[first : first + at_once]
        result[part] = _largest(net, given[part], x, y, l2, decay, free, scales[part])
    return result


def _largest(
    net: Network, at: Array, x: npt.ArrayLike, y: npt.ArrayLike, l2: float, decay: float, free: npt.NDArray[np.bool_], scales: Array
) -> Array:
    """Of the Hessian by the free weights, each of which is scaled, at points that are finite."""
    if net.size <= EXACT:
        hessians = net.hessian(at, x, y, l2) + decay * np.eye(net.size)
        hessians = (scales[:, :, None] * hessians * scales[:, None])[:, free][:, :, free]
        values, known = np.full(len(at), np.nan), np.isfinite(hessians).all(axis=(1, 2))
        with one_thread():
            values[known] = np.linalg.eigvalsh(hessians[known])[:, -1]
        return values
    longest = np.max(np.where(free, scales, 0.0), axis=1, keepdims=True)  # differences of slopes are taken no farther than without scales
    own = np.where(free, scales / longest, 1.0)

    def slopes(points: Array) -> Array:
        weights = np.where(free, own * points, at)
        return np.asarray(free * own * (net.gradient(weights, x, y, l2) + decay * weights))

    return np.asarray(longest[:, 0] ** 2 * largest_eigenvalues(slopes, at / own, net.activation.kinked))
