"""Sequences of operations computed by NumPy, block by block in scratch arrays that are used again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from operator import itemgetter
from typing import Any

import numpy as np

from formulas.libm.definitions import sequence
from formulas.libm.sequence import Sequence, Step
from parameters import Array

_BLOCK = 8192
"""Numbers computed together, so that their scratch arrays stay in the processor's cache."""
_BITS = np.array(52)
_ONE = np.array(1023 << 52)
_FRACTION = np.array((1 << 52) - 1)
_HIGH = np.array(-(1 << 27))
_BIG = np.array(1.5 * 2**52)
_BIASED = np.array(1.5 * 2**52 + 1023)


def _pow2(k: Array, out: Array) -> None:
    np.add(k, _BIASED, out)
    bits = out.view(np.int64)
    np.left_shift(bits, _BITS, bits)


def _logb(a: Array, out: Array) -> None:
    bits = out.view(np.int64)
    np.right_shift(a.view(np.int64), _BITS, bits)
    np.subtract(bits, 1023, out, casting="unsafe")


def _mant(a: Array, out: Array) -> None:
    bits = out.view(np.int64)
    np.bitwise_and(a.view(np.int64), _FRACTION, bits)
    np.bitwise_or(bits, _ONE, bits)


def _high(a: Array, out: Array) -> None:
    np.bitwise_and(a.view(np.int64), _HIGH, out.view(np.int64))


def _odd(k: Array, out: Any) -> None:
    np.not_equal((k + _BIG).view(np.int64) & 1, 0, out)


def _where(condition: Any, a: Array, b: Array, out: Array) -> None:
    np.copyto(out, np.where(condition, a, b))


_ROUTINES: dict[str, Callable[..., Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "negate": np.negative,
    "abs": np.absolute,
    "sqrt": np.sqrt,
    "floor": np.floor,
    "copysign": np.copysign,
    "less": np.less,
    "less_equal": np.less_equal,
    "equal": np.equal,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
    "where": _where,
    "odd": _odd,
    "pow2": _pow2,
    "logb": _logb,
    "mant": _mant,
    "high": _high,
}
_CONDITIONS = {"less", "less_equal", "equal", "and", "or", "not", "odd"}


class Routine:
    """A sequence, called like a NumPy function of arrays: the arguments, then the arrays to write into, which have one shape.

    What has no finite value gives NaN or infinity, without a warning.
    """

    def __init__(self, steps: Sequence) -> None:
        self._inputs, self._outputs = steps.arguments, len(steps.results)
        self._constants: list[Array] = []
        self._kinds: list[type] = []
        self._calls: list[tuple[Callable[..., Any], itemgetter[Any]]] = []
        self._local = threading.local()
        self._plan(steps)

    def _plan(self, steps: Sequence) -> None:
        """Give every result a place: the output's own array, a scratch array that is free again, or a new one."""
        last = {cell: index for index, step in enumerate(steps.steps) for cell in step.operands if isinstance(cell, int)}
        fixed = self._inputs + self._outputs
        place: dict[int, Any] = {cell: cell for cell in range(self._inputs)}
        free: dict[type, list[int]] = {bool: [], float: []}
        calls = []
        for index, step in enumerate(steps.steps):
            cell = steps.arguments + index
            kind = bool if step.operation in _CONDITIONS else float
            operands = [place[one] if isinstance(one, int) else ("constant", self._constant(one)) for one in step.operands]
            if cell in steps.results:
                place[cell] = self._inputs + steps.results.index(cell)
            elif free[kind]:
                place[cell] = free[kind].pop()
            else:
                self._kinds.append(kind)
                place[cell] = fixed + len(self._kinds) - 1
            for one in {one for one in step.operands if isinstance(one, int) and last[one] == index}:
                if place[one] >= fixed:
                    free[self._kinds[place[one] - fixed]].append(place[one])
            calls.append((self._routine(step), [*operands, place[cell]]))
        start = fixed + len(self._kinds)
        for routine, slots in calls:
            indices = [start + slot[1] if isinstance(slot, tuple) else slot for slot in slots]
            self._calls.append((routine, itemgetter(*indices)))

    def _constant(self, value: float) -> int:
        self._constants.append(np.array(value))
        return len(self._constants) - 1

    def _routine(self, step: Step) -> Callable[..., Any]:
        if step.operation == "lookup":
            table = np.array(step.table)
            return lambda index, out: np.take(table, np.nan_to_num(index).astype(np.int64), mode="clip", out=out)
        if step.operation == "rare":
            assert step.body is not None
            return _Rare(Routine(step.body))
        return _ROUTINES[step.operation]

    def __call__(self, *arrays: Array) -> Array:
        """Compute; returns the first array that was written into."""
        out = arrays[self._inputs]
        flat = [*(self._flat(array, out.shape) for array in arrays[: self._inputs]), *map(self._written, arrays[self._inputs :])]
        with np.errstate(all="ignore"):
            for first in range(0, out.size, _BLOCK):
                self._compute([array[first : first + _BLOCK] if array.ndim else array for array in flat])
            for array, written in zip(arrays[self._inputs :], flat[self._inputs :], strict=True):
                if not np.may_share_memory(array, written):
                    np.copyto(array, written.reshape(array.shape), casting="same_kind")
        return out

    def _flat(self, array: Array, shape: tuple[int, ...]) -> Array:
        if array.ndim and array.shape != shape:
            array = np.broadcast_to(array, shape)
        if array.ndim or shape == ():
            array = array.reshape(-1)
        return np.ascontiguousarray(array, dtype=np.float64) if array.ndim else array.astype(np.float64)

    def _written(self, array: Array) -> Array:
        """What is written into: the array itself where it can be, flat; what it holds now is not looked at."""
        return array.reshape(-1) if array.dtype == np.float64 and array.flags.c_contiguous else np.empty(array.size)

    def _compute(self, block: list[Array]) -> None:
        size = block[self._inputs].size
        slots = [*block, *self._scratch(size), *self._constants]
        for index in range(self._inputs):
            if not slots[index].ndim or any(np.may_share_memory(slots[index], out) for out in block[self._inputs :]):
                slots[index] = np.array(np.broadcast_to(slots[index], size))
        for routine, operands in self._calls:
            routine(*operands(slots))

    def _scratch(self, size: int) -> list[Any]:
        arrays: dict[int, list[Any]] = self._local.__dict__.setdefault("arrays", {})
        if size not in arrays:
            if len(arrays) > 8:
                arrays.clear()
            arrays[size] = [np.empty(size, kind) for kind in self._kinds]
        return arrays[size]


class _Rare:
    """What a body gives where a condition holds."""

    def __init__(self, body: Routine) -> None:
        self._body = body

    def __call__(self, condition: Any, usual: Array, *arrays: Array) -> None:
        *arguments, out = arrays
        if out is not usual:
            np.copyto(out, usual)
        if condition.any():
            chosen = [array[condition] for array in arguments]
            out[condition] = self._body(*chosen, np.empty(chosen[0].size))


@cache
def routine(name: str) -> Routine:
    """The NumPy routine of a function of `NAMES`."""
    return Routine(sequence(name))
