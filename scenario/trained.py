"""One network that was trained: what is kept of it, step by step, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from networks import Dataset, Training
from optimizers import Optimizer
from parameters import Array
from scenario.choice import Choice
from scenario.endings import Ending, ending_of
from scenario.variants import Variant

Steps = npt.NDArray[np.int64]
MOST_STEPS, FEWEST_STEPS = 120, 16
"""About so many steps are kept, if they are not too large."""
MOST_BYTES = 6_000_000
"""The weights that are kept of all networks together, in single precision, as they are sent to the browser."""


@dataclass(frozen=True, eq=False)
class TrainedRun:
    """One network that was trained. K steps are kept.

    Attributes:
        label: tells it from the others.
        optimizer: that trained it.
        initial: how it began, as in the experiment; of one that began at a point of the plane, its seed's only.
        variant: how it was trained.
        point: which of the experiment's points of the plane it began at, from 1; 0 if at none.
        steps: the kept steps, rising, the first 0, shape (K,).
        weights: after those steps, shape (K, P); NaN from the step on at which they overflowed.
        losses, test_losses: the loss on the examples and on those for testing, without penalties, shape (K,).
        accuracies, test_accuracies: the share that is right, shape (K,); NaN in a regression.
        gradient_norms: the length of the loss's gradient over all examples, shape (K,).
        update_ratios: how far the step from there changes each layer, as a share of its length, shape (K, layers); NaN at the last.
        batch_losses: the loss on the batch of the step from there, before it, shape (K,); empty where a batch is all examples.
        diverged_at: the step from which on weights are NaN, -1 if there is none.
        ending: how it ends.
        verdict_from: the step from which on that holds.
    """

    label: str
    optimizer: Optimizer
    initial: Choice
    variant: Variant
    point: int
    steps: Steps
    weights: Array
    losses: Array
    test_losses: Array
    accuracies: Array
    test_accuracies: Array
    gradient_norms: Array
    update_ratios: Array
    batch_losses: Array
    diverged_at: int
    ending: Ending
    verdict_from: int

    @property
    def verdict(self) -> str:
        """How it ends in words: "learned at step 47"."""
        return self.ending.since(self.verdict_from)


def kept_steps(steps: int, weights: int, also: Iterable[int] = ()) -> Steps:
    """The steps to keep of `steps` where so many weights are kept of each: all of them, or fewer and fewer of the later ones.

    Args:
        steps: how many are taken.
        weights: of all networks together.
        also: further steps that are kept if they are among them.
    """
    most = int(np.clip(MOST_BYTES // (4 * weights), FEWEST_STEPS, MOST_STEPS))
    if steps < most:
        return np.arange(steps + 1)
    spread = np.rint(steps * np.linspace(0, 1, most + 1) ** 1.6).astype(np.int64)
    return np.unique(np.concatenate([spread, [step for step in also if 0 < step < steps]]).astype(np.int64))


def trained_run(
    data: Dataset, training: Training, row: int, label: str, optimizer: Optimizer, choice: Choice, variant: Variant, point: int = 0
) -> TrainedRun:
    """One of the networks of a training.

    Args:
        data: what they learned.
        training: theirs.
        row: which of them.
        label, optimizer, choice, variant, point: its name, who trained it, how it began, and how it was trained.
    """
    diverged_at, stop = int(training.diverged_at[row]), int(variant.number("stop"))
    losses, accuracies = training.losses[:, row], training.accuracies[:, row]
    tests = training.test_losses[:, row], training.test_accuracies[:, row]
    blocked = training.net.batch_norm and len(training.net.sizes) > 2 and variant.number("batch") == 1
    ending, since = ending_of(data, training.steps, losses, accuracies, *tests, diverged_at, stop, blocked)
    return TrainedRun(
        label,
        optimizer,
        choice,
        variant,
        point,
        training.steps,
        training.weights[:, row],
        losses,
        tests[0],
        accuracies,
        tests[1],
        training.gradient_norms[:, row],
        training.update_ratios[:, row],
        training.batch_losses[:, row] if variant.number("batch") else np.empty(0),
        diverged_at,
        ending,
        since,
    )
