"""Sweeps: two quantities against each other, a run from every start in each cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod

import numpy as np
import numpy.typing as npt

from lab.asked import check_numbers, check_setup
from lab.axes import Axis, narrowed
from lab.executors import Executor, Publish, gather
from lab.quantities import build_with, distinct, in_landscape, quantities
from lab.tiles import SEARCH_WORK, Batch, batch
from limits import LAB_STEPS, LAB_TRAJECTORIES
from parameters import Array, lookup, short
from scenario import SEED, Choice, Scenario
from scenario.address import Number, with_values
from scenario.setup import Setup
from simulation import measures
from simulation.attractors import lowest_loss
from simulation.measures import default_tolerance

MOST_LANDSCAPES = 256
"""Different landscapes in a sweep, at most: each is searched for its lowest loss."""


@dataclass(frozen=True)
class Sweep:
    """The task to run a scenario of one optimizer in every cell of a grid of two quantities.

    All cells have the same starts, and a start has the same noise in each of them: cells differ by the two quantities and nothing else.

    Args:
        scenario: with one optimizer.
        x, y: the axes.
        seeds: with noise, how many seeds each cell is run with, from the scenario's own on.

    Raises:
        KeyError, ValueError: a quantity is unknown, used twice, or leaves its range; or the sweep is too large.
    """

    scenario: Scenario
    x: Axis
    y: Axis
    seeds: int = 1

    def __post_init__(self) -> None:
        check_setup(self.scenario)
        check_numbers(self, "seeds")
        check_axes(self.scenario, self.x, self.y)
        if self._landscapes > MOST_LANDSCAPES:
            raise ValueError(
                f"the sweep has {self._landscapes:,} different landscapes, and at most {MOST_LANDSCAPES} can be searched for their lowest "
                "losses; choose fewer cells, or a quantity of the optimizer for one axis"
            )
        self._check_seeds()
        most_lanes, most_work = LAB_TRAJECTORIES.value, LAB_STEPS.value
        if self._lanes > most_lanes or self._lanes * self.scenario.steps > most_work:
            asked = f"{self.x.count} x {self.y.count} cells from {self._starts.shape[1]:,} starts"
            asked += f" with {self.seeds} seeds" if self.seeds > 1 else ""
            raise ValueError(
                f"{asked} make {self._lanes:,} trajectories of {self.scenario.steps:,} steps, and at most {most_lanes:,} trajectories and "
                f"{most_work:,} steps in all can be swept; choose fewer cells, starts, seeds or steps"
            )

    def _check_seeds(self) -> None:
        noisy = is_noisy(self.scenario, self.x, self.y)
        if self.seeds < 1 or (self.seeds > 1 and not noisy):
            raise ValueError(
                f"a sweep needs at least one seed, not {self.seeds}"
                if noisy or self.seeds < 1
                else f"without noise all {self.seeds} seeds give the same; choose one seed"
            )
        SEED.check(self.scenario.seed + self.seeds - 1, "The sweep's last seed")

    @property
    def _starts(self) -> Array:
        return self.scenario.start_points()

    @property
    def _lanes(self) -> int:
        return self.x.count * self.y.count * int(self._starts.shape[1]) * self.seeds

    @property
    def _landscapes(self) -> int:
        """How many different landscapes the cells have, if they differ in that, else 0."""
        counts = [axis.count for axis in (self.x, self.y) if in_landscape(axis.key)]
        return prod(counts) if counts else 0

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return self._lanes * self.scenario.steps + self._landscapes * (SEARCH_WORK + 1)

    def cell(self, column: int, row: int, seed: int = 0) -> Scenario:
        """The scenario that is run in a cell with one of the seeds, counted from 0."""
        seeded = self.scenario.replace(seed=self.scenario.seed + seed)
        scenario = with_values(seeded, {axis.key: float(axis.values[index]) for axis, index in ((self.x, column), (self.y, row))})
        if np.array_equal(scenario.start_points(), self._starts):
            return scenario
        # given one by one: the landscape's own start differs from cell to cell, drawn ones from seed to seed
        points = tuple((x, y) for x, y in self._starts.T.tolist())
        return scenario.replace(starts=Choice("points"), points=points)

    def nearest(self, x: float, y: float) -> tuple[int, int]:
        """The column and row of the cell that is drawn nearest to a point of the map, given in coordinates of the axes."""
        return self.x.nearest(x), self.y.nearest(y)

    def narrowed(self, x: tuple[float, float], y: tuple[float, float]) -> Sweep:
        """The finer sweep of a box of the map, with as many cells.

        Args:
            x, y: the two ends of the box along each axis, in coordinates of the axes: at most half a cell beyond the outermost values,
                where the map ends; that half is left out.

        Raises:
            ValueError: the box reaches beyond the map, or is thinner than numbers can tell.
        """
        return replace(self, x=narrowed(self.x, x), y=narrowed(self.y, y))

    def compute(self, execute: Executor, publish: Publish[SweepMap]) -> SweepMap:
        """Run all cells, as lanes of one batch for each seed; where landscapes differ, each is searched for its lowest loss first."""
        shape = (self.y.count, self.x.count)
        cells = {key: grid.ravel() for key, grid in self._grids().items()}
        lowest, tolerance = self._goals(cells, execute)
        starts = self._starts
        count = starts.shape[1]
        values = {key: array.repeat(count) for key, array in cells.items()}
        all_starts = np.tile(starts, lowest.size)
        batches = [self._batch(all_starts, values, count, (lowest + tolerance).repeat(count), seed) for seed in range(self.seeds)]
        results = gather(execute, batches)
        final, reached = (
            np.stack([result[name].reshape(lowest.size, count) for result in results], axis=1).reshape(lowest.size, -1)
            for name in ("final", "reached")
        )
        landscape, _, _ = build_with(self.scenario, values)
        initial = np.tile(landscape.value(all_starts).reshape(lowest.size, count), self.seeds)
        return SweepMap(
            self,
            **{name: array.reshape(shape) for name, array in _measures(final, reached, initial, lowest, tolerance).items()},
        )

    def _grids(self) -> dict[str, Array]:
        x, y = np.meshgrid(self.x.values, self.y.values)
        return {self.x.key: x, self.y.key: y}

    def _batch(self, starts: Array, values: Mapping[str, Array], count: int, goal: Array, seed: int) -> Batch:
        numbers = np.tile(np.arange(count), starts.shape[1] // count)
        seeded = self.scenario.replace(seed=self.scenario.seed + seed)
        return batch(seeded, starts, ("final", "reached"), values, numbers, goal)

    def _goals(self, cells: Mapping[str, Array], execute: Executor) -> tuple[Array, Array]:
        """The lowest loss of each cell's landscape, and how far above it counts as reached; NaN where there is no lowest."""
        shaping = {key: array for key, array in cells.items() if in_landscape(key)}
        if not shaping:
            landscape, count = self.scenario.build_landscape(), next(iter(cells.values())).size
            return np.full(count, lowest_loss(landscape)), np.full(count, default_tolerance(landscape))
        different, which = distinct(shaping)
        start = self._starts[:, :1]
        searches = []
        for index in range(self._landscapes):  # each a batch of its own, so that they are counted, and can be stopped in between
            values = {key: float(array[index]) for key, array in different.items()}
            searches.append(batch(with_values(self.scenario, values).replace(steps=1), start, ("lowest", "tolerance")))
        found = gather(execute, searches)
        lowest, tolerance = (np.array([result[name][0] for result in found])[which] for name in ("lowest", "tolerance"))
        return lowest, tolerance


def check_axes(setup: Setup, x: Axis, y: Axis) -> None:
    """Refuse axes that a setup of one optimizer cannot be swept along.

    Raises:
        KeyError, ValueError: a quantity is unknown, used twice, or leaves its range.
    """
    known = quantities(setup)
    if x.key == y.key:
        raise ValueError(f"both axes are the {x.title}; choose two different quantities")
    for axis in (x, y):
        declared = lookup(known, axis.key, "quantity").param
        for value in (axis.low, axis.high):
            declared.check(value, "The sweep")


def described(known: Mapping[str, Number], cell: Mapping[str, Number], *axes: Axis) -> str:
    """The values of a cell in words: "learning rate 0.05, momentum 0.9"; `known` and `cell` are the quantities of the sweep and of it."""
    return ", ".join(f"{known[axis.key].title} {short(cell[axis.key].value)}" for axis in axes)


def is_noisy(scenario: Scenario, *axes: Axis) -> bool:
    """Whether there is noise in some of the cells, so that seeds make a difference."""
    return bool(scenario.noise) or any(axis.key == "noise" for axis in axes)


@dataclass(frozen=True, eq=False)
class SweepMap:
    """The result of a sweep. All arrays have the shape (rows, columns), y upwards in rows.

    Attributes:
        sweep: what was swept.
        final: the median over starts and seeds of the final loss above the lowest, of the loss itself on a landscape without a lowest; what
            diverged counts as infinite.
        steps: the median number of steps until the loss is within the tolerance; infinite where half of them or more never get there,
            NaN on a landscape without a lowest loss.
        converged: the share of trajectories that end within the tolerance, 0 to 1; NaN on a landscape without a lowest loss.
        climbed: the share that end higher than they started, or diverge.
        diverged: the share that left float range.
    """

    sweep: Sweep
    final: Array
    steps: Array
    converged: Array
    climbed: Array
    diverged: Array

    @property
    def nbytes(self) -> int:
        """The memory that it takes, in bytes."""
        return sum(array.nbytes for array in (self.final, self.steps, self.converged, self.climbed, self.diverged))

    @property
    def measured(self) -> npt.NDArray[np.bool_]:
        """In which cells there is a lowest loss to measure from."""
        return np.isfinite(self.converged)

    @property
    def conditions(self) -> tuple[str, ...]:
        """The axes, "x" and "y", whose quantity makes another landscape of each cell: a condition, under which one chooses the other."""
        return tuple(name for name, axis in (("x", self.sweep.x), ("y", self.sweep.y)) if in_landscape(axis.key))

    def best_by(self, measure: str) -> tuple[int, int] | None:
        """The column and row of the best cell of those that can be compared, None if there are none or all diverged.

        Cells of different landscapes cannot: where one axis is a condition they are the cells with the value nearest to the scenario's own,
        and where both are there are none. Where only some landscapes have a lowest loss, it is one of theirs.

        Args:
            measure: "final loss", the lowest, of those that are equally low the soonest; "steps", the fewest, or "converged", the largest
                share, of those that are equal the one with the lowest final loss.

        Raises:
            KeyError: another measure; the message lists these.
        """
        best = self.bests_by(measure)
        if not self.conditions or not best:
            return best[0] if best else None
        along = self.conditions[0] == "y"
        axis = self.sweep.y if along else self.sweep.x
        own = axis.nearest(float(axis.coordinate(float(quantities(self.sweep.scenario)[axis.key].value))))
        return min(best, key=lambda cell: abs(cell[along] - own))

    def bests_by(self, measure: str) -> list[tuple[int, int]]:
        """The column and row of the best cell under each condition, that of the whole map if there is none; see `best_by`."""
        final = np.where(self.measured | ~self.measured.any(), self.final, np.inf)
        keys = {"final loss": (final, self.steps), "steps": (self.steps, final), "converged": (-self.converged, final)}
        first, second = lookup(keys, measure, "measure")
        if len(self.conditions) == 2:
            return []
        rows, columns = (index.ravel() for index in np.indices(final.shape))
        groups = {"x": columns, "y": rows}[self.conditions[0]] if self.conditions else np.zeros_like(rows)
        order = np.lexsort((second.ravel(), first.ravel(), groups))
        leaders = order[np.unique(groups[order], return_index=True)[1]]
        return [(int(columns[cell]), int(rows[cell])) for cell in leaders if np.isfinite(final[rows[cell], columns[cell]])]

    def cell(self, column: int, row: int) -> Scenario:
        """The scenario of a cell, to play it."""
        return self.sweep.cell(column, row)

    def described(self, column: int, row: int) -> str:
        """The values of a cell in words: "learning rate 0.05, momentum 0.9"."""
        return described(quantities(self.sweep.scenario), quantities(self.cell(column, row)), self.sweep.x, self.sweep.y)


def _measures(final: Array, reached: npt.NDArray[np.int32], initial: Array, lowest: Array, tolerance: Array) -> dict[str, Array]:
    """The measures of all cells from those of their trajectories, shape (cells, trajectories)."""
    below = np.where(np.isfinite(lowest), lowest, 0.0)[:, None]
    lost = np.isnan(final)
    ended = measures.diverged_as_infinity(final)
    steps = measures.never_as_infinity(reached)
    known = np.isfinite(lowest)
    return {
        "final": measures.median(ended - below),
        "steps": np.where(known, measures.median(steps), np.nan),
        "converged": np.where(known, np.mean(ended <= (lowest + tolerance)[:, None], axis=1), np.nan),
        "climbed": np.mean((ended > initial) | lost, axis=1),
        "diverged": np.mean(lost, axis=1),
    }
