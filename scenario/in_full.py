"""All settings of what a page shows, those at their default too, as words: from them alone, the same can be computed again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from formulas.latex import with_sign
from landscapes import PENALTIES
from optimizers.options import RATE_CHANGE
from parameters import title_of
from parameters.param import exact
from scenario.experiment import Experiment
from scenario.scenario import Scenario
from scenario.setup import ITSELF, Setup

NONE = "–"
"""Stands for a setting that holds nothing."""
_OFF_PLANES = {"formula", *(penalty.name for penalty in PENALTIES)}
"""What a race on a network's plane cannot have."""


class Told(NamedTuple):
    """A setting in words.

    Attributes:
        field: of the setup, "optimizers" say.
        title: what it is, "optimizer 2" say.
        name: what is chosen from a catalogue; "" for a number.
        text: the numbers.
    """

    field: str
    title: str
    name: str
    text: str

    @property
    def whole(self) -> str:
        """The name and the numbers."""
        return " ".join(filter(None, (self.name, self.text)))


def told_in_full(setup: Setup) -> list[Told]:
    """Every setting. A race's window and starts are among them, which a later version may choose otherwise."""
    fields = setup.in_full()
    if isinstance(setup, Scenario):
        fields["window"] = setup.build_landscape().window
        if setup.starts.name == "points":
            fields["points"] = setup.start_points().T.tolist()
        if setup.network:
            fields = {name: value for name, value in fields.items() if name not in _OFF_PLANES}
    return [told for field, value in fields.items() for told in (*_rows(setup, field, value), *_plane(setup, field))]


def _plane(setup: Setup, field: str) -> Iterator[Told]:
    """After its landscape, which plane a race on one is on, as the experiment tells it that the plane is of."""
    if field == "landscape" and isinstance(setup, Scenario) and setup.network:
        experiment = Experiment.from_query(setup.network)
        yield from _rows(experiment, "plane", experiment.in_full()["plane"])


def formula_of(setup: Setup) -> tuple[str, str]:
    """The landscape's f(x, y) with its penalty, as it is written in code and in LaTeX; two times "" where no formula gives it."""
    landscape = setup.build_landscape() if isinstance(setup, Scenario) else None
    return (landscape.formula, landscape.latex) if landscape and landscape.formula else ("", "")


def about(setup: Setup) -> dict[str, Any]:
    """Title, formula, link and every setting as plain data for JSON; long lists that stand in a file in any case are left out."""
    formula = formula_of(setup)[0]
    told = {"title": f"{setup.title}: {', '.join(setup.labels())}"} | ({"f(x, y)": formula} if formula else {})
    long = {"points", "table"} & set(setup.changed())
    settings = {name: value for name, value in setup.in_full().items() if name not in long}
    return {**told, "settings": settings} | ({} if long else {"link": setup.to_link()})


def _rows(setup: Setup, field: str, value: Any) -> Iterator[Told]:
    """The rows of a field: one, or one for each of several choices."""
    if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        for index, each in enumerate(value):
            yield Told(field, f"{title_of(field).removesuffix('s')} {index + 1}", *_choice(setup, f"{field}.{index}", each))
    elif isinstance(value, Mapping):
        yield Told(field, title_of(field), *_choice(setup, field, value))
    else:
        zero = next((each.zero for each in setup.part(ITSELF).parameters if each.name == field and not value), "")
        yield Told(field, title_of(field), "", zero or _text(value))


def _choice(setup: Setup, address: str, choice: Mapping[str, Any]) -> tuple[str, str]:
    """What is chosen from a catalogue, by its name there and in links, and its numbers."""
    part = setup.part(address) if address in setup.parts() else None
    titles = {each.name: with_sign(each) for each in part.parameters} if part else {}
    settings = dict(choice["settings"])
    at, by = (parameter.name for parameter in RATE_CHANGE)
    if never := settings.get(at) == 0:
        settings = {name: value for name, value in settings.items() if name not in (at, by)}
    own = [f"{titles.get(name, title_of(name))} {_text(value)}" for name, value in settings.items()] + ["no change of rate"] * never
    return part.owner if part else choice["name"], ", ".join(own)


def _text(value: Any) -> str:
    if value is None or (isinstance(value, str | list | tuple) and not value):
        return NONE
    if isinstance(value, list | tuple):
        separator = "; " if isinstance(value[0], list | tuple) else ", "
        return separator.join(map(_text, value))
    return " | ".join(value.splitlines()) if isinstance(value, str) else exact(value)
