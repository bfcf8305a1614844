"""A saved page without Plotly: its figures, which the player draws itself, beside those that Plotly draws in the same page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from figures import LIGHT
from player.grounds import frame_bytes
from player.modules import PLOTLY
from player.packed import held
from player.page import RACE_BYTES, player_size
from scenario.presets import OPENING
from simulation.attractors import lowest_loss
from tests.conftest import ROOT
from tests.player_page import race_of
from tests.screen import PLAYER, axes, frames, picture, pixel, redrawn, seek
from tests.test_saved_page import hold_to_python, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RACE = OPENING.scenario
PANELS = ("map", "surface", "loss")
STEP = 40

_WITH_PLOTLY = f"""(async () => {{
    const player = {PLAYER}, panels = [...player.panels.values()].filter((panel) => panel.plot);
    for (const panel of panels) {{ player.Plotly.purge(panel.plot); panel.listening = false; }}
    player.Plotly = Plotly;
    for (const panel of panels) await panel.redraw();
}})()"""


def test_a_page_without_plotly_shows_what_plotly_draws_and_moves_as_it_does(browser: Browser, tmp_path: Path) -> None:
    race = race_of(RACE)
    with opened(browser, race, PANELS, tmp_path / "race.html", plotly=False, reduced_motion="reduce") as page:
        told_as_it_is((tmp_path / "race.html").read_text(encoding="utf-8"))
        drag_and_go_back(page)
        seek(page, STEP)
        zoom_and_move(page)
        told_by_a_curve(page, float(race.runs[4].losses[STEP, 0]) - lowest_loss(race.landscape))
        turn(page)
        page.mouse.move(1, 1)
        frames(page)
        own, placed = panels_of(page), [axes(page, panel) for panel in ("map", "loss")]
        page.add_script_tag(path=PLOTLY)
        page.evaluate(_WITH_PLOTLY)
        redrawn(page)
        theirs = panels_of(page)
        for panel, found in zip(("map", "loss"), placed, strict=True):
            for axis in "xy":
                expected = axes(page, panel)[axis]
                assert found[axis]["range"] == pytest.approx(expected["range"])
                assert (found[axis]["offset"], found[axis]["length"]) == pytest.approx((expected["offset"], expected["length"]), abs=1.5)
        unlike = {panel: np.abs(own[panel] - theirs[panel]) for panel in PANELS}
        assert np.percentile(unlike["map"], 90) <= 1  # the rest is lines, which are smoothed otherwise
        assert unlike["map"].mean() < 0.5
        assert unlike["loss"].mean() < 1.5
        assert unlike["surface"].mean() < 4  # its numbers stand nearer to the axes, and it has lines behind it


def told_as_it_is(content: str) -> None:
    """What pages of this race weigh is told before they are made; with Plotly, steps are taken apart in them."""
    more = len(held("frame", frame_bytes(RACE, LIGHT, PANELS))) - len(content.split('id="block frame">')[1].split("</script>")[0])
    told = " ".join((ROOT / "docs" / "quickstart.md").read_text().split())
    for plotly in (True, False):
        whole = len(content.encode()) + player_size(plotly) - player_size(False) + more * plotly
        assert player_size(plotly) + RACE_BYTES[plotly] == pytest.approx(whole, rel=0.02)
        assert f"takes {whole / 1e6:.1f} MB" in told


def panels_of(page: Page) -> dict[str, np.ndarray[Any, Any]]:
    """The pixels of each panel."""
    image = picture(page)
    found = {}
    for name in PANELS:
        box = page.locator(f"[data-panel={name}]").bounding_box()
        assert box
        left, top = round(box["x"]), round(box["y"])
        found[name] = image[top : top + round(box["height"]), left : left + round(box["width"])]
    return found


def drag_and_go_back(page: Page) -> None:
    """A start that is dragged has Python's numbers; a button shows the race as it was saved."""
    page.evaluate(f"{PLAYER}.live.wake()")
    page.wait_for_function(f"{PLAYER}.live.ready")
    page.mouse.move(*pixel(page, *page.evaluate(f"{PLAYER}.movable[0]")))
    page.mouse.down()
    page.mouse.move(*pixel(page, 1.5, 2.0))
    page.wait_for_function(f"{PLAYER}.race.histories && {PLAYER}.movable[0][0] > 0")
    page.mouse.up()
    hold_to_python(page, 1, RACE)
    page.get_by_role("button", name="As it was saved").click()
    page.wait_for_function(f"{PLAYER}.race.histories === undefined")


def zoom_and_move(page: Page) -> None:
    """The wheel keeps what is under the pointer, a drag takes it along, and the button shows the whole map again."""
    place = (1.0, 0.5)
    at = pixel(page, *place)
    page.mouse.move(*at)
    for _ in range(4):
        page.mouse.wheel(0, -100)
    page.get_by_role("button", name="Whole map").wait_for()
    low, high = axes(page)["x"]["range"]
    assert high - low < 0.75 * 8
    assert pixel(page, *place) == pytest.approx(at, abs=0.5)
    page.mouse.down()
    page.mouse.move(at[0] + 60, at[1] - 30)
    page.mouse.up()
    frames(page)
    assert pixel(page, *place) == pytest.approx((at[0] + 60, at[1] - 30), abs=0.5)
    page.get_by_role("button", name="Whole map").click()
    redrawn(page)
    assert axes(page)["x"]["range"] == [-4, 4]


def told_by_a_curve(page: Page, expected: float) -> None:
    """A curve says what it is and its value at the pointer."""
    page.mouse.move(*pixel(page, STEP, float(np.log10(expected)), "loss"))
    card = page.locator("[data-panel=loss] .tooltip")
    card.wait_for()
    name, told = card.inner_text().split("\n")
    assert (name, told.split(": ")[0]) == ("Adam", f"step {STEP}")
    assert float(told.split(": ")[1]) == pytest.approx(expected, rel=1e-3)


def turn(page: Page) -> None:
    """A drag turns the surface, what is drawn on it follows, and a double click shows it as at first."""
    seen = f"{PLAYER}.panels.get('surface').subplots()[0].view.key"
    first = page.evaluate(seen)
    box = page.locator("[data-panel=surface]").bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 80, middle[1] + 10)
    page.mouse.up()
    redrawn(page)
    assert page.evaluate(seen) != first
    page.mouse.dblclick(*middle)
    redrawn(page)
    assert page.evaluate(seen) == first
