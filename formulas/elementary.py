"""The functions that are smooth wherever they have a value, roots among them."""

from __future__ import annotations

import numpy as np

from formulas import kernels
from formulas.function import Function, common, named, whole
from formulas.libm import functions as libm
from formulas.libm.routines import USED, chosen


def _tan_is_vectorized() -> bool:
    """Whether this NumPy computes the tangent with the processor's vector units, 6 times faster than its sine and cosine."""
    chosen = np.lib.introspect.opt_func_info(func_name="^tan$", signature="float64")
    return any(target["current"] not in ("", "baseline") for loops in chosen.values() for target in loops.values())


# Both by the tangent of the half angle, which a formula with a sine and a cosine of the same angle needs only once.
_SIN, _COS = ("tan(a/2)*(2/(1 + tan(a/2)**2))", "2/(1 + tan(a/2)**2) - 1") if _tan_is_vectorized() and "sin" not in USED else (None, None)

_POWER = chosen("power") if "power" in USED else kernels.power

TRIGONOMETRIC = (
    common("sin", chosen("sin"), "cos(a)", rewrite=_SIN, odd=True),
    common("cos", chosen("cos"), "-sin(a)", rewrite=_COS),
    common("tan", chosen("tan"), "1 + tan(a)**2", odd=True, series="sin(a)/cos(a)", partial=True),
    named("sec", "1/cos(a)", lambda a: 1 / libm.cos(a), r"\sec\left({a}\right)", partial=True),
    named("csc", "1/sin(a)", lambda a: 1 / libm.sin(a), r"\csc\left({a}\right)", aliases=("cosec",), odd=True, partial=True),
    named("cot", "cos(a)/sin(a)", lambda a: libm.cos(a) / libm.sin(a), r"\cot\left({a}\right)", odd=True, partial=True),
    common(
        "asin",
        chosen("asin"),
        "1/sqrt(1 - a**2)",
        r"\arcsin\left({a}\right)",
        True,
        singular="1 - a**2",
        partial=True,
        aliases=("arcsin",),
    ),
    common(
        "acos",
        chosen("acos"),
        "-1/sqrt(1 - a**2)",
        r"\arccos\left({a}\right)",
        singular="1 - a**2",
        partial=True,
        aliases=("arccos",),
    ),
    common("atan", chosen("atan"), "1/(1 + a**2)", r"\arctan\left({a}\right)", True, aliases=("arctan",)),
    Function(
        "atan2",
        ("a", "b"),
        chosen("atan2"),
        r"\operatorname{{atan2}}\left({a},\ {b}\right)",
        ("b/(a**2 + b**2)", "-a/(a**2 + b**2)"),
        singular="a",  # the jump along the negative axis, and the origin
        aliases=("arctan2", "atan", "arctan"),
    ),
)
HYPERBOLIC = (
    common("sinh", chosen("sinh"), "cosh(a)", odd=True, series="(exp(a) - exp(-a))/2", partial=True),
    common("cosh", chosen("cosh"), "sinh(a)", series="(exp(a) + exp(-a))/2", partial=True),
    common("tanh", chosen("tanh"), "sech(a)**2", odd=True, series="sign(a)*(1 - exp(-2*abs(a)))/(1 + exp(-2*abs(a)))"),
    named("sech", "1/cosh(a)", lambda a: 1 / libm.cosh(a), derivative="-sech(a)*tanh(a)", series="1/cosh(a)", partial=True),
    named(
        "csch",
        "1/sinh(a)",
        lambda a: 1 / libm.sinh(a),
        derivative="-csch(a)*coth(a)",
        series="1/sinh(a)",
        odd=True,
        singular="a",
        partial=True,
    ),
    named(
        "coth",
        "1/tanh(a)",
        lambda a: 1 / libm.tanh(a),
        r"\coth\left({a}\right)",
        "-csch(a)**2",
        series="1/tanh(a)",
        odd=True,
        singular="a",
        partial=True,
    ),
    common(
        "asinh",
        chosen("asinh"),
        "1/hypot(a, 1)",
        r"\operatorname{{arsinh}}\left({a}\right)",
        True,
        aliases=("arsinh", "arcsinh", "argsinh"),
    ),
    common(
        "acosh",
        chosen("acosh"),
        "1/(sqrt(a - 1)*sqrt(a + 1))",
        r"\operatorname{{arcosh}}\left({a}\right)",
        singular="a - 1",
        partial=True,
        aliases=("arcosh", "arccosh", "argcosh"),
    ),
    common(
        "atanh",
        chosen("atanh"),
        "1/(1 - a**2)",
        r"\operatorname{{artanh}}\left({a}\right)",
        True,
        series="(log(1 + a) - log(1 - a))/2",
        singular="1 - a**2",
        partial=True,
        aliases=("artanh", "arctanh", "argtanh"),
    ),
)
EXPONENTIAL = (
    common("exp", chosen("exp"), "exp(a)", "e^{{{a}}}", partial=True),
    common("expm1", chosen("expm1"), "exp(a)", r"\left(e^{{{a}}} - 1\right)", partial=True),
    common("log", chosen("log"), "1/a", r"\ln\left({a}\right)", singular="a", partial=True, aliases=("ln",)),
    common(
        "log10",
        chosen("log10"),
        "1/(a*2.302585092994046)",
        r"\log_{{10}}\left({a}\right)",
        series="log(a)/log(10)",
        singular="a",
        partial=True,
        aliases=("lg",),
    ),
    common(
        "log2",
        chosen("log2"),
        "1/(a*0.6931471805599453)",
        r"\log_{{2}}\left({a}\right)",
        series="log(a)/log(2)",
        singular="a",
        partial=True,
        aliases=("ld",),
    ),
    common(
        "log1p",
        chosen("log1p"),
        "1/(1 + a)",
        r"\operatorname{{log1p}}\left({a}\right)",
        series="log(1 + a)",
        singular="1 + a",
        partial=True,
    ),
    Function(
        "log_base",
        ("a", "b"),
        whole(lambda a, b: libm.log(a) / libm.log(b)),
        r"\log_{{{b}}}\left({a}\right)",
        definition="log(a)/log(b)",
        partial=True,
        aliases=("log", "logb"),
    ),
    common(
        "sigmoid",
        whole(lambda a: 1 / (1 + libm.exp(-a))),
        "sigmoid(a)*sigmoid(-a)",
        r"\operatorname{{sigmoid}}\left({a}\right)",  # a parameter may be called sigma
        definition="1/(1 + exp(-a))",
        series="(1 + tanh(a/2))/2",
        aliases=("logistic", "expit"),
    ),
    common(
        "softplus",
        whole(lambda a: np.maximum(a, 0) + libm.log1p(libm.exp(-np.abs(a)))),
        "sigmoid(a)",
        r"\operatorname{{softplus}}\left({a}\right)",
        definition="max(a, 0) + log1p(exp(-abs(a)))",
    ),
    common(
        "erf", chosen("erf"), "1.1283791670955126*exp(-a**2)", r"\operatorname{{erf}}\left({a}\right)", True, torch="torch.special.erf({a})"
    ),
    common(
        "erfc", chosen("erfc"), "-1.1283791670955126*exp(-a**2)", r"\operatorname{{erfc}}\left({a}\right)", torch="torch.special.erfc({a})"
    ),
)
POWERS = (
    common("sqrt", np.sqrt, "inverse_sqrt(a)/2", r"\sqrt{{{a}}}", singular="a", partial=True),
    common(
        "inverse_sqrt",
        whole(lambda a: 1 / np.sqrt(a)),
        "-inverse_sqrt(a)**3/2",
        r"\frac{{1}}{{\sqrt{{{a}}}}}",
        definition="1/sqrt(a)",
        singular="a",
        partial=True,
    ),
    common(
        "cbrt",
        chosen("cbrt"),
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
        _POWER,
        "{a}^{{{b}}}",
        ("b*power(a, b - 1)", "power(a, b)*log(a)"),
        singular="a",
        partial=True,
    ),
    Function("pow", ("a", "b"), _POWER, "{a}^{{{b}}}", definition="a**b", partial=True, aliases=("power",)),
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
        chosen("hypot"),
        r"\sqrt{{{a}^2 + {b}^2}}",
        ("cosine(a, b)", "cosine(b, a)"),
        series="sqrt(a**2 + b**2)",
        singular="hypot(a, b)",
        aliases=("norm",),
        any_number=True,
        fewest=1,
    ),
    Function(  # of the angle between (a, b) and the first axis: the slope of hypot, whose own slopes so need no squares and no cubes
        "cosine",
        ("a", "b"),
        whole(lambda a, b: a / libm.hypot(a, b)),
        r"\frac{{{a}}}{{\sqrt{{{a}^2 + {b}^2}}}}",
        ("cosine(b, a)**2/hypot(a, b)", "-cosine(a, b)*cosine(b, a)/hypot(a, b)"),
        definition="a/hypot(a, b)",
        singular="hypot(a, b)",
        partial=True,
    ),
)
