"""What lets a tab come back as it was to a server that does not know it: one that was started again, or has forgotten it.

At the end of every run the browser is told the session as one text, and gives it back when the connection has been lost in between
(player/js/connection.js). What the address says is taken from there, as ever; the text brings what no address holds: what the other pages
show, a list too long for a link, what was chosen by its title, and that something was being computed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app_pages.kept import Chapter
from app_pages.session import Session, session
from exports.playlist import PLAYLIST, Playlist, from_link_text, from_playlist_file, to_link_text, to_playlist_file
from player.component import connection, keep
from scenario import View
from scenario.panels import ordered
from scenario.setup import Setup
from scenario.text import PANELS_FIELD, VERSION_FIELD, query_of
from scenario.view import KINDS, is_whole, opened
from version import VERSION

_KEY, _KEPT = "connection", "kept"
_LONGEST = 2_000_000
"""Letters of a text that is looked at."""
_IN_LINK = (PLAYLIST, "item")
"""The settings of pages that the list of the session is put into by itself."""


def come_back() -> None:
    """Let a session that has just begun be the one that its tab had, before anything of the page is drawn."""
    now = session()
    told = connection(_KEY)
    now.returns = int(told["back"]) if isinstance(told["back"], int | float) else 0
    name, _, text = str(told["kept"]).partition(",")
    if name in ("", now.name, now.was):
        return
    now.was = name
    take_over(now, text)
    now.page = ""  # so that the address is read, as where a tab opens: it is newer where both tell of the same


def tell_browser() -> None:
    """Tell the browser what the session is, once all of the page is drawn."""
    now = session()
    context = get_script_run_ctx()
    address = f"{st.context.url or ''}?{context.query_string if context else ''}"
    keep(f"{now.name},{as_text(now)}", now.returns, _KEPT, address)


# ---- as a text


def as_text(now: Session) -> str:
    """What of a session a tab is to have again, as JSON."""
    shown = {
        "desks": {name: _text_of(View(desk.setup, desk.panels)) for name, desk in now.desks.items()},
        "chapters": {
            name: [desk.chapter.number, desk.chapter.title, _text_of(View(desk.chapter.scenario))]
            for name, desk in now.desks.items()
            if desk.chapter.number
        },
        "kinds": {page: kind.noun for page, kind in now.kinds.items()},
        "settings": {page: {name: said for name, said in own.items() if name not in _IN_LINK} for page, own in now.settings.items()},
        "playlist": [_text_of_list(Playlist(now.playlist.entries)), now.playlist.at, bool(now.playlist_in_link[0])],
        "texts": {name: getattr(now, name) for name in ("formula", "table", "turned_to")},
        "counts": {name: getattr(now, name) for name in ("plays", "presentations")},
        "progress": now.progress,
        "unfinished": sorted(now.unfinished),
    }
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=512)
def _text_of(view: View) -> str:
    """A view with all its data, however long they are."""
    return query_of([*view.setup.pairs, (PANELS_FIELD, ".".join(view.panels)), (VERSION_FIELD, VERSION)])


@lru_cache(maxsize=128)
def _text_of_list(playlist: Playlist) -> str:
    return to_link_text(playlist) if all(is_whole(entry.view) for entry in playlist.entries) else to_playlist_file(playlist)


# ---- and back


def take_over(now: Session, text: str) -> None:
    """Let a session be what a text of `as_text` tells; what it does not tell in that form stays as it is."""
    try:
        content = json.loads(text) if len(text) <= _LONGEST else None
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, dict):
        _take_desks(now, content)
        _take_rest(now, content)
        _take_list(now, content.get("playlist"))


def _take_desks(now: Session, content: Mapping[str, Any]) -> None:
    for name, text in _entries(content, "desks", str):
        if (view := _view(text)) and name in now.desks:
            now.desks[name].setup, now.desks[name].panels = view.setup, ordered(view.panels, view.setup.known_panels)
    for name, chapter in _entries(content, "chapters", list):
        if name in now.desks and [type(part) for part in chapter] == [int, str, str] and (view := _view(chapter[2])):
            now.desks[name].chapter = Chapter(chapter[0], chapter[1], view.setup)


def _take_rest(now: Session, content: Mapping[str, Any]) -> None:
    nouns: dict[str, type[Setup]] = {kind.noun: kind for kind in KINDS}
    now.kinds.update({page: nouns[noun] for page, noun in _entries(content, "kinds", str) if noun in nouns})
    for page, own in _entries(content, "settings", dict):
        now.settings[page] = {name: said for name, said in own.items() if isinstance(said, str)}
    for kind, names in ((str, ("formula", "table", "turned_to")), (int, ("plays", "presentations"))):
        for name, value in _entries(content, "texts" if kind is str else "counts", kind):
            if name in names:
                setattr(now, name, value)
    if isinstance(content.get("progress"), dict):
        now.progress = dict(_entries(content, "progress", str))
    if isinstance(content.get("unfinished"), list):
        now.unfinished = {str(kind) for kind in content["unfinished"]}


def _entries(content: Mapping[str, Any], name: str, kind: type) -> list[tuple[str, Any]]:
    found = content.get(name)
    return [(key, value) for key, value in found.items() if isinstance(value, kind)] if isinstance(found, dict) else []


def _view(text: str) -> View | None:
    try:
        return opened(f"?{text}")
    except (KeyError, TypeError, ValueError):
        return None


def _take_list(now: Session, told: Any) -> None:
    if not isinstance(told, list) or [type(part) for part in told] != [str, int, bool] or not told[0]:
        return
    text, at, in_link = told
    try:
        read, _ = from_playlist_file(text) if text.startswith("{") else from_link_text(text)
    except ValueError:
        return
    now.playlist = Playlist(read.entries, at if 0 <= at <= len(read.entries) else 0)
    now.playlist_in_link = (to_link_text(now.playlist), str(at or "")) if in_link else ("", "")
