"""Reading what a text says of an experiment: the nearest valid values, and a sentence for everything that had to be changed."""

from __future__ import annotations

import optimizers
from networks import activations, initializers
from scenario import text
from scenario.choice import Choice
from scenario.network_parts import (
    DEPTH,
    MOST_RUNS,
    NUMBERS,
    OWN,
    WIDTH,
    build_data,
    initial,
    optimizer,
    optimizer_names,
    source_parameters,
    sources,
)
from scenario.reader import Reader


class ExperimentReader(Reader):
    """Reads an experiment's fields."""

    def read(self) -> text.Fields:
        """The fields, for `Experiment`."""
        values = self.own_numbers(NUMBERS)
        values["data"] = self.choice("data", sources(), source_parameters)
        values["table"] = self.table(values)
        values["activation"] = self.choice("activation", activations.names(), lambda name: activations.get(name).parameters)
        schedules = optimizers.schedules
        values["schedule"] = self.choice("schedule", schedules.names(), lambda name: schedules.get(name).parameters)
        entrants = self.choices("optimizers", optimizer_names(), lambda name: optimizer(name).parameters)
        initials = self.choices("initials", initializers.names(), lambda name: initial(name).parameters)
        values["optimizers"] = self.limited(entrants, MOST_RUNS, "optimizers")
        values["initials"] = self.limited(initials, MOST_RUNS // max(len(entrants), 1), "initializations")
        widths = self.widths()
        return {**self.given(values), **({"widths": widths} if widths is not None else {})}

    def limited(self, chosen: tuple[Choice, ...], most: int, what: str) -> tuple[Choice, ...]:
        """As many as there can be."""
        most = max(most, 1)
        if len(chosen) > most:
            self.notes.append(f"only the first {most} of {len(chosen)} {what} can take part; the others were left out")
        return chosen[:most]

    def widths(self) -> tuple[int, ...] | None:
        """The units of the hidden layers; None where the text does not say."""
        if "widths" not in self.found:
            return None
        given = self.found["widths"]
        read = [self.number(width, WIDTH, "Experiment") for width in (given if isinstance(given, list | tuple) else [given])]
        widths = [int(width) for width in read if width is not None]
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
