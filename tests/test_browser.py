"""The real app in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from scenario import Choice, Scenario

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def page(browser: Browser, app_url: str) -> Iterator[Page]:
    """A fresh tab. It fails the test if the page logs an error or asks any other machine for anything."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, base_url=app_url)
    tab = context.new_page()
    faults: list[str] = []
    tab.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("request", lambda request: None if request.url.startswith((app_url, "data:", "blob:")) else faults.append(request.url))
    yield tab
    context.close()
    assert faults == []


def test_the_app_opens_and_shows_another_landscape(page: Page) -> None:
    page.goto("/")
    page.wait_for_selector(".js-plotly-plot .main-svg", state="attached")
    page.get_by_role("heading", name="Ravine").wait_for()
    page.get_by_role("radio", name="Local minima").click()
    page.get_by_role("heading", name="Himmelblau").wait_for()
    page.wait_for_function("location.search.includes('himmelblau')")
    page.wait_for_function("document.querySelector('.js-plotly-plot').data[0].name === 'Himmelblau'")


def test_a_copied_link_shows_the_same(page: Page) -> None:
    page.goto("/?" + Scenario(landscape=Choice.of("two_wells", left=4.0), optimizers=(Choice.of("sgd", lr=0.03),)).to_query())
    page.get_by_role("heading", name="Two wells").wait_for()
    rows = page.locator(".scoreboard tbody tr")
    rows.first.wait_for()
    assert rows.count() == 1
    assert "0.03" in rows.inner_text()
