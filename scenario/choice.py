"""Something chosen from a catalogue by name, with settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from parameters import Param, fill, is_single


@dataclass(frozen=True)
class Choice:
    """A name from a catalogue and the settings that differ from its defaults, sorted by name."""

    name: str
    settings: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(cls, name: str, /, **settings: float) -> Choice:
        """A choice with its settings by keyword."""
        return cls(name, tuple(sorted(settings.items())))

    @classmethod
    def read(cls, given: Any, field: str) -> Choice:
        """What is given for a field of a scenario: a choice, or the name alone of one at its defaults.

        Raises:
            TypeError: it is neither.
        """
        if isinstance(given, str):
            return cls(given)
        if not isinstance(given, Choice):
            raise TypeError(f"{field} takes a name or a Choice, Choice.of(name, ...), not {given!r}")
        return given

    @classmethod
    def read_all(cls, given: Any, field: str) -> tuple[Choice, ...]:
        """What is given for a field that takes several.

        Raises:
            TypeError: it is no list of choices and names.
        """
        if isinstance(given, str | Choice) or not isinstance(given, Iterable):
            raise TypeError(f"{field} takes a list of names and of Choices, [name, Choice.of(name, ...)], not {given!r}")
        return tuple(cls.read(entry, field) for entry in given)

    def replace(self, /, **settings: float) -> Choice:
        """The same choice with some settings changed."""
        return Choice.of(self.name, **{**dict(self.settings), **settings})

    def checked(self, parameters: Iterable[Param], owner: str) -> Choice:
        """The same with every setting checked, and without those that are at their default.

        Raises:
            TypeError, ValueError: a setting is unknown, no single number, or outside its range.
        """
        declared = tuple(parameters)
        values = fill(declared, {name: single(value, f"{owner}: {name}") for name, value in self.settings}, owner)
        defaults = {parameter.name: parameter.default for parameter in declared}
        return Choice.of(self.name, **{name: float(value) for name, value in values.items() if value != defaults[name]})


def single(value: float, what: str) -> float:
    """The value, if it is one number and not an array of them.

    Raises:
        TypeError: it is an array.
    """
    if not is_single(value):
        raise TypeError(f"{what} must be one number in a scenario, not an array; sweeps take arrays")
    return value
