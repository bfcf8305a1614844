"""The fair race: every optimizer gets the same number of trials to find its best settings, and is judged on starts that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lab.asked import check_choice, check_numbers, check_setup
from lab.costs import Budget, Where, step_cost
from lab.places import LandscapePlace, Place, check_lowest, told_points
from lab.search import check_size, entrants
from lab.seeded import OnLandscapes, seeds_from
from lab.tuned import RATES, Trials, Tuned, TuningTask
from parameters import Array
from scenario import Choice, Scenario
from tape import Cost

__all__ = ["RATES", "WHERE", "Trials", "Tuned", "Tuning", "scattered"]

WHERE = {"anywhere": "Anywhere in the window", "around": "Around the landscape's start"}
"""Where the starts are scattered, by name."""
_SPREAD = 0.15


@dataclass(frozen=True)
class Tuning(OnLandscapes, TuningTask):
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
        self._check_counts("tuning")
        self._check_starts("tuning")
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
        return LandscapePlace.of([self.scenario_of(seed, held_out) for seed in seeds], self.budgets[0][1], held_out, known)

    @property
    def budgets(self) -> list[tuple[Where, Budget]]:
        """The landscape, and what each run may cost."""
        landscape = self.scenario.build_landscape()
        return [(landscape, Budget.of(landscape, self.scenario.steps, self.unit, self.budget))]

    def told_starts(self) -> dict[str, Array]:
        """Where the held-out starts are."""
        return told_points([self.scenario_of(seed, held_out=True) for seed in seeds_from(self.seed, self.seeds)])

    def step_cost(self, choice: Choice) -> Cost | str:
        """The operations of a step on the landscape, or why they are not counted."""
        return step_cost(self.scenario.build_landscape(), choice)


def scattered(scenario: Scenario, count: int, where: str, seed: int) -> Scenario:
    """The scenario with starts scattered by a seed, which also chooses the noise."""
    pattern = Choice.of("anywhere", n=count) if where == "anywhere" else Choice.of("cloud", n=count, spread=_SPREAD)
    return scenario.replace(starts=pattern, points=(), seed=seed)
