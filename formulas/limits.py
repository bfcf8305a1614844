"""A formula's value and derivatives at single points where a step on the way to them is not smooth: limits, and means of the sides.

A compiled program leaves NaN or infinity there: the slope of sqrt(x**2 + y**2) at 0, and so that of its cosine, which is smooth. Along rays
that leave the point the formula is a generalized power series (`formulas.series`). Where it is smooth, the first terms are its value, slope
and curvature. Where it is not, there are sides: what differs between opposite ones is their mean, and what grows beyond all bounds, as the
slope of a root at 0 does, is left out (Hadamard's finite part).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from formulas import series
from formulas.evaluate import evaluate
from formulas.functions import FUNCTIONS
from formulas.series import Scope, Series, TooLongError
from formulas.smoothness import SINGULAR, may_have_gaps, singular_and_rest, singular_at, smoothness, terms_of
from formulas.syntax import constant_value, rule
from formulas.tree import CONSTANTS, Call, Name, Operation, Tree, names_in, odd_root
from parameters import Array

QUANTITIES = ("value", "dx", "dy", "dxx", "dxy", "dyy")
_LIMITS = (6.0, 16.0)
"""The exponents from which on terms are not kept: at first, and where that is too few, as after a division by a high power."""
_MOST_POINTS = 512
_HALF = [(a, b) for long, short in ((4, 3), (40, 9)) for a, b in ((long, short), (short, long), (long, -short), (short, -long))]
_DIRECTIONS = np.array([*_HALF, *[(-a, -b) for a, b in _HALF]], dtype=float).T
"""Opposite directions, none along an axis or a diagonal, of whole length, so that sums of squares have exact roots."""
_SQUARES = np.repeat((25.0, 1681.0), 4)
"""The squares of the lengths of the first half of them."""


def limits(tree: Tree, x: Array, y: Array, values: Mapping[str, Any]) -> Array:
    """Value, gradient and Hessian at points.

    Args:
        tree: the formula.
        x, y: where, shape (n,).
        values: a number, or an array of shape (n,), for every parameter.

    Returns:
        Shape (6, n), rows as QUANTITIES; NaN where there is no limit of the value, and for the derivatives where the value has none.
    """
    result = sum([_of_terms(part, x, y, values) for part in singular_and_rest(tree)], np.zeros((len(QUANTITIES), x.size)))
    for index in np.flatnonzero(np.isnan(result[0])):
        own = {name: value[[index]] if np.ndim(value) else value for name, value in values.items()}
        result[0, index] = _term_by_term(tree, x[[index]], y[[index]], own)
    return result


def _term_by_term(tree: Tree, x: Array, y: Array, values: Mapping[str, Any]) -> float:
    """The value at one point where it has no limit since a term has a step there: that term's own value, and the limits of the others."""
    total = 0.0
    for term in (term for terms in terms_of(tree) for term in terms):
        value = float(np.squeeze(evaluate(term, {**values, "x": x, "y": y})))
        total += value if math.isfinite(value) else float(_of_terms(term, x, y, values)[0, 0])
    return total


def _of_terms(tree: Tree, x: Array, y: Array, values: Mapping[str, Any]) -> Array:
    """`limits` of some of the terms of a sum. Smooth ones go by themselves: beside others that are far larger they would drown."""
    result = np.full((len(QUANTITIES), x.size), np.nan)
    waiting = np.arange(x.size)
    for limit in _LIMITS:
        chosen = {name: value[waiting] if np.ndim(value) else value for name, value in values.items()}
        try:
            found = _along_rays(tree, x[waiting], y[waiting], chosen, limit)
        except TooLongError:
            break
        result[:, waiting], enough = _fitted(found)
        waiting = waiting[~enough]
        if not waiting.size:
            break
    return result


def _along_rays(tree: Tree, x: Array, y: Array, values: Mapping[str, Any], limit: float) -> Series:
    """The formula along every direction from every point: columns are the directions of the first point, then of the second, ..."""
    count = _DIRECTIONS.shape[1]
    along = [np.tile(row, x.size) for row in _DIRECTIONS]
    blank = Series({}, np.full(x.size * count, np.inf), Scope(limit))
    names = {name: blank.constant(np.repeat(value, count) if np.ndim(value) else float(value)) for name, value in values.items()}
    for name, at, step in zip("xy", (x, y), along, strict=True):
        names[name] = Series({(0.0, 0): np.repeat(at, count), (1.0, 0): step}, blank.order, blank.scope)
    with np.errstate(all="ignore"):
        return _Expansion(names, blank).of(tree)


def _fitted(found: Series) -> tuple[Array, Any]:
    """Value, gradient and Hessian of each point from its rays, and whether the series were known far enough."""
    count = _DIRECTIONS.shape[1]
    terms = {key: values.reshape(-1, count) for key, values in found.terms.items()}
    order = found.order.reshape(-1, count)
    points = order.shape[0]
    zero = np.zeros((points, count))
    finite = np.ones((points, count), dtype=bool)
    for (exponent, logarithms), values in terms.items():
        if exponent <= 2:
            finite &= ~np.isnan(values)
        if exponent < 0 or (exponent == 0 and logarithms):
            finite &= values == 0
    finite &= order > 0
    start, slope, bend = (_without_logarithms(terms, exponent, zero) for exponent in (0.0, 1.0, 2.0))
    result = np.full((len(QUANTITIES), points), np.nan)
    for i in range(points):
        rays = finite[i]
        if not rays.any():
            continue
        low, high = start[i, rays].min(), start[i, rays].max()
        if high - low <= 1e-9 * max(abs(low), abs(high)):
            result[0, i] = start[i, rays][0]
        result[1:3, i] = _gradient(np.where(order[i] > 1, slope[i], 0.0), rays)
        result[3:, i] = _hessian(np.where(order[i] > 2, bend[i], 0.0), rays)
    return result, ~(finite & (order <= 2)).any(axis=1)


def _without_logarithms(terms: Mapping[series.Key, Array], exponent: float, zero: Array) -> Array:
    """The coefficients of a power of t, and 0 where it is multiplied by a logarithm, too: then they depend on the unit of length."""
    infinite = sum((np.abs(values) for (e, k), values in terms.items() if e == exponent and k), zero)
    return np.where(infinite == 0, terms.get((exponent, 0), zero), 0.0)


def _gradient(slope: Array, rays: Any) -> Array:
    """The gradient whose slopes along the rays are these: for all of them by their odd part, else by least squares."""
    if rays.all():
        odd = (slope[:8] - slope[8:]) / 2
        sums = (odd * _DIRECTIONS[:, :8]).reshape(2, 2, 4).sum(axis=2) / (2 * _SQUARES[::4])
        return np.asarray(sums.mean(axis=1))
    return _least_squares(_DIRECTIONS[:, rays].T, slope[rays])


def _hessian(bend: Array, rays: Any) -> Array:
    """The matrix xx, xy, yy whose halves these second coefficients are: for all rays by their even part, else by least squares."""
    x, y = _DIRECTIONS
    if not rays.all():
        equations = np.stack([x * x, 2 * x * y, y * y])[:, rays].T
        return _least_squares(equations, 2 * bend[rays])
    even = (bend[:8] + bend[8:]).reshape(2, 4)
    long, short = x[:8:4], y[:8:4]
    first, second = even[:, 0] + even[:, 2], even[:, 1] + even[:, 3]
    trace = (first + second) / (2 * (long**2 + short**2))
    difference = (first - second) / (2 * (long**2 - short**2))
    mixed = (even[:, 0] - even[:, 2] + even[:, 1] - even[:, 3]) / (8 * long * short)
    return np.array([np.mean((trace + difference) / 2), np.mean(mixed), np.mean((trace - difference) / 2)])


def _least_squares(equations: Array, wanted: Array) -> Array:
    found = np.asarray(np.linalg.lstsq(equations, wanted, rcond=None)[0])
    return np.where(np.abs(found) > 1e-13 * np.max(np.abs(wanted)), found, 0.0)


class _Expansion:
    """Series of a tree's nodes."""

    def __init__(self, names: Mapping[str, Series], blank: Series) -> None:
        self.names, self.blank = names, blank

    def of(self, tree: Tree) -> Series:
        constant = constant_value(tree)
        if constant is not None:
            return self.blank.constant(constant)
        if isinstance(tree, Name):
            return self.names[tree.name] if tree.name in self.names else self.blank.constant(CONSTANTS[tree.name])
        assert isinstance(tree, Operation | Call)
        operands = list(map(self.of, tree.operands))
        if isinstance(tree, Call):
            return self.call(tree.function, operands)
        if len(operands) == 1:
            return -operands[0]
        left, right = operands
        if tree.symbol == "**":
            return self.power(left, right, tree.operands[1])
        if tree.symbol in "+-":
            return left + right if tree.symbol == "+" else left - right
        return left * right if tree.symbol == "*" else left / right

    def power(self, base: Series, exponent: Series, tree: Tree) -> Series:
        value = constant_value(tree)
        if value is not None:
            root = odd_root(tree)
            return base.power(value) if root is None else self.odd_power(base, value, root.numerator % 2 == 1)
        if names_in(tree) & {"x", "y"}:
            return self.general_power(base, exponent)
        parts = []
        exponents = exponent.at((0.0, 0))
        for number in np.unique(exponents):
            columns = exponents == number
            parts.append((columns, base.take(columns).power(float(number))))
        return series.joined(parts, base)

    def general_power(self, base: Series, exponent: Series) -> Series:
        """e to the power exponent*log(base); a base that is 0 has no logarithm, but all its powers above 0 are 0."""
        zero = (base.sign() == 0) & (exponent.sign() > 0)
        rest = series.exponential(exponent.take(~zero) * series.logarithm(base.take(~zero)))
        return series.joined([(zero, base.take(zero).constant(0.0)), (~zero, rest)], base)

    def odd_power(self, base: Series, exponent: float, odd: bool = True) -> Series:
        sign = base.sign()
        size = base.scaled(sign).power(exponent)
        return size.scaled(sign) if odd else size

    def call(self, name: str, operands: list[Series]) -> Series:
        a, function = operands[0], FUNCTIONS[name]
        if name in _PRIMITIVES:
            return _PRIMITIVES[name](*operands)
        if name == "cbrt":
            return self.odd_power(a, 1 / 3)
        if name == "odd_power":
            return self.odd_power(a, float(operands[1].at((0.0, 0))[0]))
        simpler = function.series or function.rewrite or (function.definition if not function.derivatives else "")
        names = dict(zip(function.arguments, operands, strict=True))
        if simpler:
            return _Expansion(names, self.blank).of(rule(simpler, function.arguments))
        total = self.blank.constant(0.0)
        for argument, derivative in zip(operands, function.derivatives, strict=True):
            partial = _Expansion(names, self.blank).of(rule(derivative, function.arguments))
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
    return series.joined([*parts, (unknown, a.take(unknown).unknown())], a)


def _compared(*signs: int) -> Any:
    """1 where the difference has one of the signs."""
    return lambda a, b: a.constant(np.where(np.isnan(sign := (a - b).sign()), np.nan, np.isin(sign, signs)))


_PRIMITIVES: dict[str, Callable[..., Series]] = {
    "exp": series.exponential,
    "log": series.logarithm,
    "sin": series.sine,
    "cos": lambda a: series.sine(a, quarter=1),
    "sqrt": lambda a: a.power(0.5),
    "inverse_sqrt": lambda a: a.power(-0.5),
    "abs": lambda a: a.scaled(a.sign()),
    "sign": lambda a: a.constant(a.sign()),
    "side": lambda a: a.constant(a.sign()),
    "flat": lambda a: a.constant(0.0),
    "floor": series.floor,
    "ceil": lambda a: -series.floor(-a),
    "round": lambda a: series.floor(a + a.constant(0.5)),
    "mod": lambda a, b: a - b * series.floor(a / b),
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


class Repair:
    """Replaces what a program could not compute at single points by `limits`.

    Args:
        tree: the formula.
        outputs: the quantities that the program computes.
    """

    def __init__(self, tree: Tree, outputs: tuple[str, ...]) -> None:
        self.tree, self.outputs = tree, outputs
        self._known: dict[bytes, Array] = {}

    def __call__(self, x: Array, y: Array, values: Mapping[str, Any], *outputs: Array) -> None:
        """Fill the outputs in place; a check of some microseconds where there is nothing to fill."""
        first = outputs[0]
        if math.isfinite(first.dot(outputs[-1])) and all(math.isfinite(one.dot(one)) for one in outputs[1:-1]):
            return
        missing = np.isfinite(x) & np.isfinite(y) & ~np.isfinite(outputs).all(axis=0)
        if not missing.any():
            return
        lanes = np.flatnonzero(missing)
        own = {name: value[lanes] if np.ndim(value) else value for name, value in values.items()}
        singular = singular_at(self.tree, {**own, "x": x[lanes], "y": y[lanes]}, lanes.size)
        lanes = lanes[singular]
        own = {name: value[singular] if np.ndim(value) else value for name, value in own.items()}
        for begin in range(0, lanes.size, _MOST_POINTS):
            part = slice(begin, begin + _MOST_POINTS)
            some = {name: value[part] if np.ndim(value) else value for name, value in own.items()}
            found = self._limits(x[lanes[part]], y[lanes[part]], some)
            for name, array in zip(self.outputs, outputs, strict=True):
                row = found[QUANTITIES.index(name)]
                fill = ~np.isfinite(array[lanes[part]]) & ~np.isnan(row)
                if name == "value":
                    fill &= np.isnan(array[lanes[part]])
                array[lanes[part][fill]] = row[fill]

    def _limits(self, x: Array, y: Array, values: Mapping[str, Any]) -> Array:
        """`limits`, which are looked up where a trajectory rests at such a point."""
        columns = np.array([x, y, *(np.broadcast_to(value, x.shape) for value in values.values())])
        keys = [column.tobytes() for column in columns.T]
        known = dict(self._known)  # a program may run in several threads
        new = [index for index, key in enumerate(keys) if key not in known]
        if new:
            own = {name: value[new] if np.ndim(value) else value for name, value in values.items()}
            rows = limits(self.tree, x[new], y[new], own).T
            known |= {keys[index]: row for index, row in zip(new, rows, strict=True)}
            self._known = known if len(known) < 10 * _MOST_POINTS else {}
        return np.array([known[key] for key in keys]).T


def repair_of(tree: Tree, outputs: tuple[str, ...]) -> Repair | None:
    """What a program that computes these quantities of a formula needs at its end; None if nothing."""
    if smoothness(tree) != SINGULAR or (outputs == ("value",) and not may_have_gaps(tree)):
        return None
    return Repair(tree, outputs)
