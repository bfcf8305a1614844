"""Exact first and second derivatives of a formula, by SymPy, as a graph that shares everything that can be shared.

SymPy multiplies out products of numbers and sums, which would destroy the structure that makes a formula cheap to compute. So every
sum inside a product, a power or a function gets a name first, and SymPy differentiates the small pieces; the chain rule over the names
puts them together (forward differentiation, exact). The work grows with the length of the formula, not with its nesting.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import sympy

from formulas.functions import FUNCTIONS, ONCE, POINT
from formulas.graph import Graph
from formulas.smoothness import SINGULAR, Facts, is_condition
from formulas.syntax import constant_value, rule
from formulas.tree import Call, FormulaError, Name, Number, Operation, Tree, odd_root

MOST_OPERATIONS = 1000
"""A formula whose derivatives take more operations than this to write down is refused. That is a second or so of work; a count, unlike a
clock, gives the same answer on every machine. The surfaces of the catalogue take at most 200."""
_LONGEST_PRODUCT = 4
_LONGEST_DERIVATIVE = 12
_GROWING = {"exp", "expm1", "sinh", "cosh", "power"}
"""Functions that grow exponentially: what holds one overflows, when it is squared, while its logarithm or a ratio is of ordinary size."""


def differentiate(tree: Tree, parameters: Iterable[str], known: dict[str, float]) -> tuple[Graph, dict[str, int]]:
    """The graph of a formula in x and y with its derivatives.

    Args:
        tree: the formula.
        parameters: the names in it beside x and y.
        known: parameters to be built in as literal numbers (0 and 1, so that what is switched off costs nothing).

    Where a step of a formula is not smooth its derivatives are NaN or infinite, for `formulas.limits.repair_of` to fill.

    Returns:
        The graph, whose inputs are x, y and the other parameters, and its nodes by name: "value", "dx", "dy", "dxx", "dxy", "dyy".

    Raises:
        FormulaError: the derivatives grow too long, or hold a number beyond float range.
    """
    tape = _Tape()
    value = tape.formula(tree)
    dx, dy = tape.derivative(value, tape.x), tape.derivative(value, tape.y)
    formulas = {"value": value, "dx": dx, "dy": dy}
    formulas |= {"dxx": tape.derivative(dx, tape.x), "dxy": tape.derivative(dx, tape.y), "dyy": tape.derivative(dy, tape.y)}
    lowering = _Lowering(tape, parameters, known)
    return lowering.graph, {name: lowering.node(expression) for name, expression in formulas.items()}


class _Tape:
    """Named pieces of a formula, in the order in which they can be computed, and their derivatives."""

    def __init__(self) -> None:
        self.facts = Facts()
        self.fills = False  # whether what is being translated has its derivatives filled later where it is not smooth
        self.x, self.y = _symbol("x"), _symbol("y")
        self.definitions: dict[sympy.Symbol, sympy.Expr] = {}
        self.names: dict[sympy.Expr, sympy.Symbol] = {}
        self.growing: set[sympy.Symbol] = set()  # names of what holds a function that grows exponentially
        self.known: dict[tuple[sympy.Symbol, sympy.Symbol], sympy.Expr] = {}
        self.operations = 0

    def name(self, expression: sympy.Expr) -> sympy.Expr:
        """A symbol for the expression; a symbol or a number is its own name."""
        if expression.is_Atom:
            return expression
        if expression not in self.names:
            symbol = sympy.Dummy(f"t{len(self.definitions)}", real=True)
            self.names[expression], self.definitions[symbol] = symbol, expression
            if self.grows(expression):
                self.growing.add(symbol)
        return self.names[expression]

    def grows(self, expression: sympy.Expr) -> bool:
        """Whether it holds a function that grows exponentially."""
        return bool(self.growing & expression.free_symbols) or any(
            function.func.__name__ in _GROWING for function in expression.atoms(sympy.Function)
        )

    def formula(self, tree: Tree) -> sympy.Expr:
        """The whole formula. Terms that have but simple kinks keep the means of the sides, whatever the others need."""
        if isinstance(tree, Operation) and tree.symbol in "+-" and self.facts.smoothness(tree) == SINGULAR:
            return self.sum(tree.symbol, [self.formula(operand) for operand in tree.operands])
        self.fills = self.facts.smoothness(tree) == SINGULAR
        return self.translate(tree)

    def sum(self, symbol: str, operands: list[sympy.Expr]) -> sympy.Expr:
        if symbol == "+":
            return operands[0] + operands[1]
        return operands[0] - operands[1] if len(operands) == 2 else -operands[0]

    def translate(self, tree: Tree, names: Mapping[str, sympy.Expr] | None = None) -> sympy.Expr:
        """The syntax tree as a SymPy expression over named pieces; `names` are what its names stand for, if not for themselves."""
        constant = constant_value(tree)
        if constant is not None:
            return _exact(constant)
        if isinstance(tree, Name):
            return names[tree.name] if names else _symbol(tree.name)
        assert isinstance(tree, Operation | Call)
        operands = [self.translate(operand, names) for operand in tree.operands]
        if isinstance(tree, Call):
            if tree.function == "where" and not is_condition(tree.operands[0]):
                operands[0] = self.call("not_equal", [operands[0], sympy.Integer(0)])
            return self.call(tree.function, operands)
        if tree.symbol in "+-":
            return self.sum(tree.symbol, operands)
        if tree.symbol == "**":
            return self.power(operands[0], operands[1], odd_root(tree.operands[1]))
        left, right = (self.factor(operand) for operand in operands)
        return left * right if tree.symbol == "*" else left / self.divisor(right)

    def factor(self, expression: sympy.Expr) -> sympy.Expr:
        """As a factor of a product: sums and long products by their name."""
        long = expression.is_Mul and len(expression.args) >= _LONGEST_PRODUCT
        return self.name(expression) if expression.is_Add or long else expression

    def divisor(self, expression: sympy.Expr) -> sympy.Expr:
        """As what is divided by: by its name, or as a power of one, where it grows exponentially."""
        return expression if expression.is_Pow or not self.grows(expression) else self.name(expression)

    def power(self, base: sympy.Expr, exponent: sympy.Expr, root: Fraction | None) -> sympy.Expr:
        if root is not None:
            odd = root.numerator % 2
            size = self.call("odd_power", [base, abs(exponent)]) if odd else self.call("abs", [base]) ** abs(exponent)
            return size if root > 0 else 1 / size
        if exponent == sympy.Rational(1, 2):
            return self.call("sqrt", [base])
        if exponent.is_number:
            return self.name(base) ** exponent
        return self.call("power", [base, exponent])

    def call(self, function: str, arguments: list[sympy.Expr]) -> sympy.Expr:
        declaration, named = FUNCTIONS[function], [self.name(argument) for argument in arguments]
        if not declaration.derivatives:
            definition = rule(declaration.definition, declaration.arguments)
            return self.translate(definition, dict(zip(declaration.arguments, named, strict=True)))
        if function == "sqrt" and named[0] in self.growing:
            return named[0] ** sympy.Rational(1, 2)
        result = self.function(function)(*named)
        return self.name(result) if function == "where" else result

    def function(self, name: str) -> Any:
        return _function(name, self.fills)

    def derivative(self, expression: sympy.Expr, variable: sympy.Symbol) -> sympy.Expr:
        """The total derivative, through all names."""
        self.operations += int(sympy.count_ops(expression))
        if self.operations > MOST_OPERATIONS:
            raise FormulaError(f"the formula's derivatives take over {MOST_OPERATIONS} operations; make it shorter or nest it less deeply")
        if expression.func.__name__ == "where":
            return self.derivative_of_where(expression, variable)
        total = sympy.diff(expression, variable)
        free = expression.free_symbols  # asked for once: SymPy walks the whole expression for it
        used = [symbol for symbol in self.definitions if symbol in free]
        for symbol in used:
            inner = self.derivative_of_name(symbol, variable)
            if inner != 0:
                total += self.product(sympy.diff(expression, symbol), symbol, inner)
        return total

    def product(self, partial: sympy.Expr, symbol: sympy.Symbol, inner: sympy.Expr) -> sympy.Expr:
        """A partial derivative by a named piece times the piece's own.

        What is divided by a piece u that grows exponentially has the derivative -(u'/u)/u here instead of -u'/u^2, whose square overflows.
        """
        if symbol not in self.growing:
            return self.factor(self.shared(partial)) * self.factor(inner)
        divided: list[sympy.Expr] = []
        rest: list[sympy.Expr] = []
        for term in sympy.Add.make_args(self.with_named_divisors(partial)):
            (divided if term.as_powers_dict()[symbol] < 0 else rest).append(term)
        total = self.factor(self.shared(sympy.Add(*rest))) * self.factor(inner)
        if divided:
            relative = self.name(self.factor(inner) / symbol)
            for term in divided:
                number, factor = (term * symbol).as_coeff_Mul()
                total += number * self.factor(self.shared(factor)) * relative
        return total

    def with_named_divisors(self, expression: sympy.Expr) -> sympy.Expr:
        """The expression with a name for each sum that is divided by in it."""
        sums = {power.base for power in expression.atoms(sympy.Pow) if power.exp.is_negative and power.base.is_Add}
        return expression.xreplace({base: self.name(base) for base in sums})

    def derivative_of_where(self, expression: sympy.Expr, variable: sympy.Symbol) -> sympy.Expr:
        """The derivative of the branch that is taken, none at the border; that of the other, which may have no value, is left out."""
        condition = expression.args[0]
        edge, *slopes = (self.derivative_of_name(part, variable) if part.is_Symbol else sympy.Integer(0) for part in expression.args)
        slopes = [self.name(slope) for slope in slopes]
        taken = self.name(self.function("where")(condition, *slopes)) if any(slopes) else sympy.Integer(0)
        return taken + edge

    def derivative_of_name(self, symbol: sympy.Symbol, variable: sympy.Symbol) -> sympy.Expr:
        if symbol not in self.definitions:
            return sympy.Integer(int(symbol == variable))
        if (symbol, variable) not in self.known:
            inner = self.derivative(self.definitions[symbol], variable)
            self.known[symbol, variable] = self.name(inner) if sympy.count_ops(inner) > _LONGEST_DERIVATIVE else inner
        return self.known[symbol, variable]

    def shared(self, partial: sympy.Expr) -> sympy.Expr:
        """A partial derivative by a named piece: it is wanted for x and for y, so it gets a name of its own."""
        plain = partial.is_Atom or (partial.is_Mul and all(factor.is_number for factor in partial.args))
        return partial if plain else self.name(partial)


class _Lowering:
    """SymPy expressions over a tape's names -> nodes of a graph."""

    def __init__(self, tape: _Tape, parameters: Iterable[str], known: dict[str, float]) -> None:
        self.graph = Graph()
        self.definitions = tape.definitions
        self.nodes: dict[sympy.Expr, int] = {variable: self.graph.input(variable.name, POINT) for variable in (tape.x, tape.y)}
        for name in parameters:
            self.nodes[_symbol(name)] = self.graph.number(known[name]) if name in known else self.graph.input(name, ONCE)

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


def _exact(value: float) -> sympy.Expr:
    """A constant for SymPy: whole numbers and simple fractions exactly, the rest as the same double."""
    if value == int(value) and abs(value) < 2**53:
        return sympy.Integer(int(value))
    if abs(value) < 2**20 and value * 2**20 == int(value * 2**20):
        return sympy.Rational(int(value * 2**20), 2**20)
    return sympy.Float(value, 17)


@cache
def _symbol(name: str) -> sympy.Symbol:
    return sympy.Symbol(name, real=True)


@cache
def _function(name: str, fills: bool) -> Any:
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
        return _exact(tree.value)
    if isinstance(tree, Name):
        return names[tree.name]
    operands = [_plain(operand, names, fills) for operand in tree.operands]
    if isinstance(tree, Call):
        if not fills and tree.function == "flat":
            return sympy.Integer(0)
        return _function("sign" if not fills and tree.function == "side" else tree.function, fills)(*operands)
    if len(operands) == 1:
        return -operands[0]
    left, right = operands
    return {"+": left + right, "-": left - right, "*": left * right, "/": left / right, "**": left**right}[tree.symbol]
