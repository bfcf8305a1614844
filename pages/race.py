"""The Race page: pick a landscape and optimizers, and watch them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.controls import sidebar
from pages.picks import picked
from pages.presets import chapter, presets
from pages.races import race_of
from pages.scoreboard import scoreboard
from pages.state import change, choose_panels, complaint, current, notes, open_link, panels, show, show_in_link
from pages.widgets import complain, fold
from player import PANELS

_STYLE = Path(__file__).with_name("style.css")
_KEY = "player"


def page() -> None:
    """Draw the page: the picture first, since it is what everybody waits for."""
    st.html(_STYLE)
    open_link()
    for note, lasting in notes():
        st.toast(note[0].upper() + note[1:], icon=":material/info:", duration="infinite" if lasting else "long")
    _header()
    _picture()
    sidebar()
    show_in_link()


def _header() -> None:
    with st.container(key="header", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"#### {current().build_landscape().name}", width="content")
        presets()
        st.pills(
            "Views",
            list(PANELS),
            selection_mode="multi",
            key=(key := show("views", list(panels()))),
            format_func=PANELS.__getitem__,
            on_change=lambda: choose_panels(st.session_state[key]),
            label_visibility="collapsed",
            width="content",
        )


def _picture() -> None:
    try:
        race = race_of(current())
    except ValueError as error:
        st.error(complaint(error), icon=":material/error:")
        return

    from figures import DARK, LIGHT  # Plotly is needed only from here on
    from player.component import player

    theme = DARK if st.context.theme.type == "dark" else LIGHT
    player(
        race,
        theme,
        panels(),
        _KEY,
        lambda: change("pick", lambda now: picked(now, st.session_state[_KEY].pick), groups=("starts",)),
        chapter(),
    )
    for place in ("pick", "preset"):
        complain(place)
    with fold("All measures of the race", "fold measures", ":material/table_chart:") as is_open:
        if is_open:
            st.html(scoreboard(race))
