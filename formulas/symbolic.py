"""Formulas as SymPy knows them: their numbers, names and functions."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from formulas.functions import FUNCTIONS
from formulas.syntax import rule
from formulas.tree import Call, Name, Number, Tree


def exact_number(value: float) -> sympy.Expr:
    """A constant for SymPy: whole numbers and simple fractions exactly, the rest as the same double."""
    if value == int(value) and abs(value) < 2**53:
        return sympy.Integer(int(value))
    if abs(value) < 2**20 and value * 2**20 == int(value * 2**20):
        return sympy.Rational(int(value * 2**20), 2**20)
    return sympy.Float(value, 17)


@cache
def real_symbol(name: str) -> sympy.Symbol:
    """A name of a formula."""
    return sympy.Symbol(name, real=True)


@cache
def function_class(name: str, fills: bool) -> Any:
    """The function of the table as a SymPy function that knows its derivatives.

    At a kink and a step these are the means of both sides, or, to be filled later with what accounts for all that meets there, not known.
    """
    declaration = FUNCTIONS[name]

    def fdiff(self: Any, argindex: int = 1) -> sympy.Expr:
        tree = rule(declaration.derivatives[argindex - 1], declaration.arguments)
        return _plain(tree, dict(zip(declaration.arguments, self.args, strict=True)), fills)

    return type(name, (sympy.Function,), {"fdiff": fdiff, "nargs": len(declaration.arguments)})


def _plain(tree: Tree, names: dict[str, sympy.Expr], fills: bool) -> sympy.Expr:
    """A syntax tree as a SymPy expression, nothing named."""
    if isinstance(tree, Number):
        return exact_number(tree.value)
    if isinstance(tree, Name):
        return names[tree.name]
    operands = [_plain(operand, names, fills) for operand in tree.operands]
    if isinstance(tree, Call):
        if not fills and tree.function == "flat":
            return sympy.Integer(0)
        return function_class("sign" if not fills and tree.function == "side" else tree.function, fills)(*operands)
    if len(operands) == 1:
        return -operands[0]
    left, right = operands
    return {"+": left + right, "-": left - right, "*": left * right, "/": left / right, "**": left**right}[tree.symbol]
