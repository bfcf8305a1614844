"""Machine code kept on disk, so that the next process need not compile it: by what it was made of, in the user's own cache directory.

A file holds the code behind a digest of it and of the file's name; one that is cut off, was changed or has another's name is as good as
none. Files are written under another name
first, so several processes do not disturb each other. `DESCENT_CACHE` names another directory, or "off".
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

_VARIABLE = "DESCENT_CACHE"
_MARK = b"descent object code 2\n"
_DIGEST = hashlib.sha256().digest_size
MOST = 2_000
"""Files that are kept, some 5 kB each; where there are more, those go that were used longest ago."""


@cache
def directory() -> Path | None:
    """Where the files are; None where none can be kept, or a directory that others can write to is all there is."""
    asked = os.environ.get(_VARIABLE, "").strip()
    if asked.lower() == "off":
        return None
    try:
        place = (Path(asked).expanduser() if asked else _of_user()) / "machine-code"
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = not hasattr(os, "getuid") or (place.stat().st_uid == os.getuid() and not place.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH))
    except (OSError, RuntimeError):  # no home, or nothing can be written there
        return None
    return place if own else None


def _of_user() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "descent"


def find(*made_of: str) -> bytes | None:
    """The code that was made of some texts; None where there is none, or its file cannot be used."""
    place = _file(made_of)
    try:
        content = place.read_bytes() if place else b""
    except OSError:
        return None
    code = content[len(_MARK) + _DIGEST :]
    if not place or not content.startswith(_head(code, place)):
        return None
    with suppress(OSError):  # it can be read, if not changed
        os.utime(place)
    return code


def keep(code: bytes, *made_of: str) -> None:
    """Keep the code that was made of some texts, if that can be done."""
    place = _file(made_of)
    if place is None:
        return
    with suppress(OSError):
        handle, name = tempfile.mkstemp(dir=place.parent, prefix="new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_head(code, place) + code)
            os.replace(name, place)
        except OSError:
            os.unlink(name)
        _drop_old(place.parent)


def _head(code: bytes, place: Path) -> bytes:
    """What a file begins with."""
    return _MARK + hashlib.sha256(place.name.encode() + code).digest()


def _file(made_of: tuple[str, ...]) -> Path | None:
    place = directory()
    return place / hashlib.sha256("\0".join(made_of).encode()).hexdigest() if place else None


def _drop_old(place: Path) -> None:
    names = os.listdir(place)
    if len(names) > MOST:
        by_age = sorted(names, key=lambda name: (place / name).stat().st_mtime)
        for name in by_age[: len(names) - MOST * 3 // 4]:
            (place / name).unlink(missing_ok=True)
