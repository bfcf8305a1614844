"""Machine code of tapes: the same bits as NumPy's, several times faster."""

from formulas.libm.native import available, seems_available, widest
from machine.compiler import Compiled, compiled, is_compiled
from machine.kernel import Kind, why_none
from machine.pointwise import is_pointwise, pointwise

__all__ = ["Compiled", "Kind", "available", "compiled", "is_compiled", "is_pointwise", "pointwise", "seems_available", "why_none", "widest"]
