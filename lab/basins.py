"""Basins of attraction: where a trajectory ends, for every start in the window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lab.asked import check_numbers, check_setup
from lab.executors import Executor, Publish
from lab.quantities import alone
from lab.tiles import Batch, batch
from landscapes import Window
from limits import BASIN_STEPS
from parameters import Array
from scenario import Choice, Scenario
from simulation import measures
from simulation.measures import Outcome

SIZES = (64, 128, 256, 512, 1024)
"""Starts along each side of a map."""
_MINIMA = (Outcome.GLOBAL_MINIMUM, Outcome.LOCAL_MINIMUM)
_OUTPUTS = ("attractor", "outcome", "arrival")


@dataclass(frozen=True, eq=False)
class BasinMaps:
    """Where trajectories end, on a grid of m x m starts for each optimizer of a scenario.

    Attributes:
        scenario: whose optimizers, in its order.
        attractor: where each trajectory comes to rest, as an index into the landscape's `simulation.attractors.attractors`, -1 for nowhere;
            shape (optimizers, m, m), y upwards in rows.
        outcome: how it ends, a `measures.Outcome`, of the same shape.
        arrival: the step from which on it stays at its attractor, as far as a look at each of `lab.tiles.checkpoints` tells, of the same
            shape; -1 where it has none.
    """

    scenario: Scenario
    attractor: npt.NDArray[np.int16]
    outcome: npt.NDArray[np.int8]
    arrival: npt.NDArray[np.int32]

    @property
    def nbytes(self) -> int:
        """The memory that it takes, in bytes."""
        return self.attractor.nbytes + self.outcome.nbytes + self.arrival.nbytes

    @property
    def size(self) -> int:
        """Starts along each side, m."""
        return int(self.attractor.shape[1])

    def shares(self, entrant: int) -> dict[str, float]:
        """The share of starts, 0 to 1, with each `measures.Outcome`, by its label."""
        return measures.shares_of(self.outcome[entrant])

    def share_of_attractor(self, entrant: int, attractor: int) -> float:
        """The share of starts, 0 to 1, whose trajectory comes to rest at an attractor, given by its index."""
        return float(np.mean(self.attractor[entrant] == attractor))

    def arrived(self, entrant: int) -> float:
        """The share of starts, 0 to 1, whose trajectory comes to rest at a minimum, whichever."""
        return float(np.mean(np.isin(self.outcome[entrant], _MINIMA)))

    def median_steps(self, entrant: int) -> float:
        """The median step at which those came to rest that did at a minimum; NaN if none did. Who stalls at a saddle has not arrived."""
        arrival = self.arrival[entrant][np.isin(self.outcome[entrant], _MINIMA)]
        return float(np.median(arrival)) if arrival.size else float("nan")


@dataclass(frozen=True)
class Basins:
    """The task to map the basins of attraction of every optimizer of a scenario.

    The grid is computed coarsely first and refined: each of its n x n starts is run once, those of the coarser grids first.

    Args:
        scenario: its own starts do not matter.
        size: starts along each side, one of `SIZES`.

    Raises:
        ValueError: another size, or more steps than can be mapped.
    """

    scenario: Scenario
    size: int = 256

    def __post_init__(self) -> None:
        check_setup(self.scenario)
        check_numbers(self, "size")
        if self.size not in SIZES:
            raise ValueError(f"a map of basins cannot have {self.size} starts along each side; choose one of {', '.join(map(str, SIZES))}")
        if self.work > (most := BASIN_STEPS.value):
            asked = f"the maps of {len(self.scenario.optimizers)} optimizers from {self.size} x {self.size} starts"
            raise ValueError(
                f"{asked} are {self.work:,} steps, and at most {most:,} can be mapped; choose fewer starts, steps or optimizers"
            )
        object.__setattr__(self, "scenario", self.scenario.replace(starts=Choice("points"), points=()))

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return len(self.scenario.optimizers) * self.size**2 * self.scenario.steps

    def compute(self, execute: Executor, publish: Publish[BasinMaps]) -> BasinMaps:
        """Map them; what is published on the way has fewer starts along each side, and fills as they are run."""
        count, window = len(self.scenario.optimizers), self.scenario.build_landscape().window
        maps: BasinMaps | None = None
        for level in (level for level in SIZES if level <= self.size):
            maps = _finer(maps, self.scenario, count, level)
            rows, columns = new_cells(level)
            stride = self.size // level
            starts = cell_centres(window, self.size, rows * stride, columns * stride)
            numbers = (rows * self.size + columns) * stride
            batches = [self._batch(entrant, starts, numbers) for entrant in range(count)]
            for entrant, lanes, piece in execute(batches):
                for name in _OUTPUTS:
                    getattr(maps, name)[entrant, rows[lanes], columns[lanes]] = piece[name]
                publish(maps)
        assert maps is not None
        return maps

    def _batch(self, entrant: int, starts: Array, numbers: npt.NDArray[np.int64]) -> Batch:
        return batch(alone(self.scenario, entrant), starts, _OUTPUTS, numbers=numbers)


def new_cells(level: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows and columns of the cells of a level's grid that are not on the coarser grid before it; for the first level all."""
    everything = np.arange(level)
    if level == SIZES[0]:
        return everything.repeat(level), np.tile(everything, level)
    pair = np.concatenate([everything[1::2], everything])  # of every other row the odd columns, of the rows between them all
    return everything.repeat(np.tile([level // 2, level], level // 2)), np.tile(pair, level // 2)


def cell_centres(window: Window, size: int, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> Array:
    """The centres of the cells of a size x size grid over the window, shape (2, N), from their rows, upwards, and columns."""
    starts = np.empty((2, rows.size))
    for row, cells, (low, high) in zip(starts, (columns, rows), window, strict=True):
        np.take(low + (high - low) * (np.arange(size) + 0.5) / size, cells, out=row, mode="clip")  # written directly; all cells are inside
    return starts


def _finer(coarse: BasinMaps | None, scenario: Scenario, count: int, level: int) -> BasinMaps:
    """Maps of a level, filled with what is known from the coarser ones."""
    if coarse is None:
        shape = (count, level, level)
        return BasinMaps(scenario, np.full(shape, -1, np.int16), np.full(shape, Outcome.MOVING, np.int8), np.full(shape, -1, np.int32))
    attractor, outcome, arrival = (getattr(coarse, name).repeat(2, axis=1).repeat(2, axis=2) for name in _OUTPUTS)
    return BasinMaps(scenario, attractor, outcome, arrival)
