"""SymPy expressions over named pieces -> nodes of a graph."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import sympy

from formulas.function import ONCE, POINT
from formulas.graph import Graph
from formulas.symbolic import real_symbol
from formulas.tree import FormulaError


class Lowering:
    """Adds what expressions need to a graph.

    Args:
        definitions: what the named pieces stand for.
        parameters: the names in the formula beside x and y.
        known: parameters that are literal numbers.
    """

    def __init__(self, definitions: Mapping[sympy.Symbol, sympy.Expr], parameters: Iterable[str], known: Mapping[str, float]) -> None:
        self.graph = Graph()
        self.definitions = definitions
        self.nodes: dict[sympy.Expr, int] = {real_symbol(name): self.graph.input(name, POINT) for name in "xy"}
        for name in parameters:
            self.nodes[real_symbol(name)] = self.graph.number(known[name]) if name in known else self.graph.input(name, ONCE)

    def node(self, expression: sympy.Expr) -> int:
        """The node that computes the expression."""
        if expression not in self.nodes:
            self.nodes[expression] = self._lower(expression)
        return self.nodes[expression]

    def _lower(self, expression: sympy.Expr) -> int:
        if expression in self.definitions:
            return self.node(self.definitions[expression])
        if expression.is_Atom and expression.is_number:
            try:
                value = float(expression)
            except TypeError:  # 1/0 or a complex number
                value = math.nan
            if not math.isfinite(value):
                raise FormulaError("the formula or its derivatives hold a number beyond 1.8e308; use smaller numbers")
            return self.graph.number(value)
        if expression.is_Add:
            return self._sum(expression)
        if expression.is_Mul:
            return self._product(expression)
        if expression.is_Pow:
            return self.graph.power(self.node(expression.base), self.node(expression.exp))
        return self.graph.call(expression.func.__name__, *(self.node(argument) for argument in expression.args))

    def _sum(self, expression: sympy.Expr) -> int:
        """Terms one after another; a factor common to all numbers in front is multiplied once, at the end."""
        content, inner = expression.primitive()
        if content != 1 and inner.is_Add:
            return self.graph.multiply(self.node(content), self.node(inner))
        total: int | None = None
        terms = sorted(inner.args, key=lambda term: (term.could_extract_minus_sign(), term.is_number))
        for term in terms:
            if total is None:
                total = self.node(term)
            elif term.could_extract_minus_sign():
                total = self.graph.subtract(total, self.node(-term))
            else:
                total = self.graph.add(total, self.node(term))
        assert total is not None
        return total

    def _product(self, expression: sympy.Expr) -> int:
        above, below = expression.as_numer_denom() if any(f.is_Pow and f.exp.is_negative for f in expression.args) else (expression, None)
        if below is not None and below != 1:
            return self.graph.divide(self.node(above), self.node(below))
        total = self.graph.number(1.0)
        for factor in expression.args:
            total = self.graph.multiply(total, self.node(factor))
        return total
