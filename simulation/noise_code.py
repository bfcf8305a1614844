"""Noise by counter as machine code, with the bits that NumPy computes; see `simulation.noise`."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

from formulas.libm.in_llvm import Lines, function_attributes, vector
from formulas.libm.native import load, widest
from formulas.libm.noise_in_llvm import emit_normals, spread

_ARGUMENTS = ("ptr %numbers", "i64 %n", "i64 %first", "i64 %steps", "i64 %pair", "i64 %low", "i64 %high", "ptr %out", "i64 %row")


def module(width: int) -> str:
    """A module whose function fills rows, one for each of several steps, of two coordinates of n trajectories each."""
    whole, of, mask = f"<{width} x i64>", vector(width), f"<{width} x i1>"
    writer = Lines(width)
    writer.declare(f"declare {whole} @llvm.masked.load.v{width}i64.p0(ptr, i32, {mask}, {whole})")
    writer.declare(f"declare void @llvm.masked.store.v{width}f64.p0({of}, ptr, i32, {mask})")
    ends = spread(writer, "%n")
    writer.line("br label %outer")
    writer.label("outer")
    writer.line("%s = phi i64 [0, %entry], [%s.next, %outer.end]")
    step = writer.value("add i64 %first, %s")
    offset = writer.value("mul i64 %s, %row")
    base = writer.value(f"getelementptr double, ptr %out, i64 {offset}")
    writer.line("br label %inner")
    writer.label("inner")
    writer.line("%i = phi i64 [0, %outer], [%i.next, %inner]")
    lanes = writer.value(f"or {whole} {spread(writer, '%i')}, <{', '.join(f'i64 {lane}' for lane in range(width))}>")
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
