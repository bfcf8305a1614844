"""Which square roots of a step are computed by multiplying, so that the divider and the multipliers are busy for about the same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

import numpy as np

from formulas.libm.definitions import NAMES, sequence
from formulas.libm.native import has
from machine import roots
from machine.operations import MULTIPLIED
from machine.pointwise import Pointwise
from tape import Tape

DIVISION, ROOT = 10, 17
"""Cycles that the divider takes for a vector of 512 bits (measured on Zen 4 against a product's)."""
BY_MULTIPLYING = 15
"""Cycles that the multipliers take for a root: ten products, the approximation, and what is left waiting."""
WIDTH = 8
"""Doubles of a vector whose processor has the instruction that a root by multiplying begins with."""


@cache
def exact() -> bool:
    """Whether roots by multiplying can be computed here, and are the instruction's in every case where the proof leaves it open."""
    if not has("avx512f"):
        return False
    every = np.ldexp(roots.hard_cases(), 2 * np.arange(-480, 512)[:, None]).ravel()
    tape = Tape("roots by multiplying")
    result = tape.apply(MULTIPLIED, tape.remember("x"))
    found = np.empty_like(every)
    try:
        Pointwise(tape, (result,), width=WIDTH)([every], np.empty(0), [found])
    except RuntimeError:  # an LLVM that calls the approximation otherwise
        return False
    return bool(np.array_equal(found, np.sqrt(every)))


def multiplied(tape: Tape, entries: Sequence[int], width: int) -> frozenset[int]:
    """The roots among some entries that are to be computed by multiplying."""
    every = [index for index in entries if tape.entries[index].operation == "sqrt"]
    if not every or width != WIDTH or not exact():
        return frozenset()
    products, divisions = _busy(tape, entries)

    def longest(count: int) -> int:
        return max(divisions + ROOT * (len(every) - count), products + BY_MULTIPLYING * count)

    count = min(range(len(every) + 1), key=longest)
    return frozenset(one for place, one in enumerate(every) if (place + 1) * count // len(every) > place * count // len(every))


def _busy(tape: Tape, entries: Sequence[int]) -> tuple[int, int]:
    """Cycles of the multipliers and of the divider for the products and divisions of a step."""
    counts: Counter[str] = Counter()
    for index in entries:
        operation = tape.entries[index].operation
        counts.update([step.operation for step in sequence(operation).steps] if operation in NAMES else [operation])
    return counts["*"], DIVISION * counts["/"]
