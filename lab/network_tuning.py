"""The fair race of networks: every optimizer is tuned with the same number of trainings, and judged by examples and on runs held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lab.asked import check_numbers
from lab.costs import NOT_COUNTED, Budget, Where
from lab.network_place import NetworkPlace, OnNetworks, check_work, checked
from lab.places import Place
from lab.tuned import TuningTask
from parameters import Array
from scenario import Choice, Experiment


@dataclass(frozen=True)
class NetworkTuning(OnNetworks, TuningTask):
    """The task to tune every optimizer of an experiment with the same number of trials.

    A trial trains the network with other settings of an optimizer in several runs, which differ in first weights, batches, dropout and
    noise. Each seed has data of its own, drawn anew or split anew into examples to learn from and to test on. What tunes is the loss at the
    last step on a fifth of the former, held back, or on all of them; the best settings then learn from all of them in other runs, and the
    loss on the examples to test on judges. With what each optimizer does the seeds and runs are the same for all.

    Args:
        experiment: of one initialization; what is searched of its optimizers, its seed, variants and points do not matter and are left
            out, and optimizers that then are the same take part once.
        count: trials for each optimizer, with each seed.
        runs: in how many runs each is trained with each seed, and in how many others it is judged.
        seed: the first seed; see `lab.seeded.seeds_from`.
        objective: one of `lab.network_place.TUNED_BY`.
        seeds: how often all of it is done.
        unit: one of `lab.costs.NETWORK_UNITS`, in which the budget of a run is counted.
        budget: how much each run may cost; 0 for what the experiment's number of steps of gradient descent costs.

    Raises:
        TypeError, ValueError: one of them is none, or out of range; the experiment cannot be raced with (`lab.network_place.checked`); or
            all together is too much work.
    """

    experiment: Experiment
    count: int = 20
    runs: int = 2
    seed: int = 0
    objective: str = "validation loss"
    seeds: int = 10
    unit: str = "steps"
    budget: int = 0

    def __post_init__(self) -> None:
        check_numbers(self, "count", "runs", "seed", "seeds", "budget")
        self._check_counts("tuning")
        self._check_runs("tuning")
        object.__setattr__(self, "experiment", checked(self.experiment, self.objective))
        check_work(self.work)

    @property
    def setup(self) -> Experiment:
        """The experiment."""
        return self.experiment

    @property
    def budgets(self) -> list[tuple[Where, Budget]]:
        """The experiment, and what each run may cost."""
        return [(self.experiment, Budget.of(self.experiment, self.experiment.steps, self.unit, self.budget))]

    @property
    def held_out(self) -> Experiment:
        """The experiment with the first seed, whose network is the first that judges."""
        return self.experiment.replace(seed=self.seed)

    def place(self, seeds: Sequence[int], held_out: bool, known: int = 0) -> Place:
        """The experiment with some seeds, in runs that tune or that judge."""
        return NetworkPlace(self.experiment, tuple(seeds[known:]), self.runs, held_out, self.objective, self.budgets[0][1])

    def told_starts(self) -> dict[str, Array]:
        """The numbers of the runs that judge."""
        return self._told_runs()

    def step_cost(self, choice: Choice) -> str:
        """Why operations are not counted."""
        return NOT_COUNTED
