"""Names in code, and finding an entry by its name, with a message that helps where there is none."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

Entry = TypeVar("Entry")


def lookup(entries: Mapping[str, Entry], name: str, kind: str) -> Entry:
    """The entry called `name`.

    Args:
        entries: all there are, by name.
        name: the one wanted.
        kind: what they are, for the message ("optimizer").

    Raises:
        KeyError: there is none; the message lists the valid names and the nearest one.
    """
    if isinstance(name, str) and name in entries:  # what is no text may have no hash
        return entries[name]
    raise KeyError(f"no {kind} is called {name!r}{nearest(name, entries)}; there are: {', '.join(entries)}")


def nearest(name: object, names: Iterable[str], titles: Mapping[str, str] | None = None) -> str:
    """The valid name closest to a wrong one, as the part of a message " (did you mean 'adam'?)"; "" where none is close.

    Args:
        name: the wrong one.
        names: the valid ones.
        titles: what they are called on screen, by their names, where one may have written that.
    """
    spelled = {title.casefold(): valid for valid, title in (titles or {}).items()}
    spelled |= {valid.casefold(): valid for valid in names}  # "SGD" is near to "sgd"
    close = difflib.get_close_matches(str(name).casefold(), list(spelled), 1)
    return f" (did you mean {spelled[close[0]]!r}?)" if close else ""


def nearest_or(name: object, names: Iterable[str], listing: str) -> str:
    """What can be written instead of a wrong name, as the rest of a message: the closest valid name alone, else a listing of all."""
    return nearest(name, names) or f"; {listing}"


def slug(title: str) -> str:
    """A title as a name in code: "Three-hump camel" -> "three_hump_camel"."""
    return "".join(letter if letter.isalnum() else "_" for letter in title.lower())


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: "Adam, RMSProp and SGD"; "" where there is none."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
