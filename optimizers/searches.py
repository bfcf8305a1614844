"""What a step may ask of the loss at several points: step lengths that are searched for, and the best of points drawn at random.

A search is declared once, as trials that are repeated. NumPy runs them by `repeated`; a tape, from which other engines are made, calls the
same function with arrays that write down what is computed (`tape.trace`), and with a `repeat` of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from optimizers.update_rules import CHILDREN, PARENTS, root
from parameters import Array

Asked = Callable[[Array], Array]
"""The losses, shape (N,), or the gradients, shape (d, N), at points of shape (d, N); the next call may overwrite them."""
Trial = Callable[..., tuple[tuple[Array, ...], npt.NDArray[np.bool_]]]
"""From the numbers that change from trial to trial, by name, shape (N,), to those of the next trial in the same order, and whether each
trajectory needs one."""
_FALL = 1e-4
"""The share of what the slope promises by which the loss must fall (Nocedal and Wright 2006, chapter 3)."""
_HALVINGS = 1100
"""After so many 1 has become 0."""
_TRIALS = 60


class Repeat(Protocol):
    """Repeats trials for each trajectory until it needs no more; see `repeated`."""

    def __call__(self, trial: Trial, searching: npt.NDArray[np.bool_], most: int, /, **first: Array | float) -> tuple[Array, ...]:
        """What the numbers are in the end, in order."""


def repeated(trial: Trial, searching: npt.NDArray[np.bool_], most: int, /, **first: Array | float) -> tuple[Array, ...]:
    """Trials by NumPy: all together, as long as any trajectory needs one; those that need none keep what they have.

    Args:
        trial: what is repeated.
        searching: which trajectories need a trial at all, shape (N,).
        most: how many there are at most.
        first: the numbers of the first trial by name, shape (N,) or the same for all.
    """
    searching = searching.copy()
    values = {name: np.array(np.broadcast_to(value, searching.shape), dtype=np.float64) for name, value in first.items()}
    for _ in range(most):
        if not searching.any():
            break
        following, going = trial(**values)
        for value, new in zip(values.values(), following, strict=True):
            np.copyto(value, new, where=searching)
        searching &= going
    return tuple(values.values())


def counting(repeat: Repeat, note: Callable[[Any], None]) -> Repeat:
    """What repeats trials as another does, and counts them for each trajectory.

    Args:
        repeat: what repeats them.
        note: is given how many there were, shape (N,), after each search.
    """

    def counted(trial: Trial, searching: npt.NDArray[np.bool_], most: int, /, **first: Array | float) -> tuple[Array, ...]:
        def one(trials: Array, **values: Array) -> tuple[tuple[Array, ...], npt.NDArray[np.bool_]]:
            following, going = trial(**values)
            return (trials + 1.0, *following), going

        trials, *found = repeat(one, searching, most, trials=0.0, **first)
        note(trials)
        return tuple(found)

    return counted


def write_losses(value: Array, out: Array) -> None:
    """Losses, shape (N,), as rows of `out`, shape (d, N), infinite where there is none: that is worse than any."""
    out[:] = _or_infinite(value)


def _or_infinite(value: Array) -> Array:
    return np.where(np.isnan(value), np.inf, value)


def backtrack(loss: Asked, at: Array, direction: Array, slope: Array, out: Array, repeat: Repeat = repeated) -> None:
    """The largest of 1, 1/2, 1/4, ... that lowers the loss by 1e-4 of what the slope promises, for each trajectory (Armijo's rule).

    It is 0 where none does: where the halved step no longer changes the point, which has arrived as far as the loss can tell. A step that
    leads uphill, as one by a matrix that rounding has spoilt may, promises nothing and has to lower the loss all the same.

    Args:
        loss: the losses, shape (N,), at points of shape (d, N).
        at, direction, slope: where the step begins, the whole step and the gradient there, shape (d, N).
        out: what to write into, shape (d, N): the same in all rows.
        repeat: what repeats the trials.
    """
    before = loss(at).copy()
    promised = np.minimum(_FALL * np.add.reduce(direction * slope, axis=0), 0.0)
    promised = np.where(promised == -np.inf, 0.0, promised)  # too much to be a number: any fall will do

    def trial(length: Array) -> tuple[tuple[Array, ...], npt.NDArray[np.bool_]]:
        falls = loss(at + length * direction) <= before + length * promised
        shorter = length / 2
        moves = _differ(at + shorter * direction, at)
        return (np.where(falls, length, np.where(moves, shorter, 0.0)),), ~falls & moves

    (length,) = repeat(trial, np.isfinite(before) & np.isfinite(promised), _HALVINGS, length=1.0)  # the others have diverged
    out[:] = length


def bracket(
    loss: Asked, gradient: Asked, at: Array, direction: Array, slope: Array, share: Array, out: Array, repeat: Repeat = repeated
) -> None:
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
        repeat: what repeats the trials.
    """
    before, along = loss(at).copy(), np.add.reduce(direction * slope, axis=0)
    left = share if share.ndim == 0 else share[0]

    def trial(length: Array, low: Array, high: Array) -> tuple[tuple[Array, ...], npt.NDArray[np.bool_]]:
        point = at + length * direction
        falls = loss(point) <= before + _FALL * length * along
        tilt = np.add.reduce(gradient(point) * direction, axis=0)
        too_short = falls & (tilt < left * along)
        too_long = ~falls | (tilt > -left * along)
        low = np.where(falls & ~too_long | too_short, length, low)
        high = np.where(too_long, length, high)
        following = np.where(np.isinf(high), 2 * length, (low + high) / 2)
        moves = _differ(at + following * direction, at) & (following != length)
        going = (too_short | too_long) & moves
        return (np.where(going, following, length), low, high), going

    searching = np.isfinite(before) & np.isfinite(along) & (along < 0)
    _, low, _ = repeat(trial, searching, _TRIALS, length=1.0, low=0.0, high=np.inf)
    out[:] = low


def _differ(points: Array, others: Array) -> npt.NDArray[np.bool_]:
    """Where any coordinate of points differs, shape (N,)."""
    differing: npt.NDArray[np.bool_] = np.logical_or.reduce(points != others, axis=0)
    return differing


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
    steps: list[Any] = list(np.stack([xx * x + xy * y, xy * x + yy * y], axis=1))
    losses = [_or_infinite(loss(at + spread * step)) for step in steps]
    for place in range(PARENTS):  # the best of those that are left rises to its place; of equals the one drawn first stays first
        for lower in range(CHILDREN - 1, place, -1):
            rises = losses[lower] < losses[lower - 1]
            for list_ in (losses, steps):
                above, below = list_[lower - 1], list_[lower]
                list_[lower - 1], list_[lower] = np.where(rises, below, above), np.where(rises, above, below)
    out.reshape(PARENTS, *at.shape)[:] = np.stack(steps[:PARENTS])
