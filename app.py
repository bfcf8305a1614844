"""Descent: watch optimizers race down loss landscapes. Start with `streamlit run app.py`."""

import streamlit as st

from pages import basins, fair, race, sweeps, tournament

st.set_page_config(page_title="Descent", page_icon="docs/icon.png", layout="wide", initial_sidebar_state="auto")
PAGES = [
    st.Page(race.page, title="Race", icon=":material/sprint:", url_path="race", default=True),
    st.Page(basins.page, title="Basins", icon=":material/map:", url_path="basins"),
    st.Page(sweeps.page, title="Sweeps", icon=":material/grid_on:", url_path="sweeps"),
    st.Page(fair.page, title="Fair race", icon=":material/balance:", url_path="fair"),
    st.Page(tournament.page, title="Tournament", icon=":material/trophy:", url_path="tournament"),
]
chosen = st.navigation(PAGES, position="hidden")
with st.sidebar, st.container(key="pages", horizontal=True, gap="small"):
    for page in PAGES:
        st.page_link(page)
chosen.run()
