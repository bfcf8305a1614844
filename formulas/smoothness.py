"""Where a formula is smooth: found from its tree alone, and, where that is not enough, at points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from formulas.evaluate import apply, evaluate
from formulas.functions import COMPARISONS, FUNCTIONS
from formulas.syntax import constant_value, rule
from formulas.tree import CONSTANTS, Call, Name, Number, Operation, Tree, odd_root, substitute

SMOOTH, KINKED, SINGULAR = range(3)
"""Smooth everywhere; or a sum of smooth terms with kinks along straight lines, whose one-sided derivatives can be averaged kink by kink;
or neither."""
_CONTINUOUS = ("sqrt", "asin", "acos", "acosh", "atan2")
"""Functions that have a finite value where they are not smooth."""


def smoothness(tree: Tree) -> int:
    """Whether a formula in x and y is SMOOTH, KINKED or SINGULAR."""
    return Facts().smoothness(tree)


_ANY, _NOT_NEGATIVE, _POSITIVE = range(3)
_HIGHEST_SIGN = {"abs": _NOT_NEGATIVE, "sqrt": _NOT_NEGATIVE, "hypot": _NOT_NEGATIVE, "exp": _NOT_NEGATIVE, "cosh": _POSITIVE}
"""What is certain of the sign of a function's value; an exponential may underflow."""


class Facts:
    """What is certain of a tree's nodes for all x, y and parameters, found once for each node."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], Any] = {}
        self._kept: list[Tree] = []  # so that no other node gets the identity of one that is known

    def _once(self, what: str, tree: Tree, find: Callable[[Tree], Any]) -> Any:
        key = what, id(tree)
        if key not in self._known:
            self._kept.append(tree)
            self._known[key] = find(tree)
        return self._known[key]

    def smoothness(self, tree: Tree) -> int:
        """Whether it is SMOOTH, KINKED or SINGULAR."""
        if ("smoothness", id(tree)) not in self._known:
            for node in reversed(list(_downwards(tree))):  # from the leaves up, so that nothing goes down deep
                for find in (self.varies, self.sign, self.linear):
                    find(node)
                self._once("smoothness", node, self._smoothness)
        return int(self._once("smoothness", tree, self._smoothness))

    def varies(self, tree: Tree) -> bool:
        """Whether it depends on x or y."""
        return bool(self._once("varies", tree, self._varies))

    def sign(self, tree: Tree) -> int:
        """What is certain of its sign."""
        return int(self._once("sign", tree, self._sign))

    def linear(self, tree: Tree) -> bool:
        """Whether it is linear in x and y, so that a kink where it is 0 lies along a straight line that it crosses."""
        if not self.varies(tree) or isinstance(tree, Name):
            return True
        if not isinstance(tree, Operation) or tree.symbol == "**":
            return False
        varying = [self.varies(operand) for operand in tree.operands]
        return all(map(self.linear, tree.operands)) and (tree.symbol in "+-" or not varying[1] or (tree.symbol == "*" and not varying[0]))

    def _varies(self, tree: Tree) -> bool:
        if isinstance(tree, Name):
            return tree.name in ("x", "y")
        return isinstance(tree, Operation | Call) and any(map(self.varies, tree.operands))

    def _smoothness(self, tree: Tree) -> int:
        if not self.varies(tree) or isinstance(tree, Name):
            return SMOOTH
        assert isinstance(tree, Operation | Call)
        kinds = [self.smoothness(operand) for operand in tree.operands]
        if SINGULAR in kinds:
            return SINGULAR
        if isinstance(tree, Call):
            return self._of_call(tree, max(kinds))
        if tree.symbol in "+-":
            return max(kinds)
        left, right = tree.operands
        if tree.symbol == "*":
            return max(kinds) if SMOOTH in kinds else SINGULAR
        if tree.symbol == "/" and not self.varies(right):
            return kinds[0]
        positive = self.sign(right if tree.symbol == "/" else left) == _POSITIVE
        exponent = constant_value(right) if tree.symbol == "**" and not self.varies(right) else None
        whole = exponent is not None and _is_whole(exponent)
        return SMOOTH if max(kinds) == SMOOTH and (positive or whole) else SINGULAR

    def _of_call(self, tree: Call, inner: int) -> int:
        function = FUNCTIONS[tree.function]
        if tree.function == "where":
            return SINGULAR
        if not function.derivatives:
            return self.smoothness(expanded(tree))
        if not function.singular or (function.singular == "a" and self.sign(tree.operands[0]) == _POSITIVE):
            return SMOOTH if inner == SMOOTH else SINGULAR
        kinks = any("side(" in derivative for derivative in function.derivatives)
        return KINKED if kinks and all(map(self.linear, tree.operands)) else SINGULAR

    def _sign(self, tree: Tree) -> int:
        value = constant_value(tree) if isinstance(tree, Number | Name) else None
        if value is not None:
            return _POSITIVE if value > 0 else _NOT_NEGATIVE if value == 0 else _ANY
        if not isinstance(tree, Operation | Call):
            return _ANY
        signs = [self.sign(operand) for operand in tree.operands]
        if isinstance(tree, Call):
            return _HIGHEST_SIGN.get(tree.function, max(signs) if tree.function == "max" else _ANY)
        if tree.symbol == "+":
            return max(signs) if min(signs) > _ANY else _ANY
        if tree.symbol == "**":
            exponent = tree.operands[1]
            even = isinstance(exponent, Number) and exponent.value > 0 and exponent.value % 2 == 0
            return _NOT_NEGATIVE if even or (signs[0] > _ANY and isinstance(exponent, Number)) else _ANY
        return _NOT_NEGATIVE if tree.symbol in "*/" and min(signs) > _ANY else _ANY  # what is small may underflow


def _downwards(tree: Tree) -> Iterator[Tree]:
    """The nodes of a tree, each before those below it, without recursion."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Operation | Call):
            waiting.extend(node.operands)


def singular_and_rest(tree: Tree) -> list[Tree]:
    """A formula as a sum of two, the first of all terms that are SINGULAR, the second of all others; those that there are."""
    return [reduce(lambda total, term: Operation("+", (total, term), 0), terms) for terms in terms_of(tree) if terms]


def terms_of(tree: Tree) -> tuple[list[Tree], list[Tree]]:
    """The terms of a formula that are SINGULAR, and all others."""
    facts = Facts()
    groups: dict[bool, list[Tree]] = {True: [], False: []}
    waiting = [(tree, False)]
    while waiting:
        node, negative = waiting.pop()
        if isinstance(node, Operation) and node.symbol in "+-" and facts.smoothness(node) == SINGULAR:
            last = len(node.operands) - 1
            waiting.extend((operand, negative ^ (node.symbol == "-" and i == last)) for i, operand in enumerate(node.operands))
        else:
            groups[facts.smoothness(node) == SINGULAR].append(Operation("-", (node,), 0) if negative else node)
    return groups[True], groups[False]


def may_have_gaps(tree: Tree) -> bool:
    """Whether a formula may lack a value at single points or along curves where it has a limit, as sin(x)/x does at 0."""
    return smoothness(tree) == SINGULAR and any(map(_may_be_infinite, _downwards(tree)))


def _may_be_infinite(node: Tree) -> bool:
    if isinstance(node, Call):
        function = FUNCTIONS[node.function]
        if not function.derivatives:
            return any(map(_may_be_infinite, _downwards(rule(function.definition, function.arguments))))
        return bool(function.partial and function.singular) and node.function not in _CONTINUOUS
    if isinstance(node, Operation) and node.symbol in ("/", "**"):
        second = constant_value(node.operands[1])
        return second is None or (node.symbol == "**" and second < 0)
    return False


def _is_whole(exponent: float) -> bool:
    return exponent >= 0 and exponent == int(exponent)


def expanded(tree: Call) -> Tree:
    """A call of a function as its definition in simpler ones."""
    function = FUNCTIONS[tree.function]
    definition = rule(function.definition, function.arguments)
    return substitute(definition, dict(zip(function.arguments, tree.operands, strict=True)))


def is_condition(tree: Tree) -> bool:
    """Whether a formula is made of comparisons, so that it is a step wherever it changes."""
    if isinstance(tree, Call):
        return tree.function in COMPARISONS.values()
    return isinstance(tree, Number) or (isinstance(tree, Operation) and tree.symbol in "+-*" and all(map(is_condition, tree.operands)))


_ROUNDED = 2.0**-50
"""By what share of x and y a place may miss one where a formula is not smooth, and still be meant: 2.1 is no multiple of 0.7."""


def singular_at(tree: Tree, values: Mapping[str, Any], count: int) -> npt.NDArray[np.bool_]:
    """At which of so many points a step on the way to the formula's value is not smooth, as far as roundings let one tell.

    Args:
        tree: the formula.
        values: an array of shape (count,), or a number, for every name in it.
        count: the number of points.
    """
    found = np.zeros(count, dtype=bool)
    names = {name: np.tile(np.broadcast_to(value, count), (3, 1)) for name, value in values.items()}
    for name, shares in (("x", (1.0, 1.0)), ("y", (1.0, -1.0))):
        names[name][1:] *= 1 + _ROUNDED * np.array(shares)[:, np.newaxis]

    def value(node: Tree) -> Any:
        if isinstance(node, Number):
            return node.value
        if isinstance(node, Name):
            return names[node.name] if node.name in names else CONSTANTS[node.name]
        if isinstance(node, Call) and not FUNCTIONS[node.function].derivatives:
            return value(expanded(node))
        operands = list(map(value, node.operands))
        if (edge := _edge(node, operands)) is not None:
            here, *beside = np.broadcast_to(edge, (3, count))
            with np.errstate(all="ignore"):
                found[:] |= np.abs(here) <= 4 * np.max(np.abs(np.subtract(beside, here)), axis=0)
        return apply(node, operands)

    value(tree)
    return found


def _edge(node: Operation | Call, operands: list[Any]) -> Any:
    """What is 0 where an operation is not smooth; None where it is smooth everywhere."""
    if isinstance(node, Call):
        function = FUNCTIONS[node.function]
        if node.function == "where":
            return None if is_condition(node.operands[0]) else operands[0]
        return _evaluated(function.singular, dict(zip(function.arguments, operands, strict=True))) if function.singular else None
    if node.symbol == "/":
        return operands[1]
    if node.symbol == "**":
        exponent = constant_value(node.operands[1])
        plain = exponent is not None and _is_whole(exponent) and odd_root(node.operands[1]) is None
        return None if plain else operands[0]
    return None


def _evaluated(formula: str, names: Mapping[str, Any]) -> Any:
    return evaluate(rule(formula, tuple(names)), names)
