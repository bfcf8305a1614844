"""Scenarios and experiments worth showing, one click each, and the way back to the one that was chosen last."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app_pages.places import LANDSCAPE
from app_pages.session import session, set_value
from player.markdown import plain
from scenario import Experiment, Scenario
from scenario.landscape_presets import LANDSCAPE_PRESETS
from scenario.network_presets import NETWORK_PRESETS
from scenario.presets import PRESETS, Preset
from scenario.setup import Setup

_POPOVER = "presets"
_LISTS: dict[type[Setup], Mapping[str, Preset[Setup]]] = {Scenario: PRESETS, Experiment: NETWORK_PRESETS}


def presets_now() -> Mapping[str, Preset[Setup]]:
    """The presets of the page, or of the kind of setup that it shows, by name."""
    return LANDSCAPE_PRESETS if session().page == LANDSCAPE else _LISTS[type(session().setup)]


def presets() -> None:
    """The list of presets, and a button that resets to the one chosen last."""
    choice = st.popover("Presets", icon=":material/auto_awesome:", width="content", key=_POPOVER, on_change="rerun")
    if choice.open:
        for name, preset in presets_now().items():
            choice.button(preset.title, key=f"preset {name}", help=preset.about, on_click=_choose, args=(name,), type="tertiary")
    chapter = session().chapter
    st.button(
        "Reset",
        icon=":material/restart_alt:",
        key="reset",
        help=f"Back to {plain(chapter.title)}",
        disabled=session().setup == chapter.scenario,
        on_click=lambda: session().change("preset", lambda now: chapter.scenario),
    )


def _choose(name: str) -> None:
    """Play a preset; its list is closed, since it would lie over the picture. Panels that the user has chosen stay, those of another preset
    do not."""
    preset = presets_now()[name]
    of_another = session().panels in {other.panels for other in presets_now().values() if other.show}
    set_value(_POPOVER, False)
    session().begin(preset.title, preset.scenario)
    session().change("preset", lambda now: preset.scenario)
    if preset.show or of_another:
        session().choose_panels(preset.panels)
