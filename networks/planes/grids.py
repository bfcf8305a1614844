"""The losses of a network on a grid over a plane, where its first layer need not be computed anew for each point.

Of a network by powers (`networks.planes.reparametrized`) the first layer gives out 1/(1 + 2^(A + aB + bC)): what 2^(A + aB) is for each of
the first coordinates and 2^(bC) for each of the second ones has only to be multiplied.
"""

from __future__ import annotations

import numpy as np

from formulas.program import Call, run_calls
from networks.passes import Passes
from networks.planes.compiled import shares_of_products
from networks.planes.evaluation import Evaluation
from networks.planes.reparametrized import shares_of_powers
from networks.running import in_place, one_thread
from parameters import Array

_LARGEST_POWER = 1000.0
"""Powers of 2 beyond 1,023 are no finite numbers."""
_COLUMNS = 64
"""First coordinates whose powers are kept at a time."""


def separates(of: Evaluation, a: Array, b: Array) -> bool:
    """Whether `losses` can be asked for such coordinates: the network is by powers, and none of them overflows."""
    if not of.by_powers:
        return False
    heights = np.abs(of.layer_sums).max(axis=(1, 2))
    return bool(heights @ [1.0, np.abs(a).max(), np.abs(b).max()] < _LARGEST_POWER)


def losses(of: Evaluation, a: Array, b: Array) -> Array:
    """The losses at all points of coordinates a and b, a row for each of b: shape (len(b), len(a))."""
    found = np.zeros((len(b), len(a)))
    with one_thread(), in_place():
        some = _Columns(of, min(len(a), _COLUMNS), len(b))
        for first in range(0, len(a), _COLUMNS):
            first = max(0, min(first, len(a) - _COLUMNS))  # the last ones overlap, so that there are always as many
            found[:, first : first + _COLUMNS] = some.losses(a[first : first + _COLUMNS], b)
    of.penalize(np.stack([np.tile(a, len(b)), np.repeat(b, len(a))]), found.reshape(1, -1))
    return found


class _Columns:
    """Arrays for a grid of so many columns and rows, some of whose columns are computed on at a time."""

    def __init__(self, of: Evaluation, columns: int, rows: int) -> None:
        self._of, self._runs = of, min(of.at_once(slopes=False), columns)
        units, together = of.net.sizes[1], of.together
        self._rows, self._turned = np.empty((1, together, of.rows.shape[2])), np.empty((of.rows.shape[2], together))
        self._by_a, self._by_b = np.empty((columns, units, together)), np.empty((rows, units, together))
        self._packed = np.empty((self._runs, of.net.size))
        self._passes = _GridPasses(of.net, self._rows, self._runs, slopes=False)
        self._passes.targets = self._turned[None, of.net.sizes[0] + 1 :]
        self._calls = self._passes.forward(self._packed)
        self._firsts: dict[tuple[int, int], list[Call]] = {}

    def losses(self, a: Array, b: Array) -> Array:
        """The losses at all points, shape (len(b), len(a))."""
        of, total = self._of, np.zeros((len(b), len(a)))
        for start in range(0, of.count, of.together):
            begin = min(start, of.count - of.together)  # the last ones overlap, too
            self._look_at(slice(begin, begin + of.together), a, b)
            part = np.empty_like(total)
            for first in range(0, len(a), self._runs):
                first = min(first, len(a) - self._runs)
                self._add_up(slice(first, first + self._runs), a, b, start - begin, part)
            total += part
        return total / of.count

    def _look_at(self, some: slice, a: Array, b: Array) -> None:
        of = self._of
        np.copyto(self._rows, of.rows[:, some])
        np.copyto(self._turned, of.turned[:, some])
        at_origin, along_a, along_b = of.layer_sums[:, :, some]
        np.multiply(a[:, None, None], along_a, out=self._by_a)
        np.add(self._by_a, at_origin, out=self._by_a)
        np.multiply(b[:, None, None], along_b, out=self._by_b)
        for powers in (self._by_a, self._by_b):
            np.exp2(powers, out=powers)

    def _add_up(self, columns: slice, a: Array, b: Array, known: int, out: Array) -> None:
        """The sums of the losses over the examples, without those first ones that are known already."""
        origin, along_a, along_b = self._of.packed
        weights = origin + a[columns, None] * along_a
        for row, coordinate in enumerate(b):
            np.add(weights, coordinate * along_b, out=self._packed)
            run_calls(self._first(columns, row))
            run_calls(self._calls)
            np.add.reduce(self._passes.each_loss()[:, known:], axis=1, out=out[row, columns])

    def _first(self, columns: slice, row: int) -> list[Call]:
        """The calls that make the first layer's activations for some columns and a row."""
        known = self._firsts.get((columns.start, row))
        if known is None:
            powers, more, out = self._by_a[columns], self._by_b[row : row + 1], self._passes.hidden[0]
            by_numpy: list[Call] = [(np.multiply, (powers, more, out)), *shares_of_powers(out)]
            known = self._firsts[columns.start, row] = shares_of_products(powers, more, out) or by_numpy
        return known


class _GridPasses(Passes):
    """Passes whose first layer is computed already."""

    def _sums(self, index: int, matrix: Array, out: Array) -> list[Call]:
        return super()._sums(index, matrix, out) if index else []

    def _activate(self, index: int, sums: Array) -> list[Call]:
        return super()._activate(index, sums) if index else []
