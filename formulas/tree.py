"""The nodes of a formula's syntax tree."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

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
