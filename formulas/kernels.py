"""Element-wise routines that NumPy lacks, in the shape of its ufuncs: inputs first, the array to write into last."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from formulas.libm.routines import USED, Shared
from parameters import Array

_power = Shared("power")


def power(a: Array, b: Array, out: Array) -> Array:
    """a to the power b, with the same bits whether `b` is one number or an array of it.

    NumPy takes a short cut for some single exponents, whose last bit may differ from what it computes for arrays.
    """
    if np.ndim(b) == 0 and b in (-1.0, 0.5, 2.0):
        np.copyto(out, np.power(np.stack([a, a]), np.full((2, *np.shape(a)), b))[0])
        return out
    np.power(a, b, out)
    return out


def odd_power(a: Array, b: Array, out: Array) -> Array:
    """a to the power b with the sign of a: what a fraction of odd numbers in the exponent means for negative a."""
    sign = np.sign(a)
    if "power" in USED:
        _power(np.abs(a), np.asarray(b), out)
    else:
        np.power(np.abs(a), b, out)
    np.multiply(out, sign, out, where=sign != 0)
    return out


def side(a: Array, out: Array) -> Array:
    """The sign of a, and NaN where a is 0: the slope of |a| where it has one."""
    np.sign(a, out)
    np.copyto(out, np.nan, where=out == 0)
    return out


def flat(a: Array, out: Array) -> Array:
    """0, and NaN where a is 0: the slope of a step where it has one."""
    chosen = np.equal(a, 0.0)
    out.fill(0.0)
    np.copyto(out, np.nan, where=chosen)
    return out


def choose(c: Array, a: Array, b: Array, out: Array) -> Array:
    """`a` where c > 0, else `b`. `out` may be any of the three."""
    return _select(np.greater(c, 0.0), a, b, out)


def where(c: Array, a: Array, b: Array, out: Array) -> Array:
    """`a` where c is not 0, else `b`. `out` may be any of the three."""
    return _select(np.not_equal(c, 0.0), a, b, out)


def _select(chosen: npt.NDArray[np.bool_], a: Array, b: Array, out: Array) -> Array:
    if out is a:
        np.copyto(out, b, where=~chosen)
    else:
        if out is not b:
            np.copyto(out, b)
        np.copyto(out, a, where=chosen)
    return out


def _as_number(relation: Callable[..., Array]) -> Callable[[Array, Array, Array], Array]:
    """A comparison as 1 where it holds and 0 where not."""

    def compute(a: Array, b: Array, out: Array) -> Array:
        np.copyto(out, relation(a, b))
        return out

    return compute


less, less_equal, greater = _as_number(np.less), _as_number(np.less_equal), _as_number(np.greater)
greater_equal, equal, not_equal = _as_number(np.greater_equal), _as_number(np.equal), _as_number(np.not_equal)
