"""Gaussian noise on the gradient, by counter: a number depends on the seed, the trajectory's number, the step and the coordinate only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from formulas.libm.in_numpy import Routine
from formulas.libm.native import available
from formulas.libm.normal import normal_sequence
from formulas.libm.philox import WORD, Words, philox, round_keys
from parameters import Array
from simulation.noise_code import filler

_AHEAD = 8192
"""Pairs of numbers drawn together, for several steps where there are few trajectories."""
_MOST_STEPS = 64
_COMPILED_FROM = 128
"""Fewer pairs a step are drawn by NumPy, so that no machine code has to be made for a few."""
_ONE = np.array(1023 << 52, dtype=np.uint64)
_TWENTY, _TWELVE, _LAST = (np.array(shift, dtype=np.uint64) for shift in (20, 12, 63))
_pairs = Routine(normal_sequence())


class Noise:
    """Standard normal numbers for some trajectories, step after step.

    Args:
        seed: chooses the numbers; its last 64 bits count.
        numbers: of the trajectories, shape (N,); equal numbers have the same noise.
        dimension: the number of coordinates, d.
        compiled: whether machine code draws them, where it can be had; if not given, where there are many. The numbers are the same.
    """

    def __init__(self, seed: int, numbers: npt.NDArray[np.int64], dimension: int, compiled: bool | None = None) -> None:
        self._seed, self._numbers = seed & ((WORD << 32) | WORD), np.ascontiguousarray(numbers, dtype=np.int64)
        self._dimension, halves = dimension, (dimension + 1) // 2
        self._steps = max(1, min(_MOST_STEPS, _AHEAD // max(1, halves * numbers.size)))
        self._drawn = np.empty((self._steps, halves, 2, numbers.size))
        pays = halves * numbers.size >= _COMPILED_FROM if compiled is None else compiled
        self._fill = self._fill_compiled if pays and available() else self._fill_by_numpy
        self._next, self._first = self._steps, 0

    def draw(self) -> Array:
        """The numbers for the next step, shape (d, N); they are overwritten some steps later."""
        if self._next == self._steps:
            self._fill()
            self._first += self._steps
            self._next = 0
        self._next += 1
        step: Array = self._drawn[self._next - 1].reshape(-1, self._numbers.size)[: self._dimension]
        return step

    def _fill_compiled(self) -> None:
        """Coordinates 2j and 2j + 1 of a trajectory at a step are the pair of the counter (number, step, j)."""
        _, halves, _, count = self._drawn.shape
        for pair in range(halves):
            out, row = self._drawn[0, pair].ctypes.data, 2 * halves * count
            key = self._seed & WORD, self._seed >> 32
            filler()(self._numbers.ctypes.data, count, self._first, self._steps, pair, *key, out, row)

    def _fill_by_numpy(self) -> None:
        """The same."""
        steps, halves, _, count = self._drawn.shape
        even, odd, scratch = (np.empty((2, steps, halves, count), dtype=np.uint64) for _ in range(3))
        numbers = self._numbers.astype(np.uint64)
        even[0], odd[0] = numbers & np.uint64(WORD), numbers >> np.uint64(32)
        even[1] = np.arange(self._first, self._first + steps, dtype=np.uint64)[:, None, None]
        odd[1] = np.arange(halves, dtype=np.uint64)[:, None]
        first_and_third, second_and_fourth, free = (array.reshape(2, -1) for array in (even, odd, scratch))
        pairs, keys = np.empty(free.shape), round_keys(self._seed)
        for first in range(0, pairs.shape[1], _AHEAD):
            part = slice(first, first + _AHEAD)
            _normal(first_and_third[:, part], second_and_fourth[:, part], free[:, part], keys, pairs[:, part])
        self._drawn[:] = np.moveaxis(pairs.reshape(2, steps, halves, count), 0, 2)


def _normal(even: Words, odd: Words, scratch: Words, keys: Words, out: Array) -> None:
    """The pairs of normal numbers, shape (2, n), of counters."""
    philox(even, odd, keys, scratch)
    np.left_shift(odd[1], _LAST, scratch[0])
    np.bitwise_or(scratch[0], _ONE, scratch[0])  # 1 or -1, by the last bit
    np.left_shift(even, _TWENTY, even)
    np.right_shift(odd, _TWELVE, odd)
    np.bitwise_or(even, odd, even)
    np.bitwise_or(even, _ONE, even)  # from 1 to 2, by 52 bits
    uniform = even.view(np.float64)
    np.subtract(2.0, uniform[0], uniform[0])
    np.subtract(uniform[1], 1.5, uniform[1])
    _pairs(uniform[0], uniform[1], scratch[0].view(np.float64), out[0], out[1])
