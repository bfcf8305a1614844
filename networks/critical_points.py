"""Points at which the gradient of a network's loss vanishes: minima, and saddles of any index.

A minimizer finds minima only. Saddles are found by making the gradient small instead: damped least squares on its components, whose
derivatives are the Hessian (Levenberg 1944; Marquardt 1963), as Dauphin et al. 2014 (arXiv:1406.2572) and Pennington and Bahri 2017 did.
Where the gradient becomes small without vanishing, because it lies in directions in which the Hessian is flat, such a search comes to rest,
too (Frye et al. 2021, doi:10.1162/neco_a_01388): so the length of the gradient belongs to what is found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from networks.curvature import hessians
from networks.network import Network
from networks.passes import rows_of
from networks.running import one_thread
from networks.training.matrices import solve
from parameters import Array

ITERATIONS = 100
"""Steps of the search from each point, at most."""
PENALTY = 1e-3
"""How much of half the sum of all squared weights is added to the loss: without it whole valleys of points have the same loss."""
FLAT = 1e-7
"""A direction whose curvature is smaller than this is neither up nor down."""
_ARRIVED = 1e-12
"""The search from a point ends where the gradient is at most so long: near what rounding leaves of it."""
_DAMPING = (1e-2, 1e-14, 1e6)
"""At first, at least and at most; beyond that the search has come to rest."""
_EASED, _RAISED = 0.25, 3.0
"""What the damping is multiplied by where a step has made the gradient shorter, and where it has not."""


@dataclass(frozen=True, eq=False)
class CriticalPoints:
    """Where the search from N points has ended.

    Attributes:
        weights: shape (N, P).
        losses: with the penalty, shape (N,).
        gradient_norms: the length of its gradient there, shape (N,).
        eigenvalues: of its Hessian, rising, shape (N, P).
        tilts: how much of the gradient the Hessian sees, |H g| as a share of the largest |eigenvalue| times |g|, shape (N,). Where it is
            almost 0 and the gradient is not, the search was held up by a gradient that lies in flat directions.
    """

    weights: Array
    losses: Array
    gradient_norms: Array
    eigenvalues: Array
    tilts: Array

    @property
    def index(self) -> npt.NDArray[np.int64]:
        """How many directions lead down from each: 0 at a minimum, P at a maximum. Shape (N,)."""
        return np.asarray(np.count_nonzero(self.eigenvalues < -FLAT, axis=1))

    @property
    def flat(self) -> npt.NDArray[np.int64]:
        """How many directions are neither up nor down, shape (N,)."""
        return np.asarray(np.count_nonzero(np.abs(self.eigenvalues) <= FLAT, axis=1))


def find_critical_points(
    net: Network,
    weights: npt.ArrayLike,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    penalty: float = PENALTY,
    report: Callable[[float], object] | None = None,
) -> CriticalPoints:
    """Search for a point without gradient from each of some points, all of them at once; each as if it were alone.

    Args:
        net: the network.
        weights: where to begin, shape (N, P), all finite. Where the loss has overflowed the search ends there, with eigenvalues NaN.
        x, y: the examples; batch normalization uses their statistics.
        penalty: adds half of this times the sum of the squared weights, biases among them.
        report: called with the fraction done; what it raises ends the search.

    Raises:
        TypeError, ValueError: as for `Network.hessian`.
    """
    with np.errstate(all="ignore"):
        return _found(net, net.check_weights(weights).copy(), x, y, penalty, report or (lambda fraction: None))


def _found(
    net: Network, at: Array, x: npt.ArrayLike, y: npt.ArrayLike, penalty: float, report: Callable[[float], object]
) -> CriticalPoints:
    rows = rows_of(net, *net.check_examples(x, y))
    slopes = net.gradient(at, x, y) + penalty * at
    squares = _lengths(slopes) ** 2
    damping = np.full(len(at), _DAMPING[0])
    curvatures = _penalized(net.hessian(at, x, y), penalty)
    moved = np.zeros(len(at), dtype=bool)
    for iteration in range(ITERATIONS):
        active = np.flatnonzero((squares > _ARRIVED**2) & (damping < _DAMPING[2]))
        report(max(iteration / ITERATIONS, 1 - active.size / max(len(at), 1)))
        if not active.size:
            break
        fresh = active[moved[active]]
        if fresh.size:
            curvatures[fresh] = _penalized(hessians(net, rows, at[fresh], rough=True), penalty)
        there = at[active] - _step(curvatures[active], slopes[active], damping[active])
        slopes_there = net.gradient(there, x, y) + penalty * there
        squares_there = _lengths(slopes_there) ** 2
        better = squares_there < squares[active]  # not where they are no numbers
        taken = active[better]
        at[taken], slopes[taken], squares[taken] = there[better], slopes_there[better], squares_there[better]
        moved[active] = better
        damping[active] = np.where(better, np.maximum(damping[active] * _EASED, _DAMPING[1]), damping[active] * _RAISED)
    losses = net.loss(at, x, y) + penalty / 2 * np.add.reduce(at * at, axis=1)
    curvatures = _penalized(net.hessian(at, x, y), penalty)
    eigenvalues, finite = np.full(at.shape, np.nan), np.isfinite(curvatures).all(axis=(1, 2))
    with one_thread():
        eigenvalues[finite] = np.linalg.eigvalsh(curvatures[finite])
    norms = np.asarray(np.sqrt(squares), dtype=np.float64)
    turned = _lengths(np.matmul(curvatures, slopes[:, :, None])[:, :, 0])
    return CriticalPoints(at, losses, norms, eigenvalues, turned / np.maximum(np.abs(eigenvalues).max(axis=1) * norms, 1e-300))


def _penalized(curvatures: Array, penalty: float) -> Array:
    """Hessians with that of the penalty on all weights."""
    diagonal = np.arange(curvatures.shape[1])
    curvatures[:, diagonal, diagonal] += penalty
    return curvatures


def _step(curvatures: Array, slopes: Array, damping: Array) -> Array:
    """What changes the gradient g to H d + g such that this and d, which counts by the damping, are shortest: (H² + damping)^-1 H g."""
    step = np.empty_like(slopes)
    with one_thread():
        solve(np.matmul(curvatures, curvatures), np.matmul(curvatures, slopes[:, :, None])[:, :, 0], damping, step)
    return step


def _lengths(vectors: Array) -> Array:
    return np.asarray(np.sqrt(np.add.reduce(vectors * vectors, axis=1)))
