"""A formula as a graph of elementary operations in which nothing is computed twice.

Every node knows how often it has to be computed: once (it depends on parameters alone), once a step (also on the step's number),
or for every point. Products are arranged so that factors of the first two sorts meet and are multiplied ahead of time. The
arrangement depends on the formula alone, never on the parameters' values, so a run gives the same bits whether its parameters are
numbers or arrays. Only exact identities (a + 0, 1 * a, 0 * a) look at values: a parameter that is switched off costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from formulas.evaluate import apply
from formulas.function import ONCE, POINT, Function
from formulas.functions import FUNCTIONS
from formulas.syntax import rule
from formulas.tree import CONSTANTS, Call, Name, Number, Operation, Tree, odd_root

_MOST_SQUARINGS = 64


@dataclass(frozen=True)
class Node:
    """One operation: "number", "input", "copy", one of + - * /, or a function's name."""

    operation: str
    operands: tuple[int, ...] = ()
    value: float = 0.0
    name: str = ""
    level: int = ONCE
    shape: str = "vector"


class Graph:
    """Nodes are referred to by their index; adding one that is there already returns the old index.

    Args:
        functions: what a call may name beside the common table.
        positive_scales: whether every factor known before the points is a positive number, as in the running means and corrections of
            an update rule. It may then leave a root or a denominator.
    """

    def __init__(self, functions: Mapping[str, Function] | None = None, positive_scales: bool = False) -> None:
        self.functions = {**FUNCTIONS, **(functions or {})}
        self.positive_scales = positive_scales
        self.nodes: list[Node] = []
        self._index: dict[Node, int] = {}

    def _add(self, node: Node) -> int:
        if node not in self._index:
            self._index[node] = len(self.nodes)
            self.nodes.append(node)
        return self._index[node]

    def number(self, value: float) -> int:
        """A literal."""
        return self._add(Node("number", value=float(value) + 0.0))  # -0.0 and 0.0 are one node

    def input(self, name: str, level: int, shape: str = "vector") -> int:
        """A value that is given when the program runs."""
        return self._add(Node("input", name=name, level=level, shape=shape))

    def copy(self, node: int, name: str) -> int:
        """The same value in an array of its own, under a name."""
        return self._add(Node("copy", (node,), name=name, level=POINT, shape=self.nodes[node].shape))

    def level(self, node: int) -> int:
        """How often the node has to be computed."""
        return self.nodes[node].level

    def known(self, node: int) -> float | None:
        """The node's value, if it is a literal."""
        return self.nodes[node].value if self.nodes[node].operation == "number" else None

    def _apply(self, operation: str, *operands: int) -> int:
        return self._add(Node(operation, operands, level=max(self.level(operand) for operand in operands)))

    def add(self, a: int, b: int) -> int:
        """a + b"""
        x, y = self.known(a), self.known(b)
        if x is not None and y is not None:
            return self.number(x + y)
        if x == 0.0 or y == 0.0:
            return b if x == 0.0 else a
        if (negated := self._negated(b)) is not None:
            return self.subtract(a, negated)
        if (negated := self._negated(a)) is not None:
            return self.subtract(b, negated)
        return self._apply("+", *sorted((a, b)))

    def subtract(self, a: int, b: int) -> int:
        """a - b"""
        x, y = self.known(a), self.known(b)
        if x is not None and y is not None:
            return self.number(x - y)
        if y == 0.0:
            return a
        if a == b:
            return self.number(0.0)
        if (negated := self._negated(b)) is not None:
            return self.add(a, negated)
        return self._apply("-", a, b)

    def _negated(self, node: int) -> int | None:
        """-node, where node is a negative number or a product with one, so that changing the sign costs nothing; else None."""
        entry = self.nodes[node]
        value = self.known(node)
        if value is not None:
            return self.number(-value) if value < 0 else None
        if entry.operation == "*" and (factor := self._negated(entry.operands[0])) is not None:
            return self.multiply(factor, entry.operands[1])
        return None

    def negate(self, a: int) -> int:
        """-a"""
        if self.nodes[a].operation == "-":
            return self.subtract(self.nodes[a].operands[1], self.nodes[a].operands[0])
        return self.multiply(self.number(-1.0), a)

    def multiply(self, a: int, b: int) -> int:
        """a * b, with the factors that are known before the points gathered in front, so that they are multiplied ahead of time."""
        x, y = self.known(a), self.known(b)
        if x is not None and y is not None:
            return self.number(x * y)
        if x == 0.0 or y == 0.0:
            return self.number(0.0)
        if x == 1.0 or y == 1.0:
            return b if x == 1.0 else a
        (early_a, late_a), (early_b, late_b) = self._factors(a), self._factors(b)
        if late_a is None and late_b is None:
            return self._product(a, b)
        early = self._product(early_a, early_b)
        late = self._product(late_a, late_b)
        return self._product(early, late)

    def _factors(self, node: int) -> tuple[int | None, int | None]:
        """The node as a product: the factor that is known before the points, and the rest; either may be missing."""
        if self.level(node) < POINT:
            return node, None
        entry = self.nodes[node]
        if entry.operation == "*" and self.level(entry.operands[0]) < POINT:
            early, late = entry.operands
            return early, late
        return None, node

    def _product(self, a: int | None, b: int | None) -> int:
        if a is None or b is None:
            return next(node for node in (a, b, self.number(1.0)) if node is not None)
        x, y = self.known(a), self.known(b)
        if x is not None and y is not None:
            return self.number(x * y)
        if 0.0 in (x, y):
            return self.number(0.0)
        if 1.0 in (x, y):
            return b if x == 1.0 else a
        first, second = sorted((a, b), key=lambda node: (self.level(node), self.known(node) is None, node))
        inner = self.nodes[second]
        if self.known(first) is not None and inner.operation == "*" and self.known(inner.operands[0]) is not None:
            return self._product(self._product(first, inner.operands[0]), inner.operands[1])
        return self._apply("*", first, second)

    def divide(self, a: int, b: int) -> int:
        """a / b; where b is known before the points it becomes a product with 1/b."""
        x, y = self.known(a), self.known(b)
        if x is not None and y is not None and y != 0.0:
            return self.number(x / y)
        if x == 0.0:
            return a
        if y == 1.0:
            return a
        if y is not None and y != 0.0 and math.frexp(y)[0] in (0.5, -0.5):  # a power of two: its inverse is exact
            return self.multiply(a, self.number(1.0 / y))
        if self.level(b) < POINT and self.level(a) == POINT:
            return self.multiply(a, self.number(1.0 / y) if y else self._apply("/", self.number(1.0), b))
        early, late = self._factors(b)
        if early is not None and late is not None:
            return self.divide(self.divide(a, early), late)
        if self.positive_scales and self.nodes[b].operation == "+":  # a/(s b + c) = (a/s)/(b + c/s)
            constant, term = sorted(self.nodes[b].operands, key=self.level)
            early, late = self._factors(term)
            if self.level(constant) < POINT and early is not None and late is not None:
                return self.divide(self.divide(a, early), self.add(late, self.divide(constant, early)))
        return self._apply("/", a, b)

    def power(self, base: int, exponent: int) -> int:
        """base ** exponent; a whole exponent by multiplications that share their squares."""
        n = self.known(exponent)
        if self.known(base) == math.e:
            return self.call("exp", exponent)
        if n is None or self.level(base) < POINT:
            return self.call("power", base, exponent) if n not in (1.0, 2.0) else (base if n == 1.0 else self.multiply(base, base))
        if n == 0.0:
            return self.number(1.0)
        if n < 0:
            return self.divide(self.number(1.0), self.power(base, self.number(-n)))
        if n in (0.5, 1.5):
            root = self.call("sqrt", base)
            return root if n == 0.5 else self.multiply(base, root)
        if n != int(n) or n > _MOST_SQUARINGS:
            return self.call("power", base, exponent)
        half = self.power(base, self.number(n // 2)) if n > 1 else self.number(1.0)
        square = self.multiply(half, half)
        return self.multiply(square, base) if n % 2 else square

    def odd_power(self, base: int, exponent: int) -> int:
        """base ** exponent, where the exponent is a fraction of odd numbers: it keeps the sign of the base."""
        n = self.known(exponent)
        if n is not None and n < 0:
            return self.divide(self.number(1.0), self.odd_power(base, self.number(-n)))
        return self._add(Node("odd_power", (base, exponent), level=max(self.level(base), self.level(exponent))))

    def call(self, name: str, *operands: int) -> int:
        """A function of the table."""
        if name == "odd_power":
            return self.odd_power(*operands)
        function = self.functions[name]
        level = max(self.level(operand) for operand in operands)
        simpler = function.rewrite if function.rewrite and level == POINT else function.definition
        if simpler:
            return self.build(rule(simpler, function.arguments), dict(zip(function.arguments, operands, strict=True)))
        values = [self.known(operand) for operand in operands]
        if None not in values and name in FUNCTIONS:
            value = float(apply(Call(name, (), 0), [value for value in values if value is not None]))
            if math.isfinite(value):
                return self.number(value)
        if name == "sqrt" and self.positive_scales:
            early, late = self._factors(operands[0])
            if early is not None and late is not None:
                return self.multiply(self.call("sqrt", early), self.call("sqrt", late))
        if name == "choose" and values[0] is not None:
            return operands[1] if values[0] > 0 else operands[2]
        return self._add(Node(name, operands, level=max(level, function.level), shape=function.shape))

    def build(self, tree: Tree, names: Mapping[str, int]) -> int:
        """Add a syntax tree, its names standing for nodes that are there."""
        if isinstance(tree, Number):
            return self.number(tree.value)
        if isinstance(tree, Name):
            return names[tree.name] if tree.name in names else self.number(CONSTANTS[tree.name])
        operands = [self.build(operand, names) for operand in tree.operands]
        return self.combine(tree, operands)

    def combine(self, tree: Operation | Call, operands: list[int]) -> int:
        """The node for one operation of a tree whose operands are nodes."""
        if isinstance(tree, Call):
            return self.call(tree.function, *operands)
        if len(operands) == 1:
            return self.negate(operands[0])
        if tree.symbol == "**" and (root := odd_root(tree.operands[1])) is not None:
            return (
                self.odd_power(operands[0], operands[1]) if root.numerator % 2 else self.power(self.call("abs", operands[0]), operands[1])
            )
        method = {"+": self.add, "-": self.subtract, "*": self.multiply, "/": self.divide, "**": self.power}[tree.symbol]
        return method(*operands)
