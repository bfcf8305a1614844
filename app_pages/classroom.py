"""Asking a class, which answers by phone: the buttons that ask, and the screen on which the code and the answers are seen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

import streamlit as st
from streamlit import net_util

from app_pages.address import home_of
from app_pages.session import session, set_value, value_of
from app_pages.widgets import show_problem
from exports import qr_svg
from player.component import classroom
from scenario import Comparison, Race
from scenario.questions import asked_of
from votes import NoRoom, Poll, Room, TooMany, rooms
from votes.asking import of_played
from votes.web import PATH

_KEY, _FIELD, _POPOVER = "classroom", "ask class", "ask"
_LOCAL = ("localhost", "127.0.0.1", "::1")


def ask_class(label: str, key: str, make: Callable[[], Poll], source: str = "") -> None:
    """A button that asks the class something, and beneath it why that was not possible.

    Args:
        label, key: of the button.
        make: gives what is asked, for a callback; it may raise ValueError.
        source: what the page calls it; "" where the player has all of it already.
    """
    help = "Your class answers by phone: a code and a QR code are shown, then what was answered"
    st.button(label, icon=":material/how_to_vote:", key=key, help=help, type="tertiary", on_click=ask, args=(make, source, key))
    show_problem(f"{_FIELD} {key}")


def ask(make: Callable[[], Poll], source: str, key: str) -> None:
    """Ask the class in the room of this tab: whoever is in it already is asked at once."""
    now, field = session(), f"{_FIELD} {key}"
    try:
        poll = make()
        room = _room()
    except (ValueError, TooMany) as error:
        now.refuse(field, error)
        return
    now.problems.pop(field, None)
    rooms().ask(room, poll)
    now.room, now.asked = (room.code, room.secret), _told_of(room, source)


def ask_about_this() -> None:
    """The list of what can be asked of what is shown, without a lesson."""
    help = "Ask the class, which answers by phone"
    popover = st.popover("Ask", icon=":material/how_to_vote:", width="content", key=_POPOVER, help=help, on_change="rerun")
    if not popover.open:
        return
    with popover:
        for name, question in asked_of(session().setup).items():
            st.button(question, key=f"ask about this {name}", type="tertiary", on_click=_ask_soon, args=(name,))
        st.caption("The class answers by phone. After the reveal it is played from its start.")


def _ask_soon(name: str) -> None:
    """Let something be asked once what is shown is computed."""
    set_value(_POPOVER, False)
    session().to_ask, session().outdated = name, True


def class_beside(played: Race | Comparison) -> None:
    """What the class sees on a page that plays something, and where that is to be asked about, its question."""
    now = session()
    name, now.to_ask = now.to_ask, ""
    if name:
        ask(lambda: of_played(played, name), "", _POPOVER)
    show_problem(f"{_FIELD} {_POPOVER}")
    class_screen(lambda _: None, lambda _: None)


def class_screen(on_reveal: Callable[[str], None], on_again: Callable[[str], None]) -> None:
    """What the class sees of what is asked, once something is.

    Args:
        on_reveal: called with the source of what was asked when the answers are shown, for a callback.
        on_again: called likewise when the same is asked once more.
    """

    def told() -> None:
        said = value_of(_KEY).told or {}
        kind, source = said.get("kind"), str(said.get("source", ""))
        if kind == "kept":
            _take_over(str(said.get("code", "")), str(said.get("secret", "")))
        elif kind == "gone":
            session().room = session().asked = None
        elif kind == "revealed":
            on_reveal(source)
        elif kind == "again":
            on_again(source)

    classroom(session().asked, told)


def _room() -> Room:
    """The room of this tab; another one where there is none any more."""
    known = session().room
    try:
        return rooms().led(*known) if known else rooms().open()
    except NoRoom:
        return rooms().open()


def _take_over(code: str, secret: str) -> None:
    """Go on with a room that the browser has kept while its tab was loaded anew; what was asked meanwhile is asked there."""
    now = session()
    with suppress(NoRoom):
        room = rooms().led(code, secret)
        if now.room and now.asked and now.room != (code, secret):
            other = rooms().led(*now.room)
            if other.poll:
                rooms().ask(room, other.poll)
            rooms().end(other)
            now.asked = _told_of(room, str(now.asked["source"]))
        now.room = (code, secret)


def _told_of(room: Room, source: str) -> dict[str, str | int]:
    """What the browser needs to show a room, `ClassRoom` of player/js/types.d.ts."""
    home, note = home_for_phones(st.context.url or "")
    address = f"{home}{PATH}"
    link = f"{address}?code={room.code}"
    typed = address.partition("://")[2]
    return {
        "code": room.code,
        "secret": room.secret,
        "address": link,
        "typed": typed,
        "qr": qr_svg(link),
        "note": note,
        "source": source,
        "asked": room.round,
    }


def home_for_phones(url: str) -> tuple[str, str]:
    """The app's address as phones can reach it, from that of a page, and what is to be known of it.

    A page that was opened as "localhost" is reached by this computer's address in the network instead, where it has one.
    """
    home = home_of(url)
    parts = urlsplit(home)
    if parts.hostname not in _LOCAL:
        return home, ""
    own = net_util.get_internal_ip()
    bound = st.get_option("server.address")
    if not own or own in _LOCAL or (bound and bound not in ("0.0.0.0", "::")):
        note = "This address leads to this computer only. For a class, open the page by the computer's name in the network, and ask there."
        return home, note
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, f"{own}{port}", parts.path, "", "")), "Phones must be in the same network as this computer."
