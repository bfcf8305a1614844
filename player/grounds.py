"""What a page without a server can race beside what it was made of: any landscape, method and schedule of the catalogue, as plain data.

All that belongs to one landscape is a ground, `GroundBlock` of js/types.d.ts: how it is drawn, but for what the browser computes of its
formula, and the formula itself as operations. What all grounds have in common is a frame, `FrameBlock`: what every entrant does on any of
them, step by step, too, into which the browser writes a ground's formula.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

import landscapes
import optimizers
from figures import Theme, landscape_map, landscape_surface
from figures.figure import as_json
from figures.paths import precision
from figures.theme import Look, race_styles
from formulas.kept import Kept
from formulas.libm import NAMES
from landscapes import Landscape
from optimizers import Optimizer, schedules
from player.live_payload import STARTS, encoded, fits, in_text, program_of, told_as_data
from player.numbers_payload import ellipse_on, numbers_on, schedule_numbers
from player.payload import landscape_bytes, packing_of, run_bytes, without_nan
from player.step_program import coloured, step_program
from scenario import Choice, Scenario
from scenario.panels import PANELS, STEP
from scenario.text import VERSION_FIELD, query_of, to_pairs
from scenario.view import MOST_OPTIMIZERS
from simulation.live import formulas_as_data, functions_as_data, is_live, method_as_data, plain
from tape.landscape import AnyLandscape, has_formula
from tape.portable import functions_of, schedule_nodes
from version import VERSION

_methods: Kept[Hashable, dict[str, Any]] = Kept(128)
_programs: Kept[Hashable, dict[str, Any]] = Kept(128)
_DRAWN = ("x", "y", "z", "surfacecolor", "customdata")
"""What of a figure's first trace the browser computes."""
_ON_GROUND = ("landscape", "formula", "window", "network")
_TOLD_APART = ("optimizers", "starts", "points", "steps", "schedule", *_ON_GROUND)
"""The fields that the page itself writes into a link."""


def entrants_of(scenario: Scenario) -> tuple[Choice, ...]:
    """Who can race: the scenario's optimizers, and every method that is not among them."""
    known = {choice.name for choice in scenario.optimizers}
    return (*scenario.optimizers, *(Choice(name) for name in optimizers.names() if name not in known))


def ids_of(entrants: Sequence[Choice]) -> list[str]:
    """A name for each entrant: its method's, and from the second one of a method on a number."""
    names = [choice.name for choice in entrants]
    return [name if name not in names[:place] else f"{name} {names[:place].count(name) + 1}" for place, name in enumerate(names)]


def on_ground(scenario: Scenario, name: str) -> Scenario:
    """The scenario on a landscape of the catalogue, from that one's usual start where it began at chosen points."""
    if name == scenario.landscape.name:
        return scenario
    return scenario.replace(landscape=Choice(name), formula="", window=None, network="", points=())


def has_ground(scenario: Scenario) -> bool:
    """Whether a browser can compute on the scenario's own landscape: it has a formula, or is a network's loss on a plane that is not too
    large for this race."""
    return fits(scenario.build_landscape(), scenario)


def frame_bytes(scenario: Scenario, theme: Theme, panels: tuple[str, ...], apart: bool = True) -> bytes:
    """What all grounds of a scenario have in common, as JSON.

    Args:
        scenario: whose numbers hold where nothing else is chosen.
        theme: the colours.
        panels: the panels to show.
        apart: whether steps can be taken apart, which makes it twice as large, 120 kB in a page.
    """
    entrants = entrants_of(scenario)
    everyone = on_ground(scenario, scenario.landscape.name if has_formula(scenario.build_landscape()) else landscapes.names()[0])
    everyone = everyone.replace(optimizers=entrants, steps=1)
    race = everyone.race()
    block = run_bytes(race, theme, tuple(name for name in PANELS if name != STEP), landscape_bytes(race.landscape, theme))
    header = json.loads(block[4 : 4 + int.from_bytes(block[:4], "little")])
    look = Look.of(race.runs[0].count, MOST_OPTIMIZERS).as_data()
    header |= {"panels": panels, "steps": scenario.steps, "look": look, "live": None, "numbers": []}
    chosen = scenario.schedule
    built = {name: schedules.get(name) for name in schedules.names()} | {chosen.name: scenario.build_schedule()}
    functions = functions_as_data()
    functions["elementary"] = functions_of([[name] for name in sorted(NAMES)])
    rest = {field: value for field, value in scenario.changed().items() if field not in _TOLD_APART}
    return _json(
        {
            "race": header,
            "functions": functions,
            "entrants": [
                _entrant(name, choice, method) | {"method": _method(method, bool(scenario.noise), style.colour if apart else None)}
                for name, choice, method, style in zip(
                    ids_of(entrants), entrants, everyone.build_optimizers(), race_styles(race), strict=True
                )
            ],
            "schedules": {
                name: {
                    "nodes": schedule_nodes(schedule),
                    "parameters": plain(schedule.values),
                    "told": dict(chosen.settings) if name == chosen.name else {},
                    "numbers": schedule_numbers(chosen if name == chosen.name else Choice(name)),
                }
                for name, schedule in built.items()
            },
            "noise": scenario.noise,
            "seed": str(scenario.seed),
            "rest": query_of([*to_pairs(rest), (VERSION_FIELD, VERSION)]),
        }
    )


def _entrant(name: str, choice: Choice, method: Optimizer) -> dict[str, Any]:
    rates = next((parameter.stops() for parameter in method.parameters if parameter.name == "lr"), None)
    return {"id": name, "rates": rates, "parameters": plain(method.settings), "told": dict(choice.settings)}


def _method(method: Optimizer, noisy: bool, colour: str | None) -> dict[str, Any]:
    """What a method does on any landscape, `MethodBlock` of js/types.d.ts; without a colour no step is taken apart."""
    key = method.name, repr(method.settings), noisy
    known = _methods.get(key, lambda: method_as_data(method, noisy))
    program = None if colour is None else _programs.get(key, lambda: step_program(AnyLandscape(), method, noisy))
    return {**known, "apart": program and coloured(program, str(colour))}


def ground_bytes(scenario: Scenario, theme: Theme) -> bytes:
    """The scenario's landscape as a ground, as JSON.

    Args:
        scenario: with any optimizers; its landscape has a formula, or is a plane's, whose figures are then those of its own block.
        theme: the colours.
    """
    landscape, starts = scenario.build_landscape(), scenario.start_points()
    entrants = entrants_of(scenario)
    methods = scenario.replace(optimizers=entrants).build_optimizers()
    shown = starts[:, :: -(-starts.shape[1] // STARTS)]
    key = hashlib.sha1(f"{landscape!r} {methods!r} {scenario.noise}".encode(), usedforsecurity=False).hexdigest()[:16]
    begins = {field: value for field, value in scenario.changed().items() if field in ("starts", "points")}
    own = {field: value for field, value in scenario.changed().items() if field in _ON_GROUND and field != "landscape"}
    return _json(
        {
            "key": key,
            "landscape": _drawn(landscape, theme) if has_formula(landscape) else {"window": landscape.window, "name": landscape.name},
            "told": told_as_data(landscape),
            "formulas": formulas_as_data(landscape) if has_formula(landscape) else None,
            "plane": encoded(program_of(landscape)),
            "without": _without(landscape, entrants, methods),
            "parameters": plain(landscape.settings),
            "numbers": without_nan(numbers_on(scenario.replace(optimizers=entrants), landscape, methods)),
            "ellipse": ellipse_on(landscape),
            "precise": precision(landscape.window) is np.float64,
            "packing": packing_of(landscape),
            "starts": in_text(shown.ravel(), "f8"),
            "count": shown.shape[1],
            "chosen": scenario.starts.name == "points",
            "settings": dict(scenario.landscape.settings),
            "begins": query_of(to_pairs(begins)) or "starts=points",
            "rest": query_of(to_pairs(own)),
        }
    )


def _without(landscape: Landscape, entrants: Sequence[Choice], methods: Sequence[Optimizer]) -> list[str]:
    """The names of those that a browser cannot compute on a landscape that has no formula."""
    each = zip(ids_of(entrants), methods, strict=True)
    return [name for name, method in each if not has_formula(landscape) and not is_live(landscape, method)]


@lru_cache(maxsize=128)
def _drawn(landscape: Landscape, theme: Theme) -> dict[str, Any]:
    """The landscape's figures without what the browser computes."""
    figures = {"map": as_json(landscape_map, landscape, theme, compact=True), "surface": as_json(landscape_surface, landscape, theme)}
    for figure in figures.values():
        figure["data"] = [{name: part for name, part in figure["data"][0].items() if name not in _DRAWN}, *figure["data"][1:]]
    return {**figures, "window": landscape.window, "name": landscape.name}


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
