"""Sine, cosine and tangent (fdlibm: k_sin.c, k_cos.c, e_rem_pio2.c, k_rem_pio2.c).

An angle is reduced to a multiple of a quarter turn and a rest of at most pi/4, in two doubles: up to 100,000 by pi/2 in three parts, whose
multiples are exact (Cody and Waite), beyond that by the digits of 2/pi that matter (Payne and Hanek). Both leave the rest with a relative
error below 2**-57 for every double there is.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from formulas.libm.sequence import Value, floor, high, logb, lookup, nearest, odd, polynomial, pow2, rare, where

_S = (
    -1.66666666666666324348e-01,
    8.33333333332248946124e-03,
    -1.98412698298579493134e-04,
    2.75573137070700676789e-06,
    -2.50507602534068634195e-08,
    1.58969099521155010221e-10,
)
_C = (
    4.16666666666666019037e-02,
    -1.38888888888741095749e-03,
    2.48015872894767294178e-05,
    -2.75573143513906633035e-07,
    2.08757232129817482790e-09,
    -1.13596475577881948265e-11,
)
_TWO_OVER_PI = 6.36619772367581382433e-01
_PARTS = (1.5707963267923333, 2.5633441515839558e-12, 1.0562999066987428e-23)
"""pi/2: 37 bits, 37 bits, 53 bits."""
_HALF_PI = (1.5707963267948966, 6.123233995736766e-17)
_NEAR = 100_000.0
_LIMB = 2.0**24
# 2/pi in digits of 24 bits, after three zeros, since a small exponent asks for digits before the first.
# fmt: off
_DIGITS = (
    0, 0, 0,
    10680707, 7228996, 1387004, 2578385, 16069853, 12639074, 9804092, 4427841, 16666979, 11263675, 12935607, 2387514, 4345298, 14681673,
    3074569, 13734428, 16653803, 1880361, 10960616, 8533493, 3062596, 8710556, 7349940, 6258241, 3772886, 3769171, 3798172, 8675211,
    12450088, 3874808, 9961438, 366607, 15675153, 9132554, 7151469, 3571407, 2607881, 12013382, 4155038, 6285869, 7677882, 13102053,
    15825725, 473591, 9065106, 15363067, 6271263, 9264392, 5636912, 4652155, 7056368, 13614112, 10155062, 1944035,
)
# fmt: on
_TABLE = tuple(map(float, _DIGITS))

Reduced = tuple[Value, Value, Value]
"""The number of quarter turns, the rest r, and what has to be taken from r, with a sign of 0 that keeps that of the angle."""


def _near(a: Value) -> Reduced:
    k = nearest(a * _TWO_OVER_PI)
    first, second, third = (k * part for part in _PARTS)
    start = a - first
    r = start - second
    return k, r, third - ((start - r) - second)


def _far(a: Value) -> Reduced:
    """Of an angle of at least 1."""
    place = floor((logb(a) - 28.0) * (1.0 / 24.0))
    y = a * pow2(-24.0 * place)  # from 2**28 to 2**52, a multiple of 2**-24
    top = floor(y / _LIMB)
    rest = y - top * _LIMB
    middle = floor(rest)
    pieces = (top, middle, (rest - middle) * _LIMB)
    digits = [lookup(place + float(n), _TABLE) for n in range(1, 11)]
    limbs = [pieces[0] * digits[n] + pieces[1] * digits[n - 1] + pieces[2] * digits[n - 2] for n in range(2, 10)]  # exact, by 2**(-24 n)
    for n in range(7, 0, -1):
        carry = floor(limbs[n] / _LIMB)
        limbs[n], limbs[n - 1] = limbs[n] - carry * _LIMB, limbs[n - 1] + carry
    up = limbs[1] >= _LIMB / 2
    k = limbs[0] - 4.0 * floor(limbs[0] * 0.25) + where(up, 1.0, 0.0)
    limbs[1] = limbs[1] - where(up, _LIMB, 0.0)
    large, small, smaller = (limbs[n] * 2.0 ** (-24 * n) + limbs[n + 1] * 2.0 ** (-24 * (n + 1)) for n in (1, 3, 5))
    total = large + small
    lost = (small - (total - large)) + smaller
    share = total + lost
    return k, *_times_half_pi(share, lost - (share - total))


def _times_half_pi(a: Value, lost: Value) -> tuple[Value, Value]:
    """(a + lost) pi/2 as r and what has to be taken from it."""
    product = a * _HALF_PI[0]
    a_high = high(a)
    a_low = a - a_high
    pi_high = math.ldexp(math.floor(math.ldexp(_HALF_PI[0], 25)), -25)
    pi_low = _HALF_PI[0] - pi_high
    rest = ((a_high * pi_high - product) + a_high * pi_low + a_low * pi_high) + a_low * pi_low
    rest = rest + (a * _HALF_PI[1] + lost * _HALF_PI[0])
    r = product + rest
    return r, (r - product) - rest


def _sine(r: Value, less: Value) -> Value:
    z = r * r
    return r - (less - (r * z) * polynomial(z, _S))


def _cosine(r: Value, less: Value) -> Value:
    z = r * r
    half = 0.5 * z
    main = 1.0 - half
    return main + (((1.0 - main) - half) + ((z * z) * polynomial(z, _C) + r * less))


def _tangent(k: Value, r: Value, less: Value) -> Value:
    """Sine over cosine, each with what its rounding lost."""
    z = r * r
    tail = (r * z) * polynomial(z, _S) - less
    sine = r + tail
    sine_lost = tail - (sine - r)
    half = 0.5 * z
    main = 1.0 - half
    rest = ((1.0 - main) - half) + ((z * z) * polynomial(z, _C) + r * less)
    cosine = main + rest
    cosine_lost = rest - (cosine - main)
    turned = odd(k)
    above, below = where(turned, -cosine, sine), where(turned, sine, cosine)
    above_lost, below_lost = where(turned, -cosine_lost, sine_lost), where(turned, sine_lost, cosine_lost)
    ratio = above / below
    return ratio + (above_lost - ratio * below_lost) / below


def _of_sine(k: Value, r: Value, less: Value) -> Value:
    value = where(odd(k), _cosine(r, less), _sine(r, less))
    return where(odd(floor(k * 0.5)), -value, value)


def _of_cosine(k: Value, r: Value, less: Value) -> Value:
    value = where(odd(k), _sine(r, less), _cosine(r, less))
    return where(odd(floor((k + 1.0) * 0.5)), -value, value)


def _of_any(combine: Callable[[Value, Value, Value], Value], even: bool) -> Callable[[Value], Value]:
    """The function of any angle, by what it is of a reduced one."""

    def unusual(a: Value) -> Value:
        value = combine(*_far(abs(a)))
        if not even:
            value = where(a < 0.0, -value, value)
        return where(abs(a) < math.inf, value, math.nan)

    def of_any(a: Value) -> Value:
        return rare(~(abs(a) <= _NEAR), combine(*_near(a)), unusual, a)

    return of_any


_sin, _cos, _tan = _of_any(_of_sine, False), _of_any(_of_cosine, True), _of_any(_tangent, False)


def sin(a: Value) -> Value:
    """The sine, to 1 ulp."""
    return _sin(a)


def cos(a: Value) -> Value:
    """The cosine, to 1 ulp."""
    return _cos(a)


def tan(a: Value) -> Value:
    """The tangent, to 1.5 ulp."""
    return where(a.equals(0.0), a, _tan(a))
