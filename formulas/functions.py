"""The functions that a formula may call: one declaration each.

The parser takes the names and the number of arguments from it, the program the NumPy routine, the derivatives their rule, limits the
places where it is not smooth, LaTeX and source code their templates, and the error messages the list of what is allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from formulas import kernels
from formulas.tree import Call, Operation, Tree

_MOST_ARGUMENTS = 20
ONCE, STEP, POINT = 0, 1, 2
"""When a value is known: before the run (parameters), at each step (also the step's number), or for each point only."""


@dataclass(frozen=True)
class Function:
    """A function of one or more numbers.

    Args:
        name: what a formula calls it.
        arguments: the names of its arguments, in order, as the formulas below use them.
        compute: called with the arguments' arrays and, last, the array to write into.
        latex: its template; {a}, {b}, {c} stand for the arguments.
        derivatives: a formula for the partial derivative by each argument. At a kink `side` and at a step `flat` leave NaN, which
            `formulas.limits` fills with the limit or the mean of the sides. Empty: it is differentiated by its definition, or, where it
            has none, offered only to update rules and schedules.
        definition: a formula in simpler functions that has the same value; a compiled program and source code hold it instead.
        rewrite: a formula that a compiled program computes instead of `compute`, where that is faster.
        series: a formula in simpler functions that has the same power series, where that of the derivative does not end.
        singular: a formula in the arguments that is 0 exactly where the function is not smooth; empty where it is smooth everywhere.
        partial: whether it may lack a finite value at arguments of ordinary size.
        aliases: further names, among them those that another function has with another number of arguments (`log(a, base)`).
        sign: the operator that stands for it, if it is a comparison.
        any_number: whether it takes any number of arguments, as nested calls of two: max(a, b, c) is max(max(a, b), c).
        python, torch: templates of a call in plain Python and in PyTorch, where they are not `math.name(...)` and `torch.name(...)`.
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
    definition: str = ""
    rewrite: str | None = None
    series: str = ""
    singular: str = ""
    partial: bool = False
    aliases: tuple[str, ...] = ()
    sign: str = ""
    any_number: bool = False
    python: str = ""
    torch: str = ""
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


def _common(name: str, compute: Callable[..., Any], derivative: str = "", latex: str = "", odd: bool = False, **more: Any) -> Function:
    """A function of one number, set as \\name(a) unless said otherwise."""
    derivatives = (derivative,) if derivative else ()
    return Function(name, ("a",), compute, latex or rf"\{name}\left({{a}}\right)", derivatives, odd_in="a" if odd else "", **more)


def _whole(routine: Callable[..., Any]) -> Callable[..., Any]:
    """A routine that returns a new array as one that writes into its last argument."""

    def compute(*arrays: Any) -> Any:
        np.copyto(arrays[-1], routine(*arrays[:-1]))
        return arrays[-1]

    return compute


def _named(name: str, definition: str, routine: Callable[..., Any], latex: str = "", derivative: str = "", **more: Any) -> Function:
    """A function of one number that is a name for a formula."""
    latex = latex or rf"\operatorname{{{{{name}}}}}\left({{a}}\right)"
    return _common(name, _whole(routine), derivative, latex, definition=definition, **more)


def _comparison(name: str, routine: Callable[..., Any], sign: str, relation: str, method: str) -> Function:
    """1 where it holds, else 0."""
    return Function(
        name,
        ("a", "b"),
        routine,
        rf"\left[{{a}} {relation} {{b}}\right]",
        ("flat(a - b)", "-flat(a - b)"),
        singular="a - b",
        sign=sign,
        python=f"float({{a}} {sign} {{b}})",
        torch=f"torch.{method}({{a}}, {{b}}).double()",
    )


def _tan_is_vectorized() -> bool:
    """Whether this NumPy computes the tangent with the processor's vector units, 6 times faster than its sine and cosine."""
    chosen = np.lib.introspect.opt_func_info(func_name="^tan$", signature="float64")
    return any(target["current"] not in ("", "baseline") for loops in chosen.values() for target in loops.values())


# Both by the tangent of the half angle, which a formula with a sine and a cosine of the same angle needs only once.
_SIN, _COS = ("tan(a/2)*(2/(1 + tan(a/2)**2))", "2/(1 + tan(a/2)**2) - 1") if _tan_is_vectorized() else (None, None)

_TRIGONOMETRIC = (
    _common("sin", np.sin, "cos(a)", rewrite=_SIN, odd=True),
    _common("cos", np.cos, "-sin(a)", rewrite=_COS),
    _common("tan", np.tan, "1 + tan(a)**2", odd=True, series="sin(a)/cos(a)", partial=True),
    _named("sec", "1/cos(a)", lambda a: 1 / np.cos(a), r"\sec\left({a}\right)", partial=True),
    _named("csc", "1/sin(a)", lambda a: 1 / np.sin(a), r"\csc\left({a}\right)", aliases=("cosec",), odd=True, partial=True),
    _named("cot", "cos(a)/sin(a)", lambda a: np.cos(a) / np.sin(a), r"\cot\left({a}\right)", odd=True, partial=True),
    _common(
        "asin", np.arcsin, "1/sqrt(1 - a**2)", r"\arcsin\left({a}\right)", True, singular="1 - a**2", partial=True, aliases=("arcsin",)
    ),
    _common("acos", np.arccos, "-1/sqrt(1 - a**2)", r"\arccos\left({a}\right)", singular="1 - a**2", partial=True, aliases=("arccos",)),
    _common("atan", np.arctan, "1/(1 + a**2)", r"\arctan\left({a}\right)", True, aliases=("arctan",)),
    Function(
        "atan2",
        ("a", "b"),
        np.arctan2,
        r"\operatorname{{atan2}}\left({a},\ {b}\right)",
        ("b/(a**2 + b**2)", "-a/(a**2 + b**2)"),
        singular="a",  # the jump along the negative axis, and the origin
        aliases=("arctan2", "atan", "arctan"),
    ),
)
_HYPERBOLIC = (
    _common("sinh", np.sinh, "cosh(a)", odd=True, series="(exp(a) - exp(-a))/2", partial=True),
    _common("cosh", np.cosh, "sinh(a)", series="(exp(a) + exp(-a))/2", partial=True),
    _common("tanh", np.tanh, "sech(a)**2", odd=True, series="sign(a)*(1 - exp(-2*abs(a)))/(1 + exp(-2*abs(a)))"),
    _named("sech", "1/cosh(a)", lambda a: 1 / np.cosh(a), derivative="-sech(a)*tanh(a)", series="1/cosh(a)", partial=True),
    _named(
        "csch",
        "1/sinh(a)",
        lambda a: 1 / np.sinh(a),
        derivative="-csch(a)*coth(a)",
        series="1/sinh(a)",
        odd=True,
        singular="a",
        partial=True,
    ),
    _named(
        "coth",
        "1/tanh(a)",
        lambda a: 1 / np.tanh(a),
        r"\coth\left({a}\right)",
        "-csch(a)**2",
        series="1/tanh(a)",
        odd=True,
        singular="a",
        partial=True,
    ),
    _common(
        "asinh", np.arcsinh, "1/hypot(a, 1)", r"\operatorname{{arsinh}}\left({a}\right)", True, aliases=("arsinh", "arcsinh", "argsinh")
    ),
    _common(
        "acosh",
        np.arccosh,
        "1/sqrt(a**2 - 1)",
        r"\operatorname{{arcosh}}\left({a}\right)",
        singular="a - 1",
        partial=True,
        aliases=("arcosh", "arccosh", "argcosh"),
    ),
    _common(
        "atanh",
        np.arctanh,
        "1/(1 - a**2)",
        r"\operatorname{{artanh}}\left({a}\right)",
        True,
        series="(log(1 + a) - log(1 - a))/2",
        singular="1 - a**2",
        partial=True,
        aliases=("artanh", "arctanh", "argtanh"),
    ),
)
_EXPONENTIAL = (
    _common("exp", np.exp, "exp(a)", "e^{{{a}}}", partial=True),
    _common("expm1", np.expm1, "exp(a)", r"\left(e^{{{a}}} - 1\right)", partial=True),
    _common("log", np.log, "1/a", r"\ln\left({a}\right)", singular="a", partial=True, aliases=("ln",)),
    _common(
        "log10",
        np.log10,
        "1/(a*2.302585092994046)",
        r"\log_{{10}}\left({a}\right)",
        series="log(a)/log(10)",
        singular="a",
        partial=True,
        aliases=("lg",),
    ),
    _common(
        "log2",
        np.log2,
        "1/(a*0.6931471805599453)",
        r"\log_{{2}}\left({a}\right)",
        series="log(a)/log(2)",
        singular="a",
        partial=True,
        aliases=("ld",),
    ),
    _common("log1p", np.log1p, "1/(1 + a)", r"\operatorname{{log1p}}\left({a}\right)", series="log(1 + a)", singular="1 + a", partial=True),
    Function(
        "log_base",
        ("a", "b"),
        _whole(lambda a, b: np.log(a) / np.log(b)),
        r"\log_{{{b}}}\left({a}\right)",
        definition="log(a)/log(b)",
        partial=True,
        aliases=("log", "logb"),
    ),
    _common(
        "sigmoid",
        _whole(lambda a: 1 / (1 + np.exp(-a))),
        "sigmoid(a)*sigmoid(-a)",
        r"\operatorname{{sigmoid}}\left({a}\right)",  # a parameter may be called sigma
        definition="1/(1 + exp(-a))",
        series="(1 + tanh(a/2))/2",
        aliases=("logistic", "expit"),
    ),
    _common(
        "softplus",
        _whole(lambda a: np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))),
        "sigmoid(a)",
        r"\operatorname{{softplus}}\left({a}\right)",
        definition="max(a, 0) + log1p(exp(-abs(a)))",
    ),
    _common(
        "erf", kernels.erf, "1.1283791670955126*exp(-a**2)", r"\operatorname{{erf}}\left({a}\right)", True, torch="torch.special.erf({a})"
    ),
    _common(
        "erfc", kernels.erfc, "-1.1283791670955126*exp(-a**2)", r"\operatorname{{erfc}}\left({a}\right)", torch="torch.special.erfc({a})"
    ),
)
_POWERS = (
    _common("sqrt", np.sqrt, "inverse_sqrt(a)/2", r"\sqrt{{{a}}}", singular="a", partial=True),
    _common(
        "inverse_sqrt",
        _whole(lambda a: 1 / np.sqrt(a)),
        "-inverse_sqrt(a)**3/2",
        r"\frac{{1}}{{\sqrt{{{a}}}}}",
        definition="1/sqrt(a)",
        singular="a",
        partial=True,
    ),
    _common(
        "cbrt",
        np.cbrt,
        "1/(3*cbrt(a)**2)",
        r"\sqrt[3]{{{a}}}",
        True,
        singular="a",
        python="math.copysign(abs({a})**(1/3), {a})",
        torch="(torch.sign({a})*torch.abs({a})**(1/3))",
    ),
    Function(
        "power",
        ("a", "b"),
        kernels.power,
        "{a}^{{{b}}}",
        ("b*power(a, b - 1)", "power(a, b)*log(a)"),
        singular="a",
        partial=True,
    ),
    Function("pow", ("a", "b"), kernels.power, "{a}^{{{b}}}", definition="a**b", partial=True, aliases=("power",)),
    Function(  # a power whose exponent is a fraction of odd numbers: a real number for negative a, too
        "odd_power",
        ("a", "b"),
        kernels.odd_power,
        "{a}^{{{b}}}",
        ("b*abs(a)**(b - 1)", "0"),
        singular="a",
        partial=True,
        python="math.copysign(abs({a})**({b}), {a})",
        torch="(torch.sign({a})*torch.abs({a})**({b}))",
        odd_in="a",
    ),
    Function(
        "hypot",
        ("a", "b"),
        np.hypot,
        r"\sqrt{{{a}^2 + {b}^2}}",
        ("cosine(a, b)", "cosine(b, a)"),
        series="sqrt(a**2 + b**2)",
        singular="hypot(a, b)",
        aliases=("norm",),
        any_number=True,
    ),
    Function(  # of the angle between (a, b) and the first axis: the slope of hypot, whose own slopes so need no squares and no cubes
        "cosine",
        ("a", "b"),
        _whole(lambda a, b: a / np.hypot(a, b)),
        r"\frac{{{a}}}{{\sqrt{{{a}^2 + {b}^2}}}}",
        ("cosine(b, a)**2/hypot(a, b)", "-cosine(a, b)*cosine(b, a)/hypot(a, b)"),
        definition="a/hypot(a, b)",
        singular="hypot(a, b)",
        partial=True,
    ),
)
_KINKS = (
    _common("abs", np.abs, "side(a)", r"\left|{a}\right|", singular="a", aliases=("fabs",), python="abs({a})"),
    Function(
        "min",
        ("a", "b"),
        _keyword_out(np.minimum),
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
        _keyword_out(np.maximum),
        r"\max\left({a},\ {b}\right)",
        ("(1 + side(a - b))/2", "(1 - side(a - b))/2"),
        singular="a - b",
        aliases=("maximum",),
        any_number=True,
        python="max({a}, {b})",
        torch="torch.maximum({a}, {b})",
    ),
    _named("relu", "max(a, 0)", lambda a: np.maximum(a, 0)),
    Function(
        "clip",
        ("a", "b", "c"),
        _whole(lambda a, b, c: np.minimum(np.maximum(a, b), c)),
        r"\operatorname{{clip}}\left({a},\ {b},\ {c}\right)",
        definition="min(max(a, b), c)",
        aliases=("clamp",),
    ),
)
_JUMPS = (
    _common(
        "sign",
        np.sign,
        "flat(a)",
        r"\operatorname{{sign}}\left({a}\right)",
        True,
        singular="a",
        aliases=("sgn", "signum"),
        python="(({a} > 0) - ({a} < 0))",
    ),
    _named("heaviside", "(1 + sign(a))/2", lambda a: (1 + np.sign(a)) / 2),
    _common("floor", np.floor, "flat(a - floor(a))", r"\left\lfloor {a} \right\rfloor", singular="a - round(a)"),
    _common("ceil", np.ceil, "flat(a - floor(a))", r"\left\lceil {a} \right\rceil", singular="a - round(a)", aliases=("ceiling",)),
    _common(
        "round",
        np.rint,
        "flat(a - floor(a) - 0.5)",
        r"\operatorname{{round}}\left({a}\right)",
        True,
        singular="a - floor(a) - 0.5",
        aliases=("rint",),
        python="round({a})",
    ),
    _named("trunc", "sign(a)*floor(abs(a))", np.trunc, odd=True),
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
    _comparison("less", kernels.less, "<", "<", "lt"),
    _comparison("less_equal", kernels.less_equal, "<=", r"\le", "le"),
    _comparison("greater", kernels.greater, ">", ">", "gt"),
    _comparison("greater_equal", kernels.greater_equal, ">=", r"\ge", "ge"),
    _comparison("equal", kernels.equal, "==", "=", "eq"),
    _comparison("not_equal", kernels.not_equal, "!=", r"\ne", "ne"),
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
    _common("side", kernels.side, "flat(a)", r"\operatorname{{sign}}\left({a}\right)", True, singular="a"),
    _common("flat", kernels.flat, "flat(a)", "0", True, singular="a"),
)

FUNCTIONS = {
    function.name: function for group in (_TRIGONOMETRIC, _HYPERBOLIC, _EXPONENTIAL, _POWERS, _KINKS, _JUMPS) for function in group
}
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
        return Call("abs", tuple(arguments), column) if function.name == "hypot" else arguments[0]
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
    return range(1, _MOST_ARGUMENTS + 1) if function.any_number else (len(function.arguments),)
