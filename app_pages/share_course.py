"""Taking the whole course along: a static site, for a web space or a USB stick."""

from __future__ import annotations

import streamlit as st

from app_pages.making import download, in_words, made
from exports.files import COURSE_MB, CourseSite
from scenario.lessons import lessons
from scenario.ready import READY


def course() -> None:
    """The part of "Share" that makes it."""
    st.caption(
        f"All {len(lessons())} lessons, {len(READY)} presets and pages of the lab as a folder of web pages, packed (ZIP). They play, ask "
        "and keep each student's answers without this app and without the internet: put the folder on any web space, or on a USB stick. "
        f"Making it takes a minute or two, and the file has about {COURSE_MB['ZIP']} MB."
    )
    if content := made(CourseSite(), "Make the course", in_line=True):
        download(f"Save the course ({in_words(len(content))})", lambda: content, "zip", "Unpack it and open index.html", "course")
