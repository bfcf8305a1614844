"""The lessons in a real browser: read, answered, printed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import expect

from scenario import Experiment, Scenario
from scenario.lesson import Lesson
from scenario.lessons import lessons
from scenario.setup import Setup
from scenario.text import query_of
from scenario.view import is_known
from tests.conftest import settle, tabs
from tests.screen import ended, pixel, redrawn
from tests.test_page_browser import FOLDED

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

PLAYER = "document.querySelector('.descent').player"
RAVINE, SADDLES = lessons()["ravine"], lessons()["saddles"]
LAST = list(lessons().values())[-1]
COUNT = len(lessons())


@contextmanager
def lesson_page(context: BrowserContext, url: str, query: str, width: int = 1280, height: int = 720) -> Iterator[Page]:
    """The page with the lesson that a query names, drawn."""
    with tabs(context, url) as opened:
        page = opened(query, "/lessons", viewport={"width": width, "height": height})
        settle(page)
        yield page


def in_link(url: str) -> dict[str, str]:
    """The names and values in an address."""
    return dict(parse_qsl(urlsplit(url).query))


def shown(page: Page) -> Setup:
    """The scenario in the address, or the experiment."""
    pairs = parse_qsl(urlsplit(page.url).query)
    kind = Experiment if "data" in dict(pairs) else Scenario
    return kind.from_query(query_of([(name, value) for name, value in pairs if is_known(name, kind)]))


def arrived(page: Page, lesson: Lesson, place: int) -> None:
    """Wait until a lesson's stop is in the address and the player plays its runs."""
    page.wait_for_url(lambda url: f"lesson={lesson.name}" in url and f"at={place}" in url)
    stop = lesson.stops[place].scenario
    assert isinstance(stop, Experiment | Scenario)
    page.wait_for_function(f"{PLAYER}.race.runs.length === {len(stop.labels())} && {PLAYER}.race.steps === {stop.steps}")
    assert shown(page) == stop


def scrolled(page: Page) -> float:
    """How far the words are scrolled, in CSS pixels."""
    at: float = page.evaluate("document.querySelector('[class*=st-key-lesson_text]').scrollTop")
    return at


def click_on_map(page: Page, x: float, y: float) -> None:
    ended(page)
    redrawn(page)
    page.mouse.click(*pixel(page, x, y))


def test_a_lesson_from_start_to_end(context: BrowserContext, app_url: str) -> None:
    with lesson_page(context, app_url, "lesson=ravine") as page:
        page.get_by_role("heading", name="3 · The ravine").wait_for()
        arrived(page, RAVINE, 0)
        page.get_by_role("button", name="Half the learning rate").click()
        arrived(page, RAVINE, 1)
        page.wait_for_function(f"{PLAYER}.clock.position < 50")  # a checkpoint plays from its start
        page.get_by_text("The lesson goes on here once you have answered.").wait_for()
        question = page.locator("[class*=st-key-question]")
        question.get_by_role("button", name="SGD", exact=True).click()
        page.get_by_text("Not so.").wait_for()
        arrived(page, RAVINE, 4)
        page.get_by_text(f"0 of {COUNT} done").wait_for()  # a wrong answer does not count
        assert not page.get_by_role("button", name="Next: Minima and saddles").is_visible()
        assert not page.get_by_text("Look at the loss curves as well").is_visible(), "what follows would tell"
        question.get_by_role("button", name="Play the race again").wait_for()
        question.get_by_role("button", name="Momentum", exact=True).click()
        page.get_by_text("Right.").wait_for()
        page.get_by_text(f"1 of {COUNT} done").wait_for()
        page.get_by_text("Look at the loss curves as well").wait_for()
        page.reload()
        settle(page)
        page.get_by_text("Right.").wait_for()
        page.get_by_text(f"1 of {COUNT} done").wait_for()
        page.get_by_role("button", name="Next: Minima and saddles").click()
        page.get_by_role("heading", name="4 · Minima and saddles").wait_for()
        arrived(page, SADDLES, 0)
        assert in_link(page.url)["done"] == "ravine"
        page.wait_for_function("document.querySelector('[class*=st-key-lesson_text]').scrollTop === 0")


def test_the_end_of_a_run_is_marked_on_the_map(context: BrowserContext, app_url: str) -> None:
    lesson = lessons()["descent"]
    with lesson_page(context, app_url, "lesson=descent") as page:
        page.get_by_role("button", name="Mark it on the map").click()
        page.locator(".descent.predicting .hint", has_text="Click on the map where SGD from (0.5, −1.2) will end.").wait_for()
        assert page.evaluate(f"{PLAYER}.race.steps") == 1, "what would answer it is not even sent"
        assert page.evaluate(f"[...{PLAYER}.panels.keys()]") == ["map"]
        assert not page.locator(".board").is_visible()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Space")
        assert page.evaluate(f"[{PLAYER}.clock.position, {PLAYER}.clock.playing]") == [0, False]
        click_on_map(page, -3.5, -3.0)
        page.get_by_text("Not so. Your mark stands for “In the same minimum”").wait_for()
        arrived(page, lesson, 1)
        assert page.evaluate(f"{PLAYER}.race.prediction.mark") == pytest.approx([-3.5, -3.0], abs=0.05)
        page.get_by_role("button", name="Mark it again").click()
        page.wait_for_function(f"{PLAYER}.prediction.open")
        click_on_map(page, 3.2, -1.5)
        page.get_by_text("Right. Your mark stands for “In another minimum”").wait_for()
        page.get_by_text(f"1 of {COUNT} done").wait_for()
        page.wait_for_url(lambda url: {"at": "1", "said": "1", "done": "descent"}.items() <= in_link(url).items())
        page.goto(f"{app_url}/lessons")  # another day: the browser knows
        page.get_by_text(f"1 of {COUNT} done").wait_for()
        page.get_by_text("A start one unit further to the right ends in another minimum").wait_for()
        page.get_by_role("button", name="Lessons", exact=True).click()
        page.get_by_role("button", name="Start over").click()
        page.get_by_text(f"0 of {COUNT} done").wait_for()
        page.wait_for_function("localStorage.getItem('descent lessons') === '{}'")


def printed_it_is_words_and_the_whole_race(page: Page) -> None:
    size = page.evaluate("document.querySelector('[data-panel=map]').clientWidth")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert not page.get_by_test_id("stSidebar").is_visible()
    assert not page.get_by_role("button", name="Half the learning rate").is_visible()
    assert not page.locator(".transport").is_visible()
    assert page.evaluate(f"{PLAYER}.clock.position") == 100
    assert page.evaluate("document.querySelector('[data-panel=map]').clientWidth") == size
    assert page.evaluate("getComputedStyle(document.querySelector('[class*=st-key-lesson_text]')).overflowY") == "visible"
    zoom = page.evaluate("Number(getComputedStyle(document.querySelector('.descent')).getPropertyValue('--printed-zoom'))")
    assert 32 * zoom == int(32 * zoom) > 0, "what is finer Chromium prints canvases beside their maps with"
    assert page.locator("canvas.printed").count() == page.locator("canvas.moving:not(.printed)").count() > 1
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("canvas.printed").count() == 0


def test_it_is_printed_and_page_keys_scroll_the_words_and_others_turn_the_lessons(context: BrowserContext, app_url: str) -> None:
    with lesson_page(context, app_url, "lesson=ravine") as page:
        printed_it_is_words_and_the_whole_race(page)
        page.keyboard.press("PageDown")
        page.wait_for_function("document.querySelector('[class*=st-key-lesson_text]').scrollTop > 300")
        below = scrolled(page)
        page.keyboard.press("ArrowDown")
        page.wait_for_function(f"document.querySelector('[class*=st-key-lesson_text]').scrollTop > {below}")
        page.keyboard.press("PageUp")
        page.wait_for_function(f"document.querySelector('[class*=st-key-lesson_text]').scrollTop < {below}")
        assert in_link(page.url).get("lesson") == "ravine"
        page.keyboard.press("Shift+PageDown")
        page.get_by_role("heading", name="4 · Minima and saddles").wait_for()
        ended(page)
        page.keyboard.press("Shift+PageUp")
        page.get_by_role("heading", name="3 · The ravine").wait_for()
        page.get_by_role("button", name="Lessons", exact=True).click()
        page.get_by_role("button", name=f"{LAST.number} · {LAST.title}").click()
        page.get_by_role("heading", name=f"{LAST.number} · {LAST.title}").wait_for()
        expect(page.locator(".st-key-next_lesson button, .st-key-next-lesson button").last).to_be_disabled()


def test_words_stand_beside_a_large_map_and_scroll_by_themselves_with_the_sidebar_folded(context: BrowserContext, app_url: str) -> None:
    with lesson_page(context, app_url, "lesson=saddles&said=0") as page:
        page.wait_for_function("document.querySelectorAll('.descent-chart .scatterlayer .trace').length === 2")
        page.wait_for_function(FOLDED)
        for width, height in ((1280, 720), (1920, 1080)):
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_function("(least) => document.querySelector('.descent').getBoundingClientRect().height > least", arg=0.8 * height)
            redrawn(page)
            places = ("[class*=st-key-lesson_text]", ".descent", "[data-panel=map]")
            words, player, map_ = (page.locator(place).bounding_box() for place in places)
            assert words
            assert player
            assert map_
            assert words["width"] > 400
            assert map_["width"] > 420
            assert words["x"] + words["width"] < player["x"]
            assert max(words["y"] + words["height"], player["y"] + player["height"]) <= height
            assert page.evaluate("(() => { const e = document.querySelector('.stMain'); return e.scrollHeight - e.clientHeight; })()") <= 2


def test_a_link_with_another_scenario_keeps_it_and_on_a_phone_the_player_comes_first(context: BrowserContext, app_url: str) -> None:
    other = Scenario.from_query("landscape=ravine~condition:7&optimizer=adam&steps=33")
    with lesson_page(context, app_url, f"{other.to_query()}&lesson=ravine&at=1", 390, 844) as page:
        assert shown(page) == other
        words, player = (page.locator(place).bounding_box() for place in ("[class*=st-key-lesson_text]", ".descent"))
        assert words
        assert player
        assert player["y"] + player["height"] <= words["y"]
        page.get_by_role("button", name="First picture of this lesson").click()
        arrived(page, RAVINE, 0)
        page.get_by_role("button", name="Half the learning rate").click()
        arrived(page, RAVINE, 1)
        page.wait_for_function("document.querySelector('.descent').getBoundingClientRect().top > 0")
