"""A small app of its own around the player and its charts: what Streamlit does with them, in a real browser."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import plotly.graph_objects as go
from PIL import Image

from figures import LIGHT, Theme
from figures.maps import base_layout


def png(rows: list[list[list[int]]]) -> bytes:
    """A picture with these rows of colours."""
    file = io.BytesIO()
    Image.fromarray(np.array(rows, np.uint8)).save(file, "PNG")
    return file.getvalue()


_FOUR = [[[230, 120, 120], [120, 200, 120]], [[120, 120, 230], [220, 210, 90]]]
COARSE, FINER = png(_FOUR), png([row[::-1] for row in _FOUR[::-1]])
"""A picture of four colours, and the same turned round."""


def figure(kind: str, theme: Theme = LIGHT) -> go.Figure:
    """A heatmap whose cells are numbered, on axes of a kind: "linear", "log", "names", "large", or without a number, "empty"."""
    x = np.geomspace(1e-4, 1.0, 9) if kind == "log" else np.linspace(-2.0, 2.0, 900 if kind == "large" else 9)
    y: Any = ["SGD", "Adam", "Lion"] if kind == "names" else np.linspace(10.0, 30.0, 5)
    z = np.arange(float(len(x) * len(y))).reshape(len(y), len(x)) + (np.nan if kind == "empty" else 0.0)
    says = "x %{x:.4g}<br>y %{y}<br>cell %{z}<extra></extra>"
    made = go.Figure([{"type": "heatmap", "x": x, "y": y, "z": z, "hovertemplate": says}], base_layout(theme))
    return made.update_layout(xaxis_type="log" if kind == "log" else None, showlegend=False, title=kind)


def run() -> None:
    """The script."""
    import streamlit as st

    from figures import DARK
    from player.chart import chart
    from player.component import backdrop, player
    from scenario import Choice, Scenario

    st.set_page_config(layout="wide")
    state, asked = st.session_state, st.query_params
    theme = DARK if st.context.theme.type == "dark" else LIGHT
    for name in ("runs", "sent"):
        state.setdefault(name, 0)
    state.setdefault("picks", [])
    state.runs += 1

    def pictures() -> None:
        if st.button("Finer"):
            state.sent += 1
        if not st.checkbox("Without"):
            backdrop([FINER if state.sent else COARSE] * (0 if st.checkbox("None") else 2), "play")

    def note(key: str) -> Any:
        return lambda: state.picks.append(dict(state[key].pick))

    if "maps" in asked:
        optimizers = (Choice.of("sgd", lr=0.01), Choice.of("adam", lr=0.1))
        scenario = Scenario(landscape=Choice("himmelblau"), optimizers=optimizers, points=((2.0, 4.0),))
        player(scenario.race(), theme, ("maps",), "play", lambda: None, board=False)
        with st.sidebar:
            st.fragment(pictures)()
    for kind in asked.get("charts", "").split():
        chart(figure(kind, theme), theme, kind, note(kind), box=True, height=320)
    st.button("Again")
    st.html(f"<output id=told>{state.runs} {state.picks}</output>")
