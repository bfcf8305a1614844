"""Exact first and second derivatives of a formula, by SymPy, as a graph that shares everything that can be shared.

SymPy multiplies out products of numbers and sums, which would destroy the structure that makes a formula cheap to compute. So every
sum inside a product, a power or a function gets a name first, and SymPy differentiates the small pieces; the chain rule over the names
puts them together (forward differentiation, exact). The work grows with the length of the formula, not with its nesting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

import sympy

from formulas.cancellation import without_cancellation
from formulas.functions import FUNCTIONS
from formulas.graph import Graph
from formulas.lowering import Lowering
from formulas.smoothness import SINGULAR, Facts, is_condition, may_have_gaps
from formulas.symbolic import exact_number, function_class, real_symbol
from formulas.syntax import constant_value, rule
from formulas.tree import Call, FormulaError, Name, Operation, Tree, odd_root

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

    Where a step of a formula is not smooth its derivatives are NaN or infinite, for `formulas.repair.repair_of` to fill.

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
    lowering = Lowering(tape.definitions, parameters, known)
    return lowering.graph, {name: lowering.node(expression) for name, expression in formulas.items()}


class _Tape:
    """Named pieces of a formula, in the order in which they can be computed, and their derivatives."""

    def __init__(self) -> None:
        self.facts = Facts()
        self.fills = False  # whether what is being translated has its derivatives filled later where it is not smooth
        self.gaps = False  # whether it may lack a value where it has a limit
        self.x, self.y = real_symbol("x"), real_symbol("y")
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
        self.gaps = may_have_gaps(tree)
        return self.translate(tree)

    def sum(self, symbol: str, operands: list[sympy.Expr]) -> sympy.Expr:
        if symbol == "+":
            return operands[0] + operands[1]
        return operands[0] - operands[1] if len(operands) == 2 else -operands[0]

    def translate(self, tree: Tree, names: Mapping[str, sympy.Expr] | None = None) -> sympy.Expr:
        """The syntax tree as a SymPy expression over named pieces; `names` are what its names stand for, if not for themselves."""
        constant = constant_value(tree)
        if constant is not None:
            return exact_number(constant)
        if isinstance(tree, Name):
            return names[tree.name] if names else real_symbol(tree.name)
        assert isinstance(tree, Operation | Call)
        if self.gaps and (exact := without_cancellation(tree)):
            return self.translate(exact, names)
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
        result = function_class(function, self.fills)(*named)
        return self.name(result) if function == "where" else result

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
        """The expression with a name for each sum and each function that is divided by in it."""
        bases = {
            power.base for power in expression.atoms(sympy.Pow) if power.exp.is_negative and (power.base.is_Add or power.base.is_Function)
        }
        return expression.xreplace({base: self.name(base) for base in bases})

    def derivative_of_where(self, expression: sympy.Expr, variable: sympy.Symbol) -> sympy.Expr:
        """The derivative of the branch that is taken, none at the border; that of the other, which may have no value, is left out."""
        condition = expression.args[0]
        edge, *slopes = (self.derivative_of_name(part, variable) if part.is_Symbol else sympy.Integer(0) for part in expression.args)
        slopes = [self.name(slope) for slope in slopes]
        taken = self.name(function_class("where", self.fills)(condition, *slopes)) if any(slopes) else sympy.Integer(0)
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
