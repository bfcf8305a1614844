"""Which page shows what: the kinds of setup, what is opened where an address says nothing, and what pages share."""

from __future__ import annotations

from app_pages.kept import Chapter, Desk
from scenario import Experiment, Scenario, View
from scenario.landscape_presets import LANDSCAPE_PANELS, OPENING_LANDSCAPE
from scenario.network_presets import OPENING_EXPERIMENT, OPENING_FAIR
from scenario.presets import OPENING, PRESETS, Preset
from scenario.setup import Setup

LANDSCAPE = "landscape"
"""The page of real landscapes."""
TITLES = {
    "race": "Race",
    "network": "Network",
    LANDSCAPE: "Real landscape",
    "lessons": "Lessons",
    "basins": "Basins",
    "sweeps": "Sweeps",
    "network_sweeps": "Net sweeps",
    "transfer": "Transfer",
    "fair": "Fair race",
    "tournament": "Tournament",
}
"""What every page is called, by its name in the address."""
SHOWN_ON: dict[str, tuple[type[Setup], ...]] = {
    "network": (Experiment,),
    LANDSCAPE: (Experiment,),
    "network_sweeps": (Experiment,),
    "transfer": (Experiment,),
    "fair": (Scenario, Experiment),
    "tournament": (Scenario, Experiment),
    "lessons": (Scenario, Experiment),
}
"""The kinds of setup that a page can show, by its name, where it is not scenarios only."""
UNSEEN_ON = ("transfer",)
"""Pages that keep a setup for others, and show another one: it is named in their address only where it is not what is opened anyway."""
_OPENINGS: dict[str, Preset[Setup]] = {Scenario.noun: OPENING, Experiment.noun: OPENING_EXPERIMENT, LANDSCAPE: OPENING_LANDSCAPE}
"""What a desk opens with, by its name: all pages that show one kind of setup share one, but for those that have their own."""
_FIRST: dict[tuple[str, type[Setup]], Preset[Setup]] = {
    ("basins", Scenario): PRESETS["basins"],
    ("fair", Experiment): OPENING_FAIR,
    ("tournament", Experiment): OPENING_FAIR,
}
"""What a page begins with, by its name and the kind of setup, where what a desk opens with would have less to show."""


def desk_on(page: str, kind: type[Setup]) -> str:
    """The name of the desk of a page that shows this kind of setup."""
    return page if page in _OPENINGS else kind.noun


def opening_desks() -> dict[str, Desk]:
    """All desks as they are where nothing was chosen."""
    return {name: Desk(preset.scenario, preset.panels, Chapter(0, preset.title, preset.scenario)) for name, preset in _OPENINGS.items()}


def first_on(page: str, kind: type[Setup]) -> Preset[Setup]:
    """The preset that a page opens with where its address says nothing, if it shows this kind of setup."""
    return _FIRST.get((page, kind), _OPENINGS[desk_on(page, kind)])


def opening_on(page: str, kind: type[Setup]) -> View:
    """The same as a view."""
    preset = first_on(page, kind)
    return View(preset.scenario, preset.panels)


def kinds_on(page: str) -> tuple[type[Setup], ...]:
    """The kinds of setup that the page with this name can show, the usual one first."""
    return SHOWN_ON.get(page, (Scenario,))


def page_for(view: View) -> str:
    """The name of the page that shows this kind of view, and nothing else."""
    kind = type(view.setup)
    if kind is Experiment and set(LANDSCAPE_PANELS) & set(view.panels):
        return LANDSCAPE
    return next((page for page, kinds in SHOWN_ON.items() if kinds == (kind,)), "race")
