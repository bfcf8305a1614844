"""A tournament: optimizers on several landscapes, each tuned with the same budget, judged on starts that none has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import landscapes
from lab.asked import check_choice, check_names, check_numbers
from lab.costs import Budget, Price, Where, price, step_cost
from lab.places import LandscapePlace, Place, check_lowest, told_points
from lab.search import check_size, entrants
from lab.seeded import OnLandscapes, seeds_from
from lab.standings import TUNED, Standings, TournamentTask, performance_ratios
from lab.tuning import scattered
from parameters import Array
from scenario import CUSTOM, Choice, Scenario
from tape import Cost

__all__ = ["TUNED", "USUAL", "Standings", "Tournament", "eligible", "performance_ratios"]

USUAL = ("ravine", "rosenbrock", "zakharov", "saddle", "three_hump_camel", "goldstein_price", "two_weights", "beale")
"""Those of a tournament where none is chosen: of each kind but the bowls, on which all do well, and such as tell optimizers apart."""


def eligible(like: Scenario | None = None) -> list[str]:
    """The landscapes that can take part: those of the catalogue with a lowest loss, and a scenario's own formula, if it has one."""
    own = [CUSTOM] if like and like.formula else []
    return own + [name for name in landscapes.names() if not landscapes.get(name).unbounded]


@dataclass(frozen=True)
class Tournament(OnLandscapes, TournamentTask):
    """The task to compare optimizers on several landscapes.

    Args:
        entrants: the optimizers; settings outside their search spaces stay as they are, what is searched is left out, and those that then
            are the same take part once.
        landscapes: by name, at their default parameters; `scenario.CUSTOM` is the formula of `like`.
        steps: how many steps each run takes.
        count: trials for each optimizer, on each landscape.
        starts: how many tuning starts a landscape has with each seed, and how many held-out ones, anywhere in its window.
        seed: chooses trials and starts; see `lab.seeded.seeds_from`.
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
        self._check_counts("a tournament")
        self._check_starts("a tournament")
        check_choice("way of tuning", self.tuned, TUNED)
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
        budget = self.budgets[self.landscapes.index(name)][1]
        return LandscapePlace.of([self.scenario(name, held_out, seed) for seed in seeds], budget, held_out, known)

    @cached_property
    def budgets(self) -> list[tuple[Where, Budget]]:
        """Each landscape, and what a run may cost there."""
        built = [self._plain(name).build_landscape() for name in self.landscapes]
        return [(landscape, Budget.of(landscape, self.steps, self.unit, self.budget)) for landscape in built]

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
