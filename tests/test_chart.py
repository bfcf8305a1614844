"""Pictures under the maps, and figures in which a place can be chosen, in small apps of their own in a real browser."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

from figures import LIGHT
from player.chart import chart
from player.component import STATIC, publish
from player.payload import picture_bytes
from tests.conftest import ROOT, served, settle, tabs
from tests.test_player import PLAYER, axes, frames, picture, pixel, position

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.xdist_group("browser")
Open = Callable[..., "Page"]

APP = f"""
import io, sys, time
sys.path.insert(0, {str(ROOT)!r})
import numpy as np, plotly.graph_objects as go, streamlit as st
from PIL import Image
from figures import DARK, LIGHT
from figures.maps import base_layout
from player.chart import chart
from player.component import backdrop, player
from scenario import Choice, Scenario

st.set_page_config(layout="wide")
state, asked = st.session_state, st.query_params
theme = DARK if st.context.theme.type == "dark" else LIGHT
for name in ("runs", "sent"):
    state.setdefault(name, 0)
state.setdefault("picks", [])
state.runs += 1
SGD, ADAM = Choice.of("sgd", lr=0.01), Choice.of("adam", lr=0.1)

def png(rows):
    file = io.BytesIO()
    Image.fromarray(np.array(rows, np.uint8)).save(file, "PNG")
    return file.getvalue()

FOUR = [[[230, 120, 120], [120, 200, 120]], [[120, 120, 230], [220, 210, 90]]]
COARSE, FINER = png(FOUR), png([row[::-1] for row in FOUR[::-1]])

def pictures():
    count = int(asked.get("pictures", 2))
    if st.button("Finer"):
        state.sent += 1
    if not st.checkbox("Without"):
        backdrop([FINER if state.sent else COARSE] * (0 if st.checkbox("None") else count), "play")

def race():
    entrants = (SGD, ADAM)[: int(asked.get("runs", 2))]
    scenario = Scenario(landscape=Choice("himmelblau"), optimizers=entrants, points=((2.0, 4.0),))
    player(scenario.race(), theme, (asked.get("panel", "maps"),), "play", lambda: None, board="board" in asked)

def aside():
    with st.sidebar:
        st.fragment(pictures)()

def maps():
    if "first" in asked:
        aside()
        time.sleep(1.5)
    race()
    if "first" not in asked:
        time.sleep(1.5 if "late" in asked else 0)
        aside()

def note(key):
    return lambda: state.picks.append(dict(state[key].pick))

def figure(kind):
    x = np.geomspace(1e-4, 1.0, 9) if kind == "log" else np.linspace(-2.0, 2.0, 900 if kind == "large" else 9)
    y = ["SGD", "Adam", "Lion"] if kind == "names" else np.linspace(10.0, 30.0, 5)
    z = np.arange(float(len(x) * len(y))).reshape(len(y), len(x)) + (np.nan if kind == "empty" else 0.0)
    says = "x %{{x:.4g}}<br>y %{{y}}<br>cell %{{z}}<extra></extra>"
    made = go.Figure([{{"type": "heatmap", "x": x, "y": y, "z": z, "hovertemplate": says}}], base_layout(theme))
    return made.update_layout(xaxis_type="log" if kind == "log" else None, showlegend=False, title=kind)

def charts():
    kinds = asked.get("kinds", "linear").split(".")
    for kind in kinds:
        chart(figure(kind), theme, kind, note(kind) if "mute" not in asked else None, box="box" in asked, height=320)

def both():
    race()
    charts()

{{"maps": maps, "charts": charts, "both": both}}[asked["show"]]()
st.button("Again")
st.html(f"<output id=told>{{state.runs}} {{state.picks}}</output>")
"""
QUADRANTS = {(-3.0, 3.0): (230, 120, 120), (3.0, 3.0): (120, 200, 120), (-3.0, -3.0): (120, 120, 230), (3.0, -3.0): (220, 210, 90)}
"""The colours of the coarse picture, by the middles of its four pixels in Himmelblau's window."""


@pytest.fixture(scope="module")
def small_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the small app."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "small.py").write_text(APP, encoding="utf-8")
    publish()
    (folder / "static").symlink_to(STATIC)
    with served(str(folder / "small.py"), folder / "log") as url:
        yield url


@pytest.fixture
def open_small(browser: Browser, small_url: str) -> Iterator[Open]:
    """Opens the small app with a query, ready once everything in it has been drawn and the script has ended."""
    with tabs(browser, small_url) as opened:

        def drawn(query: str, **options: Any) -> Page:
            page = opened(query, **options)
            wait_until_drawn(page)
            return page

        yield drawn


def wait_until_drawn(page: Page) -> None:
    """Wait until the script has ended and everything in its page has been drawn."""
    page.wait_for_selector("#told", state="attached")
    if "show=charts" not in page.url:
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


# ---- pictures under the maps


def colour_at(
    page: Page, x: float, y: float, cell: str = "", panel: str = "maps", ratio: float = 1, shift: float = 0, image: Any = None
) -> tuple[int, ...]:
    """The most frequent colour around a point of the landscape, whatever thin lines cross there, or so many pixels to the right of it.

    Where several points are looked at, `image` is a picture of the page that serves for all.
    """
    left, top = (ratio * place for place in pixel(page, x, y, panel, cell))
    across, down = int(left + shift), int(top)
    patch = (picture(page) if image is None else image)[
        down - 7 : down + 8, (across - 2 if not shift else across) : across + (3 if not shift else 1)
    ]
    colours, counts = np.unique(patch.reshape(-1, 3), axis=0, return_counts=True)
    return tuple(int(part) for part in colours[counts.argmax()])


def assert_pictures_lie_right(page: Page, ratio: float = 1) -> None:
    look = partial(colour_at, page, ratio=ratio, image=picture(page))
    for cell in ("", "2"):
        for (x, y), colour in QUADRANTS.items():
            (low, high), (down, up) = axes(page, "maps", cell)["x"]["range"], axes(page, "maps", cell)["y"]["range"]
            if low < x < high and down < y < up:
                assert look(x, y, cell) == colour
        for y, left, right in ((3.0, (-3.0, 3.0), (3.0, 3.0)), (-3.0, (-3.0, -3.0), (3.0, -3.0))):
            if down < y < up:  # the edge between two pixels of the picture is at x = 0, and sharp
                assert look(0, y, cell, shift=-2) == QUADRANTS[left]
                assert look(0, y, cell, shift=2) == QUADRANTS[right]


@pytest.mark.parametrize("ratio", [1, 2])
def test_pictures_lie_where_the_window_is_and_follow_zoom_and_pan(open_small: Open, ratio: int) -> None:
    page = open_small("show=maps", device_scale_factor=ratio)
    wait_for_pictures(page, 2)
    frames(page)
    assert_pictures_lie_right(page, ratio)
    place = pixel(page, 1.0, 1.0, "maps")
    page.mouse.move(*place)
    for _ in range(4):
        page.mouse.wheel(0, -120)
        page.wait_for_timeout(120)
    page.wait_for_timeout(300)
    assert axes(page, "maps")["x"]["range"][1] < 5
    assert_pictures_lie_right(page, ratio)
    page.mouse.down()
    page.mouse.move(place[0] + 25, place[1] - 30, steps=4)
    page.mouse.up()
    page.wait_for_timeout(300)
    assert_pictures_lie_right(page, ratio)
    page.set_viewport_size({"width": 1100, "height": 640})
    page.wait_for_timeout(600)
    assert_pictures_lie_right(page, ratio)


def wait_for_pictures(page: Page, count: int) -> None:
    """Wait until so many pictures have come and the contours lie on them."""
    page.wait_for_function(
        f"{PLAYER}.pictures.length === {count} && document.querySelector('.descent .plot')._fullData[0].contours.coloring === 'none'"
    )


def coloring(page: Page) -> str:
    """How Plotly fills the first map's contours."""
    found: str = page.evaluate("document.querySelector('.descent .plot')._fullData[0].contours.coloring")
    return found


@pytest.mark.parametrize("order", ["first", "late"])
def test_pictures_may_come_before_the_race_or_after(open_small: Open, order: str) -> None:
    page = open_small(f"show=maps&{order}=1")
    wait_for_pictures(page, 2)
    frames(page)
    assert_pictures_lie_right(page)


def test_new_pictures_disturb_nothing(open_small: Open) -> None:
    page = open_small("show=maps")
    received = listen(page)
    wait_for_pictures(page, 2)
    race = max(received)
    count_drawings(page)
    page.evaluate("document.querySelector('.descent .plot').kept = true")
    page.evaluate(f"{PLAYER}.clock.seek(20), {PLAYER}.clock.play()")
    page.evaluate(f"window.before = {PLAYER}.pictures")
    received.clear()
    page.get_by_role("button", name="Finer").click()
    times: list[float] = []
    for _ in range(8):
        times.append(position(page))
        page.wait_for_timeout(100)
    assert times == sorted(times), "the playback goes on"
    assert times[0] < times[-1]
    page.wait_for_function(f"window.before !== {PLAYER}.pictures")
    page.evaluate(f"{PLAYER}.clock.pause()")
    frames(page)
    assert colour_at(page, -3, 3) == QUADRANTS[3.0, -3.0], "the finer picture has its colours turned round"
    assert page.evaluate("window.drawings") == 0
    assert page.evaluate("document.querySelector('.descent .plot').kept")
    assert sum(received) < race / 3, "neither landscape nor race has been sent again"
    assert runs(page) == 1


def test_pictures_go_with_none_and_with_their_component(open_small: Open) -> None:
    page = open_small("show=maps")
    wait_for_pictures(page, 2)
    for box in ("None", "Without"):
        page.get_by_text(box, exact=True).click()
        page.wait_for_function("document.querySelector('.descent .plot')._fullData[0].contours.coloring === 'heatmap'")
        frames(page)
        assert colour_at(page, -3, 3) not in QUADRANTS.values()
        page.get_by_text(box, exact=True).click()
        wait_for_pictures(page, 2)
        frames(page)
        assert_pictures_lie_right(page)


@pytest.mark.parametrize(
    ("query", "shown"),
    [("panel=map&runs=1&pictures=1", True), ("panel=map&runs=2&pictures=2", False), ("panel=maps&runs=2&pictures=1", False)],
)
def test_one_map_has_a_picture_only_of_one_run(open_small: Open, query: str, shown: bool) -> None:
    page = open_small(f"show=maps&{query}")
    page.wait_for_function(f"{PLAYER}.pictures.length > 0")
    page.wait_for_timeout(500)
    assert coloring(page) == ("none" if shown else "heatmap")
    panel = "map" if "panel=map&" in query else "maps"
    assert (colour_at(page, 3, 3, panel=panel) == QUADRANTS[3.0, 3.0]) == shown


def test_pictures_must_be_png() -> None:
    file = io.BytesIO()
    Image.new("RGB", (2, 2)).save(file, "GIF")
    with pytest.raises(ValueError, match="picture 1 of 1 is no PNG file: it begins with b'GIF8"):
        picture_bytes([file.getvalue()])
    assert picture_bytes([]) == b"\0\0\0\0"


# ---- without the table


@pytest.mark.parametrize("panel", ["map", "maps", "surface", "loss"])
def test_without_the_table_panels_take_its_place(open_small: Open, panel: str) -> None:
    def share(page: Page) -> float:
        found: float = page.evaluate(
            """(() => {
                const area = ({ width, height }) => width * height, box = (name) => document.querySelector(name).getBoundingClientRect();
                return area(box('.descent .panel')) / area(box('.descent .grid'));
            })()"""
        )
        return found

    page = open_small(f"show=maps&panel={panel}")
    assert page.locator(".board").count() == 0
    assert share(page) == pytest.approx(1, abs=0.01)
    page = open_small(f"show=maps&panel={panel}&board=1")
    assert page.locator(".board").count() == 1
    assert share(page) < 0.9


# ---- picking in a chart


def chart_of(page: Page, place: int = 0) -> Locator:
    return page.locator(".descent-chart").nth(place)


def area(page: Page, place: int = 0) -> dict[str, Any]:
    """Where the plot area of a chart lies in the page, and the ranges of its axes (of the logarithms on a logarithmic one)."""
    found: dict[str, Any] = page.evaluate(
        """(place) => {
            const plot = document.querySelectorAll('.descent-chart .plot')[place], { xaxis, yaxis } = plot._fullLayout;
            const { left, top } = plot.getBoundingClientRect();
            const size = { left: left + xaxis._offset, top: top + yaxis._offset, width: xaxis._length, height: yaxis._length };
            return { ...size, x: xaxis.range, y: yaxis.range };
        }""",
        place,
    )
    return found


def at(page: Page, across: float, up: float, place: int = 0) -> tuple[float, float]:
    """The whole pixel of the page at shares of a chart's plot area."""
    box = area(page, place)
    return round(box["left"] + across * box["width"]), round(box["top"] + (1 - up) * box["height"])


def value(page: Page, spot: tuple[float, float], logarithmic: bool = False) -> tuple[float, float, float, float]:
    """The values of the axes at a pixel of the page, and how far they change over one pixel."""
    box = area(page)
    (x0, x1), (y0, y1) = box["x"], box["y"]
    dx, dy = (x1 - x0) / box["width"], (y1 - y0) / box["height"]
    x, y = x0 + (spot[0] - box["left"]) * dx, y1 - (spot[1] - box["top"]) * dy
    return (10**x, y, 10**x * np.log(10) * dx, dy) if logarithmic else (x, y, dx, dy)


@pytest.mark.parametrize("kind", ["linear", "log"])
def test_a_click_gives_the_values_of_the_axes(open_small: Open, kind: str) -> None:
    page = open_small(f"show=charts&kinds={kind}")
    for count, (across, up) in enumerate([(0.25, 0.8), (0.7, 0.1), (0.7, 0.1)], start=1):
        spot = at(page, across, up)
        page.mouse.click(*spot)
        pick = wait_for_picks(page, count)[-1]
        x, y, dx, dy = value(page, spot, kind == "log")
        assert pick["kind"] == "point"
        assert pick["at"] == [pytest.approx(x, abs=dx), pytest.approx(y, abs=dy)]
    assert picks(page)[1] == picks(page)[2], "the same pick twice counts twice"
    page.mouse.click(area(page)["left"] - 15, area(page)["top"] + 20)
    page.wait_for_timeout(300)
    assert len(picks(page)) == 3, "beside the axes nothing is chosen"


def test_a_tap_chooses_and_names_are_told_as_names(open_small: Open) -> None:
    page = open_small("show=charts&kinds=names", has_touch=True)
    page.touchscreen.tap(*at(page, 0.5, 0.5))
    (pick,) = wait_for_picks(page, 1)
    assert pick["at"] == [pytest.approx(0, abs=0.02), "Adam"]


@pytest.mark.parametrize("kind", ["linear", "log"])
def test_a_drag_chooses_a_box(open_small: Open, kind: str) -> None:
    page = open_small(f"show=charts&kinds={kind}&box=1")
    start, end = at(page, 0.6, 0.7), at(page, 0.2, 0.4)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    drawn = page.locator(".descent-chart .box").bounding_box()
    assert drawn
    assert [drawn["x"], drawn["y"]] == pytest.approx([end[0], start[1]], abs=1)
    assert [drawn["width"], drawn["height"]] == pytest.approx([start[0] - end[0], end[1] - start[1]], abs=1)
    assert page.locator(".hoverlayer .hovertext").count() == 0
    page.mouse.up()
    (pick,) = wait_for_picks(page, 1)
    (x0, y0, dx0, dy), (x1, y1, dx1, _) = (value(page, spot, kind == "log") for spot in (end, start))
    assert pick["kind"] == "box"
    assert pick["x"] == [pytest.approx(x0, abs=dx0), pytest.approx(x1, abs=dx1)]
    assert pick["y"] == [pytest.approx(y0, abs=dy), pytest.approx(y1, abs=dy)]
    assert page.locator(".descent-chart .box").is_hidden()


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=3)


def test_boxes_end_at_the_axes_and_thin_ones_stand_for_all_of_an_axis(open_small: Open) -> None:
    page = open_small("show=charts&box=1")
    box = area(page)
    start = at(page, 0.5, 0.5)
    drag(page, start, (start[0] + 2, start[1] - 3))
    page.mouse.up()
    assert wait_for_picks(page, 1)[0]["kind"] == "point", "who moves less than 4 pixels has clicked"
    drag(page, start, (1279, 5))
    page.mouse.up()
    beyond = wait_for_picks(page, 2)[1]
    assert (beyond["x"][1], beyond["y"][1]) == (pytest.approx(box["x"][1]), pytest.approx(box["y"][1]))
    drag(page, start, (start[0] + 90, start[1] + 1))
    page.mouse.up()
    thin = wait_for_picks(page, 3)[2]
    assert thin["y"] == [pytest.approx(end) for end in box["y"]]
    assert thin["x"][1] - thin["x"][0] == pytest.approx(90 * (box["x"][1] - box["x"][0]) / box["width"], rel=0.02)
    drag(page, start, (start[0] + 90, start[1] + 90))
    page.keyboard.press("Escape")
    assert page.locator(".descent-chart .box").is_hidden()
    page.mouse.up()
    drag(page, start, (start[0] + 90, start[1] + 90))
    page.mouse.move(start[0] + 1, start[1] + 1)
    page.mouse.up()
    page.wait_for_timeout(300)
    assert len(picks(page)) == 3, "Escape gives up, and so does who comes back"


def test_the_keyboard_walks_from_cell_to_cell(open_small: Open) -> None:
    page = open_small("show=charts&kinds=log&box=1")
    chart_of(page).focus()
    spoken = page.locator(".descent-chart .spoken")
    path = [
        ("ArrowRight", 4, 2),
        ("ArrowRight", 5, 2),
        ("ArrowUp", 5, 3),
        ("ArrowLeft", 4, 3),
        ("ArrowDown", 4, 2),
        ("ArrowDown", 4, 1),
    ]
    for key, column, row in path:
        page.keyboard.press(key)
        x = np.geomspace(1e-4, 1.0, 9)[column]
        page.wait_for_function(f"document.querySelector('.spoken').textContent.endsWith('cell {9 * row + column}')")
        told = re.fullmatch(r"x ([\d.]+), y (\d+), cell \d+", spoken.inner_text().replace("\N{MINUS SIGN}", "-"))
        assert told
        assert [float(told[1]), float(told[2])] == pytest.approx([x, 10 + 5 * row], rel=1e-3)
        assert page.locator(".hoverlayer .hovertext").is_visible()
    page.keyboard.press("Enter")
    assert wait_for_picks(page, 1)[0] == {"kind": "point", "at": [pytest.approx(0.01), 15]}
    page.keyboard.press("ArrowDown")
    page.keyboard.press("z")
    box = wait_for_picks(page, 2)[1]
    (x0, x1), (y0, y1) = area(page)["x"], area(page)["y"]
    assert np.log10(box["x"]) == pytest.approx([-2 - (x1 - x0) / 6, -2 + (x1 - x0) / 6], abs=0.01)
    assert box["y"] == [pytest.approx(y0, abs=0.1), pytest.approx(y0 + (y1 - y0) / 3, abs=0.1)], "it is moved inside the axes"
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function("document.querySelector('.spoken').textContent.endsWith('cell 8')")
    page.keyboard.press("Escape")
    assert page.locator(".descent-chart .cell").is_hidden()


def test_a_map_without_a_number_can_be_clicked_but_not_walked_on(open_small: Open) -> None:
    """As of steps to a tolerance that the landscape does not have."""
    page = open_small("show=charts&kinds=empty")
    assert chart_of(page).get_attribute("tabindex") is None
    spot = at(page, 0.25, 0.8)
    page.mouse.click(*spot)
    (pick,) = wait_for_picks(page, 1)
    x, y, dx, dy = value(page, spot)
    assert pick["at"] == [pytest.approx(x, abs=dx), pytest.approx(y, abs=dy)]


def test_the_focus_is_seen_and_the_keys_are_told(open_small: Open) -> None:
    page = open_small("show=charts&box=1")
    chart_of(page).focus()
    page.keyboard.press("ArrowUp")
    outline = chart_of(page).evaluate("(root) => [getComputedStyle(root).outlineStyle, getComputedStyle(root).outlineWidth]")
    assert outline == ["solid", "2px"]
    assert chart_of(page).locator(".keys").is_visible()
    assert "Enter" in (chart_of(page).get_attribute("aria-description") or "")
    assert chart_of(page).get_attribute("aria-label") == "linear"


def test_a_chart_without_listener_only_shows(open_small: Open) -> None:
    page = open_small("show=charts&mute=1")
    page.mouse.move(*at(page, 0.5, 0.5))
    page.wait_for_selector(".hoverlayer .hovertext")
    page.mouse.click(*at(page, 0.5, 0.5))
    chart_of(page).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert picks(page) == []


def test_a_box_that_nobody_is_told_of_is_refused() -> None:
    with pytest.raises(ValueError, match="chart 'sweep' has box=True and no on_pick"):
        chart(go.Figure(), LIGHT, "sweep", box=True)


# ---- in the page


def test_charts_and_player_stand_on_one_page(open_small: Open) -> None:
    page = open_small("show=both&kinds=linear.log&box=1")
    position_before = position(page)
    chart_of(page, 1).scroll_into_view_if_needed()
    spot = at(page, 0.5, 0.5, 1)
    page.mouse.click(*spot)
    (pick,) = wait_for_picks(page, 1)
    assert pick["at"][0] == pytest.approx(0.01, rel=0.05), "the second chart was meant"
    assert position(page) > position_before
    step = position(page)
    page.evaluate(f"{PLAYER}.clock.pause()")
    chart_of(page, 1).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert position(page) <= step + 60
    stopped = position(page)
    page.keyboard.press("ArrowRight")
    assert position(page) == stopped, "keys of the chart are not the player's"


def test_the_chart_fills_its_container_and_follows_it(open_small: Open) -> None:
    page = open_small("show=charts")
    for width in (1280, 900, 390):
        page.set_viewport_size({"width": width, "height": 720})
        page.wait_for_function(
            """() => {
                const root = document.querySelector('.descent-chart'), plot = root.querySelector('.main-svg').getBoundingClientRect();
                const room = root.closest('[data-testid=stVerticalBlock]').getBoundingClientRect();
                return Math.abs(plot.width - room.width) < 1 && plot.height === 320;
            }"""
        )
    assert runs(page) == 1, "Python has not been asked"


def test_what_has_not_changed_is_neither_sent_nor_drawn_again(open_small: Open) -> None:
    page = open_small("show=charts&kinds=large.log")
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
    page.wait_for_timeout(300)
    assert page.evaluate("window.drawings") == 0


def test_light_and_dark_are_asked_for_once(open_small: Open) -> None:
    page = open_small("show=both&kinds=linear.log", color_scheme="light")
    count_drawings(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("[...document.querySelectorAll('.descent-chart')].every((root) => root.chart.content.theme.name === 'dark')")
    page.wait_for_function(f"{PLAYER}.race.theme.name === 'dark'")
    page.wait_for_timeout(2600)
    assert runs(page) == 2, "one question serves the player and both charts"
    letters = page.evaluate("getComputedStyle(document.querySelector('.descent-chart .xtick text')).fill")
    assert [int(part) for part in re.findall(r"\d+", letters)] == [0xE6, 0xE9, 0xEE]
    page.emulate_media(color_scheme="light")
    page.wait_for_function("document.querySelector('.descent-chart').chart.content.theme.name === 'light'")


def test_the_small_app_is_served_the_modules_of_the_project() -> None:
    assert (STATIC / publish()[0] / "chart.js").read_bytes() == (Path(ROOT) / "player" / "js" / "chart.js").read_bytes()
