"""The lessons in a real browser: read, answered, printed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest

from scenario import Scenario
from scenario.lessons import Lesson, lessons
from scenario.text import query_of
from scenario.view import is_known
from tests.conftest import settle, tabs

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

PLAYER = "document.querySelector('.descent').player"
RAVINE, SADDLES = lessons()["ravine"], lessons()["saddles"]


@contextmanager
def lesson_page(context: BrowserContext, url: str, query: str, width: int = 1280, height: int = 720) -> Iterator[Page]:
    """The page with the lesson that a query names, drawn."""
    with tabs(context, url) as opened:
        page = opened(query, "/lessons", viewport={"width": width, "height": height})
        settle(page)
        yield page


def in_link(page: Page) -> dict[str, str]:
    """The names and values in the address."""
    return dict(parse_qsl(urlsplit(page.url).query))


def shown(page: Page) -> Scenario:
    """The scenario in the address."""
    pairs = parse_qsl(urlsplit(page.url).query)
    return Scenario.from_query(query_of([(name, value) for name, value in pairs if is_known(name)]))


def arrived(page: Page, lesson: Lesson, place: int) -> None:
    """Wait until a lesson's stop is in the address and the player plays its runs."""
    page.wait_for_url(lambda url: f"lesson={lesson.name}" in url and f"at={place}" in url)
    stop = lesson.stops[place].scenario
    page.wait_for_function(f"{PLAYER}.race.runs.length === {len(stop.optimizers)} && {PLAYER}.race.steps === {stop.steps}")
    assert shown(page) == stop


def test_a_lesson_from_start_to_end(context: BrowserContext, app_url: str) -> None:
    with lesson_page(context, app_url, "lesson=ravine") as page:
        page.get_by_role("heading", name="3 · The ravine").wait_for()
        arrived(page, RAVINE, 0)
        page.get_by_role("button", name="Half the learning rate").click()
        arrived(page, RAVINE, 1)
        page.wait_for_function(f"{PLAYER}.clock.position < 50")  # a checkpoint plays from its start
        question = page.locator("[class*=st-key-question]")
        question.get_by_role("button", name="SGD", exact=True).click()
        page.get_by_text("Not yet:").wait_for()
        arrived(page, RAVINE, 4)
        question.get_by_role("button", name="Momentum", exact=True).click()
        page.get_by_text("Right.").wait_for()
        page.get_by_text("1 of 15 done").wait_for()
        page.reload()
        settle(page)
        page.get_by_text("Right.").wait_for()
        page.get_by_text("1 of 15 done").wait_for()
        page.get_by_role("button", name="Next: Minima and saddles").click()
        page.get_by_role("heading", name="4 · Minima and saddles").wait_for()
        arrived(page, SADDLES, 0)
        assert in_link(page)["done"] == "ravine"
        assert page.evaluate("document.querySelector('[class*=st-key-lesson_text]').scrollTop") == 0


def test_pages_are_turned_by_the_keys_and_by_the_list_and_have_their_plots(context: BrowserContext, app_url: str) -> None:
    with lesson_page(context, app_url, "lesson=ravine") as page:
        page.keyboard.press("PageDown")
        page.get_by_role("heading", name="4 · Minima and saddles").wait_for()
        page.wait_for_function("document.querySelectorAll('.descent-chart .scatterlayer .trace').length === 2")  # the plot of this lesson
        page.keyboard.press("PageUp")
        page.get_by_role("heading", name="3 · The ravine").wait_for()
        page.get_by_role("button", name="Lessons", exact=True).click()
        page.get_by_role("button", name="15 · Choosing fairly").click()
        page.get_by_role("heading", name="15 · Choosing fairly").wait_for()
        assert page.locator(".st-key-next_lesson button, .st-key-next-lesson button").last.is_disabled()


def test_a_link_with_another_scenario_keeps_it(context: BrowserContext, app_url: str) -> None:
    other = Scenario.from_query("landscape=ravine~condition:7&optimizer=adam&steps=33")
    with lesson_page(context, app_url, f"{other.to_query()}&lesson=ravine&at=1") as page:
        assert shown(page) == other
        page.get_by_role("button", name="First picture of this lesson").click()
        arrived(page, RAVINE, 0)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080)])
def test_words_stand_beside_the_player_and_scroll_by_themselves(context: BrowserContext, app_url: str, width: int, height: int) -> None:
    with lesson_page(context, app_url, "lesson=adam", width, height) as page:
        words, player = (page.locator(place).bounding_box() for place in ("[class*=st-key-lesson_text]", ".descent"))
        assert words
        assert player
        assert words["x"] + words["width"] < player["x"]
        assert max(words["y"] + words["height"], player["y"] + player["height"]) <= height
        assert player["height"] > 0.8 * height
        assert page.evaluate("(() => { const e = document.querySelector('.stMain'); return e.scrollHeight - e.clientHeight; })()") <= 2


def test_on_a_phone_the_player_comes_first(context: BrowserContext, app_url: str) -> None:
    with lesson_page(context, app_url, "lesson=ravine", 390, 844) as page:
        words, player = (page.locator(place).bounding_box() for place in ("[class*=st-key-lesson_text]", ".descent"))
        assert words
        assert player
        assert player["y"] + player["height"] <= words["y"]


def test_printed_it_is_words_and_the_whole_race(context: BrowserContext, app_url: str) -> None:
    with lesson_page(context, app_url, "lesson=ravine") as page:
        size = page.evaluate("document.querySelector('[data-panel=map]').clientWidth")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        assert not page.get_by_test_id("stSidebar").is_visible()
        assert not page.get_by_role("button", name="Half the learning rate").is_visible()
        assert not page.locator(".transport").is_visible()
        assert page.evaluate(f"{PLAYER}.clock.position") == RAVINE.scenario.steps
        assert page.evaluate("document.querySelector('[data-panel=map]').clientWidth") == size
        assert page.evaluate("getComputedStyle(document.querySelector('[class*=st-key-lesson_text]')).overflowY") == "visible"
        assert page.locator("canvas.printed").count() == page.locator("canvas.moving:not(.printed)").count() > 1
        page.emulate_media(media="screen")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("canvas.printed").count() == 0
