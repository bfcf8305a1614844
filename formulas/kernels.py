"""Element-wise routines that NumPy lacks, in the shape of its ufuncs: inputs first, the array to write into last."""

from __future__ import annotations

import numpy as np

from parameters import Array


def inverse_sqrt(a: Array, out: Array) -> Array:
    """1/sqrt(a), and 0 where a is 0: the slope of a square root's tip, taken as the mean of both sides."""
    np.sqrt(a, out)
    np.divide(1.0, out, out)
    np.copyto(out, 0.0, where=np.isinf(out))
    return out


def power(a: Array, b: Array, out: Array) -> Array:
    """a to the power b, with the same bits whether `b` is one number or an array of it.

    NumPy takes a short cut for some single exponents, whose last bit may differ from what it computes for arrays.
    """
    if np.ndim(b) == 0 and b in (-1.0, 0.5, 2.0):
        np.copyto(out, np.power(np.stack([a, a]), np.full((2, *np.shape(a)), b))[0])
        return out
    np.power(a, b, out)
    return out


def choose(c: Array, a: Array, b: Array, out: Array) -> Array:
    """`a` where c > 0, else `b`. `out` may be any of the three."""
    chosen = np.greater(c, 0.0)
    if out is a:
        np.copyto(out, b, where=~chosen)
    else:
        if out is not b:
            np.copyto(out, b)
        np.copyto(out, a, where=chosen)
    return out
