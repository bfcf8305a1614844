"""The fair race: every optimizer gets the same number of trials to find its best settings, and is judged on starts that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

import optimizers
from lab.executors import Executor, Publish
from lab.search import OBJECTIVES, Search, TrialBatch, check_lowest, check_size, entrants, score_trials, search_all
from parameters import Array
from scenario import Choice, Scenario

WHERE = {"anywhere": "Anywhere in the window", "around": "Around the landscape's start"}
"""Where the starts are scattered, by name."""
RATES = 41
"""Learning rates of the sensitivity curve."""
MOST_TRIALS, MOST_STARTS = 1000, 1000
MOST_SEED = 2**30 - 1
"""The tuning starts have the seed 2 x seed, the held-out ones 2 x seed + 1, which may not exceed the largest seed of a scenario."""
_SPREAD = 0.15


@dataclass(frozen=True, eq=False)
class Trials:
    """The trials of one optimizer.

    Attributes:
        choice: the optimizer with its best settings.
        settings: the values that were tried, arrays of shape (trials,) by the parameter's name.
        objective: of each trial, shape (trials,): infinite where most starts diverged, or most never reached the tolerance.
        coarse: how many of them were spread over the whole space; they come first.
        best: the index of the best trial.
        held_out: the objective of the best settings on the held-out starts.
        tie: the other of `OBJECTIVES` there, which decides between equal objectives.
        rates, sensitivity: the objective against the learning rate, all else at its best, each of shape (`RATES`,); found afterwards,
            beyond the budget. Empty where there is no learning rate.
    """

    choice: Choice
    settings: dict[str, Array]
    objective: Array
    coarse: int
    best: int
    held_out: float
    tie: float
    rates: Array
    sensitivity: Array

    @property
    def failed(self) -> bool:
        """Whether every trial failed: none has a finite objective."""
        return not np.isfinite(self.objective[self.best])

    @property
    def curve(self) -> tuple[Array, Array]:
        """The sensitivity curve with the best trial on it: learning rates, rising, and the objective at each. Empty without a curve."""
        if not self.rates.size:
            return self.rates, self.sensitivity
        rates = np.append(self.rates, self.settings["lr"][self.best])
        order = np.argsort(rates, kind="stable")
        return rates[order], np.append(self.sensitivity, self.objective[self.best])[order]

    @property
    def tolerant_decades(self) -> float:
        """Over how many factors of ten of the learning rate the objective stays within ten times its least; NaN without a curve.

        Between two rates of the curve the logarithm of the objective is taken to be a straight line over that of the rate; towards a rate
        at which it is infinite the objective counts as out of reach.
        """
        rates, objective = self.curve
        if not np.isfinite(objective).any() or objective.min() <= 0:
            return float("nan")
        with np.errstate(invalid="ignore"):
            excess = np.log10(objective) - np.log10(objective.min()) - 1  # at most 0 is good
            low, high = np.minimum(excess[1:], excess[:-1]), np.maximum(excess[1:], excess[:-1])
            crossing = np.where(np.isfinite(high), -low / np.where(high > low, high - low, 1.0), 0.0)
        shares = np.where(high <= 0, 1.0, np.where(low <= 0, crossing, 0.0))
        return float((shares * np.diff(np.log10(rates))).sum())


@dataclass(frozen=True, eq=False)
class Tuned:
    """The result of tuning.

    Attributes:
        task: what was asked for.
        trials: for each optimizer of the task's scenario, in its order.
    """

    task: Tuning
    trials: tuple[Trials, ...]

    @property
    def nbytes(self) -> int:
        """The memory that it takes, in bytes."""
        arrays = [(*trials.settings.values(), trials.objective, trials.rates, trials.sensitivity) for trials in self.trials]
        return sum(array.nbytes for some in arrays for array in some)

    @property
    def order(self) -> list[int]:
        """The indices of the optimizers, the best on the held-out starts first; equal ones keep their order."""
        return sorted(range(len(self.trials)), key=lambda entrant: (self.trials[entrant].held_out, self.trials[entrant].tie))

    @cached_property
    def race(self) -> Scenario:
        """The race at the best settings from the held-out starts."""
        return self.task.held_out.replace(optimizers=tuple(trials.choice for trials in self.trials))


@dataclass(frozen=True)
class Tuning:
    """The task to tune every optimizer of a scenario with the same number of trials.

    Each trial runs an optimizer with other settings from all tuning starts. The first trials are spread over the optimizer's own search
    space, the rest over a box around the best of them. What one finds depends on the seed and on itself, not on who else takes part.

    Args:
        scenario: its optimizers' settings outside their search spaces stay as they are; what is searched, its starts and its seed do not
            matter and are left out, and optimizers that then are the same take part once.
        count: trials for each optimizer.
        starts: how many tuning starts there are, and how many held-out ones.
        seed: chooses the trials and the starts.
        objective: one of `OBJECTIVES`. Among trials that never reach the tolerance the final loss decides.
        where: one of `WHERE`, where the starts are scattered.

    Raises:
        ValueError: one of them is out of range, all together are too much work, or the landscape has no lowest loss to measure from.
    """

    scenario: Scenario
    count: int = 60
    starts: int = 24
    seed: int = 0
    objective: str = "final loss"
    where: str = "anywhere"

    def __post_init__(self) -> None:
        for name, value, most in (("trials", self.count, MOST_TRIALS), ("starts", self.starts, MOST_STARTS)):
            if not 2 <= value <= most:
                raise ValueError(f"tuning needs 2 to {most} {name}, not {value}")
        if not 0 <= self.seed <= MOST_SEED:
            raise ValueError(f"the seed must be from 0 to {MOST_SEED}, not {self.seed}")
        for kind, chosen, known in (("objective", self.objective, OBJECTIVES), ("way to scatter starts", self.where, WHERE)):
            if chosen not in known:
                raise ValueError(f"there is no {kind} {chosen!r}; choose one of {', '.join(known)}")
        check_lowest(self.scenario.build_landscape())
        alike = {"optimizers": entrants(self.scenario.optimizers), "starts": Choice("points"), "points": (), "seed": 0}
        object.__setattr__(self, "scenario", self.scenario.replace(**alike))
        check_size(len(self.scenario.optimizers) * self.count * self.starts, self.work)

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        curves = sum(_rates(choice).size for choice in self.scenario.optimizers)
        return (len(self.scenario.optimizers) * (self.count + 1) + curves) * self.starts * self.scenario.steps

    @property
    def tuning(self) -> Scenario:
        """The scenario with the tuning starts."""
        return scattered(self.scenario, self.starts, self.where, 2 * self.seed)

    @property
    def held_out(self) -> Scenario:
        """The scenario with the held-out starts, of another seed."""
        return scattered(self.scenario, self.starts, self.where, 2 * self.seed + 1)

    def compute(self, execute: Executor, publish: Publish[Tuned]) -> Tuned:
        """Search every optimizer's space, judge the best settings on the held-out starts, and trace the sensitivity curves."""
        searches = [Search(choice, self.seed) for choice in self.scenario.optimizers]
        coarse = search_all(execute, searches, [[self.tuning]] * len(searches), self.count, self.objective)
        best = [search.best for search in searches]
        held_out = score_trials(execute, [TrialBatch(self.held_out, choice, {}, 1) for choice in best], self.objective)
        rates = [_rates(choice) for choice in best]
        curves = [
            TrialBatch(self.tuning, choice, {"lr": found}, found.size) for choice, found in zip(best, rates, strict=True) if found.size
        ]
        sensitive = iter(score_trials(execute, curves, self.objective))
        trials = [
            Trials(
                search.best,
                search.settings,
                search.scores[0, 0],
                coarse,
                search.best_index,
                float(held[0, 0]),
                float(held[1, 0]),
                found,
                next(sensitive)[0] if found.size else found,
            )
            for search, held, found in zip(searches, held_out, rates, strict=True)
        ]
        return Tuned(self, tuple(trials))


def scattered(scenario: Scenario, count: int, where: str, seed: int) -> Scenario:
    """The scenario with starts scattered by a seed, which also chooses the noise."""
    pattern = Choice.of("anywhere", n=count) if where == "anywhere" else Choice.of("cloud", n=count, spread=_SPREAD)
    return scenario.replace(starts=pattern, points=(), seed=seed)


def _rates(choice: Choice) -> Array:
    """The learning rates of the sensitivity curve; none where the optimizer has no learning rate to search."""
    searched = [parameter for parameter in optimizers.get(choice.name).parameters if parameter.name == "lr" and parameter.search]
    return searched[0].searched(np.linspace(0.0, 1.0, RATES)) if searched else np.empty(0)
