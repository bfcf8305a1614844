"""Files to take along: made when asked for, with a bar that tells how far, and kept until something else is asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import streamlit as st

from app_pages.session import session
from figures import THEMES, Theme
from simulation.progress import Progress

_TYPES = {
    "csv": "text/csv",
    "gif": "image/gif",
    "html": "text/html",
    "json": "application/json",
    "mp4": "video/mp4",
    "npz": "application/octet-stream",
    "png": "image/png",
    "py": "text/x-python",
    "svg": "image/svg+xml",
}


def made(wanted: Hashable, label: str, make: Callable[[Progress], bytes]) -> bytes | None:
    """The file's content once the user has asked for it; a button that asks for it until then.

    Args:
        wanted: what the content depends on; the content is made anew when it differs from the last time.
        label: of the button.
        make: the content. It may take a while and tells how far it is.
    """
    kept = session().file
    if kept and kept[0] == wanted:
        return kept[1]
    slot = st.empty()
    if not slot.button(label, type="primary", width="stretch"):
        return None
    bar = slot.progress(0.0)
    content = make(lambda done: bar.progress(done, f"{done:.0%} done"))
    slot.empty()
    session().file = (wanted, content)
    return content


def download(label: str, content: bytes | str | Callable[[], bytes | str], ending: str, help: str = "", what: str = "") -> None:
    """A button that saves the content as a file named after what is in it.

    Args:
        label: of the button.
        content: of the file; or what gives it, which is called outside the session and must not read its state.
        ending: of the file's name.
        help: what is shown when the mouse rests on it.
        what: is in it; the name of the landscape or the data if not given.
    """
    name = f"descent-{what or session().setup.subject.replace('_', '-')}.{ending}"
    st.download_button(
        label,
        content,
        name,
        _TYPES[ending],
        key=f"save {ending} {label}",
        help=help or None,
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
    )


def theme_choice(column: st.delta_generator.DeltaGenerator, key: str) -> Theme:
    """A choice of colours in a column, at first as the page is shown."""
    now = st.context.theme.type or "light"
    chosen = column.segmented_control(
        "Colours", list(THEMES), default=now, key=f"theme {key} {now}", format_func=str.capitalize, required=True
    )
    return THEMES[str(chosen)]


def code(languages: Mapping[str, Callable[[Any], str]]) -> None:
    """What is shown as a script, in one of some languages, to copy or to save.

    Args:
        languages: what writes the script of a setup, by the language's title; PyTorch is the first that is shown.
    """
    chosen = st.segmented_control("Code", list(languages), default="In PyTorch", key="code", required=True, label_visibility="collapsed")
    content = languages[str(chosen)](session().setup)
    st.code(content, language="python", height=320)
    download("Save the script", content, "py")


def in_words(content: bytes) -> str:
    """How large a file is."""
    return f"{len(content) / 1e6:.1f} MB" if len(content) > 1e6 else f"{len(content) / 1e3:.0f} kB"
