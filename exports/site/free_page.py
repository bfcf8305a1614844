"""The page of a free race: any landscapes and optimizers of the catalogue, which the browser races by itself.

For each landscape there is one race of all optimizers, with rates that suit it; the page shows those of its runs that are chosen, and
computes them anew wherever something is changed.
"""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from html import escape
from multiprocessing import get_context
from typing import Any

import landscapes
import optimizers
from exports.site.page import Body, Page, player_place
from exports.site.shelf import Shelf
from exports.site.stops import Stop, stop_of
from figures.theme import Look
from optimizers import schedules
from scenario import Choice, Scenario
from scenario.panels import DEFAULT_PANELS
from scenario.presets import OPENING
from scenario.tuned_rates import with_tuned_rates
from scenario.view import MOST_OPTIMIZERS
from simulation.live import plain
from tape.portable import functions_of, schedule_nodes

_STEPS = 100
TITLE, ABOUT = "Free race", "Any of the optimizers on any of the landscapes, from wherever you click."


def free_page(names: tuple[str, ...] | None = None, workers: int = 1) -> Page:
    """The page, with some of the landscapes, all if not given, which so many processes make."""
    shown = names or tuple(landscapes.names())

    def make(shelf: Shelf) -> Body:
        content = f'<main class="single free">{_choices(shown)}{player_place()}</main>'
        stops: list[Stop] = []
        with ProcessPoolExecutor(workers, get_context("spawn")) if workers > 1 else nullcontext() as pool:
            made = pool.map(_everyone, shown) if pool else map(_everyone, shown)
            for done, (name, (stop, files)) in enumerate(zip(shown, made, strict=True), start=1):
                shelf.take(files)
                shelf.tell(done / len(shown))
                stops.append({**stop, "name": name})
        first = [choice.name for choice in OPENING.scenario.optimizers]
        ground = OPENING.scenario.landscape.name
        told = json.dumps(
            {
                "landscape": ground if ground in shown else shown[0],
                "optimizers": first,
                "look": Look.of(1, MOST_OPTIMIZERS).as_data(),
                **_schedules_as_data(),
            },
            separators=(",", ":"),
        )
        return Body(escape(TITLE), f'{content}<script type="application/json" id="free">{told}</script>', stops)

    return Page("race.html", f"{TITLE} · Descent", "single", make, len(shown))


def _everyone(name: str) -> tuple[Stop, dict[str, bytes]]:
    """All optimizers on a landscape, and the files of that."""
    everyone = Scenario(landscape=Choice(name), optimizers=tuple(map(Choice, optimizers.names())), steps=_STEPS)
    shelf = Shelf()
    return stop_of(shelf, with_tuned_rates(everyone), DEFAULT_PANELS), shelf.files()


def _schedules_as_data() -> dict[str, Any]:
    """What the learning rate can be multiplied by: the schedules by their names, and the elementary functions that they call."""
    built = {name: schedules.get(name) for name in schedules.names()}
    nodes = {name: schedule_nodes(schedule) for name, schedule in built.items()}
    return {
        "schedules": {name: {"nodes": nodes[name], "parameters": plain(schedule.values)} for name, schedule in built.items()},
        "elementary": functions_of(*(each["early"] for each in nodes.values())),
    }


def _choices(shown: tuple[str, ...]) -> str:
    """The lists to choose from, in the app's groups."""
    grounds = ""
    for kind in landscapes.KINDS:
        own = [landscapes.get(name) for name in shown if landscapes.get(name).kind == kind]
        rows = "".join(f'<option value="{each.key}">{escape(each.name)}</option>' for each in own)
        grounds += f'<optgroup label="{escape(kind.capitalize())}">{rows}</optgroup>' if rows else ""
    families: dict[str, str] = {}
    for name in optimizers.names():
        method = optimizers.get(name)
        row = f'<label title="{escape(method.about)}"><input type="checkbox" value="{name}">{escape(method.name)}</label>'
        families[method.family] = families.get(method.family, "") + row
    methods = "".join(f"<fieldset><legend>{escape(family)}</legend>{rows}</fieldset>" for family, rows in families.items())
    rates = "".join(
        f'<option value="{name}" title="{escape(schedules.get(name).about)}">{escape(schedules.get(name).name)}</option>'
        for name in schedules.names()
    )
    return (
        f'<div class="choose"><label>Landscape <select id="ground">{grounds}</select></label>'
        f'<details id="methods"><summary class="button">Optimizers</summary><div class="families">{methods}</div></details>'
        f'<label>Schedule <select id="schedule">{rates}</select></label>'
        f'<button id="anew" class="plain" type="button">Start over</button>'
        f"<span>Formulas of your own need the app.</span></div>"
    )
