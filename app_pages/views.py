"""The "Views" list in a page's header: the panels that what is shown is looked at in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from app_pages.session import session
from app_pages.widgets import shows

Names = list[str]


def views(groups: Mapping[str, tuple[str, ...]], complete: Callable[[Names], Names] = lambda names: names) -> None:
    """The list, as a popover.

    Args:
        groups: the names of the panels that are chosen together, by what their list is called.
        complete: the panels to show where the user has chosen some.
    """
    popover = st.popover("Views", icon=":material/dashboard:", width="content", key="views", on_change="rerun")
    if popover.open:
        with popover:
            for title, names in groups.items():
                _group(title, names, complete)


def _group(title: str, group: tuple[str, ...], complete: Callable[[Names], Names]) -> None:
    """The views of one group, each to be switched on and off."""
    shown = [name for name in session().panels if name in group]
    others = [name for name in session().panels if name not in group]
    known = session().setup.known_panels
    st.pills(
        title,
        group,
        selection_mode="multi",
        default=shown,
        format_func=lambda name: known[name].title,
        **shows(f"views {title}", shown, lambda names: session().choose_panels(complete([*others, *names]))),
    )
