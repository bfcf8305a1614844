"""Machine code of tapes: the same bits as NumPy's, several times faster."""

from formulas.libm.native import available, widest
from machine.compiler import Compiled, compiled
from machine.kernel import Kind, why_none
from machine.pointwise import is_pointwise, pointwise

__all__ = ["Compiled", "Kind", "available", "compiled", "is_pointwise", "pointwise", "why_none", "widest"]
