"""Random bits by counter: Philox 4x32-10 (Salmon, Moraes, Dror and Shaw 2011, doi:10.1145/2063384.2063405).

Four numbers of 32 bits, the counter, and two, the key, give four random ones, with no state between: any number of any trajectory at any
step can be had for itself, in any order, on any engine.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

ROUNDS = 10
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
WORD = 0xFFFFFFFF

Words = npt.NDArray[np.uint64]

_FACTORS = np.array(MULTIPLIERS, dtype=np.uint64)[:, None]
_HALF, _MASK = np.array(32, dtype=np.uint64), np.array(WORD, dtype=np.uint64)


def round_keys(key: int) -> Words:
    """The keys of all rounds, shape (10, 2, 1), of a key of 64 bits."""
    rounds = np.arange(ROUNDS, dtype=np.uint64)[:, None]
    start = np.array([key & WORD, key >> 32], dtype=np.uint64)
    return ((start + rounds * np.array(KEY_STEPS, dtype=np.uint64)) & _MASK)[:, :, None]


def philox(even: Words, odd: Words, keys: Words, scratch: Words) -> None:
    """Replace counters by random bits, in place.

    Args:
        even: the first and the third word of each counter, shape (2, n).
        odd: the second and the fourth word, shape (2, n).
        keys: what `round_keys` gives.
        scratch: shape (2, n).
    """
    crossed = scratch[::-1]
    for key in keys:
        np.multiply(even, _FACTORS, scratch)
        np.right_shift(crossed, _HALF, even)
        np.bitwise_xor(even, odd, even)
        np.bitwise_xor(even, key, even)
        np.bitwise_and(crossed, _MASK, odd)
