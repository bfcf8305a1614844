"""What all pages of the app have around their picture."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path

import streamlit as st

from app_pages.address import read_address, write_address
from app_pages.controls import sidebar
from app_pages.ground import ground_ready, network_button
from app_pages.recovery import tell_browser
from app_pages.session import capitalized, session
from player.component import tend_page
from player.markdown import plain
from player.scoreboard import SCOREBOARD_STYLE

_STYLES = (*(Path(__file__).with_name(name) for name in ("style.css", "playlist.css", "share.css")), SCOREBOARD_STYLE)
"""The style sheets, sent as one: a browser keeps what is as long, and is not sent it again."""


def frame(
    name: str,
    header: Callable[[], None],
    picture: Callable[[], None],
    without: Collection[str] = (),
    title: Callable[[], str] | None = None,
    claim: Callable[[], str] | None = None,
    controls: Callable[[str], None] | None = None,
    afterwards: Callable[[], None] | None = None,
) -> None:
    """Draw a page: the picture first, since it is what everybody waits for.

    Args:
        name: of the page.
        header: draws what stands beside the landscape's name, from left to right.
        picture: draws the rest.
        without: parts of the sidebar that cannot matter here (`app_pages.controls.sidebar`).
        title: gives what stands at the top, once the link is read; the landscape's name if not given.
        claim: gives the sentence under the title, as Markdown; none if not given.
        controls: draws the sidebar in place of the scenario's, given that sentence.
        afterwards: what takes long and nobody has to wait for, done once all else is there and can be used.
    """
    st.html(_style())
    read_address(name)
    with st.container(key="ground"):
        ready = ground_ready()
    if not ready:
        _tend(name)
        write_address()
        tell_browser()
        return
    with st.container(key="header", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"# {plain(title() if title else session().setup.title)}", width="stretch")
        header()
    told = claim() if claim else ""
    if told:
        with st.container(key="claim"):
            st.caption(told)
    notes = st.container()
    picture()
    _tend(f"{name} {title() if title else ''}")
    with notes:
        _tell()
    if controls:
        controls(told)
    else:
        sidebar(without, told)
    write_address()
    tell_browser()
    if afterwards:
        afterwards()


def _tend(place: str) -> None:
    now = session()
    now.draws += 1
    tend_page(place, now.draws)


@cache
def _style() -> str:
    """In one line, through which Streamlit looks, every time, for how far it is indented."""
    return f"<style>{' '.join(' '.join(file.read_text(encoding='utf-8') for file in _STYLES).split())}</style>"


def _tell() -> None:
    """Show what was changed on the user's behalf: until the next change, or, if it is to last, until it is closed."""
    notes = session().notes
    if not notes:
        return
    told = [plain(capitalized(note.text)) for note in notes]
    with st.container(key="notes", horizontal=True, vertical_alignment="center", gap="small"):
        st.info(told[0] if len(told) == 1 else "\n".join(f"- {text}" for text in told), icon=":material/info:")
        for entrants in [note.entrants for note in notes if note.entrants][-1:]:
            st.button(
                "Undo tuning", icon=":material/undo:", key="undo tuning", type="tertiary", on_click=session().bring_back, args=(entrants,)
            )
        for network in [note.network for note in notes if note.network][-1:]:
            network_button(network)
        st.button("Close", icon=":material/close:", key="close notes", type="tertiary", on_click=session().forget)
