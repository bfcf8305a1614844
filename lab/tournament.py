"""A tournament: optimizers on several landscapes, each tuned with the same budget, judged on starts that none has seen."""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, TypeVar

import numpy as np

import landscapes
from lab import statistics
from lab.asked import check_choice, check_names, check_numbers, check_range
from lab.costs import UNITS, Budget, Price, price, step_cost
from lab.executors import Executor, Publish, Rest
from lab.judged import Judged, counted, listed
from lab.places import ON_LANDSCAPES, SEARCH_TRIALS, LandscapePlace, Place, Raced, Terms, TrialBatch, check_lowest, run_trials, told_points
from lab.search import OBJECTIVES, Search, Tried, check_size, entrants, search_all
from lab.tuning import MOST_STARTS, MOST_TRIALS, best_of, check_seeds, scattered, seeds_from, with_fewer_seeds
from optimizers import Optimizer
from parameters import Array
from scenario import CUSTOM, Choice, Scenario
from tape import Cost

R = TypeVar("R")

TUNED = {"for each": "For each landscape", "once": "Once for all landscapes"}
"""Whether every landscape gets settings of its own, by name."""

USUAL = ("ravine", "rosenbrock", "zakharov", "saddle", "three_hump_camel", "goldstein_price", "two_weights", "beale")
"""Those of a tournament where none is chosen: of each kind but the bowls, on which all do well, and such as tell optimizers apart."""


def eligible(like: Scenario | None = None) -> list[str]:
    """The landscapes that can take part: those of the catalogue with a lowest loss, and a scenario's own formula, if it has one."""
    own = [CUSTOM] if like and like.formula else []
    return own + [name for name in landscapes.names() if not landscapes.get(name).unbounded]


Grid = tuple[tuple[tuple[R, ...], ...], ...]
"""Something for each optimizer, in each place, with each seed."""


def _joined(one: Grid[R], other: Grid[R]) -> Grid[R]:
    """What some seeds have, and others after them."""
    return tuple(tuple(map(operator.add, *rows)) for rows in zip(one, other, strict=True))


class TournamentTask(ABC):
    """What tournaments have in common on landscapes and on networks.

    Attributes:
        noun: what one of those is called on which it is held.
        entrants: the optimizers, without the settings that are searched.
        count: trials for each optimizer, on each of them, with each seed.
        seed, seeds: the first seed, and how many there are; see `lab.tuning.seeds_from`.
        tuned: one of `TUNED`.
    """

    noun: ClassVar[str]
    entrants: tuple[Choice, ...]
    count: int
    seed: int
    seeds: int
    tuned: str

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """What it is held on, by name."""

    @property
    @abstractmethod
    def units(self) -> Mapping[str, str]:
        """In what the cost of solving a problem can be counted, by name."""

    @property
    @abstractmethod
    def terms(self) -> Terms:
        """What is said of trials and of what judges them."""

    @property
    @abstractmethod
    def each(self) -> int:
        """From how many starts a trial is run, with each seed; from as many others what was found is judged."""

    @property
    @abstractmethod
    def compared_by(self) -> str:
        """One of `lab.search.OBJECTIVES`, by which trials and optimizers are compared."""

    @property
    @abstractmethod
    def steps_of_one(self) -> int:
        """The work of one trial from one start, on all of them together, counted in steps of one trajectory."""

    @abstractmethod
    def title(self, name: str) -> str:
        """What one of them is called."""

    @abstractmethod
    def place(self, name: str, seeds: Sequence[int], held_out: bool, known: int = 0) -> Place:
        """Where trials are run with some seeds: to tune, or to judge; of the first `known` of them nothing is run again."""

    @abstractmethod
    def judging(self, name: str) -> Raced:
        """The setup with what judges with the first seed."""

    def labels(self) -> tuple[str, ...]:
        """A name for each optimizer."""
        return self.judging(self.names[0]).labels()

    def optimizer(self, choice: Choice) -> Optimizer:
        """An optimizer with all of its settings, as it takes part."""
        return self.judging(self.names[0]).replace(optimizers=(choice,)).build_optimizers()[0]

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

    def steps_of(self, choice: Choice) -> int:
        """The work of one trial of an optimizer from one start, on all of them together, counted in steps of one trajectory."""
        return self.steps_of_one

    @property
    def beginnings(self) -> list[Self]:
        """The tasks of fewer seeds whose results this one can begin with, the most seeds first."""
        return with_fewer_seeds(self)

    def rest(self, before: Standings) -> Rest[Standings]:
        """The task to find the same from the result of one of the `beginnings`, with the other seeds alone."""
        return Rest(self, before)

    def compute(self, execute: Executor, publish: Publish[Standings]) -> Standings:
        """Tune every optimizer, then judge all of them everywhere on what is held out."""
        return self._held(execute, 0)

    def continued(self, before: Standings, execute: Executor) -> Standings:
        """What `compute` finds, where the first seeds are known already."""
        more = self._held(execute, before.task.seeds)
        judged = tuple(one.joined(other) for one, other in zip(before.judged, more.judged, strict=True))
        return Standings(self, _joined(before.chosen, more.chosen), before.at_edge, judged, _joined(before.tried, more.tried))

    def _held(self, execute: Executor, known: int) -> Standings:
        """What all seeds but the first few find."""
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


@dataclass(frozen=True)
class Tournament(TournamentTask):
    """The task to compare optimizers on several landscapes.

    Args:
        entrants: the optimizers; settings outside their search spaces stay as they are, what is searched is left out, and those that then
            are the same take part once.
        landscapes: by name, at their default parameters; `scenario.CUSTOM` is the formula of `like`.
        steps: how many steps each run takes.
        count: trials for each optimizer, on each landscape.
        starts: how many tuning starts a landscape has with each seed, and how many held-out ones, anywhere in its window.
        seed: chooses trials and starts; see `lab.tuning.seeds_from`.
        tuned: one of `TUNED`. Once for all: every trial is run on all landscapes, and the one with the least mean rank is chosen.
        objective: one of `lab.search.OBJECTIVES`, which is tuned for and ranked by.
        seeds: how often all of it is done, each time with other trials and other starts.
        like: has the noise, the schedule, the penalties and the limits of the gradient that hold on every landscape, and the own formula;
            the rest of it does not matter and is left out.
        unit: one of `lab.costs.UNITS`, in which the budget of a run is counted.
        budget: how much each run may cost; 0 for what so many steps of gradient descent cost on the landscape.

    Raises:
        KeyError, TypeError, ValueError: an unknown name or setting, a landscape without a lowest loss, a number out of range, or more work
            than can be done.
    """

    noun: ClassVar = "landscape"

    entrants: tuple[Choice, ...]
    landscapes: tuple[str, ...]
    steps: int = 200
    count: int = 40
    starts: int = 24
    seed: int = 0
    tuned: str = "for each"
    objective: str = "steps"
    seeds: int = 10
    like: Scenario = field(default_factory=Scenario)
    unit: str = "steps"
    budget: int = 0

    def __post_init__(self) -> None:
        check_numbers(self, "steps", "count", "starts", "seed", "seeds", "budget")
        object.__setattr__(self, "landscapes", check_names("landscapes", self.landscapes))
        for what, given in (("optimizer", self.entrants), ("landscape", self.landscapes)):
            if not given:
                raise ValueError(f"no {what} takes part; choose at least one")
        if len(set(self.landscapes)) < len(self.landscapes):
            raise ValueError(f"a landscape takes part twice; choose each only once: {', '.join(self.landscapes)}")
        check_range("a tournament", "trials", self.count, 2, MOST_TRIALS)
        check_range("a tournament", "starts", self.starts, 2, MOST_STARTS)
        check_seeds(self.seed, self.seeds)
        check_choice("way of tuning", self.tuned, TUNED)
        check_choice("objective", self.objective, OBJECTIVES)
        checked = Scenario(optimizers=self.entrants, steps=self.steps).optimizers
        object.__setattr__(self, "entrants", entrants(checked))
        object.__setattr__(self, "like", self._alike())
        built = {name: self._plain(name).build_landscape() for name in self.landscapes}
        without = [name for name, landscape in built.items() if landscape.unbounded]
        if without:
            raise ValueError(f"a landscape without a lowest loss has no winner; leave out {' and '.join(without)}")
        if CUSTOM in built:
            check_lowest(built[CUSTOM])
        check_size(len(self.entrants) * len(self.landscapes) * self.count * self.starts * self.seeds, self.work)

    @property
    def names(self) -> tuple[str, ...]:
        """The landscapes."""
        return self.landscapes

    @property
    def units(self) -> Mapping[str, str]:
        """Those of landscapes."""
        return UNITS

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
        """The steps of a trajectory on each landscape."""
        return len(self.landscapes) * self.steps

    def _alike(self) -> Scenario:
        """What of `like` holds on every landscape."""
        own = CUSTOM in self.landscapes
        if own and not self.like.formula:
            raise ValueError("an own formula takes part, and none is given; choose one on another page, or leave it out")
        usual = Scenario()
        alike: dict[str, Any] = {"optimizers": usual.optimizers, "starts": usual.starts, "points": (), "steps": usual.steps, "seed": 0}
        elsewhere: dict[str, Any] = {} if own else {"landscape": usual.landscape, "formula": "", "window": None, "network": ""}
        return self.like.replace(**alike, **elsewhere)

    def _plain(self, landscape: str) -> Scenario:
        """A landscape with what holds on all of them."""
        if landscape == CUSTOM:
            return self.like.replace(optimizers=self.entrants, steps=self.steps)
        where: dict[str, Any] = {"landscape": Choice(landscape), "formula": "", "window": None}
        return self.like.replace(**where, optimizers=self.entrants, steps=self.steps)

    def title(self, landscape: str) -> str:
        """What one of the landscapes is called."""
        return self._plain(landscape).build_landscape().name

    def scenario(self, landscape: str, held_out: bool, seed: int | None = None) -> Scenario:
        """A landscape with the tuning starts or the held-out ones of a seed, the first if none is given."""
        return scattered(self._plain(landscape), self.starts, "anywhere", 2 * (self.seed if seed is None else seed) + held_out)

    def place(self, name: str, seeds: Sequence[int], held_out: bool, known: int = 0) -> Place:
        """A landscape with the tuning starts of some seeds, or with the held-out ones."""
        return LandscapePlace.of([self.scenario(name, held_out, seed) for seed in seeds], self.each_run(name), held_out, known)

    def each_run(self, name: str) -> Budget:
        """What each run on a landscape may cost."""
        return Budget.of(self._plain(name).build_landscape(), self.steps, self.unit, self.budget)

    def steps_of(self, choice: Choice) -> int:
        """The steps that an optimizer takes at most, on all landscapes together."""
        return sum(self.each_run(name).steps_of(self._plain(name).build_landscape(), choice) for name in self.landscapes)

    def budget_in_words(self) -> str:
        """How many steps the budget is for whom on the first landscape, and whether it is another elsewhere."""
        budgets = [self.each_run(name) for name in self.landscapes]
        told = budgets[0].told(self._plain(self.landscapes[0]).build_landscape(), self.entrants, self.labels())
        same = len({budget.amount for budget in budgets}) == 1
        return told if same else f"{told}, on {self.title(self.landscapes[0])}; elsewhere what as many steps of gradient descent cost there"

    def judging(self, name: str) -> Scenario:
        """A landscape with the held-out starts of the first seed."""
        return self.scenario(name, held_out=True)

    def price(self, name: str, choice: Choice, unit: str) -> Price | str:
        """What a method costs on a landscape in one of `lab.costs.UNITS`, or why that is not known."""
        return price(self.judging(name).build_landscape(), choice, unit)

    def step_cost(self, name: str, choice: Choice) -> Cost | str:
        """The operations of a step on a landscape, or why they are not counted."""
        return step_cost(self.judging(name).build_landscape(), choice)

    def told_starts(self, name: str) -> dict[str, Array]:
        """Where the held-out starts are on a landscape."""
        return told_points([self.scenario(name, True, seed) for seed in seeds_from(self.seed, self.seeds)])


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


def settings_in_words(optimizer: Optimizer) -> str:
    """All hyper-parameters of an optimizer, with all their digits: "learning rate 0.1, momentum 0.9, weight decay 0"."""
    return ", ".join(f"{parameter.title} {float(optimizer.values[parameter.name]):.12g}" for parameter in optimizer.parameters)
