"""The one scenario that a session shows, in its link and in its widgets.

The scenario is the only state, with the names of the panels it is looked at in. A widget shows a part of it and, when it is moved, asks for
a changed scenario; where that cannot be, the scenario stays and the widget's place shows why, in words. The page's address always is a link
to it, so the browser's back and forward buttons undo and redo.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from player import PANELS
from scenario import Scenario
from scenario.text import fields_of_query, nearest, to_pairs

FIRST = ("map", "surface", "loss")
"""The panels of a page that was just opened."""
_SCENARIO, _PANELS, _NOTES, _PROBLEMS, _LINK, _CHANGED, _RENEWED = "scenario", "panels", "notes", "problems", "link", "changed", "renewed"
_SHOW = "show"
ALL = ("starts", "text", "rest")
"""The groups of widgets that `renew` knows."""

Pairs = list[tuple[str, str]]


def open_link() -> None:
    """Take over the address where it is not the one that was shown last: at first, and when the user went back or forward."""
    link = sorted((name, value) for name in st.query_params for value in st.query_params.get_all(name))
    if _SCENARIO in st.session_state and (st.session_state.pop(_CHANGED, False) or link == st.session_state[_LINK]):
        return
    for group in ALL if _SCENARIO in st.session_state else ():
        renew(group)
    shown = [value for name, value in link if name == _SHOW]
    wanted = shown[-1].split(".") if shown else FIRST
    st.session_state[_PANELS] = _ordered(wanted) or FIRST
    pairs = [(name, value) for name in st.query_params for value in st.query_params.get_all(name) if name != _SHOW]
    st.session_state[_SCENARIO], notes = nearest(fields_of_query(pairs))
    unknown = [name for name in wanted if name not in PANELS]
    told = [f"there is no view {', '.join(map(repr, unknown))}; there are {', '.join(PANELS)}"] if unknown else []
    st.session_state[_NOTES] = [(note, True) for note in (*notes, *told)]
    st.session_state[_PROBLEMS] = {}
    st.session_state[_LINK] = link


def current() -> Scenario:
    """The session's scenario."""
    scenario: Scenario = st.session_state[_SCENARIO]
    return scenario


def panels() -> tuple[str, ...]:
    """The panels that the scenario is looked at in, by the player's names."""
    chosen: tuple[str, ...] = st.session_state[_PANELS]
    return chosen


def choose_panels(names: Sequence[str]) -> None:
    """Look at the scenario in other panels."""
    st.session_state[_PANELS] = _ordered(names)
    st.session_state[_CHANGED] = True


def _ordered(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in PANELS if name in names)


def notes() -> list[tuple[str, bool]]:
    """What was changed on the user's behalf, told once; with True what had to be changed in a link, which stays until it is closed."""
    told: list[tuple[str, bool]] = st.session_state.get(_NOTES, [])
    st.session_state[_NOTES] = []
    return told


def change(place: str, make: Callable[[Scenario], Scenario], note: str = "", groups: Sequence[str] = ()) -> None:
    """Change the scenario, for a widget's callback.

    Args:
        place: which widget asks; if the change cannot be, the reason is kept under this name.
        make: the changed scenario from the present one; it may raise KeyError, TypeError or ValueError.
        note: what to tell the user once it is done.
        groups: whose widgets then show something else, of `ALL`, beside the one that asks.
    """
    problems: dict[str, str] = st.session_state[_PROBLEMS]
    st.session_state[_CHANGED] = True
    try:
        st.session_state[_SCENARIO] = make(current())
    except (KeyError, TypeError, ValueError) as error:
        problems[place] = complaint(error)
        return
    problems.pop(place, None)
    for group in groups:
        renew(group)
    if note:
        st.session_state[_NOTES] = [(note, False)]


def complaint(error: Exception) -> str:
    """What an error says, as a sentence."""
    text = str(error.args[0] if error.args else error)
    return f"{text[0].upper()}{text[1:]}."


def problem(place: str) -> str | None:
    """Why the last change that a widget asked for could not be."""
    found: dict[str, str] = st.session_state.get(_PROBLEMS, {})
    return found.get(place)


def show_in_link() -> None:
    """Let the page's address be a link to the present scenario."""
    pairs = to_pairs(current())
    if panels() != FIRST:
        pairs = [*pairs, (_SHOW, ".".join(panels()))]
    link = sorted(pairs)
    if link == st.session_state[_LINK]:
        return
    st.session_state[_LINK] = link
    wanted: dict[str, list[str]] = {}
    for name, value in pairs:
        wanted.setdefault(name, []).append(value)
    st.query_params.from_dict(wanted)


def show(key: str, value: Any) -> str:
    """Let the widget with this key show the value; returns the key under which it stands in the session."""
    name = standing(key)
    if st.session_state.get(name, None) != value:
        st.session_state[name] = value
    return name


def standing(key: str) -> str:
    """The key under which a widget stands in the session: another one whenever its group was renewed."""
    number = st.session_state.get(_RENEWED, {}).get(_group(key), 0)
    return f"{key} {number}" if number else key


def renew(group: str) -> None:
    """Make the widgets of a group new ones, since something else has changed what they show.

    A browser that has not been told yet would send their old values with its next message, and they would be taken for the user's wish.
    """
    numbers: dict[str, int] = st.session_state.setdefault(_RENEWED, {})
    numbers[group] = numbers.get(group, 0) + 1


def _group(key: str) -> str:
    if key.startswith(("pattern", "points text", "starts ")):
        return "starts"
    return "text" if key.startswith(("own text", "window ")) else "rest"
