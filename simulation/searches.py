"""What a step may ask of the loss at several points: step lengths that are searched for, and the best of points drawn at random."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizers.update_rules import CHILDREN, PARENTS, root
from parameters import Array

Asked = Callable[[Array], Array]
"""The losses, shape (N,), or the gradients, shape (d, N), at points of shape (d, N); the next call may overwrite them."""
_FALL = 1e-4
"""The share of what the slope promises by which the loss must fall (Nocedal and Wright 2006, chapter 3)."""
_TRIALS = 60


def write_losses(value: Array, out: Array) -> None:
    """Losses, shape (N,), as rows of `out`, shape (d, N), infinite where there is none: that is worse than any."""
    out[:] = np.where(np.isnan(value), np.inf, value)


def backtrack(loss: Callable[[Array], Array], at: Array, direction: Array, slope: Array, out: Array) -> None:
    """The largest of 1, 1/2, 1/4, ... that lowers the loss by 1e-4 of what the slope promises, for each trajectory (Armijo's rule).

    It is 0 where none does: where the halved step no longer changes the point, which has arrived as far as the loss can tell. A step that
    leads uphill, as one by a matrix that rounding has spoilt may, promises nothing and has to lower the loss all the same.

    Args:
        loss: the losses, shape (N,), at points of shape (d, N).
        at, direction, slope: where the step begins, the whole step and the gradient there, shape (d, N).
        out: what to write into, shape (d, N): the same in all rows.
    """
    before = loss(at).copy()
    promised = np.minimum(1e-4 * np.add.reduce(direction * slope, axis=0), 0.0)
    promised[np.isneginf(promised)] = 0.0  # too much to be a number: any fall will do
    length = np.ones_like(before)
    searching = np.isfinite(before) & np.isfinite(promised)  # the others have diverged
    trial = at + direction
    while True:
        searching &= ~(loss(trial) <= before + length * promised)
        lanes = np.flatnonzero(searching)
        if not lanes.size:
            break
        length[lanes] /= 2
        trial = at + length * direction
        still = lanes[(trial[:, lanes] == at[:, lanes]).all(axis=0)]
        length[still], searching[still] = 0.0, False
    out[:] = length


def bracket(loss: Asked, gradient: Asked, at: Array, direction: Array, slope: Array, share: Array, out: Array) -> None:
    """A step length that satisfies the strong Wolfe conditions, for each trajectory: the loss falls by 1e-4 of what the slope promises, and
    no more than a share of the slope along the step is left, uphill or downhill.

    The length is doubled until one that is too long is known, and then the interval is halved (Burke, Lewis and Overton's bisection, see
    Lewis and Overton 2013, doi:10.1007/s10107-012-0514-2). Where no length is found within 60 trials, the longest that lowered the loss
    enough; 0 where none did, or where the step leads uphill.

    Args:
        loss, gradient: at points of shape (d, N), without noise.
        at, direction, slope: where the step begins, the step tried first and the gradient there, shape (d, N).
        share: of the slope that may be left, a number or in all rows.
        out: what to write into, shape (d, N): the same in all rows.
    """
    before, along = loss(at).copy(), np.add.reduce(direction * slope, axis=0)
    left = share if share.ndim == 0 else share[0]
    searching = np.isfinite(before) & np.isfinite(along) & (along < 0)
    length, low, high = np.ones_like(before), np.zeros_like(before), np.full_like(before, np.inf)
    for _ in range(_TRIALS):
        if not searching.any():
            break
        trial = at + length * direction
        falls = loss(trial) <= before + _FALL * length * along
        tilt = np.add.reduce(gradient(trial) * direction, axis=0)
        too_short = falls & (tilt < left * along)
        too_long = ~falls | (tilt > -left * along)
        low = np.where(searching & falls & ~too_long | searching & too_short, length, low)
        searching &= too_short | too_long
        high = np.where(searching & too_long, length, high)
        following = np.where(np.isinf(high), 2 * length, (low + high) / 2)
        searching &= (at + following * direction != at).any(axis=0) & (following != length)
        length = np.where(searching, following, length)
    out[:] = low


def best_of(loss: Asked, at: Array, spread: Array, covariance: Array, draws: Array, out: Array) -> None:
    """The better half of points drawn around each trajectory's, the best first, each as its distance in units of the spread.

    Args:
        loss: at points of shape (d, N); where there is none, a point is worse than any other.
        at, spread: the centre and the standard deviation, shape (d, N).
        covariance: of the distances in units of the spread, rows xx, xy, yy, shape (3, N).
        draws: standard normal numbers, shape (points * d, N).
        out: what to write into, shape (half of the points * d, N).
    """
    (xx, xy, yy), (x, y) = root(covariance), draws.reshape(CHILDREN, *at.shape).swapaxes(0, 1)
    steps = np.stack([xx * x + xy * y, xy * x + yy * y], axis=1)
    losses = np.array([loss(at + spread * step).copy() for step in steps])
    losses[np.isnan(losses)] = np.inf
    best = np.argsort(losses, axis=0, kind="stable")[:PARENTS]
    out.reshape(PARENTS, *at.shape)[:] = np.take_along_axis(steps, best[:, None], axis=0)
