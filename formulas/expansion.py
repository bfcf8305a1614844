"""The generalized power series of a formula, from those of its names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from formulas.functions import FUNCTIONS
from formulas.series import Series, joined
from formulas.syntax import constant_value, rule
from formulas.transcendental import exponential, floor, logarithm, sine
from formulas.tree import CONSTANTS, Call, Name, Operation, Tree, names_in, odd_root
from parameters import Array


class Expansion:
    """Series of a tree's nodes.

    Args:
        names: the series of every name in it.
        blank: one of as many columns, for constants beside them.
    """

    def __init__(self, names: Mapping[str, Series], blank: Series) -> None:
        self.names, self.blank = names, blank

    def of(self, tree: Tree) -> Series:
        """The series of a node."""
        constant = constant_value(tree)
        if constant is not None:
            return self.blank.constant(constant)
        if isinstance(tree, Name):
            return self.names[tree.name] if tree.name in self.names else self.blank.constant(CONSTANTS[tree.name])
        assert isinstance(tree, Operation | Call)
        operands = list(map(self.of, tree.operands))
        if isinstance(tree, Call):
            return self._call(tree.function, operands)
        if len(operands) == 1:
            return -operands[0]
        left, right = operands
        if tree.symbol == "**":
            return self._power(left, right, tree.operands[1])
        if tree.symbol in "+-":
            return left + right if tree.symbol == "+" else left - right
        return left * right if tree.symbol == "*" else left / right

    def _power(self, base: Series, exponent: Series, tree: Tree) -> Series:
        value = constant_value(tree)
        if value is not None:
            root = odd_root(tree)
            return base.power(value) if root is None else self._odd_power(base, value, root.numerator % 2 == 1)
        if names_in(tree) & {"x", "y"}:
            return self._general_power(base, exponent)
        parts = []
        exponents = exponent.at((0.0, 0))
        for number in np.unique(exponents):
            columns = exponents == number
            parts.append((columns, base.take(columns).power(float(number))))
        return joined(parts, base)

    def _general_power(self, base: Series, exponent: Series) -> Series:
        """e to the power exponent*log(base); a base that is 0 has no logarithm, but all its powers above 0 are 0."""
        zero = (base.sign() == 0) & (exponent.sign() > 0)
        rest = exponential(exponent.take(~zero) * logarithm(base.take(~zero)))
        return joined([(zero, base.take(zero).constant(0.0)), (~zero, rest)], base)

    def _odd_power(self, base: Series, exponent: float, odd: bool = True) -> Series:
        sign = base.sign()
        size = base.scaled(sign).power(exponent)
        return size.scaled(sign) if odd else size

    def _call(self, name: str, operands: list[Series]) -> Series:
        a, function = operands[0], FUNCTIONS[name]
        if name in _PRIMITIVES:
            return _PRIMITIVES[name](*operands)
        if name == "cbrt":
            return self._odd_power(a, 1 / 3)
        if name == "odd_power":
            return self._odd_power(a, float(operands[1].at((0.0, 0))[0]))
        simpler = function.series or function.rewrite or (function.definition if not function.derivatives else "")
        names = dict(zip(function.arguments, operands, strict=True))
        if simpler:
            return Expansion(names, self.blank).of(rule(simpler, function.arguments))
        total = self.blank.constant(0.0)
        for argument, derivative in zip(operands, function.derivatives, strict=True):
            partial = Expansion(names, self.blank).of(rule(derivative, function.arguments))
            total = total + partial * argument.differentiated()
        starts = [np.where(operand.lowest() < 0, operand.sign() * np.inf, operand.at((0.0, 0))) for operand in operands]
        if name == "atan2":  # the angle of the first terms, though both may be 0
            lowest = np.minimum(*(operand.lowest() for operand in operands))
            starts = [np.where(operand.lowest() == lowest, _first(operand), 0.0) for operand in operands]
        return total.integrated(function.compute(*starts, np.empty(a.columns)))


def _first(a: Series) -> Array:
    """The coefficient of each column's leading term."""
    which, keys = a.leading()
    result = np.zeros(a.columns)
    for index, key in enumerate(keys):
        result[which == index] = a.terms[key][which == index]
    return result


def _where(c: Series, a: Series, b: Series) -> Series:
    return _chosen(c.sign() != 0, c, a, b)


def _chosen(first: Any, like: Series, a: Series, b: Series) -> Series:
    unknown = np.isnan(like.sign())
    parts = [(first & ~unknown, a.take(first & ~unknown)), (~first & ~unknown, b.take(~first & ~unknown))]
    return joined([*parts, (unknown, a.take(unknown).unknown())], a)


def _compared(*signs: int) -> Any:
    """1 where the difference has one of the signs."""
    return lambda a, b: a.constant(np.where(np.isnan(sign := (a - b).sign()), np.nan, np.isin(sign, signs)))


_PRIMITIVES: dict[str, Callable[..., Series]] = {
    "exp": exponential,
    "log": logarithm,
    "sin": sine,
    "cos": lambda a: sine(a, quarter=1),
    "sqrt": lambda a: a.power(0.5),
    "inverse_sqrt": lambda a: a.power(-0.5),
    "abs": lambda a: a.scaled(a.sign()),
    "sign": lambda a: a.constant(a.sign()),
    "side": lambda a: a.constant(a.sign()),
    "flat": lambda a: a.constant(0.0),
    "floor": floor,
    "ceil": lambda a: -floor(-a),
    "round": lambda a: floor(a + a.constant(0.5)),
    "mod": lambda a, b: a - b * floor(a / b),
    "min": lambda a, b: _chosen((a - b).sign() <= 0, a - b, a, b),
    "max": lambda a, b: _chosen((a - b).sign() >= 0, a - b, a, b),
    "where": _where,
    "less": _compared(-1),
    "less_equal": _compared(-1, 0),
    "greater": _compared(1),
    "greater_equal": _compared(1, 0),
    "equal": _compared(0),
    "not_equal": _compared(-1, 1),
}
