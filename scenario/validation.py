"""The valid values nearest to what a text says of a scenario, and a sentence for everything that had to be changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import landscapes
import optimizers
from landscapes import Window
from landscapes.custom import free_parameter
from landscapes.window import check_window
from parameters import Param, short
from scenario.choice import Choice
from scenario.landscape import CUSTOM, build_landscape, custom_settings
from scenario.numbers import NUMBERS
from scenario.starts import PATTERNS
from scenario.text import PANELS_FIELD, Fields

FARTHEST = 1e9
"""How far from zero starts and windows may lie."""


def nearest_valid(found: Fields, known: Collection[str]) -> tuple[Fields, list[str]]:
    """The fields of a scenario that are nearest to what a text says; fields that it does not speak of are left to their default.

    Args:
        found: what the text says, from `text.fields_of_query` or `text.fields_of_json`.
        known: the names of the scenario's fields.

    Returns:
        The fields, and a sentence for everything in `found` that had to be changed or left out.
    """
    reader = _Reader(found)
    return reader.read(known), reader.notes


class _Reader:
    """Reads fields one after another, changes what is not valid to what is, and notes it."""

    def __init__(self, found: Fields) -> None:
        self.found = dict(found)
        self.notes: list[str] = []

    def read(self, known: Collection[str]) -> Fields:
        for name in [name for name in self.found if name not in (*known, PANELS_FIELD)]:
            self.notes.append(f"{name!r} is not a part of a scenario and was left out")
        values = self.landscape()
        entrants = [
            self.choice("optimizers", optimizers.names(), lambda name: optimizers.get(name).parameters, item)
            for item in self.items("optimizers")
        ]
        values["optimizers"] = tuple(entrant for entrant in entrants if entrant)
        schedules = optimizers.schedules
        values["schedule"] = self.choice("schedule", schedules.names(), lambda name: schedules.get(name).parameters)
        values["starts"] = self.choice("starts", list(PATTERNS), lambda name: PATTERNS[name].parameters)
        values["points"] = self.points(values["starts"])
        values |= {name: self.number(self.found[name], NUMBERS[name], "Scenario") for name in NUMBERS if name in self.found}
        return {name: value for name, value in values.items() if value not in (None, ())}

    def items(self, field: str) -> list[Any]:
        """What the text lists for a field that may be there several times."""
        items = self.found.get(field, [])
        return items if isinstance(items, list) else [items]

    def landscape(self) -> Fields:
        """The landscape, and where it is the user's own formula that and its window."""
        if self.found.get("landscape", ("",))[0] == CUSTOM:
            return self.custom_landscape()
        choice = self.choice("landscape", landscapes.names(), lambda name: landscapes.get(name).parameters)
        for name in {"formula", "window"} & set(self.found):
            self.notes.append(f"a {name} goes with the landscape {CUSTOM!r} only and was left out")
        return {"landscape": choice}

    def custom_landscape(self) -> Fields:
        formula = str(self.found.get("formula", ""))
        try:
            named = dict.fromkeys(self.found["landscape"][1], 1.0)
            parameters = [free_parameter(name) for name in custom_settings(formula, named)]
            given = self.choice("landscape", [CUSTOM], lambda name: parameters)
            choice = Choice.of(CUSTOM, **custom_settings(formula, dict(given.settings) if given else {}))
            return {"landscape": choice, "formula": formula, "window": build_landscape(choice, formula, self.window()).window}
        except (OverflowError, TypeError, ValueError) as error:
            self.notes.append(f"the formula could not be used: {error}")
            return {}

    def window(self) -> Window | None:
        """The window of the user's own formula; None where the text has none that can be shown."""
        corners = self.numbers(self.found["window"], 4, "the window") if "window" in self.found else None
        if not corners:
            return None
        try:
            return check_window((corners[:2], corners[2:]), "Own formula")
        except ValueError as error:
            self.notes.append(f"{error}; it was left out")
            return None

    def points(self, starts: Choice | None) -> tuple[tuple[float, float], ...]:
        read = [self.numbers(item, 2, "a starting point") for item in self.items("points")]
        points = tuple((point[0], point[1]) for point in read if point)
        if points and starts and starts.name != "points":
            self.notes.append("starting points go with the starts 'points' only and were left out")
            return ()
        return points

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
        try:
            numbers = [float(part) for part in value]
        except (OverflowError, TypeError, ValueError):
            numbers = []
        if len(numbers) != count or not all(abs(number) < FARTHEST for number in numbers):
            self.notes.append(f"{what} needs {count} numbers between -{FARTHEST:g} and {FARTHEST:g}, not {value!r}; it was left out")
            return None
        return numbers
