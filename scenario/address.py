"""The address of a number in a scenario: "optimizers.0.lr", "landscape.condition", "starts.radius", "schedule.rise", "steps", "noise".

Before the last dot stands the part of the scenario that holds the number, nothing where the scenario itself does, and after it the name of
its `Param`. An address is the key of the number's widget, the place where its error message is shown, and the key of an axis that it is
swept along. Which addresses there are depends on what is chosen: another optimizer has other hyper-parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from parameters import Param, lookup
from scenario.choice import Choice, single
from scenario.numbers import NUMBERS
from scenario.scenario import Scenario
from scenario.starts import PATTERNS

LANDSCAPE, STARTS, SCHEDULE, ITSELF = "landscape", "starts", "schedule", ""
"""The parts of a scenario that hold numbers, beside its optimizers: what stands before the last dot of an address."""
_OPTIMIZERS = "optimizers"


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


def get(scenario: Scenario, address: str) -> float:
    """The number at an address.

    Raises:
        KeyError: there is none; the message lists the scenario's addresses and the nearest one.
    """
    return find(scenario, address).value


def with_value(scenario: Scenario, address: str, value: float) -> Scenario:
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
        return scenario.replace(**{name: checked})
    if part in (LANDSCAPE, STARTS, SCHEDULE):
        return scenario.replace(**{part: getattr(scenario, part).replace(**{name: float(checked)})})
    chosen: list[Choice] = list(scenario.optimizers)
    index = int(part.rpartition(".")[2])
    chosen[index] = chosen[index].replace(**{name: float(checked)})
    return scenario.replace(optimizers=tuple(chosen))


def with_values(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """The scenario with other numbers at several addresses. Errors as for `with_value`."""
    for address, value in values.items():
        scenario = with_value(scenario, address, value)
    return scenario


def numbers(scenario: Scenario) -> dict[str, Number]:
    """All numbers of a scenario by address: the optimizers', the landscape's, the starts', the schedule's, then its own."""
    return {number.address: number for part in _parts(scenario) for number in _held(scenario, part)}


def find(scenario: Scenario, address: str) -> Number:
    """The number at an address, with its declaration. Errors as for `get`."""
    if isinstance(address, str) and (part := split(address)[0]) in _parts(scenario):
        for number in _held(scenario, part):
            if number.address == address:
                return number
    return lookup(numbers(scenario), address, "number of this scenario")


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


def _parts(scenario: Scenario) -> list[str]:
    return [*(optimizer(index) for index in range(len(scenario.optimizers))), LANDSCAPE, STARTS, SCHEDULE, ITSELF]


def _held(scenario: Scenario, part: str) -> Iterator[Number]:
    """The numbers of one of the scenario's parts."""
    owner, params, values = _declared(scenario, part)
    for entry in params:
        yield Number(join(part, entry.name), entry, values[entry.name], owner)


def _declared(scenario: Scenario, part: str) -> tuple[str, tuple[Param, ...], Mapping[str, Any]]:
    """What a part is called, what it declares, and its values."""
    if part == ITSELF:
        return "Scenario", tuple(NUMBERS.values()), {name: getattr(scenario, name) for name in NUMBERS}
    if part == STARTS:
        pattern = PATTERNS[scenario.starts.name]
        return pattern.title, pattern.parameters, pattern.values(scenario.build_landscape(), dict(scenario.starts.settings))
    if part == SCHEDULE:
        schedule = scenario.build_schedule()
        return schedule.name, schedule.parameters, schedule.values
    if part == LANDSCAPE:
        landscape = scenario.build_landscape()
        return landscape.name, landscape.parameters, landscape.values
    chosen = scenario.build_optimizers()[int(part.rpartition(".")[2])]
    return chosen.name, chosen.parameters, chosen.values
