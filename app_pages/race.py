"""The Race page: pick a landscape and optimizers, and watch them."""

from __future__ import annotations

import streamlit as st

from app_pages.claims import called, claim
from app_pages.classroom import ask_about_this, class_beside
from app_pages.frame import frame
from app_pages.picks import followed, picked
from app_pages.playlist import playlist, presented, turn
from app_pages.presets import presets
from app_pages.races import race_of
from app_pages.session import session, value_of
from app_pages.settings import Setting, number_below
from app_pages.share import share
from app_pages.share_race import PARTS
from app_pages.views import views
from app_pages.widgets import attempt, expander, show_problem, theme
from player.component import follow_playlist, player, step
from player.scoreboard import scoreboard
from scenario import Race
from scenario.panels import STEP, of_kind

_KEY = "player"
_GROUPS = {"The landscape": ("picture",), "Over the steps": ("curve",), "One step": ("step",)}
"""The kinds of views that are chosen together, by what their list is called."""
_FOLLOWED = Setting("race", "follow", "1.1", "Trajectory followed", form=r"\d+\.\d+")
"""The optimizer and the start whose steps are taken apart, both counted from 1."""


def page() -> None:
    """Draw the page."""
    frame("race", _header, _picture, claim=claim)


def _header() -> None:
    views({title: of_kind(*kinds) for title, kinds in _GROUPS.items()}, _with_map)
    presets()
    playlist()
    ask_about_this()
    share(PARTS, "share part")


def _with_map(names: list[str]) -> list[str]:
    """The panels with a map among them where a step is taken apart: its parts are drawn there."""
    return ["map", *names] if STEP in names and not {"map", "maps"} & set(names) else names


def _picture() -> None:
    race = attempt(lambda: race_of(session().scenario))
    if race is None:
        return

    title, claim = called()
    player(race, theme(), session().panels, _KEY, _picked, session().chapter.key, title=title, claim=claim)
    follow_playlist(presented(), _KEY)
    class_beside(race)
    if STEP in session().panels:
        step(race, theme(), *_followed(race), _KEY)
    for field in ("pick", "preset"):
        show_problem(field)
    with expander("All measures of the race", "expander measures", ":material/table_chart:") as is_open:
        if is_open:
            st.html(scoreboard(race))


def _picked() -> None:
    """What was chosen on a map or in the table, starts or whose steps to take apart; or an entry of the playlist, while presenting."""
    pick = value_of(_KEY).pick
    if pick["kind"] == "follow":
        try:
            run, trajectory = followed(session().scenario, pick)
        except ValueError as error:
            session().refuse("pick", error)
        else:
            _FOLLOWED.set(f"{run + 1}.{trajectory + 1}")
    elif pick["kind"] == "turn":
        turn(int(pick["to"]), str(pick.get("list", "")))
    else:
        session().change("pick", lambda now: picked(now, pick))


def _followed(race: Race) -> tuple[int, int]:
    """The run and the trajectory that are followed, counted from 0; the first where the link names one that there is not."""
    run, _, trajectory = _FOLLOWED.value.partition(".")
    number, start = number_below(len(race.runs) + 1, run), number_below(race.runs[0].count + 1, trajectory)
    return (number or 1) - 1, (start or 1) - 1
