"""A tournament of networks: optimizers on several experiments, each tuned with the same budget, judged as in the fair race of networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from lab.asked import check_choice, check_names, check_numbers, check_setup
from lab.costs import NOT_COUNTED, Budget, Price, Where, price
from lab.network_place import NetworkPlace, OnNetworks, check_work, checked
from lab.places import Place
from lab.standings import TUNED, TournamentTask
from parameters import Array
from scenario import Choice, Experiment

USUAL_DATA = ("moons", "circles", "xor", "blobs", "spirals", "six_arms", "sine")
"""The data sets of a tournament where none is chosen."""


def on_data(experiment: Experiment, names: Sequence[str]) -> tuple[Experiment, ...]:
    """The network of an experiment on several data sets at their defaults, its own data as they are. Errors as for `Experiment`."""
    own = experiment.data.name
    return tuple(experiment if name == own else experiment.replace(data=Choice(name), table="", points=()) for name in names)


@dataclass(frozen=True)
class NetworkTournament(OnNetworks, TournamentTask):
    """The task to compare optimizers that train networks on several experiments.

    Args:
        entrants: the optimizers; settings outside their search spaces stay as they are, what is searched is left out, and those that then
            are the same take part once.
        experiments: each of one initialization, with its own data, network, steps and batches; their optimizers and seeds do not matter
            and are left out. `on_data` makes them of one network and several data sets.
        count: trials for each optimizer, with each experiment and seed.
        runs: in how many runs each is trained with each seed, and in how many others it is judged.
        seed: the first seed; see `lab.seeded.seeds_from`.
        tuned: one of `lab.standings.TUNED`.
        objective: one of `lab.network_place.TUNED_BY`.
        seeds: how often all of it is done.
        unit: one of `lab.costs.NETWORK_UNITS`, in which the budget of a run is counted.
        budget: how much each run may cost; 0 for what an experiment's number of steps of gradient descent costs.

    Raises:
        TypeError, ValueError: one of them is none, or out of range; an experiment cannot be raced with (`lab.network_place.checked`), or
            takes part twice; or all together is too much work.
    """

    noun: ClassVar = "data set"

    entrants: tuple[Choice, ...]
    experiments: tuple[Experiment, ...]
    count: int = 20
    runs: int = 2
    seed: int = 0
    tuned: str = "for each"
    objective: str = "validation loss"
    seeds: int = 10
    unit: str = "steps"
    budget: int = 0

    def __post_init__(self) -> None:
        check_numbers(self, "count", "runs", "seed", "seeds", "budget")
        for what, given in (("optimizer", self.entrants), ("experiment", self.experiments)):
            if not given:
                raise ValueError(f"no {what} takes part; choose at least one")
        self._check_counts("a tournament")
        self._check_runs("a tournament")
        check_choice("way of tuning", self.tuned, TUNED)
        entrants = Choice.read_all(self.entrants, "entrants")
        experiments: tuple[Experiment, ...] = check_names("experiments", self.experiments)
        for each in experiments:
            check_setup(each, Experiment)
        alike = [each.replace(optimizers=entrants, variants=(), points=()) for each in experiments]
        held = [checked(each, self.objective) for each in alike]
        object.__setattr__(self, "entrants", held[0].optimizers)
        object.__setattr__(self, "experiments", tuple(held))
        if len(set(held)) < len(held):
            raise ValueError("an experiment takes part twice; choose each only once")
        check_work(self.work)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the data sets; of one that several experiments have with the number of the experiment."""
        names = [each.data.name for each in self.experiments]
        return tuple(name if names.count(name) == 1 else f"{name} {number}" for number, name in enumerate(names, 1))

    def _experiment(self, name: str) -> Experiment:
        return self.experiments[self.names.index(name)]

    @property
    def budgets(self) -> list[tuple[Where, Budget]]:
        """Each experiment, and what a run may cost there."""
        return [(each, Budget.of(each, each.steps, self.unit, self.budget)) for each in self.experiments]

    def title(self, name: str) -> str:
        """The title of the data, with the network where several have them."""
        found = self._experiment(name)
        alone = sum(each.data == found.data for each in self.experiments) == 1
        return found.build_data().name if alone else found.title

    def place(self, name: str, seeds: Sequence[int], held_out: bool, known: int = 0) -> Place:
        """An experiment with some seeds, in runs that tune or that judge."""
        experiment, budget = self._experiment(name), self.budgets[self.names.index(name)][1]
        return NetworkPlace(experiment, tuple(seeds[known:]), self.runs, held_out, self.objective, budget)

    def judging(self, name: str) -> Experiment:
        """An experiment with the first seed, whose network is the first that judges."""
        return self._experiment(name).replace(seed=self.seed)

    def price(self, name: str, choice: Choice, unit: str) -> Price | str:
        """What a method costs in one of `lab.costs.NETWORK_UNITS`."""
        return price(self._experiment(name), choice, unit)

    def step_cost(self, name: str, choice: Choice) -> str:
        """Why operations are not counted."""
        return NOT_COUNTED

    def told_starts(self, name: str) -> dict[str, Array]:
        """The numbers of the runs that judge."""
        return self._told_runs()
