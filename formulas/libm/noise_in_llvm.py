"""Noise by counter in LLVM's language, with the bits that NumPy computes; see `simulation.noise` and `formulas.libm.philox`."""

from __future__ import annotations

from collections.abc import Iterable

from formulas.libm.in_llvm import Lines, Writer, emit, function_attributes, vector
from formulas.libm.normal import normal_sequence
from formulas.libm.philox import KEY_STEPS, MULTIPLIERS, ROUNDS, WORD


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
    words = [on("and", numbers, mask), on("lshr", numbers, half), spread(writer, step), spread(writer, pair)]
    keys = [low, high]
    for turn in range(ROUNDS):
        if turn:
            summed = [writer.value(f"add i64 {key}, {more}") for key, more in zip(keys, KEY_STEPS, strict=True)]
            keys = [writer.value(f"and i64 {one}, {WORD}") for one in summed]
        first, second = on("mul", words[0], factors[0]), on("mul", words[2], factors[1])
        mixed = [on("xor", on("lshr", one, half), word) for one, word in ((second, words[1]), (first, words[3]))]
        mixed = [on("xor", one, spread(writer, key)) for one, key in zip(mixed, keys, strict=True)]
        words = [mixed[0], on("and", second, mask), mixed[1], on("and", first, mask)]

    def number(bits: str) -> str:
        return writer.value(f"bitcast {whole} {on('or', bits, _all(writer, str(1023 << 52)))} to {vector(writer.width)}")

    side = number(on("shl", words[3], _all(writer, "63")))
    uniform = [number(on("or", on("shl", a, _all(writer, "20")), on("lshr", b, _all(writer, "12")))) for a, b in (words[:2], words[2:])]
    size = writer.value(f"fsub {vector(writer.width)} {_all(writer, '2.0', 'double')}, {uniform[0]}")
    turned = writer.value(f"fsub {vector(writer.width)} {uniform[1]}, {_all(writer, '1.5', 'double')}")
    one, other = emit(writer, normal_sequence(), [size, turned, side])
    return one, other


def call_normals(writer: Writer, numbers: str, step: str, pair: str, low: str, high: str) -> tuple[str, str]:
    """The same by a call: where it is asked for several times, its code stands in the module once, since to compile it takes a while."""
    kinds = (f"<{writer.width} x i64>", *("i64",) * 4)
    both = f"{{ {vector(writer.width)}, {vector(writer.width)} }}"
    lines, arguments = Lines(writer.width), ("%numbers", "%step", "%pair", "%low", "%high")
    one, other = emit_normals(lines, *arguments)
    half = lines.value(f"insertvalue {both} poison, {vector(writer.width)} {one}, 0")
    lines.line(f"ret {both} {lines.value(f'insertvalue {both} {half}, {vector(writer.width)} {other}, 1')}")
    for declared in lines.declared:
        writer.declare(declared)
    head = f"define internal {both} @normals({_listed(kinds, arguments)}) noinline {function_attributes(writer.width)}"
    writer.declare(f"{head} {{\n" + "\n".join(lines.lines) + "\n}")
    found = writer.value(f"call {both} @normals({_listed(kinds, (numbers, step, pair, low, high))})")
    return writer.value(f"extractvalue {both} {found}, 0"), writer.value(f"extractvalue {both} {found}, 1")


def _listed(kinds: Iterable[str], names: Iterable[str]) -> str:
    return ", ".join(f"{kind} {name}" for kind, name in zip(kinds, names, strict=True))


def _all(writer: Writer, literal: str, kind: str = "i64") -> str:
    return "<" + ", ".join([f"{kind} {literal}"] * writer.width) + ">"


def spread(writer: Writer, scalar: str) -> str:
    """A whole number in all lanes of a vector."""
    whole = f"<{writer.width} x i64>"
    first = writer.value(f"insertelement {whole} poison, i64 {scalar}, i64 0")
    return writer.value(f"shufflevector {whole} {first}, {whole} poison, <{writer.width} x i32> zeroinitializer")
