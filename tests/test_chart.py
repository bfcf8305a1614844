"""Pictures under the maps, and figures in which a place can be chosen, in a page of the player's own modules.

What Streamlit makes of them is held by test_small_app.py.
"""

from __future__ import annotations

import io
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

from figures import LIGHT
from player.chart import chart
from player.payload import picture_bytes
from scenario import Choice, Scenario
from tests.player_page import PlayerPage
from tests.screen import PLAYER, axes, full_layout, picture, pixel, position, redrawn
from tests.small_app import COARSE, figure

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

QUADRANTS = {(-3.0, 3.0): (230, 120, 120), (3.0, 3.0): (120, 200, 120), (-3.0, -3.0): (120, 120, 230), (3.0, -3.0): (220, 210, 90)}
"""The colours of the coarse picture, by the middles of its four pixels in Himmelblau's window."""
TWO = Scenario(landscape=Choice("himmelblau"), optimizers=(Choice.of("sgd", lr=0.01), Choice.of("adam", lr=0.1)), points=((2.0, 4.0),))


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


def test_pictures_lie_where_the_window_is_and_follow_zoom_and_pan(fine_player_page: PlayerPage) -> None:
    page, ratio = fine_player_page.play(TWO, ("maps",), board=False), fine_player_page.ratio
    fine_player_page.lay_under([COARSE] * 2)
    wait_for_pictures(page, 2)
    assert_pictures_lie_right(page, ratio)
    place = pixel(page, 1.0, 1.0, "maps")
    page.mouse.move(*place)
    for _ in range(4):
        high = axes(page, "maps")["x"]["range"][1]
        page.mouse.wheel(0, -120)
        page.wait_for_function(f"{full_layout('maps')}.xaxis.range[1] < {high}")
    assert axes(page, "maps")["x"]["range"][1] < 5
    settled(page)
    assert_pictures_lie_right(page, ratio)
    low = axes(page, "maps")["x"]["range"][0]
    page.mouse.down()
    page.mouse.move(place[0] + 25, place[1] - 30, steps=4)
    page.mouse.up()
    page.wait_for_function(f"{full_layout('maps')}.xaxis.range[0] < {low}")
    settled(page)
    assert_pictures_lie_right(page, ratio)
    fine_player_page.resize(1100, 640)
    assert_pictures_lie_right(page, ratio)


def settled(page: Page) -> None:
    """Wait until Plotly has drawn the axes at which it has arrived: wheel and drag show a preview, and draw a moment later."""
    page.wait_for_function(
        """() => {
            const plot = document.querySelector('[data-panel=maps] .plot'), range = String(plot._fullLayout.xaxis.range);
            const done = !plot._dragging && !plot.querySelector('.plot[transform*="scale"]') && range === window.lastRange;
            window.lastRange = range;
            return done;
        }""",
        polling=150,
    )
    redrawn(page)


def wait_for_pictures(page: Page, count: int) -> None:
    """Wait until so many pictures have come and the contours are drawn over them, or as the land where there are none."""
    page.wait_for_function(f"{PLAYER}.pictures.length === {count}")
    redrawn(page)


def coloring(page: Page) -> str:
    """How Plotly fills the first map's contours."""
    found: str = page.evaluate("document.querySelector('.descent .plot')._fullData[0].contours.coloring")
    return found


def test_pictures_may_come_before_the_race(player_page: PlayerPage) -> None:
    player_page.lay_under([COARSE] * 2)
    page = player_page.play(TWO, ("maps",), board=False)
    wait_for_pictures(page, 2)
    assert_pictures_lie_right(page)


@pytest.mark.parametrize(("panel", "runs", "pictures", "shown"), [("map", 1, 1, True), ("map", 2, 2, False), ("maps", 2, 1, False)])
def test_one_map_has_a_picture_only_of_one_run(player_page: PlayerPage, panel: str, runs: int, pictures: int, shown: bool) -> None:
    page = player_page.play(TWO.replace(optimizers=TWO.optimizers[:runs]), (panel,), board=False)
    player_page.lay_under([COARSE] * pictures)
    wait_for_pictures(page, pictures)
    assert coloring(page) == ("none" if shown else "heatmap")
    assert (colour_at(page, 3, 3, panel=panel) == QUADRANTS[3.0, 3.0]) == shown


def test_pictures_must_be_png() -> None:
    file = io.BytesIO()
    Image.new("RGB", (2, 2)).save(file, "GIF")
    with pytest.raises(ValueError, match="picture 1 of 1 is no PNG file: it begins with b'GIF8"):
        picture_bytes([file.getvalue()])
    assert picture_bytes([]) == b"\0\0\0\0"


# ---- without the table


@pytest.mark.parametrize("panel", ["map", "loss"])
def test_without_the_table_panels_take_its_place(player_page: PlayerPage, panel: str) -> None:
    def share(page: Page) -> float:
        found: float = page.evaluate(
            """(() => {
                const area = ({ width, height }) => width * height, box = (name) => document.querySelector(name).getBoundingClientRect();
                return area(box('.descent .panel')) / area(box('.descent .grid'));
            })()"""
        )
        return found

    page = player_page.play(TWO, (panel,), board=False)
    assert page.locator(".board").count() == 0
    assert share(page) == pytest.approx(1, abs=0.01)
    player_page.play(TWO, (panel,), board=True)
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


def picks(player_page: PlayerPage, count: int) -> list[dict[str, Any]]:
    """What Python has been told: so many places or boxes."""
    told = player_page.asked("chart")
    assert len(told) == count
    return told


@pytest.mark.parametrize("kind", ["linear", "log"])
def test_a_click_gives_the_values_of_the_axes(player_page: PlayerPage, kind: str) -> None:
    page = player_page.chart(figure(kind))
    for count, (across, up) in enumerate([(0.25, 0.8), (0.7, 0.1), (0.7, 0.1)], start=1):
        spot = at(page, across, up)
        page.mouse.click(*spot)
        pick = picks(player_page, count)[-1]
        x, y, dx, dy = value(page, spot, kind == "log")
        assert pick["kind"] == "point"
        assert pick["at"] == [pytest.approx(x, abs=dx), pytest.approx(y, abs=dy)]
    assert picks(player_page, 3)[1] == picks(player_page, 3)[2], "the same pick twice counts twice"
    page.mouse.click(area(page)["left"] - 15, area(page)["top"] + 20)
    page.mouse.click(*at(page, 0.25, 0.8))
    assert picks(player_page, 4)[3] == picks(player_page, 4)[0], "beside the axes nothing is chosen, and then the first place again"


def test_a_tap_chooses_and_names_are_told_as_names(player_page: PlayerPage) -> None:
    player_page.emulate(touch=True)
    page = player_page.chart(figure("names"))
    player_page.tap(*at(page, 0.5, 0.5))
    (pick,) = picks(player_page, 1)
    assert pick["at"] == [pytest.approx(0, abs=0.02), "Adam"]


@pytest.mark.parametrize("kind", ["linear", "log"])
def test_a_drag_chooses_a_box(player_page: PlayerPage, kind: str) -> None:
    page = player_page.chart(figure(kind), box=True)
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
    (pick,) = picks(player_page, 1)
    (x0, y0, dx0, dy), (x1, y1, dx1, _) = (value(page, spot, kind == "log") for spot in (end, start))
    assert pick["kind"] == "box"
    assert pick["x"] == [pytest.approx(x0, abs=dx0), pytest.approx(x1, abs=dx1)]
    assert pick["y"] == [pytest.approx(y0, abs=dy), pytest.approx(y1, abs=dy)]
    assert page.locator(".descent-chart .box").is_hidden()


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=3)


def test_boxes_end_at_the_axes_and_thin_ones_stand_for_all_of_an_axis(player_page: PlayerPage) -> None:
    page = player_page.chart(figure("linear"), box=True)
    box = area(page)
    start = at(page, 0.5, 0.5)
    drag(page, start, (start[0] + 2, start[1] - 3))
    page.mouse.up()
    assert picks(player_page, 1)[0]["kind"] == "point", "who moves less than 4 pixels has clicked"
    drag(page, start, (1279, 5))
    page.mouse.up()
    beyond = picks(player_page, 2)[1]
    assert (beyond["x"][1], beyond["y"][1]) == (pytest.approx(box["x"][1]), pytest.approx(box["y"][1]))
    drag(page, start, (start[0] + 90, start[1] + 1))
    page.mouse.up()
    thin = picks(player_page, 3)[2]
    assert thin["y"] == [pytest.approx(end) for end in box["y"]]
    assert thin["x"][1] - thin["x"][0] == pytest.approx(90 * (box["x"][1] - box["x"][0]) / box["width"], rel=0.02)
    drag(page, start, (start[0] + 90, start[1] + 90))
    page.keyboard.press("Escape")
    assert page.locator(".descent-chart .box").is_hidden()
    page.mouse.up()
    drag(page, start, (start[0] + 90, start[1] + 90))
    page.mouse.move(start[0] + 1, start[1] + 1)
    page.mouse.up()
    page.mouse.click(*start)
    assert picks(player_page, 4)[3]["kind"] == "point", "Escape gives up, and so does who comes back"


def test_the_keyboard_walks_from_cell_to_cell(player_page: PlayerPage) -> None:
    page = player_page.chart(figure("log"), box=True)
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
    assert picks(player_page, 1)[0] == {"kind": "point", "at": [pytest.approx(0.01), 15]}
    page.keyboard.press("ArrowDown")
    page.keyboard.press("z")
    box = picks(player_page, 2)[1]
    (x0, x1), (y0, y1) = area(page)["x"], area(page)["y"]
    assert np.log10(box["x"]) == pytest.approx([-2 - (x1 - x0) / 6, -2 + (x1 - x0) / 6], abs=0.01)
    assert box["y"] == [pytest.approx(y0, abs=0.1), pytest.approx(y0 + (y1 - y0) / 3, abs=0.1)], "it is moved inside the axes"
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function("document.querySelector('.spoken').textContent.endsWith('cell 8')")
    page.keyboard.press("Escape")
    assert page.locator(".descent-chart .cell").is_hidden()


def test_a_map_without_a_number_can_be_clicked_but_not_walked_on(player_page: PlayerPage) -> None:
    """As of steps to a tolerance that the landscape does not have."""
    page = player_page.chart(figure("empty"))
    assert chart_of(page).get_attribute("tabindex") is None
    spot = at(page, 0.25, 0.8)
    page.mouse.click(*spot)
    (pick,) = picks(player_page, 1)
    x, y, dx, dy = value(page, spot)
    assert pick["at"] == [pytest.approx(x, abs=dx), pytest.approx(y, abs=dy)]


def test_the_focus_is_seen_and_the_keys_are_told(player_page: PlayerPage) -> None:
    page = player_page.chart(figure("linear"), box=True)
    chart_of(page).focus()
    page.keyboard.press("ArrowUp")
    outline = chart_of(page).evaluate("(root) => [getComputedStyle(root).outlineStyle, getComputedStyle(root).outlineWidth]")
    assert outline == ["solid", "2px"]
    assert chart_of(page).locator(".keys").is_visible()
    assert "Enter" in (chart_of(page).get_attribute("aria-description") or "")
    assert chart_of(page).get_attribute("aria-label") == "linear"


def test_a_chart_without_listener_only_shows(player_page: PlayerPage) -> None:
    page = player_page.chart(figure("linear"), picks=False)
    page.mouse.move(*at(page, 0.5, 0.5))
    page.wait_for_selector(".hoverlayer .hovertext")
    page.mouse.click(*at(page, 0.5, 0.5))
    chart_of(page).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert picks(player_page, 0) == []
    player_page.chart(figure("linear"))
    page.keyboard.press("Enter")
    assert picks(player_page, 1)[0]["kind"] == "point", "with a listener the same key is heard"


def test_a_box_that_nobody_is_told_of_is_refused() -> None:
    with pytest.raises(ValueError, match="chart 'sweep' has box=True and no on_pick"):
        chart(go.Figure(), LIGHT, "sweep", box=True)


# ---- in the page


def test_a_chart_is_saved_as_a_picture(player_page: PlayerPage) -> None:
    """In the theme's colours, twice as fine as on the screen; with Shift as SVG. Nothing is chosen by that."""
    shown = figure("linear")
    shown.update_layout(title={"text": "Test loss"})
    page = player_page.chart(shown)
    save = page.get_by_role("button", name="Save this picture")
    with page.expect_download() as found:
        save.click()
    width, height = page.evaluate(
        "(({ clientWidth, clientHeight }) => [clientWidth, clientHeight])(document.querySelector('.descent-chart'))"
    )
    with Image.open(found.value.path()) as saved:
        assert saved.size == (2 * width, 2 * height)
        assert saved.convert("RGB").getpixel((3, 3)) == (255, 255, 255)
    assert found.value.suggested_filename == "descent-test-loss.png"
    save.focus()
    with page.expect_download() as found:
        page.keyboard.press("Shift+Enter")
    assert found.value.suggested_filename == "descent-test-loss.svg"
    assert player_page.asked("chart") == []


def test_keys_of_a_chart_are_not_the_players(player_page: PlayerPage) -> None:
    player_page.chart(figure("linear"), "first")
    page = player_page.play(TWO, ("loss",), at=20)
    player_page.chart(figure("log"))
    chart_of(page, 1).scroll_into_view_if_needed()
    page.mouse.click(*at(page, 0.5, 0.5, 1))
    assert picks(player_page, 1)[0]["at"][0] == pytest.approx(0.01, rel=0.05), "the second chart was meant"
    assert player_page.asked("first") == []
    chart_of(page, 1).focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert position(page) == 20
    page.mouse.click(5, 5)
    page.keyboard.press("ArrowRight")
    assert position(page) == 21
