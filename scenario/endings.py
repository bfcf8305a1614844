"""How the training of a network ends, since when, and that in words. Tables, captions and exports say it with these words."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from networks import Dataset
from parameters import Array

_GUESSING = 0.98
"""Who is not below this share of the loss of the best constant answer is no better than guessing."""
_LEARNED = 0.95
"""Who is right in this share of the examples has learned them."""
_FITTED = 0.1
"""In a regression, who has come down to this share of the loss of the best constant answer has."""
_WORSE = 1.25
"""Who is worse on the test examples by this factor of their own lowest loss, and still better on the others, learns by heart, unless it
has learned the test examples, too."""
_APART = 0.05
"""And by this share of the loss of the best constant answer."""
_GROWN = 10.0
"""Whose loss is at so many times what it was, or what guessing gives, runs away."""
_FALLS = 0.02
"""Who has not come down by this share in the last quarter of the steps stands still."""


class Ending(IntEnum):
    """How a training ends, from the best to the worst."""

    LEARNED = 0
    STOPPED = 1
    LEARNING = 2
    BY_HEART = 3
    STALLED = 4
    GUESSING = 5
    BLOCKED = 6
    DIVERGING = 7
    OVERFLOWED = 8

    @property
    def words(self) -> str:
        """It in words: "learned"."""
        return _WORDS[self]

    def since(self, step: int) -> str:
        """It in words with its step, where that tells something: "learned at step 47"."""
        return f"{self.words} {_DATED[self]} step {step:,}" if self in _DATED else self.words


_WORDS = {
    Ending.LEARNED: "learned",
    Ending.STOPPED: "stopped",
    Ending.LEARNING: "still learning",
    Ending.BY_HEART: "overfits",
    Ending.STALLED: "stalled",
    Ending.GUESSING: "no better than guessing",
    Ending.BLOCKED: "stalled: one example normalizes to 0",
    Ending.DIVERGING: "diverging",
    Ending.OVERFLOWED: "overflowed",
}
_DATED = {Ending.LEARNED: "at", Ending.STOPPED: "after", Ending.BY_HEART: "from", Ending.OVERFLOWED: "at"}


def guessing_loss(data: Dataset) -> float:
    """The loss of the best answer that is the same for all examples: the entropy of the classes, or the variance of the targets."""
    if not data.classes:
        return float(np.var(data.y, axis=0).mean())
    shares = np.bincount(data.y, minlength=data.classes) / len(data.y)
    return float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())


def is_learned(data: Dataset, losses: Array, accuracies: Array) -> npt.NDArray[np.bool_]:
    """Whether a network has learned its examples, from its losses and accuracies on them; NaN is no."""
    learned: npt.NDArray[np.bool_] = accuracies >= _LEARNED if data.classes else losses <= _FITTED * guessing_loss(data)
    return learned


def ending_of(
    data: Dataset,
    steps: npt.NDArray[np.int64],
    losses: Array,
    accuracies: Array,
    test_losses: Array,
    test_accuracies: Array,
    diverged_at: int,
    stop: int = 0,
    blocked: bool = False,
) -> tuple[Ending, int]:
    """How a training ends, and the step from which on that holds.

    Args:
        data: what was to be learned.
        steps: those that are kept, shape (K,).
        losses, accuracies: on the examples to learn from, at those steps.
        test_losses, test_accuracies: on the others.
        diverged_at: the step from which on the weights are no numbers, -1 if there is none.
        stop: the step after which it stopped early; 0 if it did not.
        blocked: whether no step tells the examples apart, as with batch normalization of one.
    """
    if diverged_at >= 0:
        return Ending.OVERFLOWED, diverged_at
    early = 0 < stop < steps[-1]
    if early:
        going = steps <= stop
        steps, losses, accuracies, test_losses = steps[going], losses[going], accuracies[going], test_losses[going]
    ending, since = _ending(data, steps, losses, accuracies, test_losses, float(test_accuracies[-1]))
    if blocked and ending in (Ending.LEARNING, Ending.STALLED, Ending.GUESSING):
        return Ending.BLOCKED, 0
    return (Ending.STOPPED, stop) if early and ending in (Ending.LEARNING, Ending.STALLED) else (ending, since)


def _ending(
    data: Dataset, steps: npt.NDArray[np.int64], losses: Array, accuracies: Array, test_losses: Array, test_accuracy: float
) -> tuple[Ending, int]:
    """That of a training whose weights are finite and which goes on to the last of the steps."""
    guess, last = guessing_loss(data), int(steps[-1])
    learned = is_learned(data, losses, accuracies)
    if losses[-1] > _GROWN * max(losses[0], guess):
        return Ending.DIVERGING, last
    lowest = int(np.argmin(test_losses))
    rises = test_losses[-1] > _WORSE * test_losses[lowest] + _APART * guess and losses[-1] < losses[lowest]
    if rises and not test_accuracy >= _LEARNED:  # who is right on the others, too, is only surer of what it gets wrong
        return Ending.BY_HEART, int(steps[lowest])
    if learned[-1]:
        return Ending.LEARNED, int(steps[len(learned) - int(np.argmin(np.append(learned[::-1], False)))])
    before = losses[np.searchsorted(steps, 0.75 * last, side="right") - 1]
    if losses[-1] < (1 - _FALLS) * before:
        return Ending.LEARNING, last
    return (Ending.GUESSING if losses[-1] > _GUESSING * guess else Ending.STALLED), last
