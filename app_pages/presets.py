"""Scenarios worth showing, one click each, and the way back to the one that was chosen last."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app_pages.state import ALL, change, current, stay
from scenario import Scenario
from scenario.presets import PRESETS

_CHAPTER = "chapter"


@dataclass(frozen=True)
class Chapter:
    """A scenario that was chosen by its title: it is played from its start, and a reset goes back to it.

    Attributes:
        number: of the choices made in this session.
        title: what the scenario is called.
        scenario: as it was chosen.
    """

    number: int
    title: str
    scenario: Scenario

    @property
    def key(self) -> str:
        """What the player tells chapters apart by; "" before any was chosen."""
        return str(self.number or "")


def presets() -> None:
    """The list of presets, and a button that resets to the scenario chosen last."""
    choice = st.popover("Presets", icon=":material/auto_awesome:", width="content", key="presets", on_change=stay)
    if choice.open:
        for name, preset in PRESETS.items():
            choice.button(preset.title, key=f"preset {name}", help=preset.about, on_click=_choose, args=(name,), type="tertiary")
    begun = chapter()
    st.button(
        "Reset",
        icon=":material/restart_alt:",
        key="reset",
        help=f"Back to {begun.title}",
        disabled=current() == begun.scenario,
        on_click=lambda: change("preset", lambda now: begun.scenario, groups=ALL),
    )


def chapter() -> Chapter:
    """The scenario that was chosen by its title last; the first picture if none was."""
    begun: Chapter = st.session_state.get(_CHAPTER) or Chapter(0, "the first picture", Scenario())
    return begun


def begin(title: str, scenario: Scenario) -> Chapter:
    """Let a scenario that was just chosen be the present chapter."""
    begun = st.session_state[_CHAPTER] = Chapter(chapter().number + 1, title, scenario)
    return begun


def _choose(name: str) -> None:
    preset = PRESETS[name]
    begin(preset.title, preset.scenario)
    change("preset", lambda now: preset.scenario, preset.about, ALL)
