"""Inverse circular functions (fdlibm: e_asin.c, e_acos.c, s_atan.c, e_atan2.c)."""

from __future__ import annotations

import math

from formulas.libm.sequence import Value, copysign, high, polynomial, rare, sqrt, where

_ABOVE = (
    1.66666666666666657415e-01,
    -3.25565818622400915405e-01,
    2.01212532134862925881e-01,
    -4.00555345006794114027e-02,
    7.91534994289814532176e-04,
    3.47933107596021167570e-05,
)
_BELOW = (1.0, -2.40339491173441421878e00, 2.02094576023350569471e00, -6.88283971605453293030e-01, 7.70381505559019352791e-02)
_EVEN = (
    3.33333333333329318027e-01,
    1.42857142725034663711e-01,
    9.09088713343650656196e-02,
    6.66107313738753120669e-02,
    4.97687799461593236017e-02,
    1.62858201153657823623e-02,
)
_ODD = (
    -1.99999999998764832476e-01,
    -1.11111104054623557880e-01,
    -7.69187620504482999495e-02,
    -5.83357013379057348645e-02,
    -3.65315727442169155270e-02,
)
_HALF_PI, _HALF_PI_LOST = 1.57079632679489655800e00, 6.12323399573676603587e-17
_PI, _PI_LOST = 3.1415926535897931160e00, 1.2246467991473531772e-16
_PIECES = (  # up to where; a number whose arctangent is known, as it stands in (t - c)/(1 + t c), and that arctangent in two parts
    (39 / 16, (1.0, -1.5), (1.5, 1.0), 9.82793723247329054082e-01, 1.39033110312309984516e-17),
    (19 / 16, (1.0, -1.0), (1.0, 1.0), 7.85398163397448278999e-01, 3.06161699786838301793e-17),
    (11 / 16, (2.0, -1.0), (1.0, 2.0), 4.63647609000806093515e-01, 2.26987774529616870924e-17),
    (7 / 16, (1.0, 0.0), (0.0, 1.0), 0.0, 0.0),
)


def _ratio(t: Value) -> Value:
    """(asin(x) - x)/x of x = sqrt(t)."""
    return t * polynomial(t, _ABOVE) / polynomial(t, _BELOW)


def _split_root(t: Value) -> tuple[Value, Value, Value]:
    """The square root, its first bits and what is missing from them."""
    root = sqrt(t)
    first = high(root)
    return root, first, (t - first * first) / where(root.equals(0.0), 1.0, root + first)


def asin(a: Value) -> Value:
    """The arc sine, to 1 ulp; NaN beyond 1."""
    size = abs(a)
    small = size < 0.5
    t = where(small, a * a, (1.0 - size) * 0.5)
    ratio = _ratio(t)
    root, first, missing = _split_root(t)
    rest = 2.0 * root * ratio - (_HALF_PI_LOST - 2.0 * missing)
    large = _HALF_PI / 2 - (rest - (_HALF_PI / 2 - 2.0 * first))
    return where(small, a + a * ratio, copysign(large, a))


def acos(a: Value) -> Value:
    """The arc cosine, to 1 ulp; NaN beyond 1."""
    size = abs(a)
    small = size < 0.5
    t = where(small, a * a, (1.0 - size) * 0.5)
    ratio = _ratio(t)
    root, first, missing = _split_root(t)
    near_one = 2.0 * (first + (ratio * root + missing))
    near_minus_one = _PI - 2.0 * (root + (ratio * root - _HALF_PI_LOST))
    large = where(a < 0.0, near_minus_one, near_one)
    return where(small, _HALF_PI - (a - (_HALF_PI_LOST - a * ratio)), large)


def atan(a: Value) -> Value:
    """The arc tangent, to 1 ulp."""
    size = abs(a)
    above, below = where(size < 0.0, size, -1.0), size
    start, lost = where(size < 0.0, size, _HALF_PI), where(size < 0.0, size, _HALF_PI_LOST)
    for limit, (by, plus), (slope, constant), piece, piece_lost in _PIECES:
        here = size < limit
        above, below = where(here, by * size + plus, above), where(here, slope * size + constant, below)
        start, lost = where(here, piece, start), where(here, piece_lost, lost)
    t = above / below
    z = t * t
    w = z * z
    series = t * (z * polynomial(w, _EVEN) + w * polynomial(w, _ODD))
    return copysign(start - ((series - lost) - t), a)


def atan2(a: Value, b: Value) -> Value:
    """The angle of the point (b, a), to 1.5 ulp."""

    def unusual(above: Value, below: Value) -> Value:
        both_infinite = above.equals(below) & above.equals(math.inf)
        return where(both_infinite, 1.0, where(above.equals(0.0) & below.equals(0.0), 0.0, math.nan))

    above, below = abs(a), abs(b)
    ratio = above / below
    angle = atan(rare(~ratio.equals(ratio), ratio, unusual, above, below))
    return copysign(where(copysign(1.0, b) < 0.0, _PI - (angle - _PI_LOST), angle), a)
