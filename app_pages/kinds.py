"""The switch of pages that show scenarios and experiments."""

from __future__ import annotations

import streamlit as st

from app_pages.session import session
from app_pages.widgets import shows
from scenario import Experiment, Scenario
from scenario.setup import Setup

_NAMES: dict[str, type[Setup]] = {"Surfaces": Scenario, "Networks": Experiment}


def on_networks() -> bool:
    """Whether the present page shows an experiment."""
    return session().kind_on(session().page) is Experiment


def kind_switch() -> None:
    """Whether the page is about surfaces or about networks."""
    now = "Networks" if on_networks() else "Surfaces"
    st.segmented_control(
        "What is descended",
        list(_NAMES),
        default=now,
        required=True,
        label_visibility="collapsed",
        **shows("kind of setup", now, lambda chosen: session().show_kind(_NAMES[chosen])),
    )
