"""A race as the last line of a notebook's cell plays there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from player import as_page
from scenario import Choice, Scenario
from tests.chromium import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_a_page_plays_in_the_frame_that_a_notebook_shows(browser: Browser) -> None:
    race = Scenario(optimizers=(Choice("sgd"), Choice("adam")), steps=40).race()
    notebook = browser.new_context(viewport={"width": 1000, "height": 720}, offline=True).new_page()
    notebook.set_default_timeout(PATIENCE)
    faults: list[str] = []
    notebook.on("pageerror", lambda error: faults.append(str(error)))
    notebook.set_content(f"<!doctype html><p>Out[1]:</p>{as_page(race, panels=('map', 'loss'))._repr_html_()}")
    cell = notebook.query_selector("iframe")
    assert cell
    frame = cell.content_frame()
    assert frame
    frame.wait_for_function("document.querySelectorAll('.descent .panel[data-drawn]').length === 2")
    frame.wait_for_function("Number(document.querySelector('.descent').dataset.step) > 2")
    assert frame.locator(".board tbody tr").count() == 2
    assert frame.evaluate("document.documentElement.scrollHeight <= innerHeight"), "all of it is seen"
    notebook.context.close()
    assert faults == []


def test_a_page_is_text_and_short_where_it_is_named() -> None:
    page = as_page(Scenario(steps=2).race(), panels=("map",))
    assert page.startswith("<!doctype html>")
    assert repr(page).startswith("<Page of ")
    assert len(repr(page)) < 20
