"""Functions in the grammar of formulas: what they are called with, in parentheses, between bars or without either."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Collection, Mapping

from formulas.cursor import Cursor
from formulas.signs import Token
from formulas.tokens import tokens
from formulas.tree import CONSTANTS, Call, FormulaError, Name, Number, Operation, Tree
from formulas.words import is_called, listed, takes_one
from parameters.naming import nearest_or


class Calls(Cursor):
    """The rules of the grammar that are about functions; those about operators, which these need in turn, are `formulas.parser`.

    Args:
        text: the formula.
        variables: the names it may use beside the constants.
        arity: the functions it may call, and how many arguments each may have.
    """

    def __init__(self, text: str, variables: tuple[str, ...], arity: Mapping[str, Collection[int]]) -> None:
        super().__init__(tokens(text, variables, arity))
        self.variables, self.arity = variables, arity
        self.bars = 0  # how many bars | are open since the last parenthesis

    @abstractmethod
    def formula(self) -> Tree:
        """A sum, or a comparison of two."""

    @abstractmethod
    def unary(self) -> Tree:
        """A power, with signs before it."""

    @abstractmethod
    def atom(self) -> Tree:
        """What no operator takes apart."""

    @abstractmethod
    def name(self, token: Token) -> Name:
        """A variable, a parameter or a constant, which was just read."""

    @abstractmethod
    def factor_follows(self) -> bool:
        """Whether a factor without a sign before it comes next."""

    def function(self, token: Token) -> Tree:
        """The function that was just named, of what follows."""
        if token.text not in self.arity:
            known = f"the functions are {', '.join(listed(self.arity))}"
            raise FormulaError(f"unknown function {token.text!r} at column {token.column}{nearest_or(token.text, self.arity, known)}")
        raised = self.token if self.is_next("**", "^") or self.token.kind == "superscript" else None
        exponent = self.exponent_of(token) if raised else None
        opening = self.take("(")
        tree = Call(token.text, self.arguments(token, opening) if opening else (self.bare(token),), token.column)
        return Operation("**", (tree, exponent), raised.column) if raised and exponent else tree

    def root(self, token: Token) -> Tree:
        """What stands after the sign of a root; more than one thing needs parentheses there."""
        fourth = token.text == "∜"
        if not fourth and token.text not in self.arity:
            raise FormulaError(f"the root at column {token.column} is not known here; write a power, x^(1/3)")
        closed = self.is_next("(", "|")
        if self.token.kind not in ("number", "name") and not closed:
            raise self.unexpected()
        inner = self.atom()
        quarter = Operation("/", (Number(1.0, "1"), Number(4.0, "4")), token.column)
        tree: Tree = Operation("**", (inner, quarter), token.column) if fourth else Call(token.text, (inner,), token.column)
        after = self.token
        if not closed and (after.kind == "superscript" or self.is_next("**", "^") or (not after.gap and self.factor_follows())):
            raise FormulaError(
                f"{after.text!r} at column {after.column} could stand under the root or not; put what stands there in parentheses: √(2*x)"
            )
        return tree

    def exponent_of(self, function: Token) -> Number:
        """The exponent between a function and its argument, as in sin^2(x)."""
        begin = self.position
        self.take("**", "^")
        token, name = self.token, function.text
        written = "".join(piece.text for piece in self.tokens[begin : begin + 5])
        if re.match(r"(\^|\*\*)?(\(-1\)|-1(?![0-9.]))", written):
            inverse = f"a{name}(...) for the inverse function, or " if f"a{name}" in self.arity else ""
            raise FormulaError(f"the -1 at column {self.tokens[begin].column} can mean two things; write {inverse}1/{name}(...)")
        if not token.text.isdecimal() or token.text == "0" or self.following.text in ("+", "-", "*", "/", ")", "|", "the end"):
            raise FormulaError(
                f"the function {function.text!r} at column {function.column} needs its argument in parentheses: {function.text}(...)^n; "
                "only a whole number above 0 may stand before them"
            )
        self.position += 1
        return Number(float(token.text), token.text)

    def arguments(self, token: Token, opening: Token) -> tuple[Tree, ...]:
        """What stands in the parentheses after a function's name."""
        found: list[Tree] = []
        bars, self.bars = self.bars, 0
        if not self.take(")"):
            found.append(self.formula())
            while self.take(","):
                found.append(self.formula())
            self.close(opening)
        self.bars = bars
        counts = self.arity[token.text]
        if len(found) not in counts:
            wanted = " or ".join(map(str, counts)) if len(counts) < 4 else f"{min(counts)} to {max(counts)}"
            apart = f"; put commas between them: {token.text}(x, y)" if len(found) == 1 else ""
            raise FormulaError(
                f"{token.text} at column {token.column} takes {wanted} argument{'s' if wanted != '1' else ''}, not {len(found)}{apart}"
            )
        if len(found) == 1 and len(counts) > 3 and self.without_sign(found[0]):
            raise FormulaError(
                f"{token.text} at column {token.column} could have one argument or several; write a comma between two of them, or a * in "
                "a product"
            )
        return tuple(found)

    def without_sign(self, tree: Tree) -> bool:
        """Whether it is a product of things with nothing but white space between them."""
        if not isinstance(tree, Operation) or tree.symbol != "*":
            return False
        sign = next(token for token in self.tokens if token.column == tree.column)
        return sign.text != "*" and bool(sign.gap)

    def bare(self, function: Token) -> Tree:
        """The argument of a function that has no parentheses, where it is clear what belongs to it."""
        needed = f"the function {function.text!r} at column {function.column} needs its argument in parentheses: {function.text}(...)"
        if not takes_one(self.arity[function.text]):
            raise FormulaError(f"{needed}{self.between(function)}")
        sign = self.take("-")
        tree: Tree | None = None
        while factor := self.bare_factor(tree):
            tree = factor if tree is None else Operation("*", (tree, factor), self.before.column)
        if tree is None:
            raise FormulaError(needed)
        after = self.token
        power = self.is_next("**", "^", "/") or after.kind == "superscript"
        times = self.following if self.is_next("*") else after
        if power or ((times is not after or self.factor_follows()) and times.text not in self.arity):
            raise FormulaError(f"{needed}, since {after.text!r} at column {after.column} could belong to it or not")
        return Operation("-", (tree,), sign.column) if sign else tree

    def between(self, function: Token) -> str:
        """What to write for a function that stands between its arguments, as in x mod 2."""
        before, after = self.tokens[max(self.position - 2, 0)], self.token
        if 2 not in self.arity[function.text] or not {before.kind, after.kind} <= {"name", "number"} or before is function:
            return ""
        return f", as in {function.text}({before.text}, {after.text})"

    def bare_factor(self, so_far: Tree | None) -> Tree | None:
        """The next factor of an argument without parentheses; None where it ends: 2 pi x goes on after numbers, xy as one word."""
        token, following = self.token, self.following
        goes_on = so_far is None or is_constant(so_far)
        if token.kind == "number" or (token.kind == "operator" and token.text == "|" and not self.bars):
            return self.atom() if so_far is None else None
        if token.kind != "name":
            return None
        if is_called(token, following, self.variables, self.arity):
            return self.unary() if so_far is None else None
        if not goes_on and (token.gap or self.before.text == "|"):
            return None
        self.position += 1
        return self.name(token)


def is_constant(tree: Tree) -> bool:
    """Whether there is no name in a product but those of the constants."""
    if isinstance(tree, Operation):
        return all(is_constant(operand) for operand in tree.operands)
    return isinstance(tree, Number) or (isinstance(tree, Name) and tree.name in CONSTANTS)
