"""The Race page: pick a landscape and optimizers, and watch them."""

from __future__ import annotations

import streamlit as st

from app_pages.frame import frame
from app_pages.picks import picked
from app_pages.playlist import OWN as PLAYLIST
from app_pages.playlist import playlist, presented, turn
from app_pages.presets import chapter, presets
from app_pages.races import race_of
from app_pages.scoreboard import scoreboard
from app_pages.share import share
from app_pages.state import change, choose_panels, complaint, current, heard, panels, put, setting, show
from app_pages.widgets import complain, fold, theme
from player import PANELS, STEP
from scenario import Race

_KEY = "player"
_FOLLOW = "follow"
OWN = {_FOLLOW: "1.1", **PLAYLIST}
"""The page's own settings: the optimizer and the start whose steps are taken apart, both counted from 1, and the playlist."""


def page() -> None:
    """Draw the page."""
    frame("race", _header, _picture, OWN)


def _header() -> None:
    presets()
    playlist()
    share()
    st.pills(
        "Views",
        list(PANELS),
        selection_mode="multi",
        default=list(panels()),
        key=show("views", list(panels())),
        format_func=PANELS.__getitem__,
        on_change=heard("views", lambda names: choose_panels(_with_map(names))),
        label_visibility="collapsed",
        width="content",
    )


def _with_map(names: list[str]) -> list[str]:
    """The panels with a map among them where a step is taken apart: its parts are drawn there."""
    return ["map", *names] if STEP in names and not {"map", "maps"} & set(names) else names


def _picture() -> None:
    try:
        race = race_of(current())
    except ValueError as error:
        st.error(complaint(error), icon=":material/error:")
        return

    from player.component import follow_playlist, player, step  # Plotly is needed only from here on

    player(
        race,
        theme(),
        panels(),
        _KEY,
        _picked,
        chapter().key,
    )
    follow_playlist(presented(), _KEY)
    if STEP in panels():
        step(race, theme(), *_followed(race), _KEY)
    for place in ("pick", "preset"):
        complain(place)
    with fold("All measures of the race", "fold measures", ":material/table_chart:") as is_open:
        if is_open:
            st.html(scoreboard(race))


def _picked() -> None:
    """What was chosen on a map or in the table, starts or whose steps to take apart; or an entry of the playlist, while presenting."""
    pick = st.session_state[_KEY].pick
    if pick["kind"] == "follow":
        put(**{_FOLLOW: f"{int(pick['run']) + 1}.{int(pick['trajectory']) + 1}"})
    elif pick["kind"] == "turn":
        turn(int(pick["to"]))
    else:
        change("pick", lambda now: picked(now, pick), groups=("starts",))


def _followed(race: Race) -> tuple[int, int]:
    """The run and the trajectory that are followed, counted from 0; the first where the link names one that there is not."""
    run, _, trajectory = setting(_FOLLOW).partition(".")
    index, start = (int(text) - 1 if text.isdecimal() else 0 for text in (run, trajectory))
    return (index if 0 <= index < len(race.runs) else 0), (start if 0 <= start < race.runs[0].count else 0)
