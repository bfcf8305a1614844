"""What a page without a server is told of the races that can be put together in it (player/js/freerace.js), and of addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import landscapes
import optimizers
from optimizers import schedules
from optimizers.options import RATE_CHANGE
from parameters import Declared, Param
from player.grounds import ids_of
from scenario import Scenario
from scenario.landscape import CUSTOM
from scenario.network_plane import PLANE
from scenario.numbers import NUMBERS, STEPS
from scenario.text import PANELS_FIELD, VERSION_FIELD, name_of
from version import VERSION

_CHANGE = [option.name for option in RATE_CHANGE]


def free_told(scenario: Scenario, panels: tuple[str, ...], stops: Mapping[str, Any], link: bool = False, fixed: str = "") -> dict[str, Any]:
    """What can be chosen, `FreeTold` of js/types.d.ts.

    Args:
        scenario: what is raced at first.
        panels: that are shown at first.
        stops: for each landscape that can be chosen, by its name, the blocks that tell of it.
        link: whether the page's address says what is raced.
        fixed: what is said while a landscape is chosen that is not among them, a sentence.
    """
    return {
        "landscape": scenario.landscape.name,
        "optimizers": ids_of(scenario.optimizers),
        "schedule": scenario.schedule.name,
        "panels": panels,
        "usual": scenario.usual_panels,
        "stops": stops,
        "link": _link(stops) if link else None,
        "fixed": fixed,
    }


def _link(grounds: Iterable[str]) -> dict[str, Any]:
    """How an address is read, `FreeLink` of js/types.d.ts: as `scenario.reader` reads the app's."""
    usual = Scenario()
    found: dict[str, Declared] = {f"landscape {name}": landscapes.get(name) for name in grounds}
    found |= {f"optimizer {name}": optimizers.get(name) for name in optimizers.names()}
    found |= {f"schedule {name}": schedules.get(name) for name in schedules.names()}
    numbers = {owner: each.parameters for owner, each in found.items()} | {"": (STEPS,)}
    return {
        "version": VERSION,
        "landscape": usual.landscape.name,
        "optimizers": [choice.name for choice in usual.optimizers],
        "schedule": usual.schedule.name,
        "numbers": {owner: _numbers(each) for owner, each in numbers.items()},
        "titles": {owner: each.name for owner, each in found.items()},
        "elsewhere": {each.name: each.title for each in RATE_CHANGE} | {name: name for name in (CUSTOM, PLANE)},
        "fields": {name_of(each): NUMBERS[each].title if each in NUMBERS else name_of(each) for each in (*Scenario.names(), PANELS_FIELD)}
        | {VERSION_FIELD: VERSION_FIELD},
    }


def _numbers(parameters: Iterable[Param]) -> dict[str, Any]:
    return {
        each.name: {
            "title": each.title,
            "value": float(each.default),
            "low": float(each.low),
            "high": float(each.high),
            "whole": each.integer or each.switch,
            "range": each.range_in_words,
            "formerly": each.formerly,
        }
        for each in parameters
        if each.name not in _CHANGE
    }
