"""Many networks at once on the same or on their own examples: fixed arrays, and the calls that compute on them in place.

Activations are (R, units + 1, n) with a row of ones, so that a product with the weights and the biases behind them is one call for all R
networks. Each network's numbers depend on its own rows only: they are the same bits, however many compute beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from formulas.program import Call, run_calls
from networks.architecture import Architecture
from networks.normalization import Normalization
from networks.running import in_place, one_thread
from parameters import Array

FLAT = 0.02
"""An activation whose slope is below this share of the steepest is saturated: |tanh| > 0.99; of ReLU what is cut off."""
DEAD = 1e-12
"""A unit is dead if its slope is below this for every example."""
Found = TypeVar("Found")
_EXAMPLES = 256
"""So many examples are looked at together where only losses are wanted; 64 and 1,024 were slower."""
CACHE = 6_000_000
"""Bytes of arrays that are computed on together, so that they stay in the processor's cache: 4 to 8 MB were fastest."""


def runs_at_once(net: Architecture, examples: int, arrays: int = 4, bytes_each: int = 8) -> int:
    """How many networks to compute on together.

    Args:
        net: the network.
        examples: how many each of them sees.
        arrays: how many arrays of the weights' size there are for each of them.
        bytes_each: what a number takes.
    """
    return max(1, CACHE // bytes_of(net, examples, arrays, bytes_each))


def bytes_of(net: Architecture, examples: int, arrays: int = 4, bytes_each: int = 8) -> int:
    """How much memory a network takes while it computes. Arguments as for `runs_at_once`."""
    units = sum(net.sizes) + 2 * sum(net.sizes[1:])
    return bytes_each * (units * examples + arrays * net.size)


class Passes:
    """Forward and backward passes of R networks on n examples.

    Args:
        net: the network.
        rows: the examples, shape (1, n, width) if all networks see the same, else (R, n, width): inputs, a 1, targets; see `rows_of`.
        runs: how many networks there are, R.
        slopes: whether slopes are going to be wanted, too.
        dtype: of all numbers.

    Attributes:
        outputs: shape (R, k, n), after the calls of `forward`.
        below: what each layer multiplies, a row of ones last: the inputs, then the hidden activations, shape (R or 1, inputs + 1, n) each.
        hidden: the hidden layers' activations, shape (R, units, n) each.
        slopes: those of their activation functions there, likewise; None where they are 1.
        signals: the slopes of the mean loss by the outputs of each layer before the activation, after the calls of `backward`, shape
            (R, units, n). Those of every second layer share their memory, unless `keep_signals`.
        normalizations: of the hidden layers, if there are any.
        moments: the means of each normalized layer's sums over the examples, then their variances, shape (R, S).
        of_variances: which of those are variances, shape (S,).
        masks: what dropout multiplies the activations by, likewise; to be filled before `forward`.
    """

    def __init__(
        self,
        net: Architecture,
        rows: Array,
        runs: int,
        *,
        slopes: bool = True,
        keep_signals: bool = False,
        dropout: bool = False,
        dtype: type[np.floating] = np.float64,
    ) -> None:
        self.net, self.rows, self.runs = net, rows, runs
        examples, inputs = rows.shape[1], net.sizes[0]
        self._with_ones = rows[:, :, : inputs + 1]
        self.targets = rows[:, :, inputs + 1 :].swapaxes(1, 2)
        below = [self._with_ones.swapaxes(1, 2), *(np.ones((runs, units + 1, examples), dtype) for units in net.sizes[1:-1])]
        self.below = below
        self._below_turned = [self._with_ones, *(array.swapaxes(1, 2) for array in below[1:])]
        self.hidden = [array[:, :-1] for array in below[1:]]
        self.outputs = np.empty((runs, net.sizes[-1], examples), dtype)
        shapes = [array.shape for array in self.hidden]
        ends = 2 * np.cumsum([0, *net.sizes[1:-1]]) if net.batch_norm else np.zeros(1, dtype=int)
        self.moments = np.empty((runs, ends[-1]), dtype)
        self.of_variances = np.repeat(np.arange(2 * (len(ends) - 1)) % 2 == 1, np.repeat(np.diff(ends) // 2, 2))
        self.normalizations = [
            Normalization(shape, self.moments[:, first:last], net.eps)
            for shape, (first, last) in zip(shapes if net.batch_norm else [], pairwise(ends), strict=True)
        ]
        self.masks = [np.ones(shape, dtype) for shape in shapes] if dropout else []
        self.slopes: list[npt.NDArray[Any] | None] = [None] * len(shapes)
        self.signals: list[Array] = []
        if slopes:
            kind = net.activation.slope_type
            typed: Any = kind if kind == np.bool_ and not dropout else dtype
            self.slopes = [None if net.activation.linear and not dropout else np.empty(shape, typed) for shape in shapes]
            self.signals = _signals([*shapes, self.outputs.shape], keep_signals, dtype)

    def forward(self, packed: Array, statistics: list[tuple[Array, Array]] | None = None) -> list[Call]:
        """The calls that compute hidden activations and outputs.

        Args:
            packed: weights, shape (R, P), packed; their content changes between the calls, the array stays.
            statistics: what batch normalization is to use in place of the examples' own mean and variance: shape (R, units, 1), each.
        """
        calls: list[Call] = []
        layout = self.net.layout
        scales = layout.scales(packed)
        for index, matrix in enumerate(layout.matrices(packed)):
            last = index == len(self.hidden)
            sums = self.outputs if last else self.hidden[index]
            calls += self._sums(index, matrix, sums)
            if last:
                break
            if self.normalizations:
                calls += self.normalizations[index].forward(sums, *scales[index], given=statistics[index] if statistics else None)
            calls += self._activate(index, sums)
        return calls

    def _sums(self, index: int, matrix: Array, out: Array) -> list[Call]:
        """What computes a layer's sums."""
        return [(np.matmul, (matrix, self.below[index], out))]

    def _activate(self, index: int, sums: Array) -> list[Call]:
        slopes, activation = self.slopes[index], self.net.activation
        calls: list[Call] = []
        if slopes is not None and activation.linear:
            calls.append((np.copyto, (slopes, np.array(1.0, slopes.dtype))))
        calls += activation.bind(sums, None if activation.linear else slopes)
        if self.masks:
            calls.append((np.multiply, (sums, self.masks[index], sums)))
            if slopes is not None:
                calls.append((np.multiply, (slopes, self.masks[index], slopes)))
        return calls

    def backward(self, packed: Array, out: Array, first: int = 0) -> list[Call]:
        """The calls that, after those of `forward`, write the slopes of the mean loss by the weights into `out`, packed, (R, P).

        Args:
            packed: the weights.
            out: where slopes are written.
            first: the first layer whose slopes are wanted; those of the layers before it are written as 0, and cost nothing.
        """
        layout = self.net.layout
        matrices, results = layout.matrices(packed), layout.matrices(out)
        scale_results = layout.scales(out)
        calls = self.net.measure.slopes(self.outputs, self.targets, self.signals[-1])
        if first:
            calls.append((out[:, : self.net.layers[first].whole.start].fill, (0.0,)))
        for index in range(len(matrices) - 1, first - 1, -1):
            calls += self._by_weights(index, results[index])
            if index > first:
                before, slopes = self.signals[index - 1], self.slopes[index - 1]
                turned = matrices[index][:, :, :-1].swapaxes(1, 2)
                product = np.matmul if turned.shape[2] > 1 else np.multiply  # of one column and one row, which is faster
                calls.append((product, (turned, self.signals[index], before)))
                if slopes is not None:
                    calls.append((np.multiply, (before, slopes, before)))
                if self.normalizations:
                    calls += self.normalizations[index - 1].backward(before, *scale_results[index - 1])
        return calls

    def _by_weights(self, index: int, out: Array) -> list[Call]:
        """What computes the slopes by a layer's matrix."""
        return [(np.matmul, (self.signals[index], self._below_turned[index], out))]

    def idle(self) -> tuple[Array, Array]:
        """The shares of saturated activations and of dead units in each hidden layer, each of shape (R, layers), after `forward`."""
        low = FLAT * self.net.activation.steepest
        found = np.zeros((2, self.runs, len(self.slopes)))
        for layer, slopes in enumerate(self.slopes):
            if slopes is not None:
                steep = np.abs(np.asarray(slopes, dtype=np.float64))
                found[:, :, layer] = (steep < low).mean(axis=(1, 2)), (steep.max(axis=2) < DEAD).mean(axis=1)
        return found[0], found[1]

    @cached_property
    def _measured(self) -> tuple[Array, list[Call]]:
        each = np.empty((self.runs, self.outputs.shape[2]), self.outputs.dtype)
        return each, self.net.measure.values(self.outputs, self.targets, each)

    def each_loss(self) -> Array:
        """The loss of each example, shape (R, n), after the calls of `forward`; the next call overwrites it."""
        each, calls = self._measured
        run_calls(calls)
        return each

    def losses(self) -> Array:
        """The mean loss of each network, shape (R,), after the calls of `forward`."""
        return mean_of(self.each_loss())


def in_chunks(
    net: Architecture,
    weights: Array,
    rows: Array,
    read: Callable[[Passes, Array], Found],
    *,
    statistics: list[tuple[Array, Array]] | None = None,
    slopes: bool = False,
    backward: bool = False,
    keep_signals: bool = False,
) -> list[Found]:
    """What is read of passes over many networks, some of them at a time.

    Args:
        net: the network.
        weights: shape (R, P), as users see them.
        rows: the examples; see `rows_of`.
        read: called after each pass with the arrays, which the next one overwrites, and the slopes by the weights, packed, where there is a
            backward pass.
        statistics: for each normalized layer the mean and the variance to use, shape (R, units, 1) each.
        slopes, keep_signals: see `Passes`.
        backward: whether there is to be a backward pass.

    Returns:
        What was read, in the order of the networks.
    """
    found: list[Found] = []
    with one_thread(), in_place():
        for _, passes, calls, by_weights in _parts(net, weights, rows, statistics, slopes, backward, keep_signals):
            run_calls(calls)
            found.append(read(passes, by_weights))
    return found


def mean_losses(net: Architecture, weights: Array, rows: Array, statistics: list[tuple[Array, Array]] | None = None) -> Array:
    """The mean loss of many networks, shape (R,), to the last bit what `Passes.losses` gives.

    Some networks at a time look at some examples at a time, so that what they compute on stays in the cache: with many examples a quarter
    faster. Batch normalization by the examples' own statistics needs all of them at once. Arguments as for `in_chunks`.
    """
    count = rows.shape[1]
    pieces = 1 if net.batch_norm and statistics is None else -(-count // _EXAMPLES)
    tile = -(-count // pieces)
    some = rows if pieces == 1 else np.empty((1, tile, rows.shape[2]))
    each = np.empty((len(weights), count))
    with one_thread(), in_place():
        for part, passes, calls, _ in _parts(net, weights, some, statistics):
            for first in range(0, count, tile):
                first = min(first, count - tile)  # the last ones overlap, so that there are always as many
                if pieces > 1:
                    np.copyto(some, rows[:, first : first + tile])
                run_calls(calls)
                each[part, first : first + tile] = passes.each_loss()
        return mean_of(each)


def _parts(
    net: Architecture,
    weights: Array,
    rows: Array,
    statistics: list[tuple[Array, Array]] | None,
    slopes: bool = False,
    backward: bool = False,
    keep_signals: bool = False,
) -> Iterator[tuple[slice, Passes, list[Call], Array]]:
    """Which networks, their passes and the calls that compute them, with the weights set, and where slopes by the weights are written."""
    size = min(runs_at_once(net, rows.shape[1]), len(weights))
    for first in range(0, len(weights), size):
        part = weights[first : first + size]
        if first == 0 or len(part) < size:
            packed, by_weights = np.empty(part.shape), np.empty(part.shape)
            passes = Passes(net, rows, len(part), slopes=slopes or backward, keep_signals=keep_signals)
            own = [(mean[: len(part)].copy(), variance[: len(part)].copy()) for mean, variance in statistics or []]
            calls = passes.forward(packed, own or None) + (passes.backward(packed, by_weights) if backward else [])
        np.take(part, net.layout.order, axis=1, out=packed, mode="clip")
        for pair, given in zip(own, statistics or [], strict=True):
            for array, values in zip(pair, given, strict=True):
                np.copyto(array, values[first : first + size])
        yield slice(first, first + len(part)), passes, calls, by_weights


def mean_of(each: Array) -> Array:
    """Of the losses of single examples, shape (R, n)."""
    each = np.ascontiguousarray(each)
    return np.asarray(np.add.reduce(each, axis=1) / each.shape[1])


def rows_of(net: Architecture, x: Array, targets: Array | None, dtype: type[np.floating] = np.float64) -> Array:
    """Examples as the passes read them, shape (1, n, inputs + 1 + outputs): inputs, a 1, targets."""
    parts = [x, np.ones((len(x), 1)), np.zeros((len(x), net.sizes[-1])) if targets is None else targets]
    return np.ascontiguousarray(np.concatenate(parts, axis=1)[None], dtype)


def _signals(shapes: list[tuple[int, ...]], keep: bool, dtype: type[np.floating]) -> list[Array]:
    """Arrays of such shapes; unless all are kept, every second one shares its memory with the others."""
    if keep:
        return [np.empty(shape, dtype) for shape in shapes]
    sizes = [int(np.prod(shape)) for shape in shapes]
    pair = [np.empty(max(sizes[first::2], default=0), dtype) for first in (0, 1)]
    return [pair[index % 2][: sizes[index]].reshape(shape) for index, shape in enumerate(shapes)]
