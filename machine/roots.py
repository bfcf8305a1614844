"""Square roots by multiplying and adding, which leaves the divider to the divisions beside them; the bits are those of the instruction.

To multiply and to add with one rounding is here a part of computing a correctly rounded root: no formula's own operations are contracted.
"""

from __future__ import annotations

import math

import numpy as np

from machine.text import Text
from parameters import Array

LEAST = 2.0**-480
"""The smallest root that is found so: the square of its last bit is still a number."""
_NEAR = 256
"""How near a root may be to the middle of two doubles, in `hard_cases`."""


def emit(text: Text, x: str) -> str:
    """The square root, correctly rounded, on a processor with AVX-512.

    Goldschmidt's iteration from an approximation to 2^-14, and a last correction by the remainder (Markstein 1990, doi:10.1147/rd.341.0111;
    Cornea, Harrison and Tang 2002, Scientific Computing on Itanium-based Systems, chapter 7). With u = 2^-53, s = sqrt(x):
    two iterations give g = s (1 + a) and h = (1 + b)/(2s) with |a|, |b| < 2.93u, since 2^-14 becomes 1.5 * 2^-28 and then .42u, beside
    which stand the roundings. The remainder d = x - gg has an error of at most u of its size. So g + dh is s to within a relative
    aa/2 + |a| (|b| + u) < 16uu before it is rounded, and it rounds as s does unless s is as near as that to the middle of two doubles.
    There are some hundred such x but for powers of 4: `hard_cases`, on all of which a processor is tried (`machine.balance.exact`).

    Where a root of the vector is not larger than `LEAST`, that of zero, infinity, NaN or a negative number among them, which comes out as
    NaN, the instruction computes the vector.
    """
    y = _approximate(text, x)
    half, g, h = text.literal(0.5), text.value(f"fmul {text.vector} {x}, {y}"), _half(text, y)
    for _ in range(2):
        off = text.fused(_minus(text, g), h, half)
        g, h = text.fused(g, off, g), text.fused(h, off, h)
    remainder = text.fused(_minus(text, g), g, x)
    root = text.fused(remainder, h, g)
    small = text.compare("ule", root, text.literal(LEAST))
    return text.rarely(small, [root], lambda: [text.intrinsic("sqrt", x)])[0]


def _approximate(text: Text, x: str) -> str:
    """1/sqrt(x) with a relative error below 2^-14."""
    name, of, mask = f"llvm.x86.avx512.rsqrt14.pd.{64 * text.width}", text.vector, f"i{max(text.width, 8)}"
    text.declare(f"declare {of} @{name}({of}, {of}, {mask})")
    return text.value(f"call {of} @{name}({of} {x}, {of} zeroinitializer, {mask} -1)")


def _half(text: Text, y: str) -> str:
    """Half of a number by its exponent, which keeps the multipliers free; of zero or infinity anything."""
    whole = f"<{text.width} x i64>"
    bits = text.value(f"bitcast {text.vector} {y} to {whole}")
    less = text.value(f"sub {whole} {bits}, <{', '.join([f'i64 {1 << 52}'] * text.width)}>")
    return text.value(f"bitcast {whole} {less} to {text.vector}")


def _minus(text: Text, x: str) -> str:
    return text.value(f"fneg {text.vector} {x}")


def hard_cases() -> Array:
    """All x from 1 to 4 whose root is as near to the middle of two doubles as the iteration may be wrong, and nearer.

    For X = 2^106 x and an odd M the root s lies off the middle M/2^53 by about |X - MM|/(2s) 2^-106, so the error of 16uu s calls for
    all |X - MM| up to 32ss < 128. X is a multiple of 2^54, from x = 2 on of 2^55, which leaves four M for each difference.
    """
    found = set()
    for bits, low, high in ((54, 1, 2), (55, 2, 4)):
        for difference in range(-_NEAR - 1, _NEAR, 8):  # an odd square is 1 more than a multiple of 8
            for middle in _square_roots(-difference, bits):
                whole = middle * middle + difference
                if low << 106 <= whole < high << 106:
                    found.add(math.ldexp(whole >> bits, bits - 106))
    return np.array(sorted(found))


def _square_roots(square: int, bits: int) -> tuple[int, ...]:
    """All M below 2^54 with MM = square modulo 2^bits, for a square that is 1 modulo 8 (Hensel's lemma)."""
    root = 1
    for bit in range(3, bits):
        root += ((root * root - square) >> bit & 1) << (bit - 1)
    modulus = 1 << bits
    every = {sign * root + shift for sign in (1, -1) for shift in (0, modulus // 2)}
    return tuple(one % modulus for one in every if one % modulus < 1 << 54)
