"""Widgets that show a part of the session and ask for a change when the user moves them, and what pages have around them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

import streamlit as st

from app_pages.session import Halted, capitalized, keep_value, sentence, session, set_value, value_of
from figures import DARK, LIGHT, Theme
from formulas import read_number
from formulas.latex import with_sign
from parameters import Param, short
from player.markdown import plain
from scenario.text import written

T = TypeVar("T")


def shows(name: str, value: Any, moved: Callable[[Any], None], subject: Hashable = None) -> dict[str, Any]:
    """The arguments "key" and "on_change" of a widget that shows a part of the session: `st.toggle(label, **shows("grid", on, switch))`.

    Whether it can be the widget that the browser has, or must be another one because something else has changed the value, is found out
    here (`Session.drawn`).

    Args:
        name: of the widget, the same in every run.
        value: what it is to show now.
        moved: called with what it shows after the user has moved it.
        subject: what the value belongs to where that can change under one name.
    """
    widget = session().drawn(name, value, subject)
    key = widget.key(name)
    set_value(key, value)

    def changed() -> None:
        reported = value_of(key)
        if session().take_report(name, widget, reported):
            moved(reported)

    return {"key": key, "on_change": changed}


def acts_on(name: str, subject: Callable[[], tuple[Any, ...]], act: Callable[[], object]) -> dict[str, Any]:
    """The arguments "key" and "on_click" of a button that does something to one of several things, and that by its place among them.

    The second click of a double one comes when another thing may stand at that place; it does nothing.

    Args:
        name: of the button, the same in every run.
        subject: gives the things as they are now.
        act: what a click does, while they are those that the button was drawn with.
    """
    drawn = subject()
    widget = session().drawn(name, drawn)

    def clicked() -> None:
        if subject() == drawn:
            act()

    return {"key": widget.key(name), "on_click": clicked}


def theme() -> Theme:
    """Light or dark, as the page is shown."""
    return DARK if st.context.theme.type == "dark" else LIGHT


@contextmanager
def expander(label: str, key: str, icon: str | None = None) -> Iterator[bool]:
    """An expander; whether it is open. What nobody sees is neither made nor sent.

    With another label it is another one to Streamlit, and would close while one works in it: that it was open is said again.
    """
    if session().reported(key, label) != label:
        keep_value(key)
    session().drawn(key, label)
    part = st.expander(label, key=key, icon=icon, on_change="rerun")
    with part:
        yield bool(part.open)


def attempt(make: Callable[[], T]) -> T | None:
    """What is made; where a ValueError says that it is not possible, because it is too large say, the reason is shown in its place."""
    try:
        return make()
    except Halted:
        return None
    except ValueError as error:
        st.error(plain(sentence(error)), icon=":material/error:")
        return None


def hand_over(words: str, label: str, icon: str, act: Callable[[], None], about: str, share: float = 1.5) -> None:
    """Words, and beside them a button that gives another page what they speak of.

    Args:
        words: in Markdown.
        label, icon, about: of the button, with what it does.
        act: called when it is clicked.
        share: how many times as wide as the button the words are.
    """
    left, right = st.columns([share, 1], vertical_alignment="center")
    left.markdown(words)
    right.button(label, icon=icon, width="stretch", on_click=act, help=about)


def upload(label: str, kind: str, key: str, megabytes: int, on_change: Callable[[], None], link: str) -> None:
    """A place for a file. In a frame of another site, from where Streamlit takes no file for want of a cookie, it says so.

    Args:
        label: what to open.
        kind: the file's extension.
        key: of the widget; its value is the file.
        megabytes: how large the file may be.
        on_change: called when there is a file.
        link: to the page, to be opened outside of the frame.
    """
    st.file_uploader(label, type=kind, key=key, max_upload_size=megabytes, on_change=on_change)
    with st.container(key=f"no_upload {key}"):
        st.info(
            "Files cannot be opened here: this page stands in a frame of another site, and browsers send nothing from there. "
            f"[Open it in a tab of its own]({link}) for that.",
            icon=":material/open_in_new:",
        )


def show_problem(field: str) -> None:
    """Show why the last change asked for at a field was not possible, if so."""
    if reason := session().problems.get(field):
        st.error(plain(reason), icon=":material/error:")


def number_box(label: str, value: float, name: str, moved: Callable[[float], None], unit: str = "", **look: Any) -> None:
    """A box in which a number is typed, exactly, as people write numbers: 0.203, -2,5, 1/3. It keeps what was typed.

    Args:
        label: what stands over it.
        value: the number now.
        name: of the widget is "<name> typed"; a problem is shown at the field with the name.
        moved: called with the number that was typed.
        unit: what may stand after the number.
        look: further arguments of `st.text_input`.
    """

    def read(text: str) -> float:
        return read_number(text.strip().removesuffix(unit))

    def typed(text: str) -> None:
        try:
            number = read(text)
        except ValueError as error:
            session().refuse(name, error)
        else:
            session().problems.pop(name, None)
            moved(number)

    shown = session().reported(f"{name} typed", written(value))
    if name not in session().problems:  # what could not be used stays, and what stands for the value, however it is written
        try:
            shown = shown if read(shown) == value else written(value)
        except ValueError:
            shown = written(value)
    st.text_input(label, shown, **shows(f"{name} typed", shown, typed), **look)


def named(declared: Param) -> str:
    """A parameter in words with its symbol in the formula."""
    return with_sign(declared, capitalized(declared.title))


def parameter(declared: Param, value: float, name: str, moved: Callable[[float], None]) -> None:
    """A switch for a parameter, or a slider to drag with a box in which its value is typed exactly.

    Args:
        declared: the parameter.
        value: what it is now.
        name: of the widget, and of the field where a problem with it is shown.
        moved: called with the new value when the user has moved it.
    """
    number = bool(value) if declared.switch else int(value) if declared.integer else float(value)
    label = plain(named(declared))
    # a formula's own parameter has its value as its default: its slider stays the same one, and keeps the focus, where that moves
    common = {"help": _help(declared), **shows(name, number, moved, replace(declared, default=declared.low))}
    if declared.switch:
        st.toggle(label, bool(number), **common)
    else:
        with st.container(key=f"number {name}"):
            _slider(declared, number, label, common)
            number_box(f"{named(declared)}, typed", value, name, moved, declared.unit, label_visibility="collapsed")  # read out as it is
    show_problem(name)


def _slider(declared: Param, number: float, label: str, common: dict[str, Any]) -> None:
    if declared.log or declared.one_minus:
        whole = declared.integer
        stops = sorted({*(round(stop) if whole else stop for stop in declared.stops()), number})
        st.select_slider(label, stops, number, format_func=_written(declared), **common)
    else:
        low, high = declared.slider_range
        low, high = min(low, number), max(high, number)
        if declared.integer:
            st.slider(label, int(low), int(high), int(number), step=1, **common)
        else:
            step = float(f"{(high - low) / 100:.0e}")
            digits = max(0, -int(f"{step:e}".split("e")[1]))
            st.slider(label, float(low), float(high), float(number), step=step, format=f"%.{digits}f{declared.unit}", **common)


def _written(declared: Param) -> Callable[[float], str]:
    unit = "" if declared.unit in ("", "steps") else f" {declared.unit}"
    return lambda value: short(float(value), 6) + unit


def _help(declared: Param) -> str:
    limits = "" if declared.switch else f" Any value from {short(declared.low)} to {short(declared.high)} can be typed."
    return plain(f"{declared.help}{limits}" if limits and declared.slider else declared.help)
