"""The definitions by the names of the functions they compute."""

from __future__ import annotations

from functools import cache

from formulas.libm.circular import cos, sin, tan
from formulas.libm.errors import erf, erfc
from formulas.libm.exponentials import cosh, exp, expm1, sinh, tanh
from formulas.libm.inverses import acos, asin, atan, atan2
from formulas.libm.logarithms import acosh, asinh, atanh, log, log1p, log2, log10
from formulas.libm.powers import cbrt, hypot, power
from formulas.libm.sequence import Sequence, recorded

_OF_ONE = (sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh, exp, expm1, log, log2, log10, log1p, cbrt, erf, erfc)
_OF_TWO = (atan2, power, hypot)
DEFINITIONS = {definition.__name__: (definition, count) for group, count in ((_OF_ONE, 1), (_OF_TWO, 2)) for definition in group}
"""The definition of every function and the number of its arguments, by the name it has in `formulas.functions`."""
NAMES = frozenset(DEFINITIONS)


@cache
def sequence(name: str) -> Sequence:
    """The steps that compute a function of `NAMES`."""
    return recorded(*DEFINITIONS[name])
