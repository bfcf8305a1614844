"""The fair race: every optimizer gets the same number of trials to find its best settings, and is judged on starts that it has not seen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self, TypeVar

import numpy as np

import optimizers
from lab.asked import check_choice, check_numbers, check_range, check_setup
from lab.costs import Budget, step_cost
from lab.executors import Executor, Publish, Rest
from lab.judged import SEEDS, Judged, listed
from lab.places import ON_LANDSCAPES, LandscapePlace, Place, Raced, Terms, TrialBatch, check_lowest, run_trials, told_points
from lab.search import NO_SCORES, OBJECTIVES, Scores, Search, Space, Tried, check_size, entrants, search_all
from optimizers import Optimizer
from parameters import Array
from scenario import Choice, Scenario
from tape import Cost

WHERE = {"anywhere": "Anywhere in the window", "around": "Around the landscape's start"}
"""Where the starts are scattered, by name."""
RATES = 41
"""Learning rates of the sensitivity curve."""
MOST_TRIALS, MOST_STARTS = 1000, 1000
MOST_SEEDS, SEED_STEP = 100, 1000
MOST_SEED = 2**30 - 1 - MOST_SEEDS * SEED_STEP
"""The tuning starts have the seed 2 x seed, the held-out ones 2 x seed + 1, which may not exceed the largest seed of a scenario."""
_SPREAD = 0.15
T = TypeVar("T", bound=Any)


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


class TuningTask(ABC):
    """What tuning has in common on landscapes and on networks.

    Attributes:
        count: trials for each optimizer, with each seed.
        seed, seeds: the first seed, and how many there are; see `seeds_from`.
    """

    count: int
    seed: int
    seeds: int

    @property
    @abstractmethod
    def setup(self) -> Raced:
        """What is raced on, with the optimizers that take part, without the settings that are searched."""

    @property
    @abstractmethod
    def each(self) -> int:
        """From how many starts a trial is run, with each seed; from as many others what was found is judged."""

    @property
    @abstractmethod
    def terms(self) -> Terms:
        """What is said of trials and of what judges them."""

    @property
    @abstractmethod
    def held_out(self) -> Raced:
        """The setup with what judges with the first seed."""

    @property
    @abstractmethod
    def compared_by(self) -> str:
        """One of `OBJECTIVES`, by which trials and optimizers are compared."""

    @property
    @abstractmethod
    def steps_of_one(self) -> int:
        """The work of one trial from one start, counted in steps of one trajectory."""

    @abstractmethod
    def place(self, seeds: Sequence[int], held_out: bool, known: int = 0) -> Place:
        """Where trials are run with some seeds: to tune, or to judge; of the first `known` of them nothing is run again."""

    @abstractmethod
    def told_starts(self) -> dict[str, Array]:
        """What tells each of the starts that judge from the others, seed after seed: arrays of shape (seeds x starts,) by name."""

    @abstractmethod
    def step_cost(self, choice: Choice) -> Cost | str:
        """The operations of a step, or why they are not counted."""

    def labels(self) -> tuple[str, ...]:
        """A name for each optimizer."""
        return self.setup.labels()

    def optimizer(self, choice: Choice) -> Optimizer:
        """An optimizer with all of its settings, as it takes part."""
        return self.setup.replace(optimizers=(choice,)).build_optimizers()[0]

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        chosen = self.setup.optimizers
        return sum(((self.count + 1) * self.seeds + RATES * _has_rate(choice)) * self.each * self.steps_of(choice) for choice in chosen)

    def steps_of(self, choice: Choice) -> int:
        """The work of one trial of an optimizer from one start, counted in steps of one trajectory."""
        return self.steps_of_one

    @property
    def beginnings(self) -> list[Self]:
        """The tasks of fewer seeds whose results this one can begin with, the most seeds first."""
        return with_fewer_seeds(self)

    def rest(self, before: Tuned) -> Rest[Tuned]:
        """The task to find the same from the result of one of the `beginnings`, with the other seeds alone."""
        return Rest(self, before)

    def compute(self, execute: Executor, publish: Publish[Tuned]) -> Tuned:
        """Search every optimizer's space, judge the best settings on what is held out, and trace the sensitivity curves."""
        return self._tuned(execute, 0)

    def continued(self, before: Tuned, execute: Executor) -> Tuned:
        """What `compute` finds, where the first seeds are known already."""
        more = self._tuned(execute, before.task.seeds)
        chosen = tuple(one + other for one, other in zip(before.chosen, more.chosen, strict=True))
        tried = tuple(one + other for one, other in zip(before.tried, more.tried, strict=True))
        return Tuned(self, before.trials, chosen, before.judged.joined(more.judged), tried)

    def _tuned(self, execute: Executor, known: int) -> Tuned:
        """What all seeds but the first few find; curves are the first seed's."""
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


@dataclass(frozen=True)
class Tuning(TuningTask):
    """The task to tune every optimizer of a scenario with the same number of trials.

    Each trial runs an optimizer with other settings from all tuning starts. The first trials are spread over the optimizer's own search
    space, the rest over a box around the best of them. All of that is done with several seeds, which share nothing. What one finds depends
    on the seed and on itself, not on who else takes part.

    Args:
        scenario: its optimizers' settings outside their search spaces stay as they are; what is searched, its starts and its seed do not
            matter and are left out, and optimizers that then are the same take part once.
        count: trials for each optimizer, with each seed.
        starts: how many tuning starts each seed has, and how many held-out ones.
        seed: chooses the trials and the starts; see `seeds_from`.
        objective: one of `OBJECTIVES`.
        where: one of `WHERE`, where the starts are scattered.
        seeds: how often all of it is done, each time with other trials and other starts.
        unit: one of `lab.costs.UNITS`, in which the budget of a run is counted.
        budget: how much each run may cost; 0 for what the scenario's number of steps of gradient descent costs.

    Raises:
        ValueError: one of them is out of range, all together are too much work, or the landscape has no lowest loss to measure from.
    """

    scenario: Scenario
    count: int = 60
    starts: int = 24
    seed: int = 0
    objective: str = "steps"
    where: str = "anywhere"
    seeds: int = 10
    unit: str = "steps"
    budget: int = 0

    def __post_init__(self) -> None:
        check_setup(self.scenario)
        check_numbers(self, "count", "starts", "seed", "seeds", "budget")
        check_range("tuning", "trials", self.count, 2, MOST_TRIALS)
        check_range("tuning", "starts", self.starts, 2, MOST_STARTS)
        check_seeds(self.seed, self.seeds)
        check_choice("objective", self.objective, OBJECTIVES)
        check_choice("way to scatter starts", self.where, WHERE)
        check_lowest(self.scenario.build_landscape())
        alike = {"optimizers": entrants(self.scenario.optimizers), "starts": Choice("points"), "points": (), "seed": 0}
        object.__setattr__(self, "scenario", self.scenario.replace(**alike))
        check_size(len(self.scenario.optimizers) * self.count * self.starts * self.seeds, self.work)

    @property
    def setup(self) -> Scenario:
        """The scenario."""
        return self.scenario

    @property
    def terms(self) -> Terms:
        """Those on landscapes."""
        return ON_LANDSCAPES

    @property
    def each(self) -> int:
        """From how many starts a trial is run."""
        return self.starts

    @property
    def compared_by(self) -> str:
        """The objective."""
        return self.objective

    @property
    def steps_of_one(self) -> int:
        """The steps of a trajectory."""
        return self.scenario.steps

    @property
    def tuning(self) -> Scenario:
        """The scenario with the first seed's tuning starts."""
        return self.scenario_of(self.seed, held_out=False)

    @property
    def held_out(self) -> Scenario:
        """The scenario with the first seed's held-out starts."""
        return self.scenario_of(self.seed, held_out=True)

    def scenario_of(self, seed: int, held_out: bool) -> Scenario:
        """The scenario with a seed's tuning starts or its held-out ones."""
        return scattered(self.scenario, self.starts, self.where, 2 * seed + held_out)

    def place(self, seeds: Sequence[int], held_out: bool, known: int = 0) -> Place:
        """The landscape with the tuning starts of some seeds, or with the held-out ones."""
        return LandscapePlace.of([self.scenario_of(seed, held_out) for seed in seeds], self.each_run, held_out, known)

    @property
    def each_run(self) -> Budget:
        """What each run may cost."""
        return Budget.of(self.scenario.build_landscape(), self.scenario.steps, self.unit, self.budget)

    def steps_of(self, choice: Choice) -> int:
        """The steps that an optimizer takes at most."""
        return self.each_run.steps_of(self.scenario.build_landscape(), choice)

    def budget_in_words(self) -> str:
        """How many steps the budget is for whom."""
        return self.each_run.told(self.scenario.build_landscape(), self.scenario.optimizers, self.labels())

    def told_starts(self) -> dict[str, Array]:
        """Where the held-out starts are."""
        return told_points([self.scenario_of(seed, held_out=True) for seed in seeds_from(self.seed, self.seeds)])

    def step_cost(self, choice: Choice) -> Cost | str:
        """The operations of a step on the landscape, or why they are not counted."""
        return step_cost(self.scenario.build_landscape(), choice)


def seeds_from(seed: int, count: int) -> list[int]:
    """The seeds of a task of several: its own first, then others that no task of another first seed below `SEED_STEP` has."""
    return [seed + SEED_STEP * number for number in range(count)]


def with_fewer_seeds(task: T) -> list[T]:
    """The same task with each smaller number of `SEEDS`, the largest first."""
    return [replace(task, seeds=count) for count in SEEDS[::-1] if count < task.seeds]


def check_seeds(seed: int, seeds: int) -> None:
    """Refuse seeds that are out of range.

    Raises:
        ValueError: they are.
    """
    if not 1 <= seeds <= MOST_SEEDS:
        raise ValueError(f"1 to {MOST_SEEDS} seeds can be taken, not {seeds}")
    if not 0 <= seed <= MOST_SEED:
        raise ValueError(f"the seed must be from 0 to {MOST_SEED}, not {seed}")


def best_of(searches: Sequence[Search]) -> dict[str, Array]:
    """The best settings of one optimizer's searches, one for each seed, arrays of shape (seeds, 1) by the parameter's name."""
    found = [{name: array[search.best_index] for name, array in search.settings.items()} for search in searches]
    return {name: np.array([[each[name]] for each in found]) for name in found[0]}


def scattered(scenario: Scenario, count: int, where: str, seed: int) -> Scenario:
    """The scenario with starts scattered by a seed, which also chooses the noise."""
    pattern = Choice.of("anywhere", n=count) if where == "anywhere" else Choice.of("cloud", n=count, spread=_SPREAD)
    return scenario.replace(starts=pattern, points=(), seed=seed)


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
