"""The grammar of formulas: tokens -> syntax tree.

    formula  :=  sum (("<" | "<=" | ">" | ">=" | "==" | "!=") sum)?
    sum      :=  product (("+" | "-") product)*
    product  :=  unary (("*" | "/") unary | power)*        a factor needs no sign before it: 2x, 3(x - 1), x y
    unary    :=  ("-" | "+") unary | power
    power    :=  atom superscript* (("**" | "^") unary)?
    atom     :=  number | name | "(" formula ")" | "|" sum "|" | function | root
    function :=  name (("**" | "^") number)? ("(" formula ("," formula)* ")" | bare)
    root     :=  "√" (number | name | "(" formula ")")
    bare     :=  "-"? one thing without a sign in it: sin x, sin 2 pi x, sin cos x

What is a matter of writing alone, such as signs beyond ASCII, decimal commas and `xy` for `x y`, is settled in `formulas.tokens`.
Whatever is not in the grammar is refused where it stands, with its column (counted from 1) and what to write instead; so is what can be
read in two ways, such as `1/2x` and `sin x^2`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from formulas.calls import Calls, is_constant
from formulas.functions import COMPARISONS
from formulas.signs import Token
from formulas.tree import CONSTANTS, Call, FormulaError, Name, Number, Operation, Tree
from formulas.words import is_called, is_factor, listed
from parameters.naming import nearest_or

MAX_NESTING = 60
MAX_DEPTH = 250
"""So many operations may work on each other's results: what walks over a tree goes down as deep, and Python's stack has an end."""


def syntax_tree(text: str, variables: tuple[str, ...], arity: Mapping[str, Collection[int]]) -> Tree:
    """The syntax tree of a formula.

    Args:
        text: the formula.
        variables: the names it may use beside the constants.
        arity: the functions it may call, and how many arguments each may have.

    Raises:
        FormulaError: it is none; the message names the piece, its column and what to write instead.
    """
    tree = _Parser(text, variables, arity).parse()
    if _depth(tree) > MAX_DEPTH:
        raise FormulaError(f"over {MAX_DEPTH} operations in the formula work on each other's results; split it up or simplify it")
    return tree


def _depth(tree: Tree) -> int:
    """How many operations lie above each other, found without recursion."""
    deepest, stack = 0, [(tree, 0)]
    while stack:
        node, above = stack.pop()
        deepest = max(deepest, above)
        if isinstance(node, Operation | Call):
            stack.extend((operand, above + 1) for operand in node.operands)
    return deepest


class _Parser(Calls):
    """Recursive descent over the tokens, one method a rule of the grammar."""

    def __init__(self, text: str, variables: tuple[str, ...], arity: Mapping[str, Collection[int]]) -> None:
        super().__init__(text, variables, arity)
        self.nesting = 0

    def parse(self) -> Tree:
        tree = self.formula()
        if self.token.kind != "end":
            raise self.unexpected()
        return tree

    def formula(self) -> Tree:
        tree = self.sum()
        if not (sign := self.take(*COMPARISONS)):
            return tree
        if COMPARISONS[sign.text] not in self.arity:
            raise FormulaError(f"{sign.text!r} at column {sign.column}: there are no comparisons here")
        tree = Call(COMPARISONS[sign.text], (tree, self.sum()), sign.column)
        if self.is_next(*COMPARISONS):
            raise FormulaError(f"{self.token.text!r} at column {self.token.column} is a second comparison; multiply two: (0 < x)*(x < 1)")
        return tree

    def sum(self) -> Tree:
        tree = self.product()
        while token := self.take("+", "-"):
            tree = Operation(token.text, (tree, self.product()), token.column)
        return tree

    def product(self) -> Tree:
        tree = self.unary()
        over = None  # the first token of what was divided by last
        while True:
            if token := self.take("*", "/"):
                over = self.token if token.text == "/" else None
                tree = Operation(token.text, (tree, self.unary()), token.column)
            elif self.factor_follows():
                token = self.token
                if over and not (over is self.before and over.kind == "number" and token.gap):
                    raise FormulaError(
                        f"{token.text!r} at column {token.column} follows a quotient, and could stand above or below its line; "
                        "write a * before it, or put what you divide by in parentheses: 1/(2*x)"
                    )
                over = None
                tree = Operation("*", (tree, self.unary()), token.column)
            else:
                return tree

    def factor_follows(self) -> bool:
        """Whether a factor without a sign before it comes next."""
        token = self.token
        if token.kind == "number" or not (token.kind in ("name", "root") or self.is_next("(") or (self.is_next("|") and not self.bars)):
            return False
        if token.gap == "\n":
            raise FormulaError(f"{token.text!r} at column {token.column} begins a line; write an operator such as + or * between the lines")
        return True

    def unary(self) -> Tree:
        self.nesting += 1
        if self.nesting > MAX_NESTING + 1:
            raise FormulaError(
                f"at column {self.token.column} the formula is nested over {MAX_NESTING} levels deep; split it up or simplify it"
            )
        try:
            if token := self.take("-", "+"):
                tree = self.unary()
                return Operation("-", (tree,), token.column) if token.text == "-" else tree
            return self.power()
        finally:
            self.nesting -= 1

    def power(self) -> Tree:
        tree = self.atom()
        while self.token.kind == "superscript":
            raised = self.token
            if self.before.kind == "superscript":
                raise FormulaError(f"the exponent goes on at column {raised.column}; write it in parentheses: x^(2 + 1)")
            tree = Operation("**", (tree, self.superscript()), raised.column)
        if token := self.take("**", "^"):
            first = self.token
            operands = (tree, self.superscript() if first.kind == "superscript" else self.unary())
            self.check_exponent(tree, first)
            return Operation("**", operands, token.column)
        return tree

    def superscript(self) -> Tree:
        """The number that superscript digits are, also after a sign that they do not need: x^²."""
        raised = self.token
        self.position += 1
        digits = raised.text.removeprefix("-")
        number = Number(float(digits), digits)
        return number if digits == raised.text else Operation("-", (number,), raised.column)

    def check_exponent(self, base: Tree, first: Token) -> None:
        """Refuse `2^xy` and `e^2x`, where the eye takes more into the exponent than the grammar does; `x^2y` is read by both alike."""
        token, last = self.token, self.before
        if token.gap or last.text in (")", "|") or last.kind == "superscript" or not self.factor_follows():
            return
        if first is last and last.kind == "number" and not is_constant(base):
            return
        raise FormulaError(
            f"{token.text!r} at column {token.column} could belong to the exponent or not; write a * before it, or put the exponent in "
            "parentheses: e^(2*x)"
        )

    def atom(self) -> Tree:
        token = self.token
        if token.kind == "number":
            return self.number()
        if token.kind == "name":
            self.position += 1
            return self.function(token) if is_called(token, self.token, self.variables, self.arity) else self.name(token)
        if token.kind == "root":
            self.position += 1
            return self.root(token)
        if self.take("("):
            return self.in_parentheses(token)
        if self.take("|"):
            return self.between_bars(token)
        raise self.unexpected()

    def in_parentheses(self, opening: Token) -> Tree:
        bars, self.bars = self.bars, 0
        tree = self.formula()
        self.close(opening)
        self.bars = bars
        return tree

    def between_bars(self, opening: Token) -> Tree:
        self.bars += 1
        tree = self.sum()
        self.bars -= 1
        if not self.take("|"):
            if self.token.kind == "end":
                raise FormulaError(f"the bar | opened at column {opening.column} is never closed; add a |, or write abs(...)")
            raise self.unexpected()
        return Call("abs", (tree,), opening.column)

    def number(self) -> Number:
        token, after = self.token, self.following
        self.position += 1
        if after.kind == "number" or (after.kind == "name" and after.text.startswith("_")):
            digits = after.text.strip("_")
            one = f", as one number {token.text}{digits}" if digits.isdecimal() else ""
            raise FormulaError(
                f"{after.text!r} at column {after.column} follows the number {token.text}; "
                f"as a product write {token.text}*{after.text}{one}"
            )
        value = float(token.text)
        if math.isinf(value):
            raise FormulaError(f"the number {token.text} at column {token.column} is too large; at most 1.8e308")
        return Number(value, token.text)

    def name(self, token: Token) -> Name:
        if token.text not in CONSTANTS and token.text not in self.variables:
            allowed = f"allowed are {', '.join(self.variables)}, pi, e, numbers, and the functions {', '.join(listed(self.arity))}"
            raise FormulaError(f"unknown name {token.text!r} at column {token.column}{nearest_or(token.text, self.variables, allowed)}")
        if self.is_next("("):
            if token.text == "e" and not self.token.gap:
                raise FormulaError(f"'e(' at column {token.column} could be a power or a product; write e^(...) or e*(...)")
            if not is_factor(token.text) and len(token.text) > 1:
                raise FormulaError(
                    f"{token.text!r} at column {token.column} is a number, no function; as a product write {token.text}*(...)"
                )
        return Name(token.text, token.column)
