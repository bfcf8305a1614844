"""The elementary functions, each defined once as a sequence of operations that every processor and every language rounds in the same way.

A processor's own sine, or a library's, differs from others in its last bits, and where a race is chaotic so does its picture. Here a
sine is made of sums, products, quotients, roots, whole parts, comparisons and a few operations on bits, all of them exact or correctly
rounded (IEEE 754), in an order that is written down: NumPy, machine code, JavaScript and WebAssembly compute the same bits.

Methods and coefficients are mostly those of fdlibm (Sun Microsystems 1993 and 2004, "Permission to use, copy, modify, and distribute this
software is freely granted, provided that this notice is preserved"), written anew without branches. Every definition states its error in
units in the last place of the result (ulp), over the whole domain, subnormal results included; `tests/test_libm.py` measures it.
"""

from formulas.libm.definitions import NAMES, sequence
from formulas.libm.sequence import Sequence, Step

__all__ = ["NAMES", "Sequence", "Step", "sequence"]
