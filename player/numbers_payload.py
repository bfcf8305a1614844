"""The numbers of a race that can be turned in the picture itself: each optimizer's main ones, those of the landscape and of the learning
rate's schedule, and the number of steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from formulas.latex import sign_of
from lab.known import known_of
from landscapes import Landscape
from optimizers import Optimizer
from scenario import Choice, Race, Scenario, address
from scenario.address import Number
from scenario.setup import ITSELF
from scenario.tuned_rates import tried_rates

_STEPS = "steps"
_GROUND = (address.LANDSCAPE, address.SCHEDULE)
"""The parts whose numbers stand over the table, since all that race share them."""


def numbers_of(race: Race) -> list[dict[str, Any]]:
    """The numbers as `NumberBlock` of js/types.d.ts, in the order of their addresses.

    Of an optimizer these are the numbers that tuning searches, its learning rate first; the sidebar has all of them.
    """
    return numbers_on(race.scenario, race.landscape, [run.optimizer for run in race.runs])


def numbers_on(scenario: Scenario, landscape: Landscape, methods: Sequence[Optimizer]) -> list[dict[str, Any]]:
    """The same of a scenario whose landscape and optimizers are built."""
    return [_as_data(scenario, landscape, methods, *entry) for entry in _turned(scenario)]


def schedule_numbers(schedule: Choice) -> list[dict[str, Any]]:
    """Those of a learning rate's schedule alone."""
    scenario = Scenario(schedule=schedule)
    turned = [entry for entry in _turned(scenario) if address.split(entry[0].address)[0] == address.SCHEDULE]
    return [_as_data(scenario, scenario.build_landscape(), (), *entry) for entry in turned]


def tried_marks(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """A mark at the track of each learning rate whose best value theory does not say: the best of those that were tried, by address."""
    landscape, methods = scenario.build_landscape(), scenario.build_optimizers()
    marks = {}
    for index, (method, tried) in enumerate(zip(methods, tried_rates(scenario), strict=True)):
        known = known_of(landscape, method, scenario.schedule.name).get("lr", ())
        if tried and not any(mark.kind == "best" for mark in known):
            starts = "this start" if tried.starts == 1 else f"{tried.starts} of the starts"
            words = f"best of {tried.count} tried from {starts}, {tried.steps} steps"
            marks[address.join(address.optimizer(index), "lr")] = {"value": tried.rate, "words": words, "kind": "tried"}
    return marks


def ellipse_on(landscape: Landscape) -> dict[str, Any] | None:
    """The ellipse on the map whose shape sets two of the landscape's numbers, `EllipseBlock` of js/types.d.ts; None where there is none."""
    if not landscape.formula or not landscape.ellipse or not landscape.facts_hold:
        return None
    condition, angle = (address.join(address.LANDSCAPE, name) for name in landscape.ellipse)
    return {"condition": condition, "angle": angle, "centre": list(landscape.minima[0][:2])}


def _turned(scenario: Scenario) -> Iterator[tuple[Number, int | None]]:
    """Each with the run that it belongs to, if it is one's."""
    parts = {address.optimizer(index): index for index in range(len(scenario.optimizers))}
    for number in address.numbers(scenario).values():
        part, name = address.split(number.address)
        run = parts.get(part)
        main = number.param.search if run is not None else part in _GROUND or (part, name) == (ITSELF, _STEPS)
        if main and not number.param.switch and not (part == address.SCHEDULE and scenario.schedule == Choice("constant")):
            yield number, run


def _as_data(scenario: Scenario, landscape: Landscape, methods: Sequence[Optimizer], number: Number, run: int | None) -> dict[str, Any]:
    declared = number.param
    known = known_of(landscape, methods[run], scenario.schedule.name) if run is not None else {}
    return {
        "address": number.address,
        "run": run,
        "owner": number.owner if number.address != _STEPS else "",
        "title": declared.title,
        "sign": sign_of(declared),
        "value": float(number.value),
        "low": declared.low,
        "high": declared.high,
        "ends": list(declared.slider_range),
        "spacing": "log" if declared.log else "one_minus" if declared.one_minus else "linear",
        "whole": declared.integer,
        "unit": declared.unit,
        "range": declared.range_in_words,
        "help": declared.help,
        "marks": [{"value": mark.value, "words": mark.words, "kind": mark.kind} for mark in known.get(declared.name, ())],
    }
