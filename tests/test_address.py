"""The addresses of a scenario's numbers."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import landscapes
import optimizers
from scenario import CUSTOM, NUMBERS, PATTERNS, Choice, Scenario
from scenario.address import Number, find, get, join, numbers, optimizer, split, with_value, with_values

TWO = Scenario(
    landscape=Choice.of("ravine", condition=50),
    optimizers=(Choice("sgd"), Choice.of("adam", lr=0.2)),
    starts=Choice.of("ring", n=8),
    schedule=Choice("one_cycle"),
)


@pytest.mark.parametrize(
    ("address", "value", "title"),
    [
        ("optimizers.0.lr", optimizers.get("sgd").values["lr"], "learning rate"),
        ("optimizers.1.lr", 0.2, "learning rate"),
        ("optimizers.1.bias_correction", True, "bias correction"),
        ("landscape.condition", 50.0, "condition"),
        ("starts.n", 8, "number of starts"),
        ("starts.radius", 0.2, "radius"),
        ("starts.x", landscapes.get("ravine").start[0], "x"),
        ("schedule.rise", 0.3, "rise"),
        ("steps", 200, "steps"),
        ("noise", 0.0, "noise"),
        ("seed", 0, "seed"),
        ("l2", 0.0, "L2 penalty"),
    ],
)
def test_a_number_is_found_at_its_address(address: str, value: float, title: str) -> None:
    assert get(TWO, address) == value
    assert find(TWO, address).param.title == find(TWO, address).title == title


def test_all_numbers_have_addresses() -> None:
    found = numbers(TWO)
    assert list(found)[:2] == ["optimizers.0.lr", "optimizers.0.weight_decay"]
    chosen = [each.parameters for each in TWO.build_optimizers()]
    declared = [*chosen, TWO.build_landscape().parameters, TWO.build_schedule().parameters, PATTERNS["ring"].parameters, tuple(NUMBERS)]
    assert len(found) == sum(map(len, declared))
    for address, number in found.items():
        assert number == find(TWO, address)
        assert get(TWO, address) == number.value
    assert all(join(*split(address)) == address for address in found)


def another(number: Number) -> float:
    """A valid value that differs from the present one."""
    return next(value for value in reversed(number.param.stops()) if value != number.value)


EVERYTHING = [
    *(Scenario(landscape=Choice(name), optimizers=(Choice("sgd"),)) for name in landscapes.names()),
    *(Scenario(optimizers=(Choice("sgd"), Choice(name))) for name in optimizers.names()),
    *(Scenario(schedule=Choice(name)) for name in optimizers.schedules.names()),
    *(Scenario(starts=Choice(name)) for name in PATTERNS),
    Scenario(landscape=Choice.of(CUSTOM, k=2.0), formula="x**2 + k*y**2"),
]


@pytest.mark.parametrize("scenario", EVERYTHING, ids=Scenario.to_query)
def test_every_number_can_be_changed_alone(scenario: Scenario) -> None:
    found = numbers(scenario)
    for address, number in found.items():
        changed = with_value(scenario, address, another(number))
        assert get(changed, address) == another(number)
        assert {other: each.value for other, each in numbers(changed).items() if other != address} == {
            other: each.value for other, each in found.items() if other != address
        }


def test_the_default_leaves_nothing_behind() -> None:
    assert with_value(with_value(TWO, "optimizers.0.lr", 0.5), "optimizers.0.lr", get(TWO, "optimizers.0.lr")) == TWO
    assert with_value(TWO, "landscape.condition", 20.0).landscape == Choice("ravine")


def test_several_numbers_change_at_once() -> None:
    changed = with_values(TWO, {"optimizers.1.beta1": 0.5, "noise": 0.25})
    assert (get(changed, "optimizers.1.beta1"), changed.noise) == (0.5, 0.25)
    assert changed.optimizers[0] == TWO.optimizers[0]


def test_the_part_of_an_optimizer() -> None:
    assert optimizer(1) == split("optimizers.1.lr")[0]
    assert split("steps") == ("", "steps")


@pytest.mark.parametrize(
    ("address", "nearest"),
    [
        ("optimizer.beta1", "optimizers.1.beta1"),
        ("optimizers.0.lt", "optimizers.0.lr"),
        ("optimizers.2.lr", "optimizers.1.lr"),
        ("landscape.conditions", "landscape.condition"),
        ("stebs", "steps"),
        ("schedule.raise", "schedule.rise"),
    ],
)
def test_an_address_without_a_number_is_refused_with_the_nearest(address: str, nearest: str) -> None:
    for ask in (get, find, lambda scenario, where: with_value(scenario, where, 1.0)):
        with pytest.raises(KeyError, match=rf"'{address}' \(did you mean '{nearest}'\?\)") as error:
            ask(TWO, address)
        assert ", ".join(numbers(TWO)) in error.value.args[0]


@pytest.mark.parametrize("address", [None, 1, [1]])
def test_an_address_that_is_no_text_is_refused_as_another_without_a_number_is(address: Any) -> None:
    with pytest.raises(
        KeyError, match=rf"no number of this scenario is called {re.escape(str(address))}.*; there are: optimizers\.0\.lr, "
    ):
        with_value(TWO, address, 1.0)


@pytest.mark.parametrize(
    ("address", "value", "kind", "message"),
    [
        ("optimizers.1.beta1", 2.0, ValueError, "Adam: beta1 = 2 is outside its range; choose a number from 0 to"),
        ("landscape.condition", float("nan"), ValueError, "Ravine: condition = nan is not a finite number"),
        ("starts.radius", -1, ValueError, "Ring: radius = -1 is outside its range"),
        ("schedule.rise", 1.5, ValueError, "One-cycle: rise = 1.5 is outside its range"),
        ("steps", 0, ValueError, "Scenario: steps = 0 is outside its range; choose a whole number from 1 to 100000 steps"),
        ("noise", "much", TypeError, "Scenario: noise must be a number, not 'much'"),
        ("optimizers.0.lr", np.ones(3), TypeError, "SGD: lr must be one number in a scenario, not an array"),
        ("optimizers.0.lr", [[1], [1, 2]], TypeError, "SGD: lr must be one number in a scenario, not an array"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_words(address: str, value: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        with_value(TWO, address, value)
