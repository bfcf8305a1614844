"""The Race page: pick a landscape and optimizers, and watch them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from pages.controls import sidebar
from pages.races import race_of
from pages.scoreboard import legend, scoreboard
from pages.state import current, notes, show_in_link

_STYLE = Path(__file__).with_name("style.css")
_VIEWS = ("Overlay", "Side by side")
_CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"], "scrollZoom": True}


def page() -> None:
    """Draw the page."""
    st.html(_STYLE)
    current()
    for note in notes():
        st.toast(note[0].upper() + note[1:], icon=":material/info:")
    sidebar()
    show_in_link()
    try:
        race = race_of(current())
    except ValueError as error:
        st.error(f"{error}.", icon=":material/error:")
        return

    from figures import DARK, LIGHT, animated_map, animated_surface, loss_curves  # Plotly is needed only from here on

    theme = DARK if st.context.theme.type == "dark" else LIGHT
    title, view = st.columns([3, 2], vertical_alignment="center")
    title.markdown(f"#### {race.landscape.name}")
    with view:
        chosen = st.segmented_control("View", _VIEWS, default=_VIEWS[0], key="view", label_visibility="collapsed", required=True)
    st.html(legend(race))
    left, right = st.columns(2)
    with left:
        _chart(
            animated_map(race, theme, side_by_side=chosen == _VIEWS[1]), "map", 420, "Contour map with the trajectories of all optimizers"
        )
    with right:
        _chart(animated_surface(race, theme), "surface-3d", 420, "The landscape in 3-D with the trajectories of all optimizers")
    curves, table = st.columns([2, 3])
    with curves:
        logarithmic = st.toggle("Logarithmic loss", value=True, key="log loss")
        _chart(loss_curves(race, theme, logarithmic), "curves", 260, "Loss of every optimizer over the steps")
    with table:
        st.html(scoreboard(race))


def _chart(figure: Any, key: str, height: int, alt: str) -> None:
    figure.update_layout(showlegend=False)
    st.plotly_chart(figure, key=key, theme=None, height=height, config=_CONFIG, alt=alt)
