"""The browser's history and what a browser has not heard yet, in a real browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from scenario import Scenario
from scenario.presets import PRESETS
from scenario.text import query_of
from scenario.view import is_known
from tests.chromium import PATIENCE
from tests.conftest import settle
from tests.screen import PLAYER, ended, frames, pixel
from tests.test_browser import COUNTING

if TYPE_CHECKING:
    from playwright.sync_api import Page, WebSocketRoute

Open = Callable[..., "Page"]


def shown(page: Page) -> Scenario:
    """The scenario in the address."""
    return Scenario.from_query(query_of([(name, value) for name, value in parse_qsl(urlsplit(page.url).query) if is_known(name)]))


def test_opening_the_app_makes_one_entry_and_the_first_back_goes_back(open_tab: Open) -> None:
    page = open_tab("landscape=saddle&optimizer=adam&show=map")
    page.wait_for_function("location.search.includes('landscape=saddle')")
    entries, home = page.evaluate("history.length"), page.url.partition("?")[0].rstrip("/")
    back = "!location.pathname.endsWith('/lessons') && document.querySelector('.descent')?.player?.landscape?.name === 'Saddle'"
    for path, query, whole in (
        ("/", "show=map&steps=many", "landscape=ravine"),
        ("/lessons", "show=map", "landscape=himmelblau"),
    ):
        page.goto(f"{home}{path}?{query}")
        page.wait_for_function("(whole) => location.search.includes(whole)", arg=whole)
        assert page.evaluate("history.length") == entries + 1, query
        page.go_back()
        page.wait_for_function("document.querySelector('.descent')?.player?.landscape?.name === 'Saddle'")
        assert shown(page) == Scenario.from_query("landscape=saddle&optimizer=adam"), query
    settle(page)
    page.locator(".st-key-pages").get_by_role("link", name="Sweeps", exact=True).click()
    page.wait_for_function("location.search.includes('boxes=')")
    ended(page)
    assert page.evaluate("history.length") == entries + 1, "though a sweep's address names what only the page knows"
    page.go_back()
    page.wait_for_function(
        "!location.pathname.endsWith('/sweeps') && document.querySelector('.descent')?.player?.landscape?.name === 'Saddle'"
    )
    settle(page)
    page.locator(".st-key-pages").get_by_role("link", name="Lessons", exact=True).click()
    page.wait_for_function("document.querySelector('.descent')?.player?.landscape?.name === 'Himmelblau'")
    ended(page)
    assert page.evaluate("history.length") == entries + 1
    page.go_back()
    page.wait_for_function(back)
    assert shown(page) == Scenario.from_query("landscape=saddle&optimizer=adam")


def test_one_press_leads_back_from_a_page_that_a_button_led_to(open_tab: Open) -> None:
    page = open_tab("data=moons~n:20&widths=2&optimizer=sgd&steps=5&show=landscape", path="/landscape")
    entries, before = page.evaluate("history.length"), page.url
    page.get_by_role("button", name="Race on this plane").click()
    page.wait_for_function("location.search.startsWith('?landscape=plane') && document.querySelector('.descent')?.player?.race")
    ended(page)
    assert page.evaluate("history.length") == entries + 1
    page.wait_for_function(f"({PLAYER}.live.wake(), {PLAYER}.live.ready)")
    page.evaluate(COUNTING)
    home = page.evaluate(f"{PLAYER}.startMarks[0]")
    page.mouse.move(*pixel(page, *home))
    page.mouse.down()
    page.mouse.move(*pixel(page, home[0] + 0.5, home[1] + 0.5))
    frames(page)
    assert page.evaluate(f"{PLAYER}.race.histories.length") == 1
    assert not page.evaluate("window.sent ?? 0"), "nobody is asked for what is dragged on a plane"
    page.evaluate(f"{PLAYER}.live.forget()")
    page.go_back()
    page.wait_for_function("location.pathname.endsWith('/landscape') && document.querySelector('.descent')?.player?.training")
    ended(page)
    assert (page.url, page.evaluate("history.length")) == (before, entries + 1)


class Held:
    """A connection to the app whose answers reach the browser only once they are let through."""

    def __init__(self, page: Page) -> None:
        self.page, self.holding, self.kept = page, False, list[bytes | str]()
        page.route_web_socket(lambda url: "/_stcore/stream" in url, self._route)

    def _route(self, browser: WebSocketRoute) -> None:
        self.browser = browser
        server = browser.connect_to_server()
        browser.on_message(server.send)
        server.on_message(self._answer)

    def _answer(self, message: bytes | str) -> None:
        if self.holding:
            self.kept.append(message)
        else:
            self.browser.send(message)

    def finished(self) -> int:
        """How many runs of the script have ended since answers are held."""
        return sum(isinstance(kept, bytes) and ForwardMsg.FromString(kept).WhichOneof("type") == "script_finished" for kept in self.kept)

    def wait(self, runs: int) -> None:
        """Wait until so many runs have ended."""
        patience = time.monotonic() + PATIENCE / 1000
        while self.finished() < runs:
            assert time.monotonic() < patience, f"{self.finished()} runs of {runs} have ended"
            self.page.wait_for_timeout(20)

    def release(self) -> None:
        """Let everything through."""
        self.holding = False
        for message in self.kept:
            self.browser.send(message)


def test_what_a_browser_sends_home_has_heard_of_a_preset_changes_nothing(open_tab: Open) -> None:
    page = open_tab("landscape=rosenbrock&optimizer=adam~lr:0.3&starts=ring~n:5&show=map")
    held = Held(page)
    page.reload()
    page.get_by_role("button", name="Presets").click()
    preset = page.get_by_role("button", name=PRESETS["saddle"].title)
    preset.wait_for()
    held.holding = True
    preset.click()
    held.wait(1)
    page.keyboard.press("Escape")  # the list closes by itself once the browser has heard
    page.get_by_text("Steps and schedule").click()  # with it go the values of all widgets, as they were before
    held.wait(2)
    held.release()
    page.get_by_role("heading", name="Saddle").wait_for()
    page.wait_for_function("document.querySelector('.descent').player.landscape.name === 'Saddle'")
    ended(page)
    assert shown(page) == PRESETS["saddle"].scenario
