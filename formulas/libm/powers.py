"""Powers, cube roots and lengths (fdlibm: e_pow.c, whose logarithm has twice the digits of a double; FreeBSD: s_cbrt.c)."""

from __future__ import annotations

import math

from formulas.libm.exponentials import scaled
from formulas.libm.logarithms import LARGEST, SMALLEST
from formulas.libm.sequence import Value, copysign, floor, high, logb, mant, nearest, polynomial, pow2, rare, sqrt, where

_L = (
    5.99999999999994648725e-01,
    4.28571428578550184252e-01,
    3.33333329818377432918e-01,
    2.72728123808534006489e-01,
    2.30660745775561754067e-01,
    2.06975017800338417784e-01,
)
_P = (
    1.66666666666666019037e-01,
    -2.77777777770155933842e-03,
    6.61375632143793436117e-05,
    -1.65339022054652515390e-06,
    4.13813679705723846039e-08,
)
_LN2, _LN2_HIGH, _LN2_LOW = 6.93147180559945286227e-01, 6.93147182464599609375e-01, -1.90465429995776804525e-09
_CP, _CP_HIGH, _CP_LOW = 9.61796693925975554329e-01, 9.61796700954437255859e-01, -7.02846165095275826516e-09  # 2/(3 log 2)
_LOG2_HIGH, _LOG2_LOW = 5.84962487220764160156e-01, 1.35003920212974897128e-08  # of 3/2
_SMALLEST_NORMAL = 2.0**-1022
_ROOT = (0.68168403, 0.36452801, -0.04331008, 0.00231322)
"""The cube root from 1 to 8, to half a percent."""
_INVERSE_ROOT = (
    1.87595182427177009643,
    -1.88497979543377169875,
    1.621429720105354466140,
    -0.758397934778766047437,
    0.145996192886612446982,
)
"""1/cbrt(r) for r near 1, to 2**-23.5."""


def _log2(a: Value) -> tuple[Value, Value]:
    """The logarithm to base 2 of a positive normal number in two parts, the first of 26 bits, with 65 bits or more together."""
    exponent, m = logb(a), mant(a)
    upper = m >= 1.7320508075688772
    m = where(upper, m * 0.5, m)
    n = where(upper, exponent + 1.0, exponent)
    middle = m >= 1.2247448713915890
    base, base_high, base_low = (where(middle, one, other) for one, other in ((1.5, 1.0), (_LOG2_HIGH, 0.0), (_LOG2_LOW, 0.0)))
    u, below = m - base, m + base
    v = 1.0 / below
    s = u * v
    s_high, t_high = high(s), high(below)
    t_low = m - (t_high - base)
    s_low = v * ((u - s_high * t_high) - s_high * t_low)
    square = s * s
    rest = (square * square) * polynomial(square, _L) + s_low * (s_high + s)
    square = s_high * s_high
    t_high = high((3.0 + square) + rest)
    t_low = rest - ((t_high - 3.0) - square)
    u, v = s_high * t_high, s_low * t_high + t_low * s
    p_high = high(u + v)
    p_low = v - (p_high - u)
    z_high, z_low = _CP_HIGH * p_high, (_CP_LOW * p_high + p_low * _CP) + base_low
    first = high(((z_high + z_low) + base_high) + n)
    return first, z_low - (((first - n) - base_high) - z_high)


def _times(b: Value, first: Value, second: Value) -> tuple[Value, Value]:
    """b (first + second) in two parts, the larger one exact."""
    b_high = high(b)
    return b_high * first, (b - b_high) * first + b * second


def _split_exp2(large: Value, small: Value) -> tuple[Value, Value]:
    """2 to the power of a sum, as a number near 1 and an exponent."""
    n = nearest(large + small)
    large = large - n
    t = high(small + large)
    u, v = t * _LN2_HIGH, (small - (t - large)) * _LN2 + t * _LN2_LOW
    z = u + v
    w = v - (z - u)
    square = z * z
    t = z - square * polynomial(square, _P)
    return 1.0 - (((z * t) / (t - 2.0) - (w + z * w)) - z), n


def power(a: Value, b: Value) -> Value:
    """a**b, to 1 ulp, with the special values of IEEE 754's pow: a whole power of a negative number has its sign, another is NaN."""
    large, small = _times(b, *_log2(a))
    fraction, n = _split_exp2(large, small)
    exponent = large + small
    usual = (a >= SMALLEST) & (a <= LARGEST) & (abs(exponent) <= 1000.0) & (abs(b) <= LARGEST)
    return rare(~usual, fraction * pow2(n), _any_power, a, b)


def _any_power(a: Value, b: Value) -> Value:
    size = abs(a)
    value = _power_of_size(size, b)
    whole = floor(b).equals(b)
    is_odd = whole & ~(2.0 * floor(b * 0.5)).equals(b)
    negative = copysign(1.0, a) < 0.0
    value = where(negative & is_odd, -value, value)
    value = where((a < 0.0) & ~whole & (size < math.inf) & (abs(b) < math.inf), math.nan, value)
    value = where(a.equals(a) & b.equals(b), value, math.nan)
    return where(b.equals(0.0) | a.equals(1.0), 1.0, value)


def _power_of_size(a: Value, b: Value) -> Value:
    """a**b of a number that is not negative."""
    tiny = a < _SMALLEST_NORMAL
    first, second = _log2(where(tiny, a * 2.0**54, a))
    shifted = first - where(tiny, 54.0, 0.0)
    first_high = high(shifted)
    second = second + (shifted - first_high)
    limited = where(b > 2.0**70, 2.0**70, where(b < -(2.0**70), -(2.0**70), b))  # far enough to leave float range, unless a is 1
    large, small = _times(limited, first_high, second)
    beyond, under = (large + small) > 1100.0, (large + small) < -1100.0
    outside = beyond | under
    fraction, n = _split_exp2(where(outside, 0.0, large), where(outside, 0.0, small))
    value = where(beyond, math.inf, where(under, 0.0, scaled(fraction, n)))
    up = where(b > 0.0, math.inf, 0.0)
    down = where(b > 0.0, 0.0, math.inf)
    value = where(a.equals(0.0), down, where(a.equals(math.inf), up, value))
    return where(a.equals(1.0), 1.0, value)


def _near_cbrt(a: Value) -> Value:
    """The cube root of a positive number that is not far from the others."""
    exponent = logb(a)
    third = floor(exponent * (1.0 / 3.0) + 0.125)  # a whole number plus less than 1/3 + 1/8: rounding cannot lift it to the next
    v = mant(a) * pow2(exponent - 3.0 * third)
    t = polynomial(v, _ROOT)
    r = (t * t) * (t / v)
    t = high(t * polynomial(r, _INVERSE_ROOT))
    r = v / (t * t)
    return (t + t * ((r - t) / ((t + t) + r))) * pow2(third)


def cbrt(a: Value) -> Value:
    """The cube root, to 1 ulp."""

    def unusual(size: Value) -> Value:
        value = _near_cbrt(size * 2.0**54) * 2.0**-18
        return where((size > 0.0) & (size < math.inf), value, size)

    size = abs(a)
    return copysign(rare(~((size >= _SMALLEST_NORMAL) & (size < math.inf)), _near_cbrt(size), unusual, size), a)


def hypot(a: Value, b: Value) -> Value:
    """The length of (a, b), to 1.5 ulp, without overflow on the way."""

    def unusual(a: Value, b: Value) -> Value:
        larger = where(a < b, b, a)
        up = larger > 1.0
        down, back = where(up, 2.0**-600, 2.0**600), where(up, 2.0**600, 2.0**-600)
        x, y = a * down, b * down
        value = sqrt(x * x + y * y) * back
        return where(a.equals(math.inf) | b.equals(math.inf), math.inf, value)

    square = a * a + b * b
    return rare(~((square >= 2.0**-900) & (square <= LARGEST)), sqrt(square), unusual, abs(a), abs(b))
