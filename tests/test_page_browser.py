"""What the browser mends of Streamlit's own page (js/page.js): on a phone, in the sidebar, and in the lessons."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from player.modules import HERE
from tests.conftest import settle
from tests.screen import frames

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

Open = Callable[..., "Page"]
APP = "http://descent.school.example/"
FRAMED = """<body class="stApp"><script type="module">
    document.cookie = "_streamlit_xsrf=1"; // as Streamlit sets it, for the site itself only
    import { tendPage } from "/page.js";
    tendPage({ data: { place: "" } });
    document.body.dataset.tended = "";
</script></body>"""
FOLDED = "document.querySelector('[data-testid=stSidebar]').dataset.collapsed === 'true'"


def test_on_a_phone_the_menu_closes_with_a_choice_and_the_next_lesson_begins_at_its_top(open_tab: Open) -> None:
    page = open_tab(viewport={"width": 390, "height": 844}, panels="")
    assert page.evaluate("[document.documentElement, document.querySelector('.stMain')].every((part) => part.scrollWidth <= 390)")
    for panel in ("map", "surface", "loss"):
        box = page.locator(f"[data-panel={panel}]").bounding_box()
        assert box
        assert box["width"] > 300
    play = page.get_by_role("button", name="Play (space)").bounding_box()
    assert play
    assert 0 <= play["y"] < 844
    page.get_by_test_id("stExpandSidebarButton").click()
    page.locator(".st-key-pages").get_by_role("link", name="Lessons").click()
    page.wait_for_function(f"location.pathname.endsWith('/lessons') && {FOLDED}")
    page.get_by_role("heading", name="1 · ").wait_for()
    settle(page)
    page.evaluate("document.querySelector('.stMain').scrollTop = 1e6")
    assert page.evaluate("document.querySelector('.stMain').scrollTop") > 500
    page.locator(".st-key-header").get_by_role("button", name="Next").click()
    page.get_by_role("heading", name="2 · ").wait_for()
    page.wait_for_function("document.querySelector('.stMain').scrollTop === 0")


def test_a_phone_laid_on_its_side_keeps_its_width_for_the_picture(open_tab: Open) -> None:
    page = open_tab(viewport={"width": 390, "height": 844})
    page.evaluate(
        """new MutationObserver((changes) => { window.unfolded ||= changes.some(({ target }) => target.dataset.collapsed === 'false'); })
            .observe(document.querySelector('[data-testid=stSidebar]'), { attributeFilter: ['data-collapsed'] })"""
    )
    page.set_viewport_size({"width": 844, "height": 390})
    page.wait_for_function(f"window.unfolded && {FOLDED}")  # Streamlit unfolds the sidebar where the width has grown to a computer's
    map_ = page.locator("[data-panel=map]").bounding_box()
    assert map_
    assert map_["x"] < 60
    page.get_by_test_id("stExpandSidebarButton").click()
    page.wait_for_function(f"!({FOLDED})")
    frames(page, 5)
    assert not page.evaluate(FOLDED), "but whoever opens it has it"
    page.set_viewport_size({"width": 800, "height": 600})  # a tablet, beside whose sidebar the buttons need two lines
    page.wait_for_function(
        "(({ scrollWidth, clientWidth }) => clientWidth < 600 && scrollWidth <= clientWidth)(document.querySelector('.stMain'))"
    )


def test_sliders_are_named_once_and_a_landscape_is_chosen_by_its_picture(open_tab: Open) -> None:
    page = open_tab()
    page.get_by_role("slider", name="Condition κ", exact=True).wait_for(state="attached")
    page.wait_for_function("document.querySelector('.st-key-formula .katex').dataset.fitted")
    wide = "[...document.querySelectorAll('.st-key-formula .base')].map((part) => part.getBoundingClientRect().right)"
    assert page.evaluate(f"Math.max(...{wide}) <= document.querySelector('.st-key-formula').getBoundingClientRect().right + 1"), "not cut"
    page.locator(".st-key-landscapes button").first.click()
    page.get_by_role("searchbox").fill("goldstein")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Goldstein").wait_for()
    page.locator(".descent-gallery").wait_for(state="detached")
    page.wait_for_function("location.search.includes('goldstein')")


@pytest.mark.parametrize(
    ("host", "framed"),
    [("", False), ("http://www.school.example/", False), ("http://elsewhere.example/", True)],
    ids=["none", "own", "other"],
)
def test_a_page_knows_when_a_frame_of_another_site_keeps_its_cookies_back(context: BrowserContext, host: str, framed: bool) -> None:
    page = context.new_page()

    def answer(route: Route) -> None:
        if route.request.url.endswith("page.js"):
            route.fulfill(body=(HERE / "js" / "page.js").read_text(encoding="utf-8"), content_type="text/javascript")
        else:
            body = FRAMED if route.request.url == APP else f'<iframe src="{APP}"></iframe>'
            route.fulfill(body=body, content_type="text/html")

    page.route("**/*", answer)
    page.goto(host or APP)
    frame = page.frames[-1]
    frame.wait_for_selector("[data-tended]")
    assert frame.evaluate("document.documentElement.classList.contains('framed-by-another')") is framed
    page.close()
