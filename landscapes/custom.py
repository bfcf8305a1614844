"""Landscapes from a user's own formula."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from formulas import FormulaError, Tree, names_in, parse
from landscapes.landscape import Landscape
from landscapes.window import Window, grid
from parameters import Param


def from_formula(text: str, /, window: Window, **parameters: float | Param) -> Landscape:
    """A landscape from a user's formula.

    Args:
        text: a formula in x and y and the parameters' names, by the grammar of `formulas.parser`: + - * / ** (or ^), parentheses, |x|,
            numbers, pi, e, the functions of `formulas.functions.SMOOTH`, and what people write for these: 2x, x y, x², sin x, f(x, y) = ...
            At most 500 characters and 60 levels of nesting.
        window: ((x0, x1), (y0, y1)).
        parameters: a value for every other name in it, or a `Param` that also sets its range.

    Raises:
        FormulaError: the formula cannot be used; the message names the piece, its column and what to write instead.
        ValueError: the window or a parameter's value is unusable.
    """
    declared = [value if isinstance(value, Param) else _free_parameter(name, value) for name, value in parameters.items()]
    landscape = Landscape("Own formula", formula=text.strip() if isinstance(text, str) else text, window=window, parameters=declared)
    _check_variables(landscape.tree)
    if not np.isfinite(landscape.value(grid(landscape.window, 64))).any():
        (x0, x1), (y0, y1) = landscape.window
        raise FormulaError(
            f"the formula has no finite value anywhere for x from {x0:g} to {x1:g} and y from {y0:g} to {y1:g}; change it or the window"
        )
    landscape.hessian(np.array([landscape.start]).T)  # whatever may be refused is refused now
    return landscape


def read_formula(text: str, parameters: Iterable[str] = ()) -> Tree:
    """The syntax tree of a user's formula in x and y, without what it takes to compute with it.

    Raises:
        FormulaError: it is none, or has neither x nor y in it.
    """
    tree = parse(text, ("x", "y", *parameters))
    _check_variables(tree)
    return tree


def _check_variables(tree: Tree) -> None:
    names = names_in(tree)
    if not names & {"x", "y"}:
        glued = next((f", and {name!r} is one name: put * between factors" for name in sorted(names) if {"x", "y"} & set(name.lower())), "")
        raise FormulaError(
            f"the formula has neither x nor y in it{glued}, so nothing descends on it; write one in x and y, such as x^2 + 3*y^2"
        )


def free_parameter(name: str) -> Param:
    """The declaration of a parameter of a user's formula of which nothing but its name is known."""
    return Param(name, 1.0, -1e6, 1e6)


def _free_parameter(name: str, value: Any) -> Param:
    number = free_parameter(name).check(value, "Own formula")
    if isinstance(number, np.ndarray):
        raise ValueError(f"the parameter {name!r} needs one number; arrays can be set afterwards, with with_parameters")
    reach = float(10.0 ** np.ceil(np.log10(max(abs(number), 10.0))))
    return Param(name, float(number), -1e6, 1e6, slider=(-reach, reach))
