"""The Network page: pick data, a network, how its weights begin and who trains it, and watch it learn."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from app_pages.claims import called_experiment, claim_of_experiment
from app_pages.classroom import ask_about_this, class_beside
from app_pages.critical import critical_points_view
from app_pages.frame import frame
from app_pages.ground import race_button
from app_pages.lines import lines_view
from app_pages.network_controls import network_sidebar
from app_pages.penalties import penalties_view
from app_pages.picks import picked
from app_pages.playlist import playlist, presented, turn
from app_pages.presets import presets
from app_pages.races import comparison_of, is_halted, measured
from app_pages.refined import refine_landscape
from app_pages.session import session, value_of
from app_pages.share import share
from app_pages.share_network import PARTS
from app_pages.smooth import smoothness_view
from app_pages.views import views
from app_pages.widgets import attempt, expander, show_problem, theme
from player.component import follow_playlist, trainer
from player.network_scoreboard import network_scoreboard
from player.relief_payload import SHOW_RELIEF
from scenario.network_panels import NETWORK_PANELS
from scenario.panels import of_kind

_KEY = "trainer"
_GROUPS = {"The networks": ("picture",), "Over the steps": ("curve",)}
"""The kinds of views that are chosen together, by what their list is called."""


def page(name: str = "network") -> None:
    """Draw the page, or another one that differs from it in what it opens with.

    Args:
        name: of the page.
    """
    frame(name, _header, _picture, title=_title, claim=claim_of_experiment, controls=network_sidebar, afterwards=_refined)


def _title() -> str:
    return called_experiment()[0]


def _header() -> None:
    views({title: of_kind(*kinds, known=NETWORK_PANELS) for title, kinds in _GROUPS.items()})
    presets()
    playlist()
    ask_about_this()
    share(PARTS, "share part of networks")


def _picture() -> None:
    comparison = attempt(lambda: comparison_of(session().experiment, stoppable=True))
    if comparison is None:
        return
    title, claim = called_experiment()
    shown = measured(comparison, session().panels, stoppable=True) or ("loss",)
    trainer(comparison, theme(), shown, _KEY, _picked, session().chapter.key, title=title, claim=claim)
    follow_playlist(presented(), _KEY)
    class_beside(comparison)
    if set(session().panels) & SHOW_RELIEF and comparison.known_relief:
        race_button(comparison)
    for field in ("pick", "preset"):
        show_problem(field)
    with expander("All measures of the networks", "expander measures", ":material/table_chart:") as is_open:
        if is_open:
            st.html(network_scoreboard(comparison))
    with expander("How smooth the loss is, with batch normalization and without", "expander smoothness", ":material/waves:") as is_open:
        if is_open:
            smoothness_view(comparison)
    with expander(
        "Regularization: what over-fits, and what penalties make of the landscape", "expander penalties", ":material/compress:"
    ) as is_open:
        if is_open:
            penalties_view(comparison)
    with expander("Straight lines between networks, and the walls on them", "expander lines", ":material/timeline:") as is_open:
        if is_open:
            lines_view(comparison)
    with expander("Critical points: how high minima and saddles lie", "expander critical", ":material/landslide:") as is_open:
        if is_open:
            critical_points_view()


def _refined() -> None:
    """Let the landscape be shown from more points."""
    if is_halted(session().experiment):
        return
    with suppress(ValueError):  # which stands in the picture's place
        refine_landscape(comparison_of(session().experiment), session().panels, _KEY)


def _picked() -> None:
    """What was chosen in the picture: points of the landscape to train from, or an entry of the playlist, while presenting."""
    pick = value_of(_KEY).pick
    if pick["kind"] == "turn":
        turn(int(pick["to"]), str(pick.get("list", "")))
    elif pick["kind"] in ("start", "add", "move"):
        session().change("pick", lambda now: picked(now, pick))
