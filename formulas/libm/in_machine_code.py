"""Sequences of operations compiled by LLVM, called on arrays: the bits of `formulas.libm.in_numpy`, many times as fast."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from formulas.libm.definitions import sequence
from formulas.libm.in_llvm import Lines, emit, function_attributes, literal, vector
from formulas.libm.native import load, widest
from formulas.libm.sequence import Sequence
from parameters import Array

_ANY = 0.5
"""Stands for the numbers beyond an array's end in the last vector: no function finds it unusual."""


class Compiled:
    """A sequence, called like a NumPy function of arrays: the arguments, then the arrays to write into, which have one shape.

    Args:
        steps: the sequence.
        name: of the function in its module.
        width: how many doubles are computed at a time; as many as the processor can if not given.
    """

    def __init__(self, steps: Sequence, name: str, width: int | None = None) -> None:
        self._inputs = steps.arguments
        self._engine, address = load(module(steps, name, width or widest()), name)
        pointers = [ctypes.c_void_p] * (steps.arguments + len(steps.results))
        self._function = ctypes.CFUNCTYPE(None, *pointers, ctypes.c_int64)(address)

    def __call__(self, *arrays: Array) -> Array:
        """Compute; returns the first array that was written into."""
        out = arrays[self._inputs]
        plain = [self._plain(array, out, index < self._inputs) for index, array in enumerate(arrays)]
        self._function(*(array.ctypes.data for array in plain), out.size)
        for array, written in zip(arrays[self._inputs :], plain[self._inputs :], strict=True):
            if written is not array:
                with np.errstate(all="ignore"):
                    np.copyto(array, written, casting="same_kind")
        return out

    def bound(self, arrays: tuple[Array, ...]) -> tuple[Callable[..., Any], tuple[int, ...]] | None:
        """The function and what to call it with for these arrays, which have to stay; None where they are not what it takes as they are."""
        size = arrays[-1].size
        if not all(array.dtype == np.float64 and array.shape == arrays[-1].shape and array.flags.c_contiguous for array in arrays):
            return None
        return self._function, (*(array.ctypes.data for array in arrays), size)

    def _plain(self, array: Array, out: Array, read: bool) -> Array:
        if array.dtype == np.float64 and array.shape == out.shape and array.flags.c_contiguous:
            return array
        if not read:
            return np.empty(out.shape)
        return np.array(np.broadcast_to(array, out.shape), dtype=np.float64, order="C")


def module(steps: Sequence, name: str, width: int) -> str:
    """The text of a module with one function: it is given the addresses of arrays and how many numbers they hold."""
    of, mask = vector(width), f"<{width} x i1>"
    pointers = [f"%p{index}" for index in range(steps.arguments + len(steps.results))]
    writer = Lines(width)
    writer.declare(f"declare {of} @llvm.masked.load.v{width}f64.p0(ptr, i32, {mask}, {of})")
    writer.declare(f"declare void @llvm.masked.store.v{width}f64.p0({of}, ptr, i32, {mask})")
    writer.line("br label %loop")
    writer.label("loop")
    head = len(writer.lines)
    numbers = ", ".join(f"i64 {lane}" for lane in range(width))
    first = writer.value(f"insertelement <{width} x i64> poison, i64 %i, i64 0")
    spread = writer.value(f"shufflevector <{width} x i64> {first}, <{width} x i64> poison, <{width} x i32> zeroinitializer")
    lanes = writer.value(f"or <{width} x i64> {spread}, <{numbers}>")
    first = writer.value(f"insertelement <{width} x i64> poison, i64 %n, i64 0")
    ends = writer.value(f"shufflevector <{width} x i64> {first}, <{width} x i64> poison, <{width} x i32> zeroinitializer")
    there = writer.value(f"icmp ult <{width} x i64> {lanes}, {ends}")
    places = [writer.value(f"getelementptr double, ptr {pointer}, i64 %i") for pointer in pointers]
    loaded = [
        writer.value(f"call {of} @llvm.masked.load.v{width}f64.p0(ptr {place}, i32 8, {mask} {there}, {of} {literal(_ANY, width)})")
        for place in places[: steps.arguments]
    ]
    for result, place in zip(emit(writer, steps, loaded), places[steps.arguments :], strict=True):
        writer.line(f"call void @llvm.masked.store.v{width}f64.p0({of} {result}, ptr {place}, i32 8, {mask} {there})")
    writer.line(f"%next = add i64 %i, {width}")
    writer.line("%more = icmp ult i64 %next, %n")
    writer.line("br i1 %more, label %loop, label %done")
    writer.lines.insert(head, f"  %i = phi i64 [0, %entry], [%next, %{writer.block}]")
    writer.label("done")
    writer.line("ret void")
    signature = ", ".join([*(f"ptr {pointer}" for pointer in pointers), "i64 %n"])
    body = "\n".join(writer.lines)
    return "\n".join([*writer.declared, f"define void @{name}({signature}) {function_attributes(width)} {{\n{body}\n}}\n"])


@cache
def routine(name: str) -> Callable[..., Array]:
    """The compiled routine of a function of `NAMES`; the first call takes some 10 ms.

    Raises:
        AttributeError: nothing can be compiled here; see `formulas.libm.native`.
    """
    return Compiled(sequence(name), name)
