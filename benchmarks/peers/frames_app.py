"""A Streamlit page that plays a race the usual way: `go.Frame` animations in `st.plotly_chart`."""

from __future__ import annotations

from typing import Any

import streamlit as st

from benchmarks.peers.frames import animated_map, animated_surface
from figures import loss_curves
from scenario import Scenario
from scenario.text import fields_of_query


@st.cache_data(max_entries=4)
def _figures(query: str) -> Any:
    race = Scenario.from_query(query).race()
    return animated_map(race), animated_surface(race), loss_curves(race)


pairs = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
scenario, _ = Scenario.nearest(fields_of_query(pairs))
first = scenario.optimizers[0]
rate = st.sidebar.slider("Learning rate", 0.001, 0.1, 0.01, step=0.001, format="%.3f")
scenario = scenario.replace(optimizers=(first.replace(lr=rate), *scenario.optimizers[1:]))
left, right = st.columns(2)
above, beside, below = _figures(scenario.to_query())
left.plotly_chart(above, key="map", theme=None)
right.plotly_chart(beside, key="surface", theme=None)
st.plotly_chart(below, key="loss", theme=None)
