"""What a training writes down of its networks at the steps to be kept, and where they diverge."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from networks.dataset import Dataset
from networks.running import in_place
from networks.training.chunk import Chunk, Plan
from networks.training.result import Training
from parameters import Array
from simulation.progress import Lanes, Reporter


class Record:
    """What a training writes down.

    Args:
        plan: what is trained.
        kept: the numbers of the steps to be kept, rising.
    """

    def __init__(self, plan: Plan, kept: npt.NDArray[np.int64]) -> None:
        self.plan, self.kept = plan, kept
        runs, size = plan.starts.shape
        hidden = sum(plan.net.sizes[1:-1]) if plan.net.batch_norm else 0
        self.weights = np.empty((kept.size, runs, size))
        self.statistics = np.empty((kept.size, runs, 2 * hidden))
        self.losses = np.full((kept.size, runs), np.nan)
        self.ratios = np.full((kept.size, runs, len(plan.net.layers)), np.nan)
        self.diverged_at = np.full(runs, -1, dtype=np.int64)
        self.trials = np.zeros((kept.size, runs))
        self.states = {name: np.full((kept.size, runs, size), np.nan) for name in plan.states}
        self._row = {int(step): row for row, step in enumerate(kept)}
        self._first = np.array([layer.weight.start for layer in plan.net.layers])

    def run(self, lanes: Lanes, reporter: Reporter, pace: int) -> None:
        """Train some of the networks."""
        mine = slice(int(lanes[0]), int(lanes[-1]) + 1)
        plan = self.plan
        finite, sums, good = np.zeros(lanes.size, dtype=np.int64), np.empty(lanes.size, plan.dtype), np.empty(lanes.size, dtype=bool)
        with in_place():
            chunk = Chunk(plan, mine)
            self._keep(chunk, mine, 0)
            for t in reporter.steps(plan.steps, lanes.size * pace):
                row = self._row.get(t)
                if row is not None:
                    chunk.wants_losses = True
                    before = chunk.weights.copy()
                chunk.advance(t)
                np.isfinite(np.add.reduce(chunk.weights, axis=1, out=sums), out=good)
                np.add(finite, good, finite)
                if row is not None:
                    self.losses[row, mine] = chunk.batch_losses if not chunk.wants_losses else np.nan
                    self.ratios[row, mine] = self._lengths(chunk.weights - before) / self._lengths(before)
                    self._keep_states(chunk, mine, row)
                self._keep(chunk, mine, t + 1)
            if plan.steps:
                self._keep_states(chunk, mine, len(self.kept) - 1)
        gone = finite < plan.steps
        self.diverged_at[mine] = np.where(gone, finite + 1, -1)

    def _keep(self, chunk: Chunk, mine: slice, step: int) -> None:
        row = self._row.get(step)
        if row is None:
            return
        self.plan.net.layout.write(chunk.weights, self.weights[row, mine])
        self.statistics[row, mine] = chunk.statistics
        self.trials[row, mine] = chunk.trials

    def _keep_states(self, chunk: Chunk, mine: slice, row: int) -> None:
        for name, array in self.states.items():
            self.plan.net.layout.write(chunk.remembered(name), array[row, mine])

    def _lengths(self, packed: Array) -> Array:
        """How long each layer's part of packed weights is, shape (n, layers)."""
        return np.asarray(np.sqrt(np.add.reduceat(packed * packed, self._first, axis=1)))

    def result(self, sets: tuple[Dataset, ...]) -> Training:
        """The training, with everything after a network has diverged marked."""
        plan = self.plan
        training = Training(
            plan.net,
            sets,
            plan.optimizer,
            plan.schedule,
            self.weights,
            self.kept,
            self.diverged_at,
            self.losses,
            self.ratios,
            self.statistics,
            self.trials,
            self.states,
        )
        gone = (self.diverged_at >= 0) & (self.kept[:, None] >= self.diverged_at)
        self.weights[gone], self.losses[gone], self.ratios[gone] = np.nan, np.nan, np.nan
        return training
