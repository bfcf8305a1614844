"""Sweeps of networks: two numbers of an experiment against each other, each cell without and with batch normalization."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from lab.asked import check_methods
from lab.axes import Axis, narrowed
from lab.executors import Executor, Publish, gather
from lab.network_tiles import NetworkBatch, batches_of
from lab.quantities import quantities
from lab.sweeps import check_axes, described
from limits import NETWORK_SWEEP_STEPS
from parameters import Array, lookup
from scenario import Experiment
from scenario.address import with_values
from scenario.endings import guessing_loss
from simulation import measures

NORMALIZATIONS = (False, True)
"""Whether there is batch normalization, in each of a sweep's maps."""


@dataclass(frozen=True)
class NetworkSweep:
    """The task to train an experiment of one optimizer and one initialization in every cell of a grid of two quantities, without and with
    batch normalization.

    All cells have the same random numbers: they differ by the two quantities and by the normalization, and nothing else.

    Args:
        experiment: its own batch normalization does not matter.
        x, y: the axes.

    Raises:
        KeyError, ValueError: a quantity is unknown, used twice, or leaves its range; the sweep is too large; or its optimizer cannot train
            the largest of its networks.
    """

    experiment: Experiment
    x: Axis
    y: Axis

    def __post_init__(self) -> None:
        check_axes(self.experiment, self.x, self.y)
        self._check_batches()
        for cell in self._corners:
            check_methods(cell.replace(batch_norm=True))
        if self.work > (most := NETWORK_SWEEP_STEPS.value):
            asked = f"{self.x.count} x {self.y.count} networks, without and with batch normalization,"
            raise ValueError(
                f"{asked} are {self.work / most:.1f} times as much as can be trained while somebody waits; choose fewer cells, steps "
                "or examples, or smaller networks"
            )

    def _check_batches(self) -> None:
        largest = max([self.experiment.batch, *(int(axis.high) for axis in (self.x, self.y) if axis.key == "batch")])
        fewest = min(len(cell.build_data().x) for cell in self._corners)
        if largest > fewest:
            raise ValueError(f"a batch of {largest:,} has more than the {fewest:,} examples; choose smaller batches, or more examples")

    @property
    def _corners(self) -> list[Experiment]:
        return [self.cell(column, row, False) for column in (0, self.x.count - 1) for row in (0, self.y.count - 1)]

    @cached_property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return sum(part.work for part in self._batches[0])

    def cell(self, column: int, row: int, batch_norm: bool) -> Experiment:
        """The experiment of a cell."""
        values = {axis.key: float(axis.values[index]) for axis, index in ((self.x, column), (self.y, row))}
        return with_values(self.experiment, values).replace(batch_norm=batch_norm)

    def nearest(self, x: float, y: float) -> tuple[int, int]:
        """The column and row of the cell that is drawn nearest to a point of the map, given in coordinates of the axes."""
        return self.x.nearest(x), self.y.nearest(y)

    def narrowed(self, x: tuple[float, float], y: tuple[float, float]) -> NetworkSweep:
        """The finer sweep of a box of the map, as `Sweep.narrowed`."""
        return replace(self, x=narrowed(self.x, x), y=narrowed(self.y, y))

    @property
    def _batches(self) -> tuple[Sequence[NetworkBatch], Sequence[npt.NDArray[np.intp]]]:
        return _batches_of(self.experiment, self.x, self.y)

    def compute(self, execute: Executor, publish: Publish[NetworkMaps]) -> NetworkMaps:
        """Train the networks of all cells, as many at once as are of one kind."""
        shape = (len(NORMALIZATIONS), self.y.count, self.x.count)
        batches, places = self._batches
        found: dict[str, npt.NDArray[Any]] = {name: np.empty(int(np.prod(shape)), dtype) for name, dtype in NetworkBatch.dtypes.items()}
        for result, place in zip(gather(execute, batches), places, strict=True):
            for name, values in result.items():
                found[name][place] = values
        arrays = {name: values.reshape(shape) for name, values in found.items()}
        guess = guessing_loss(self.experiment.build_data())
        return NetworkMaps(
            tuple(
                NetworkMap(
                    self,
                    batch_norm,
                    measures.diverged_as_infinity(arrays["final"][index]),
                    arrays["test"][index],
                    arrays["accuracy"][index],
                    measures.never_as_infinity(arrays["reached"][index]),
                    guess,
                )
                for index, batch_norm in enumerate(NORMALIZATIONS)
            )
        )


@lru_cache(maxsize=8)
def _batches_of(experiment: Experiment, x: Axis, y: Axis) -> tuple[Sequence[NetworkBatch], Sequence[npt.NDArray[np.intp]]]:
    """The networks of all cells, map by map and row by row."""
    rows = [with_values(experiment, {y.key: float(value)}) for value in y.values]
    cells = [with_values(row, {x.key: float(value)}) for row in rows for value in x.values]
    return batches_of([cell.replace(batch_norm=batch_norm) for batch_norm in NORMALIZATIONS for cell in cells])


@dataclass(frozen=True, eq=False)
class NetworkMap:
    """The result of a sweep without or with batch normalization. All arrays have the shape (rows, columns), y upwards in rows.

    Attributes:
        sweep: what was swept.
        batch_norm: whether sums were normalized; the losses then are by the statistics of the examples to learn from.
        final: the final loss on the examples to learn from; infinite where it overflowed.
        test: that on those for testing; NaN where it overflowed.
        accuracy: the share of those that is right; NaN where it overflowed, and in a regression.
        steps: until the loss on all examples to learn from is at most a quarter of `guess`, at the steps at which that is looked at;
            infinite where it never is.
        guess: the loss of the best answer that is the same for all examples.
    """

    sweep: NetworkSweep
    batch_norm: bool
    final: Array
    test: Array
    accuracy: Array
    steps: Array
    guess: float

    @property
    def title(self) -> str:
        """What tells it from the other map."""
        return f"{'With' if self.batch_norm else 'Without'} batch normalization"

    @property
    def learns(self) -> npt.NDArray[np.bool_]:
        """Which cells come down to a quarter of `guess`."""
        return np.isfinite(self.steps)

    def best_by(self, measure: str) -> tuple[int, int] | None:
        """The column and row of the best cell, None if none has the measure.

        Args:
            measure: "final loss", "test loss", "accuracy" or "steps"; of cells that are equally good the one with the lowest final loss.

        Raises:
            KeyError: another measure; the message lists these.
        """
        keys = {"final loss": self.final, "test loss": self.test, "accuracy": -self.accuracy, "steps": self.steps}
        values = lookup(keys, measure, "measure")
        if not np.isfinite(values).any():
            return None
        order = np.lexsort((self.final.ravel(), np.where(np.isnan(values), np.inf, values).ravel()))
        row, column = np.unravel_index(order[0], self.final.shape)
        return int(column), int(row)

    def cell(self, column: int, row: int) -> Experiment:
        """The experiment of a cell, to play it."""
        return self.sweep.cell(column, row, self.batch_norm)

    def described(self, column: int, row: int) -> str:
        """The values of a cell in words: "learning rate 0.05, scale 2"."""
        return described(quantities(self.sweep.experiment), quantities(self.cell(column, row)), self.sweep.x, self.sweep.y)


@dataclass(frozen=True, eq=False)
class NetworkMaps:
    """The maps of a sweep: for each of `NORMALIZATIONS` one."""

    maps: tuple[NetworkMap, ...]

    @property
    def nbytes(self) -> int:
        """The memory that they take, in bytes."""
        return sum(array.nbytes for each in self.maps for array in (each.final, each.test, each.accuracy, each.steps))
