"""The result of a run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landscapes import Landscape
from optimizers import Optimizer, Schedule
from parameters import Array, Value
from simulation.objective import Objective


@dataclass(frozen=True, eq=False)
class Run:
    """The trajectories of one optimizer on one objective, a landscape say.

    Attributes:
        positions: shape (steps + 1, d, N), the starts included; with `keep="last"` only the end, (1, d, N); otherwise a row for each step
            that was kept.
        losses: the loss at every position, shape (rows, N).
        diverged_at: shape (N,), the first index along the path at which a trajectory has left float range, -1 where it never did. From
            there on its positions and losses are NaN.
        objective, optimizer, steps, schedule, noise, seed: what was run.
        kept: the number of the step that each row belongs to, shape (rows,).
        reached: the first step at which the loss was at most the goal, shape (N,), -1 where it never was; None where no goal was given.
        frozen_at: shape (N,), the step from which on a coordinate stands still for ever, or is moved by weight decay only, because what
            the optimizer remembers of it has overflowed (a squared slope, say, by whose root the step is divided), -1 where none is. The
            positions stay finite.
        trials: how many step lengths had been tried by each kept step, shape (rows, N); None where they were not counted. A method that
            does not search for its step lengths tries none.
        engine: what it ran on, "numpy" or "machine"; that changes no number.
    """

    positions: Array
    losses: Array
    diverged_at: npt.NDArray[np.int64]
    objective: Objective
    optimizer: Optimizer
    steps: int
    schedule: Schedule | None
    noise: Value
    seed: int
    kept: npt.NDArray[np.int64]
    reached: npt.NDArray[np.int64] | None
    frozen_at: npt.NDArray[np.int64]
    engine: str = "numpy"
    trials: Array | None = None

    @property
    def landscape(self) -> Landscape:
        """What is descended, where that is a landscape.

        Raises:
            ValueError: it is another objective, of which nothing is known but its values and gradients.
        """
        if not isinstance(self.objective, Landscape):
            raise ValueError(f"{self.objective.name} is no landscape: it has no window, no known minima and no picture")
        return self.objective

    @property
    def dimension(self) -> int:
        """The number of coordinates, d."""
        return self.objective.dimension

    @property
    def count(self) -> int:
        """The number of trajectories."""
        return self.diverged_at.size

    @property
    def starts(self) -> Array:
        """Where the trajectories start, shape (d, N); needs the path.

        Raises:
            ValueError: the run did not keep its starts.
        """
        if self.kept[0] != 0:
            raise ValueError("this run did not keep its starts; run it with keep='path' to know where it started")
        starts: Array = self.positions[0]
        return starts
