"""What fair races and tournaments have in common, on landscapes and on networks: all is done with several seeds, which share nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar, cast

import numpy as np

from lab.asked import check_choice, check_range
from lab.costs import UNITS, Budget, Where, name_of
from lab.executors import Executor, Publish, Rest, Task
from lab.judged import SEEDS
from lab.network_tiles import work_of
from lab.places import ON_LANDSCAPES, Raced, Terms
from lab.search import OBJECTIVES, Search
from optimizers import Optimizer
from parameters import Array
from scenario import Choice, Experiment

MOST_TRIALS, MOST_STARTS = 1000, 1000
MOST_SEEDS, SEED_STEP = 100, 1000
MOST_SEED = 2**30 - 1 - MOST_SEEDS * SEED_STEP
"""The tuning starts have the seed 2 x seed, the held-out ones 2 x seed + 1, which may not exceed the largest seed of a scenario."""
R = TypeVar("R", bound=Any)


class SeededTask(ABC, Generic[R]):
    """A task that tunes optimizers with the same number of trials, and judges what was found, with each of several seeds.

    Attributes:
        count: trials for each optimizer, with each seed.
        seed, seeds: the first seed, and how many there are; see `seeds_from`.
        unit: one of `units`, in which the budget of a run is counted.
        budget: how much each run may cost; 0 for what the steps of the setup cost gradient descent.
    """

    count: int
    seed: int
    seeds: int
    unit: str
    budget: int

    @property
    @abstractmethod
    def setup(self) -> Raced:
        """What is raced on, the first of several, with the optimizers that take part, without the settings that are searched."""

    @property
    @abstractmethod
    def units(self) -> Mapping[str, str]:
        """In what the cost of solving a problem can be counted, by name."""

    @property
    @abstractmethod
    def budgets(self) -> Sequence[tuple[Where, Budget]]:
        """Where it is raced, and what each run may cost there."""

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
        """One of `OBJECTIVES`, by which trials and optimizers are compared."""

    @abstractmethod
    def _found(self, execute: Executor, known: int) -> R:
        """What all seeds but the first few find."""

    @abstractmethod
    def _joined(self, before: R, more: R) -> R:
        """What the first seeds have found, and the others after them."""

    def labels(self) -> tuple[str, ...]:
        """A name for each optimizer."""
        return self.setup.labels()

    def optimizer(self, choice: Choice) -> Optimizer:
        """An optimizer with all of its settings, as it takes part."""
        return self.setup.replace(optimizers=(choice,)).build_optimizers()[0]

    def steps_of(self, choice: Choice) -> int:
        """The work of one trial of an optimizer from one start, wherever it is raced, counted in steps of one trajectory."""
        return sum(_work(where, budget.steps_of(where, choice)) for where, budget in self.budgets)

    def budget_in_words(self) -> str:
        """How many steps the budget is for whom in the first place, and whether it is another elsewhere."""
        (where, first), *others = self.budgets
        told = first.told(where, self.setup.optimizers, self.labels())
        if all(budget.amount == first.amount for _, budget in others):
            return told
        return f"{told}, on {name_of(where)}; elsewhere what as many steps of gradient descent cost there"

    def in_full(self) -> dict[str, Any]:
        """Those of its fields that say less than they stand for, as plain data with what is at its default, too."""
        return {}

    @property
    @abstractmethod
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""

    @property
    def beginnings(self) -> Sequence[Task[R]]:
        """The tasks of fewer seeds whose results this one can begin with, the most seeds first."""
        return [replace(cast(Any, self), seeds=count) for count in SEEDS[::-1] if count < self.seeds]

    def rest(self, before: R) -> Rest[R]:
        """The task to find the same from the result of one of the `beginnings`, with the other seeds alone."""
        return Rest(self, before)

    def compute(self, execute: Executor, publish: Publish[R]) -> R:
        """Tune every optimizer, and judge the best settings on what is held out."""
        return self._found(execute, 0)

    def continued(self, before: R, execute: Executor) -> R:
        """What `compute` finds, where the first seeds are known already."""
        return self._joined(before, self._found(execute, before.task.seeds))

    def _check_counts(self, task: str) -> None:
        check_range(task, "trials", self.count, 2, MOST_TRIALS)
        if not 1 <= self.seeds <= MOST_SEEDS:
            raise ValueError(f"1 to {MOST_SEEDS} seeds can be taken, not {self.seeds}")
        if not 0 <= self.seed <= MOST_SEED:
            raise ValueError(f"the seed must be from 0 to {MOST_SEED}, not {self.seed}")


class OnLandscapes:
    """What such tasks have in common on landscapes.

    Attributes:
        starts: how many tuning starts each seed has, and how many held-out ones.
        objective: one of `OBJECTIVES`.
    """

    starts: int
    objective: str

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

    def _check_starts(self, task: str) -> None:
        check_range(task, "starts", self.starts, 2, MOST_STARTS)
        check_choice("objective", self.objective, OBJECTIVES)


def _work(where: Where, steps: int) -> int:
    return work_of(where.replace(steps=steps)) if isinstance(where, Experiment) else steps


def seeds_from(seed: int, count: int) -> list[int]:
    """The seeds of a task of several: its own first, then others that no task of another first seed below `SEED_STEP` has."""
    return [seed + SEED_STEP * number for number in range(count)]


def best_of(searches: Sequence[Search]) -> dict[str, Array]:
    """The best settings of one optimizer's searches, one for each seed, arrays of shape (seeds, 1) by the parameter's name."""
    found = [{name: array[search.best_index] for name, array in search.settings.items()} for search in searches]
    return {name: np.array([[each[name]] for each in found]) for name in found[0]}
