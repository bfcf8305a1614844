"""Noise by counter: Philox against its authors' numbers, and the same bits by NumPy and by machine code."""

from __future__ import annotations

import math

import numpy as np
import pytest

from formulas.libm.native import available
from formulas.libm.philox import philox, round_keys
from simulation.noise import Noise

_KNOWN = [  # Random123 1.14, tests/kat_vectors: counter, key, random bits
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
_NUMBERS = np.array([5, 2**40, 0, 9, 5, 2**62 + 3, 7, 8, 1])


@pytest.mark.parametrize(("counter", "key", "bits"), _KNOWN)
def test_philox_gives_the_numbers_that_its_authors_publish(counter: tuple[int, ...], key: tuple[int, int], bits: tuple[int, ...]) -> None:
    even, odd = (np.array([[counter[first]], [counter[first + 2]]], dtype=np.uint64) for first in (0, 1))
    philox(even, odd, round_keys(key[0] | key[1] << 32), np.empty((2, 1), dtype=np.uint64))
    assert (even[0, 0], odd[0, 0], even[1, 0], odd[1, 0]) == bits


@pytest.mark.skipif(not available(), reason="there is no compiler for this processor")
@pytest.mark.parametrize("dimension", [1, 2, 5])
def test_machine_code_draws_the_bits_that_numpy_draws(dimension: int) -> None:
    compiled, plain = (Noise(2**63 + 11, _NUMBERS, dimension, by) for by in (True, False))
    for _ in range(70):  # more than are drawn together
        step = compiled.draw()
        assert step.shape == (dimension, _NUMBERS.size)
        assert np.array_equal(step.view(np.uint64), plain.draw().view(np.uint64))


def test_a_number_of_the_noise_is_that_of_its_counter() -> None:
    """Worked from the definition: 52 bits for the size, 52 for the half turn, and the last one for the side."""
    even, odd = np.array([[5], [3]], dtype=np.uint64), np.array([[0], [1]], dtype=np.uint64)  # trajectory 5, step 3, coordinates 2 and 3
    philox(even, odd, round_keys(17), np.empty((2, 1), dtype=np.uint64))
    first, second = (int(even[row, 0]) << 20 | int(odd[row, 0]) >> 12 for row in (0, 1))
    length, angle = math.sqrt(-2 * math.log(1 - first / 2**52)), math.pi * (second / 2**52 - 0.5)
    side = -1 if int(odd[1, 0]) & 1 else 1
    source = Noise(17, _NUMBERS, 4)
    steps = [source.draw().copy() for _ in range(4)]
    assert steps[3][2:, 0] == pytest.approx([side * length * math.cos(angle), length * math.sin(angle)], rel=1e-12)
    assert np.array_equal(steps[3][:, 0], steps[3][:, 4]), "equal numbers have equal noise"
    assert len({*steps[3].ravel().tolist()}) == 4 * 8


def test_the_seeds_and_large_numbers_matter_to_their_last_bit() -> None:
    first = {Noise(seed, _NUMBERS[:1], 2).draw()[0, 0] for seed in (0, 1, 2**31, 2**32, 2**63)}
    assert len(first) == 5
    assert len({*Noise(0, np.array([3, 3 + 2**32, 3 + 2**33]), 1).draw()[0].tolist()}) == 3
