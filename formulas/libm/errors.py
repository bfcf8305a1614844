"""The error function and what it leaves of 1 (fdlibm: s_erf.c; from 0.75 to 1.25 polynomials of our own, whose last bits are better)."""

from __future__ import annotations

from formulas.libm.exponentials import scaled, split_exp
from formulas.libm.sequence import Value, copysign, high, polynomial, rare, where

_P = (
    1.28379167095512558561e-01,
    -3.25042107247001499370e-01,
    -2.84817495755985104766e-02,
    -5.77027029648944159157e-03,
    -2.37630166566501626084e-05,
)
_Q = (
    1.0,
    3.97917223959155352819e-01,
    6.50222499887672944485e-02,
    5.08130628187576562776e-03,
    1.32494738004321644526e-04,
    -3.96022827877536812320e-06,
)
_FIRST = (  # (erf(m + s) - erf(m))/s around the middles of two intervals; interpolated at Chebyshev's points with 300 bits
    0.5247450452901482,
    -0.45915191462887966,
    0.09292360177013041,
    0.11239656243519451,
    -0.06721587738335716,
    -0.010367785745906624,
    0.018595726765832255,
    -0.001846146855673817,
    -0.0032568627575332216,
    0.0008981548260052304,
    0.0003900526498559862,
    -0.00019296279154782875,
    -2.9019507831998046e-05,
    2.8888939277387624e-05,
)
_SECOND = (
    0.3182739585007693,
    -0.35805820331336546,
    0.16245233298476766,
    0.027973297133856677,
    -0.06132368360566717,
    0.015536835449762866,
    0.009606894226356064,
    -0.00603126088309522,
    -0.0003601920860317673,
    0.0011532673526007083,
    -0.0001769460497266264,
    -0.00014155820232175566,
    4.903449679301717e-05,
    1.0709703825153737e-05,
)
_BETWEEN = 1.0
_MIDDLES = (0.875, 1.125)
_ERF = (0.7840750610598597, 0.8883882317017078)
_ERFC = (0.21592493894014034, 0.11161176829829224)
_RA = (
    -9.86494403484714822705e-03,
    -6.93858572707181764372e-01,
    -1.05586262253232909814e01,
    -6.23753324503260060396e01,
    -1.62396669462573470355e02,
    -1.84605092906711035994e02,
    -8.12874355063065934246e01,
    -9.81432934416914548592e00,
)
_SA = (
    1.0,
    1.96512716674392571292e01,
    1.37657754143519042600e02,
    4.34565877475229228821e02,
    6.45387271733267880336e02,
    4.29008140027567833386e02,
    1.08635005541779435134e02,
    6.57024977031928170135e00,
    -6.04244152148580987438e-02,
)
_RB = (
    -9.86494292470009928597e-03,
    -7.99283237680523006574e-01,
    -1.77579549177547519889e01,
    -1.60636384855821916062e02,
    -6.37566443368389627722e02,
    -1.02509513161107724954e03,
    -4.83519191608651397019e02,
)
_SB = (
    1.0,
    3.03380607434824582924e01,
    3.25792512996573918826e02,
    1.53672958608443695994e03,
    3.19985821950859553908e03,
    2.55305040643316442583e03,
    4.74528541206955367215e02,
    -2.24409524465858183362e01,
)
_NEAR, _FAR = 0.75, 1.25


def _tail(size: Value) -> Value:
    """erfc from 1.25 on."""
    x = where(size < 30.0, size, 30.0)
    s = 1.0 / (x * x)
    near = x < 1 / 0.35
    ratio = where(near, polynomial(s, _RA), polynomial(s, _RB)) / where(near, polynomial(s, _SA), polynomial(s, _SB))
    z = high(x)
    fraction, k = split_exp(-(z * z) - 0.5625, (z - x) * (z + x) + ratio)
    value = scaled(fraction / x, k)
    return where(size.equals(size), value, size)


def _near(a: Value) -> Value:
    """(erf(a) - a)/a for |a| up to 0.75."""
    z = a * a
    return polynomial(z, _P) / polynomial(z, _Q)


def _middle(size: Value) -> tuple[Value, Value, Value]:
    """From 0.75 to 1.25: erf and erfc at a place near, and by how much erf differs here."""
    first = size < _BETWEEN
    s = size - where(first, *_MIDDLES)
    coefficients = [where(first, one, other) for one, other in zip(_FIRST, _SECOND, strict=True)]
    return where(first, *_ERF), where(first, *_ERFC), s * polynomial(s, coefficients)


def erf(a: Value) -> Value:
    """The error function, to 1 ulp."""
    size = abs(a)
    known, _, more = _middle(size)
    near = where(size < _NEAR, size + size * _near(size), known + more)
    return copysign(rare(~(size < _FAR), near, lambda far: 1.0 - _tail(far), size), a)


def erfc(a: Value) -> Value:
    """1 - erf(a), to 2 ulp."""

    def far(a: Value) -> Value:
        tail = _tail(abs(a))
        return where(a < 0.0, 2.0 - tail, tail)

    size, ratio = abs(a), _near(a)
    known, left, more = _middle(size)
    inner = where(a < 0.25, 1.0 - (a + a * ratio), 0.5 - (a * ratio + (a - 0.5)))
    outer = where(a < 0.0, 1.0 + (known + more), left - more)
    return rare(~(size < _FAR), where(size < _NEAR, inner, outer), far, a)
