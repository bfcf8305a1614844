"""Tournaments, wherever they are held: what their tasks have in common, and what is found: ranks, places and profiles."""

from __future__ import annotations

import operator
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import numpy as np

from lab import statistics
from lab.costs import Price
from lab.executors import Executor
from lab.judged import Judged, counted
from lab.places import SEARCH_TRIALS, Place, Raced, TrialBatch, run_trials
from lab.search import Search, Tried, search_all
from lab.seeded import SeededTask, best_of, seeds_from
from parameters import Array, listed
from scenario import Choice
from tape import Cost

R = TypeVar("R")

TUNED = {"for each": "For each landscape", "once": "Once for all landscapes"}
"""Whether every landscape gets settings of its own, by name."""


@dataclass(frozen=True, eq=False)
class Standings:
    """The result of a tournament.

    Attributes:
        task: what was asked for.
        chosen: for each optimizer, in each place, its settings with each seed.
        at_edge: for each optimizer, in each place, the hyper-parameters whose best value with the first seed is at an end of what was
            searched, though the search was widened there.
        judged: how all did on each landscape.
        tried: for each optimizer, in each place, all its trials with each seed.
    """

    task: TournamentTask
    chosen: tuple[tuple[tuple[Choice, ...], ...], ...]
    at_edge: tuple[tuple[tuple[str, ...], ...], ...]
    judged: tuple[Judged, ...]
    tried: tuple[tuple[tuple[Tried, ...], ...], ...] = ()

    @property
    def nbytes(self) -> int:
        """The memory that it takes, in bytes."""
        tried = sum(each.nbytes for row in self.tried for group in row for each in group)
        return tried + sum(judged.nbytes for judged in self.judged)

    @property
    def solved(self) -> Array:
        """The share of the starts that were solved, shape (optimizers, landscapes)."""
        return np.stack([judged.scores.share for judged in self.judged], axis=1)

    @property
    def median_steps(self) -> Array:
        """The median steps of what was solved, infinite where nothing was, shape (optimizers, landscapes)."""
        return np.stack([judged.scores.steps for judged in self.judged], axis=1)

    @property
    def median_final(self) -> Array:
        """The median final loss above the lowest, shape (optimizers, landscapes)."""
        return np.stack([judged.scores.loss for judged in self.judged], axis=1)

    @property
    def ranks(self) -> Array:
        """The rank of each optimizer on each landscape by all seeds together, from 1, shape (optimizers, landscapes).

        Ties share their mean, as all do where nobody solves anything.
        """
        return np.stack([judged.ranks for judged in self.judged], axis=1)

    @property
    def places(self) -> Array:
        """The place of each optimizer on each landscape, shared by those who cannot be told apart, 0 where nobody solves anything."""
        return np.stack([judged.places for judged in self.judged], axis=1)

    @property
    def mean_ranks(self) -> Array:
        """The mean rank of each optimizer over the landscapes, shape (optimizers,)."""
        return np.asarray(self.ranks.mean(axis=1))

    @property
    def critical_difference(self) -> float:
        """How far apart two mean ranks have to be, so that the two can be told apart; infinite where no two optimizers can.

        Friedman's test over the landscapes, then Nemenyi's: Demsar 2006.
        """
        count, landscapes = self.ranks.shape
        if count < 2 or statistics.friedman(self.ranks) >= statistics.LEVEL:
            return float("inf")
        return statistics.critical_difference(count, landscapes)

    @property
    def labels(self) -> tuple[str, ...]:
        """A name for each optimizer."""
        return self.task.labels()

    def race(self, at: int) -> Raced:
        """The race of all optimizers in one of the places, from what judges with the first seed, with its settings."""
        setup = self.task.judging(self.task.names[at])
        return setup.replace(optimizers=tuple(settings[at][0] for settings in self.chosen))

    def profile(self, entrant: int) -> tuple[Array, Array]:
        """The performance profile of an optimizer: the share of problems that it solves within a multiple of the best one's steps.

        Every held-out start of every seed and landscape is a problem, the steps until it is solved are its cost. Dolan and More 2002,
        doi:10.1007/s101070100263, equation 2.1 and the definition of rho after it.

        Returns:
            Ratios from 1, rising, at which the share steps up, and the share from there on, 0 to 1.
        """
        ratios = performance_ratios(np.concatenate([judged.steps.reshape(len(judged.steps), -1) for judged in self.judged], axis=1))[
            entrant
        ]
        solved = np.sort(ratios[np.isfinite(ratios)])
        steps_up, counts = np.unique(solved, return_counts=True)
        shares = np.cumsum(counts) / ratios.size
        if not steps_up.size or steps_up[0] > 1:
            steps_up, shares = np.append(1.0, steps_up), np.append(0.0, shares)
        return steps_up, shares

    def data_profile(self, entrant: int, unit: str) -> tuple[Array, Array]:
        """The data profile of an optimizer: the share of problems that it solves at a cost of at most so much.

        More and Wild 2009, doi:10.1137/080724083, equation 2.2, with the unit of cost that is asked for in place of simplex gradients.

        Args:
            entrant: the index of the optimizer.
            unit: one of the task's.

        Returns:
            Costs, rising, at which the share steps up, and the share from there on, 0 to 1. Both are empty where what it costs is not
            known, or nothing. Trials of step lengths are those that each run took.
        """
        task, costs = self.task, []
        for name, settings, judged in zip(task.names, self.chosen[entrant], self.judged, strict=True):
            each = task.price(name, settings[0], unit)
            trials = judged.also.get(SEARCH_TRIALS)
            if isinstance(each, str) or not each.least or (each.trial and trials is None):
                return np.empty(0), np.empty(0)
            steps = judged.steps[entrant]
            costs.append(each.of(steps, 0.0 if trials is None else trials[entrant]).ravel())
        spent = np.concatenate(costs)
        places, counts = np.unique(spent[np.isfinite(spent)], return_counts=True)
        return places, np.cumsum(counts) / spent.size

    def in_words(self) -> str:
        """Who is first over all landscapes, and who cannot be told apart from it, in a sentence."""
        return told_apart(self.mean_ranks, self.critical_difference, self.labels, counted(len(self.task.names), self.task.noun))


def told_apart(mean_ranks: Array, difference: float, labels: Sequence[str], over: str) -> str:
    """What a critical difference of mean ranks says, in a sentence: over "8 landscapes", say."""
    if len(labels) < 2:
        return ""
    order = np.argsort(mean_ranks, kind="stable")
    with_first = [labels[entrant] for entrant in order if mean_ranks[entrant] - mean_ranks[order[0]] < difference]
    if len(with_first) == len(labels):
        return f"Over {over} no two of them can be told apart."
    if len(with_first) == 1:
        return f"{with_first[0]} is first over {over}, and can be told apart from all others."
    return f"{listed(with_first)} cannot be told apart over {over} and share the first place."


def performance_ratios(costs: Array) -> Array:
    """How many times the cost of the best each solver needed for each problem, shape (solvers, problems); infinite where it failed.

    Args:
        costs: of the same shape, infinite where a solver failed. A cost of 0 counts as 1: both are the best there can be.
    """
    counted = np.maximum(costs, 1.0)
    best = counted.min(axis=0)
    return np.where(np.isfinite(counted), counted / np.where(np.isfinite(best), best, 1.0), np.inf)


Grid = tuple[tuple[tuple[R, ...], ...], ...]
"""Something for each optimizer, in each place, with each seed."""


def _added(one: Grid[R], other: Grid[R]) -> Grid[R]:
    """What some seeds have, and others after them."""
    return tuple(tuple(map(operator.add, *rows)) for rows in zip(one, other, strict=True))


class TournamentTask(SeededTask[Standings]):
    """What tournaments have in common on landscapes and on networks; see also the attributes of `SeededTask`.

    Attributes:
        noun: what one of those is called on which it is held.
        entrants: the optimizers, without the settings that are searched.
        tuned: one of `TUNED`.
    """

    noun: ClassVar[str]
    entrants: tuple[Choice, ...]
    tuned: str

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """What it is held on, by name."""

    @abstractmethod
    def title(self, name: str) -> str:
        """What one of them is called."""

    @abstractmethod
    def place(self, name: str, seeds: Sequence[int], held_out: bool, known: int = 0) -> Place:
        """Where trials are run with some seeds: to tune, or to judge; of the first `known` of them nothing is run again."""

    @abstractmethod
    def judging(self, name: str) -> Raced:
        """The setup with what judges with the first seed."""

    @property
    def setup(self) -> Raced:
        """The first of them, with what judges with the first seed."""
        return self.judging(self.names[0])

    def in_full(self) -> dict[str, Any]:
        """The optimizers."""
        return {"entrants": self.setup.in_full()["optimizers"]}

    @abstractmethod
    def price(self, name: str, choice: Choice, unit: str) -> Price | str:
        """What a method costs in a unit, or why that is not known; see `lab.costs.price`."""

    @abstractmethod
    def step_cost(self, name: str, choice: Choice) -> Cost | str:
        """The operations of a step, or why they are not counted."""

    @abstractmethod
    def told_starts(self, name: str) -> dict[str, Array]:
        """What tells each of the starts that judge from the others, seed after seed: arrays of shape (seeds x starts,) by name."""

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return (self.count + 1) * self.each * self.seeds * sum(map(self.steps_of, self.entrants))

    def _joined(self, before: Standings, more: Standings) -> Standings:
        judged = tuple(one.joined(other) for one, other in zip(before.judged, more.judged, strict=True))
        return Standings(self, _added(before.chosen, more.chosen), before.at_edge, judged, _added(before.tried, more.tried))

    def _found(self, execute: Executor, known: int) -> Standings:
        """What all seeds but the first few find: every optimizer is tuned, then all of them are judged everywhere on what is held out."""
        seeds = seeds_from(self.seed, self.seeds)
        tuning, judging = ([self.place(name, seeds, held_out, known) for name in self.names] for held_out in (False, True))
        together = self.tuned == "once"
        groups = [tuning] if together else [[place] for place in tuning]
        searches = [[Search(choice, seed, on, self.compared_by) for seed in seeds[known:]] for choice in self.entrants for on in groups]
        search_all(execute, searches, groups * len(self.entrants), self.count)
        found = [group for group in searches for _ in (judging if together else (0,))]  # for each optimizer, for each place
        places = judging * len(self.entrants)
        tried = [TrialBatch(place, group[0].choice, best_of(group), 1) for group, place in zip(found, places, strict=True)]
        ended = run_trials(execute, tried)
        width = len(self.names)
        rows = [found[first : first + width] for first in range(0, len(found), width)]
        chosen = tuple(tuple(tuple(search.best for search in group) for group in row) for row in rows)
        at_edge = tuple(tuple(group[0].at_edge for group in row) for row in rows)
        judged = tuple(Judged.of(ended[column::width], self.compared_by) for column in range(width))
        trials = tuple(
            tuple(tuple(search.tried(place if together else 0) for search in group) for place, group in enumerate(row)) for row in rows
        )
        return Standings(self, chosen, at_edge, judged, trials)
