"""Where optimizers meet: what a place is asked to run their trials and to tell how these ended, and the place that a landscape is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from lab.costs import Budget, Where
from lab.executors import Executor, gather
from lab.quantities import in_optimizer
from lab.scaling import rate_factor
from lab.tiles import Divisible, Result, batch
from landscapes import Landscape
from optimizers import Optimizer
from parameters import Array, short
from scenario import Choice, Experiment, Scenario
from simulation.attractors import lowest_loss
from simulation.measures import TOLERANCE, default_tolerance, diverged_as_infinity, never_as_infinity

Raced = Scenario | Experiment
"""What optimizers are compared on."""
Settings = Mapping[str, Array]
"""Settings in which trials differ, arrays of shape (seeds, trials) by the parameter's name."""


TAKEN, SEARCH_TRIALS = "steps_taken", "search_trials"
"""What is told of every run on a landscape that judges: the steps that its budget paid for, and the step lengths tried until it was solved,
or until its end."""


@dataclass(frozen=True)
class Terms:
    """What is said of trials and of what judges them.

    Attributes:
        tuned: the loss by which trials are compared.
        judged: the loss by which is judged.
        solved: what it is called to be low enough, and to stay so.
        arrives: what that takes, in the past tense.
        starts: what a trial has several of, with each seed.
        timed: whether of trials it is known in how many steps.
        looked: how often it is looked whether it is solved, where that is not at every step.
        least: what the final losses are at least.
        tuned_in: in what precision trials are computed, where that is not what judges.
    """

    tuned: str
    judged: str
    solved: str
    arrives: str
    starts: str
    timed: bool = True
    looked: str = ""
    least: str = ""
    tuned_in: str = ""


ON_LANDSCAPES = Terms(
    "final loss above the lowest",
    "final loss above the lowest",
    "solved",
    "came within the tolerance",
    "starts",
    least="at least the rounding of a double at the landscape's height (lab.places.resolution), below which all are equally good",
)


@dataclass(frozen=True, eq=False)
class Ended:
    """How trials ended. All arrays have the shape (seeds, trials, starts).

    Attributes:
        final: the final loss above the lowest there can be; infinite where it diverged.
        steps: the first step from which on it stayed where it counts as solved; infinite where it did not arrive, or not stay.
        reached: the first step at which it was there; infinite where it never was.
        also: what else is told of each, by name.
    """

    final: Array
    steps: Array
    reached: Array
    also: Mapping[str, Array] = field(default_factory=dict)


class Place(Protocol):
    """Something on which trials are run, with several seeds, and with each of them from several starts."""

    def rate_factor(self, optimizer: Optimizer) -> float:
        """By what factor the range of an optimizer's learning rate is scaled here."""

    def batches(self, choice: Choice, settings: Settings, count: int) -> Sequence[Divisible]:
        """Trials of one optimizer, to be run together.

        Args:
            choice: the optimizer, with what is the same in all of them.
            settings: what differs.
            count: how many trials each seed has.
        """

    def ended(self, results: Sequence[Result], count: int) -> Ended:
        """How trials ended, from the results of their batches."""


@dataclass(frozen=True, eq=False)
class LandscapePlace:
    """A landscape with the starts of each seed.

    Attributes:
        scenario: with one seed's starts; its optimizers do not matter.
        starts: of every seed, shape (seeds, 2, starts).
        budget: what each run may cost.
        counted: whether steps and trials of step lengths are counted even where the budget does not ask for it.
        known: how many seeds come before these, of which nothing is run: every trajectory has the noise that it has together with them.
    """

    scenario: Scenario
    starts: Array
    budget: Budget
    counted: bool = True
    known: int = 0

    @classmethod
    def of(cls, scenarios: Sequence[Scenario], budget: Budget | None = None, counted: bool = True, known: int = 0) -> LandscapePlace:
        """That of scenarios which differ in the seeds of their starts only, the first `known` of them left out; by default the budget is
        their number of steps."""
        steps = scenarios[0].steps
        starts = np.stack([scenario.start_points() for scenario in scenarios[known:]])
        return cls(scenarios[0], starts, budget or Budget(steps, "steps", steps), counted, known)

    def rate_factor(self, optimizer: Optimizer) -> float:
        """By what factor the range of an optimizer's learning rate is scaled to the landscape's curvature and size."""
        return rate_factor(optimizer, self.scenario.build_landscape())

    def batches(self, choice: Choice, settings: Settings, count: int) -> Sequence[Divisible]:
        """All trials of all seeds from all their starts: seed after seed, trial after trial, start after start.

        All trials of a seed have the same noise, and every seed has other noise.
        """
        seeds, _, each = self.starts.shape
        starts = np.repeat(self.starts[:, None], count, axis=1).transpose(2, 0, 1, 3).reshape(2, -1)
        values = {in_optimizer(name): array.reshape(-1).repeat(each) for name, array in settings.items()}
        numbers = np.repeat(self.known * each + np.arange(seeds * each).reshape(seeds, 1, each), count, axis=1).reshape(-1)
        landscape = self.scenario.build_landscape()
        one = self.scenario.replace(optimizers=(choice,), steps=self.budget.steps_of(landscape, choice))
        if not self.counted and not self.budget.price(landscape, choice).trial:
            return [batch(one, starts, ("final", "stayed", "reached"), values, numbers)]
        counted = batch(one, starts, ("final", "stayed", "reached", "taken", "trials"), values, numbers)
        return [replace(counted, budget=self.budget)]

    def ended(self, results: Sequence[Result], count: int) -> Ended:
        """How trials ended: final losses are at least the landscape's `resolution`."""
        (result,) = results
        shape = (len(self.starts), count, -1)
        final, steps, reached = (result[name].reshape(shape) for name in ("final", "stayed", "reached"))
        landscape = self.scenario.build_landscape()
        above = np.maximum(final - lowest_loss(landscape), resolution(landscape))
        also = {column: result[name].reshape(shape) for name, column in (("taken", TAKEN), ("trials", SEARCH_TRIALS)) if name in result}
        return Ended(diverged_as_infinity(above), never_as_infinity(steps), never_as_infinity(reached), also)


def told_points(scenarios: Sequence[Scenario]) -> dict[str, Array]:
    """What a trajectory from each of all starts is run again by, scenario after scenario, by name: its coordinates, and its noise."""
    points = np.concatenate([scenario.start_points() for scenario in scenarios], axis=1)
    count = points.shape[1]
    return {"x": points[0], "y": points[1], "noise_seed": np.full(count, scenarios[0].seed), "noise_number": np.arange(count)}


@dataclass(frozen=True, eq=False)
class TrialBatch:
    """Trials of one optimizer at one place that are run together, each with settings of its own; see `Place.batches`."""

    place: Place
    choice: Choice
    settings: Settings
    count: int


def run_trials(execute: Executor, tried: Sequence[TrialBatch]) -> list[Ended]:
    """Run the trials of several optimizers together; how each batch of them ended."""
    batches = [each.place.batches(each.choice, each.settings, each.count) for each in tried]
    results = iter(gather(execute, [part for parts in batches for part in parts]))
    return [each.place.ended([next(results) for _ in parts], each.count) for each, parts in zip(tried, batches, strict=True)]


def resolution(landscape: Landscape) -> float:
    """How far above the lowest a loss must be to be distinguished from it: the rounding of a double at the landscape's usual height.

    Final losses closer than this are equally good; then fewer steps decide.
    """
    lowest, usual = lowest_loss(landscape), default_tolerance(landscape) / TOLERANCE
    return float(np.finfo(np.float64).eps) * max(abs(lowest), usual)


FLOOR = "≤: not to be told from the lowest, less than the rounding of a double at the landscape's usual height"
"""What is said of a loss that is a limit."""


def told_loss(loss: float, where: Where, digits: int = 3) -> str:
    """A final loss in words: "0.0123"; "≤ 1.8e-15" at the `resolution` of a landscape, which is a limit and no measurement; "diverged"."""
    if not np.isfinite(loss):
        return "diverged"
    least = 0.0 if isinstance(where, Experiment) else resolution(where)
    return f"≤ {short(loss, 2)}" if 0 < loss <= least else short(loss, digits)


def check_lowest(landscape: Landscape) -> None:
    """Refuse a landscape without a lowest loss to compare losses with.

    Raises:
        ValueError: it has no lowest loss.
    """
    if landscape.unbounded:
        raise ValueError(f"{landscape.name} has no lowest loss, so nothing can be tuned on it; choose another landscape")
    if np.isnan(lowest_loss(landscape)):
        raise ValueError(
            f"{landscape.name} has no minimum in its window to measure losses from; widen the window or choose another landscape"
        )
