"""Gaussian noise on the gradient, from a stream that depends on the seed and the trajectory's number only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from parameters import Array

GROUP = 64
"""Trajectories that share a generator. Each still has its own numbers, whichever others run with it."""
_KEPT = 500_000
"""Numbers drawn ahead of time."""


class Noise:
    """Standard normal numbers for some trajectories, step after step.

    Args:
        seed: chooses the streams.
        numbers: of the trajectories, shape (N,); equal numbers have the same noise.
        dimension: the number of coordinates, d.
    """

    def __init__(self, seed: int, numbers: npt.NDArray[np.int64], dimension: int) -> None:
        groups, position = np.unique(numbers // GROUP, return_inverse=True)
        columns = position * GROUP + numbers % GROUP
        contiguous = np.array_equal(columns, np.arange(columns[0], columns[0] + columns.size))
        self._columns = slice(int(columns[0]), int(columns[-1]) + 1) if contiguous else columns
        self._generators = [np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, int(group)]))) for group in groups]
        self._steps = max(1, min(64, _KEPT // (dimension * GROUP * groups.size)))
        self._numbers = np.empty((groups.size, self._steps, dimension, GROUP))
        self._next = self._steps

    def draw(self) -> Array:
        """The numbers for the next step, shape (d, N)."""
        if self._next == self._steps:
            for generator, numbers in zip(self._generators, self._numbers, strict=True):
                generator.standard_normal(out=numbers)
            self._next = 0
        step = self._numbers[:, self._next].swapaxes(0, 1)
        step = step.reshape(len(step), -1)
        self._next += 1
        return step[:, self._columns]
