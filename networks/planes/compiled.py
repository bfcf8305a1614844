"""The activation that planes are computed with, 1/(1 + 2^z), in one pass of machine code: NumPy takes three, and three times as long.

What it gives differs from what NumPy gives by 3e-16 at most, and so losses on planes by some 1e-15 from those where there is no llvmlite.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from collections.abc import Sequence as Many
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from formulas.libm.in_llvm import function_attributes
from formulas.libm.in_machine_code import module
from formulas.libm.native import available, load, widest
from formulas.libm.sequence import Sequence, Value, nearest, polynomial, pow2, recorded, where
from formulas.program import Call
from parameters import Array

_POWERS = (
    1.0,
    0.6931471805599453,
    0.24022650695910158,
    0.055504108664821625,
    0.009618129107587256,
    0.001333355814640647,
    0.00015403530463724353,
    1.5252733841556773e-05,
    1.3215432535912375e-06,
    1.0178057087733941e-07,
    7.074194297288521e-09,
    4.4558179083360645e-10,
)
"""Of the polynomial that is closest to 2^f for |f| <= 1/2 (Chebyshev): to 2e-17."""
_FARTHEST = 1020.0
"""Powers of 2 are finite, and their inverses ordinary numbers, as far as that: beyond it the share is 1 or 0 to 300 digits."""

_LEAST = 16
"""Units of a layer from which on it is worth the tenth of a second and the memory that LLVM takes when it is first asked."""


def _of_sum(z: Value) -> Value:
    near = where(z > _FARTHEST, _FARTHEST, where(z < -_FARTHEST, -_FARTHEST, z))
    whole = nearest(near)
    return 1.0 / (polynomial(near - whole, _POWERS) * pow2(whole) + 1.0)


def _of_sum_with_slope(z: Value) -> tuple[Value, Value]:
    share = _of_sum(z)
    return share, share * (share - 1.0)


def _of_powers(a: Value, b: Value) -> Value:
    return 1.0 / (a * b + 1.0)


def share_with_slope() -> Sequence:
    """A share r of a sum and r (r - 1), as operations one after the other."""
    return recorded(_of_sum_with_slope, 1)


_KINDS: Mapping[str, tuple[Callable[..., Value | tuple[Value, ...]], int]] = {
    "share": (_of_sum, 1),
    "share_and_slope": (_of_sum_with_slope, 1),
    "share_of_powers": (_of_powers, 2),
}
"""What is compiled, by the name of its function, with how many arrays it reads."""


def shares(sums: npt.NDArray[Any], slopes: npt.NDArray[Any] | None = None) -> list[Call] | None:
    """The call that makes shares r of sums, shape (R, units, n), in place, and writes r (r - 1); None where NumPy has to."""
    return _bound("share", (sums, sums)) if slopes is None else _bound("share_and_slope", (sums, sums, slopes))


def shares_of_products(a: Array, b: Array, out: Array) -> list[Call] | None:
    """The call that makes shares of the products of powers of 2, shapes (R, units, n) and (1, units, n); None where NumPy has to."""
    return _bound("share_of_powers", (a, b, out))


def _bound(name: str, arrays: Many[npt.NDArray[Any]]) -> list[Call] | None:
    """The call for these arrays, which have to stay: each row of each without gaps, but rows may lie apart."""
    if not all(array.dtype == np.float64 and array.ndim == 3 and array[0].flags.c_contiguous for array in arrays):
        return None
    rows, *shape = arrays[-1].shape
    if shape[0] < _LEAST or not available():
        return None
    apart = [array.strides[0] if len(array) > 1 else 0 for array in arrays]
    numbers = (*(array.ctypes.data for array in arrays), shape[0] * shape[1], rows, *apart)
    return [(_function(name), numbers)]


@cache
def _function(name: str) -> Callable[..., None]:
    """The function, by rows. A sum of products may be one operation: losses on planes have no bits that all processors share anyway."""
    definition, reads = _KINDS[name]
    steps = recorded(definition, reads)
    text = module(steps, name, widest()).replace("fadd <", "fadd contract <").replace("fmul <", "fmul contract <")
    arrays = reads + len(steps.results)
    engine, address = load(f"{text}\n{_by_rows(name, arrays)}", f"{name}_by_rows")
    function = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * arrays, *[ctypes.c_int64] * (2 + arrays))(address)
    function.engine = engine  # type: ignore[attr-defined]  # which keeps the code in memory
    return function


def _by_rows(name: str, arrays: int) -> str:
    """LLVM's text of a function that calls another one for each of several rows, which are so many bytes apart in each array."""
    every = range(arrays)
    places = "\n".join(f"  %q{i} = phi ptr [%p{i}, %entry], [%r{i}, %row]" for i in every)
    onward = "\n".join(f"  %r{i} = getelementptr i8, ptr %q{i}, i64 %s{i}" for i in every)
    given = ", ".join([*(f"ptr %p{i}" for i in every), "i64 %n", "i64 %rows", *(f"i64 %s{i}" for i in every)])
    return f"""
define void @{name}_by_rows({given}) {function_attributes(widest())} {{
entry:
  br label %row
row:
  %k = phi i64 [0, %entry], [%next, %row]
{places}
  call void @{name}({", ".join(f"ptr %q{i}" for i in every)}, i64 %n)
{onward}
  %next = add i64 %k, 1
  %more = icmp ult i64 %next, %rows
  br i1 %more, label %row, label %done
done:
  ret void
}}
"""
