"""The player and its charts in a small Streamlit app: what is sent, what Python is told, and that nothing is done twice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from player.component import STATIC, publish
from player.modules import HERE
from tests.conftest import ROOT, served, settle, tabs
from tests.screen import PLAYER, position, redrawn
from tests.test_chart import QUADRANTS, at, chart_of, coloring, colour_at, wait_for_pictures

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.xdist_group("small app")  # which one worker serves
Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def small_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the small app."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "small.py").write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom tests.small_app import run\nrun()\n", encoding="utf-8"
    )
    publish()
    (folder / "static").symlink_to(STATIC)
    with served(str(folder / "small.py"), folder / "log") as url:
        yield url


@pytest.fixture
def open_small(context: BrowserContext, small_url: str) -> Iterator[Open]:
    """Opens the small app with a query, ready once everything in it has been drawn and the script has ended."""
    with tabs(context, small_url) as opened:

        def drawn(query: str, **options: Any) -> Page:
            page = opened(query, **options)
            wait_until_drawn(page)
            return page

        yield drawn


def wait_until_drawn(page: Page) -> None:
    """Wait until the script has ended and everything in its page has been drawn."""
    page.wait_for_selector("#told", state="attached")
    if "maps" in page.url:
        settle(page)
    page.wait_for_function("[...document.querySelectorAll('.descent-chart')].every((chart) => chart.dataset.drawn)")


def picks(page: Page) -> list[dict[str, Any]]:
    """What Python has been told, without the serial numbers."""
    return [{name: part for name, part in pick.items() if name != "serial"} for pick in _state(page)[1]]


def runs(page: Page) -> int:
    """How often the script has run."""
    return _state(page)[0]


def _state(page: Page) -> tuple[int, list[dict[str, Any]]]:
    count, _, rest = page.locator("#told").inner_text().partition(" ")
    return int(count), json.loads(rest.replace("'", '"'))


def wait_for_picks(page: Page, count: int) -> list[dict[str, Any]]:
    page.wait_for_function(f"document.querySelector('#told').textContent.split('serial').length - 1 === {count}")
    return picks(page)


def count_drawings(page: Page) -> None:
    """From now on count in `drawings` how often Plotly draws a figure."""
    page.evaluate("() => { window.drawings = 0; const { react } = Plotly; Plotly.react = (...all) => (window.drawings++, react(...all)); }")


def listen(page: Page) -> list[int]:
    """Open the page anew, and note the size of everything that comes from Python."""
    sizes: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: sizes.append(len(data))))
    page.reload()
    wait_until_drawn(page)
    return sizes


def test_new_pictures_disturb_nothing(open_small: Open) -> None:
    page = open_small("maps=1")
    received = listen(page)
    wait_for_pictures(page, 2)
    race = max(received)
    count_drawings(page)
    page.evaluate("document.querySelector('.descent .plot').kept = true")
    page.evaluate(f"{PLAYER}.clock.seek(20), {PLAYER}.clock.play()")
    page.evaluate(f"window.before = {PLAYER}.pictures")
    received.clear()
    before = position(page)
    page.get_by_role("button", name="Finer").click()
    page.wait_for_function(f"window.before !== {PLAYER}.pictures && {PLAYER}.clock.position > {before}")  # the playback goes on
    page.evaluate(f"{PLAYER}.clock.pause()")
    redrawn(page)
    assert colour_at(page, -3, 3) == QUADRANTS[3.0, -3.0], "the finer picture has its colours turned round"
    assert page.evaluate("window.drawings") == 0
    assert page.evaluate("document.querySelector('.descent .plot').kept")
    assert sum(received) < race / 3, "neither landscape nor race has been sent again"
    assert runs(page) == 1
    for number, box in enumerate(("None", "Without")):
        page.get_by_text(box, exact=True).click()
        wait_for_pictures(page, 0)
        assert coloring(page) == "heatmap", "pictures go with none and with their component"
        assert colour_at(page, -3, 3) not in QUADRANTS.values()
        assert page.evaluate("window.drawings") == 1 + 2 * number, "when they go, and when they come again"
        page.get_by_text(box, exact=True).click()
        wait_for_pictures(page, 2)
        assert coloring(page) == "none"


def test_charts_and_player_stand_on_one_page(open_small: Open) -> None:
    page = open_small("maps=1&charts=linear+log")
    page.evaluate(f"{PLAYER}.clock.play()")
    before = position(page)
    chart_of(page, 1).scroll_into_view_if_needed()
    page.mouse.click(*at(page, 0.5, 0.5, 1))
    (pick,) = wait_for_picks(page, 1)
    assert pick["kind"] == "point"
    assert pick["at"][0] == pytest.approx(0.01, rel=0.05), "the second chart was meant"
    page.mouse.move(*at(page, 0.3, 0.3, 1))
    page.mouse.down()
    page.mouse.move(*at(page, 0.7, 0.7, 1), steps=3)
    page.mouse.up()
    box = wait_for_picks(page, 2)[1]
    assert box["kind"] == "box"
    assert box["y"] == [pytest.approx(16, abs=1), pytest.approx(24, abs=1)]
    page.wait_for_function(f"{PLAYER}.clock.position > {before}")


def test_what_has_not_changed_is_neither_sent_nor_drawn_again(open_small: Open) -> None:
    page = open_small("charts=large+log")
    received = listen(page)
    largest = max(received)
    count_drawings(page)
    received.clear()
    page.get_by_role("button", name="Again").click()
    page.wait_for_function("document.querySelector('#told').textContent.startsWith('2 ')")
    assert sum(received) < largest / 2
    chart_of(page).scroll_into_view_if_needed()
    page.mouse.click(*at(page, 0.5, 0.5))
    wait_for_picks(page, 1)
    page.evaluate("Promise.all([...document.querySelectorAll('.descent-chart')].map(({ chart }) => chart.work)).then(() => null)")
    assert page.evaluate("window.drawings") == 0
    charts_fill_their_container_and_follow_it(page)


def charts_fill_their_container_and_follow_it(page: Page) -> None:
    for width in (900, 390):
        page.set_viewport_size({"width": width, "height": 720})
        page.wait_for_function(
            """() => {
                const root = document.querySelector('.descent-chart'), plot = root.querySelector('.main-svg').getBoundingClientRect();
                const room = root.closest('[data-testid=stVerticalBlock]').getBoundingClientRect();
                return Math.abs(plot.width - room.width) < 1 && plot.height === 320;
            }"""
        )


def stop_the_clock(page: Page, later: float = 0.0) -> None:
    """Let the page's clock stand still, so many milliseconds after it was stopped first."""
    page.evaluate("(later) => { const at = (window.stopped ??= performance.now()) + later; performance.now = () => at; }", later)


def test_light_and_dark_are_asked_for_once(open_small: Open) -> None:
    page = open_small("maps=1&charts=linear+log", color_scheme="light")
    count_drawings(page)
    stop_the_clock(page)  # lest a busy machine's late answer be taken for lost, and asked for again
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("[...document.querySelectorAll('.descent-chart')].every((root) => root.chart.content.theme.name === 'dark')")
    page.wait_for_function(f"{PLAYER}.race.theme.name === 'dark'")
    letters = page.evaluate("getComputedStyle(document.querySelector('.descent-chart .xtick text')).fill")
    assert [int(part) for part in re.findall(r"\d+", letters)] == [0xE6, 0xE9, 0xEE]
    assert runs(page) == 2, "one question serves the player and both charts"
    stop_the_clock(page, 10_000)
    page.emulate_media(color_scheme="light")  # is asked for once no other question can still be under way
    page.wait_for_function("[...document.querySelectorAll('.descent-chart')].every((root) => root.chart.content.theme.name === 'light')")
    page.wait_for_function(f"{PLAYER}.race.theme.name === 'light'")
    assert runs(page) == 3


def test_the_small_app_is_served_the_modules_of_the_project() -> None:
    assert (STATIC / publish()[0] / "chart.js").read_bytes() == (HERE / "js" / "chart.js").read_bytes()
