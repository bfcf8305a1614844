"""Searching for good settings: an optimizer's search space, trials in it, and their scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

import optimizers
from lab.executors import Executor
from lab.places import Place, TrialBatch, run_trials
from lab.statistics import ranks
from limits import LAB_STEPS, LAB_TRAJECTORIES
from optimizers import Optimizer
from parameters import Array, Param
from scenario import Choice
from simulation.measures import median

OBJECTIVES = {"final loss": "final loss above the lowest", "steps": "share solved, then steps"}
"""What is tuned for, by name: the median final loss, or as many starts solved as can be, and those soon."""
COARSE = 0.6
"""The share of the trials that is spread over the whole space; the rest goes near the best of them."""
FINER = 1 / 3
"""How wide the box around the best is, as a share of the space along each axis."""
EDGE = 0.05
"""Nearer to an end of its range than this share of it a value is at the edge."""
_DIGITS = 4
"""Significant digits of the values that are tried: few enough to be shown in full."""


@dataclass(frozen=True)
class Space:
    """The hyper-parameters of an optimizer that are searched, each along a unit interval spaced as its slider is.

    Attributes:
        parameters: those with a `search` range.
    """

    parameters: tuple[Param, ...]

    @classmethod
    def of(cls, optimizer: Optimizer, on: Sequence[Place] = ()) -> Space:
        """The search space that an optimizer's parameters declare, the learning rate's range scaled to where it is searched.

        Args:
            optimizer: whose.
            on: where trials are run; on several places the range reaches from the least to the largest of their ranges.
        """
        searched = [parameter for parameter in optimizer.parameters if parameter.search]
        factors = [place.rate_factor(optimizer) for place in on] or [1.0]
        return cls(tuple(_scaled(parameter, factors) if parameter.name == "lr" else parameter for parameter in searched))

    def values(self, positions: Array) -> dict[str, Array]:
        """The values at positions of shape (axes, N), 0 to 1 along each axis, by the parameter's name; rounded, to show all digits."""
        return {
            parameter.name: _rounded(parameter.searched(along), parameter.one_minus)
            for parameter, along in zip(self.parameters, positions, strict=True)
        }

    def spread(self, count: int, random: np.random.Generator) -> Array:
        """Positions all over the space, one in each of `count` equal slices of every axis (Latin hypercube), shape (axes, count).

        McKay, Beckman and Conover 1979, doi:10.1080/00401706.1979.10489755.
        """
        slices = np.array([random.permutation(count) for _ in self.parameters]).reshape(-1, count)
        return (slices + random.random(slices.shape)) / count

    def near(self, centre: Array, count: int, random: np.random.Generator) -> Array:
        """Positions spread over a box around a centre, shape (axes, count).

        The box moves inwards at the end of a range, but where the centre itself is at the edge: there it reaches beyond, if the values
        there are valid, so that a range that was chosen too narrow is widened once.
        """
        first, last = np.array([self._reach(parameter, at) for parameter, at in zip(self.parameters, centre, strict=True)]).reshape(-1, 2).T
        low = np.clip(centre - FINER / 2, first, last - FINER)
        return low[:, None] + FINER * self.spread(count, random)

    @staticmethod
    def _reach(parameter: Param, centre: float) -> tuple[float, float]:
        """How far a box around a centre may reach along a parameter's axis."""
        low = centre - FINER / 2 if centre < EDGE and _valid(parameter, centre - FINER / 2) else 0.0
        high = centre + FINER / 2 if centre > 1 - EDGE and _valid(parameter, centre + FINER / 2) else 1.0
        return min(low, 0.0), max(high, 1.0)

    def at_edge(self, positions: Array, best: int) -> list[str]:
        """The parameters whose best value is at an end of what was searched, and could be beyond it.

        Args:
            positions: of all trials, shape (axes, N).
            best: the index of the best of them.
        """
        found = []
        for parameter, along in zip(self.parameters, positions, strict=True):
            low, high = min(0.0, float(along.min())), max(1.0, float(along.max()))
            below = along[best] - low < EDGE and _valid(parameter, low - EDGE)
            above = high - along[best] < EDGE and _valid(parameter, high + EDGE)
            found += [parameter.name] if below or above else []
        return found


def _scaled(parameter: Param, factors: Sequence[float]) -> Param:
    assert parameter.search is not None
    low, high = parameter.search
    return replace(parameter, search=(low * min(factors), min(high * max(factors), parameter.high)))


def _valid(parameter: Param, position: float) -> bool:
    """Whether the value at a position beyond the searched range can be used."""
    value = float(parameter.searched(np.array([position]))[0])
    return parameter.low <= value <= parameter.high


@dataclass(frozen=True, eq=False)
class Scores:
    """How trials did, each over its starts. All arrays have the shape (trials,).

    Attributes:
        share: the share of starts that were solved: that came within the tolerance and stayed, 0 to 1.
        steps: the median number of steps among those; infinite where there are none.
        loss: the median final loss above the lowest of all starts; infinite where most diverged.
    """

    share: Array
    steps: Array
    loss: Array

    @classmethod
    def of(cls, final: Array, steps: Array) -> Scores:
        """The scores from final losses above the lowest and steps until solved, infinite for never, both of shape (trials, starts)."""
        solved = np.isfinite(steps)
        return cls(solved.mean(axis=-1), median_solved(steps), median(final))

    def keys(self, objective: str) -> Array:
        """What trials are compared by, shape (3, trials): the first row decides, where that is equal the second, then the third."""
        unsolved = 1 - self.share
        return np.stack([unsolved, self.steps, self.loss] if objective == "steps" else [self.loss, unsolved, self.steps])

    def joined(self, other: Scores) -> Scores:
        """These and others after them."""
        return Scores(*(np.append(getattr(self, name), getattr(other, name)) for name in ("share", "steps", "loss")))

    def part(self, trials: slice) -> Scores:
        """Those of some trials."""
        return Scores(self.share[trials], self.steps[trials], self.loss[trials])

    @property
    def nbytes(self) -> int:
        """The memory that they take, in bytes."""
        return self.share.nbytes + self.steps.nbytes + self.loss.nbytes


NO_SCORES = Scores(np.empty(0), np.empty(0), np.empty(0))


def median_solved(steps: Array) -> Array:
    """The median along the last axis of the steps of those that were solved; infinite where none was."""
    ordered = np.sort(steps, axis=-1)
    count = np.isfinite(ordered).sum(axis=-1)
    low, high = (np.take_along_axis(ordered, np.maximum(at, 0)[..., None], -1)[..., 0] for at in ((count - 1) // 2, count // 2))
    return np.where(count > 0, (low + high) / 2, np.inf)


@dataclass(frozen=True, eq=False)
class Tried:
    """All trials of one optimizer with one seed.

    Attributes:
        settings: the values that were tried, arrays of shape (trials,) by the parameter's name.
        scores: how each did in one place.
        best: the index of the one that was chosen.
    """

    settings: dict[str, Array]
    scores: Scores
    best: int

    @property
    def nbytes(self) -> int:
        """The memory that they take, in bytes."""
        return self.scores.nbytes + sum(array.nbytes for array in self.settings.values())


class Search:
    """The search of one optimizer's space, stage by stage, at one place or at several at once.

    Args:
        choice: the optimizer, with the settings that are not searched.
        seed: chooses the trials, together with the optimizer's name.
        on: the places at which every trial is run.
        objective: one of `OBJECTIVES`.

    Attributes:
        scores: of the trials so far, for each place.
    """

    def __init__(self, choice: Choice, seed: int, on: Sequence[Place], objective: str) -> None:
        self.choice, self.space, self.objective = choice, Space.of(optimizers.get(choice.name), on), objective
        self.scores = [NO_SCORES] * len(on)
        self.positions = np.empty((len(self.space.parameters), 0))
        self._random = np.random.default_rng([seed, *choice.name.encode()])

    def draw(self, count: int) -> dict[str, Array]:
        """The next settings to try: near the best so far, or all over the space while every trial has failed."""
        if any(np.isfinite(scores.loss).any() or scores.share.any() for scores in self.scores):
            drawn = self.space.near(self.positions[:, self.best_index], count, self._random)
        else:
            drawn = self.space.spread(count, self._random)
        self.positions = np.concatenate([self.positions, drawn], axis=1)
        return self.space.values(drawn)

    def record(self, scores: Sequence[Scores]) -> None:
        """Keep the scores of the settings drawn last, for each place."""
        self.scores = [before.joined(found) for before, found in zip(self.scores, scores, strict=True)]

    @property
    def settings(self) -> dict[str, Array]:
        """All settings drawn so far, by the parameter's name."""
        return self.space.values(self.positions)

    @property
    def best_index(self) -> int:
        """The index of the best trial so far: the one with the least mean rank over the places."""
        return int(np.argmin(np.mean([ranks(scores.keys(self.objective)) for scores in self.scores], axis=0)))

    def tried(self, place: int = 0) -> Tried:
        """The trials so far, with how they did in one of the places."""
        return Tried(self.settings, self.scores[place], self.best_index)

    @property
    def best(self) -> Choice:
        """The optimizer with the best settings so far."""
        return self.choice.replace(**{name: float(array[self.best_index]) for name, array in self.settings.items()})

    @property
    def at_edge(self) -> tuple[str, ...]:
        """The hyper-parameters whose best value is still at an end of what was searched."""
        return tuple(self.space.at_edge(self.positions, self.best_index))


def entrants(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """The different optimizers that are to be tuned, without the settings that are searched.

    Two that differ in nothing but what is searched would find the same settings, and count once.
    """
    return tuple(dict.fromkeys(_without_searched(choice) for choice in choices))


def _without_searched(choice: Choice) -> Choice:
    searched = {parameter.name for parameter in Space.of(optimizers.get(choice.name)).parameters}
    return Choice.of(choice.name, **{name: value for name, value in choice.settings if name not in searched})


def _rounded(values: Array, one_minus: bool) -> Array:
    """Values, or what they lack of 1, with few digits."""
    if one_minus:
        return np.array([float(f"{1 - float(f'{1 - value:.{_DIGITS - 1}g}'):.12g}") for value in values])
    return np.array([float(f"{value:.{_DIGITS}g}") for value in values])


def check_size(lanes: int, work: int) -> None:
    """Refuse more work than ends in a reasonable time.

    Args:
        lanes: trajectories of all trials together.
        work: their steps, and those of all else that is run.

    Raises:
        ValueError: it is more than a sweep may be.
    """
    most_lanes, most_work = LAB_TRAJECTORIES.value, LAB_STEPS.value
    if lanes > most_lanes or work > most_work:
        raise ValueError(
            f"all trials together are {lanes:,} trajectories and {work:,} steps, and at most {most_lanes:,} trajectories and "
            f"{most_work:,} steps can be run; choose fewer trials, starts, optimizers or steps"
        )


def search_all(execute: Executor, searches: Sequence[Sequence[Search]], places: Sequence[Sequence[Place]], count: int) -> int:
    """Give every search the same number of trials, in two rounds.

    Args:
        execute: runs them.
        searches: whose trials: of one optimizer, for each seed.
        places: for each of these groups, on what its trials are run.
        count: how many trials each search has.

    Returns:
        How many of the trials were spread over the whole space.
    """
    coarse = max(1, round(COARSE * count))
    for some in (coarse, count - coarse):
        if not some:
            continue
        tried = []
        for group, own in zip(searches, places, strict=True):
            drawn = [search.draw(some) for search in group]
            settings = {name: np.stack([each[name] for each in drawn]) for name in drawn[0]}
            tried += [TrialBatch(place, group[0].choice, settings, some) for place in own]
        results = iter(run_trials(execute, tried))
        for group, own in zip(searches, places, strict=True):
            found = [Scores.of(result.final, result.steps) for result in (next(results) for _ in own)]
            for seed, search in enumerate(group):
                search.record([Scores(each.share[seed], each.steps[seed], each.loss[seed]) for each in found])
    return coarse
