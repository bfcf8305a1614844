"""Reading what a text says of a setup: the nearest valid values, and a sentence for everything that had to be changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from parameters import Param, short
from scenario.choice import Choice
from scenario.text import PANELS_FIELD, Fields

FARTHEST = 1e9
"""How far from zero starts and windows may lie."""


class Reader:
    """Reads fields one after another, changes what is not valid to what is, and notes it.

    Args:
        found: what the text says, from `text.fields_of_query` or `text.fields_of_json`.
        known: the names of the setup's fields.
        noun: what the setup is called.

    Attributes:
        notes: a sentence for everything in `found` that had to be changed or left out.
    """

    def __init__(self, found: Fields, known: Collection[str], noun: str) -> None:
        self.found, self.noun = dict(found), noun
        self.notes: list[str] = []
        for name in [name for name in self.found if name not in (*known, PANELS_FIELD)]:
            self.notes.append(f"{name!r} is not a part of {'an' if noun[0] in 'aeiou' else 'a'} {noun} and was left out")

    @staticmethod
    def given(values: Fields) -> Fields:
        """The fields of which something is left; the others are at their default."""
        return {name: value for name, value in values.items() if value not in (None, ())}

    def items(self, field: str) -> list[Any]:
        """What the text lists for a field that may be there several times."""
        items = self.found.get(field, [])
        return items if isinstance(items, list) else [items]

    def own_numbers(self, declared: Mapping[str, Param]) -> Fields:
        """The numbers that stand for themselves."""
        owner = self.noun.capitalize()
        return {name: self.number(self.found[name], declared[name], owner) for name in declared if name in self.found}

    def choices(self, field: str, names: Sequence[str], parameters_of: Callable[[str], Iterable[Param]]) -> tuple[Choice, ...]:
        """All that are chosen for a field that is a list. Arguments as for `choice`."""
        found = [self.choice(field, names, parameters_of, item) for item in self.items(field)]
        return tuple(choice for choice in found if choice)

    def choice(self, field: str, names: Sequence[str], parameters_of: Callable[[str], Iterable[Param]], item: Any = None) -> Choice | None:
        """What is chosen for a field from a catalogue with these names; None where nothing is, or nothing that there is.

        Args:
            field: of the setup.
            names: that there are.
            parameters_of: gives the parameters of what has a name.
            item: what the text says, where the field is a list.
        """
        if item is None and field not in self.found:
            return None
        name, settings = item or self.found[field]
        if name not in names:
            self.notes.append(f"there is no {field.removesuffix('s')} {name!r}; it was left out")
            return None
        parameters = {parameter.name: parameter for parameter in parameters_of(name)}
        values = {}
        for key, value in settings.items():
            if key not in parameters:
                self.notes.append(f"{name} has no setting {key!r}; it was left out")
            elif (number := self.number(value, parameters[key], name)) is not None:
                values[key] = number
        return Choice.of(name, **values)

    def number(self, value: Any, parameter: Param, owner: str) -> float | None:
        """The value as a number in the parameter's range: the nearest one if it lies outside, None if it is no number."""
        try:
            number = float(value)
        except (OverflowError, TypeError, ValueError):
            number = float("nan")
        if number != number:
            self.notes.append(f"{owner}: {parameter.name} = {value!r} is not a number and was left out")
            return None
        inside = min(max(number, parameter.low), parameter.high)
        if parameter.integer or parameter.switch:
            inside = round(inside)
        if inside != number:
            self.notes.append(
                f"{owner}: {parameter.name} = {short(number)} was changed to {short(inside)}; {parameter.range_in_words} is valid"
            )
        return inside

    def numbers(self, value: Any, count: int, what: str) -> list[float] | None:
        """So many numbers; None where the text has others."""
        try:
            numbers = [float(part) for part in value]
        except (OverflowError, TypeError, ValueError):
            numbers = []
        if len(numbers) != count or not all(abs(number) < FARTHEST for number in numbers):
            given = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            self.notes.append(f"{what} needs {count} numbers between -{FARTHEST:g} and {FARTHEST:g}, not '{given}'; it was left out")
            return None
        return numbers
