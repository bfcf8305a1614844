"""What a browser computes the runs of a race by while something of it is dragged: `LiveRace` and `LiveBlock` of js/types.d.ts.

A race is sent with the numbers that it was computed of. What does not depend on them, what its methods do on its landscape, is asked for
by a key, once somebody is about to drag something: a plain GET, which costs a session nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from figures.loss_grid import loss_grid
from figures.surface import GRID
from figures.theme import race_styles
from formulas.kept import Kept
from landscapes import ComputedLandscape, Landscape
from optimizers import Optimizer, Schedule
from parameters import Array, Declared
from player.numbers_payload import tried_marks
from player.step_program import coloured, step_program
from scenario import Race, Scenario
from simulation.attractors import attractor_lookup, attractors, is_global, lowest_loss, usual_height
from simulation.live import functions_as_data, is_live, pair_as_data, plain, surface_as_data
from simulation.measures import lowest_ground
from simulation.verdicts import DATED, STALLED, UNDERWAY, Ending, lacks_values
from tape.landscape import AnyLandscape

PATH = "live"
"""The address below the app's."""
STARTS = 400
"""From so many starts at most runs are computed in the browser, from every second or third one where there are more."""
_MOST = 512
_makers: Kept[str, Callable[[], bytes]] = Kept(_MOST)
"""How the block of each race that was sent is made."""
_made: Kept[str, bytes] = Kept(64)
_pairs: Kept[Hashable, Mapping[str, Any] | None] = Kept(256)


def live_race(race: Race, apart: bool = False) -> dict[str, Any] | None:
    """The numbers that a race was computed of, and the key of what they are given to; None where the browser can compute none of its runs.

    Args:
        race: which is sent to a browser; it may then ask for its key.
        apart: whether its steps are taken apart, too.
    """
    landscape, schedule, noisy = race.landscape, race.runs[0].schedule, bool(np.any(race.scenario.noise))
    methods = [run.optimizer for run in race.runs]
    if not any(is_live(landscape, method) for method in methods) or not fits(landscape, race.scenario):
        return None
    structure: list[Any] = [repr(landscape), *map(_structure, (landscape, *methods)), schedule and schedule.name, noisy]
    colours = [style.colour for style in race_styles(race)] if apart else None
    structure.append(colours)
    key = hashlib.sha1(repr(structure).encode(), usedforsecurity=False).hexdigest()[:16]
    _makers.get(key, lambda: lambda: _block(key, landscape, methods, schedule, noisy, colours))
    of = {"landscape": plain(landscape.settings), "schedule": plain(schedule.values) if schedule else {}}
    return {
        "key": key,
        "tried": _tried(race.scenario),
        "parameters": [{**of, "optimizer": plain(method.settings)} for method in methods],
        "noise": race.scenario.noise,
        "seed": str(race.scenario.seed),
        "starts": in_text(race.starts[:, :: -(-race.starts.shape[1] // STARTS)].ravel(), "f8"),
    }


def _tried(scenario: Scenario) -> str:
    """The key with which a browser asks for the learning rates that suit a race, once somebody is about to turn one."""
    key = hashlib.sha1(f"tried {scenario.to_query()}".encode(), usedforsecurity=False).hexdigest()[:16]
    _makers.get(key, lambda: lambda: json.dumps(tried_marks(scenario)).encode())
    return key


def live_bytes(key: str) -> bytes | None:
    """The block of a race that was sent, as JSON; None where this process knows of none."""
    make = _makers.known(key)
    return _made.get(key, make) if make else None


def live_block(race: Race, apart: bool = False) -> bytes | None:
    """The block of a race as JSON, for a page that cannot ask for it; None where the browser can compute none of its runs. Arguments as of
    `live_race`."""
    told = live_race(race, apart)
    return live_bytes(told["key"]) if told else None


def routes(base: str = "") -> list[Route]:
    """The addresses at which blocks are asked for.

    Args:
        base: the path below which the app is served, "" where it has a host of its own.
    """
    start = f"{'/' if base.strip('/') else ''}{base.strip('/')}/{PATH}"
    return [Route(f"{start}/{{key}}", _answer, methods=["GET"])]


async def _answer(request: Request) -> Response:
    found = await run_in_threadpool(live_bytes, request.path_params["key"])
    never = {"Cache-Control": "no-store"}  # a page keeps it itself, and another version of Descent may write another
    if found is None:
        return Response(status_code=204, headers=never)  # which no browser takes for a fault
    return Response(found, media_type="application/json", headers=never)


def _block(
    key: str, landscape: Landscape, methods: list[Optimizer], schedule: Schedule | None, noisy: bool, colours: list[str] | None
) -> bytes:
    pairs = [pair_of(landscape, method, schedule, noisy) for method in methods]
    if colours is not None:
        each = zip(pairs, methods, colours, strict=True)
        pairs = [pair and {**pair, "apart": coloured(_apart(landscape, method, noisy), colour)} for pair, method, colour in each]
    functions = functions_as_data(*(pair for pair in pairs if pair), plane=encoded(program_of(landscape)))
    block = {"key": key, "functions": functions, "pairs": pairs, "told": told_as_data(landscape), "surface": surface_as_data(landscape)}
    return json.dumps(block, separators=(",", ":")).encode()


def program_of(landscape: Landscape) -> dict[str, Any] | None:
    """What computes the losses of a landscape that has no formula; None where it has one, or they would take a browser too long."""
    return landscape.program if isinstance(landscape, ComputedLandscape) else None


def fits(landscape: Landscape, scenario: Scenario) -> bool:
    """Whether a browser can compute the losses on a scenario's landscape, and its race takes no longer than a frame may."""
    if not isinstance(landscape, ComputedLandscape):
        return True
    program = landscape.program
    return program is not None and scenario.steps * len(scenario.optimizers) <= program["most"]


def encoded(program: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What computes a landscape's losses, as JSON holds it."""
    if not program:
        return None
    return {name: in_text(value, "f8") if isinstance(value, np.ndarray) else value for name, value in program.items()}


def pair_of(landscape: Landscape, method: Optimizer, schedule: Schedule | None, noisy: bool) -> Mapping[str, Any] | None:
    """`LivePair` of js/types.d.ts; None where there is no tape."""
    if not is_live(landscape, method):
        return None
    key = (_structure(landscape), _structure(method), schedule and schedule.name, noisy)
    own = ("tape", "open", "schedule")  # of any values of its parameters; a race is sent with its own
    return _pairs.get(key, lambda: {name: value for name, value in pair_as_data(landscape, method, schedule, noisy).items() if name in own})


def _apart(landscape: Landscape, method: Optimizer, noisy: bool) -> Mapping[str, Any]:
    key = ("apart", _structure(landscape), _structure(method), noisy)
    ground = AnyLandscape() if isinstance(landscape, ComputedLandscape) else landscape
    return _pairs.get(key, lambda: step_program(ground, method, noisy)) or {}


def _structure(declared: Declared) -> str:
    """What of a landscape or of a method of the catalogue its tapes depend on: they hold some parameters that are 0 or 1."""
    own = declared.definition if isinstance(declared, Landscape) else ()
    return repr((declared.name, own, [(name, value if value in (0, 1) else "") for name, value in declared.settings.items()]))


def in_text(array: Array, kind: str) -> dict[str, str]:
    """An array as Plotly writes it, in the precision "f4" or "f8"."""
    return {"dtype": kind, "bdata": base64.b64encode(array.astype(f"<{kind}").tobytes()).decode()}


@lru_cache(maxsize=64)
def told_as_data(landscape: Landscape) -> dict[str, Any]:
    """What a browser measures runs on a landscape by: `LiveTold` of js/types.d.ts."""
    lookup, points = attractor_lookup(landscape), attractors(landscape)
    lowest = lowest_loss(landscape)
    return {
        "heights": loss_grid(landscape, GRID).scale_as_data(),
        "lowest": lowest if np.isfinite(lowest) else None,
        "ground": ground if np.isfinite(ground := lowest_ground(landscape)) else None,
        "usual": usual_height(landscape),
        "height": float(np.nanmedian(np.abs(loss_grid(landscape).losses))),
        "positive": bool(np.nanmin(loss_grid(landscape).losses) > 0),
        "attractors": {
            "x": [point.x for point in points],
            "y": [point.y for point in points],
            "value": [point.value for point in points],
            "radius": lookup.radii.tolist(),
            "curve": [point.kind == "degenerate" for point in points],
            "ending": [int(_ending(point, landscape)) for point in points],
        },
        "lacksValues": lacks_values(landscape),
        "words": [ending.words for ending in Ending],
        "dated": [int(ending) for ending in DATED],
        "underway": UNDERWAY,
    }


def _ending(point: Any, landscape: Landscape) -> Ending:
    """How a trajectory ends that comes to rest at an attractor."""
    if is_global(point, landscape):
        return Ending.ARRIVED
    return Ending.LOCAL_MINIMUM if point.kind == "minimum" else STALLED[point.kind]
