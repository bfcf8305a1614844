"""Exponential, sine, logarithm and whole part of a generalized power series, of which the other functions are made."""

from __future__ import annotations

import math

import numpy as np

from formulas.libm import functions as libm
from formulas.series import MOST_TERMS, Columns, Key, Series, joined


def exponential(a: Series) -> Series:
    """e to the power a."""

    def routine(part: Series, exponent: float) -> Series:
        factorials = [1.0 / math.factorial(n) for n in range(MOST_TERMS)]
        small = Series({key: values for key, values in part.terms.items() if key[0] > 0}, part.order, part.scope)
        with np.errstate(all="ignore"):
            return small.composed(factorials).scaled(libm.exp(part.at((0.0, 0)))).shifted(exponent)

    grows, sign = _grows(a, logarithms=2), a.sign()
    parts = [(grows & (sign < 0), a.take(grows & (sign < 0)).constant(0.0)), (grows & ~(sign < 0), a.take(grows & ~(sign < 0)).unknown())]
    exponents = a.at((0.0, 1))
    for exponent in np.unique(exponents[~grows]):
        columns = ~grows & ((exponents == exponent) | (np.isnan(exponents) & np.isnan(exponent)))
        parts.append((columns, routine(a.take(columns), float(exponent)) if math.isfinite(exponent) else a.take(columns).unknown()))
    return joined(parts, a)


def sine(a: Series, quarter: int = 0) -> Series:
    """The sine of a plus so many quarters of a turn."""
    grows = _grows(a, logarithms=1)
    part = a.take(~grows)
    at = part.at((0.0, 0))
    with np.errstate(all="ignore"):
        cycle = [turned for sign in (1.0, -1.0) for turned in (sign * libm.sin(at), sign * libm.cos(at))]
    coefficients = [cycle[(n + quarter) % 4] / math.factorial(n) for n in range(MOST_TERMS)]
    small = Series({key: values for key, values in part.terms.items() if key[0] > 0}, part.order, part.scope)
    return joined([(~grows, small.composed(coefficients)), (grows, a.take(grows).unknown(0.0))], a)


def logarithm(a: Series) -> Series:
    """The natural logarithm."""

    def routine(part: Series, key: Key | None) -> Series:
        if key is None or key[1]:
            return part.unknown()
        first = part.terms[key]
        with np.errstate(all="ignore"):
            start = part.constant(libm.log(first))
        start.terms[0.0, 1] = np.full(part.columns, key[0])
        alternating = [0.0] + [(-1.0) ** (n + 1) / n for n in range(1, MOST_TERMS)]
        return part.relative(key).composed(alternating) + start

    return a.by_leading_term(routine)


def floor(a: Series) -> Series:
    """The greatest whole number that is not above."""
    whole = np.floor(a.at((0.0, 0)))
    below = (a - a.constant(whole)).sign() < 0
    result = a.constant(whole - below)
    grows = _grows(a, logarithms=1)
    return joined([(~grows, result.take(~grows)), (grows, a.take(grows).unknown())], a)


def _grows(a: Series, logarithms: int) -> Columns:
    """Which columns grow beyond all bounds, by a power of t or by so many logarithms at least."""
    result = np.zeros(a.columns, dtype=bool)
    for (e, k), values in a.terms.items():
        if e < 0 or (e == 0 and k >= logarithms):
            result |= values != 0
    return result | (a.order <= 0)
