"""Reading what a text says of a setup: the nearest valid values, and a sentence for everything that had to be changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from parameters import Param, short
from parameters.naming import nearest
from scenario.choice import Choice
from scenario.text import PANELS_FIELD, VERSION_FIELD, Fields, name_of
from version import VERSION, numbers_of

FARTHEST = 1e9
"""How far from zero starts and windows may lie."""


class Titled(Protocol):
    """What is chosen by a name and has settings."""

    @property
    def name(self) -> str:
        """What it is called on screen."""

    @property
    def parameters(self) -> Sequence[Param]:
        """The declarations of its settings."""


@dataclass(frozen=True)
class Titles:
    """The same where nothing is built of it yet."""

    name: str
    parameters: Sequence[Param]


class Remark(str):
    """A sentence about a text that is valid: it is told, and nothing was changed."""


class Reader:
    """Reads fields one after another, changes what is not valid to what is, and notes it.

    Args:
        found: what the text says, from `text.fields_of_query` or `text.fields_of_json`.
        usual: the defaults of the setup's fields, by their names.
        noun: what the setup is called.

    Attributes:
        notes: a sentence for everything in `found` that had to be changed or left out.
    """

    def __init__(self, found: Fields, usual: Fields, noun: str) -> None:
        self.found, self.noun = dict(found), noun
        self.notes: list[str] = []
        self.version = self._version(self.found.pop(VERSION_FIELD, VERSION))
        for name in [name for name in self.found if name not in (*usual, PANELS_FIELD)]:
            meant = nearest(name, map(name_of, (*usual, PANELS_FIELD)))
            self.notes.append(f"{name!r} is not a part of {'an' if noun[0] in 'aeiou' else 'a'} {noun}{meant} and was left out")
        if self.version < numbers_of(VERSION):  # what is left unsaid may have had other settings
            self.found = {name: _said(value) for name, value in usual.items() if _is_chosen(value)} | self.found

    def _version(self, given: Any) -> tuple[int, ...]:
        """The version that has made the text; this one where it does not say."""
        try:
            version = numbers_of(str(given))
        except ValueError:
            self.notes.append(f"version = {str(given)!r} is no version such as {VERSION}; it was left out")
            return numbers_of(VERSION)
        if version > numbers_of(VERSION):
            newer = f"this was made by Descent {given}, and this is {VERSION}: what it leaves unsaid may be set otherwise there"
            self.notes.append(Remark(newer))
        return version

    def then(self, parameter: Param, owner: str) -> float | None:
        """What a number was where the text does not say it, if its default is another now."""
        value = parameter.default_in(self.version)
        if value == parameter.default:
            return None
        made = ".".join(map(str, self.version))
        self.notes.append(
            Remark(
                f"{owner}: {parameter.title} is {short(value)}, its default in Descent {made}, which has made this; now that is "
                f"{short(parameter.default)}"
            )
        )
        return value

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
        said = {name: self.number(self.found[name], declared[name], owner) for name in declared if name in self.found}
        unsaid = {name: self.then(number, owner) for name, number in declared.items() if name not in self.found}
        return said | {name: value for name, value in unsaid.items() if value is not None}

    def choices(self, field: str, names: Sequence[str], find: Callable[[str], Titled]) -> tuple[Choice, ...]:
        """All that are chosen for a field that is a list. Arguments as for `choice`."""
        found = [self.choice(field, names, find, item) for item in self.items(field)]
        return tuple(choice for choice in found if choice)

    def choice(self, field: str, names: Sequence[str], find: Callable[[str], Titled], item: Any = None) -> Choice | None:
        """What is chosen for a field from a catalogue with these names; None where nothing is, or nothing that there is.

        Args:
            field: of the setup.
            names: that there are.
            find: gives what has a name.
            item: what the text says, where the field is a list.
        """
        if item is None and field not in self.found:
            return None
        name, settings = item or self.found[field]
        if name not in names:
            self.notes.append(f"there is no {field.removesuffix('s')} {name!r}{nearest(name, names)}; it was left out")
            return None
        found = find(name)
        owner, parameters = found.name, {parameter.name: parameter for parameter in found.parameters}
        values = {}
        for key, value in settings.items():
            if key not in parameters:
                self.notes.append(f"{owner} has no setting {key!r}{nearest(key, parameters)}; it was left out")
            elif (number := self.number(value, parameters[key], owner)) is not None:
                values[key] = number
        for parameter in parameters.values():
            if parameter.name not in settings and (then := self.then(parameter, owner)) is not None:
                values[parameter.name] = then
        return Choice.of(name, **values)

    def number(self, value: Any, parameter: Param, owner: str) -> float | None:
        """The value as a number in the parameter's range: the nearest one if it lies outside, None if it is no number."""
        try:
            number = float(value)
        except (OverflowError, TypeError, ValueError):
            number = float("nan")
        if number != number:
            self.notes.append(f"{owner}: {parameter.title} = {value!r} is not a number and was left out")
            return None
        inside = min(max(number, parameter.low), parameter.high)
        if parameter.integer or parameter.switch:
            inside = round(inside)
        if inside != number:
            self.notes.append(
                f"{owner}: {parameter.title} = {short(number)} was changed to {short(inside)}; {parameter.range_in_words} is valid"
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


def _is_chosen(value: Any) -> bool:
    """Whether a field's default is a choice, or several."""
    return isinstance(value, Choice) or (isinstance(value, tuple) and bool(value) and isinstance(value[0], Choice))


def _said(value: Any) -> Any:
    """A choice, or several, as a text says them."""
    return [_said(each) for each in value] if isinstance(value, tuple) else (value.name, dict(value.settings))
