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
from collections.abc import Collection, Iterable, Mapping

from formulas.cursor import Cursor
from formulas.functions import COMPARISONS, FUNCTIONS
from formulas.letters import GREEK
from formulas.tokens import Token, takes_one, tokens
from formulas.tree import CONSTANTS, Call, FormulaError, Name, Number, Operation, Tree
from parameters.naming import nearest

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


def is_called(token: Token, after: Token, variables: Collection[str], functions: Collection[str]) -> bool:
    """Whether a name is meant as a function, known or not, rather than as a number."""
    if after.kind != "operator" or after.text != "(":
        return token.text in functions and token.text not in variables
    return token.text in functions or not (token.text in variables or _is_factor(token.text))


def _is_factor(name: str) -> bool:
    """Whether a name that is not known, before a parenthesis, is taken for a factor: a(x - 1) is a product, f(x) and foo(x) are not."""
    return name in CONSTANTS or name in GREEK or (len(name) == 1 and name not in "fgh")


def listed(functions: Iterable[str]) -> list[str]:
    """The functions that a message names: each by one name, and comparisons by none, since they have signs."""
    aliases = {alias for function in FUNCTIONS.values() for alias in function.aliases} - set(FUNCTIONS)
    return [name for name in functions if name not in aliases and name not in COMPARISONS.values()]


class _Parser(Cursor):
    """Recursive descent over the tokens, one method a rule of the grammar."""

    def __init__(self, text: str, variables: tuple[str, ...], arity: Mapping[str, Collection[int]]) -> None:
        super().__init__(tokens(text, variables, arity))
        self.variables, self.arity = variables, arity
        self.nesting = 0
        self.bars = 0  # how many bars | are open since the last parenthesis

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
            self.position += 1
            digits = raised.text.removeprefix("-")
            number = Number(float(digits), digits)
            exponent = number if digits == raised.text else Operation("-", (number,), raised.column)
            tree = Operation("**", (tree, exponent), raised.column)
        if token := self.take("**", "^"):
            first = self.token
            operands = (tree, self.unary())
            self.check_exponent(tree, first)
            return Operation("**", operands, token.column)
        return tree

    def check_exponent(self, base: Tree, first: Token) -> None:
        """Refuse `2^xy` and `e^2x`, where the eye takes more into the exponent than the grammar does; `x^2y` is read by both alike."""
        token, last = self.token, self.before
        if token.gap or last.text in (")", "|") or last.kind == "superscript" or not self.factor_follows():
            return
        if first is last and last.kind == "number" and not _is_constant(base):
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
            raise FormulaError(
                f"unknown name {token.text!r} at column {token.column}{nearest(token.text, self.variables)}; "
                f"allowed are {', '.join(self.variables)}, pi, e, numbers, and the functions {', '.join(listed(self.arity))}"
            )
        if self.is_next("("):
            if token.text == "e" and not self.token.gap:
                raise FormulaError(f"'e(' at column {token.column} could be a power or a product; write e^(...) or e*(...)")
            if not _is_factor(token.text) and len(token.text) > 1:
                raise FormulaError(
                    f"{token.text!r} at column {token.column} is a number, no function; as a product write {token.text}*(...)"
                )
        return Name(token.text, token.column)

    # ---- functions

    def function(self, token: Token) -> Tree:
        if token.text not in self.arity:
            raise FormulaError(
                f"unknown function {token.text!r} at column {token.column}{nearest(token.text, self.arity)}; "
                f"the functions are {', '.join(listed(self.arity))}"
            )
        raised = self.token if self.is_next("**", "^") or self.token.kind == "superscript" else None
        exponent = self.exponent_of(token) if raised else None
        opening = self.take("(")
        tree = Call(token.text, self.arguments(token, opening) if opening else (self.bare(token),), token.column)
        return Operation("**", (tree, exponent), raised.column) if raised and exponent else tree

    def root(self, token: Token) -> Tree:
        """What stands after the sign of a root; more than one thing needs parentheses there."""
        if token.text not in self.arity:
            raise FormulaError(f"the root at column {token.column} is not known here; write a power, x^(1/3)")
        closed = self.is_next("(", "|")
        if self.token.kind not in ("number", "name") and not closed:
            raise self.unexpected()
        tree = Call(token.text, (self.atom(),), token.column)
        after = self.token
        if not closed and (after.kind == "superscript" or self.is_next("**", "^") or (not after.gap and self.factor_follows())):
            raise FormulaError(
                f"{after.text!r} at column {after.column} could stand under the root or not; put what stands there in parentheses: √(2*x)"
            )
        return tree

    def exponent_of(self, function: Token) -> Number:
        """The exponent between a function and its argument, as in sin^2(x)."""
        self.take("**", "^")
        token = self.token
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
            raise FormulaError(
                f"{token.text} at column {token.column} takes {wanted} argument{'s' if wanted != '1' else ''}, not {len(found)}"
            )
        return tuple(found)

    def bare(self, function: Token) -> Tree:
        """The argument of a function that has no parentheses, where it is clear what belongs to it."""
        needed = f"the function {function.text!r} at column {function.column} needs its argument in parentheses: {function.text}(...)"
        if not takes_one(self.arity[function.text]):
            raise FormulaError(needed)
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

    def bare_factor(self, so_far: Tree | None) -> Tree | None:
        """The next factor of an argument without parentheses; None where it ends: 2 pi x goes on after numbers, xy as one word."""
        token, following = self.token, self.following
        goes_on = so_far is None or _is_constant(so_far)
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


def _is_constant(tree: Tree) -> bool:
    """Whether there is no name in a product but those of the constants."""
    if isinstance(tree, Operation):
        return all(_is_constant(operand) for operand in tree.operands)
    return isinstance(tree, Number) or (isinstance(tree, Name) and tree.name in CONSTANTS)
