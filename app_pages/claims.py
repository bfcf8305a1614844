"""The sentence under the title: what there is to see, and what can be tried."""

from __future__ import annotations

from app_pages.session import session
from player.markdown import plain
from scenario.landscape_presets import LANDSCAPE_PANELS
from scenario.lessons import lessons
from scenario.ready import READY
from scenario.setup import Setup

_TRY = "*Click the map to start there.* *Click with shift to add a start.*"  # the second is not shown where there are no keys


def called() -> tuple[str, str]:
    """The title and sentence of the preset or lesson that shows this scenario, else of the landscape; an own one says its formula."""
    scenario = session().scenario
    if told := _told(scenario):
        return told
    landscape = scenario.build_landscape()
    return landscape.name, landscape.about or f"f(x, y) = {landscape.formula}."


def _told(setup: Setup) -> tuple[str, str] | None:
    """The title and sentence of the preset or the lesson that shows just this, if there is one."""
    ready = [(preset.scenario, preset.title, preset.about) for preset in READY]
    course = [(lesson.scenario, lesson.title, lesson.about) for lesson in lessons().values()]
    return next(((title, about) for known, title, about in (*ready, *course) if known == setup), None)


def called_experiment() -> tuple[str, str]:
    """The title and sentence of the preset or the lesson that the experiment is; else what is learned, and by which network."""
    experiment = session().experiment
    if told := _told(experiment):
        return told
    runs = len(experiment.labels())
    many = f"{runs} networks of" if runs > 1 else "A network of"
    return experiment.title, f"{many} {experiment.build_network().size:,} weights, trained for {experiment.steps:,} steps."


def titled(page: str) -> str:
    """The title of a page of the lab, "Basins · Ravine", since its menu may be folded."""
    return f"{page} · {session().scenario.build_landscape().name}"


def claim() -> str:
    """The sentence for what is shown, as Markdown: of the preset or the lesson that it is, or else of the landscape."""
    _, told = called()
    return plain(told) if "Click" in told else f"{plain(told)} {_TRY}"


def claim_of_experiment() -> str:
    """Likewise for networks; where their landscape is shown, it says that one can begin anywhere on it."""
    _, told = called_experiment()
    return f"{plain(told)} {_TRY}" if LANDSCAPE_PANELS[0] in session().panels else plain(told)
