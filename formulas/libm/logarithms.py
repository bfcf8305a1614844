"""Logarithms and inverse hyperbolic functions.

Sources: fdlibm, e_log.c, s_log1p.c, s_asinh.c, e_acosh.c and e_atanh.c; FreeBSD, e_log2.c and e_log10.c.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from formulas.libm.exponentials import LN2_HI, LN2_LO
from formulas.libm.sequence import Number, Value, copysign, high, logb, polynomial, pow2, rare, sqrt, where

_LG = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)
_LN2 = 0.6931471805599453
_LOG2_E_HI, _LOG2_E_LO = 1.44269504072144627571e00, 1.67517131648865118353e-10
_LOG10_E_HI, _LOG10_E_LO = 4.34294481878168880939e-01, 2.50829467116452752298e-11
_LOG10_2_HI, _LOG10_2_LO = 3.01029995663611771306e-01, 3.69423907715893078616e-13
SMALLEST, LARGEST = 2.0**-1000, 2.0**1000
"""Between them a number can be multiplied by what is near 1, and its exponent be turned."""
_FAR = 2.0**28
"""From here on a sum with 1 is the number itself."""


def reduced(a: Value) -> tuple[Value, Value]:
    """a = 2**k (1 + f) with f from sqrt(1/2) - 1 to sqrt(2) - 1: k and f, f exact."""
    k = logb(a * math.sqrt(2.0))
    return k, a * pow2(-k) - 1.0


def _tail(f: Value) -> tuple[Value, Value]:
    """log(1 + f) = f - (half - tail): half a square, and the rest."""
    s = f / (2.0 + f)
    z = s * s
    half = 0.5 * f * f
    return half, s * (half + z * polynomial(z, _LG))


def natural(f: Value, k: Value, more: Number = 0.0) -> Value:
    """The natural logarithm of 2**k (1 + f) e**more."""
    half, tail = _tail(f)
    low = k * LN2_LO if isinstance(more, float) else k * LN2_LO + more
    return k * LN2_HI - ((half - (tail + low)) - f)


def _binary(f: Value, k: Value) -> Value:
    half, tail = _tail(f)
    hi = high(f - half)
    lo = ((f - hi) - half) + tail
    whole = hi * _LOG2_E_HI
    rest = (lo + hi) * _LOG2_E_LO + lo * _LOG2_E_HI
    total = k + whole
    return (rest + ((k - total) + whole)) + total


def _decimal(f: Value, k: Value) -> Value:
    half, tail = _tail(f)
    hi = high(f - half)
    lo = ((f - hi) - half) + tail
    whole, large = hi * _LOG10_E_HI, k * _LOG10_2_HI
    rest = (k * _LOG10_2_LO + (lo + hi) * _LOG10_E_LO) + lo * _LOG10_E_HI
    total = large + whole
    return (rest + ((large - total) + whole)) + total


def _logarithm(combine: Callable[[Value, Value], Value]) -> Callable[[Value], Value]:
    """A logarithm of any number, by what it is of 2**k (1 + f)."""

    def unusual(a: Value) -> Value:
        scale = where(a < 1.0, 54.0, -54.0)
        k, f = reduced(a * pow2(scale))
        value = combine(f, k - scale)
        value = where(a > 0.0, value, where(a.equals(0.0), -math.inf, math.nan))
        return where(a.equals(math.inf), a, value)

    def of_any(a: Value) -> Value:
        k, f = reduced(a)
        return rare(~((a >= SMALLEST) & (a <= LARGEST)), combine(f, k), unusual, a)

    return of_any


_log, _log2, _log10 = _logarithm(natural), _logarithm(_binary), _logarithm(_decimal)


def log(a: Value) -> Value:
    """The natural logarithm, to 1 ulp."""
    return _log(a)


def log2(a: Value) -> Value:
    """The logarithm to base 2, to 1.5 ulp."""
    return _log2(a)


def log10(a: Value) -> Value:
    """The logarithm to base 10, to 1.5 ulp."""
    return _log10(a)


def _near_log1p(a: Value) -> Value:
    """log(1 + a) for a above -1, up to 2**1000; 0 for -0."""
    u = 1.0 + a
    back = u - 1.0
    lost = (1.0 - (u - back)) + (a - back)  # what rounding took from the sum, exactly
    k, f = reduced(u)
    return natural(f, k, lost / u)


def log1p(a: Value) -> Value:
    """log(1 + a), to 1 ulp."""

    def unusual(a: Value) -> Value:
        value = where(a.equals(0.0), a, where(a.equals(-1.0), -math.inf, math.nan))
        return where(a > 1.0, _log(a), value)

    return rare(~((a > -1.0) & (a <= LARGEST) & ~a.equals(0.0)), _near_log1p(a), unusual, a)


def asinh(a: Value) -> Value:
    """The inverse hyperbolic sine, to 2 ulp."""
    size = abs(a)
    square = size * size
    near = _near_log1p(size + square / (1.0 + sqrt(1.0 + square)))
    return copysign(rare(~(size <= _FAR), near, lambda far: _log(far) + _LN2, size), a)


def acosh(a: Value) -> Value:
    """The inverse hyperbolic cosine, to 2 ulp."""

    def unusual(a: Value) -> Value:
        return where(a >= 1.0, _log(a) + _LN2, math.nan)

    t = a - 1.0
    return rare(~((a >= 1.0) & (a <= _FAR)), _near_log1p(t + sqrt(2.0 * t + t * t)), unusual, a)


def atanh(a: Value) -> Value:
    """The inverse hyperbolic tangent, to 2 ulp."""

    def unusual(size: Value) -> Value:
        return where(size.equals(1.0), math.inf, math.nan)

    size = abs(a)
    twice, left = size + size, 1.0 - size
    near = 0.5 * _near_log1p(where(size < 0.5, twice + twice * size / left, twice / left))
    return copysign(rare(~(size < 1.0), near, unusual, size), a)
