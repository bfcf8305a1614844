"""The nodes of a formula's syntax tree."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

CONSTANTS = {"pi": math.pi, "e": math.e}


class FormulaError(ValueError):
    """A formula that cannot be used: the message says which piece, at which column, and what is allowed instead."""


@dataclass(frozen=True)
class Number:
    """A literal, with its text as written."""

    value: float
    text: str


@dataclass(frozen=True)
class Name:
    """A variable, a parameter, or one of the constants `pi` and `e`."""

    name: str
    column: int = field(compare=False)


@dataclass(frozen=True)
class Operation:
    """`+`, `-`, `*`, `/` or `**` of two operands, or `-` of one."""

    symbol: str
    operands: tuple[Tree, ...]
    column: int = field(compare=False)


@dataclass(frozen=True)
class Call:
    """A function of its arguments."""

    function: str
    operands: tuple[Tree, ...]
    column: int = field(compare=False)


Tree = Number | Name | Operation | Call


def walk(tree: Tree) -> Iterator[Tree]:
    """The node and all below it."""
    yield tree
    if isinstance(tree, Operation | Call):
        for operand in tree.operands:
            yield from walk(operand)


def names_in(tree: Tree) -> set[str]:
    """The variables and parameters that a formula uses (not the constants `pi` and `e`)."""
    return {node.name for node in walk(tree) if isinstance(node, Name)} - set(CONSTANTS)


def substitute(tree: Tree, names: Mapping[str, Tree]) -> Tree:
    """The tree with other trees in the place of some names."""
    if isinstance(tree, Name):
        return names.get(tree.name, tree)
    if isinstance(tree, Operation | Call):
        return replace(tree, operands=tuple(substitute(operand, names) for operand in tree.operands))
    return tree


def odd_root(exponent: Tree) -> Fraction | None:
    """The value of an exponent that is written as a fraction with an odd denominator, such as 1/3 or -(2/5); else None.

    Such a power is a real number for a negative base, too: x**(1/3) is the cube root.
    """
    if isinstance(exponent, Operation) and len(exponent.operands) == 1:
        value = odd_root(exponent.operands[0])
        return None if value is None else -value
    if not isinstance(exponent, Operation) or exponent.symbol != "/":
        return None
    above, below = (_whole_number(operand) for operand in exponent.operands)
    if not above or not below:
        return None
    value = Fraction(above, below)
    return value if value.denominator % 2 and value.denominator > 1 else None


def _whole_number(tree: Tree) -> int | None:
    if isinstance(tree, Operation) and len(tree.operands) == 1:
        value = _whole_number(tree.operands[0])
        return None if value is None else -value
    return int(tree.value) if isinstance(tree, Number) and tree.value == int(tree.value) and tree.value < 1e6 else None
