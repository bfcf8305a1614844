"""Descent: watch optimizers race down loss landscapes. Start with `streamlit run app.py`.

The server imports this file for `app`, what is served, and runs it as a script for every tab, to draw its page.
"""

from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app_pages import basins, course, fair, landscape, lessons, network, network_sweeps, race, sweeps, tournament, transfer
from app_pages.about import about
from app_pages.address import is_asked_for, page_asked_for, page_name, pairs_for
from app_pages.room import room
from app_pages.serving import prepare
from app_pages.upkeep import upkeep
from app_pages.visitors import is_let_in
from player import live_payload
from votes import web


def main() -> None:
    """Draw the page that a tab asks for."""
    about_lessons = st.Page(lessons.page, title="Lessons", icon=":material/school:", url_path="lessons")
    pages = [
        st.Page(race.page, title="Race", icon=":material/sprint:", url_path="race", default=True),
        st.Page(network.page, title="Network", icon=":material/hub:", url_path="network"),
        st.Page(landscape.page, title="Real landscape", icon=":material/landscape:", url_path="landscape"),
        about_lessons,
        st.Page(basins.page, title="Basins", icon=":material/map:", url_path="basins"),
        st.Page(sweeps.page, title="Sweeps", icon=":material/grid_on:", url_path="sweeps"),
        st.Page(network_sweeps.page, title="Net sweeps", icon=":material/grid_view:", url_path="network_sweeps"),
        st.Page(transfer.page, title="Transfer", icon=":material/move_up:", url_path="transfer"),
        st.Page(fair.page, title="Fair race", icon=":material/balance:", url_path="fair"),
        st.Page(tournament.page, title="Tournament", icon=":material/trophy:", url_path="tournament"),
    ]  # in the order of the menu
    st.set_page_config(
        page_title="Descent",
        page_icon=Path(__file__).parent / "docs" / "icon.png",
        layout="wide",
        initial_sidebar_state="collapsed" if is_asked_for(about_lessons) else "auto",  # in the lessons words and picture share the width
    )  # before the pages are known: Streamlit would fetch the picture of the first one's icon from the internet
    chosen = page_asked_for(pages)
    if not is_let_in():
        return
    with st.sidebar, st.container(key="pages", horizontal=True, gap="small"):
        for page in pages:
            name = page_name(page)
            st.page_link(page, query_params=tuple(course.pairs() if name == "lessons" else pairs_for(name)))
    with room().of_this_run():
        chosen.run()
    with st.sidebar:
        st.caption("About Descent", help=about())


if get_script_run_ctx(suppress_warning=True):
    main()
else:
    prepare()
    base = st.get_option("server.baseUrlPath")
    app = st.App(__file__, routes=[*web.routes(base), *live_payload.routes(base)], lifespan=upkeep)
