"""Who did how well from held-out starts, over several seeds, and who can be told apart.

What is solved comes first: the share of the starts from which an optimizer arrived and stayed. Where that is equal, the time that those
took decides; where that is equal, too, the final loss of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from lab import statistics
from lab.costs import evaluations
from lab.places import SEARCH_TRIALS, TAKEN, Ended
from lab.search import Scores
from optimizers import Optimizer
from parameters import Array, listed


@dataclass(frozen=True, eq=False)
class Judged:
    """How optimizers did on one landscape, or with one experiment. All arrays have the shape (optimizers, seeds, starts).

    Attributes:
        final: the final loss above the lowest, of networks that on the examples to test on; infinite for what diverged.
        steps: the first step from which on it stayed within the tolerance; infinite for what did not arrive, or not stay.
        reached: the first step at which it was within the tolerance; infinite for what never was.
        objective: one of `lab.search.OBJECTIVES`, by which they are compared.
        also: what else is told of each, by name: of networks "accuracy" and "training_loss".
    """

    final: Array
    steps: Array
    reached: Array
    objective: str = "steps"
    also: Mapping[str, Array] = field(default_factory=dict)

    @classmethod
    def of(cls, ended: Sequence[Ended], objective: str) -> Judged:
        """What each optimizer's trials with its settings say, one trial for each seed."""
        final, steps, reached = (np.stack([getattr(each, name)[:, 0] for each in ended]) for name in ("final", "steps", "reached"))
        also = {name: np.stack([each.also[name][:, 0] for each in ended]) for name in ended[0].also}
        return cls(final, steps, reached, objective, also)

    def joined(self, other: Judged) -> Judged:
        """These seeds, and others of the same optimizers after them."""
        names = "final", "steps", "reached"
        final, steps, reached = (np.concatenate([getattr(self, name), getattr(other, name)], axis=1) for name in names)
        also = {name: np.concatenate([values, other.also[name]], axis=1) for name, values in self.also.items()}
        return Judged(final, steps, reached, self.objective, also)

    @property
    def nbytes(self) -> int:
        """The memory that it takes, in bytes."""
        return self.final.nbytes + self.steps.nbytes + self.reached.nbytes + sum(array.nbytes for array in self.also.values())

    @cached_property
    def scores(self) -> Scores:
        """The share solved, the median steps of those, and the median final loss, of all seeds together, each of shape (optimizers,)."""
        return Scores.of(*(values.reshape(len(values), -1) for values in (self.final, self.steps)))

    @property
    def passed(self) -> Array:
        """The share that came within the tolerance and did not stay there, 0 to 1, shape (optimizers,)."""
        passing = np.isfinite(self.reached) & ~np.isfinite(self.steps)
        return np.asarray(passing.mean(axis=(1, 2)))

    @cached_property
    def share_intervals(self) -> list[tuple[float, float]]:
        """Of each optimizer's share solved, with 95% confidence."""
        return [statistics.share_interval(np.isfinite(steps)) for steps in self.steps]

    @cached_property
    def step_intervals(self) -> list[tuple[float, float]]:
        """Of the median steps of what each optimizer solved, with 95% confidence; NaN where it solved nothing."""
        return [statistics.median_interval(steps) for steps in self.steps]

    @property
    def diverged(self) -> npt.NDArray[np.int64]:
        """How many of each optimizer diverged, shape (optimizers,)."""
        return np.asarray(np.isinf(self.final).sum(axis=(1, 2)))

    @cached_property
    def loss_intervals(self) -> list[tuple[float, float]]:
        """Of each optimizer's median final loss, with 95% confidence; an end is infinite where most may diverge."""
        return [statistics.median_interval(final, failed=np.inf) for final in self.final]

    def further_trials(self, entrant: int) -> float:
        """How many step lengths a step tried beside its first, in the mean over the steps of all runs of an optimizer; 0 where none are
        told, or it does not search."""
        if SEARCH_TRIALS not in self.also or not (tried := self.also[SEARCH_TRIALS][entrant].sum()):
            return 0.0
        steps = self.steps[entrant]
        taken = np.where(np.isfinite(steps), steps, self.also[TAKEN][entrant]).sum()
        return float(tried / taken - 1) if taken else 0.0

    def asked(self, entrant: int, optimizer: Optimizer) -> tuple[float, float, float]:
        """The slopes, Hessians and losses that a step of an optimizer asked for, in the mean as `further_trials`."""
        asked = evaluations(optimizer)
        more = self.further_trials(entrant)
        return asked.gradients + more * asked.trial_gradients, float(asked.hessians), asked.losses + more * asked.trial_losses

    @cached_property
    def ranks(self) -> Array:
        """The rank of each optimizer by all seeds together, from 1; ties share their mean, as all do where nobody solved anything."""
        count = len(self.steps)
        return np.full(count, (count + 1) / 2) if self.nobody else statistics.ranks(self.scores.keys(self.objective))

    @property
    def order(self) -> list[int]:
        """The indices of the optimizers by their places; of those who share one the better by all seeds is first."""
        return [int(entrant) for entrant in np.lexsort([*self.scores.keys(self.objective)[::-1], self.places])]

    @property
    def nobody(self) -> bool:
        """Whether nobody solved anything, so that nobody is first."""
        return self.objective == "steps" and not np.isfinite(self.steps).any()

    @cached_property
    def better(self) -> npt.NDArray[np.bool_]:
        """Who is better than whom beyond chance, shape (optimizers, optimizers): see `lab.statistics.better_than`. Blocks are seeds.

        Where the final loss only decides what shares and steps leave open, those within some two per cent are equal: all have the same
        trials with a seed, so that two that differ in the ninth digit could differ so with every seed.
        """
        count, seeds, _ = self.steps.shape
        scores = Scores.of(*(values.reshape(count * seeds, -1) for values in (self.final, self.steps)))
        if self.nobody:
            return np.zeros((count, count), dtype=bool)
        keys = scores.keys(self.objective)
        if self.objective == "steps":
            keys[-1] = np.round(np.log10(keys[-1]), 2)
        return statistics.better_than(statistics.ranks(keys).reshape(count, seeds))

    @cached_property
    def places(self) -> npt.NDArray[np.int64]:
        """The place of each optimizer, from 1; who cannot be told apart shares a place. All have 0 where nobody solved anything."""
        return np.zeros(len(self.steps), dtype=np.int64) if self.nobody else statistics.places(self.better)

    def in_words(self, labels: Sequence[str]) -> str:
        """Who is first, and who cannot be told apart from it, in a sentence.

        Args:
            labels: a name for each optimizer.
        """
        if len(labels) < 2:
            return ""
        if self.nobody:
            return "Nobody arrived and stayed, so nobody is first."
        seeds = self.steps.shape[1]
        if seeds < (fewest := statistics.fewest_blocks(len(labels))):
            return f"With {counted(seeds, 'seed')} no two of {len(labels)} optimizers can be told apart: it takes {fewest}."
        first = [labels[entrant] for entrant in self.order if self.places[entrant] == 1]
        if len(first) == len(labels):
            return "No two of them can be told apart here." if len(first) > 2 else f"{listed(first)} cannot be told apart here."
        if len(first) == 1:
            return f"{first[0]} is first, and can be told apart from all others."
        return f"{listed(first)} cannot be told apart here and share the first place."


SEEDS = (1, 5, 10, 20, 50, 100)
"""How many seeds there may be, one after the other: the schedule by which more are taken."""
CLOSE_ENOUGH = 0.05
"""Where every share is known to within so much, more seeds are not called for."""


def more_seeds(seeds: int, judged: Sequence[Judged]) -> tuple[float, int]:
    """To within how much every share solved is known, and how many seeds are next; 0 where that is close enough, or all there are.

    A share is known to within the farther end of its interval: 98% between 90% and 99% to within 8 points. Next are so many that two can be
    told apart at all. More are taken by how wide intervals are, whoever is ahead: who looks again and again until somebody is takes chance
    for a result.
    """
    known = [(share, *ends) for each in judged for share, ends in zip(each.scores.share.tolist(), each.share_intervals, strict=True)]
    farthest = max(max(share - low, high - share) for share, low, high in known)
    fewest = max((statistics.fewest_blocks(len(each.steps)) for each in judged if len(each.steps) > 1), default=1)
    following = next((count for count in SEEDS if count > seeds and count >= fewest), 0)
    return farthest, following if farthest > CLOSE_ENOUGH else 0


def confidence(seeds: int) -> str:
    """What intervals say, in a sentence."""
    if seeds == 1:
        return "Intervals are those of 95% confidence over the starts of the one seed: how other trials would have done, they do not tell."
    return f"Intervals are those of 95% confidence over the {seeds} seeds."


def counted(count: int, noun: str) -> str:
    """A number of things: "1 seed", "10 seeds"."""
    return f"{count} {noun}{'s' * (count != 1)}"
