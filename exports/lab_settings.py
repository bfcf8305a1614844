"""All settings of a task of the lab in words, those at their default too, and the caption of what shows its result."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import fields
from typing import Any

from exports.caption import Caption, essentials_of
from exports.findings import Findings
from exports.lab_tables import settings_of
from formulas.latex import with_sign
from lab.axes import Axis
from lab.judged import counted
from lab.network_place import TUNED_BY
from lab.search import OBJECTIVES
from lab.seeded import SeededTask
from lab.standings import TUNED
from lab.tuning import WHERE
from optimizers.options import RATE_CHANGE
from parameters import title_of
from parameters.param import exact
from scenario.in_full import NONE, formula_of, told_in_full
from scenario.setup import Setup

_TITLES = {"count": "trials", "objective": "tuned for", "where": "they start", "unit": "budget in", "seed": "first seed"}
"""What fields of tasks are called, where their name does not say it."""
_IN_WORDS = {"objective": OBJECTIVES | TUNED_BY, "where": WHERE, "tuned": TUNED}
"""How fields of tasks that are one of several are called on screen."""
_SPACED = {
    "linear": "linear",
    "log": "logarithmic",
    "one minus": "equal ratios of 1 - value",
    "whole": "whole",
    "whole log": "whole, logarithmic",
}
"""How the values of an axis are spaced, by `lab.axes.SPACINGS`."""
_LONG = ("entrants", "landscapes", "experiments")
"""Fields that a short caption leaves out: the picture shows them."""
_SHARED = "like"
"""The field whose scenario gives only what holds everywhere."""


def setups_of(task: Any) -> list[Setup]:
    """The scenarios and experiments that a task depends on."""
    return [value for entry in fields(task) if isinstance(value := getattr(task, entry.name), Setup)]


def own_settings(task: Any) -> list[tuple[str, str]]:
    """What a task depends on beside its setups: what it is, and what it is set to."""
    setups = {entry.name for entry in fields(task) if isinstance(getattr(task, entry.name), Setup)}
    told = settings_of(task)
    if isinstance(task, SeededTask):
        told["unit"] = _in_sentence(task.units[task.unit])
        if not task.budget:
            told["budget"] = f"what {counted(task.budgets[0][1].steps, 'step')} of gradient descent cost"
    told |= {entry.name: _axis(axis) for entry in fields(task) if isinstance(axis := getattr(task, entry.name), Axis)}
    return [(_TITLES.get(name, title_of(name)), _worded(name, value)) for name, value in told.items() if name not in setups]


def _axis(axis: Axis) -> str:
    """The values of an axis of a sweep."""
    return f"{axis.title} in {axis.count} values from {exact(axis.low)} to {exact(axis.high)} ({_SPACED[axis.spacing]})"


def _worded(name: str, value: Any) -> str:
    """A setting as the pages call it."""
    words = _IN_WORDS.get(name, {}).get(value) if isinstance(value, str) else None
    return _in_sentence(words) if words else _told(value)


def _in_sentence(words: str) -> str:
    """Words without the capital with which they begin, unless it is that of a name."""
    return words if words.startswith("Hessian") else words[0].lower() + words[1:]


def lab_caption(findings: Findings, link: str, title: str) -> Caption:
    """The caption of a picture of findings.

    Args:
        findings: what is shown.
        link: the whole address that opens it in the app; "" where there is none.
        title: of the picture.
    """
    task, own, without = findings.task, own_settings(findings.task), findings.kind.without
    shown = [getattr(task, entry.name) for entry in fields(task) if entry.name != _SHARED]
    setups = [setup for setup in shown if isinstance(setup, Setup)]
    formula, latex = formula_of(setups[0]) if setups else ("", "")
    long = {_TITLES.get(name, title_of(name)) for name in (*_LONG, "task")}
    names = [", ".join(setup.labels()) for setup in setups if "optimizers" in without]
    told = [each for setup in setups for each in essentials_of(setup, without)]
    return Caption(
        title,
        formula,
        latex,
        (*(f"{name} {each}" for name, each in own if name not in long), *names, *told),
        (*own, *(row for setup in setups_of(task) for row in _rows(setup, without))),
        link,
        settings_of(task),
    )


def _rows(setup: Setup, without: Collection[str]) -> Iterator[tuple[str, str]]:
    """Every setting of a setup but for some fields; where it is its optimizers that do not matter, what of them is not searched does."""
    for each in told_in_full(setup):
        if each.field not in without:
            yield each.title, each.whole or NONE
        elif each.field == "optimizers":
            part = setup.part(f"optimizers.{int(each.title.split()[-1]) - 1}")
            kept = [parameter for parameter in part.parameters if parameter not in RATE_CHANGE or part.values[RATE_CHANGE[0].name]]
            numbers = (f"{with_sign(one)} {'searched' if one.search else exact(part.values[one.name])}" for one in kept)
            yield each.title, f"{each.name} {', '.join(numbers)}".rstrip()


def _told(value: Any) -> str:
    """A setting as text: numbers with all their digits."""
    if isinstance(value, dict):
        name = f"{value['name']} " if isinstance(value.get("name"), str) else ""
        numbers = value.get("settings", {key: each for key, each in value.items() if key != "name"})
        return (name + ", ".join(f"{title_of(key)} {_told(each)}" for key, each in numbers.items())).rstrip()
    if isinstance(value, list | tuple):
        return "; ".join(map(_told, value)) if value else NONE
    if isinstance(value, float | int) and not isinstance(value, bool):
        return exact(value)
    return NONE if value in (None, "") else str(value)
