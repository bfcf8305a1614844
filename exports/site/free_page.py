"""The page of a free race: any landscapes and optimizers of the catalogue, which the browser races by itself."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from functools import partial
from html import escape
from multiprocessing import get_context

import landscapes
from exports.page_link import own_link
from exports.site.page import Body, Page, player_place
from exports.site.shelf import Shelf
from exports.site.stops import Stop
from player.free_controls import free_controls
from player.free_told import free_told
from player.grounds import frame_bytes, ground_bytes, on_ground
from scenario import Choice, Scenario
from scenario.panels import DEFAULT_PANELS, PANELS
from scenario.presets import OPENING

_STEPS = 100
TITLE, ABOUT = "Free race", "Any of the optimizers on any of the landscapes, from wherever you click."
_NOTE = "Formulas of your own need the app."


def free_page(names: tuple[str, ...] | None = None, workers: int = 1) -> Page:
    """The page, with some of the landscapes, all if not given, which so many processes make."""
    shown = names or tuple(landscapes.names())
    ground = OPENING.scenario.landscape.name
    first = Scenario(
        landscape=Choice(ground if ground in shown else shown[0]),
        optimizers=tuple(Choice(choice.name) for choice in OPENING.scenario.optimizers),
        steps=_STEPS,
    )

    def make(shelf: Shelf) -> Body:
        controls = free_controls(first, shown, tuple(PANELS), "Start over", _NOTE)
        content = f'<main class="single free">{controls}{player_place()}{own_link()}</main>'
        frame = shelf.text(partial(frame_bytes, first, panels=DEFAULT_PANELS))
        stops: dict[str, Stop] = {}
        with ProcessPoolExecutor(workers, get_context("spawn")) if workers > 1 else nullcontext() as pool:
            drawn = partial(_ground, first)
            made = pool.map(drawn, shown) if pool else map(drawn, shown)
            for done, (name, (block, files)) in enumerate(zip(shown, made, strict=True), start=1):
                shelf.take(files)
                shelf.tell(done / len(shown))
                stops[name] = {"frame": frame, "ground": block}
        return Body(escape(TITLE), content, free=free_told(first, DEFAULT_PANELS, stops, link=True))

    return Page("race.html", f"{TITLE} · Descent", "single", make, len(shown))


def _ground(first: Scenario, name: str) -> tuple[str | dict[str, str], dict[str, bytes]]:
    """A landscape with all optimizers, and the files of that."""
    shelf = Shelf()
    return shelf.text(partial(ground_bytes, on_ground(first, name))), shelf.files()
