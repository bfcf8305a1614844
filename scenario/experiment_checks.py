"""What an experiment can be put together from: its fields are checked here, or refused in a sentence that says what can be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import optimizers
from networks import activations, planes
from parameters import lookup
from scenario.choice import Choice, single
from scenario.network_parts import DEPTH, MOST_RUNS, NUMBERS, OWN, WIDTH, initial, optimizer, source_parameters, source_title, sources
from scenario.reader import FARTHEST
from scenario.variants import checked_variant, no_decay


def checked_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an `Experiment`, checked, by their names. Errors as for `Experiment`."""
    checked: dict[str, Any] = {name: number.check(single(given[name], name), "Experiment") for name, number in NUMBERS.items()}
    checked["widths"] = _checked_widths(given["widths"])
    checked["data"] = _checked_data(given["data"], given["table"])
    for field, get in (("activation", activations.get), ("schedule", optimizers.schedules.get), ("plane", planes.get)):
        declared = get(given[field].name)
        checked[field] = given[field].checked(declared.parameters, declared.name)
    checked["initials"] = _checked_all(given["initials"], initial, "initialization")
    checked["optimizers"] = _checked_all(given["optimizers"], optimizer, "optimizer")
    checked["variants"] = tuple(checked_variant(choice) for choice in given["variants"])
    checked["points"] = tuple(_checked_point(point) for point in given["points"])
    _check_frozen(checked)
    _check_decay(checked)
    _check_runs(checked)
    return checked


def _checked_widths(widths: Sequence[int]) -> tuple[int, ...]:
    DEPTH.check(len(widths), "Experiment")
    return tuple(int(WIDTH.check(single(width, "width"), f"Hidden layer {number}")) for number, width in enumerate(widths, 1))


def _checked_data(data: Choice, table: str) -> Choice:
    if table and data.name != OWN:
        raise ValueError(f"a table goes with the data {OWN!r}, not with {data.name!r}")
    lookup(dict.fromkeys(sources()), data.name, "data set")
    owner = source_title(data.name)
    return data.checked(source_parameters(data.name), owner)


def _checked_all(chosen: Sequence[Choice], get: Any, what: str) -> tuple[Choice, ...]:
    if not chosen:
        raise ValueError(f"no {what} takes part; choose at least one")
    declared = [(choice, get(choice.name)) for choice in chosen]
    return tuple(choice.checked(thing.parameters, thing.name) for choice, thing in declared)


def _checked_point(point: Sequence[float]) -> tuple[float, float]:
    try:
        x, y = (float(number) for number in point)
    except (TypeError, ValueError):
        raise ValueError(f"a point of the plane is two numbers, not {point!r}") from None
    if not max(abs(x), abs(y)) < FARTHEST:
        raise ValueError(
            f"the point ({x:g}, {y:g}) of the plane is too far away; its numbers must lie between -{FARTHEST:g} and {FARTHEST:g}"
        )
    return x, y


def _check_frozen(checked: Mapping[str, Any]) -> None:
    """A layer at least must learn."""
    layers = len(checked["widths"]) + 1
    for frozen in (checked["frozen"], *(int(dict(each.settings).get("frozen", 0)) for each in checked["variants"])):
        if frozen >= layers:
            raise ValueError(
                f"{frozen} layers are frozen, and the network has {layers}: nothing would learn; freeze at most {layers - 1}"
                if layers > 1
                else f"{frozen} layer{'s are' if frozen > 1 else ' is'} frozen, and the network has one: nothing would learn; freeze none"
            )


def _check_decay(checked: Mapping[str, Any]) -> None:
    """Who is to have another weight decay has one."""
    if any("weight_decay" in dict(each.settings) for each in checked["variants"]):
        for reason in filter(None, (no_decay(optimizer(choice.name)) for choice in checked["optimizers"])):
            raise ValueError(reason)


def _check_runs(checked: Mapping[str, Any]) -> None:
    counts = {field: len(checked[field]) for field in ("optimizers", "variants", "initials", "points")}
    runs = counts["optimizers"] * max(counts["variants"], 1) * (counts["initials"] + counts["points"])
    if runs <= MOST_RUNS:
        return
    asked = f"{counts['optimizers']} optimizers from {counts['initials']} initializations"
    asked += f" and {counts['points']} points" * (counts["points"] > 0) + f" in {counts['variants']} variants" * (counts["variants"] > 0)
    raise ValueError(f"{asked} are {runs} networks, and at most {MOST_RUNS} have room in the page; remove some of either")
