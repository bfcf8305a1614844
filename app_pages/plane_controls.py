"""The plane on which a network's landscape is looked at, and the points of it from which networks train, in the sidebar."""

from __future__ import annotations

import streamlit as st

from app_pages.numbers import numbers
from app_pages.picks import read_points, written_points
from app_pages.session import session
from app_pages.widgets import expander, show_problem, shows
from networks import planes
from scenario import Choice
from scenario.landscape_presets import LANDSCAPE_PANELS


def plane_and_points() -> None:
    """Both, where the landscape is shown, or some network begins at a point of it."""
    if not (set(LANDSCAPE_PANELS) & set(session().panels) or session().experiment.points):
        return
    with expander("Plane of the landscape", "expander plane", ":material/landscape:") as is_open:
        if is_open:
            _plane()
            _points()


def _plane() -> None:
    names, kind = planes.names(), session().experiment.build_plane()
    st.selectbox(
        "Plane",
        names,
        index=names.index(kind.key),
        format_func=lambda name: planes.get(name).name,
        help="Weights are many numbers; the picture is a plane through their space.",
        **shows("plane", kind.key, _choose),
    )
    st.caption(f"{kind.about} Exact {kind.exact}. Source: {kind.source}")
    numbers("plane")
    show_problem("plane")


def _choose(name: str) -> None:
    """Another plane; points of the one before would be others on it."""
    session().change("plane", lambda now: now.replace(plane=Choice(name), points=()))


def _points() -> None:
    now = session()
    text = written_points(now.experiment.points)
    text = now.reported("points", text) if "points" in now.problems else text
    st.text_input(
        "Also train from the points",
        text,
        placeholder="Click the landscape, or type: -3, 1; 2, 0.5",
        help="Points of the plane, coordinates separated by a comma and points by a semicolon. All optimizers train from each, too.",
        **shows("points", text, lambda typed: session().change("points", lambda now: now.replace(points=read_points(typed)))),
    )
    show_problem("points")
    if now.experiment.points:
        st.button("Remove the points", icon=":material/close:", key="remove points", on_click=_remove)


def _remove() -> None:
    session().change("points", lambda now: now.replace(points=()))
