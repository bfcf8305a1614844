"""Differences that lose digits where their terms are nearly equal, as formulas that keep them.

Beside a gap, as (1 - cos(x))/x**2 has at 0, what is lost is divided by next to nothing: at 1e-6 the slope would be wrong by 89.
"""

from __future__ import annotations

import math

from formulas.syntax import constant_value, rule
from formulas.tree import Call, Operation, Tree, substitute

_LESS_ONE = {"cos": "-2*sin(a/2)**2", "cosh": "2*sinh(a/2)**2", "exp": "expm1(a)"}
"""What a function of a is, less 1."""


def without_cancellation(tree: Tree) -> Tree | None:
    """The same as a formula that keeps its digits, if its outermost operation is such a difference and one is known."""
    if isinstance(tree, Call) and tree.function == "log" and isinstance(inner := tree.operands[0], Operation) and len(inner.operands) == 2:
        left, right = inner.operands
        if inner.symbol == "+" and _is_one(right):
            left, right = right, left
        return _with("log1p(a)" if inner.symbol == "+" else "log1p(-a)", right) if inner.symbol in "+-" and _is_one(left) else None
    if not isinstance(tree, Operation) or tree.symbol != "-" or len(tree.operands) == 1:
        return None
    left, right = tree.operands
    sign = "" if _is_one(right) else "-" if _is_one(left) else None
    function, argument = _function(left if sign == "" else right)
    return None if sign is None or function not in _LESS_ONE else _with(f"{sign}({_LESS_ONE[function]})", argument)


def _is_one(tree: Tree) -> bool:
    return constant_value(tree) == 1


def _function(tree: Tree) -> tuple[str, Tree]:
    """The function that a node calls, and of what; a power of e is an exponential."""
    if isinstance(tree, Operation) and tree.symbol == "**" and constant_value(tree.operands[0]) == math.e:
        return "exp", tree.operands[1]
    return (tree.function, tree.operands[0]) if isinstance(tree, Call) else ("", tree)


def _with(formula: str, argument: Tree) -> Tree:
    return substitute(rule(formula, ("a",)), {"a": argument})
