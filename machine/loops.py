"""NumPy's own routines for whole arrays of doubles, to be called from machine code: the same function has the same bits then."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from types import FunctionType

import numpy as np

from formulas import kernels, libm
from formulas.functions import FUNCTIONS


class _UFunc(ctypes.Structure):
    """The beginning of PyUFuncObject, which NumPy's ufuncobject.h makes public."""

    _fields_ = (
        ("references", ctypes.c_ssize_t),
        ("type", ctypes.c_void_p),
        ("inputs", ctypes.c_int),
        ("outputs", ctypes.c_int),
        ("arguments", ctypes.c_int),
        ("identity", ctypes.c_int),
        ("functions", ctypes.POINTER(ctypes.c_void_p)),
        ("data", ctypes.POINTER(ctypes.c_void_p)),
        ("types", ctypes.c_int),
    )


def routine_of(function: str) -> np.ufunc | None:
    """The routine of NumPy's own that computes a function of formulas, on arrays at least; None where there is none."""
    known = FUNCTIONS.get(function)
    if known and known.compute is kernels.power:
        return np.power
    return known.compute if known and isinstance(known.compute, np.ufunc) else None


def is_shared(function: str) -> bool:
    """Whether NumPy arrays, too, are computed by the function's definition in `formulas.libm`: neither by NumPy nor by plain Python."""
    known = FUNCTIONS.get(function)
    return function in libm.NAMES and known is not None and not isinstance(known.compute, np.ufunc | FunctionType)


@lru_cache(maxsize=64)
def loop_of(function: str) -> tuple[int, int]:
    """The address of the routine's loop over doubles, `void loop(char **arrays, npy_intp *count, npy_intp *strides, void *data)`, and of
    its data."""
    routine = routine_of(function)
    assert routine is not None
    index = routine.types.index("d" * routine.nin + "->d")
    inside = _UFunc.from_address(id(routine))
    return int(inside.functions[index] or 0), int((inside.data[index] if inside.data else 0) or 0)
