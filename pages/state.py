"""The one scenario that a session shows, in its link and in its widgets.

The scenario is the only state. A widget shows a part of it and, when it is moved, asks for a changed scenario; where that cannot be, the
scenario stays and the widget's place shows why, in words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from scenario import Scenario
from scenario.text import fields_of_query, nearest, to_pairs

_SCENARIO, _NOTES, _PROBLEMS = "scenario", "notes", "problems"


def current() -> Scenario:
    """The session's scenario: at first that of the link with which it was opened."""
    if _SCENARIO not in st.session_state:
        pairs = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
        st.session_state[_SCENARIO], st.session_state[_NOTES] = nearest(fields_of_query(pairs))
        st.session_state[_PROBLEMS] = {}
    scenario: Scenario = st.session_state[_SCENARIO]
    return scenario


def notes() -> list[str]:
    """What had to be changed in the link, or was changed on the user's behalf; told once."""
    told: list[str] = st.session_state.get(_NOTES, [])
    st.session_state[_NOTES] = []
    return told


def change(place: str, make: Callable[[Scenario], Scenario], note: str = "") -> None:
    """Change the scenario, for a widget's callback.

    Args:
        place: which widget asks; if the change cannot be, the reason is kept under this name.
        make: the changed scenario from the present one; it may raise KeyError, TypeError or ValueError.
        note: what to tell the user once it is done.
    """
    problems: dict[str, str] = st.session_state[_PROBLEMS]
    try:
        st.session_state[_SCENARIO] = make(current())
    except (KeyError, TypeError, ValueError) as error:
        problems[place] = str(error.args[0] if error.args else error)
        return
    problems.pop(place, None)
    if note:
        st.session_state[_NOTES] = [note]


def problem(place: str) -> str | None:
    """Why the last change that a widget asked for could not be."""
    found: dict[str, str] = st.session_state.get(_PROBLEMS, {})
    return found.get(place)


def show_in_link() -> None:
    """Let the page's address be a link to the present scenario."""
    wanted: dict[str, list[str]] = {}
    for name, value in to_pairs(current()):
        wanted.setdefault(name, []).append(value)
    if {name: st.query_params.get_all(name) for name in st.query_params} != wanted:
        st.query_params.from_dict(wanted)


def show(key: str, value: Any) -> str:
    """Let the widget with this key show the value; returns the key."""
    if st.session_state.get(key, None) != value:
        st.session_state[key] = value
    return key
