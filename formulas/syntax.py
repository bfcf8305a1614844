"""Formula text -> syntax tree, and what no formula may hold. Nothing here, or after it, evaluates text as Python."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise

from formulas.evaluate import apply
from formulas.functions import FUNCTIONS, SMOOTH, argument_counts, call
from formulas.parser import syntax_tree
from formulas.tokens import tokens
from formulas.tree import CONSTANTS, Call, FormulaError, Name, Number, Operation, Tree, walk
from formulas.words import is_called

MAX_EXPONENT = 1000
MAX_TOWER = 1_000_000
_KNOWN_ELSEWHERE = {
    "sigma": "the sigmoid or a product; for the first write sigmoid(...)",
    "H": "Heaviside's step or a product; for the first write heaviside(...)",
    "Phi": "the normal distribution or a product; for the first write (1 + erf(x/sqrt(2)))/2",
    "Gamma": "the gamma function, which formulas have not, or a product",
}
"""Letters that are functions where they stand before a parenthesis, to some."""


def parse(text: str, variables: Iterable[str], functions: Iterable[str] = SMOOTH, arity: Mapping[str, int] | None = None) -> Tree:
    """The syntax tree of a formula.

    Args:
        text: the formula, at most 500 characters and 60 levels of nesting.
        variables: the names it may use beside `pi` and `e`. One that is called like a function is meant where no parenthesis follows.
        functions: the functions it may call.
        arity: the number of arguments of functions that are not in the table (an update rule's `gradient`, say).

    Raises:
        FormulaError: anything else; the message names the offending piece, its column and what to write instead.
    """
    functions = tuple(functions)
    tree = _called(syntax_tree(text, tuple(variables), _arity(functions, arity)), functions, arity or {})
    _check_constants(tree)
    return tree


@cache
def rule(text: str, arguments: tuple[str, ...]) -> Tree:
    """The syntax tree of a formula that a function of the table is declared with, in its arguments."""
    return parse(text, arguments, FUNCTIONS)


def unknown_names(text: str, variables: Iterable[str], declared: Iterable[str] = ()) -> list[str]:
    """The names in a formula's text that are neither variables, constants nor functions, in the order they appear: its parameters.

    Args:
        text: the formula.
        variables: its variables.
        declared: names that are parameters where they appear, even if they could be read otherwise (`xy`, say, as a product).

    Raises:
        FormulaError: the text holds something that no formula may hold.
    """
    variables = tuple(variables)
    own, arity = (*variables, *declared), _arity(SMOOTH, None)
    found = tokens(text, own, arity)
    for token, after in pairwise(found):
        if token.text in ("x_1", "x_2") and {"x", "y"} <= set(variables) - set(declared) and token.text not in own:
            raise FormulaError(
                f"{token.text!r} at column {token.column}: the two variables are called x and y here; write them so, and call a parameter "
                "by another name, such as a"
            )
        if token.text in _KNOWN_ELSEWHERE and token.text not in own and after.text == "(":
            raise FormulaError(
                f"'{token.text}(' at column {token.column} could be {_KNOWN_ELSEWHERE[token.text]}; for a product write {token.text}*(...)"
            )
    names = [token.text for token, after in pairwise(found) if token.kind == "name" and not is_called(token, after, own, arity)]
    return [name for name in dict.fromkeys(names) if name not in variables and name not in CONSTANTS]


def _arity(functions: Iterable[str], others: Mapping[str, int] | None) -> Mapping[str, Collection[int]]:
    """How many arguments each function may have."""
    return {**argument_counts(tuple(functions)), **{name: (count,) for name, count in (others or {}).items()}}


def _called(tree: Tree, functions: tuple[str, ...], others: Mapping[str, int]) -> Tree:
    """The tree with the functions that its calls mean, by whichever of their names they were called."""
    if not isinstance(tree, Operation | Call):
        return tree
    operands = tuple(_called(operand, functions, others) for operand in tree.operands)
    if isinstance(tree, Call) and tree.function not in others:
        return call(tree.function, operands, tree.column, functions)
    return replace(tree, operands=operands)


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
        elif _is_raised(exponent) and _size(exponent) > MAX_TOWER:
            raise FormulaError(
                f"the power at column {tree.column} is a tower whose exponent is over {MAX_TOWER:,} as soon as x and y are 2, so that "
                "hardly anything of it can be computed; leave out some of its levels"
            )
        _exponents(base, outer)
        _exponents(exponent, 1.0)
    elif isinstance(tree, Operation) and tree.symbol == "/" and constant_value(tree.operands[1]) == 0:
        raise FormulaError(f"the quotient at column {tree.column} divides by 0")
    elif isinstance(tree, Operation | Call):
        for operand in tree.operands:
            _exponents(operand, outer)


def _is_raised(tree: Tree) -> bool:
    """Whether there is a power in it whose exponent is not a constant."""
    return any(isinstance(node, Operation) and node.symbol == "**" and constant_value(node.operands[1]) is None for node in walk(tree))


def _size(tree: Tree) -> float:
    """How large a formula of powers grows, roughly, where x and y are 2 and parameters 1."""
    if isinstance(tree, Number):
        return abs(tree.value)
    if isinstance(tree, Name):
        return 2.0 if tree.name in ("x", "y") else CONSTANTS.get(tree.name, 1.0)
    if isinstance(tree, Call):
        return 1.0
    first, *others = map(_size, tree.operands)
    if not others or tree.symbol == "/":
        return first
    if tree.symbol == "**":
        try:
            return math.pow(first, others[0]) if first > 1 else 1.0
        except OverflowError:
            return math.inf
    return first * others[0] if tree.symbol == "*" else first + others[0]


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
    except OverflowError:
        value = math.inf
    except ArithmeticError:
        value = math.nan
    if not math.isfinite(value):
        piece = tree.function if isinstance(tree, Call) else tree.symbol
        hint = "; use smaller numbers" if value == math.inf else ""
        raise FormulaError(f"the constant made by {piece!r} at column {tree.column} is not a finite number{hint}")
    return value
