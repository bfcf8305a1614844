"""Descent: watch optimizers race down loss landscapes. Start with `streamlit run app.py`.

The server imports this file for `app`, what is served, and runs it as a script for every tab, to draw its page.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page as StreamlitPage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app_pages import basins, course, fair, landscape, lessons, network, network_sweeps, race, sweeps, tournament, transfer
from app_pages.about import about
from app_pages.address import is_asked_for, page_asked_for, page_name, pairs_for
from app_pages.places import TITLES
from app_pages.room import room
from app_pages.serving import prepare
from app_pages.upkeep import upkeep
from app_pages.visitors import is_let_in
from player import live_payload
from votes import web


def main() -> None:
    """Draw the page that a tab asks for."""
    about_lessons = _page("lessons", lessons.page, ":material/school:")
    pages = [
        _page("race", race.page, ":material/sprint:", default=True),
        _page("network", network.page, ":material/hub:"),
        _page("landscape", landscape.page, ":material/landscape:"),
        about_lessons,
        _page("basins", basins.page, ":material/map:"),
        _page("sweeps", sweeps.page, ":material/grid_on:"),
        _page("network_sweeps", network_sweeps.page, ":material/grid_view:"),
        _page("transfer", transfer.page, ":material/move_up:"),
        _page("fair", fair.page, ":material/balance:"),
        _page("tournament", tournament.page, ":material/trophy:"),
    ]
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


def _page(name: str, draw: Callable[[], None], icon: str, default: bool = False) -> StreamlitPage:
    return st.Page(draw, title=TITLES[name], icon=icon, url_path=name, default=default)


if get_script_run_ctx(suppress_warning=True):
    main()
else:
    prepare()
    base = st.get_option("server.baseUrlPath")
    app = st.App(__file__, routes=[*web.routes(base), *live_payload.routes(base)], lifespan=upkeep)
