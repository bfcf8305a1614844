"""Descent: watch optimizers race down loss landscapes. Start with `streamlit run app.py`."""

import streamlit as st

from pages import race

st.set_page_config(page_title="Descent", page_icon="docs/icon.png", layout="wide", initial_sidebar_state="auto")
st.navigation([st.Page(race.page, title="Race", icon=":material/sprint:", url_path="race", default=True)], position="hidden").run()
