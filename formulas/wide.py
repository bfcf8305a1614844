"""Numbers of any size, each a fraction and an exponent of 2, for points where a formula overflows on the way to what does not.

As slow as they are rarely needed: the slope of 1/(1 + exp(-100*x)) at -8 is 0, but the exponential is beyond 1.8e308 there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from formulas.function import POINT
from formulas.functions import FUNCTIONS
from formulas.graph import Graph, Node
from formulas.libm import functions as libm
from parameters import Array

_LOG2 = math.log(2)
_FAR = 25.0
"""At more than this erfc is below 1e-273, and eight terms of its series give all digits."""
_HUGE = 2200.0
"""No double has an exponent as large as this, nor do two that are added and differ by as much have a sum but the larger one."""


@dataclass(frozen=True, eq=False)
class Wide:
    """Numbers `fraction * 2**exponent`, fractions from 1/2 to 1 in size, or 0, infinite or NaN.

    Attributes:
        fraction, exponent: shape (n,); exponents are whole, but as doubles, since they grow beyond any integer.
    """

    fraction: Array
    exponent: Array

    @classmethod
    def of(cls, fraction: Any, exponent: Any = 0.0) -> Wide:
        """The numbers of any fractions and exponents."""
        part, shift = np.frexp(fraction)
        return cls(part, np.where((part == 0) | ~np.isfinite(part), 0.0, exponent + shift))

    def plain(self) -> Array:
        """As doubles: infinite or 0 where they are too large or too small for that."""
        return np.asarray(np.ldexp(self.fraction, np.clip(self.exponent, -_HUGE, _HUGE).astype(int)))

    def sign(self) -> Array:
        """-1, 0 or 1."""
        return np.asarray(np.sign(self.fraction))

    def __neg__(self) -> Wide:
        return Wide(-self.fraction, self.exponent)

    def __add__(self, other: Wide) -> Wide:
        top = np.where(
            self.fraction == 0, other.exponent, np.where(other.fraction == 0, self.exponent, np.maximum(self.exponent, other.exponent))
        )
        parts = [np.ldexp(one.fraction, np.clip(one.exponent - top, -_HUGE, 0).astype(int)) for one in (self, other)]
        return Wide.of(parts[0] + parts[1], top)

    def __sub__(self, other: Wide) -> Wide:
        return self + -other

    def __mul__(self, other: Wide) -> Wide:
        return Wide.of(self.fraction * other.fraction, self.exponent + other.exponent)

    def __truediv__(self, other: Wide) -> Wide:
        return Wide.of(self.fraction / other.fraction, self.exponent - other.exponent)

    def __abs__(self) -> Wide:
        return Wide(np.abs(self.fraction), self.exponent)


def _exp(a: Wide) -> Wide:
    power = a.plain()
    finite = np.isfinite(power)
    halvings = np.where(finite, np.round(power / _LOG2), 0.0)
    rest = power - halvings * _LOG2  # of a large power no digit of it is right
    return Wide.of(libm.exp(np.where(finite, np.clip(rest, -1, 1), rest)), halvings)


def _log(a: Wide) -> Wide:
    return Wide.of(libm.log(a.fraction) + a.exponent * _LOG2)


def _sqrt(a: Wide) -> Wide:
    odd = np.mod(a.exponent, 2)
    return Wide.of(np.sqrt(a.fraction * (1 + odd)), (a.exponent - odd) / 2)


def _power(a: Wide, b: Wide) -> Wide:
    exponent = b.plain()
    size = _exp(b * _log(abs(a)))
    negative = np.where(exponent == np.round(exponent), 1 - 2 * np.mod(exponent, 2), np.nan)
    fraction = np.where(a.sign() < 0, size.fraction * negative, size.fraction)
    at_zero = libm.power(np.zeros_like(exponent), exponent)
    return Wide.of(np.where(a.sign() == 0, at_zero, fraction), np.where(a.sign() == 0, 0.0, size.exponent))


def _odd_power(a: Wide, b: Wide) -> Wide:
    return Wide.of(a.sign()) * _power(abs(a), b)


def _chosen(first: Any, a: Wide, b: Wide) -> Wide:
    return Wide(np.where(first, a.fraction, b.fraction), np.where(first, a.exponent, b.exponent))


def _hyperbolic(name: str, sign: float) -> Callable[[Wide], Wide]:
    """Half the sum or the difference of two exponentials; the function itself near 0, where the difference would lose digits."""

    def compute(a: Wide) -> Wide:
        large = (_exp(a) + Wide.of(np.full_like(a.fraction, sign)) * _exp(-a)) * Wide.of(np.full_like(a.fraction, 0.5))
        return _chosen(np.abs(a.plain()) > 1, large, _plainly(name, a))

    return compute


def _asinh(a: Wide) -> Wide:
    return _chosen(a.exponent > 100, Wide.of(a.sign()) * _log(abs(a) + abs(a)), _plainly("asinh", a))


def _acosh(a: Wide) -> Wide:
    return _chosen((a.exponent > 100) & (a.sign() > 0), _log(a + a), _plainly("acosh", a))


def _log1p(a: Wide) -> Wide:
    return _chosen(a.exponent > 100, _log(a), _plainly("log1p", a))


def _erfc(a: Wide) -> Wide:
    """The function itself, and its asymptotic series (Abramowitz and Stegun 7.1.23) where it comes near the smallest doubles."""
    far = np.maximum(a.plain(), _FAR)
    terms, sums = np.ones_like(far), np.ones_like(far)
    for odd in range(1, 15, 2):
        terms *= -odd / (2 * far * far)
        sums += terms
    return _chosen(a.plain() > _FAR, _exp(-(a * a)) * Wide.of(sums / math.sqrt(math.pi)) / a, _plainly("erfc", a))


def _plainly(name: str, *operands: Wide) -> Wide:
    """A function of the table, of numbers of the usual size."""
    plain = [operand.plain() for operand in operands]
    return Wide.of(FUNCTIONS[name].compute(*plain, np.empty(plain[0].shape)))


def _scaled(factor: float) -> Callable[[Wide], Wide]:
    return lambda a: _log(a) / Wide.of(np.full_like(a.fraction, factor))


_OPERATIONS: dict[str, Callable[..., Wide]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "copy": lambda a: a,
    "exp": _exp,
    "expm1": lambda a: _chosen(a.plain() > 1, _exp(a) - Wide.of(np.ones_like(a.fraction)), _plainly("expm1", a)),
    "sinh": _hyperbolic("sinh", -1.0),
    "cosh": _hyperbolic("cosh", 1.0),
    "log": _log,
    "log2": _scaled(_LOG2),
    "log10": _scaled(math.log(10)),
    "log1p": _log1p,
    "asinh": _asinh,
    "acosh": _acosh,
    "erfc": _erfc,
    "sqrt": _sqrt,
    "cbrt": lambda a: _odd_power(a, Wide.of(np.full_like(a.fraction, 1 / 3))),
    "power": _power,
    "odd_power": _odd_power,
    "hypot": lambda a, b: _sqrt(a * a + b * b),
    "abs": abs,
    "min": lambda a, b: _chosen(((a - b).sign() <= 0) | np.isnan(a.fraction), a, b),
    "max": lambda a, b: _chosen(((a - b).sign() >= 0) | np.isnan(a.fraction), a, b),
    "where": lambda c, a, b: _chosen(c.sign() != 0, a, b),
    "choose": lambda c, a, b: _chosen(c.sign() > 0, a, b),
}
_COMPARED = ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")
_GROWING = {"exp", "expm1", "sinh", "cosh", "power", "hypot", "erfc"}
"""What leaves float range where its operands are far from doing so, or vanishes, which is the same below a line."""
_TAMING = {
    "/",
    "log",
    "log2",
    "log10",
    "log1p",
    "asinh",
    "acosh",
    "sqrt",
    "cbrt",
    "odd_power",
    "power",
    "tanh",
    "atan",
    "atan2",
    "erf",
    "erfc",
    "sign",
    "side",
    "min",
    "max",
    "choose",
    "where",
    "hypot",
}
"""What is of ordinary size though its operands are not, or may be."""


def may_overflow(graph: Graph, nodes: Mapping[str, int]) -> bool:
    """Whether these nodes may be of ordinary size though something on the way to them, that grows exponentially, is not."""
    growing: set[int] = set()
    for index in _needed(graph, nodes):
        node = graph.nodes[index]
        large = not growing.isdisjoint(node.operands)
        if large and (node.operation in _TAMING or (node.operation == "*" and _may_balance(graph, node, growing))):
            return True
        if large or node.operation in _GROWING:
            growing.add(index)
    return False


def _may_balance(graph: Graph, product: Node, growing: set[int]) -> bool:
    """Whether one factor of a product may grow beyond float range while the other vanishes."""
    one, other = product.operands
    return one != other and all(factor in growing and graph.level(factor) == POINT for factor in (one, other))


def computed(graph: Graph, nodes: Mapping[str, int], inputs: Mapping[str, Array]) -> dict[str, Array]:
    """Nodes of a graph, with numbers of any size on the way.

    Args:
        graph: the graph.
        nodes: the nodes, by any name.
        inputs: the values of all its inputs, each of shape (n,).

    Returns:
        Arrays of shape (n,) by the names of the nodes.
    """
    shape = next(iter(inputs.values())).shape
    values: dict[int, Wide] = {}
    with np.errstate(all="ignore"):
        for index in _needed(graph, nodes):
            node = graph.nodes[index]
            if node.operation in ("number", "input"):
                values[index] = Wide.of(inputs[node.name] if node.name else np.full(shape, node.value))
                continue
            operands = [values[operand] for operand in node.operands]
            if node.operation in _COMPARED:
                operands = [operands[0] - operands[1], Wide.of(np.zeros(shape))]
            routine = _OPERATIONS.get(node.operation)
            values[index] = routine(*operands) if routine else _plainly(node.operation, *operands)
        return {name: values[index].plain() for name, index in nodes.items()}


def _needed(graph: Graph, nodes: Mapping[str, int]) -> list[int]:
    """The nodes that others are computed from, operands first."""
    needed: set[int] = set()
    waiting = list(nodes.values())
    while waiting:
        index = waiting.pop()
        if index not in needed:
            needed.add(index)
            waiting.extend(graph.nodes[index].operands)
    return sorted(needed)
