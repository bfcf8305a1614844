"""The lab's pages as they were computed: maps to play, and charts to read. `RECORDINGS` holds all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from exports.findings import BASINS, FAIR, SWEEP, TOURNAMENT, Kind, findings_of
from exports.site.lab_body import body_of
from exports.site.page import Body, Page
from exports.site.shelf import Shelf
from lab.axes import default_axes
from lab.basins import Basins
from lab.executors import run_task
from lab.quantities import alone
from lab.sweeps import Sweep
from lab.tournament import USUAL, Tournament
from lab.tuning import Tuning
from scenario import Scenario
from scenario.presets import OPENING, PRESETS

_STARTS = 256
"""Along each side of the basins' maps."""
_CELLS = 41


@dataclass(frozen=True)
class Recording:
    """A page of the lab.

    Attributes:
        kind: what it is called, and what there is to see on it.
        task: what is computed for a scenario.
        scenario: the one that it is recorded of, unless a lesson asks for another.
    """

    kind: Kind
    task: Callable[[Scenario], Any]
    scenario: Scenario = OPENING.scenario


def lab_page(name: str, scenario: Scenario | None = None, path: str = "") -> Page:
    """The page of a recording, by its name; of another scenario than its own if one is given."""
    recording = RECORDINGS[name]
    shown = scenario or recording.scenario
    title = f"{recording.kind.title} · {shown.build_landscape().name}" if name != "tournament" else recording.kind.title

    def make(shelf: Shelf) -> Body:
        content, stops = body_of(findings_of(run_task(recording.task(shown))), shelf)
        return Body(escape(title), f'<main class="lab"><p class="claim">{escape(recording.kind.about)}</p>{content}</main>', stops)

    return Page(path or f"lab/{name}.html", f"{title} · Descent", f"lab {name}", make)


def _sweep(scenario: Scenario) -> Sweep:
    swept = alone(scenario, min(1, len(scenario.optimizers) - 1))
    return Sweep(swept, *default_axes(swept, _CELLS))


RECORDINGS: Mapping[str, Recording] = {
    "basins": Recording(BASINS, lambda scenario: Basins(scenario, _STARTS), PRESETS["basins"].scenario),
    "sweeps": Recording(SWEEP, _sweep),
    "fair": Recording(FAIR, Tuning),
    "tournament": Recording(TOURNAMENT, lambda scenario: Tournament(scenario.optimizers, USUAL)),
}
"""By the names that the app's pages have in links."""
