"""The sentence under the title: what there is to see, and what can be tried."""

from __future__ import annotations

from app_pages.session import session
from player.markdown import plain
from scenario.lessons import lessons
from scenario.network_presets import NETWORK_PRESETS
from scenario.presets import PRESETS

_TRY = "Click the map to start there; with shift, to add a start."


def called() -> tuple[str, str]:
    """The title and sentence of the preset or lesson that shows this scenario, else of the landscape; an own one says its formula."""
    scenario = session().scenario
    presets = [(preset.scenario, preset.title, preset.about) for preset in PRESETS.values()]
    course = [(lesson.scenario, lesson.title, lesson.about) for lesson in lessons().values()]
    for known, title, about in (*presets, *course):
        if known == scenario:
            return title, about
    landscape = scenario.build_landscape()
    return landscape.name, landscape.about or f"f(x, y) = {landscape.formula}"


def called_experiment() -> tuple[str, str]:
    """The title and sentence of the preset that the experiment is; else what is learned, and by which network."""
    experiment = session().experiment
    for preset in NETWORK_PRESETS.values():
        if preset.scenario == experiment:
            return preset.title, preset.about
    runs = len(experiment.labels())
    many = f"{runs} networks of" if runs > 1 else "A network of"
    return experiment.title, f"{many} {experiment.build_network().size:,} weights, trained for {experiment.steps:,} steps."


def titled(page: str) -> str:
    """The title of a page of the lab, "Basins · Ravine", since its menu may be folded."""
    return f"{page} · {session().scenario.build_landscape().name}"


def claim() -> str:
    """The sentence for what is shown, as Markdown: of the preset or the lesson that it is, or else of the landscape."""
    _, told = called()
    return plain(told) if "Click" in told else f"{plain(told)} *{_TRY}*"
