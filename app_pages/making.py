"""Files to take along: made when asked for, with a bar that tells how far, and kept until something else is asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import streamlit as st

from app_pages.session import session
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
        what: is in it; the scenario's landscape if not given.
    """
    name = f"descent-{what or session().scenario.landscape.name.replace('_', '-')}.{ending}"
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
