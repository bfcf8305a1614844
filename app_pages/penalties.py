"""Regularization on the Network page: what penalties make of the landscape, a map for each strength, and which ways to train over-fit."""

from __future__ import annotations

import streamlit as st

from app_pages.making import download
from app_pages.races import once
from app_pages.regularization import regularization_view
from app_pages.widgets import attempt, theme
from exports.maps import penalties_to_csv
from figures.penalties import penalty_maps
from lab.penalties import told_of_plane, under_penalties
from player.chart import chart
from player.markdown import plain
from scenario import Comparison

_HEIGHT = 270
_IN_A_ROW = 4
_WITH_SCALE = 1.2
"""How wide the map is beside which the scale stands."""
_ABOUT = (
    "One plane, one colour scale: the loss on the examples with its penalty, dark where it is low. The star is the lowest point of each "
    "map; where one of the networks has that penalty, a line leads from where it begins to where it ends."
)


def penalties_view(comparison: Comparison) -> None:
    """Draw the maps, and under them the curves of many networks."""
    _maps(comparison)
    regularization_view()


def _maps(comparison: Comparison) -> None:
    """One for each penalty, up to four in a row."""
    maps = attempt(lambda: once(comparison, under_penalties, doing="Drawing the maps"))
    if maps is None:
        return
    figures = penalty_maps(maps, theme())
    for first in range(0, len(figures), _IN_A_ROW):
        row = figures[first : first + _IN_A_ROW]
        widths = [_WITH_SCALE if figure is figures[-1] else 1.0 for figure in row]
        for index, (column, figure) in enumerate(zip(st.columns(widths, gap="small"), row, strict=True)):
            with column:
                chart(figure, theme(), f"penalty {first + index}", height=_HEIGHT)
    st.caption(plain(" ".join([_ABOUT, *told_of_plane(comparison)])))
    about = "A row for each point of each map: its place on the plane, and the loss with the penalty."
    download("Save the maps", lambda: penalties_to_csv(maps, comparison), "csv", about, "penalties")
