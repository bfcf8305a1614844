"""The functions that a formula may call: one declaration each, in `formulas.elementary` and `formulas.kinks`.

The parser takes the names and the number of arguments from it, the program the NumPy routine, the derivatives their rule, limits the
places where it is not smooth, LaTeX and source code their templates, and the error messages the list of what is allowed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from formulas.elementary import EXPONENTIAL, HYPERBOLIC, POWERS, TRIGONOMETRIC
from formulas.function import Function
from formulas.kinks import KINKS, STEPS
from formulas.tree import Call, Operation, Tree

_MOST_ARGUMENTS = 20

FUNCTIONS = {function.name: function for group in (TRIGONOMETRIC, HYPERBOLIC, EXPONENTIAL, POWERS, KINKS, STEPS) for function in group}
"""Every function by name."""

_INTERNAL = ("inverse_sqrt", "power", "odd_power", "cosine", "side", "flat")
SMOOTH = tuple(name for name, function in FUNCTIONS.items() if (function.derivatives or function.definition) and name not in _INTERNAL)
"""What a landscape's formula may call: everything with a derivative."""
ALL = tuple(name for name in FUNCTIONS if name not in _INTERNAL)
"""What a schedule or an update rule may call."""


COMPARISONS = {function.sign: name for name, function in FUNCTIONS.items() if function.sign}
"""What the signs of comparison stand for."""


def call(name: str, arguments: Sequence[Tree], column: int, allowed: Iterable[str]) -> Tree:
    """The tree of a call by any of a function's names; max(a, b, c) becomes max(max(a, b), c).

    Raises:
        KeyError: none of the functions allowed has that name and so many arguments; see `argument_counts`.
    """
    for function in map(FUNCTIONS.__getitem__, allowed):
        if name in (function.name, *function.aliases) and len(arguments) in _counts(function):
            break
    else:
        raise KeyError(name)
    if function.name == "pow":
        return Operation("**", tuple(arguments), column)
    if not function.any_number:
        return Call(function.name, tuple(arguments), column)
    if len(arguments) == 1:
        return Call("abs", tuple(arguments), column)
    tree, *others = arguments
    for other in others:
        tree = Call(function.name, (tree, other), column)
    return tree


@lru_cache(maxsize=64)
def argument_counts(functions: tuple[str, ...]) -> dict[str, Collection[int]]:
    """How many arguments a call may have, by each name, aliases too, of those functions."""
    counts: dict[str, Collection[int]] = {}
    for function in map(FUNCTIONS.__getitem__, functions):
        for name in (function.name, *function.aliases):
            counts[name] = sorted({*counts.get(name, ()), *_counts(function)})
    return counts


def _counts(function: Function) -> Collection[int]:
    return range(function.fewest, _MOST_ARGUMENTS + 1) if function.any_number else (len(function.arguments),)
