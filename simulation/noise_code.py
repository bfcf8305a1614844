"""Noise by counter as machine code, with the bits that NumPy computes; see `simulation.noise` and `simulation.philox`."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

from formulas.libm.in_llvm import Lines, Writer, emit, function_attributes, vector
from formulas.libm.native import load, widest
from formulas.libm.normal import normal_sequence
from simulation.philox import KEY_STEPS, MULTIPLIERS, ROUNDS, WORD

_ARGUMENTS = ("ptr %numbers", "i64 %n", "i64 %first", "i64 %steps", "i64 %pair", "i64 %low", "i64 %high", "ptr %out", "i64 %row")


def emit_normals(writer: Writer, numbers: str, step: str, pair: str, low: str, high: str) -> tuple[str, str]:
    """Write what the coordinates 2j and 2j + 1 of some trajectories' noise are at a step.

    Args:
        writer: what is added to.
        numbers: the name of the trajectories' numbers, a vector of i64.
        step, pair: the names or literals of the step and of j, i64.
        low, high: those of the two halves of the seed, each an i64 below 2**32.

    Returns:
        The names of two vectors of doubles.
    """
    whole = f"<{writer.width} x i64>"

    def on(operation: str, a: str, b: str) -> str:
        return writer.value(f"{operation} {whole} {a}, {b}")

    mask, half = _all(writer, str(WORD)), _all(writer, "32")
    factors = [_all(writer, str(factor)) for factor in MULTIPLIERS]
    words = [on("and", numbers, mask), on("lshr", numbers, half), _spread(writer, step), _spread(writer, pair)]
    keys = [low, high]
    for turn in range(ROUNDS):
        if turn:
            summed = [writer.value(f"add i64 {key}, {more}") for key, more in zip(keys, KEY_STEPS, strict=True)]
            keys = [writer.value(f"and i64 {one}, {WORD}") for one in summed]
        first, second = on("mul", words[0], factors[0]), on("mul", words[2], factors[1])
        mixed = [on("xor", on("lshr", one, half), word) for one, word in ((second, words[1]), (first, words[3]))]
        mixed = [on("xor", one, _spread(writer, key)) for one, key in zip(mixed, keys, strict=True)]
        words = [mixed[0], on("and", second, mask), mixed[1], on("and", first, mask)]

    def number(bits: str) -> str:
        return writer.value(f"bitcast {whole} {on('or', bits, _all(writer, str(1023 << 52)))} to {vector(writer.width)}")

    side = number(on("shl", words[3], _all(writer, "63")))
    uniform = [number(on("or", on("shl", a, _all(writer, "20")), on("lshr", b, _all(writer, "12")))) for a, b in (words[:2], words[2:])]
    size = writer.value(f"fsub {vector(writer.width)} {_all(writer, '2.0', 'double')}, {uniform[0]}")
    turned = writer.value(f"fsub {vector(writer.width)} {uniform[1]}, {_all(writer, '1.5', 'double')}")
    one, other = emit(writer, normal_sequence(), [size, turned, side])
    return one, other


def _all(writer: Writer, literal: str, kind: str = "i64") -> str:
    return "<" + ", ".join([f"{kind} {literal}"] * writer.width) + ">"


def _spread(writer: Writer, scalar: str) -> str:
    whole = f"<{writer.width} x i64>"
    first = writer.value(f"insertelement {whole} poison, i64 {scalar}, i64 0")
    return writer.value(f"shufflevector {whole} {first}, {whole} poison, <{writer.width} x i32> zeroinitializer")


def module(width: int) -> str:
    """A module whose function fills rows, one for each of several steps, of two coordinates of n trajectories each."""
    whole, of, mask = f"<{width} x i64>", vector(width), f"<{width} x i1>"
    writer = Lines(width)
    writer.declare(f"declare {whole} @llvm.masked.load.v{width}i64.p0(ptr, i32, {mask}, {whole})")
    writer.declare(f"declare void @llvm.masked.store.v{width}f64.p0({of}, ptr, i32, {mask})")
    ends = _spread(writer, "%n")
    writer.line("br label %outer")
    writer.label("outer")
    writer.line("%s = phi i64 [0, %entry], [%s.next, %outer.end]")
    step = writer.value("add i64 %first, %s")
    offset = writer.value("mul i64 %s, %row")
    base = writer.value(f"getelementptr double, ptr %out, i64 {offset}")
    writer.line("br label %inner")
    writer.label("inner")
    writer.line("%i = phi i64 [0, %outer], [%i.next, %inner]")
    lanes = writer.value(f"or {whole} {_spread(writer, '%i')}, <{', '.join(f'i64 {lane}' for lane in range(width))}>")
    there = writer.value(f"icmp ult {whole} {lanes}, {ends}")
    place = writer.value("getelementptr i64, ptr %numbers, i64 %i")
    numbers = writer.value(f"call {whole} @llvm.masked.load.v{width}i64.p0(ptr {place}, i32 8, {mask} {there}, {whole} zeroinitializer)")
    column = "%i"
    for result in emit_normals(writer, numbers, step, "%pair", "%low", "%high"):
        target = writer.value(f"getelementptr double, ptr {base}, i64 {column}")
        writer.line(f"call void @llvm.masked.store.v{width}f64.p0({of} {result}, ptr {target}, i32 8, {mask} {there})")
        column = writer.value("add i64 %i, %n")
    writer.line(f"%i.next = add i64 %i, {width}")
    writer.line("%more = icmp ult i64 %i.next, %n")
    writer.line("br i1 %more, label %inner, label %outer.end")
    writer.label("outer.end")
    writer.line("%s.next = add i64 %s, 1")
    writer.line("%again = icmp ult i64 %s.next, %steps")
    writer.line("br i1 %again, label %outer, label %done")
    writer.label("done")
    writer.line("ret void")
    body = "\n".join(writer.lines)
    return "\n".join([*writer.declared, f"define void @noise({', '.join(_ARGUMENTS)}) {function_attributes(width)} {{\n{body}\n}}\n"])


@cache
def filler() -> Any:
    """The compiled function of `module`, for the vectors of this processor; what it keeps stays in memory."""
    keeper, address = load(module(widest()), "noise")
    kinds = [ctypes.c_void_p if one.startswith("ptr") else ctypes.c_uint64 for one in _ARGUMENTS]
    function = ctypes.CFUNCTYPE(None, *kinds)(address)
    function.keeper = keeper  # type: ignore[attr-defined]
    return function
