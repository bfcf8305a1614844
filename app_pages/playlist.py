"""The "Playlist" list in the page's header: a teacher's own order of scenarios, and presenting them.

It is kept in the session and, where it is short enough, in the page's address, so that it survives a reload and travels with the link.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import streamlit as st

from app_pages.making import download
from app_pages.presets import begin, chapter
from app_pages.races import refuse_too_large
from app_pages.state import change, complaint, current, mend, open_view, problem, put, setting, stay, view
from app_pages.widgets import complain
from exports.playlist import (
    LONGEST_IN_LINK,
    LONGEST_TITLE,
    PLAYLIST,
    Entry,
    Playlist,
    entries_of,
    of_link_text,
    of_playlist_file,
    title_of,
    to_link_text,
    to_playlist_file,
)
from exports.saved import View
from scenario import Scenario
from scenario.lessons import lessons
from scenario.presets import PRESETS

_LIST, _AT = PLAYLIST, "item"
OWN = {_LIST: "", _AT: ""}
"""What the page's link says of the playlist: its text, and which of its entries is shown."""
_KEPT, _TOLD, _TURNED, _STARTED, _PLACE, _OPEN = "kept playlist", "told playlist", "turned", "presentations", "turn", "playlist"
_EDIT = "edit playlist"
_STYLE = Path(__file__).with_name("playlist.css")
_ADDED = {"ready": "playlist ready", "links": "playlist links"}


def playlist() -> None:
    """The list, as a popover."""
    st.html(_STYLE)
    shown = _now()
    place = st.popover("Playlist", icon=":material/playlist_play:", width="content", key=_OPEN, on_change=stay)
    if place.open:
        with place, st.container(key="playlist_body"):
            _add(shown)
            _entries(shown)
            _keep_it(shown)


def presented() -> dict[str, str | int]:
    """What the player needs to present the list (`player.component.follow_playlist`)."""
    shown = _now()
    return {
        "count": len(shown.entries),
        "at": shown.at,
        "title": shown.entries[shown.at - 1].title if shown.at else "",
        "chapter": st.session_state.get(_TURNED, ""),
        "problem": problem(_PLACE) or "",
        "started": st.session_state.get(_STARTED, 0),
    }


def turn(to: int) -> None:
    """Show another entry, counted from 1, for a callback. One that cannot be shown is said to be so, and the next can be turned to."""
    shown = _now()
    if not 1 <= to <= len(shown.entries):  # the list was changed meanwhile
        return
    entry = shown.entries[to - 1]
    _put(Playlist(shown.entries, to))
    open_view(lambda: _showable(entry), _PLACE)
    before = chapter()
    begun = begin(before.title, before.scenario) if problem(_PLACE) else begin(entry.title, entry.view.scenario)
    st.session_state[_TURNED] = begun.key


def _showable(entry: Entry) -> View:
    try:
        refuse_too_large(entry.view.scenario)
    except ValueError as error:
        raise ValueError(f"“{entry.title}” cannot be shown: {error}") from None
    return entry.view


# ---- where it is kept


def _now() -> Playlist:
    """The list, after taking over that of the address where it is not the one put there last.

    An address without a list, as of a link to a scenario, leaves the session's.
    """
    said = (setting(_LIST), setting(_AT))
    told = st.session_state.setdefault(_TOLD, ("", ""))
    kept: Playlist = st.session_state.setdefault(_KEPT, Playlist())
    if said == told:
        return kept
    if not said[0] or (said[0] != told[0] and kept.entries and not told[0]):  # a list too long for a link is kept here only
        mend(**{_LIST: told[0], _AT: told[1]})
        return kept
    try:
        kept, notes = of_link_text(said[0]) if said[0] != told[0] else (kept, ())
    except ValueError as error:
        mend(**{_LIST: told[0], _AT: told[1]})
        st.toast(complaint(error), icon=":material/error:", duration="infinite")
        return kept
    for note in notes:
        st.toast(complaint(ValueError(note)), icon=":material/info:", duration="infinite")
    at = int(said[1]) if said[1].isdecimal() else 0
    st.session_state[_TOLD] = said
    st.session_state[_KEPT] = kept = Playlist(kept.entries, at if at <= len(kept.entries) else 0)
    return kept


def _put(changed: Playlist) -> None:
    text = to_link_text(changed)
    told = (text, str(changed.at or "")) if len(text) <= LONGEST_IN_LINK else ("", "")
    st.session_state[_KEPT], st.session_state[_TOLD] = changed, told
    put(**{_LIST: told[0], _AT: told[1]})


def _edit(make: Callable[[Playlist], Playlist]) -> None:
    """Change the list, for a callback; where that cannot be, the list says why."""

    def edited(scenario: Scenario) -> Scenario:
        _put(make(_now()))
        return scenario

    change(_EDIT, edited)


# ---- what the popover holds


def _add(shown: Playlist) -> None:
    title, button = st.columns([3, 1], vertical_alignment="bottom")
    suggested = title_of(view())
    key = f"playlist title {suggested}"
    title.text_input("What is shown now", suggested, key=key, max_chars=LONGEST_TITLE)
    button.button("Add", key="playlist add", width="stretch", on_click=lambda: _add_current(st.session_state[key]))
    chosen, pasted = st.columns(2)
    chosen.selectbox("A preset or lesson", list(_ready()), index=None, placeholder="Add one", key=_ADDED["ready"], on_change=_add_ready)
    pasted.text_input("Links, with spaces between", placeholder="http://…/?landscape=…", key=_ADDED["links"], on_change=_add_links)
    complain(_EDIT)


def _add_current(title: str) -> None:
    _edit(lambda now: now.added([Entry("", view())]).renamed(len(now.entries), title))


def _ready() -> dict[str, Entry]:
    """What the app brings along, by the words in which it is offered."""
    presets = {preset.title: Entry(preset.title, View(preset.scenario)) for preset in PRESETS.values()}
    course = {
        f"Lesson {lesson.number}: {lesson.title}": Entry(lesson.title, View(lesson.scenario, lesson.show)) for lesson in lessons().values()
    }
    return presets | course


def _add_ready() -> None:
    if chosen := st.session_state[_ADDED["ready"]]:
        st.session_state[_ADDED["ready"]] = None
        _edit(lambda now: now.added([_ready()[chosen]]))


def _add_links() -> None:
    text = st.session_state[_ADDED["links"]]

    def with_links(now: Playlist) -> Playlist:
        entries, notes = entries_of(text)
        _tell(notes)
        return now.added(entries)

    if text.strip():
        _edit(with_links)
        if not problem(_EDIT):
            st.session_state[_ADDED["links"]] = ""


def _entries(shown: Playlist) -> None:
    if not shown.entries:
        st.caption("Nothing in the playlist yet. Add what is shown now, presets, lessons, or links that were pasted.")
        return
    with st.container(key="playlist_entries"):
        for place, entry in enumerate(shown.entries):
            _entry(shown, place, entry)
    complain(_PLACE)


def _entry(shown: Playlist, place: int, entry: Entry) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"entry_{place}"):
        number = place + 1
        kind: Literal["primary", "secondary"] = "primary" if number == shown.at else "secondary"
        st.button(f"{number}", key=f"entry show {place}", help=f"Show “{entry.title}”", type=kind, on_click=turn, args=(number,))
        key = f"entry title {place} {entry.title}"
        st.text_input(
            f"Title of number {number}",
            entry.title,
            key=key,
            label_visibility="collapsed",
            max_chars=LONGEST_TITLE,
            on_change=lambda: _edit(lambda now: now.renamed(place, st.session_state[key])),
        )
        _small(f"entry up {place}", ":material/arrow_upward:", "Earlier", lambda now: now.moved(place, -1), place == 0)
        _small(f"entry down {place}", ":material/arrow_downward:", "Later", lambda now: now.moved(place, 1), number == len(shown.entries))
        _small(f"entry remove {place}", ":material/close:", "Remove", lambda now: now.removed(place))


def _small(key: str, icon: str, label: str, make: Callable[[Playlist], Playlist], disabled: bool = False) -> None:
    """A button that shows its icon only; its label is for screen readers."""
    st.button(label, icon=icon, key=key, help=label, type="tertiary", disabled=disabled, on_click=lambda: _edit(make))


def _keep_it(shown: Playlist) -> None:
    if shown.entries:
        st.button("Present", icon=":material/slideshow:", key="playlist present", type="primary", width="stretch", on_click=_present)
        st.caption("Page Down and Page Up, as a presenter's remote sends them, show the next and the one before. B blanks the screen.")
        download("Save the playlist", to_playlist_file(shown), "json", "Opens again here, on any computer", PLAYLIST)
        if len(to_link_text(shown)) > LONGEST_IN_LINK:
            st.caption(
                f"This playlist is too long for a link ({len(to_link_text(shown)):,} letters; {LONGEST_IN_LINK:,} can be sent safely). "
                "It is gone when this page is closed or loaded anew: save it as a file."
            )
        else:
            st.caption("The address of this page holds the playlist: a bookmark keeps it, and whoever opens it can present it.")
    st.file_uploader("Open a saved playlist", type="json", key="playlist file", max_upload_size=4, on_change=_open_file)


def _present() -> None:
    """Close the list, and let the player present from the entry that is shown, or the first."""
    st.session_state[_OPEN] = False
    st.session_state[_STARTED] = st.session_state.get(_STARTED, 0) + 1
    shown = _now()
    if not shown.at or shown.entries[shown.at - 1].view.scenario != current():
        turn(shown.at or 1)


def _open_file() -> None:
    if file := st.session_state["playlist file"]:
        text = file.getvalue().decode("utf-8", errors="replace")

        def read(now: Playlist) -> Playlist:
            found, notes = of_playlist_file(text)
            _tell(notes)
            return found

        _edit(read)


def _tell(notes: tuple[str, ...]) -> None:
    for note in notes:
        st.toast(complaint(ValueError(note)), icon=":material/info:", duration="infinite")
