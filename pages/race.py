"""The Race page: pick a landscape and optimizers, and watch them."""

from __future__ import annotations

import streamlit as st

from pages.frame import frame
from pages.picks import picked
from pages.presets import chapter, presets
from pages.races import race_of
from pages.scoreboard import scoreboard
from pages.share import share
from pages.state import change, choose_panels, complaint, current, panels, show
from pages.widgets import complain, fold, theme
from player import PANELS

_KEY = "player"


def page() -> None:
    """Draw the page."""
    frame("race", _header, _picture)


def _header() -> None:
    presets()
    share()
    st.pills(
        "Views",
        list(PANELS),
        selection_mode="multi",
        default=list(panels()),
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

    from player.component import player  # Plotly is needed only from here on

    player(
        race,
        theme(),
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
