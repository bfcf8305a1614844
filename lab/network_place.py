"""Where optimizers meet on networks: an experiment, trained from other first weights and on other batches in every run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lab.asked import check_choice, check_methods, check_range, check_setup
from lab.costs import NETWORK_UNITS, Budget
from lab.network_tiles import NetworkBatch, looks
from lab.places import SEARCH_TRIALS, TAKEN, Ended, Settings, Terms
from lab.search import entrants
from lab.tiles import Divisible, Result
from limits import NETWORK_SWEEP_STEPS
from networks.dataset import held_back
from optimizers import Optimizer
from parameters import Array
from scenario import Choice, Experiment
from simulation.measures import diverged_as_infinity, never_as_infinity

MOST_RUNS = 50
HELD_BACK = 0.2
"""The share of the examples to learn from on which the validation loss is measured; the networks learn from the others."""
TUNED_BY = {"validation loss": "Validation loss at the end", "training loss": "Training loss at the end"}
"""What is tuned for, by name: the loss at the end on examples held back, or on those learned from, the median over the runs."""
_GROWTH = 1.03
"""Steps at which it is looked whether a network that judges has learned lie this factor apart."""


def terms_of(objective: str) -> Terms:
    """What is said of networks that are tuned for one of `TUNED_BY`."""
    return Terms(
        objective,
        "test loss",
        "learned",
        "came down to a quarter of the loss of the best constant answer",
        "runs",
        timed=False,
        looked=f"looked at every {_GROWTH - 1:.0%}",
        tuned_in="computed in single precision",
    )


def checked(experiment: Experiment, objective: str) -> Experiment:
    """An experiment as it is raced with: without its seed, and what plays no part.

    Raises:
        TypeError: it is no experiment.
        ValueError: it has several initializations, no examples to test on that it does not learn from, too few examples for its batches, or
            an optimizer that cannot train its network.
    """
    check_setup(experiment, Experiment)
    if len(experiment.initials) != 1:
        raise ValueError(f"optimizers are compared from one initialization; this experiment has {len(experiment.initials)}")
    data = experiment.build_data()
    if np.array_equal(data.x, data.test_x):
        raise ValueError(f"{data.name}: no examples are kept for testing, and they are what judges; choose a test share above 0")
    left = len((held_back(data, HELD_BACK, 0) if objective == "validation loss" else data).x)
    if experiment.batch > left:
        raise ValueError(
            f"a batch of {experiment.batch:,} has more than the {left:,} examples that tuning learns from ({len(data.x) - left:,} are held "
            "back to validate); choose smaller batches, or more examples"
        )
    check_methods(experiment)
    usual = Experiment()
    return experiment.replace(optimizers=entrants(experiment.optimizers), variants=(), points=(), plane=usual.plane, seed=usual.seed)


def check_work(work: int) -> None:
    """Refuse more training than ends in a reasonable time.

    Raises:
        ValueError: it is more than a sweep of networks may be.
    """
    if work > (most := NETWORK_SWEEP_STEPS.value):
        raise ValueError(
            f"all trials together are {work / most:.1f} times as much as can be trained while somebody waits; choose fewer trials, runs, "
            "seeds, optimizers, steps or examples, or smaller networks"
        )


class OnNetworks:
    """What tasks that tune have in common on networks.

    Attributes:
        runs: in how many runs each network is trained with each seed, and in how many others it is judged.
        objective: one of `TUNED_BY`.
        seeds: how often all of it is done.
    """

    runs: int
    objective: str
    seeds: int

    @property
    def units(self) -> Mapping[str, str]:
        """Those of networks."""
        return NETWORK_UNITS

    @property
    def terms(self) -> Terms:
        """Those of networks."""
        return terms_of(self.objective)

    @property
    def each(self) -> int:
        """In how many runs a network is trained."""
        return self.runs

    @property
    def compared_by(self) -> str:
        """The loss at the end: of trials the objective's, of what is judged the test loss."""
        return "final loss"

    def _told_runs(self) -> dict[str, Array]:
        """The numbers of the runs that judge."""
        return {"run": np.tile(np.arange(0, 2 * self.runs, 2), self.seeds)}

    def _check_runs(self, task: str) -> None:
        check_range(task, "runs", self.runs, 1, MOST_RUNS)
        check_choice("objective", self.objective, TUNED_BY)


@dataclass(frozen=True)
class NetworkPlace:
    """An experiment whose data are drawn, or split into those to learn from and those to test on, by each of several seeds.

    The runs of a seed share its data and differ in first weights, batches, dropout and noise. Run r has the number 2r where it judges and
    2r + 1 where it tunes: the first that judges is the network of the experiment with this seed. No run that tunes sees an example to
    test on.

    Attributes:
        experiment: of one initialization; its optimizers and its seed do not matter.
        seeds: choose the data, and with the numbers of the runs all else.
        runs: how many each seed has.
        held_out: whether they judge, by the examples to test on, or tune.
        objective: one of `TUNED_BY`.
        budget: what each run may cost; the steps of the experiment if not given.
    """

    experiment: Experiment
    seeds: tuple[int, ...]
    runs: int
    held_out: bool
    objective: str
    budget: Budget | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """Those of its runs."""
        return tuple(range(1 - self.held_out, 2 * self.runs, 2))

    @property
    def validates(self) -> bool:
        """Whether it measures on examples held back."""
        return not self.held_out and self.objective == "validation loss"

    def rate_factor(self, optimizer: Optimizer) -> float:
        """1: inputs of unit variance and usual first weights give every network about the same scale."""
        return 1.0

    def batches(self, choice: Choice, settings: Settings, count: int) -> Sequence[Divisible]:
        """All trials of each seed with all of its runs: trial after trial, run after run."""
        budget = self.budget or Budget(self.experiment.steps, "steps", self.experiment.steps)
        steps, searches = budget.steps_of(self.experiment, choice), budget.price(self.experiment, choice).trial > 0
        looked = tuple(looks(steps, _GROWTH).tolist()) if self.held_out else (steps,)
        return [
            NetworkBatch(
                tuple(trial for trial in self._trials(choice, settings, at, count, steps) for _ in range(self.runs)),
                self.numbers * count,
                HELD_BACK if self.validates else 0.0,
                self.held_out or self.validates,
                looked,
                np.float64 if self.held_out else np.float32,
                budget if searches else None,
            )
            for at in range(len(self.seeds))
        ]

    def _trials(self, choice: Choice, settings: Settings, at: int, count: int, steps: int) -> list[Experiment]:
        alike = self.experiment.replace(seed=self.seeds[at], steps=steps)
        numbers = [{name: float(values[at, trial]) for name, values in settings.items()} for trial in range(count)]
        return [alike.replace(optimizers=(choice.replace(**each),)) for each in numbers]

    def ended(self, results: Sequence[Result], count: int) -> Ended:
        """How trials ended: the loss that is measured here, and where it judges the accuracy and the training loss, too."""
        found = {
            name: np.stack([result[name] for result in results]).reshape(len(self.seeds), count, self.runs) for name in NetworkBatch.dtypes
        }
        tested = self.held_out or self.validates
        return Ended(
            diverged_as_infinity(found["test" if tested else "final"]),
            never_as_infinity(found["stayed"]),
            never_as_infinity(found["reached"]),
            self._also(found) if self.held_out else {},
        )

    def _also(self, found: Mapping[str, Array]) -> dict[str, Array]:
        """What else is told of each run that judges."""
        steps = {TAKEN: found["taken"].astype(float), SEARCH_TRIALS: found["trials"].astype(float)}
        return {"accuracy": found["accuracy"], "training_loss": diverged_as_infinity(found["final"]), **steps}
