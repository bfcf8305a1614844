"""Normal numbers from uniform ones (Box and Muller 1958, doi:10.1214/aoms/1177706645)."""

from __future__ import annotations

from functools import cache

from formulas.libm.logarithms import natural, reduced
from formulas.libm.sequence import Sequence, Value, copysign, polynomial, recorded, sqrt

# sin(pi t)/t and cos(pi t) as polynomials in t**2, |t| up to 1/2; interpolated at Chebyshev's points with 300 bits, to 6e-16
_SINE = (
    3.1415926535897927,
    -5.1677127800497855,
    2.5501640398618677,
    -0.599264528825224,
    0.08214587881631043,
    -0.0073703643265304155,
    0.0004659870158043378,
    -2.113362735205297e-05,
)
_COSINE = (
    1.0,
    -4.934802200544676,
    4.058712126416497,
    -1.335262768843447,
    0.23533063012953284,
    -0.025806888737002202,
    0.0019295562724817132,
    -0.00010456655338748738,
    4.149564353942586e-06,
)


def normal_pair(size: Value, turn: Value, side: Value) -> tuple[Value, Value]:
    """Two independent standard normal numbers.

    Args:
        size: uniform from 2**-52 to 1.
        turn: uniform from -1/2 to 1/2: half a turn, in which the cosine is positive.
        side: 1 or -1, the cosine's sign.
    """
    k, f = reduced(size)
    length = sqrt(-2.0 * natural(f, k))
    square = turn * turn
    return length * copysign(polynomial(square, _COSINE), side), length * (turn * polynomial(square, _SINE))


@cache
def normal_sequence() -> Sequence:
    """The steps of `normal_pair`."""
    return recorded(normal_pair, 3)
