"""Functions of numbers as flat sequences of elementary operations, recorded from plain Python functions."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Many
from dataclasses import dataclass

_BIG = 6755399441055744.0
"""1.5 * 2**52: what is added to it and taken away again has been rounded to a whole number, half to even, up to 2**51."""


@dataclass(frozen=True)
class Step:
    """One operation.

    Attributes:
        operation: of numbers: "+", "-", "*", "/", "negate", "abs", "sqrt", "floor"; "copysign" (the size of the first, the sign bit of the
            second). Conditions: "less", "less_equal", "equal", and of conditions "and", "or", "not"; "odd" (whether a whole number is);
            "where" (condition, number, number). Of bits: "pow2" (2 to the power of a whole number from -1022 to 1023), "logb" and "mant"
            (of a positive normal number, the exponent of 2 and what it multiplies, from 1 to 2), "high" (the number with its lowest
            27 bits cleared), "lookup" (the entry of `table` at a whole number, that of the nearest end beyond it), "rare": see `rare`.
            The last but "rare" may be given anything where their result is not used, and then give anything.
        operands: whole numbers are cells: the arguments come first, then a cell for each step. Floats are literals.
        table: what "lookup" looks up.
        body: what "rare" computes.
    """

    operation: str
    operands: tuple[int | float, ...]
    table: tuple[float, ...] = ()
    body: Sequence | None = None


@dataclass(frozen=True)
class Sequence:
    """Steps, each of which uses the arguments and what the steps before it gave.

    Attributes:
        arguments: how many.
        steps: in order.
        results: the cells of what is computed.
    """

    arguments: int
    steps: tuple[Step, ...]
    results: tuple[int, ...]


class Value:
    """A number, or a condition, that a recorded function works with."""

    def __init__(self, recorder: _Recorder, cell: int) -> None:
        self.recorder, self.cell = recorder, cell

    def apply(self, operation: str, *operands: Number) -> Value:
        """An operation on numbers of which at least this one is recorded."""
        return self.recorder.step(operation, operands)

    def __add__(self, other: Number) -> Value:
        return self.apply("+", self, other)

    def __radd__(self, other: float) -> Value:
        return self.apply("+", other, self)

    def __sub__(self, other: Number) -> Value:
        return self.apply("-", self, other)

    def __rsub__(self, other: float) -> Value:
        return self.apply("-", other, self)

    def __mul__(self, other: Number) -> Value:
        return self.apply("*", self, other)

    def __rmul__(self, other: float) -> Value:
        return self.apply("*", other, self)

    def __truediv__(self, other: Number) -> Value:
        return self.apply("/", self, other)

    def __rtruediv__(self, other: float) -> Value:
        return self.apply("/", other, self)

    def __neg__(self) -> Value:
        return self.apply("negate", self)

    def __abs__(self) -> Value:
        return self.apply("abs", self)

    def __lt__(self, other: Number) -> Value:
        return self.apply("less", self, other)

    def __gt__(self, other: Number) -> Value:
        return self.apply("less", other, self)

    def __le__(self, other: Number) -> Value:
        return self.apply("less_equal", self, other)

    def __ge__(self, other: Number) -> Value:
        return self.apply("less_equal", other, self)

    def equals(self, other: Number) -> Value:
        """Whether both are the same number; 0 and -0 are, NaN is not even itself."""
        return self.apply("equal", self, other)

    def __and__(self, other: Value) -> Value:
        return self.apply("and", self, other)

    def __or__(self, other: Value) -> Value:
        return self.apply("or", self, other)

    def __invert__(self) -> Value:
        return self.apply("not", self)


Number = Value | float
Definition = Callable[..., Value | tuple[Value, ...]]


class _Recorder:
    """Collects steps; what has been computed already is not computed again."""

    def __init__(self, arguments: int) -> None:
        self.arguments = arguments
        self.steps: list[Step] = []
        self._cells: dict[tuple[object, ...], int] = {}

    def step(self, operation: str, operands: Many[Number], table: tuple[float, ...] = (), body: Sequence | None = None) -> Value:
        cells = tuple(operand.cell if isinstance(operand, Value) else float(operand) for operand in operands)
        key = (operation, tuple(map(repr, cells)), table, body)  # by their text: 0.0 and -0.0 are two literals
        if key not in self._cells:
            self._cells[key] = self.arguments + len(self.steps)
            self.steps.append(Step(operation, cells, table, body))
        return Value(self, self._cells[key])


def recorded(definition: Definition, arguments: int) -> Sequence:
    """The steps that a function of so many numbers takes."""
    recorder = _Recorder(arguments)
    results = definition(*(Value(recorder, cell) for cell in range(arguments)))
    return Sequence(arguments, tuple(recorder.steps), tuple(one.cell for one in (results if isinstance(results, tuple) else (results,))))


def sqrt(a: Value) -> Value:
    """The square root."""
    return a.apply("sqrt", a)


def floor(a: Value) -> Value:
    """The greatest whole number that is not above."""
    return a.apply("floor", a)


def nearest(a: Value) -> Value:
    """The nearest whole number, the even one of two, of a number below 2**51; never -0."""
    return (a + _BIG) - _BIG


def copysign(size: Number, sign: Value) -> Value:
    """A number with the sign of another."""
    return sign.apply("copysign", size, sign)


def where(condition: Value, a: Number, b: Number) -> Value:
    """One number where a condition holds, another where it does not."""
    return condition.apply("where", condition, a, b)


def odd(whole: Value) -> Value:
    """Whether a whole number below 2**51 is odd."""
    return whole.apply("odd", whole)


def pow2(whole: Value) -> Value:
    """2 to the power of a whole number from -1022 to 1023."""
    return whole.apply("pow2", whole)


def logb(a: Value) -> Value:
    """The exponent of 2 in a positive normal number."""
    return a.apply("logb", a)


def mant(a: Value) -> Value:
    """What a positive normal number is beside its power of 2, from 1 to 2."""
    return a.apply("mant", a)


def high(a: Value) -> Value:
    """The number's first 26 bits: the product of two such is exact."""
    return a.apply("high", a)


def lookup(index: Value, table: tuple[float, ...]) -> Value:
    """The entry of a table at a whole number."""
    return index.recorder.step("lookup", (index,), table)


def rare(condition: Value, usual: Value, definition: Definition, *arguments: Value) -> Value:
    """What a definition gives of some arguments where a condition holds, and the usual value where it does not.

    A program need not compute the former where the condition holds nowhere in a block.
    """
    body = recorded(definition, len(arguments))
    return condition.recorder.step("rare", (condition, usual, *arguments), body=body)


def polynomial(a: Value, coefficients: Many[Number]) -> Value:
    """By Horner's rule, the constant first."""
    total: Number = coefficients[-1]
    for coefficient in reversed(coefficients[:-1]):
        total = coefficient + a * total
    assert isinstance(total, Value)
    return total
