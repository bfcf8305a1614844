"""What a picture or a film says of itself: its formula, its settings, the version of Descent, and the link as text and as a QR code.

The same stands in the file beside the picture, with every setting, whatever of it is drawn. Importing this module imports no Matplotlib;
`exports.footer` draws a caption.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from formulas.latex import sign_of
from optimizers.options import RATE_CHANGE
from parameters.param import exact
from scenario import Scenario
from scenario.in_full import NONE, Told, formula_of, told_in_full
from scenario.setup import Part, Setup
from version import PROGRAM

HOW = {"short": "Short", "full": "All settings", "none": "None"}
"""How much of a caption is drawn under a picture, by name, and what that is called on screen."""
_ALWAYS = ("data", "widths", "activation", "initials", "steps", "batch", "schedule", "noise", "seed")
"""The fields that a short caption names even where they are at their default, beside landscape, optimizers and starts."""
_LONG = ("table", "formula", "window", "network", "optimizers")
_FEW = 4
"""So many starts are told one by one, less one."""


@dataclass(frozen=True)
class Caption:
    """What a picture says of itself.

    Attributes:
        title: what it shows.
        formula, latex: f(x, y), as it is written in code, and in LaTeX; "" where no formula gives it.
        essentials: what a short caption tells, one thing after the other.
        settings: every setting, those at their default too: what it is, and what it is set to.
        link: the whole address that opens what is shown, or its query ("?landscape=...") where the address of no app is known.
        in_full: the settings as plain data for JSON.
    """

    title: str
    formula: str = ""
    latex: str = ""
    essentials: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    link: str = ""
    in_full: Mapping[str, Any] | None = None

    def at(self, step: int, steps: int) -> Caption:
        """The same of a picture that is drawn up to a step."""
        return replace(self, settings=(*self.settings, ("drawn up to", f"step {step:,} of {steps:,}")))

    @property
    def lines(self) -> list[str]:
        """The formula, every setting, and the link."""
        formula = [f"f(x, y) = {self.formula}"] if self.formula else []
        return [*formula, *(f"{title}: {told}" for title, told in self.settings), *([f"link: {self.link}"] if self.link else [])]

    @property
    def text(self) -> str:
        """All of it as lines of text."""
        return "\n".join([f"{PROGRAM}: {self.title}", *self.lines])

    def metadata(self, file_format: str) -> dict[str, Any]:
        """What Matplotlib writes into a picture's file: all of it, and without the date, so that the same picture is the same file.

        Args:
            file_format: "png", "svg" or "pdf".
        """
        if file_format == "svg":
            return {"Creator": PROGRAM, "Date": None, "Title": self.title, "Description": self.text, "Source": self.link or None}
        if file_format == "pdf":
            return {"Creator": PROGRAM, "CreationDate": None, "Title": self.title, "Subject": self.text, "Keywords": self.link}
        told = {"Software": PROGRAM, "Title": self.title, "Description": self.text, "Source": self.link}
        return told | ({"Settings": json.dumps(self.in_full, ensure_ascii=False)} if self.in_full else {})


def caption_of(setup: Setup, link: str = "", title: str = "") -> Caption:
    """The caption of what shows a scenario or an experiment.

    Args:
        setup: what is shown.
        link: the whole address that opens it in the app, where that is known.
        title: what it shows, if more than the setup's title and labels.
    """
    told = told_in_full(setup)
    formula, latex = formula_of(setup)
    return Caption(
        title or f"{setup.title}: {', '.join(setup.labels())}",
        formula,
        latex,
        essentials_of(setup),
        tuple((each.title, each.whole or NONE) for each in told),
        link or setup.to_link(),
        setup.in_full(),
    )


def essentials_of(setup: Setup, without: Collection[str] = ()) -> tuple[str, ...]:
    """Optimizers and landscape with their numbers, and what else is always told or not at its default, but for some fields."""
    changed, shown = setup.changed(), [told for told in told_in_full(setup) if told.field not in without]
    return tuple(filter(None, (_essential(setup, told, changed) for told in shown)))


def _essential(setup: Setup, told: Told, changed: Collection[str]) -> str:
    if told.field == "optimizers":
        return f"{told.name} {_working(setup.part(f'optimizers.{int(told.title.split()[-1]) - 1}'))}".rstrip()
    if told.field == "points" and isinstance(setup, Scenario) and told.text.count(";") < _FEW and setup.starts.name == "points":
        return f"{'starts' if ';' in told.text else 'start'} ({told.text.replace('; ', '), (')})"
    if told.field == "landscape":
        return told.text
    ground = told.field == "plane" and isinstance(setup, Scenario)  # which the title of a race does not tell
    if ground or told.field in _ALWAYS or (told.field in changed and told.field not in _LONG):
        return f"{told.title} {told.whole}"
    return ""


def _working(part: Part) -> str:
    """The numbers of an optimizer but those that are off."""
    shown = [parameter for parameter in part.parameters if parameter not in RATE_CHANGE or part.values[RATE_CHANGE[0].name]]
    told = [(parameter, part.values[parameter.name]) for parameter in shown if parameter.default or part.values[parameter.name]]
    return ", ".join(f"{sign_of(parameter)} {exact(value)}" for parameter, value in told)
