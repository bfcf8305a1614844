"""Widgets made from declarations: one for any `Param`, and ways to show problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages.state import heard, problem, put, setting_among, show, stay
from parameters import Param, short

if TYPE_CHECKING:
    from figures import Theme


def theme() -> Theme:
    """Light or dark, as the page is shown."""
    from figures import DARK, LIGHT  # Plotly is needed only from here on

    return DARK if st.context.theme.type == "dark" else LIGHT


@contextmanager
def fold(label: str, key: str, icon: str | None = None) -> Iterator[bool]:
    """A folded part of the sidebar; whether it is open. What nobody sees is neither made nor sent."""
    part = st.expander(label, key=key, icon=icon, on_change=stay)
    with part:
        yield bool(part.open)


def parameter(declared: Param, value: float, key: str, changed: Callable[[float], None]) -> None:
    """A switch or slider for a parameter.

    Args:
        declared: the parameter.
        value: what it is now.
        key: the widget's own name in the session.
        changed: called with the new value when the user has moved it.
    """

    number = bool(value) if declared.switch else int(value) if declared.integer else float(value)
    standing = show(key, number)

    label = declared.title[0].upper() + declared.title[1:]
    common: dict[str, Any] = {"help": _help(declared), "on_change": heard(key, changed)}
    if declared.switch:
        st.toggle(label, bool(number), key=standing, **common)
    elif declared.log or declared.one_minus:
        whole = declared.integer
        stops = sorted({*(round(stop) if whole else stop for stop in declared.stops()), int(value) if whole else float(value)})
        st.select_slider(label, stops, number, key=standing, format_func=_written(declared), **common)
    else:
        low, high = declared.reach
        low, high = min(low, value), max(high, value)
        if declared.integer:
            st.slider(label, int(low), int(high), int(number), key=standing, step=1, **common)
        else:
            step = float(f"{(high - low) / 100:.0e}")
            digits = max(0, -int(f"{step:e}".split("e")[1]))
            st.slider(
                label, float(low), float(high), float(number), key=standing, step=step, format=f"%.{digits}f{declared.unit}", **common
            )
    complain(key)


def own_setting(
    where: DeltaGenerator, label: str, name: str, options: Mapping[str, str], usual: str, help: str | None = None, **reset: str
) -> str:
    """A list to choose one of the page's own settings from; what is chosen now.

    Args:
        where: a column.
        label: what stands over the list.
        name: of the setting, as in the link.
        options: the values that it can have, with how they are written.
        usual: what it is where the link says what cannot be.
        help: what the mark beside the label tells.
        reset: other settings that a change sets.
    """
    value = setting_among(name, list(options), usual)
    key = show(f"own {name}", value)
    where.selectbox(
        label,
        list(options),
        index=list(options).index(value),
        key=key,
        format_func=options.__getitem__,
        on_change=heard(f"own {name}", lambda chosen: put(**{name: chosen}, **reset)),
        help=help,
    )
    return value


def complain(place: str) -> None:
    """Show why the last change asked for here could not be, if so."""
    if reason := problem(place):
        st.error(reason, icon=":material/error:")


def _written(declared: Param) -> Callable[[float], str]:
    unit = "" if declared.unit in ("", "steps") else f" {declared.unit}"
    return lambda value: short(float(value), 6) + unit


def _help(declared: Param) -> str:
    limits = "" if declared.switch else f" Any value from {short(declared.low)} to {short(declared.high)} works in a link."
    return f"{declared.help}{limits}" if limits and declared.slider else declared.help
