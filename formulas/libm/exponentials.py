"""Exponentials and hyperbolic functions (fdlibm: e_exp.c, s_expm1.c, e_sinh.c, e_cosh.c, s_tanh.c)."""

from __future__ import annotations

from formulas.libm.sequence import Value, copysign, floor, nearest, polynomial, pow2, rare, where

LN2_HI, LN2_LO, LOG2_E = 6.93147180369123816490e-01, 1.90821492927058770002e-10, 1.44269504088896338700e00
_P = (
    1.66666666666666019037e-01,
    -2.77777777770155933842e-03,
    6.61375632143793436117e-05,
    -1.65339022054652515390e-06,
    4.13813679705723846039e-08,
)
_Q = (
    1.0,
    -3.33333333333331316428e-02,
    1.58730158725481460165e-03,
    -7.93650757867487942473e-05,
    4.00821782732936239552e-06,
    -2.01099218183624371326e-07,
)
_LARGE = 708.0
"""Up to this size exp has an ordinary exponent."""
_WHOLE = 37.0
"""From here on 1 is too little to tell exp and expm1 apart by more than a rounding."""
_SATURATED = 22.0
"""From here on tanh is 1, and of the two exponentials in a sinh or cosh one is all there is."""


def split_exp(a: Value, more: Value | None = None) -> tuple[Value, Value]:
    """exp(a + more) as a number near 1 and the exponent of 2 by which it is multiplied, for |a| below 2**20 and |more| below 1/4."""
    k = nearest((a if more is None else a + more) * LOG2_E)
    hi, lo = a - k * LN2_HI, k * LN2_LO if more is None else k * LN2_LO - more
    r = hi - lo
    z = r * r
    c = r - z * polynomial(z, _P)
    return 1.0 - ((lo - (r * c) / (2.0 - c)) - hi), k


def scaled(a: Value, k: Value) -> Value:
    """a * 2**k, rounded once, for k from -2044 to 2046 and an a of ordinary size."""
    half = floor(k * 0.5)
    return a * pow2(half) * pow2(k - half)


def any_exp(a: Value, shift: float = 0.0) -> Value:
    """exp(a) * 2**shift for any a."""
    fraction, k = split_exp(where(a > 800.0, 800.0, where(a < -800.0, -800.0, a)))
    return scaled(fraction, k + shift if shift else k)


def exp(a: Value) -> Value:
    """e**a, to 1 ulp."""
    fraction, k = split_exp(a)
    return rare(~(abs(a) <= _LARGE), fraction * pow2(k), any_exp, a)


def near_expm1(a: Value) -> Value:
    """exp(a) - 1 for |a| up to 700; 0 for -0."""
    k = nearest(a * LOG2_E)
    hi, lo = a - k * LN2_HI, k * LN2_LO
    r = hi - lo
    c = (hi - r) - lo
    half = 0.5 * r
    z = r * half
    ratio = polynomial(z, _Q)
    t = 3.0 - ratio * half
    e = z * ((ratio - t) / (6.0 - r * t))
    e = (r * (e - c) - c) - z
    whole = 1.0 - pow2(-k)
    total = whole + r
    lost = (whole - total) + r  # by rounding, exactly
    return pow2(k) * (total - (e - lost))


def expm1(a: Value) -> Value:
    """e**a - 1, to 1 ulp."""

    def unusual(a: Value) -> Value:
        return where(a.equals(0.0), a, any_exp(a) - 1.0)

    return rare(~((abs(a) <= _WHOLE) & ~a.equals(0.0)), near_expm1(a), unusual, a)


def sinh(a: Value) -> Value:
    """The hyperbolic sine, to 2 ulp."""
    size = abs(a)
    t = near_expm1(size)
    near = where(size < 1.0, 2.0 * t - (t * t) / (t + 1.0), t + t / (t + 1.0)) * 0.5
    return copysign(rare(~(size <= _SATURATED), near, lambda far: any_exp(far, -1.0), size), a)


def cosh(a: Value) -> Value:
    """The hyperbolic cosine, to 1.5 ulp."""
    size = abs(a)
    fraction, k = split_exp(size)
    half = fraction * pow2(k) * 0.5
    return rare(~(size <= _SATURATED), half + 0.25 / half, lambda far: any_exp(far, -1.0), size)


def tanh(a: Value) -> Value:
    """The hyperbolic tangent, to 2 ulp."""

    def far(a: Value) -> Value:
        return where(a.equals(a), 1.0, a)

    size = abs(a)
    t = near_expm1(2.0 * size)
    below = t + 2.0
    ratio = t / below
    small = ratio - ratio * (t - (below - 2.0)) / below  # with what rounding took from the sum
    near = where(size < 1.0, small, 1.0 - 2.0 / below)
    return copysign(rare(~(size <= _SATURATED), near, far, size), a)
