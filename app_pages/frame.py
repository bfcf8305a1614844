"""What all pages of the app have around their picture."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import streamlit as st

from app_pages.controls import sidebar
from app_pages.state import current, notes, open_link, show_in_link

_STYLE = Path(__file__).with_name("style.css")


def frame(
    name: str,
    header: Callable[[], None],
    picture: Callable[[], None],
    own: Mapping[str, str] | None = None,
    without: Collection[str] = (),
    title: Callable[[], str] | None = None,
) -> None:
    """Draw a page: the picture first, since it is what everybody waits for.

    Args:
        name: of the page.
        header: draws what stands beside the landscape's name, from left to right.
        picture: draws the rest.
        own: the page's own settings, with what they are if nothing is said (`app_pages.state.open_link`).
        without: parts of the sidebar that cannot matter here (`app_pages.controls.sidebar`).
        title: gives what stands at the top, once the link is read; the landscape's name if not given.
    """
    st.html(_STYLE)
    open_link(name, own)
    _tell()
    with st.container(key="header", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"#### {title() if title else current().build_landscape().name}", width="content")
        header()
    picture()
    _tell()
    sidebar(without)
    show_in_link(own)


def _tell() -> None:
    """Show what was changed on the user's behalf."""
    for note, lasting in notes():
        st.toast(note[0].upper() + note[1:], icon=":material/info:", duration="infinite" if lasting else "long")
