"""Descent: watch optimizers race down loss landscapes. Start with `streamlit run app.py`."""

import streamlit as st

from app_pages import basins, fair, lessons, race, sweeps, tournament
from app_pages.state import pairs_for

st.set_page_config(page_title="Descent", page_icon="docs/icon.png", layout="wide", initial_sidebar_state="auto")
PAGES = {
    st.Page(race.page, title="Race", icon=":material/sprint:", url_path="race", default=True): race.OWN,
    st.Page(lessons.page, title="Lessons", icon=":material/school:", url_path="lessons"): lessons.OWN,
    st.Page(basins.page, title="Basins", icon=":material/map:", url_path="basins"): basins.OWN,
    st.Page(sweeps.page, title="Sweeps", icon=":material/grid_on:", url_path="sweeps"): sweeps.OWN,
    st.Page(fair.page, title="Fair race", icon=":material/balance:", url_path="fair"): fair.OWN,
    st.Page(tournament.page, title="Tournament", icon=":material/trophy:", url_path="tournament"): tournament.OWN,
}  # in the order of the menu, each with its own settings
chosen = st.navigation(list(PAGES), position="hidden")
with st.sidebar, st.container(key="pages", horizontal=True, gap="small"):
    for page, own in PAGES.items():
        st.page_link(page, query_params=pairs_for(page.url_path or "race", own))
chosen.run()
