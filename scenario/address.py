"""The address of a number in a scenario: "optimizers.0.lr", "landscape.condition", "starts.radius", "schedule.rise", "steps", "noise"; in
an experiment also "initials.0.scale" or "data.noise".

Before the last dot stands the part of the scenario that holds the number, nothing where the scenario itself does, and after it the name of
its `Param`. An address is the key of the number's widget, the place where its error message is shown, and the key of an axis that it is
swept along. Which addresses there are depends on what is chosen: another optimizer has other hyper-parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from parameters import Param, lookup
from scenario.choice import single
from scenario.setup import ITSELF, Setup

LANDSCAPE, STARTS, SCHEDULE = "landscape", "starts", "schedule"
"""The parts of a scenario that hold numbers, beside its optimizers and `ITSELF`: what stands before the last dot of an address."""
_OPTIMIZERS = "optimizers"
S = TypeVar("S", bound=Setup)


@dataclass(frozen=True)
class Number:
    """A number of a scenario.

    Attributes:
        address: where it stands, "optimizers.0.lr".
        param: its declaration: range, spacing of its slider, title, help.
        value: what it is now; a bool for a switch, an int for a whole number.
        owner: whose number it is, for messages: "Adam", "Ravine", "Scenario".
    """

    address: str
    param: Param
    value: float
    owner: str

    @property
    def title(self) -> str:
        """What it is called in words: "learning rate"."""
        return self.param.title


def get(scenario: Setup, address: str) -> float:
    """The number at an address.

    Raises:
        KeyError: there is none; the message lists the scenario's addresses and the nearest one.
    """
    return find(scenario, address).value


def with_value(scenario: S, address: str, value: float) -> S:
    """The scenario with another number at an address.

    Raises:
        KeyError: there is no number; the message lists the scenario's addresses and the nearest one.
        TypeError: the value is no single number.
        ValueError: it is outside its range; the message names it and the range.
    """
    number = find(scenario, address)
    checked: Any = number.param.check(single(value, f"{number.owner}: {number.param.name}"), number.owner)
    part, name = split(address)
    if part == ITSELF:
        return scenario.with_own(name, checked)
    field, _, index = part.partition(".")
    held = getattr(scenario, field)
    if not index:
        return scenario.replace(**{field: held.replace(**{name: float(checked)})})
    chosen = list(held)
    chosen[int(index)] = chosen[int(index)].replace(**{name: float(checked)})
    return scenario.replace(**{field: tuple(chosen)})


def with_values(scenario: S, values: Mapping[str, float]) -> S:
    """The scenario with other numbers at several addresses. Errors as for `with_value`."""
    for address, value in values.items():
        scenario = with_value(scenario, address, value)
    return scenario


def numbers(scenario: Setup) -> dict[str, Number]:
    """All numbers of a scenario by address: the optimizers', the landscape's, the starts', the schedule's, then its own."""
    return {number.address: number for part in scenario.parts() for number in _held(scenario, part)}


def find(scenario: Setup, address: str) -> Number:
    """The number at an address, with its declaration. Errors as for `get`."""
    if isinstance(address, str) and (part := split(address)[0]) in scenario.parts():
        for number in _held(scenario, part):
            if number.address == address:
                return number
    return lookup(numbers(scenario), address, f"number of this {scenario.noun}")


def split(address: str) -> tuple[str, str]:
    """The part of the scenario and the number's name in it: ("optimizers.0", "lr"); the part is "" for the scenario's own numbers."""
    part, _, name = address.rpartition(".")
    return part, name


def join(part: str, name: str) -> str:
    """The address of a number in a part of the scenario: "optimizers.0.lr"."""
    return f"{part}.{name}" if part else name


def optimizer(index: int) -> str:
    """The part of a scenario that is one of its optimizers, counted from 0: "optimizers.0"."""
    return f"{_OPTIMIZERS}.{index}"


def _held(scenario: Setup, name: str) -> Iterator[Number]:
    """The numbers of one of its parts."""
    part = scenario.part(name)
    for entry in part.parameters:
        yield Number(join(name, entry.name), entry, part.values[entry.name], part.owner)
