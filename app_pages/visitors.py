"""How many tabs a server draws pages for: one too many is told so before anything is made for it, and let in as soon as there is room."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app_pages.session import session
from limits import SESSIONS

_AGAIN = 5.0
"""Seconds after which a tab that waits asks again."""


class Visitors:
    """Who is inside. Safe among threads.

    Args:
        most: so many at a time.
        is_open: whether a tab is still there, by what tells it from others.
    """

    def __init__(self, most: int, is_open: Callable[[str], bool]) -> None:
        self._most, self._is_open = most, is_open
        self._inside: set[str] = set()
        self._lock = threading.Lock()

    def let_in(self, who: str, again: bool = False) -> bool:
        """Let a tab in if there is room; whether it is inside.

        Args:
            who: tells it from others.
            again: whether it was inside before its connection was lost; then there is room.
        """
        with self._lock:
            if who not in self._inside:
                self._inside = {other for other in self._inside if self._is_open(other)}
                if again or len(self._inside) < self._most:
                    self._inside.add(who)
            return who in self._inside


@cache
def visitors() -> Visitors:
    """Those of this server."""
    return Visitors(SESSIONS.value, lambda who: Runtime.exists() and Runtime.instance().is_active_session(who))


def is_let_in() -> bool:
    """Whether there is room for the tab that the script runs for; where there is none, its page says so."""
    if not _enters():
        st.header("This server is full for the moment", anchor=False)
        st.write(
            f"As many tabs are open as this server takes at a time, which is {SESSIONS.value:,}. This tab needs nothing from you: "
            "it opens by itself as soon as another one is closed."
        )
        _ask_again()
    return session().inside


@st.fragment(run_every=_AGAIN)
def _ask_again() -> None:
    if _enters():
        st.rerun()


def _enters() -> bool:
    context = get_script_run_ctx()
    session().inside = visitors().let_in(context.session_id if context else "", session().inside)
    return session().inside
