"""Reading what a text says of an experiment: the nearest valid values, and a sentence for everything that had to be changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import optimizers
from networks import activations, initializers, planes
from scenario import text
from scenario.choice import Choice
from scenario.network_parts import (
    DEPTH,
    MOST_RUNS,
    NUMBERS,
    OWN,
    WIDTH,
    WIDTHS,
    build_data,
    initial,
    optimizer,
    optimizer_names,
    source_parameters,
    source_title,
    sources,
)
from scenario.reader import Reader, Titles
from scenario.variants import VARYING_NAMES, Variant, no_decay, not_varying, variant_names

T = TypeVar("T")


class ExperimentReader(Reader):
    """Reads an experiment's fields."""

    def read(self) -> text.Fields:
        """The fields, for `Experiment`."""
        values = self.own_numbers(NUMBERS)
        values["data"] = self.choice("data", sources(), lambda name: Titles(source_title(name), source_parameters(name)))
        values["table"] = self.table(values)
        values["activation"] = self.choice("activation", activations.names(), activations.get)
        schedules = optimizers.schedules
        values["schedule"] = self.choice("schedule", schedules.names(), schedules.get)
        values["plane"] = self.choice("plane", planes.names(), planes.get)
        entrants = self.choices("optimizers", optimizer_names(), optimizer)
        initials = self.choices("initials", initializers.names(), initial)
        room = MOST_RUNS
        values["optimizers"] = self.limited(entrants, room, "optimizers")
        room //= max(len(values["optimizers"]), 1)
        values["variants"] = self.limited(self.variants(entrants), room, "variants")
        room //= max(len(values["variants"]), 1)
        values["initials"] = self.limited(initials, room, "initializations")
        values["points"] = self.limited(self.points(), room - max(len(values["initials"]), 1), "points", 0)
        widths = self.widths()
        if widths is not None:
            values["widths"] = widths
        self.thaw(values)
        return {**self.given(values), **({"widths": widths} if widths is not None else {})}

    def variants(self, entrants: Iterable[Choice]) -> tuple[Choice, ...]:
        """The ways to train; a setting in which they cannot differ is left out, with the reason."""
        refused = next(filter(None, (no_decay(optimizer(choice.name)) for choice in entrants)), "")
        told = []
        for name, settings in self.items("variants"):
            wrong = {key: not_varying(key) for key in settings if key not in VARYING_NAMES}
            if refused and "weight_decay" in settings:
                wrong["weight_decay"] = refused
            self.notes += [f"{reason}; it was left out" for reason in wrong.values()]
            told.append((name, {key: value for key, value in settings.items() if key not in wrong}))
        found = (self.choice("variants", variant_names(), Variant, item) for item in told)
        return tuple(choice for choice in found if choice)

    def points(self) -> tuple[tuple[float, float], ...]:
        """The points of the plane to train from, too."""
        read = [self.numbers(item, 2, "a starting point") for item in self.items("points")]
        return tuple((point[0], point[1]) for point in read if point)

    def thaw(self, values: text.Fields) -> None:
        """Freeze fewer layers where none would learn."""
        most = len(values.get("widths", WIDTHS))
        if (values.get("frozen") or 0) > most:
            self.notes.append(f"Experiment: frozen = {values['frozen']:g} was changed to {most}; the last layer has to learn")
            values["frozen"] = most
        for index, choice in enumerate(values["variants"]):
            if (frozen := dict(choice.settings).get("frozen", 0)) > most:
                self.notes.append(f"variant {index + 1}: frozen = {frozen:g} was changed to {most}; the last layer has to learn")
                values["variants"] = tuple(choice.replace(frozen=most) if each is choice else each for each in values["variants"])

    def limited(self, chosen: tuple[T, ...], most: int, what: str, least: int = 1) -> tuple[T, ...]:
        """As many as there can be, and so many at least."""
        most = max(most, least)
        if len(chosen) > most:
            self.notes.append(f"only the first {most} of {len(chosen)} {what} can take part; the others were left out")
        return chosen[:most]

    def widths(self) -> tuple[int, ...] | None:
        """The units of the hidden layers; None where the text does not say, or says nothing that is a number."""
        if "widths" not in self.found:
            return None
        given = self.found["widths"]
        asked = given if isinstance(given, list | tuple) else [given]
        read = [self.number(width, WIDTH, "Experiment") for width in asked]
        widths = [int(width) for width in read if width is not None]
        if asked and not widths:
            return None
        if len(widths) > DEPTH.high:
            self.notes.append(f"{len(widths)} hidden layers were changed to {DEPTH.high:g}, which is the most")
        return tuple(widths[: int(DEPTH.high)])

    def table(self, values: text.Fields) -> str:
        """One's own data; where they cannot be used, the data of `values` are the usual ones."""
        rows, choice = str(self.found.get("table", "")), values["data"]
        if choice is None or choice.name != OWN:
            if rows:
                self.notes.append(f"a table goes with the data {OWN!r} only and was left out")
            return ""
        try:
            build_data(choice, 0, rows)
        except ValueError as error:
            self.notes.append(f"your own data could not be used: {error}")
            values["data"] = None
            return ""
        return rows
