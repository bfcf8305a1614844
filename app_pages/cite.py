"""How to cite what is shown: the program with its version, and the link under which others see the same."""

from __future__ import annotations

import streamlit as st

from version import AUTHORS, PROGRAM, RELEASED, VERSION


def cite(title: str, address: str) -> None:
    """The reference to a link, in words, and as BibTeX."""
    st.caption("For what is shown, as it is set now. The version counts: what is computed may change with it.")
    st.code(in_words(title, address), language=None, wrap_lines=True)
    st.code(as_bibtex(title, address), language="bibtex", wrap_lines=True)


def in_words(title: str, address: str) -> str:
    """The reference as a sentence."""
    return f"{AUTHORS} ({RELEASED[:4]}). {PROGRAM}: {title}. {address}"


def as_bibtex(title: str, address: str) -> str:
    """The reference as an entry of a BibTeX file."""
    fields = {"author": f"{{{AUTHORS}}}", "title": f"{PROGRAM}: {title}", "year": RELEASED[:4], "version": VERSION, "url": address}
    width = max(map(len, fields))
    return "@software{descent,\n" + "".join(f"  {name:{width}} = {{{value}}},\n" for name, value in fields.items()) + "}"
