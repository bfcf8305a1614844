"""The browser's address: always a link to what is shown, so that the browser's back and forward buttons undo and redo.

It is read when a tab opens the app, and when the browser goes back or forward. What a browser sends with any other message may be older
than what is shown, since it hears of a new address at a page's end, and is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import Page
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

from app_pages.kept import Note
from app_pages.places import SHOWN_ON, kinds_on, opening_on
from app_pages.recovery import come_back
from app_pages.session import Pairs, session
from app_pages.settings import check_settings, defaults_on
from scenario import Scenario
from scenario.network_parts import OWN
from scenario.text import PANELS_FIELD, TABLE_FIELD, VERSION_FIELD, query_of
from scenario.view import is_known, kind_of_pairs, link_to, of_pairs

_REPLACE = """
export default ({ data }) => {
  if (data.from.includes(location.search.slice(1))) history.replaceState(history.state, "", `${location.pathname}?${data.to}`);
};
"""
"""The address that a tab was opened with, or led to another page with, is replaced unless it has changed meanwhile: one entry more in the
history would lead nowhere."""
_EMBEDDED = ("embed", "embed_options")
"""What Streamlit keeps in the address of a page that is shown in another one."""


def read_address(page: str) -> None:
    """Show what the address says, where the tab was just opened or has gone back or forward.

    Args:
        page: the name of the page that is drawn now.
    """
    now = session()
    pairs = _pairs_in_browser()
    opening, turned = not now.page, now.page != page
    if turned and not opening:
        now.unfinished.clear()  # who comes to a page wants what it shows
    if now.kind_on(page) != now.kind_on(now.page):
        now.problems, now.notes = {}, []  # of what another page shows
    now.page, now.outdated, now.named = page, False, {}
    if opening:
        now.entered_with = (_context().query_string,)
    if not (opening or went_back_or_forward()):
        if turned:  # by the menu, whose link the address is
            now.address, now.entered_with = pairs, (_context().query_string,)
        return
    defaults = defaults_on(page)
    shown = [(name, value) for name, value in pairs if name not in defaults]
    found = kind_of_pairs(shown)
    if found and found not in kinds_on(page) and found.always[0] in dict(shown) and not opening:
        now.address = pairs  # of another page, as histories of older versions have it
        return
    kind = now.kinds[page] = found if found in kinds_on(page) else now.kind_on(page)
    if ("data", OWN) in [(name, value.partition("~")[0]) for name, value in shown] and not any(name == TABLE_FIELD for name, _ in shown):
        shown += [(TABLE_FIELD, now.table)]  # which was too long for the address
    opened = of_pairs(shown, kind)
    now.settings[page] = {name: value for name, value in pairs if name in defaults}
    usual = opening_on(page, kind)
    silent = not any(is_known(name, kind) for name, _ in shown)
    now.desk.setup = usual.setup if silent else opened.setup
    now.desk.panels = usual.panels if silent and PANELS_FIELD not in dict(shown) else opened.panels
    now.address, now.problems, now.unheard = pairs, {}, False
    now.notes = [Note(text, lasting=True) for text in opened.notes]
    check_settings(page)


def write_address() -> None:
    """Let the address be a link to what is shown, at the page's end."""
    now = session()
    now.outdated = False  # what was changed while the page was drawn is in the address from here on
    pairs = pairs_for(now.page)
    entered_with, now.entered_with = now.entered_with, ()
    told = [pair for pair in pairs if pair[0] != VERSION_FIELD]  # one without a version means the defaults of this one, and stays as it is
    if sorted(now.address) in (sorted(pairs), sorted(told)) and not now.unheard:
        return
    now.address, now.unheard = pairs, bool(entered_with)
    if entered_with:
        _replacing()(data={"from": entered_with, "to": urlencode(_grouped(pairs), doseq=True)}, key="address", height=1)
        return
    st.query_params.from_dict(_grouped(pairs))


def _grouped(pairs: Pairs) -> dict[str, list[str]]:
    """The values of each name: from a list of pairs Streamlit would take the last of a name that comes several times."""
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def pairs_for(page: str) -> Pairs:
    """The names and values of a link that shows the scenario on a page, with those of the page's settings that are not at their default."""
    now = session()
    if not now.page:  # the first page is not open yet
        return _pairs_in_browser()
    return now.pairs(page, defaults_on(page))


def link() -> str:
    """The link to what is shown, without the page's own settings."""
    now = session()
    return link_to(now.view, f"{home_of(st.context.url or '')}{'' if now.kind_on(now.page) is Scenario else now.page}")


def link_here(found: Mapping[str, str] | None = None) -> str:
    """The link to what is shown on this page, with the page's own settings, some of them as they were found out."""
    page = session().page
    named = found or {}
    home = (st.context.url or "").rstrip("/").removesuffix(f"/{page}")
    return f"{home}/{page}?{query_of([*[pair for pair in pairs_for(page) if pair[0] not in named], *named.items()])}"


def home_of(url: str) -> str:
    """The address of the app from that of its first page: with a slash at its end, without which a page that a proxy serves under a path
    would look for its own files outside of that."""
    before, _, last = url.rstrip("/").rpartition("/")
    return f"{before if last in ('race', *SHOWN_ON) else url.rstrip('/')}/" if url else ""


def page_asked_for(pages: Sequence[Page]) -> Page:
    """The page that the browser asks for, by a click in the menu say, after its address was read (`read_address`).

    `st.navigation` reads the page from what all runs of a session share. A run that a job's end began, and that a click in the menu is just
    ending, may write its own page there in between: the click would be lost. What this run was asked for stands in its own request.
    """
    come_back()
    requests = _context().script_requests
    asked = requests._rerun_data.page_script_hash if requests else ""
    chosen = st.navigation(pages, position="hidden")
    if session().leads_to:
        _go_on(pages)
    page = next((page for page in pages if page._script_hash == asked), chosen)
    read_address(page_name(page))
    if page._script_hash != chosen._script_hash:
        st.switch_page(page, query_params=_grouped(_pairs_in_browser()))
    return chosen


def _go_on(pages: Sequence[Page]) -> None:
    """Show the page that what was just opened leads to.

    `st.switch_page` would have the browser note two new addresses, and so take two steps back: the present page with the other one's query,
    and then the other page. So the browser is told of the other page alone, keeps its query, and has it replaced at that page's end.
    """
    now, context = session(), _context()
    wanted, now.leads_to = now.leads_to, ""
    embedded = query_of([(name, value) for name, value in _pairs_in_browser() if name in _EMBEDDED])
    now.address, now.entered_with = [], (context.query_string, embedded)
    context.set_mpa_v2_page(next(page for page in pages if page_name(page) == wanted)._script_hash)
    st.rerun()


def is_asked_for(page: Page) -> bool:
    """Whether the browser asks for this page: by a click in the menu, by its address, or because it shows it already."""
    requests = _context().script_requests
    asked = requests._rerun_data if requests else None
    return asked is not None and (
        asked.page_script_hash == page._script_hash or (not asked.page_script_hash and asked.page_name == page.url_path)
    )


def page_name(page: Page) -> str:
    """The name of a page in the address; Streamlit gives none to the default page."""
    return page.url_path or "race"


def went_back_or_forward() -> bool:
    """Whether the script runs because the browser went back or forward in its history."""
    return _context().is_history_navigation


def _pairs_in_browser() -> Pairs:
    """The names and values of the address that the browser sent with its message."""
    return [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]


def _context() -> ScriptRunContext:
    context = get_script_run_ctx()
    if context is None:
        raise RuntimeError("the pages are drawn by Streamlit: start the app with `streamlit run app.py`")
    return context


@cache
def _replacing() -> Any:
    return st.components.v2.component("descent_address", js=_REPLACE)
