"""The sentence under the title: what there is to see, and what can be tried."""

from __future__ import annotations

from app_pages.session import session
from player.markdown import plain
from scenario import Scenario
from scenario.lessons import lessons
from scenario.presets import PRESETS

_TRY = "Click the map to start there; with shift, to add a start."


def claim_of(scenario: Scenario) -> str:
    """What a preset or a lesson says of exactly this scenario; "" if none shows it."""
    presets = [(preset.scenario, preset.about) for preset in PRESETS.values()]
    course = [(lesson.scenario, lesson.about) for lesson in lessons().values()]
    return next((about for known, about in [*presets, *course] if known == scenario), "")


def claim() -> str:
    """The sentence for what is shown, as Markdown: of the preset or the lesson that it is, or else of the landscape."""
    scenario = session().scenario
    told = claim_of(scenario) or scenario.build_landscape().about
    return f"{plain(told)} *{_TRY}*" if told else f"*{_TRY}*"
