"""Sweeps: two quantities against each other, a run from every start in each cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod

import numpy as np
import numpy.typing as npt

from lab.quantities import built, distinct, quantities, with_values
from lab.tiles import Batch, batch
from lab.work import Execute, Publish, gather
from parameters import Array, lookup, short
from scenario import Scenario
from simulation.ends import lowest_loss
from simulation.measures import default_tolerance

SPACINGS = ("linear", "log", "one minus")
MOST_CELLS = 201
"""Cells along an axis, at most."""
MOST_LANES, MOST_WORK = 8_000_000, 20_000_000_000
"""Trajectories of a sweep, and their steps together, at most."""
MOST_LANDSCAPES = 256
"""Different landscapes in a sweep, at most: each is searched for its lowest loss."""
_SMALLEST = 1e-9


@dataclass(frozen=True)
class Axis:
    """The values of one quantity along an axis of a sweep.

    Figures are drawn on a linear coordinate, the value's *place*: the value itself, its logarithm, or, for what is close to 1 as a momentum
    is, the number of nines, -log10(1 - value).

    Args:
        key: the quantity's (`lab.quantities`).
        low, high: the first and the last value.
        count: how many.
        spacing: "linear"; "log", in equal ratios; or "one minus", in equal ratios of 1 - value.

    Raises:
        ValueError: a count, a spacing or a range that cannot be.
    """

    key: str
    low: float
    high: float
    count: int
    spacing: str = "linear"

    def __post_init__(self) -> None:
        if self.spacing not in SPACINGS:
            raise ValueError(f"{self.key}: the spacing {self.spacing!r} is none of {', '.join(SPACINGS)}")
        if not 2 <= self.count <= MOST_CELLS:
            raise ValueError(f"{self.key}: {self.count} cells along an axis cannot be; choose 2 to {MOST_CELLS}")
        if not self.low < self.high:
            raise ValueError(f"{self.key}: the range {short(self.low)} to {short(self.high)} is empty; the smaller value comes first")
        if self.spacing == "log" and self.low <= 0:
            raise ValueError(
                f"{self.key}: a logarithmic axis begins above 0, not at {short(self.low)}; choose a larger value or a linear axis"
            )
        if self.spacing == "one minus" and self.high >= 1:
            raise ValueError(
                f"{self.key}: an axis in nines ends below 1, not at {short(self.high)}; choose a smaller value or a linear axis"
            )

    @cached_property
    def values(self) -> Array:
        """The values, shape (count,)."""
        values = self.value(np.linspace(self.place(self.low), self.place(self.high), self.count))
        values[0], values[-1] = self.low, self.high  # not what rounding makes of them
        return values

    @property
    def places(self) -> Array:
        """Where the values lie on the axis as it is drawn, shape (count,)."""
        return np.asarray(self.place(self.values))

    def place(self, value: float | Array) -> Array:
        """Where a value lies on the axis as it is drawn."""
        if self.spacing == "log":
            return np.log10(value)
        return -np.log10(1 - np.asarray(value)) if self.spacing == "one minus" else np.asarray(value, dtype=np.float64)

    def value(self, place: float | Array) -> Array:
        """The value at a place of the axis."""
        if self.spacing == "log":
            return np.asarray(10.0 ** np.asarray(place))
        return 1 - 10.0 ** -np.asarray(place) if self.spacing == "one minus" else np.array(place, dtype=np.float64)

    def nearest(self, place: float) -> int:
        """The number of the value that is drawn nearest to a place."""
        return int(np.argmin(np.abs(self.places - place)))

    @property
    def text(self) -> str:
        """As a link holds it: "optimizer.lr~0.001~1~log"."""
        return "~".join([self.key, repr(float(self.low)), repr(float(self.high)), self.spacing.replace(" ", "-")])

    @classmethod
    def from_text(cls, text: str, count: int) -> Axis:
        """The axis that a link holds.

        Raises:
            ValueError: it is malformed, or cannot be.
        """
        try:
            key, low, high, spacing = text.split("~")
            limits = float(low), float(high)
        except ValueError:
            raise ValueError(f"{text!r} is no axis; it should be like optimizer.lr~0.001~1~log") from None
        return cls(key, *limits, count, spacing.replace("-", " "))


def axis_for(scenario: Scenario, key: str, count: int = 41) -> Axis:
    """The usual axis of a quantity: what its slider offers, spaced as it is.

    Raises:
        KeyError: the scenario has no such quantity; the message lists those it has.
    """
    declared = lookup(quantities(scenario), key, "quantity").declared
    low, high = declared.reach
    if declared.log:
        return Axis(key, low, high, count, "log")
    return Axis(key, low, high, count, "one minus" if declared.one_minus and high < 1 else "linear")


def default_axes(scenario: Scenario, count: int = 41) -> tuple[Axis, Axis]:
    """The learning rate against the number that matters most beside it: what the optimizer remembers of the past, if it does, else the
    landscape's first parameter, else the noise."""
    known = quantities(scenario)
    across = "optimizer.lr" if "optimizer.lr" in known else next(iter(known))
    others = [quantity for quantity in known.values() if quantity.key != across]
    up = next((quantity for quantity in others if quantity.declared.one_minus), None)
    up = up or next((quantity for quantity in others if quantity.key.startswith("landscape.")), None)
    return axis_for(scenario, across, count), axis_for(scenario, up.key if up else "noise", count)


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
        known = quantities(self.scenario)
        if self.x.key == self.y.key:
            raise ValueError(f"both axes are {self.x.key}; choose two quantities")
        for axis in (self.x, self.y):
            declared = lookup(known, axis.key, "quantity").declared
            for value in (axis.low, axis.high):
                declared.check(round(value) if declared.integer else value, "The sweep")
        shaping = [axis.count for axis in (self.x, self.y) if _shapes(axis.key)]
        if prod(shaping) > MOST_LANDSCAPES:
            raise ValueError(
                f"the sweep has {prod(shaping):,} different landscapes, and at most {MOST_LANDSCAPES} can be searched for their lowest "
                "losses; choose fewer cells, or a quantity of the optimizer for one axis"
            )
        if self.seeds < 1:
            raise ValueError(f"the sweep has {self.seeds} seeds; choose 1 or more")
        if self._lanes > MOST_LANES or self.work > MOST_WORK:
            asked = f"{self.x.count} x {self.y.count} cells from {self._starts.shape[1]:,} starts with {self.seeds} seeds"
            raise ValueError(
                f"{asked} make {self._lanes:,} trajectories of {self.scenario.steps:,} steps, and at most {MOST_LANES:,} trajectories and "
                f"{MOST_WORK:,} steps in all can be swept; choose fewer cells, starts, seeds or steps"
            )

    @property
    def _starts(self) -> Array:
        return self.scenario.start_points()

    @property
    def _lanes(self) -> int:
        return self.x.count * self.y.count * int(self._starts.shape[1]) * self.seeds

    @property
    def work(self) -> int:
        """How much there is to do, in steps of one trajectory."""
        return self._lanes * self.scenario.steps

    def cell(self, column: int, row: int) -> Scenario:
        """The scenario of a cell: what is run in it, with the first seed."""
        return with_values(self.scenario, {axis.key: float(self._values(axis)[index]) for axis, index in ((self.x, column), (self.y, row))})

    def nearest(self, x: float, y: float) -> tuple[int, int]:
        """The column and row of the cell that is drawn nearest to a place of the map."""
        return self.x.nearest(x), self.y.nearest(y)

    def narrowed(self, x: tuple[float, float], y: tuple[float, float]) -> Sweep:
        """The finer sweep of a box of the map, with as many cells.

        Args:
            x, y: from where to where the box reaches, in places of the axes; what lies outside the map is left out.

        Raises:
            ValueError: the box lies outside the map, or is thinner than numbers can tell.
        """
        return replace(self, x=_narrowed(self.x, x), y=_narrowed(self.y, y))

    def compute(self, execute: Execute, publish: Publish[SweepMap]) -> SweepMap:
        """Run all cells, as lanes of one batch for each seed."""
        shape = (self.y.count, self.x.count)
        cells = {key: grid.ravel() for key, grid in self._grids().items()}
        lowest, tolerance = self._goals(cells)
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
        landscape, _, _ = built(self.scenario, values)
        begun = np.tile(landscape.value(all_starts).reshape(lowest.size, count), self.seeds)
        return SweepMap(
            self,
            **{name: array.reshape(shape) for name, array in _told(final, reached, begun, lowest, tolerance).items()},
        )

    def _values(self, axis: Axis) -> Array:
        """The values of an axis; whole numbers where the quantity has only those."""
        whole = quantities(self.scenario)[axis.key].declared.integer
        return np.rint(axis.values) if whole else axis.values

    def _grids(self) -> dict[str, Array]:
        x, y = np.meshgrid(self._values(self.x), self._values(self.y))
        return {self.x.key: x, self.y.key: y}

    def _batch(self, starts: Array, values: Mapping[str, Array], count: int, goal: Array, seed: int) -> Batch:
        numbers = np.tile(np.arange(count), starts.shape[1] // count)
        seeded = self.scenario.but(seed=self.scenario.seed + seed)
        return batch(seeded, starts, ("final", "reached"), values, numbers, goal)

    def _goals(self, cells: Mapping[str, Array]) -> tuple[Array, Array]:
        """The lowest loss of each cell's landscape, and how far above it counts as reached; NaN where there is no lowest."""
        shaping = {key: array for key, array in cells.items() if _shapes(key)}
        if not shaping:
            landscape, count = self.scenario.build_landscape(), next(iter(cells.values())).size
            return np.full(count, lowest_loss(landscape)), np.full(count, default_tolerance(landscape))
        different, which = distinct(shaping)
        surfaces = [
            with_values(self.scenario, {key: float(array[place]) for key, array in different.items()}).build_landscape()
            for place in range(next(iter(different.values())).size)
        ]
        lowest, tolerance = (np.array([of(surface) for surface in surfaces])[which] for of in (lowest_loss, default_tolerance))
        return lowest, tolerance


@dataclass(frozen=True, eq=False)
class SweepMap:
    """What a sweep found. All arrays have the shape (rows, columns), y upwards in rows.

    Attributes:
        sweep: what was swept.
        final: the median over starts and seeds of the final loss above the lowest, of the loss itself on a landscape without a lowest; what
            diverged counts as infinite.
        steps: the median number of steps until the loss is within the tolerance; infinite where most never get there.
        converged: the share of trajectories that end within the tolerance, 0 to 1.
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
        """How much memory it takes."""
        return sum(array.nbytes for array in (self.final, self.steps, self.converged, self.climbed, self.diverged))

    @cached_property
    def best(self) -> tuple[int, int] | None:
        """The column and row of the cell with the lowest final loss; of those that are equally low the soonest. None if all diverged."""
        if not np.isfinite(self.final).any():
            return None
        order = np.lexsort((self.steps.ravel(), self.final.ravel()))
        row, column = np.unravel_index(order[0], self.final.shape)
        return int(column), int(row)

    def cell(self, column: int, row: int) -> Scenario:
        """The scenario of a cell, to play it."""
        return self.sweep.cell(column, row)

    def described(self, column: int, row: int) -> str:
        """The values of a cell in words: "learning rate 0.05, momentum 0.9"."""
        known = quantities(self.sweep.scenario)
        cell = quantities(self.cell(column, row))
        return ", ".join(f"{known[axis.key].title} {short(cell[axis.key].default)}" for axis in (self.sweep.x, self.sweep.y))


def _shapes(key: str) -> bool:
    """Whether a quantity changes the landscape."""
    return key.startswith("landscape.") or key in ("l1", "l2")


def _told(final: Array, reached: npt.NDArray[np.int32], begun: Array, lowest: Array, tolerance: Array) -> dict[str, Array]:
    """The measures of all cells from those of their trajectories, shape (cells, trajectories)."""
    below = np.where(np.isfinite(lowest), lowest, 0.0)[:, None]
    lost = np.isnan(final)
    ended = np.where(lost, np.inf, final)
    steps = np.where(reached >= 0, reached, np.inf)
    return {
        "final": np.median(ended - below, axis=1),
        "steps": _median(steps),
        "converged": np.mean(ended <= (lowest + tolerance)[:, None], axis=1),
        "climbed": np.mean(ended > begun, axis=1),
        "diverged": np.mean(lost, axis=1),
    }


def _median(values: Array) -> Array:
    """Medians over the last axis; the mean of a number and infinity is infinity."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.median(values, axis=1))


def _narrowed(axis: Axis, box: tuple[float, float]) -> Axis:
    first, last = (float(axis.place(limit)) for limit in (axis.low, axis.high))
    low, high = max(min(box), first), min(max(box), last)
    if high - low <= _SMALLEST * (last - first):
        raise ValueError(f"{axis.key}: the box is too thin or lies outside the map; draw a larger one")
    values = (axis.low if low == first else float(axis.value(low)), axis.high if high == last else float(axis.value(high)))
    return replace(axis, low=float(f"{values[0]:.6g}"), high=float(f"{values[1]:.6g}"))
