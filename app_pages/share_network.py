"""Taking networks in training along: a page that plays, data and code."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app_pages.making import code, download, theme_choice
from app_pages.races import comparison_of
from app_pages.session import session
from exports import python_script
from exports.network_data import training_to_csv, training_to_npz
from exports.network_torch import network_torch_script
from player import training_page
from scenario.network_panels import NETWORK_PANELS


def _web_page() -> None:
    shown = ", ".join(NETWORK_PANELS[name].title for name in session().panels)
    st.caption(f"One file that plays this training in any browser, without this app and without the internet. It shows: {shown}.")
    theme = theme_choice(st.container(), "page")
    comparison, names = comparison_of(session().experiment), session().panels
    about = "About 5 MB for the plotting library, and the weights at the steps that are shown"
    download("Save the page", lambda: training_page(comparison, theme, names), "html", about)


def _data() -> None:
    comparison = comparison_of(session().experiment)
    steps = len(comparison.steps)
    st.caption(f"{steps} of {comparison.experiment.steps + 1:,} steps of every network, with a header that says what is what.")
    download("Losses and accuracies (CSV)", lambda: training_to_csv(comparison), "csv")
    download("Weights and examples for NumPy (NPZ)", lambda: training_to_npz(comparison), "npz")


def _code() -> None:
    code({"With this library": python_script, "In PyTorch": network_torch_script})


PARTS: dict[str, Callable[[], None]] = {"Page": _web_page, "Data": _data, "Code": _code}
"""What can be taken along of networks beside their link and their file, by the parts' titles."""
