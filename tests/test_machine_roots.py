"""Square roots by multiplying have the bits of the instruction, or are not used."""

from __future__ import annotations

import numpy as np
import pytest

import landscapes
import machine
import optimizers
import tape
from machine import balance, operations, roots
from machine.pointwise import Pointwise
from machine.text import Text
from parameters import Array
from tape import Tape

pytestmark = pytest.mark.skipif(not machine.available() or not balance.exact(), reason="this processor has no such roots")


def by_multiplying(x: Array) -> Array:
    """The roots of a vector of numbers."""
    alone = Tape("root")
    result = alone.apply(operations.MULTIPLIED, alone.remember("x"))
    found = np.empty_like(x)
    Pointwise(alone, (result,), width=balance.WIDTH)([x], np.empty(0), [found])
    return found


@pytest.mark.filterwarnings("ignore:invalid value")
def test_roots_by_multiplying_have_the_bits_of_the_instruction() -> None:
    chance = np.random.default_rng(0)
    root = chance.uniform(1, 2, 100_000)
    special = [0.0, -0.0, np.inf, -np.inf, np.nan, -1.0, 5e-324, -5e-324, 2.2e-308, 1.7976931348623157e308, 2.0**-960, 1.0, 4.0]
    every = np.concatenate(
        [
            special,
            np.repeat(special, 8),
            root**2,  # nearly exact
            np.nextafter(root, 2) * root,  # nearly in the middle of two doubles
            np.exp(chance.uniform(-745, 709, 100_000)),
            chance.integers(0, 2**64, 100_000, dtype=np.uint64).view(np.float64),
        ]
    )
    found, known = by_multiplying(every), np.sqrt(every)
    numbers = ~np.isnan(known)
    assert np.array_equal(np.isnan(found), ~numbers)
    assert np.array_equal(found[numbers].view(np.int64), known[numbers].view(np.int64))


def test_the_hard_cases_are_those_whose_roots_are_nearly_in_the_middle_of_two_doubles() -> None:
    cases = roots.hard_cases()
    assert {1 + 2.0**-52, 4 - 2.0**-51} < set(cases.tolist())
    for x in cases.tolist():
        whole = int(x * 2**52) << 54
        middle = round(np.sqrt(x) * 2**53)
        assert min(abs(whole - odd * odd) for odd in (middle - 1, middle, middle + 1) if odd % 2) <= 257


def test_a_processor_on_which_a_hard_case_fails_or_an_llvm_that_knows_no_such_root_does_without(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = balance.exact.__wrapped__
    assert exact()

    def larger(text: Text, x: str) -> str:
        return text.value(f"fmul {text.vector} {roots.emit(text, x)}, {text.literal(1 + 2.0**-52)}")

    def unknown(text: Text, x: str) -> str:
        return text.value(f"call {text.vector} @llvm.x86.no.such.root({text.vector} {x})")

    for other in (larger, unknown):
        with monkeypatch.context() as wrong:
            wrong.setitem(operations._OTHERS, operations.MULTIPLIED, other)
            assert not exact()
    monkeypatch.setattr(balance, "has", lambda feature: False)
    assert not exact()


def test_roots_are_shared_out_between_divider_and_multipliers() -> None:
    adam = tape.tape_of(landscapes.get("rosenbrock"), optimizers.get("adam"))
    every = adam.needed(False)
    assert len(balance.multiplied(adam, every, balance.WIDTH)) == 1  # of two, beside two divisions
    assert not balance.multiplied(adam, every, 4)
    products = tape.tape_of(landscapes.get("rastrigin"), optimizers.get("adam"))
    assert not balance.multiplied(products, products.needed(False), balance.WIDTH), "sines keep the multipliers busy already"
