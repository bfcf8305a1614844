"""The functions as NumPy has them, of numbers or arrays; what computes them is the same that formulas are computed by."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from formulas.libm.routines import chosen
from parameters import Array


def _giving_new_arrays(name: str) -> Callable[..., Array]:
    compute = chosen(name)

    def function(*operands: npt.ArrayLike) -> Array:
        arrays = [np.asarray(operand, dtype=np.float64) for operand in operands]
        out = np.empty(np.broadcast_shapes(*(array.shape for array in arrays)))
        with np.errstate(all="ignore"):
            compute(*arrays, out)
        return out[()]

    return function


sin, cos, atan2, sinh, cosh, tanh = map(_giving_new_arrays, ("sin", "cos", "atan2", "sinh", "cosh", "tanh"))
exp, log, log1p, power, hypot = map(_giving_new_arrays, ("exp", "log", "log1p", "power", "hypot"))
