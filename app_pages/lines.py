"""The loss on straight lines through the weights of the Network page's networks, and the walls that stand on them."""

from __future__ import annotations

import streamlit as st

from app_pages.making import download
from app_pages.races import once
from app_pages.widgets import attempt, theme
from exports.lines import lines_to_csv
from figures.lines import line_figures
from figures.networks import network_styles
from lab.lines import straight_lines
from networks.planes.plane import ALL_AS_ONE_BATCH
from player.chart import chart
from player.markdown import plain
from scenario import Comparison

_HEIGHT = 300
_ABOUT = (
    "Nobody walks on these lines. From start to end the loss often falls all the way (Goodfellow et al. 2015). A wall between two ends "
    "says that the mean of two good networks is none, not that there is no way around (Garipov et al. 2018)."
)


def lines_view(comparison: Comparison) -> None:
    """Draw the lines, say what they show, and let them be saved."""
    found = attempt(lambda: once(comparison, straight_lines, doing="Walking along the lines"))
    if found is None:
        return
    figures = line_figures(found, network_styles(comparison), theme())
    if not figures:
        st.info("There is no line to draw: every network has diverged, or stayed where it was.")
        return
    for index, (column, figure) in enumerate(zip(st.columns(len(figures), gap="small"), figures, strict=True)):
        with column:
            chart(figure, theme(), f"line {index}", height=_HEIGHT)
    st.markdown(plain(" ".join(found.sentences())))
    st.caption(plain(" ".join([_ABOUT, *([ALL_AS_ONE_BATCH] if comparison.network.batch_norm else [])])))
    about = "A row for each point of each line: how far along, and the loss."
    download("Save the losses", lambda: lines_to_csv(found, comparison), "csv", about, "straight-lines")
