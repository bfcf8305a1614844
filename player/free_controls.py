"""The lists, as HTML, by which a page without a server chooses what races (player/js/freerace.js)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import landscapes
import optimizers
from optimizers import Optimizer, schedules
from player.grounds import entrants_of, ids_of
from scenario import PANELS, Scenario
from scenario.view import MOST_OPTIMIZERS

FREE_STYLE = Path(__file__).with_name("free.css")


def free_controls(scenario: Scenario, grounds: Sequence[str], panels: Sequence[str], back: str, note: str) -> str:
    """The lists, in the app's groups.

    Args:
        scenario: what is raced at first.
        grounds: the landscapes of the catalogue that can be chosen, by name.
        panels: those that can be shown, by their names in `scenario.PANELS`.
        back: what the button says that goes back to it.
        note: what needs the app, in a sentence.
    """
    return (
        f'<div class="choose" hidden><label>Landscape <select id="ground">{_landscapes(scenario, grounds)}</select></label>'
        '<details id="methods"><summary class="button">Optimizers</summary>'
        f'<div class="families"><div>{_methods(scenario)}</div></div></details>'
        f'<label>Schedule <select id="schedule">{_schedules()}</select></label>'
        f'<details id="views"><summary class="button">Views</summary><div class="families">{_views(panels)}</div></details>'
        f'<button id="anew" class="plain" type="button">{escape(back)}</button>'
        f'<span>{escape(note)}</span><p id="notes" role="status" hidden></p></div>'
    )


def _landscapes(scenario: Scenario, grounds: Sequence[str]) -> str:
    own = scenario.landscape.name
    rows = "" if own in grounds else f'<option value="{escape(own)}">{escape(scenario.title)}</option>'
    for kind in landscapes.KINDS:
        among = [landscapes.get(name) for name in grounds if landscapes.get(name).kind == kind]
        options = "".join(f'<option value="{each.key}">{escape(each.name)}</option>' for each in among)
        rows += f'<optgroup label="{escape(kind.capitalize())}">{options}</optgroup>' if options else ""
    return rows


def _methods(scenario: Scenario) -> str:
    entrants = entrants_of(scenario)
    labels = scenario.labels()
    families: dict[str, str] = {}
    for place, (name, choice) in enumerate(zip(ids_of(entrants), entrants, strict=True)):
        method = optimizers.get(choice.name)
        label = labels[place] if place < len(labels) else method.name
        families[method.family] = families.get(method.family, "") + _row(name, label, method)
    ordered = dict.fromkeys(optimizers.get(name).family for name in optimizers.names())
    full = f'<p class="full" hidden>{MOST_OPTIMIZERS} can race at a time: untick one for another.</p>'
    return full + "".join(f"<fieldset><legend>{escape(family)}</legend>{families[family]}</fieldset>" for family in ordered)


def _row(name: str, label: str, method: Optimizer) -> str:
    more = f"One more {escape(method.name)}, at half the learning rate" if "lr" in method.values else f"One more {escape(method.name)}"
    button = f'<button type="button" class="plain" value="{method.key}" title="{more}" aria-label="{more}" hidden>+</button>'
    box = f'<label title="{escape(method.about)}"><input type="checkbox" value="{name}">{escape(label)}</label>'
    return f'<div class="method">{box}{button if name == method.key else ""}</div>'


def _views(panels: Sequence[str]) -> str:
    rows = "".join(f'<label><input type="checkbox" value="{name}">{escape(PANELS[name].title)}</label>' for name in panels)
    return f"<fieldset>{rows}</fieldset>"


def _schedules() -> str:
    built = ((name, schedules.get(name)) for name in schedules.names())
    return "".join(f'<option value="{name}" title="{escape(each.about)}">{escape(each.name)}</option>' for name, each in built)
