"""What a page shows, as one immutable value: what scenarios and experiments have in common.

A `Scenario` lets optimizers race on a landscape, an `Experiment` lets them train networks. Both are told in full by a link's query and by
JSON, both consist of choices from catalogues and of numbers, and every number has its address.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

from parameters import Declared, Param, short
from scenario import text
from scenario.choice import Choice
from scenario.reader import Remark
from version import VERSION

if TYPE_CHECKING:
    from optimizers import Optimizer, Schedule
    from scenario.panels import Panel

ITSELF = ""
"""The part of a setup that holds the numbers that stand for themselves."""


@dataclass(frozen=True)
class Part:
    """A part of a setup that holds numbers.

    Attributes:
        owner: whose numbers they are, for messages: "Adam", "Ravine", "Scenario".
        parameters: their declarations.
        values: what they are now, by name; settings at their default too.
    """

    owner: str
    parameters: tuple[Param, ...]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Setup(ABC):
    """Everything that determines what a user sees.

    Attributes:
        noun: what it is called in messages.
        event: what is played of it, in a word.
        page: the title of the page that shows it.
        always: the fields that a text names even where they are at their default. The first tells a setup of this kind from others.
        known_panels: the panels that it can be looked at in, by name.
    """

    noun: ClassVar[str]
    event: ClassVar[str]
    page: ClassVar[str]
    always: ClassVar[tuple[str, ...]]
    known_panels: ClassVar[Mapping[str, Panel]]

    @property
    @abstractmethod
    def usual_panels(self) -> tuple[str, ...]:
        """The panels that it is looked at in where nothing is said."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What it is about, in a few words: the name of its landscape or of its data."""

    @property
    @abstractmethod
    def subject(self) -> str:
        """The name of its landscape or of its data in the catalogue, for the names of files."""

    @property
    @abstractmethod
    def ground(self) -> Hashable:
        """What decides what its points mean: those of two setups with the same ground lie on one map."""

    @abstractmethod
    def build_optimizers(self) -> tuple[Optimizer, ...]:
        """The optimizers, with their hyper-parameters."""

    @abstractmethod
    def build_schedule(self) -> Schedule:
        """The learning-rate schedule."""

    @abstractmethod
    def labels(self) -> tuple[str, ...]:
        """A name for each of its runs, which tells it from the others."""

    @abstractmethod
    def parts(self) -> tuple[str, ...]:
        """The parts that hold numbers, in their order: a field that is a choice, "optimizers.0" for one in a list, and `ITSELF`."""

    @abstractmethod
    def part(self, name: str) -> Part:
        """One of them."""

    @classmethod
    @abstractmethod
    def nearest(cls, found: text.Fields) -> tuple[Self, list[str]]:
        """The valid setup nearest to what a text says, and a sentence for everything that had to be changed.

        Args:
            found: from `text.fields_of_query` or `text.fields_of_json`.

        Returns:
            The setup, and the sentences; one that is a `Remark` tells something of a text that is valid.
        """

    def read_choices(self) -> None:
        """Take names for choices, and any list of them for a tuple.

        Raises:
            TypeError: a field holds neither.
        """
        for name, reader in _readers_of(type(self)).items():
            object.__setattr__(self, name, reader(getattr(self, name), name))

    @classmethod
    def usual(cls) -> dict[str, Any]:
        """The defaults of its fields, by their names."""
        return {entry.name: entry.default for entry in fields(cls)}

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names of its fields."""
        return tuple(entry.name for entry in fields(cls))

    def replace(self, **changes: Any) -> Self:
        """The same with some of its fields changed. Errors as for a new one."""
        return replace(self, **changes)

    def with_own(self, name: str, value: Any) -> Self:
        """The same with another of the numbers that stand for themselves, the value as its `Param` has checked it."""
        return self.replace(**{name: value})

    # ---- as text

    def changed(self) -> dict[str, Any]:
        """The fields that are not at their default, and those that are always named: what a text says of it."""
        values = {entry.name: (getattr(self, entry.name), entry.default) for entry in fields(self)}
        return {name: value for name, (value, default) in values.items() if name in self.always or value != default}

    def in_full(self) -> dict[str, Any]:
        """All of it as plain data for JSON, the values of all parameters too, which a later version may choose otherwise."""
        values = {part: {name: _plain(value) for name, value in self.part(part).values.items()} for part in self.parts() if part}
        return {entry.name: _told(getattr(self, entry.name), entry.name, values) for entry in fields(self)}

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """What a link says of it, as names and values, not yet escaped."""
        return tuple(text.to_pairs(self.changed()))

    @classmethod
    def from_full(cls, told: Mapping[str, Any]) -> Self:
        """That of which `in_full` tells all. Errors as for `from_json`."""
        return cls.from_json(text.to_json({name: value for name, value in told.items() if value not in ("", None, [])}))

    def to_query(self) -> str:
        """It as the query of a link ("landscape=ravine~condition:50&..."); what is at its default is left out."""
        return text.query_of(self.pairs)

    def to_link(self) -> str:
        """It as a link without the address of an app: "?", the query, and the version, which tells the defaults of what is left out."""
        return f"?{text.query_of([*self.pairs, (text.VERSION_FIELD, VERSION)])}"

    @classmethod
    def from_query(cls, query: str) -> Self:
        """That of a link's query, with or without the leading "?".

        Raises:
            ValueError: something in it is malformed, unknown or out of range; the message says what. `nearest` changes it instead.
        """
        return cls._strictly(text.fields_of_query(query))

    def to_json(self) -> str:
        """It as JSON; what is at its default is left out."""
        return text.to_json(self.changed())

    @classmethod
    def from_json(cls, content: str) -> Self:
        """That of a JSON text.

        Raises:
            ValueError: it is no JSON or of a newer version, or something in it is malformed, unknown or out of range.
        """
        return cls._strictly(text.fields_of_json(content))

    @classmethod
    def _strictly(cls, found: text.Fields) -> Self:
        setup, notes = cls.nearest(found)
        if wrong := [note for note in notes if not isinstance(note, Remark)]:
            raise ValueError("; ".join(wrong))
        return setup


@cache
def _readers_of(kind: type[Setup]) -> Mapping[str, Callable[[Any, str], Any]]:
    """What reads the fields that hold choices, by their names."""
    readers = {"Choice": Choice.read, "tuple[Choice, ...]": Choice.read_all}
    return {entry.name: readers[str(entry.type)] for entry in fields(kind) if entry.type in readers}


def _told(value: Any, field: str, values: Mapping[str, Mapping[str, Any]]) -> Any:
    """What a field holds, with the values of the parts of a setup."""
    if isinstance(value, Choice):
        return {"name": value.name, "settings": values.get(field, dict(value.settings))}
    if isinstance(value, tuple):
        return [_told(each, f"{field}.{index}", values) for index, each in enumerate(value)]
    return _plain(value)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def labels_of(chosen: Iterable[Declared], brief: bool = False) -> tuple[str, ...]:
    """A name for each of several things; where one appears several times, with the settings or a number that tell them apart.

    Args:
        chosen: the things.
        brief: whether settings are enough where all are one thing: "lr 0.1" for "SGD, learning rate 0.1".
    """
    things, labels = tuple(chosen), []
    alone = brief and len({thing.key for thing in things}) == 1
    for thing in things:
        same = [other for other in things if other.key == thing.key]
        telling = [parameter for parameter in thing.parameters if len({other.values[parameter.name] for other in same}) > 1]
        called = ((parameter.name if alone else parameter.title, float(thing.values[parameter.name])) for parameter in telling)
        settings = ", ".join(f"{name} {short(value)}" for name, value in called)
        labels.append(settings if settings and alone else f"{thing.name}, {settings}" if settings else thing.name)
    return tuple(
        f"{label} ({labels[: index + 1].count(label)})" if label in labels[:index] else label for index, label in enumerate(labels)
    )
