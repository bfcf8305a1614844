"""Scenarios worth showing, one click each, and the way back to the one that was chosen last."""

from __future__ import annotations

import streamlit as st

from app_pages.state import ALL, change, current
from scenario import Scenario
from scenario.presets import PRESETS

_CHOSEN = "preset"


def presets() -> None:
    """The list of presets, and a button that resets to the one chosen last."""
    choice = st.popover("Presets", icon=":material/auto_awesome:", width="content", key="presets", on_change="rerun")
    if choice.open:
        for name, preset in PRESETS.items():
            choice.button(preset.title, key=f"preset {name}", help=preset.about, on_click=_choose, args=(name,), type="tertiary")
    chosen = chapter()
    start = PRESETS[chosen].scenario if chosen else Scenario()
    title = PRESETS[chosen].title if chosen else "the first picture"
    st.button(
        "Reset",
        icon=":material/restart_alt:",
        key="reset",
        help=f"Back to {title}",
        disabled=current() == start,
        on_click=lambda: change("preset", lambda now: start, groups=ALL),
    )


def chapter() -> str:
    """The name of the preset chosen last, "" if none was."""
    name: str = st.session_state.get(_CHOSEN, "")
    return name


def _choose(name: str) -> None:
    st.session_state[_CHOSEN] = name
    change("preset", lambda now: PRESETS[name].scenario, PRESETS[name].about, ALL)
