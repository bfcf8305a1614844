"""The valid values nearest to what a text says of a scenario, and a sentence for everything that had to be changed."""

from __future__ import annotations

import landscapes
import optimizers
from landscapes import PENALTIES, Window
from landscapes.custom import free_parameter
from landscapes.window import check_window
from parameters.naming import nearest_or
from scenario.choice import Choice
from scenario.experiment import Experiment
from scenario.landscape import CUSTOM, build_landscape, custom_settings
from scenario.network_parts import sources
from scenario.network_plane import PLANE, query_of
from scenario.numbers import NUMBERS
from scenario.reader import Reader, Titles
from scenario.starts import PATTERNS
from scenario.text import VERSION_FIELD, Fields, fields_of_query


def nearest_valid(found: Fields, usual: Fields) -> tuple[Fields, list[str]]:
    """The fields of a scenario that are nearest to what a text says; fields that it does not speak of are left to their default.

    Args:
        found: what the text says, from `text.fields_of_query` or `text.fields_of_json`.
        usual: the defaults of its fields, by their names.

    Returns:
        The fields, and a sentence for everything in `found` that had to be changed or left out.
    """
    reader = _ScenarioReader(found, usual, "scenario")
    return reader.read(), reader.notes


class _ScenarioReader(Reader):
    """Reads a scenario's fields."""

    def read(self) -> Fields:
        """The fields, for `Scenario`."""
        values = self.landscape()
        values["optimizers"] = self.choices("optimizers", optimizers.names(), optimizers.get)
        schedules = optimizers.schedules
        values["schedule"] = self.choice("schedule", schedules.names(), schedules.get)
        values["starts"] = self.choice("starts", list(PATTERNS), lambda name: Titles(PATTERNS[name].title, PATTERNS[name].parameters))
        values["points"] = self.points(values["starts"])
        return self.given(values | self.own_numbers(NUMBERS))

    def landscape(self) -> Fields:
        """The landscape, and where it is the user's own formula that and its window."""
        if self.found.get("landscape", ("",))[0] == CUSTOM:
            return self.custom_landscape()
        if self.found.get("landscape", ("",))[0] == PLANE:
            return self.plane()
        choice = self.choice("landscape", landscapes.names(), landscapes.get)
        for name in {"formula", "window"} & set(self.found):
            self.notes.append(f"a {name} goes with the landscape {CUSTOM!r} only and was left out")
        if "network" in self.found:
            self.notes.append(f"a network goes with the landscape {PLANE!r} only and was left out")
        return {"landscape": choice}

    def plane(self) -> Fields:
        """The plane of an experiment, with what had to be changed in that."""
        query = str(self.found.get("network", ""))
        if not query:
            self.notes.append("a plane goes with the network whose loss is looked at on it, and there is none")
            return {}
        fields = fields_of_query(query) | {VERSION_FIELD: ".".join(map(str, self.version))}
        experiment, notes = Experiment.nearest(fields)
        named = fields.get("data", ("",))[0]
        if experiment.data.name != named:  # on other data there is another landscape, which nobody has asked for
            self.notes.append(
                f"the plane of a network cannot be shown, since {self.no_data(named, notes)}; the usual landscape is shown instead"
            )
            return {}
        self.notes += notes
        for name in {penalty.name for penalty in PENALTIES} & set(self.found):
            self.notes.append(f"{name} is a penalty of x and y, which are no weights on a plane; it was left out")
            del self.found[name]
        return {"landscape": Choice(PLANE), "network": query_of(experiment)}

    @staticmethod
    def no_data(name: str, notes: list[str]) -> str:
        """Why an experiment has other data than those that are named for it, given what else had to be changed in it."""
        if not name:
            return "it is not said on which data it learns"
        if name in sources():
            return "; ".join(notes)
        listing = f"there are {', '.join(sources())}"
        return f"there is no data {name!r}{nearest_or(name, sources(), listing)}"

    def custom_landscape(self) -> Fields:
        formula = str(self.found.get("formula", ""))
        try:
            named = dict.fromkeys(self.found["landscape"][1], 1.0)
            parameters = [free_parameter(name) for name in custom_settings(formula, named)]
            given = self.choice("landscape", [CUSTOM], lambda name: Titles("Own formula", parameters))
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
