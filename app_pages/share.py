"""Taking along what is shown: the "Share" list in a page's header. Each of its parts is made only while it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from app_pages.address import link
from app_pages.cite import cite
from app_pages.making import download
from app_pages.session import session, set_value, value_of
from app_pages.widgets import attempt, show_problem, shows, upload
from exports import opened, opened_file, qr_svg, to_file
from exports.page_link import leads_here_only, page_link
from scenario.view import is_whole

_POPOVER, _FILE, _PASTED = "share", "open file", "open text"


def share(
    parts: Mapping[str, Callable[[], None]],
    key: str,
    address: Callable[[], str] = link,
    title: Callable[[], str] | None = None,
    note: Callable[[], str] | None = None,
) -> None:
    """The list, as a popover, and what it opens.

    Args:
        parts: draws each part, by its title, between that with the link and that with files that open again.
        key: of the choice among them.
        address: gives the link.
        title: gives what is shown as a reference calls it; the name of the landscape or the data if not given.
        note: gives what has to be known of the link, "" for nothing.
    """
    popover = st.popover("Share", icon=":material/ios_share:", width="content", key=_POPOVER, on_change="rerun")
    if popover.open:
        with popover, st.container(key="share_body"):
            _body(
                {
                    "Link": lambda: _link(address(), note() if note else ""),
                    **parts,
                    "Cite": lambda: cite(title() if title else session().setup.title, address()),
                    "Open": _open,
                },
                key,
            )
    if session().enlarged:
        session().enlarged = False
        _large_code(address())


@st.fragment
def _body(parts: Mapping[str, Callable[[], None]], key: str) -> None:
    """The chosen part. As a fragment: what is chosen here changes nothing on the rest of the page, unless something was opened."""
    if session().outdated:
        st.rerun(scope="app")
    part = st.segmented_control("What to take along", list(parts), default="Link", key=key, required=True, label_visibility="collapsed")
    attempt(parts[str(part)])


# ---- a link, and a file that opens again


def _link(address: str, note: str) -> None:
    if not is_whole(session().view):
        st.warning("Your own data are too long for a link. Save all of it as a file, under Open.", icon=":material/link_off:")
    st.code(address, language=None, wrap_lines=True, height=120 if len(address) > 300 else "content")
    if note:
        st.caption(note)
    with st.container(key="qr"):
        st.image(qr_svg(address), alt="QR code of the link")
    st.button("Show it large", icon=":material/qr_code_2:", width="stretch", help="For phones in the last row", on_click=_enlarge)
    if leads_here_only(address):
        st.caption(
            "This address leads to this computer only. For a class, open the page by the computer's name in the network and share it there."
        )


def link_below() -> str:
    """The link to what is shown, for the pages that are saved of it; "" where no link holds all of it."""
    return page_link(address) if (address := whole_link()) else ""


def whole_link() -> str:
    """The link to what is shown; "" where no link holds all of it."""
    return link() if is_whole(session().view) else ""


def _enlarge() -> None:
    """Close the list, which would lie over the dialog, and open that."""
    set_value(_POPOVER, False)
    session().enlarged = session().outdated = True


@st.dialog("Scan to open what is shown", width="large")
def _large_code(address: str) -> None:
    with st.container(key="qr_large"):
        st.image(qr_svg(address), alt="QR code of the link")
        st.code(address, language=None, wrap_lines=True)


def _open() -> None:
    download("Save as a file", to_file(session().view), "json", "Opens again here, on any computer")
    upload("Open a saved file", "json", _FILE, 1, _open_file, link())
    now = session()
    text: str = now.reported(_PASTED, "") if "open" in now.problems else ""
    st.text_input("Or paste a link", text, placeholder=f"http://…/?{session().setup.always[0]}=…", **shows(_PASTED, text, _open_text))
    show_problem("open")


def _open_file() -> None:
    if file := value_of(_FILE):
        session().open(lambda: opened_file(file.getvalue()))


def _open_text(text: str) -> None:
    if text.strip():
        session().open(lambda: opened(text))
