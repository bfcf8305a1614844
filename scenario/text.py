"""Scenarios as text: the query of a link, and JSON.

Both hold the same fields. In a query a choice is `name~setting:value~...` and a point or window is numbers with commas:

    landscape=ravine~condition:50&optimizer=sgd&optimizer=adam~lr:0.2&starts=points&point=-3,1&schedule=cosine
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import landscapes
import optimizers
from parameters import Param, short
from scenario.choice import Choice
from scenario.starts import PATTERNS

if TYPE_CHECKING:
    from scenario.scenario import Scenario

VERSION = 1
"""Of the JSON form. An older one is read; a newer one is refused."""
VIEW = "show"
"""What a link and a file call the panels that a scenario is looked at in: no part of the scenario, so passed over here."""
FARTHEST = 1e9
"""How far from zero starts and windows may lie."""
Fields = dict[str, Any]
"""What a text says, by the scenario's field: numbers, choices as (name, {setting: value}), points and windows as lists of numbers."""
_LISTS = {"optimizer": "optimizers", "point": "points"}
_SINGULAR = {plural: singular for singular, plural in _LISTS.items()}
_CHOICES = ("landscape", "optimizers", "starts", "schedule")


# ---- writing


def to_query(scenario: Scenario) -> str:
    """See `Scenario.to_query`."""
    return query_of(to_pairs(scenario))


def query_of(pairs: Sequence[tuple[str, str]]) -> str:
    """Names and values as a query, with nothing escaped that may stand there as it is: links should be short."""
    return urlencode(pairs, safe="~:,*()/")


def to_pairs(scenario: Scenario) -> list[tuple[str, str]]:
    """The names and values of a link's query, not yet escaped."""
    pairs: list[tuple[str, str]] = []
    for name, value in _changed(scenario).items():
        for item in value if name in _SINGULAR else [value]:
            pairs.append((_SINGULAR.get(name, name), _in_query(item)))
    return pairs


def to_json(scenario: Scenario) -> str:
    """See `Scenario.to_json`."""
    content = {name: _in_json(value) for name, value in _changed(scenario).items()}
    return json.dumps({"version": VERSION, **content}, ensure_ascii=False, indent=1)


def _changed(scenario: Scenario) -> Fields:
    """The fields that are not at their default, and always the landscape and the optimizers."""
    always = ("landscape", "optimizers")
    entries = ((entry.name, getattr(scenario, entry.name), entry.default) for entry in fields(scenario))
    return {name: value for name, value, default in entries if name in always or value != default}


def _in_query(value: Any) -> str:
    if isinstance(value, Choice):
        return "~".join([value.name, *(f"{name}:{written(setting)}" for name, setting in value.settings)])
    if isinstance(value, tuple):
        return ",".join(written(number) for number in _flat(value))
    return value if isinstance(value, str) else written(value)


def _in_json(value: Any) -> Any:
    if isinstance(value, Choice):
        return {"name": value.name, **({"settings": dict(value.settings)} if value.settings else {})}
    return [_in_json(item) for item in value] if isinstance(value, tuple) else value


def written(value: float) -> str:
    """The shortest text that is read back as the same number."""
    brief = f"{value:g}"
    return brief if float(brief) == value else repr(value)


def _flat(value: Any) -> Iterable[float]:
    for item in value:
        if isinstance(item, tuple):
            yield from _flat(item)
        else:
            yield item


# ---- reading


def fields_of_query(query: str | Iterable[tuple[str, str]]) -> Fields:
    """What a link's query says, given as text or as names and values. Nothing is checked yet."""
    found: Fields = {}
    for name, value in parse_qsl(query.removeprefix("?"), keep_blank_values=True) if isinstance(query, str) else query:
        field = _LISTS.get(name, name)
        item = _from_query(field, value)
        if field in _SINGULAR:
            found.setdefault(field, []).append(item)
        else:
            found[field] = item
    return found


def is_known(name: str) -> bool:
    """Whether a link's query means something by this name."""
    from scenario.scenario import Scenario

    return _LISTS.get(name, name) in {entry.name for entry in fields(Scenario)}


def _from_query(field: str, value: str) -> Any:
    if field in _CHOICES:
        name, *settings = value.split("~")
        return name, {key: number for key, _, number in (part.partition(":") for part in settings)}
    if field in ("points", "window"):
        return value.split(",")
    return value


def fields_of_json(content: str) -> Fields:
    """What a JSON text says. Nothing is checked yet but its form.

    Raises:
        ValueError: it is no JSON object, or of a newer version.
    """
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"this is no scenario file: {error}") from None
    if not isinstance(found, dict):
        raise ValueError("this is no scenario file: it should be a JSON object, { ... }")
    version = found.pop("version", None)
    if not isinstance(version, int) or isinstance(version, bool):
        raise ValueError(f'this is no scenario file: its "version" should be a whole number up to {VERSION}, not {version!r}')
    if version > VERSION:
        raise ValueError(f"this scenario file has the version {version}; this app reads up to version {VERSION}: update the app")
    for name, value in found.items():
        if name == "optimizers" and isinstance(value, list):
            found[name] = [_choice_of_json(item) for item in value]
        elif name in _CHOICES:
            found[name] = _choice_of_json(value)
        elif name == "window" and isinstance(value, list):
            found[name] = [number for axis in value for number in (axis if isinstance(axis, list) else [axis])]
    return found


def _choice_of_json(value: Any) -> tuple[Any, Mapping[str, Any]]:
    if not isinstance(value, dict) or not isinstance(value.get("settings", {}), dict):
        raise ValueError(f'in a scenario file a choice is {{"name": ..., "settings": {{...}}}}, not {value!r}')
    return value.get("name"), value.get("settings", {})


def strictly(found: Fields) -> Scenario:
    """The scenario that the fields describe.

    Raises:
        ValueError: something in them is malformed, unknown or out of range.
    """
    scenario, notes = nearest(found)
    if notes:
        raise ValueError("; ".join(notes))
    return scenario


def nearest(found: Fields) -> tuple[Scenario, list[str]]:
    """The valid scenario nearest to what the fields describe, and a sentence for everything that had to be changed."""
    return _Reader(found).read()


class _Reader:
    """Reads fields one after another, mends what it can and notes what it mended."""

    def __init__(self, found: Fields) -> None:
        self.found = dict(found)
        self.notes: list[str] = []

    def read(self) -> tuple[Scenario, list[str]]:
        from scenario.scenario import NUMBERS, OWN, Scenario

        known = {entry.name for entry in fields(Scenario)}
        for name in [name for name in self.found if name not in (*known, VIEW)]:
            self.notes.append(f"{name!r} is no part of a scenario and was left out")
        scenario = Scenario()
        if self.found.get("landscape", ("",))[0] == OWN:
            scenario = self.own(scenario)
        else:
            if choice := self.choice("landscape", landscapes.names(), lambda name: landscapes.get(name).parameters):
                scenario = scenario.replace(landscape=choice)
            for name in {"formula", "window"} & set(self.found):
                self.notes.append(f"a {name} goes with the landscape {OWN!r} only and was left out")
        items = self.found.get("optimizers", [])
        entrants = [
            self.choice("optimizers", optimizers.names(), lambda name: optimizers.get(name).parameters, item)
            for item in (items if isinstance(items, list) else [items])
        ]
        if any(entrants):
            scenario = scenario.replace(optimizers=tuple(entrant for entrant in entrants if entrant))
        if choice := self.choice("schedule", optimizers.schedules.names(), lambda name: optimizers.schedules.get(name).parameters):
            scenario = scenario.replace(schedule=choice)
        if choice := self.choice("starts", list(PATTERNS), lambda name: PATTERNS[name].parameters):
            scenario = scenario.replace(starts=choice)
        items = self.found.get("points", [])
        points = [point for item in (items if isinstance(items, list) else [items]) if (point := self.numbers(item, 2, "a starting point"))]
        if points and scenario.starts.name == "points":
            scenario = scenario.replace(points=tuple((x, y) for x, y in points))
        elif points:
            self.notes.append("starting points go with the starts 'points' only and were left out")
        numbers = {name: self.number(self.found[name], NUMBERS[name], "Scenario") for name in NUMBERS if name in self.found}
        return scenario.replace(**{name: value for name, value in numbers.items() if value is not None}), self.notes

    def own(self, scenario: Scenario) -> Scenario:
        _, settings = self.found["landscape"]
        window = self.numbers(self.found["window"], 4, "the window") if "window" in self.found else None
        box = ((window[0], window[1]), (window[2], window[3])) if window else None
        try:
            values = {name: float(value) for name, value in settings.items()}
            return scenario.replace(landscape=Choice.of("own", **values), formula=str(self.found.get("formula", "")), window=box)
        except (OverflowError, TypeError, ValueError) as error:
            self.notes.append(f"the formula could not be used: {error}")
            return scenario

    def choice(self, field: str, names: list[str], parameters_of: Any, item: Any = None) -> Choice | None:
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
            self.notes.append(f"{owner}: {parameter.name} = {value!r} is no number and was left out")
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
        try:
            numbers = [float(part) for part in value]
        except (OverflowError, TypeError, ValueError):
            numbers = []
        if len(numbers) != count or not all(abs(number) < FARTHEST for number in numbers):
            self.notes.append(f"{what} needs {count} numbers between -{FARTHEST:g} and {FARTHEST:g}, not {value!r}; it was left out")
            return None
        return numbers
