"""Value and gradient by SymPy's own way to NumPy: `lambdify` with common subexpressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from landscapes import Landscape


def lambdified(landscape: Landscape) -> Callable[..., Any]:
    """x, y -> value, dx, dy, at the landscape's parameters."""
    x, y = variables = sympy.symbols("x y", real=True)
    formula = sympy.sympify(landscape.formula, locals={"x": x, "y": y, **landscape.values})
    wanted = [formula, *(sympy.diff(formula, variable) for variable in variables)]
    function: Callable[..., Any] = sympy.lambdify(variables, wanted, "numpy", cse=True)
    return function
