"""Sequences of operations in LLVM's language, for vectors of any width: no fast-math and no contraction, so that the bits are the same."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from collections.abc import Sequence as Many
from typing import Protocol

from formulas.libm.definitions import sequence
from formulas.libm.sequence import Sequence, Step


class Writer(Protocol):
    """A function that is being written, a line at a time.

    Attributes:
        width: how many numbers a vector has.
        block: the label of the block that lines are added to.
    """

    width: int
    block: str

    def value(self, expression: str) -> str:
        """Add a line that computes something; gives its name."""

    def line(self, text: str) -> None:
        """Add a line."""

    def fresh(self, prefix: str) -> str:
        """A name that nothing else in the function has."""

    def label(self, name: str) -> None:
        """Begin a block."""

    def declare(self, text: str) -> None:
        """Have the module hold something beside the function, once."""


class Lines:
    """A plain `Writer`."""

    def __init__(self, width: int, block: str = "entry") -> None:
        self.width, self.block = width, block
        self.lines = [f"{block}:"]
        self.declared: dict[str, None] = {}
        self._count = 0

    def value(self, expression: str) -> str:
        """Add a line that computes something; gives its name."""
        name = self.fresh("%v")
        self.line(f"{name} = {expression}")
        return name

    def line(self, text: str) -> None:
        """Add a line."""
        self.lines.append(f"  {text}")

    def fresh(self, prefix: str) -> str:
        """A name that nothing else in the function has."""
        self._count += 1
        return f"{prefix}{self._count}"

    def label(self, name: str) -> None:
        """Begin a block."""
        self.lines.append(f"{name}:")
        self.block = name

    def declare(self, text: str) -> None:
        """Have the module hold something beside the function, once."""
        self.declared[text] = None


def emit(writer: Writer, function: str | Sequence, operands: Many[str]) -> tuple[str, ...]:
    """Write the steps of a function.

    Args:
        writer: what is added to; a function with rare cases begins new blocks in it.
        function: the name of one of `NAMES`, or a sequence.
        operands: the names of its arguments, vectors of doubles.

    Returns:
        The names of its results.
    """
    steps = sequence(function) if isinstance(function, str) else function
    cells = list(operands)
    for step in steps.steps:
        names = [cells[one] if isinstance(one, int) else literal(one, writer.width) for one in step.operands]
        cells.append(_step(writer, step, names))
    return tuple(cells[one] for one in steps.results)


def literal(value: float, width: int) -> str:
    """The same number all over a vector."""
    bits = struct.unpack("<Q", struct.pack("<d", value))[0]
    return "<" + ", ".join([f"double 0x{bits:016X}"] * width) + ">"


def vector(width: int) -> str:
    """The type of a vector of doubles."""
    return f"<{width} x double>"


def function_attributes(width: int) -> str:
    """What has to be said of a function, so that its vectors stay in registers as wide as they are."""
    return f'nounwind "min-legal-vector-width"="{64 * width}"'


_ARITHMETIC = {"+": "fadd", "-": "fsub", "*": "fmul", "/": "fdiv"}
_RELATIONS = {"less": "olt", "less_equal": "ole", "equal": "oeq"}
_INTRINSICS = {"abs": "fabs", "sqrt": "sqrt", "floor": "floor", "copysign": "copysign"}
_BIG, _SHIFT = 1.5 * 2**52, 2.0**52


def _step(writer: Writer, step: Step, names: list[str]) -> str:
    of, mask = vector(writer.width), f"<{writer.width} x i1>"
    operation = step.operation
    if operation in _ARITHMETIC:
        return writer.value(f"{_ARITHMETIC[operation]} {of} {names[0]}, {names[1]}")
    if operation in _RELATIONS:
        return writer.value(f"fcmp {_RELATIONS[operation]} {of} {names[0]}, {names[1]}")
    if operation in _INTRINSICS:
        return _intrinsic(writer, _INTRINSICS[operation], names)
    if operation in ("and", "or"):
        return writer.value(f"{operation} {mask} {names[0]}, {names[1]}")
    if operation == "not":
        return writer.value(f"xor {mask} {names[0]}, {_same('i1 true', writer.width)}")
    if operation == "negate":
        return writer.value(f"fneg {of} {names[0]}")
    if operation == "where":
        return writer.value(f"select {mask} {names[0]}, {of} {names[1]}, {of} {names[2]}")
    if operation == "lookup":
        return _lookup(writer, step.table, names[0])
    if operation == "rare":
        assert step.body is not None
        return _rare(writer, step.body, *names)
    return _ON_BITS[operation](writer, names[0])


def _intrinsic(writer: Writer, name: str, operands: list[str]) -> str:
    of, full = vector(writer.width), f"llvm.{name}.v{writer.width}f64"
    writer.declare(f"declare {of} @{full}({', '.join([of] * len(operands))})")
    return writer.value(f"call {of} @{full}({', '.join(f'{of} {one}' for one in operands)})")


def _same(element: str, width: int) -> str:
    return "<" + ", ".join([element] * width) + ">"


def _bits(writer: Writer, number: str) -> str:
    return writer.value(f"bitcast {vector(writer.width)} {number} to <{writer.width} x i64>")


def _number(writer: Writer, bits: str) -> str:
    return writer.value(f"bitcast <{writer.width} x i64> {bits} to {vector(writer.width)}")


def _on_bits(writer: Writer, operation: str, bits: str, by: int) -> str:
    return writer.value(f"{operation} <{writer.width} x i64> {bits}, {_same(f'i64 {by}', writer.width)}")


def _plus(writer: Writer, number: str, constant: float) -> str:
    return writer.value(f"fadd {vector(writer.width)} {number}, {literal(constant, writer.width)}")


def _odd(writer: Writer, number: str) -> str:
    last = _on_bits(writer, "and", _bits(writer, _plus(writer, number, _BIG)), 1)
    return _on_bits(writer, "icmp ne", last, 0)


def _pow2(writer: Writer, number: str) -> str:
    return _number(writer, _on_bits(writer, "shl", _bits(writer, _plus(writer, number, _BIG + 1023)), 52))


def _logb(writer: Writer, number: str) -> str:
    exponent = _on_bits(writer, "lshr", _bits(writer, number), 52)
    written = _on_bits(writer, "or", exponent, 0x433 << 52)  # the last digits of a double from 2**52 on are a whole number
    return _plus(writer, _number(writer, written), -(_SHIFT + 1023))


def _mant(writer: Writer, number: str) -> str:
    fraction = _on_bits(writer, "and", _bits(writer, number), (1 << 52) - 1)
    return _number(writer, _on_bits(writer, "or", fraction, 1023 << 52))


def _high(writer: Writer, number: str) -> str:
    return _number(writer, _on_bits(writer, "and", _bits(writer, number), -(1 << 27)))


_ON_BITS: dict[str, Callable[[Writer, str], str]] = {"odd": _odd, "pow2": _pow2, "logb": _logb, "mant": _mant, "high": _high}


def _lookup(writer: Writer, table: tuple[float, ...], index: str) -> str:
    of, width, count = vector(writer.width), writer.width, len(table)
    name = f"@table.{hashlib.sha256(repr(table).encode()).hexdigest()[:16]}"
    entries = ", ".join(literal(value, 1)[1:-1] for value in table)
    writer.declare(f"{name} = private unnamed_addr constant [{count} x double] [{entries}]")
    low = _intrinsic(writer, "maxnum", [index, literal(0.0, width)])
    place = writer.value(f"fptosi {of} {_intrinsic(writer, 'minnum', [low, literal(count - 1.0, width)])} to <{width} x i64>")
    where = writer.value(f"getelementptr double, ptr {name}, <{width} x i64> {place}")
    gather = f"llvm.masked.gather.v{width}f64.v{width}p0"
    writer.declare(f"declare {of} @{gather}(<{width} x ptr>, i32, <{width} x i1>, {of})")
    everywhere = _same("i1 true", width)
    return writer.value(f"call {of} @{gather}(<{width} x ptr> {where}, i32 8, <{width} x i1> {everywhere}, {of} poison)")


def _rare(writer: Writer, body: Sequence, condition: str, usual: str, *arguments: str) -> str:
    """Where the condition holds for any number of the vector, call the body, and take its result where it holds."""
    of, width = vector(writer.width), writer.width
    name = outlined(writer, body)
    chosen = writer.value(f"bitcast <{width} x i1> {condition} to i{width}")
    some = writer.value(f"icmp ne i{width} {chosen}, 0")
    inside, after, before = writer.fresh("rare"), writer.fresh("after"), writer.block
    writer.line(f'br i1 {some}, label %{inside}, label %{after}, !prof !{{!"branch_weights", i32 1, i32 1000}}')
    writer.label(inside)
    result = writer.value(f"call {of} {name}({', '.join(f'{of} {one}' for one in arguments)})")
    mixed = writer.value(f"select <{width} x i1> {condition}, {of} {result}, {of} {usual}")
    writer.line(f"br label %{after}")
    writer.label(after)
    return writer.value(f"phi {of} [{usual}, %{before}], [{mixed}, %{inside}]")


def outlined(writer: Writer, body: Sequence) -> str:
    """The name of a function of the module that computes a sequence, whose result is one vector."""
    of, width = vector(writer.width), writer.width
    lines = Lines(width)
    arguments = [f"%a{index}" for index in range(body.arguments)]
    (result,) = emit(lines, body, arguments)
    lines.line(f"ret {of} {result}")
    text = "\n".join(lines.lines)
    name = f"@libm.{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    for declared in lines.declared:
        writer.declare(declared)
    head = f"define internal {of} {name}({', '.join(f'{of} {one}' for one in arguments)}) noinline {function_attributes(width)}"
    writer.declare(f"{head} {{\n{text}\n}}")
    return name
