"""Tuning, wherever it is done: what its tasks have in common, and what is found: trials, the best settings, and how these did."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

import optimizers
from lab.executors import Executor
from lab.judged import Judged
from lab.places import TAKEN, Place, Raced, TrialBatch, run_trials
from lab.search import NO_SCORES, Scores, Search, Space, Tried, search_all
from lab.seeded import SeededTask, best_of, seeds_from
from parameters import Array, listed
from scenario import Choice, Race, Scenario
from simulation.measures import cut, held, until
from tape import Cost

RATES = 41
"""Learning rates of the sensitivity curve."""


@dataclass(frozen=True, eq=False)
class Trials:
    """The trials of one optimizer with the first seed.

    Attributes:
        choice: the optimizer with its best settings.
        settings: the values that were tried, arrays of shape (trials,) by the parameter's name.
        scores: how each did on the tuning starts.
        coarse: how many of them were spread over the whole space; they come first.
        best: the index of the best trial.
        at_edge: the hyper-parameters whose best value is at an end of what was searched, though the search was widened there.
        space: what was searched before it was widened.
        rates, sensitivity: how it does against the learning rate, all else at its best, for `RATES` rates; found afterwards, beyond the
            budget. Empty where there is no learning rate.
    """

    choice: Choice
    settings: dict[str, Array]
    scores: Scores
    coarse: int
    best: int
    at_edge: tuple[str, ...]
    space: Space
    rates: Array
    sensitivity: Scores

    @property
    def failed(self) -> bool:
        """Whether every trial failed: from most starts all diverged, and none was solved."""
        return not (np.isfinite(self.scores.loss[self.best]) or self.scores.share[self.best])

    def measured(self, measure: str) -> Array:
        """What each trial is drawn by: "share", "steps" or "loss", shape (trials,)."""
        return np.asarray(getattr(self.scores, measure))

    def curve(self, measure: str) -> tuple[Array, Array]:
        """The sensitivity curve with the best trial on it: learning rates, rising, and a measure at each. Empty without a curve."""
        values = np.asarray(getattr(self.sensitivity, measure))
        if not self.rates.size:
            return self.rates, values
        rates = np.append(self.rates, self.settings["lr"][self.best])
        order = np.argsort(rates, kind="stable")
        return rates[order], np.append(values, self.measured(measure)[self.best])[order]

    def tolerant_decades(self, objective: str, times: float = 10.0) -> float:
        """Over how many factors of ten of the learning rate it does nearly as well as at its best; NaN without a curve, or if it fails.

        Nearly as well is to solve at least half as many starts, or to end at most so many times as high, as the objective says. Between two
        rates of the curve the share, or the logarithm of the loss over that of the rate, is taken to be a straight line; towards a rate at
        which the loss is infinite it counts as out of reach.
        """
        if objective == "steps":
            rates, share = self.curve("share")
            if not share.any():
                return float("nan")
            return _width(rates, 0.5 - share / share.max())
        rates, loss = self.curve("loss")
        if not np.isfinite(loss).any() or loss.min() <= 0:
            return float("nan")
        return _width(rates, np.log10(loss) - np.log10(loss.min()) - np.log10(times))


def _width(rates: Array, excess: Array) -> float:
    """Over how many factors of ten of the rates an excess is at most 0."""
    low, high = np.minimum(excess[1:], excess[:-1]), np.maximum(excess[1:], excess[:-1])
    with np.errstate(invalid="ignore"):
        crossing = np.where(np.isfinite(high), -low / np.where(high > low, high - low, 1.0), 0.0)
    shares = np.where(high <= 0, 1.0, np.where(low <= 0, crossing, 0.0))
    return float((shares * np.diff(np.log10(rates))).sum())


@dataclass(frozen=True, eq=False)
class Tuned:
    """The result of tuning.

    Attributes:
        task: what was asked for.
        trials: for each optimizer of the task's setup, in its order, those of the first seed.
        chosen: for each optimizer its best settings with each seed.
        judged: how these did on the held-out starts of their seed.
        tried: for each optimizer all its trials with each seed.
    """

    task: TuningTask
    trials: tuple[Trials, ...]
    chosen: tuple[tuple[Choice, ...], ...]
    judged: Judged
    tried: tuple[tuple[Tried, ...], ...] = ()

    @property
    def nbytes(self) -> int:
        """The memory that it takes, in bytes."""
        arrays = sum(each.nbytes for group in self.tried for each in group) + sum(
            array.nbytes for trials in self.trials for array in (*trials.settings.values(), trials.rates)
        )
        return arrays + sum(trials.scores.nbytes + trials.sensitivity.nbytes for trials in self.trials) + self.judged.nbytes

    @property
    def order(self) -> list[int]:
        """The indices of the optimizers, the best on the held-out starts first; equal ones keep their order."""
        return self.judged.order

    @cached_property
    def race(self) -> Raced:
        """The race at the first seed's best settings from its held-out starts."""
        return self.task.held_out.replace(optimizers=tuple(trials.choice for trials in self.trials))

    def within_budget(self) -> Race:
        """The same race on a landscape, in which each run stops where its budget ends and stays there."""
        setup = self.race
        assert isinstance(setup, Scenario), "which networks have not"
        taken = self.judged.also[TAKEN][:, 0].astype(np.int64)
        longest, runs = int(taken.max()), []
        for choice, each in zip(setup.optimizers, taken, strict=True):
            (run,) = setup.replace(optimizers=(choice,), steps=self.task.steps_of(choice)).race().runs
            stopped = until(run, each)
            runs.append(held(stopped, longest) if run.steps < longest else cut(stopped, longest))
        return Race(setup.replace(steps=longest), tuple(runs), setup.labels())


class TuningTask(SeededTask[Tuned]):
    """What tuning has in common on landscapes and on networks; its attributes are those of `SeededTask`."""

    @property
    @abstractmethod
    def held_out(self) -> Raced:
        """The setup with what judges with the first seed."""

    @abstractmethod
    def place(self, seeds: Sequence[int], held_out: bool, known: int = 0) -> Place:
        """Where trials are run with some seeds: to tune, or to judge; of the first `known` of them nothing is run again."""

    @abstractmethod
    def told_starts(self) -> dict[str, Array]:
        """What tells each of the starts that judge from the others, seed after seed: arrays of shape (seeds x starts,) by name."""

    @abstractmethod
    def step_cost(self, choice: Choice) -> Cost | str:
        """The operations of a step, or why they are not counted."""

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        chosen = self.setup.optimizers
        return sum(((self.count + 1) * self.seeds + RATES * _has_rate(choice)) * self.each * self.steps_of(choice) for choice in chosen)

    def _joined(self, before: Tuned, more: Tuned) -> Tuned:
        """Curves are the first seed's."""
        chosen = tuple(one + other for one, other in zip(before.chosen, more.chosen, strict=True))
        tried = tuple(one + other for one, other in zip(before.tried, more.tried, strict=True))
        return Tuned(self, before.trials, chosen, before.judged.joined(more.judged), tried)

    def _found(self, execute: Executor, known: int) -> Tuned:
        """What all seeds but the first few find: every optimizer's space is searched, the best settings are judged on what is held out, and
        with the first seed the sensitivity curves are traced."""
        seeds = seeds_from(self.seed, self.seeds)
        tuning, held_out = (self.place(seeds, held, known) for held in (False, True))
        searches = [[Search(choice, seed, [tuning], self.compared_by) for seed in seeds[known:]] for choice in self.setup.optimizers]
        coarse = search_all(execute, searches, [[tuning]] * len(searches), self.count)
        chosen = tuple(tuple(search.best for search in group) for group in searches)
        ended = run_trials(execute, [TrialBatch(held_out, group[0].choice, best_of(group), 1) for group in searches])
        judged = Judged.of(ended, self.compared_by)
        curves = [] if known else self._curves(execute, [group[0] for group in searches])
        trials = [
            Trials(first.best, first.settings, first.scores[0], coarse, first.best_index, first.at_edge, first.space, *curve)
            for (first, *_), curve in zip(searches, curves, strict=not known)
        ]
        return Tuned(self, tuple(trials), chosen, judged, tuple(tuple(search.tried() for search in group) for group in searches))

    def _curves(self, execute: Executor, searches: Sequence[Search]) -> list[tuple[Array, Scores]]:
        """The learning rates of each optimizer's sensitivity curve, and how it does at each of them where the first seed tunes."""
        place = self.place([self.seed], held_out=False)
        rates = [_rates(search) for search in searches]
        tried = [
            TrialBatch(place, search.best, {"lr": found[None]}, found.size)
            for search, found in zip(searches, rates, strict=True)
            if found.size
        ]
        ended = iter(run_trials(execute, tried))
        scores = [Scores.of(*((each := next(ended)).final[0], each.steps[0])) if found.size else NO_SCORES for found in rates]
        return list(zip(rates, scores, strict=True))


def trials_per_dimension(count: int, choices: Sequence[Choice], labels: Sequence[str]) -> str:
    """How many trials optimizers have for each number that is searched, in words: "30 for each of 2 dimensions (Momentum and RMSProp)"."""
    found: dict[int, list[str]] = {}
    for choice, label in zip(choices, labels, strict=True):
        found.setdefault(len(Space.of(optimizers.get(choice.name)).parameters), []).append(label)
    return "; ".join(
        f"{count / number:.3g} for each of {number} dimensions ({listed(names)})"
        if number > 1
        else f"{count} for one dimension ({listed(names)})"
        for number, names in sorted(found.items())
        if number
    )


def _has_rate(choice: Choice) -> bool:
    return any(parameter.name == "lr" for parameter in Space.of(optimizers.get(choice.name)).parameters)


def _rates(search: Search) -> Array:
    """The learning rates of the sensitivity curve, over all that was searched; none where there is no learning rate to search."""
    for parameter, along in zip(search.space.parameters, search.positions, strict=True):
        if parameter.name == "lr":
            return parameter.searched(np.linspace(min(0.0, float(along.min())), max(1.0, float(along.max())), RATES))
    return np.empty(0)
