"""The loss of a network at many points of a plane, and its slopes along both directions, on arrays that are kept between the calls."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from formulas.program import Call, run_calls
from networks.network import Network
from networks.passes import Passes, bytes_of, mean_of, rows_of
from networks.planes.reparametrized import Reparametrized
from networks.running import in_place, one_thread
from parameters import Array

_CACHE = 2_000_000
"""Bytes of arrays that are computed on together: they are used again and again, so the processor's own cache is to hold them."""
_EXAMPLES = 256
"""So many examples are looked at together where only losses are wanted, or somewhat fewer: eights, so that products have no edge within
them, where BLAS rounds otherwise."""
_MANY_INPUTS = 8
"""From here on the first layer's sums are put together from those of the origin and of both directions, which takes less than products."""
_LARGEST = 32_000_000
"""Bytes that these may take."""
_KEPT = 8
"""Sets of arrays that are kept."""


class Evaluation:
    """The loss of a network on a plane through its weights, and its slopes there.

    What it gives for a point depends on that point only, to the last bit, whatever is asked for beside it. Several threads may ask at the
    same time.

    Args:
        net: the network.
        origin, directions: the plane, shapes (P,) and (2, P).
        x, y: the examples. Batch normalization uses their statistics.
        l2, l1: penalties on the weights, as in `Network.loss`.
    """

    def __init__(
        self, net: Network, origin: Array, directions: Array, x: npt.ArrayLike, y: npt.ArrayLike, l2: float = 0.0, l1: float = 0.0
    ) -> None:
        faster = Reparametrized(net)
        self.net, self.behind, self.activate = faster.net, faster.behind, faster.activate
        self.by_powers = faster.by_powers and not net.batch_norm
        inputs, targets = net.check_examples(x, y)
        self._of, self._basis, self._l2, self._l1 = net, np.concatenate([origin[None], directions]), l2, l1
        self.packed: Array = self.net.layout.pack(faster.weights(self._basis))
        self.rows = rows_of(self.net, inputs, None if targets is None else faster.targets(targets))
        self.turned = np.ascontiguousarray(self.rows[0].T)
        self.count: int = self.rows.shape[1]
        tile = -(-self.count // -(-self.count // _EXAMPLES)) if self.count else 0
        self.together: int = self.count if self.net.batch_norm else min(tile + -tile % 8, self.count)
        self._free: list[_Points] = []
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in ("_free", "_lock")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _free=[], _lock=threading.Lock())

    def value(self, points: Array) -> Array:
        """The losses at points of shape (2, N): shape (N,)."""
        return np.asarray(self._collect(points, slopes=False)[0])

    def value_and_gradient(self, points: Array) -> tuple[Array, Array]:
        """Losses and slopes: shapes (N,) and (2, N)."""
        found = self._collect(points, slopes=True, losses=True)
        return found[0], found[1:]

    def gradient(self, points: Array) -> Array:
        """The slopes along both directions: shape (2, N)."""
        return self._collect(points, slopes=True, losses=False)[1:]

    def _collect(self, points: Array, slopes: bool, losses: bool = True) -> Array:
        """Rows: losses, where they are wanted, and slopes, where they are: shape (1 or 3, N)."""
        count = points.shape[1]
        found = np.empty((3 if slopes else 1, count))
        size = min(self.at_once(slopes), count)
        with one_thread(), in_place():
            for first in range(0, count, size or 1):
                part = slice(first, min(first + size, count))
                with self._points(part.stop - first, slopes) as some:
                    some.write(points[:, part], found[:, part], losses)
        self.penalize(points, found, losses)
        return found

    def at_once(self, slopes: bool) -> int:
        """How many points to compute on together."""
        if slopes:
            return max(1, _CACHE // bytes_of(self.net, self.count))
        units = sum(self.net.sizes[1:]) + len(self.net.sizes) + 4 * self.net.sizes[-1]
        fits = max(1, _CACHE // (8 * (units * self.together + 2 * self.net.size)))
        return fits - fits % 8 if fits > 8 else fits

    @contextmanager
    def _points(self, runs: int, slopes: bool) -> Iterator[_Points]:
        """Arrays for so many points, which no other thread uses meanwhile."""
        with self._lock:
            index = next((i for i, each in enumerate(self._free) if (each.runs, each.with_slopes) == (runs, slopes)), None)
            some = None if index is None else self._free.pop(index)
        some = some or _Points(self, runs, slopes)
        yield some
        with self._lock:
            self._free.insert(0, some)
            del self._free[_KEPT:]

    def penalize(self, points: Array, found: Array, losses: bool = True) -> None:
        """Add the penalties to losses and slopes at points of shape (2, N), rows as in `_collect`."""
        if not (self._l2 or self._l1):
            return
        origin, *directions = self._basis
        weights = origin + points[0][:, None] * directions[0] + points[1][:, None] * directions[1]
        penalty = self._of.penalty(weights, self._l2, self._l1)
        if losses and penalty is not None:
            found[0] += penalty
        if len(found) > 1:
            slopes = self._of.penalty_slopes(weights, self._l2, self._l1)
            found[1:] += [np.vecdot(slopes, direction) for direction in directions]

    @cached_property
    def layer_sums(self) -> Array:
        """What the first layer adds up for the origin and for each direction, shape (3, units, n)."""
        return np.asarray(self.net.layout.matrices(self.packed)[0] @ self.rows[0, :, : self.net.sizes[0] + 1].T)

    @property
    def first_sums(self) -> Array | None:
        """The same; None where a product takes less."""
        layer = self.net.layers[0]
        return None if layer.inputs < _MANY_INPUTS or 24 * layer.outputs * self.count > _LARGEST else self.layer_sums


class _Points:
    """Arrays for some points of a plane, and the calls that compute on them."""

    def __init__(self, of: Evaluation, runs: int, slopes: bool) -> None:
        self._of, self.runs, self.with_slopes = of, runs, slopes
        net, (origin, *directions) = of.net, of.packed
        together = of.count if slopes else of.together
        self._rows = of.rows if together == of.count else np.empty((1, together, of.rows.shape[2]))
        self._turned = of.turned if together == of.count else np.empty((of.rows.shape[2], together))
        self._at = np.ones((3, runs))
        a, b = self._at[1, :, None], self._at[2, :, None]
        packed, aside = np.empty((runs, net.size)), np.empty((runs, net.size))
        self._sums = None if of.first_sums is None else np.empty((3, net.sizes[1], together))
        self._passes = _PlanePasses(net, self._rows, runs, slopes, self._turned, self._at, self._sums)
        self._weigh: list[Call] = [
            (np.multiply, (a, directions[0], packed)),
            (np.add, (packed, origin, packed)),
            (np.multiply, (b, directions[1], aside)),
            (np.add, (packed, aside, packed)),
        ]
        self._forward = self._passes.forward(packed)
        self._directions = directions
        if slopes:
            self._by_weights = np.zeros((runs, net.size))
            self._backward: list[Call] = [
                (np.multiply, (packed, np.array(of.behind), aside)),
                *self._passes.backward(aside, self._by_weights),
            ]

    def write(self, points: Array, out: Array, losses: bool) -> None:
        """What `Evaluation._collect` gives for so many points."""
        of, passes = self._of, self._passes
        self._at[1:] = points
        run_calls(self._weigh)
        total = np.empty((self.runs, of.count)) if losses else None
        step = self._rows.shape[1]
        for first in range(0, of.count, step):
            first = min(first, of.count - step)  # the last ones overlap, so that there are always as many
            some = slice(first, first + step)
            if self._rows is not of.rows:
                np.copyto(self._rows, of.rows[:, some])
                np.copyto(self._turned, of.turned[:, some])
            if self._sums is not None and of.first_sums is not None:
                np.copyto(self._sums, of.first_sums[:, :, some])
            run_calls(self._forward)
            if total is not None:
                total[:, some] = passes.each_loss()
        if total is not None:
            out[0] = mean_of(total)
        if self.with_slopes:
            run_calls(self._backward)
            for direction, along, row in zip(self._directions, passes.along, out[1:], strict=True):
                np.add(np.vecdot(self._by_weights, direction), along, row)


class _PlanePasses(Passes):
    """Passes whose first layer need not multiply: its sums are linear in both coordinates.

    Args:
        turned: the rows as columns, which are multiplied by and compared with in half the time: shape (width, n).
        at: a row of ones and the coordinates, shape (3, R).
        sums: of the first layer at the origin and along each direction, shape (3, units, n); None if it is to multiply as others do.

    Attributes:
        along: what the first layer's weights contribute to the slopes along both directions, after `backward`, shape (2, R).
    """

    def __init__(self, net: Network, rows: Array, runs: int, slopes: bool, turned: Array, at: Array, sums: Array | None) -> None:
        super().__init__(net, rows, runs, slopes=slopes)
        inputs = net.sizes[0] + 1
        self.below[0], self.targets = turned[None, :inputs], turned[None, inputs:]
        self._at, self._first = at, sums
        self.along = np.zeros((2, runs))

    def _sums(self, index: int, matrix: Array, out: Array) -> list[Call]:
        if index or self._first is None:
            return super()._sums(index, matrix, out)
        flat = (self.below[1] if self.hidden else self.outputs).reshape(self.runs, 1, -1)[:, :, : self._first[0].size]
        return [(np.matmul, (self._at.T[:, None], self._first.reshape(1, 3, -1), flat))]

    def backward(self, packed: Array, out: Array, first: int = 0) -> list[Call]:
        """As for all passes; of one hidden layer below one output, without the signals of each unit for each example."""
        slopes = self.slopes[0] if len(self.hidden) == 1 else None
        if slopes is None or slopes.dtype == np.bool_ or self.normalizations or self._first is not None or self.outputs.shape[1] > 1:
            return super().backward(packed, out, first)
        (_, behind), (by_first, by_last) = self.net.layout.matrices(packed), self.net.layout.matrices(out)
        return [
            *self.net.measure.slopes(self.outputs, self.targets, self.signals[-1]),
            *self._by_weights(1, by_last),
            (np.multiply, (slopes, self.signals[-1], slopes)),
            (np.matmul, (slopes, self._below_turned[0], by_first)),
            (np.multiply, (by_first, behind[:, :, :-1].swapaxes(1, 2), by_first)),
        ]

    def _by_weights(self, index: int, out: Array) -> list[Call]:
        if index or self._first is None:
            return super()._by_weights(index, out)
        signals = self.signals[0].reshape(self.runs, -1)
        return [(_vecdot, (signals, sums.reshape(-1), along)) for sums, along in zip(self._first[1:], self.along, strict=True)]


def _vecdot(rows: Array, row: Array, out: Array) -> None:
    np.vecdot(rows, row, out=out)
