"""Searching for good settings: an optimizer's search space, trials in it, and their scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

import optimizers
from lab.executors import Executor, gather
from lab.quantities import in_optimizer
from lab.tiles import Batch, batch
from landscapes import Landscape
from limits import LAB_STEPS, LAB_TRAJECTORIES
from optimizers import Optimizer
from parameters import Array, Param
from scenario import Choice, Scenario
from simulation.attractors import lowest_loss
from simulation.measures import TOLERANCE, default_tolerance, diverged_as_infinity, median, never_as_infinity

OBJECTIVES = {"final loss": "final loss above the lowest", "steps": "steps to the tolerance"}
"""What is minimized, the median over the starts, by name."""
COARSE = 0.6
"""The share of the trials that is spread over the whole space; the rest goes near the best of them."""
FINER = 1 / 3
"""How wide the box around the best is, as a share of the space along each axis."""
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
    def of(cls, optimizer: Optimizer) -> Space:
        """The search space that an optimizer's parameters declare."""
        return cls(tuple(parameter for parameter in optimizer.parameters if parameter.search))

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
        """Positions spread over a box around a centre, shape (axes, count); at the edge of the space the box moves inwards."""
        low = np.clip(centre - FINER / 2, 0.0, 1.0 - FINER)
        return low[:, None] + FINER * self.spread(count, random)


class Search:
    """The search of one optimizer's space, stage by stage, on one scenario or on several at once.

    Args:
        choice: the optimizer, with the settings that are not searched.
        seed: chooses the trials, together with the optimizer's name.
        scenarios: on how many scenarios every trial is run.

    Attributes:
        scores: of the trials, shape (scenarios, 2, trials); see `score_trials`.
    """

    def __init__(self, choice: Choice, seed: int, scenarios: int = 1) -> None:
        self.choice, self.space = choice, Space.of(optimizers.get(choice.name))
        self.scores = np.empty((scenarios, 2, 0))
        self._random = np.random.default_rng([seed, *choice.name.encode()])
        self._positions = np.empty((len(self.space.parameters), 0))

    def draw(self, count: int) -> dict[str, Array]:
        """The next settings to try: near the best so far, or all over the space while every trial has failed."""
        if np.isfinite(self.scores).any():
            drawn = self.space.near(self._positions[:, self.best_index], count, self._random)
        else:
            drawn = self.space.spread(count, self._random)
        self._positions = np.concatenate([self._positions, drawn], axis=1)
        return self.space.values(drawn)

    def record(self, scores: Array) -> None:
        """Keep the scores of the settings drawn last, shape (scenarios, 2, count)."""
        self.scores = np.concatenate([self.scores, scores], axis=2)

    @property
    def settings(self) -> dict[str, Array]:
        """All settings drawn so far, by the parameter's name."""
        return self.space.values(self._positions)

    @property
    def best_index(self) -> int:
        """The index of the best trial so far: the one with the least mean rank over the scenarios."""
        return int(np.argmin(np.mean([ranks(scores) for scores in self.scores], axis=0)))

    @property
    def best(self) -> Choice:
        """The optimizer with the best settings so far."""
        return self.choice.replace(**{name: float(array[self.best_index]) for name, array in self.settings.items()})


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


def search_all(execute: Executor, searches: Sequence[Search], scenarios: Sequence[Sequence[Scenario]], count: int, objective: str) -> int:
    """Give every search the same number of trials, in two rounds.

    Args:
        execute: runs them.
        searches: whose trials.
        scenarios: for each search, on what its trials are run.
        count: how many trials each has.
        objective: one of `OBJECTIVES`.

    Returns:
        How many of the trials were spread over the whole space.
    """
    coarse = max(1, round(COARSE * count))
    for some in (coarse, count - coarse):
        if not some:
            continue
        drawn = [search.draw(some) for search in searches]
        tried = [
            TrialBatch(scenario, search.choice, settings, some)
            for search, settings, own in zip(searches, drawn, scenarios, strict=True)
            for scenario in own
        ]
        scores = iter(score_trials(execute, tried, objective))
        for search, own in zip(searches, scenarios, strict=True):
            search.record(np.stack([next(scores) for _ in own]))
    return coarse


@dataclass(frozen=True, eq=False)
class TrialBatch:
    """Trials of one optimizer that are run together, each with settings of its own.

    Attributes:
        scenario: what they are tried on, from its starts; its optimizers do not matter.
        choice: the optimizer, with what is the same in all of them.
        settings: what differs, arrays of shape (count,) by the parameter's name.
        count: how many trials.
    """

    scenario: Scenario
    choice: Choice
    settings: Mapping[str, Array]
    count: int

    def batch(self) -> Batch:
        """All trials from all starts; first all starts of the first trial."""
        landscape, starts = self.scenario.build_landscape(), self.scenario.start_points()
        values = {in_optimizer(name): array.repeat(starts.shape[1]) for name, array in self.settings.items()}
        numbers = np.tile(np.arange(starts.shape[1]), self.count)
        goal = lowest_loss(landscape) + default_tolerance(landscape)
        one = self.scenario.replace(optimizers=(self.choice,))
        return batch(one, np.tile(starts, self.count), ("final", "reached"), values, numbers, goal)


def run_trials(execute: Executor, tried: Sequence[TrialBatch]) -> list[tuple[Array, Array]]:
    """Run the trials of several optimizers together.

    Returns:
        For each batch of trials the final losses above the lowest and the steps to the tolerance, both of shape (count, starts). The
        loss is infinite where a trajectory diverged, the number of steps where it never got there.
        No loss is less than the landscape's `resolution`.
    """
    found = []
    for each, result in zip(tried, gather(execute, [each.batch() for each in tried]), strict=True):
        final, reached = (result[name].reshape(each.count, -1) for name in ("final", "reached"))
        landscape = each.scenario.build_landscape()
        above = np.maximum(final - lowest_loss(landscape), resolution(landscape))
        found.append((diverged_as_infinity(above), never_as_infinity(reached)))
    return found


def resolution(landscape: Landscape) -> float:
    """How far above the lowest a loss must be to be distinguished from it: the rounding of a double at the landscape's usual height.

    Final losses closer than this are equally good; then fewer steps decide.
    """
    lowest, usual = lowest_loss(landscape), default_tolerance(landscape) / TOLERANCE
    return float(np.finfo(np.float64).eps) * max(abs(lowest), usual)


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


def score_trials(execute: Executor, tried: Sequence[TrialBatch], objective: str) -> list[Array]:
    """Run the trials of several optimizers together and score them.

    Returns:
        For each batch of trials an array of shape (2, count): the objective, which is the median over the starts, and the
        median of the other measure, which decides between equal ones.
    """
    return [score(final, steps, objective) for final, steps in run_trials(execute, tried)]


def score(final: Array, steps: Array, objective: str) -> Array:
    """The scores of trials from their final losses and steps, both of shape (count, starts); shape (2, count), see `score_trials`."""
    medians = {"final loss": median(final), "steps": median(steps)}
    return np.stack([medians.pop(objective), *medians.values()])


def ranks(scores: Array) -> Array:
    """The ranks, from 1, of scores of shape (2, count) by their first row and, where that is equal, their second; ties share their mean."""
    _, rank, counts = np.unique(scores, axis=1, return_inverse=True, return_counts=True)
    shared: Array = (np.cumsum(counts) - (counts - 1) / 2)[rank.reshape(-1)]
    return shared
