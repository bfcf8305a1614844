"""Each operation of a tape in LLVM's language, with the same bits as NumPy's routine for it."""

from __future__ import annotations

import math
from collections.abc import Callable

from machine import roots
from machine.text import Text

_ARITHMETIC = {"+": "fadd", "-": "fsub", "*": "fmul", "/": "fdiv"}
_ROUNDED = {"sqrt": "sqrt", "abs": "fabs", "floor": "floor", "ceil": "ceil", "round": "roundeven"}
_RELATIONS = {"less": "olt", "less_equal": "ole", "greater": "ogt", "greater_equal": "oge", "equal": "oeq", "not_equal": "une"}


def emit(text: Text, operation: str, operands: list[str]) -> str:
    """Write an operation on vectors or conditions; gives the name of its result.

    Raises:
        KeyError: there is no such operation.
    """
    if operation in ("where", "and", "or", "not"):
        return _OTHERS[operation](text, *operands)
    numbers = [number(text, operand) for operand in operands]
    if operation in _ARITHMETIC:
        return text.value(f"{_ARITHMETIC[operation]} {text.vector} {numbers[0]}, {numbers[1]}")
    if operation in _ROUNDED:
        return text.intrinsic(_ROUNDED[operation], numbers[0])
    if operation in _RELATIONS:
        return text.compare(_RELATIONS[operation], numbers[0], numbers[1])
    return _OTHERS[operation](text, *numbers)


def number(text: Text, operand: str) -> str:
    """A vector of numbers; a condition is 1 where it holds and 0 where not."""
    return text.select(operand, text.literal(1.0), text.literal(0.0)) if operand in text.conditions else operand


def condition(text: Text, operand: str) -> str:
    """A condition; a number holds where it is not 0."""
    return operand if operand in text.conditions else text.compare("une", operand, text.literal(0.0))


def _where(text: Text, chosen: str, a: str, b: str) -> str:
    return text.select(condition(text, chosen), number(text, a), number(text, b))


def _and(text: Text, a: str, b: str) -> str:
    return text.both("and", condition(text, a), condition(text, b))


def _or(text: Text, a: str, b: str) -> str:
    return text.both("or", condition(text, a), condition(text, b))


def _not(text: Text, a: str) -> str:
    return text.both("xor", condition(text, a), f"<{', '.join(['i1 true'] * text.width)}>")


def _choose(text: Text, chosen: str, a: str, b: str) -> str:
    return text.select(text.compare("ogt", chosen, text.literal(0.0)), a, b)


def _extreme(relation: str) -> Callable[[Text, str, str], str]:
    """The smaller or the larger number, 0 for any zero, and NaN if either is."""

    def extreme(text: Text, a: str, b: str) -> str:
        first = text.both("or", text.compare(relation, a, b), text.compare("uno", a, a))
        return text.value(f"fadd {text.vector} {text.select(first, a, b)}, {text.literal(0.0)}")

    return extreme


def _sign(text: Text, a: str) -> str:
    zero = text.literal(0.0)
    least = text.select(text.compare("oeq", a, zero), zero, a)  # NaN stays
    below = text.select(text.compare("olt", a, zero), text.literal(-1.0), least)
    return text.select(text.compare("ogt", a, zero), text.literal(1.0), below)


def _side(text: Text, a: str) -> str:
    return text.select(text.compare("oeq", a, text.literal(0.0)), text.literal(math.nan), _sign(text, a))


def _flat(text: Text, a: str) -> str:
    return text.select(text.compare("oeq", a, text.literal(0.0)), text.literal(math.nan), text.literal(0.0))


MULTIPLIED = "sqrt by multiplying"
"""A square root with other instructions: in no tape of a step, but see `machine.balance`."""
_OTHERS: dict[str, Callable[..., str]] = {
    "where": _where,
    "and": _and,
    "or": _or,
    "not": _not,
    "choose": _choose,
    "min": _extreme("ole"),
    "max": _extreme("oge"),
    "sign": _sign,
    "side": _side,
    "flat": _flat,
    MULTIPLIED: roots.emit,
}
NATIVE = frozenset((*_ARITHMETIC, *_ROUNDED, *_RELATIONS, *_OTHERS))
"""What is written out; other functions are called."""
