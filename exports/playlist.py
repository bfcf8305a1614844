"""A playlist: scenarios and experiments in a teacher's own order, each with a title; as a file, in a link, and the way back."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from scenario.questions import asked_of
from scenario.ready import READY
from scenario.text import BOM, PLAYLIST_FIELD, query_of
from scenario.view import View, opened, pairs_of, to_file
from version import PROGRAM

VERSION = 1
"""The version of the file's format: an older one is read, a newer one is refused."""
PLAYLIST = PLAYLIST_FIELD
"""The field of a file, and the parameter of a link, that holds the list."""
ASKS = "asks"
"""The field of an entry that holds the name of its question."""
LONGEST_IN_LINK = 1_500
"""Characters. A longer address is cut off by some of the programs through which it is sent."""
MOST_ENTRIES = 200
LONGEST_TITLE = 120
_MOST_BYTES = 4_000_000


@dataclass(frozen=True)
class Entry:
    """One scenario or experiment of a playlist.

    Attributes:
        title: what it is, as shown to a class.
        view: the scenario, and the panels that it is looked at in.
        asks: the name of what a class is asked before it is played, one of `scenario.questions`; "" for nothing.
    """

    title: str
    view: View
    asks: str = ""


@dataclass(frozen=True)
class Playlist:
    """Scenarios in an order, and which of them is shown.

    Attributes:
        entries: in their order.
        at: the entry shown, or shown last: counted from 1, 0 if none was.
    """

    entries: tuple[Entry, ...] = ()
    at: int = 0

    def added(self, entries: Iterable[Entry]) -> Playlist:
        """The playlist with more entries at its end.

        Raises:
            ValueError: that would be too many.
        """
        return replace(self, entries=_limited((*self.entries, *entries)))

    def renamed(self, index: int, title: str) -> Playlist:
        """The playlist with another title for the entry at `index`, counted from 0.

        Raises:
            ValueError: the title is empty or too long.
        """
        return self._with(index, replace(self.entries[index], title=checked_title(title)))

    def asking(self, index: int, asks: str) -> Playlist:
        """The playlist with another question for the entry at `index`, counted from 0; "" for none.

        Raises:
            ValueError: this cannot be asked of it.
        """
        entry = self.entries[index]
        return self._with(index, replace(entry, asks=_checked_question(asks, entry.view)))

    def moved(self, index: int, by: int) -> Playlist:
        """The playlist with the entry at `index`, counted from 0, swapped with the one before it (`by` = -1) or after it (1).

        At either end nothing changes. What is shown stays shown.
        """
        other = index + by
        if not 0 <= other < len(self.entries):
            return self
        numbers = {index + 1: other + 1, other + 1: index + 1}
        changed = self._with(index, self.entries[other])._with(other, self.entries[index])
        return replace(changed, at=numbers.get(self.at, self.at))

    def removed(self, index: int) -> Playlist:
        """The playlist without the entry at `index`, counted from 0. If that one was shown, the next one is still the one after it."""
        return Playlist(self.entries[:index] + self.entries[index + 1 :], self.at - (index < self.at))

    def _with(self, index: int, entry: Entry) -> Playlist:
        return replace(self, entries=(*self.entries[:index], entry, *self.entries[index + 1 :]))


def checked_title(title: str) -> str:
    """A title without white space around it, and with single spaces inside.

    Raises:
        ValueError: it is empty or too long, or holds half a character, as a damaged file's does.
    """
    tidy = " ".join(title.split())
    if not tidy:
        raise ValueError("a title needs at least one letter; write what the scenario shows")
    if any("\ud800" <= letter <= "\udfff" for letter in tidy):
        raise ValueError("this title holds half a character, which cannot be shown; write it anew")
    if len(tidy) > LONGEST_TITLE:
        raise ValueError(f"this title has {len(tidy)} letters, and at most {LONGEST_TITLE} can be shown to a class; shorten it")
    return tidy


def _checked_question(asks: str, view: View) -> str:
    """The name of a question.

    Raises:
        ValueError: it cannot be asked of the view.
    """
    known = asked_of(view.setup)
    if asks and asks not in known:
        raise ValueError(f"{asks!r} is no question that can be asked of {view.setup.title}; there are {', '.join(known)}")
    return asks


def title_of(view: View) -> str:
    """A title for a view that has none: the preset's that it shows, else its landscape or data and its optimizers."""
    named = [preset.title for preset in READY if preset.scenario == view.setup]
    title = named[0] if named else f"{view.setup.title}: {', '.join(view.setup.labels())}"
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


# ---- a file


def to_playlist_file(playlist: Playlist) -> str:
    """The list as JSON: its version, and for each entry the title and the scenario as in a file of its own."""
    entries = [
        {"title": entry.title, "scenario": json.loads(to_file(entry.view))} | ({ASKS: entry.asks} if entry.asks else {})
        for entry in playlist.entries
    ]
    return json.dumps({"version": VERSION, "program": PROGRAM, PLAYLIST: entries}, ensure_ascii=False, indent=1)


def from_playlist_file(text: str) -> tuple[Playlist, tuple[str, ...]]:
    """The list of a file, and a sentence for everything in it that had to be changed or left out.

    Raises:
        ValueError: it is no playlist, or a newer version's, or nothing in it can be shown; the message says which.
    """
    if len(text) > _MOST_BYTES:
        raise ValueError(f"this has {len(text):,} letters, and no playlist needs more than {_MOST_BYTES:,}; choose another file")
    try:
        content = json.loads(text.removeprefix(BOM))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"this is no playlist: {error}") from None
    if not isinstance(content, dict) or not isinstance(content.get(PLAYLIST), list):
        raise ValueError(f'this is no playlist: it should be a JSON object with "{PLAYLIST}": [...], as "Save the playlist" writes it')
    version = content.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise ValueError(f'this is no playlist: its "version" should be a whole number up to {VERSION}, not {version!r}')
    if version > VERSION:
        raise ValueError(f"this playlist has the version {version}; this app reads up to version {VERSION}: update the app")
    items = content[PLAYLIST]
    return _read(
        (item.get("title"), json.dumps(item.get("scenario")), item.get(ASKS)) if isinstance(item, dict) else (None, str(item), None)
        for item in items
    )


# ---- a link


def to_link_text(playlist: Playlist) -> str:
    """The list as URL-safe Base64 of compressed titles and queries. Empty for an empty list.

    A result beyond `LONGEST_IN_LINK` should not be put into a link.
    """
    if not playlist.entries:
        return ""
    content = [[entry.title, query_of(pairs_of(entry.view)), *([entry.asks] if entry.asks else [])] for entry in playlist.entries]
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()) + packer.flush()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def from_link_text(text: str) -> tuple[Playlist, tuple[str, ...]]:
    """The list of a link, and a sentence for everything in it that had to be changed or left out.

    Raises:
        ValueError: it is damaged, or nothing in it can be shown.
    """
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True)
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        content = json.loads(unpacker.decompress(packed, _MOST_BYTES))
        items = [(title, query, asks[0] if asks else None) for title, query, *asks in content]
    except (binascii.Error, zlib.error, ValueError, TypeError, RecursionError):
        raise ValueError("the playlist in this link is damaged; copy the whole link again, or open the playlist's file") from None
    return _read(items)


def parse_entries(text: str) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """What pasted text adds to a list: links with white space between them, or a file's text; and what had to be changed in it.

    A link or a file that holds a playlist gives all its entries.

    Raises:
        ValueError: something in it is neither; the message says what.
    """
    if text.removeprefix(BOM).lstrip().startswith("{"):
        found = [from_playlist_file(text) if f'"{PLAYLIST}"' in text else _single(opened(text))]
    else:
        found = [_of_link(link) for link in text.split()]
    return tuple(entry for playlist, _ in found for entry in playlist.entries), tuple(note for _, notes in found for note in notes)


def _of_link(link: str) -> tuple[Playlist, tuple[str, ...]]:
    packed = parse_qs(link.partition("?")[2].partition("#")[0]).get(PLAYLIST)
    return from_link_text(packed[-1]) if packed else _single(opened(link))


def _single(view: View) -> tuple[Playlist, tuple[str, ...]]:
    return Playlist((Entry(title_of(view), replace(view, notes=())),)), view.notes


def _read(items: Iterable[tuple[Any, Any, Any]]) -> tuple[Playlist, tuple[str, ...]]:
    """The list of titles, scenarios as text, and questions; what is not valid is changed or left out, with a note."""
    entries: list[Entry] = []
    notes: list[str] = []
    for number, (title, text, asks) in enumerate(items, 1):
        try:
            view = opened(str(text))
        except ValueError as error:
            notes.append(f"number {number} of the playlist was left out: {error}")
            continue
        try:
            name = checked_title(title) if isinstance(title, str) else title_of(view)
        except ValueError as error:
            name = title_of(view)
            notes.append(f"number {number} of the playlist is now called {name!r}: {error}")
        notes += [f"{name}: {note}" for note in view.notes]
        try:
            question = _checked_question("" if asks is None else str(asks), view)
        except ValueError as error:
            question = ""
            notes.append(f"{name} asks nothing now: {error}")
        entries.append(Entry(name, replace(view, notes=()), question))
    if not entries:
        raise ValueError(f"this playlist holds nothing that can be shown: {'; '.join(notes)}" if notes else "this playlist is empty")
    return Playlist(_limited(tuple(entries))), tuple(notes)


def _limited(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    if len(entries) > MOST_ENTRIES:
        raise ValueError(f"this makes {len(entries)} entries, and a playlist has room for {MOST_ENTRIES}; make two of it")
    return entries
