"""The fair race: every optimizer gets the same number of trials to find its best settings, and is judged on starts that it has not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

import optimizers
from lab.tiles import batch
from lab.work import Execute, Publish, gather
from optimizers import Optimizer
from parameters import Array, Param
from scenario import Choice, Scenario
from simulation.ends import lowest_loss
from simulation.measures import default_tolerance

OBJECTIVES = {"final loss": "final loss above the lowest", "steps": "steps to the tolerance"}
"""What is minimized, the median over the starts, by name."""
WHERE = {"anywhere": "Anywhere in the window", "around": "Around the landscape's start"}
"""Where the starts are scattered, by name."""
COARSE = 0.6
"""The share of the trials that is spread over the whole space; the rest goes near the best of them."""
FINER = 1 / 3
"""How wide the box around the best is, as a share of the space along each axis."""
RATES = 41
"""Learning rates of the sensitivity curve."""
MOST_TRIALS, MOST_STARTS = 1000, 1000
FLOOR = 1e-16
"""Final losses closer to the lowest than this are equally good: then fewer steps decide."""
_SPREAD = 0.15


@dataclass(frozen=True)
class Space:
    """The hyper-parameters of an optimizer that are searched, each along a unit interval spaced as its slider is.

    Attributes:
        parameters: those with a `search` range.
    """

    parameters: tuple[Param, ...]

    @classmethod
    def of(cls, optimizer: Optimizer) -> Space:
        """The search space that an optimizer's parameters declare."""
        return cls(tuple(parameter for parameter in optimizer.parameters if parameter.search))

    def values(self, places: Array) -> dict[str, Array]:
        """The values at places of shape (axes, N), 0 to 1 along each axis, by the parameter's name."""
        return {parameter.name: parameter.searched(place) for parameter, place in zip(self.parameters, places, strict=True)}

    def spread(self, count: int, random: np.random.Generator) -> Array:
        """Places all over the space, one in each of `count` equal slices of every axis (Latin hypercube), shape (axes, count).

        McKay, Beckman and Conover 1979, doi:10.1080/00401706.1979.10489755.
        """
        slices = np.array([random.permutation(count) for _ in self.parameters]).reshape(-1, count)
        return (slices + random.random(slices.shape)) / count

    def near(self, place: Array, count: int, random: np.random.Generator) -> Array:
        """Places spread over the box around a place, shape (axes, count); at the edge of the space the box moves inwards."""
        low = np.clip(place - FINER / 2, 0.0, 1.0 - FINER)
        return low[:, None] + FINER * self.spread(count, random)


@dataclass(frozen=True, eq=False)
class Trials:
    """The trials of one optimizer.

    Attributes:
        choice: the optimizer with its best settings.
        settings: by the parameter's name, what was tried, arrays of shape (trials,).
        objective: what came of it, shape (trials,): infinite where most starts diverged, or most never reached the tolerance.
        coarse: how many of them were spread over the whole space; they come first.
        best: the number of the best.
        held_out: the objective of the best settings on the held-out starts.
        rates, sensitivity: the objective against the learning rate, all else at its best, each of shape (`RATES`,); found afterwards,
            beyond the budget. Empty where there is no learning rate.
    """

    choice: Choice
    settings: dict[str, Array]
    objective: Array
    coarse: int
    best: int
    held_out: float
    rates: Array
    sensitivity: Array

    @property
    def failed(self) -> bool:
        """Whether no trial came to anything."""
        return not np.isfinite(self.objective[self.best])

    @property
    def tolerant_decades(self) -> float:
        """Over how many factors of ten of the learning rate the objective stays within ten times its least; NaN without a curve."""
        if not np.isfinite(self.sensitivity).any():
            return float("nan")
        least = self.sensitivity.min()
        good = self.sensitivity <= 10 * least
        return float(good.sum() * np.log10(self.rates[-1] / self.rates[0]) / (self.rates.size - 1))


@dataclass(frozen=True, eq=False)
class Tuned:
    """What tuning found.

    Attributes:
        task: what was asked for.
        trials: for each optimizer of the scenario, in its order.
    """

    task: Tuning
    trials: tuple[Trials, ...]

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        return sum(array.nbytes for trials in self.trials for array in (*trials.settings.values(), trials.objective, trials.sensitivity))

    @cached_property
    def race(self) -> Scenario:
        """The race at the best settings from the held-out starts."""
        return self.task.held_out.but(optimizers=tuple(trials.choice for trials in self.trials))


@dataclass(frozen=True)
class Tuning:
    """The task to tune every optimizer of a scenario with the same number of trials.

    Each trial runs an optimizer with other settings from all tuning starts. The first trials are spread over the optimizer's own search
    space, the rest over a box around the best of them. What one finds depends on the seed and on itself, not on who else takes part.

    Args:
        scenario: its optimizers' settings outside their search spaces stay as they are; its starts do not matter.
        count: trials for each optimizer.
        starts: how many tuning starts there are, and how many held-out ones.
        seed: chooses the trials and the starts.
        objective: one of `OBJECTIVES`. Steps that are never reached are put in order by the final loss.
        where: one of `WHERE`, where the starts are scattered.

    Raises:
        ValueError: one of them is out of range, or the landscape has no lowest loss to measure from.
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
                raise ValueError(f"tuning with {value} {name} cannot be; choose 2 to {most}")
        if self.seed < 0:
            raise ValueError(f"the seed is {self.seed}; choose 0 or more")
        for kind, chosen, known in (("objective", self.objective, OBJECTIVES), ("place of starts", self.where, WHERE)):
            if chosen not in known:
                raise ValueError(f"there is no {kind} {chosen!r}; choose one of {', '.join(known)}")
        landscape = self.scenario.build_landscape()
        if landscape.unbounded:
            raise ValueError(f"{landscape.name} has no lowest loss, so nothing can be tuned on it; choose another landscape")
        object.__setattr__(self, "scenario", self.scenario.but(starts=Choice("points"), points=()))

    @property
    def work(self) -> int:
        """How much there is to do, in steps of one trajectory."""
        entrants = self.scenario.build_optimizers()
        curves = sum(RATES for optimizer in entrants if "lr" in optimizer.values)
        return (len(entrants) * (self.count + 1) + curves) * self.starts * self.scenario.steps

    @property
    def tuning(self) -> Scenario:
        """The scenario with the tuning starts."""
        return scattered(self.scenario, self.starts, self.where, 2 * self.seed)

    @property
    def held_out(self) -> Scenario:
        """The scenario with the held-out starts, of another seed."""
        return scattered(self.scenario, self.starts, self.where, 2 * self.seed + 1)

    def compute(self, execute: Execute, publish: Publish[Tuned]) -> Tuned:
        """Try, choose, judge."""
        searches = [Search(choice, self.seed) for choice in self.scenario.optimizers]
        coarse = max(1, round(COARSE * self.count))
        for count in (coarse, self.count - coarse):
            drawn = [search.draw(count) for search in searches] if count else []
            for search, scores in zip(searches, scored(execute, self.tuning, drawn, self.objective), strict=False):
                search.told(scores)
        best = [search.best for search in searches]
        held_out = scored(execute, self.held_out, [Tried(choice, {}, 1) for choice in best], self.objective)
        rates = [_rates(choice) for choice in best]
        curves = [Tried(choice, {"lr": found}, found.size) for choice, found in zip(best, rates, strict=True) if found.size]
        sensitive = iter(scored(execute, self.tuning, curves, self.objective))
        trials = [
            Trials(
                search.best,
                search.settings,
                search.scores[0],
                coarse,
                search.best_index,
                float(held[0, 0]),
                found,
                next(sensitive)[0] if found.size else found,
            )
            for search, held, found in zip(searches, held_out, rates, strict=True)
        ]
        return Tuned(self, tuple(trials))


@dataclass(frozen=True)
class Tried:
    """Settings of one optimizer that are tried together.

    Attributes:
        choice: the optimizer, with what is the same in all of them.
        settings: what differs, arrays of shape (count,) by the parameter's name.
        count: how many.
    """

    choice: Choice
    settings: Mapping[str, Array]
    count: int


def scored(execute: Execute, scenario: Scenario, tried: Sequence[Tried], objective: str) -> list[Array]:
    """What comes of settings of several optimizers, run in one go from all starts of a scenario.

    Returns:
        For each of `tried` an array of shape (2, count): the objective, the median over the starts, and what decides between equal ones,
        the median of the other measure. What diverged has an infinite loss, what is never reached takes infinitely many steps.
    """
    landscape = scenario.build_landscape()
    lowest = lowest_loss(landscape)
    starts = scenario.start_points()
    goal = lowest + default_tolerance(landscape)
    batches = []
    for each in tried:
        values = {f"optimizer.{name}": array.repeat(starts.shape[1]) for name, array in each.settings.items()}
        numbers = np.tile(np.arange(starts.shape[1]), each.count)
        one = scenario.but(optimizers=(each.choice,))
        batches.append(batch(one, np.tile(starts, each.count), ("final", "reached"), values, numbers, goal))
    scores = []
    for result in gather(execute, batches):
        final, reached = (result[name].reshape(-1, starts.shape[1]) for name in ("final", "reached"))
        above = np.where(np.isnan(final), np.inf, np.maximum(final - lowest, FLOOR))
        measures = {"final loss": np.median(above, axis=1), "steps": np.median(np.where(reached >= 0, reached, np.inf), axis=1)}
        scores.append(np.stack([measures.pop(objective), *measures.values()]))
    return scores


def scattered(scenario: Scenario, count: int, where: str, seed: int) -> Scenario:
    """The scenario with starts scattered by a seed, which also chooses the noise."""
    pattern = Choice.of("anywhere", n=count) if where == "anywhere" else Choice.of("cloud", n=count, spread=_SPREAD)
    return scenario.but(starts=pattern, points=(), seed=seed)


def _rates(choice: Choice) -> Array:
    """The learning rates of the sensitivity curve; none where the optimizer has no learning rate to search."""
    searched = [parameter for parameter in optimizers.get(choice.name).parameters if parameter.name == "lr" and parameter.search]
    return searched[0].searched(np.linspace(0.0, 1.0, RATES)) if searched else np.empty(0)


class Search:
    """The search of one optimizer's space, stage by stage.

    Args:
        choice: the optimizer, with the settings that are not searched.
        seed: chooses the trials, together with the optimizer's name.

    Attributes:
        scores: what came of the trials, shape (2, trials); see `scored`.
    """

    def __init__(self, choice: Choice, seed: int) -> None:
        self.choice, self.space = choice, Space.of(optimizers.get(choice.name))
        self.scores = np.empty((2, 0))
        self._random = np.random.default_rng([seed, *choice.name.encode()])
        self._places = np.empty((len(self.space.parameters), 0))

    def draw(self, count: int) -> Tried:
        """The next settings to try: at first all over the space, then near the best so far."""
        draw = (
            self.space.near(self._places[:, self.best_index], count, self._random)
            if self.scores.size
            else self.space.spread(count, self._random)
        )
        self._places = np.concatenate([self._places, draw], axis=1)
        return Tried(self.choice, self.space.values(draw), count)

    def told(self, scores: Array) -> None:
        """What came of the settings drawn last."""
        self.scores = np.concatenate([self.scores, scores], axis=1)

    @property
    def settings(self) -> dict[str, Array]:
        """All settings drawn so far, by the parameter's name."""
        return self.space.values(self._places)

    @property
    def best_index(self) -> int:
        """The number of the best trial so far."""
        return int(np.lexsort(self.scores[::-1])[0])

    @property
    def best(self) -> Choice:
        """The optimizer with the best settings so far."""
        return self.choice.but(**{name: float(array[self.best_index]) for name, array in self.settings.items()})
