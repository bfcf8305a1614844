"""The functions with kinks and steps: absolute values, minima and maxima, whole parts, comparisons and choices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from formulas import kernels
from formulas.function import Function, common, comparison, named, whole
from parameters import Array


def _positive_zero(routine: np.ufunc) -> Callable[[Any, Any, Array], Array]:
    """The smaller or the larger number. Which one of 0 and -0 that is depends on the processor, so it is 0."""

    def compute(a: Any, b: Any, out: Array) -> Array:
        routine(a, b, out=out)
        return np.add(out, 0.0, out=out)

    return compute


KINKS = (
    common("abs", np.abs, "side(a)", r"\left|{a}\right|", singular="a", aliases=("fabs",), python="abs({a})"),
    Function(
        "min",
        ("a", "b"),
        _positive_zero(np.minimum),
        r"\min\left({a},\ {b}\right)",
        ("(1 - side(a - b))/2", "(1 + side(a - b))/2"),
        singular="a - b",
        aliases=("minimum",),
        any_number=True,
        python="min({a}, {b})",
        torch="torch.minimum({a}, {b})",
    ),
    Function(
        "max",
        ("a", "b"),
        _positive_zero(np.maximum),
        r"\max\left({a},\ {b}\right)",
        ("(1 + side(a - b))/2", "(1 - side(a - b))/2"),
        singular="a - b",
        aliases=("maximum",),
        any_number=True,
        python="max({a}, {b})",
        torch="torch.maximum({a}, {b})",
    ),
    named("relu", "max(a, 0)", lambda a: np.maximum(a, 0) + 0.0),
    Function(
        "clip",
        ("a", "b", "c"),
        whole(lambda a, b, c: np.minimum(np.maximum(a, b), c) + 0.0),
        r"\operatorname{{clip}}\left({a},\ {b},\ {c}\right)",
        definition="min(max(a, b), c)",
        aliases=("clamp",),
    ),
)
STEPS = (
    common(
        "sign",
        np.sign,
        "flat(a)",
        r"\operatorname{{sign}}\left({a}\right)",
        True,
        singular="a",
        aliases=("sgn", "signum"),
        python="(({a} > 0) - ({a} < 0))",
    ),
    named("heaviside", "(1 + sign(a))/2", lambda a: (1 + np.sign(a)) / 2),
    common("floor", np.floor, "flat(a - floor(a))", r"\left\lfloor {a} \right\rfloor", singular="a - round(a)"),
    common("ceil", np.ceil, "flat(a - floor(a))", r"\left\lceil {a} \right\rceil", singular="a - round(a)", aliases=("ceiling",)),
    common(
        "round",
        np.rint,
        "flat(a - floor(a) - 0.5)",
        r"\operatorname{{round}}\left({a}\right)",
        True,
        singular="a - floor(a) - 0.5",
        aliases=("rint",),
        python="round({a})",
    ),
    named("trunc", "sign(a)*floor(abs(a))", np.trunc, odd=True),
    Function(
        "mod",
        ("a", "b"),
        np.mod,
        r"\left({a} \bmod {b}\right)",
        ("1 + flat(a/b - floor(a/b))/b", "-floor(a/b) - flat(a/b - floor(a/b))*a/b**2"),
        singular="a/b - round(a/b)",
        partial=True,
        aliases=("remainder",),
        python="(({a}) % ({b}))",
        torch="torch.remainder({a}, {b})",
    ),
    comparison("less", kernels.less, "<", "<", "lt"),
    comparison("less_equal", kernels.less_equal, "<=", r"\le", "le"),
    comparison("greater", kernels.greater, ">", ">", "gt"),
    comparison("greater_equal", kernels.greater_equal, ">=", r"\ge", "ge"),
    comparison("equal", kernels.equal, "==", "=", "eq"),
    comparison("not_equal", kernels.not_equal, "!=", r"\ne", "ne"),
    Function(  # its derivative is where(c, a', b'), which formulas.derivatives knows: a branch that is not taken may have no value
        "where",
        ("c", "a", "b"),
        kernels.where,
        r"\begin{{cases}} {a} & \text{{if }} {c} \\ {b} & \text{{otherwise}} \end{{cases}}",
        ("0", "where(c, 1, 0)", "where(c, 0, 1)"),
        python="({a} if {c} else {b})",
        torch="torch.where({c} != 0, {a}, {b})",
    ),
    Function(
        "choose",
        ("c", "a", "b"),
        kernels.choose,
        r"\begin{{cases}} {a} & {c} > 0 \\ {b} & \text{{otherwise}} \end{{cases}}",
        python="({a} if {c} > 0 else {b})",
    ),
    common("side", kernels.side, "flat(a)", r"\operatorname{{sign}}\left({a}\right)", True, singular="a"),
    common("flat", kernels.flat, "flat(a)", "0", True, singular="a"),
)
