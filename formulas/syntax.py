"""Formula text -> syntax tree, by a small grammar of our own. Nothing here, or after it, evaluates text as Python.

    sum     :=  product (("+" | "-") product)*
    product :=  unary (("*" | "/") unary)*
    unary   :=  ("-" | "+") unary | power
    power   :=  atom (("**" | "^") unary)?
    atom    :=  number | name | name "(" sum ("," sum)* ")" | "(" sum ")"

Whatever is not in the grammar is refused where it stands, with its column (counted from 1) and a list of what is allowed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

from formulas.evaluate import apply
from formulas.functions import FUNCTIONS, SMOOTH
from formulas.tree import CONSTANTS, Call, FormulaError, Name, Number, Operation, Tree

MAX_LENGTH = 500
MAX_NESTING = 60
MAX_EXPONENT = 1000


class _Token(NamedTuple):
    kind: str  # "number", "name", "operator" or "end"
    text: str
    column: int


_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<operator>\*\*|[-+*/^(),])"
)
_HINTS = {
    "[": "subscripts are not part of a formula",
    "]": "subscripts are not part of a formula",
    ".": "attributes are not part of a formula",
    "'": "texts in quotes are not part of a formula",
    '"': "texts in quotes are not part of a formula",
    "=": "write only the right-hand side",
    "{": "use parentheses ( )",
    "}": "use parentheses ( )",
    "%": "there is no remainder",
    "<": "there are no comparisons",
    ">": "there are no comparisons",
}
_RESERVED = {"window": "that is what is shown of the formula; choose another name"}
_KEYWORDS = ("lambda", "for", "if", "else", "in", "and", "or", "not", "import", "is")


def parse(text: str, variables: Iterable[str], functions: Iterable[str] = SMOOTH, arity: dict[str, int] | None = None) -> Tree:
    """The syntax tree of a formula.

    Args:
        text: the formula, at most 500 characters and 60 levels of nesting.
        variables: the names it may use beside `pi` and `e`.
        functions: the functions it may call.
        arity: the number of arguments of functions that are not in the table (an update rule's `gradient`, say).

    Raises:
        FormulaError: anything else; the message names the offending piece, its column and what is allowed.
    """
    return _Parser(text, tuple(variables), tuple(functions), arity or {}).parse()


def unknown_names(text: str, variables: Iterable[str]) -> list[str]:
    """The names in a formula's text that are neither variables, constants nor functions, in the order they appear: its parameters.

    Raises:
        FormulaError: the text holds something that no formula may hold.
    """
    known = {*variables, *CONSTANTS, *SMOOTH, *_KEYWORDS}
    return list(dict.fromkeys(token.text for token in _tokens(text) if token.kind == "name" and token.text not in known))


def _tokens(text: str) -> list[_Token]:
    if not isinstance(text, str):
        raise FormulaError(f"a formula is a text, not {type(text).__name__}")
    if not text.strip():
        raise FormulaError("the formula is empty; write one in x and y, for example x**2 + 3*y**2")
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"the formula has {len(text)} characters; at most {MAX_LENGTH} are allowed")
    tokens, position = [], 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        match = _TOKEN.match(text, position)
        if not match:
            piece = text[position]
            hint = _HINTS.get(piece, "it is not part of a formula")
            raise FormulaError(f"{piece!r} at column {position + 1}: {hint}; allowed are numbers, names, + - * / ** ^ ( ) and ,")
        if match.group() in _KEYWORDS:
            raise FormulaError(
                f"{match.group()!r} at column {position + 1}: a formula holds no Python; allowed are numbers, names, + - * / ** ^ ( ) and ,"
            )
        if match.group() in _RESERVED:
            raise FormulaError(f"{match.group()!r} at column {position + 1}: {_RESERVED[match.group()]}")
        tokens.append(_Token(str(match.lastgroup), match.group(), position + 1))
        position = match.end()
    tokens.append(_Token("end", "the end", len(text) + 1))
    return tokens


class _Parser:
    """Recursive descent over the tokens, one method a rule of the grammar."""

    def __init__(self, text: str, variables: tuple[str, ...], functions: tuple[str, ...], arity: dict[str, int]) -> None:
        self.variables, self.functions = variables, functions
        self.arity = {name: len(FUNCTIONS[name].arguments) for name in functions} | arity
        self.tokens = _tokens(text)
        self.position = 0
        self.nesting = 0

    def parse(self) -> Tree:
        tree = self.sum()
        if self.token.kind != "end":
            raise self.unexpected()
        _check_constants(tree)
        return tree

    @property
    def token(self) -> _Token:
        return self.tokens[self.position]

    def take(self, *texts: str) -> _Token | None:
        token = self.token
        if token.kind != "operator" or token.text not in texts:
            return None
        self.position += 1
        return token

    def sum(self) -> Tree:
        tree = self.product()
        while token := self.take("+", "-"):
            tree = Operation(token.text, (tree, self.product()), token.column)
        return tree

    def product(self) -> Tree:
        tree = self.unary()
        while token := self.take("*", "/"):
            tree = Operation(token.text, (tree, self.unary()), token.column)
        return tree

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
        base = self.atom()
        if token := self.take("**", "^"):
            return Operation("**", (base, self.unary()), token.column)
        return base

    def atom(self) -> Tree:
        token = self.token
        if token.kind == "number":
            return self.number()
        if token.kind == "name":
            self.position += 1
            opening = self.take("(")
            return self.call(token, opening) if opening else self.name(token)
        if self.take("("):
            tree = self.sum()
            self.close(token)
            return tree
        raise self.unexpected()

    def number(self) -> Number:
        token, after = self.token, self.tokens[self.position + 1]
        self.position += 1
        if after.kind in ("name", "number") or after.text == "(":
            raise FormulaError(f"{after.text!r} at column {after.column} follows the number {token.text}; write {token.text}*{after.text}")
        value = float(token.text)
        if math.isinf(value):
            raise FormulaError(f"the number {token.text} at column {token.column} is too large; at most 1.8e308")
        return Number(value, token.text)

    def name(self, token: _Token) -> Name:
        if token.text in self.arity:
            raise FormulaError(f"the function {token.text!r} at column {token.column} needs its argument in parentheses: {token.text}(...)")
        if token.text not in CONSTANTS and token.text not in self.variables:
            raise FormulaError(f"unknown name {token.text!r} at column {token.column}; {self.allowed()}")
        return Name(token.text, token.column)

    def call(self, token: _Token, opening: _Token) -> Call:
        if token.text not in self.arity:
            raise FormulaError(f"unknown function {token.text!r} at column {token.column}; {self.allowed()}")
        if self.take(")"):
            arguments: list[Tree] = []
        else:
            arguments = [self.sum()]
            while self.take(","):
                arguments.append(self.sum())
            self.close(opening)
        wanted = self.arity[token.text]
        if len(arguments) != wanted:
            raise FormulaError(
                f"{token.text} at column {token.column} takes {wanted} argument{'s' if wanted != 1 else ''}, not {len(arguments)}"
            )
        return Call(token.text, tuple(arguments), token.column)

    def close(self, opening: _Token) -> None:
        if not self.take(")"):
            if self.token.kind == "end":
                raise FormulaError(f"the parenthesis opened at column {opening.column} is never closed; add a )")
            raise self.unexpected()

    def unexpected(self) -> FormulaError:
        token = self.token
        if token.kind == "end":
            return FormulaError(f"the formula ends at column {token.column} where a number, a name or a parenthesis should follow")
        if (self.position and token.kind in ("name", "number")) or token.text == "(":
            return FormulaError(f"{token.text!r} at column {token.column} needs an operator before it, such as * or +")
        return FormulaError(f"{token.text!r} at column {token.column} is not expected there; {self.allowed()}")

    def allowed(self) -> str:
        return f"allowed are {', '.join(self.variables)}, pi, e, numbers, + - * / ** ( ), and the functions {', '.join(self.arity)}"


def _check_constants(tree: Tree) -> None:
    """Refuse constants that blow up and exponents that do, before anything computes with them exactly."""
    _exponents(tree, 1.0)
    constant_value(tree)


def _exponents(tree: Tree, outer: float) -> None:
    if isinstance(tree, Operation) and tree.symbol == "**":
        base, exponent = tree.operands
        value = constant_value(exponent)
        if value is not None:
            if constant_value(tree) is None and abs(value) * outer > MAX_EXPONENT:
                raise FormulaError(
                    f"the power at column {tree.column} raises to {value * outer:g}; at most {MAX_EXPONENT}, nested powers multiplied"
                )
            outer *= max(1.0, abs(value))
        _exponents(base, outer)
        _exponents(exponent, 1.0)
    elif isinstance(tree, Operation | Call):
        for operand in tree.operands:
            _exponents(operand, outer)


def constant_value(tree: Tree) -> float | None:
    """The value of a formula that holds only constants, else None.

    Raises:
        FormulaError: the constant is not a finite number.
    """
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Name):
        return CONSTANTS.get(tree.name)
    values = [constant_value(operand) for operand in tree.operands]
    if None in values or (isinstance(tree, Call) and tree.function not in FUNCTIONS):
        return None
    try:
        value = float(apply(tree, [float(value) for value in values if value is not None]))
    except ArithmeticError:
        value = math.nan
    if not math.isfinite(value):
        piece = tree.function if isinstance(tree, Call) else tree.symbol
        raise FormulaError(f"the constant made by {piece!r} at column {tree.column} is not a finite number; use smaller numbers")
    return value
