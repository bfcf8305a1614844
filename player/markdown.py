"""Texts in Streamlit's Markdown."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"[!-/:-@\[-`{-~]")
"""All punctuation of ASCII: Markdown lets each be escaped, and Streamlit's own signs, $ : [ ], are among them."""
_LINK = re.compile(r"https?(?=://)|www(?=\.)|(?<=[\w.+-])(?=@)", re.IGNORECASE)
"""What Streamlit makes a link of, escaped or not, unless something stands between it and what follows."""
_NOTHING = "\u2060"
"""A character without width."""


def plain(text: str) -> str:
    """A text as Markdown that shows it letter for letter, on one line: what comes from links, files and errors is not Markdown."""
    return _SPECIAL.sub(r"\\\g<0>", _LINK.sub(rf"\g<0>{_NOTHING}", " ".join(text.split())))
