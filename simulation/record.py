"""What a run writes down: positions, losses, and what becomes of each trajectory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from machine.buffers import POOL
from parameters import Array

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Record:
    """What is written down of some trajectories.

    Attributes:
        positions, losses: a row for each step that is kept, shapes (rows, d, n) and (rows, n).
        diverged_at, frozen_at: as in `simulation.Run`, shape (n,).
        reached: likewise; None where there is no goal.
        trials: how many step lengths had been tried at each step that is kept, shape (rows, n); None where they are not counted.
    """

    positions: Array
    losses: Array
    diverged_at: Integers
    frozen_at: Integers
    reached: Integers | None
    trials: Array | None = None

    @classmethod
    def empty(cls, rows: int, dimension: int, count: int, goal: bool, trials: bool = False) -> Record:
        """Room for so many rows of so many trajectories."""
        diverged_at, frozen_at = np.full(count, -1, dtype=np.int64), np.full(count, -1, dtype=np.int64)
        reached = np.zeros(count, dtype=np.int64) if goal else None
        counted = np.zeros((rows, count)) if trials else None
        return cls(POOL.empty(rows, dimension, count), POOL.empty(rows, count), diverged_at, frozen_at, reached, counted)

    def of(self, first: int, last: int) -> Record:
        """That of neighbouring trajectories, in the same memory."""
        part = slice(first, last)
        reached = None if self.reached is None else self.reached[part]
        trials = None if self.trials is None else self.trials[:, part]
        return Record(self.positions[:, :, part], self.losses[:, part], self.diverged_at[part], self.frozen_at[part], reached, trials)

    def put(self, places: npt.NDArray[np.intp], other: Record) -> None:
        """Write another record over some trajectories."""
        self.positions[:, :, places], self.losses[:, places] = other.positions, other.losses
        self.diverged_at[places], self.frozen_at[places] = other.diverged_at, other.frozen_at
        if self.reached is not None and other.reached is not None:
            self.reached[places] = other.reached
        if self.trials is not None and other.trials is not None:
            self.trials[:, places] = other.trials

    def end(self, places: npt.NDArray[np.intp], found: Integers, kept: Integers) -> None:
        """Note at which step some trajectories have left float range, -1 where they have not; from there on nothing is known of them.

        Args:
            places: which trajectories.
            found: the step of each.
            kept: the steps that the rows belong to.
        """
        self.diverged_at[places] = found
        gone = (found >= 0) & (kept[:, None] >= found)
        rows, columns = np.nonzero(gone)
        self.positions[rows, :, places[columns]] = np.nan
        self.losses[rows, places[columns]] = np.nan
        if self.reached is not None:
            late = places[(found >= 0) & (self.reached[places] >= found)]
            self.reached[late] = -1
