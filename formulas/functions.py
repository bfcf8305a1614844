"""The functions that a formula may call: one declaration each.

The parser takes the name and the number of arguments from it, the program the NumPy routine, the derivatives their rule, LaTeX its
template and the error messages the list of what is allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from formulas import kernels

ONCE, STEP, POINT = 0, 1, 2
"""When a value is known: before the run (parameters), at each step (also the step's number), or for each point only."""


@dataclass(frozen=True)
class Function:
    """A function of one or more numbers.

    Args:
        name: what a formula calls it.
        arguments: the names of its arguments, in order, as the derivatives use them.
        compute: called with the arguments' arrays and, last, the array to write into.
        latex: its template; {a}, {b}, {c} stand for the arguments.
        derivatives: a formula for the partial derivative by each argument. Empty: it cannot be differentiated and is offered only to
            update rules and schedules, not to landscapes. At a kink the derivative is the mean of both sides, so it stays finite.
        rewrite: a formula that a compiled program computes instead of `compute`, where that is faster.
        level: the earliest time at which its value can be known, whatever its arguments.
        shape: how its result is stored: "vector", or "matrix" for a symmetric one.
        elementwise: whether each element of its result depends on that element of its arguments alone, so that it may overwrite one.
        dimension: the only number of coordinates that its points may have; None for any.
        odd_in: the argument in which it is odd, as a sine is in its angle; empty where there is none.
    """

    name: str
    arguments: tuple[str, ...]
    compute: Callable[..., Any]
    latex: str
    derivatives: tuple[str, ...] = ()
    rewrite: str | None = None
    level: int = ONCE
    shape: str = "vector"
    elementwise: bool = True
    dimension: int | None = None
    odd_in: str = ""


def _keyword_out(routine: Callable[..., Any]) -> Callable[..., Any]:
    """`routine` with its output as the last positional argument, for the few that take it by keyword only."""

    def compute(a: Any, b: Any, out: Any) -> Any:
        return routine(a, b, out=out)

    return compute


def _common(
    name: str, compute: Callable[..., Any], derivative: str, latex: str | None = None, rewrite: str | None = None, odd: bool = False
) -> Function:
    odd_in = "a" if odd else ""
    return Function(name, ("a",), compute, latex or rf"\{name}\left({{a}}\right)", (derivative,), rewrite, odd_in=odd_in)


def _tan_is_vectorized() -> bool:
    """Whether this NumPy computes the tangent with the processor's vector units, 6 times faster than its sine and cosine."""
    chosen = np.lib.introspect.opt_func_info(func_name="^tan$", signature="float64")
    return any(target["current"] not in ("", "baseline") for loops in chosen.values() for target in loops.values())


# Both by the tangent of the half angle, which a formula with a sine and a cosine of the same angle needs only once.
_SIN, _COS = ("tan(a/2)*(2/(1 + tan(a/2)**2))", "2/(1 + tan(a/2)**2) - 1") if _tan_is_vectorized() else (None, None)


FUNCTIONS = {
    function.name: function
    for function in (
        _common("sin", np.sin, "cos(a)", rewrite=_SIN, odd=True),
        _common("cos", np.cos, "-sin(a)", rewrite=_COS),
        _common("tan", np.tan, "1 + tan(a)**2", odd=True),
        _common("asin", np.arcsin, "1/sqrt(1 - a**2)", r"\arcsin\left({a}\right)", odd=True),
        _common("acos", np.arccos, "-1/sqrt(1 - a**2)", r"\arccos\left({a}\right)"),
        _common("atan", np.arctan, "1/(1 + a**2)", r"\arctan\left({a}\right)", odd=True),
        _common("sinh", np.sinh, "cosh(a)", odd=True),
        _common("cosh", np.cosh, "sinh(a)"),
        _common("tanh", np.tanh, "1 - tanh(a)**2", odd=True),
        _common("exp", np.exp, "exp(a)", "e^{{{a}}}"),
        _common("log", np.log, "1/a", r"\ln\left({a}\right)"),
        _common("sqrt", np.sqrt, "inverse_sqrt(a)/2", r"\sqrt{{{a}}}"),
        _common("inverse_sqrt", kernels.inverse_sqrt, "-inverse_sqrt(a)**3/2", r"\frac{{1}}{{\sqrt{{{a}}}}}"),
        _common("abs", np.abs, "sign(a)", r"\left|{a}\right|"),
        _common("sign", np.sign, "0", r"\operatorname{{sign}}\left({a}\right)", odd=True),
        Function(
            "min", ("a", "b"), _keyword_out(np.minimum), r"\min\left({a},\ {b}\right)", ("(1 - sign(a - b))/2", "(1 + sign(a - b))/2")
        ),
        Function(
            "max", ("a", "b"), _keyword_out(np.maximum), r"\max\left({a},\ {b}\right)", ("(1 + sign(a - b))/2", "(1 - sign(a - b))/2")
        ),
        Function(
            "hypot",
            ("a", "b"),
            np.hypot,
            r"\sqrt{{{a}^2 + {b}^2}}",
            ("a*inverse_sqrt(a**2 + b**2)", "b*inverse_sqrt(a**2 + b**2)"),
            "sqrt(a**2 + b**2)",
        ),
        Function("power", ("a", "b"), kernels.power, "{a}^{{{b}}}", ("b*power(a, b - 1)", "power(a, b)*log(a)")),
        Function("floor", ("a",), np.floor, r"\left\lfloor {a} \right\rfloor"),
        Function("choose", ("c", "a", "b"), kernels.choose, r"\begin{{cases}} {a} & {c} > 0 \\ {b} & \text{{otherwise}} \end{{cases}}"),
    )
}
"""Every function by name."""

_INTERNAL = ("inverse_sqrt", "power")
SMOOTH = tuple(name for name, function in FUNCTIONS.items() if function.derivatives and name not in _INTERNAL)
"""What a landscape's formula may call: everything with a derivative."""
ALL = tuple(name for name in FUNCTIONS if name not in _INTERNAL)
"""What a schedule or an update rule may call."""
