"""The "Playlist" list in the page's header: a teacher's own order of scenarios, and presenting them.

It is kept in the session and, where it is short enough, in the page's address, so that it survives a reload and travels with the link.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Literal

import streamlit as st

from app_pages.address import link
from app_pages.making import download
from app_pages.places import LANDSCAPE
from app_pages.races import refuse_too_large, refuse_too_long
from app_pages.session import capitalized, sentence, session, set_value, value_of
from app_pages.settings import Setting, number_below
from app_pages.widgets import acts_on, show_problem, shows, upload
from exports.playlist import (
    LONGEST_IN_LINK,
    LONGEST_TITLE,
    PLAYLIST,
    Entry,
    Playlist,
    from_link_text,
    from_playlist_file,
    parse_entries,
    title_of,
    to_link_text,
    to_playlist_file,
)
from player.markdown import plain
from scenario import Experiment, View
from scenario.lessons import lessons
from scenario.questions import asked_of
from scenario.ready import READY
from scenario.setup import Setup

_IN_LINK = {page: (Setting(page, PLAYLIST), Setting(page, "item")) for page in ("race", "network", LANDSCAPE)}
"""The list as the links of the pages that have one hold it, and the entry that is shown, counted from 1."""
_POPOVER, _FILE = "playlist", "playlist file"
_TURN, _EDIT = "turn", "edit playlist"
"""The fields where it is said that an entry cannot be shown, and that the list cannot be changed like this."""


def playlist() -> None:
    """The list, as a popover."""
    shown = _now()
    popover = st.popover("Playlist", icon=":material/playlist_play:", width="content", key=_POPOVER, on_change="rerun")
    if popover.open:
        with popover, st.container(key="playlist_body"):
            _add(shown)
            _entries(shown)
            _keep_it(shown)


def presented() -> dict[str, str | int]:
    """What the player needs to present the list (`player.component.follow_playlist`)."""
    shown = _now()
    at = shown.at or _place(shown)
    return {
        "list": _told_apart(shown),
        "count": len(shown.entries),
        "at": at,
        "title": shown.entries[at - 1].title if at else "",
        "chapter": session().turned_to,
        "problem": session().problems.get(_TURN, ""),
        "started": session().presentations,
    }


def _place(shown: Playlist) -> int:
    """The number of the entry that happens to be shown though nobody turned to it, the very one that was just added say; 0 if none is."""
    setup = session().setup
    return next((number for number, entry in enumerate(shown.entries, 1) if entry.view.setup == setup), 0)


def _told_apart(shown: Playlist) -> str:
    """A few letters that are others for a list with other entries."""
    text = "\n".join(f"{entry.title}\t{entry.view.setup.to_query()}" for entry in shown.entries)
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:12]


def turn(to: int, of: str = "") -> None:
    """Show another entry, for a callback. One that cannot be shown is said to be so, and the next can be turned to.

    Args:
        to: its number, counted from 1.
        of: the "list" of `presented` that was turned, if a browser has; in another one other entries have the numbers.
    """
    shown, now = _now(), session()
    if not 1 <= to <= len(shown.entries) or (of and of != _told_apart(shown)):
        now.refuse(_TURN, ValueError("the playlist was changed meanwhile; turn again"))
        return
    entry = shown.entries[to - 1]
    _keep(Playlist(shown.entries, to))
    if now.open(lambda: _showable(entry), _TURN):
        now.begin(entry.title, entry.view.setup)
        now.to_ask = entry.asks
    else:
        now.begin(now.chapter.title, now.chapter.scenario)
    now.turned_to = now.chapter.key


def _showable(entry: Entry) -> View:
    setup = entry.view.setup
    try:
        if isinstance(setup, Experiment):
            refuse_too_long(setup)
        else:
            refuse_too_large(entry.view.scenario)
    except ValueError as error:
        raise ValueError(f"“{entry.title}” cannot be shown: {error}") from None
    return entry.view


# ---- where it is kept


def _now() -> Playlist:
    """The list, after taking over that of the address where it is not the one put there last.

    An address without a list, as of a link to a scenario, leaves the session's.
    """
    now = session()
    text, at = (setting.value for setting in _IN_LINK[now.page])
    written = now.playlist_in_link
    if (text, at) == written:
        return now.playlist
    only_here = now.playlist.entries and not written[0]  # it is too long for a link
    if not text or (text != written[0] and only_here):
        _restore(written)
        return now.playlist
    try:
        read, notes = from_link_text(text) if text != written[0] else (now.playlist, ())
    except ValueError as error:
        _restore(written)
        now.note(sentence(error))
        return now.playlist
    _tell(notes)
    _restore((text, at))
    now.playlist_in_link = (text, at)
    now.playlist = Playlist(read.entries, number_below(len(read.entries) + 1, at) or 0)
    return now.playlist


def _restore(written: tuple[str, str]) -> None:
    """Let the addresses of all pages that have the list say this."""
    for settings in _IN_LINK.values():
        for setting, value in zip(settings, written, strict=True):
            setting.correct(value)


def _keep(changed: Playlist) -> None:
    """Keep a changed list, for a callback; also in the address where it is short enough."""
    now, text = session(), to_link_text(changed)
    now.playlist = changed
    now.playlist_in_link = (text, str(changed.at or "")) if len(text) <= LONGEST_IN_LINK else ("", "")
    now.outdated = True
    _restore(now.playlist_in_link)


def _edit(make: Callable[[Playlist], Playlist]) -> None:
    """Change the list, for a callback; where that is not possible, the list says why."""

    def edited(setup: Setup) -> Setup:
        _keep(make(_now()))
        return setup

    session().change(_EDIT, edited)


# ---- what the popover holds


def _add(shown: Playlist) -> None:
    title, button = st.columns([3, 1], vertical_alignment="bottom")
    suggested = title_of(session().view)
    key = f"playlist title {suggested}"
    title.text_input("What is shown now", suggested, key=key, max_chars=LONGEST_TITLE)
    button.button("Add", key="playlist add", width="stretch", on_click=lambda: _add_current(value_of(key)))
    chosen, pasted = st.columns(2)
    chosen.selectbox("A preset or lesson", list(_ready()), index=None, placeholder="Add one", **shows("playlist ready", None, _add_ready))
    typed: str = session().reported("playlist links", "") if _EDIT in session().problems else ""
    pasted.text_input(
        "Links, with spaces between", typed, placeholder="http://…/?landscape=…", **shows("playlist links", typed, _add_links)
    )
    show_problem(_EDIT)


def _add_current(title: str) -> None:
    _edit(lambda now: now.added([Entry("", session().view)]).renamed(len(now.entries), title))


def _ready() -> dict[str, Entry]:
    """What the app brings along, by the words in which it is offered."""
    presets = {preset.title: Entry(preset.title, View(preset.scenario, preset.panels)) for preset in READY}
    course = {
        f"Lesson {lesson.number}: {lesson.title}": Entry(lesson.title, View(lesson.scenario, lesson.show)) for lesson in lessons().values()
    }
    return presets | course


def _add_ready(chosen: str | None) -> None:
    if chosen:
        _edit(lambda now: now.added([_ready()[chosen]]))


def _add_links(text: str) -> None:
    def with_links(now: Playlist) -> Playlist:
        entries, notes = parse_entries(text)
        _tell(notes)
        return now.added(entries)

    if text.strip():
        _edit(with_links)


def _entries(shown: Playlist) -> None:
    if not shown.entries:
        st.caption("Nothing in the playlist yet. Add what is shown now, presets, lessons, or links that were pasted.")
        return
    with st.container(key="playlist_entries"):
        for index, entry in enumerate(shown.entries):
            _entry(shown, index, entry)
    show_problem(_TURN)


def _entry(shown: Playlist, index: int, entry: Entry) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"entry_{index}"):
        number = index + 1
        kind: Literal["primary", "secondary"] = "primary" if number == shown.at else "secondary"
        st.button(f"{number}", key=f"entry show {index}", help=f"Show “{plain(entry.title)}”", type=kind, on_click=turn, args=(number,))
        st.text_input(
            f"Title of number {number}",
            entry.title,
            label_visibility="collapsed",
            max_chars=LONGEST_TITLE,
            **shows(f"entry title {index}", entry.title, lambda title: _edit(lambda now: now.renamed(index, title))),
        )
        questions = {"": "No question", **asked_of(entry.view.setup)}
        st.selectbox(
            f"Question to the class with number {number}",
            list(questions),
            index=list(questions).index(entry.asks),
            format_func=questions.__getitem__,
            label_visibility="collapsed",
            **shows(f"entry asks {index}", entry.asks, lambda asks: _edit(lambda now: now.asking(index, asks)), entry.view),
        )
        _small(f"entry up {index}", ":material/arrow_upward:", "Earlier", lambda now: now.moved(index, -1), index == 0)
        _small(f"entry down {index}", ":material/arrow_downward:", "Later", lambda now: now.moved(index, 1), number == len(shown.entries))
        _small(f"entry remove {index}", ":material/close:", "Remove", lambda now: now.removed(index))


def _small(name: str, icon: str, label: str, make: Callable[[Playlist], Playlist], disabled: bool = False) -> None:
    """A button that shows its icon only; its label is for screen readers."""
    st.button(label, icon=icon, help=label, type="tertiary", disabled=disabled, **acts_on(name, _views, lambda: _edit(make)))


def _views() -> tuple[View, ...]:
    """What is in the list now; a title may be typed and left by the very click on a button."""
    return tuple(entry.view for entry in session().playlist.entries)


def _keep_it(shown: Playlist) -> None:
    if shown.entries:
        st.button("Present", icon=":material/slideshow:", key="playlist present", type="primary", width="stretch", on_click=_present)
        st.caption("Page Down and Page Up, as a presenter's remote sends them, show the next and the one before. B blanks the screen.")
        if any(entry.asks for entry in shown.entries):
            st.caption("Where there is a question, Page Down shows it with its code, then what the class has answered, and then goes on.")
        download("Save the playlist", to_playlist_file(shown), "json", "Opens again here, on any computer", PLAYLIST)
        if len(to_link_text(shown)) > LONGEST_IN_LINK:
            st.caption(
                f"This playlist is too long for a link ({len(to_link_text(shown)):,} letters; {LONGEST_IN_LINK:,} can be sent safely). "
                "It is gone when this page is closed: save it as a file."
            )
        else:
            st.caption("The address of this page holds the playlist: a bookmark keeps it, and whoever opens it can present it.")
    upload("Open a saved playlist", "json", _FILE, 4, _open_file, link())


def _present() -> None:
    """Close the list, and let the player present from the entry that is shown, or the first."""
    set_value(_POPOVER, False)
    session().presentations += 1
    shown = _now()
    if not shown.at or shown.entries[shown.at - 1].view.setup != session().setup:
        turn(shown.at or 1)
    else:
        session().to_ask, session().outdated = shown.entries[shown.at - 1].asks, True


def _open_file() -> None:
    if file := value_of(_FILE):
        text = file.getvalue().decode("utf-8", errors="replace")

        def read(now: Playlist) -> Playlist:
            found, notes = from_playlist_file(text)
            _tell(notes)
            return found

        _edit(read)


def _tell(notes: tuple[str, ...]) -> None:
    for note in notes:
        session().note(f"{capitalized(note)}.")
