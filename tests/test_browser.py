"""The real app in a real browser: the page around the player. The player itself is held by test_player.py."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect

from scenario import Choice, Scenario
from tests.player_page import race_of
from tests.screen import PLAYER, axes, covered, ended, frames, pixel, position, redrawn, relayout, seek, starts
from tests.test_player import TWO

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]


def landscape_name(page: Page) -> str:
    name: str = page.evaluate("document.querySelector('.descent').player.landscape.name")
    return name


def test_a_copied_link_shows_the_same_in_light_and_dark_and_presented(open_tab: Open) -> None:
    page = open_tab(
        Scenario(landscape=Choice.of("two_wells", left=4.0), optimizers=(Choice.of("sgd", lr=0.03),)).to_query() + "&show=map.loss",
        color_scheme="dark",
    )
    page.get_by_role("heading", name="Two wells").wait_for()
    rows = page.locator(".board tbody tr")
    assert rows.count() == 1
    assert re.search(r"lr\s*0.03\b", rows.inner_text())
    panels = page.evaluate("[...document.querySelectorAll('.descent .panel')].map((panel) => panel.dataset.panel)")
    assert panels == ["map", "loss"]
    loaded = page.evaluate(
        "performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /player-.*[.]js$/.test(name))"
    )
    assert [name.rpartition("/")[2] for name in loaded] == ["all.js"], "all modules as one, once"
    page.wait_for_function("document.querySelector('.descent').dataset.theme === 'dark'")
    page.emulate_media(color_scheme="light")
    page.wait_for_function("document.querySelector('.descent').dataset.theme === 'light'")
    presentation_covers_the_page(page)


def presentation_covers_the_page(page: Page) -> None:
    page.get_by_role("button", name="Presentation").click()
    page.wait_for_function("document.fullscreenElement !== null")
    covered(page)
    page.wait_for_function("document.elementFromPoint(20, 300).closest('.descent') !== null")  # the sidebar is covered
    page.keyboard.press("Escape")
    page.wait_for_function("document.fullscreenElement === null && !document.elementFromPoint(20, 300).closest('.descent')")


def test_another_landscape_and_a_preset_are_shown_and_back_and_forward_undo_and_redo(open_tab: Open) -> None:
    page = open_tab()
    page.get_by_role("heading", name="Ravine").wait_for()
    assert landscape_name(page) == "Ravine"

    def arrived(name: str, key: str) -> None:
        shown = "document.querySelector('.descent').player.landscape.name"
        page.wait_for_function(f"{shown} === '{name}' && location.search.includes('{key}')")

    page.get_by_role("radio", name="Saddle", exact=True).click()
    arrived("Saddle", "landscape=saddle")
    page.get_by_role("radio", name="Local minima").click()
    arrived("Himmelblau", "himmelblau")
    page.get_by_role("heading", name="Himmelblau").wait_for()
    page.wait_for_function("document.querySelector('[data-panel=map] .plot').data[0].name === 'Himmelblau'")
    page.go_back()
    arrived("Saddle", "landscape=saddle")
    page.go_back()
    arrived("Ravine", "")
    page.go_forward()
    arrived("Saddle", "landscape=saddle")
    page.get_by_role("heading", name="Saddle").wait_for()
    page.emulate_media(reduced_motion="no-preference")
    a_preset_and_the_way_back(page)


def a_preset_and_the_way_back(page: Page) -> None:
    page.evaluate("document.querySelector('.descent').player.clock.seek(200)")
    page.get_by_role("button", name="Presets").click()
    page.get_by_role("button", name="The curved valley").click()
    begun = page.wait_for_function(f"{PLAYER}.landscape.name === 'Rosenbrock' && [{PLAYER}.clock.position]").json_value()
    assert begun[0] < 150, "a preset plays from its start"
    page.get_by_test_id("stPopoverBody").wait_for(state="detached")
    page.locator(".st-key-claim").get_by_text("found quickly and followed slowly").wait_for()
    page.get_by_role("radio", name="Saddle", exact=True).click()
    page.wait_for_function("document.querySelector('.descent').player.landscape.name === 'Saddle'")
    page.get_by_role("button", name="Reset", exact=True).click()
    page.wait_for_function("document.querySelector('.descent').player.landscape.name === 'Rosenbrock'")


UNDER = """() => [...document.querySelectorAll('.st-key-header button')].filter((one) => one.getClientRects().length).map((one) => {
    const { left, top, bottom, width, height } = one.getBoundingClientRect();
    return { top, bottom, hit: one.contains(document.elementFromPoint(left + width / 2, top + height / 2)) };
})"""
"""Where the buttons of the header stand, and whether a click would reach each."""
FOLDED = """() => {
    const open = document.querySelector('[data-testid=stSidebar][data-collapsed=false]');
    open?.querySelector('[data-testid=stSidebarCollapseButton] button')?.click();
    return !open && document.querySelector('[data-testid=stExpandSidebarButton]');
}"""
"""Whether the sidebar is folded; else it is asked to. The browser remembers how it was left, and may unfold it after the page is there."""


def test_the_header_is_one_row_whose_buttons_can_be_clicked_without_the_sidebar(open_tab: Open) -> None:
    widths = (390, 1280, 1920)
    kinds = (("Race", "Ravine", 5, widths), ("Lessons", "1 · ", 3, widths[:2]), ("Basins", "Basins · ", 3, widths[:1]))
    page = open_tab(viewport={"width": 390, "height": 720})
    for name, heading, least, tried in kinds:  # of headers; those of the other pages are shorter
        if name != "Race":  # within the page, as it stands: opening it anew takes ten times as long
            page.locator(".st-key-pages a").filter(has_text=name).dispatch_event("click")
        page.get_by_role("heading", name=heading, level=1).wait_for()
        ended(page)  # until then the header may be drawn anew
        for width in tried:
            page.set_viewport_size({"width": width, "height": 720})
            page.wait_for_function(
                f"(least) => ({FOLDED})() && ({UNDER})().length >= least && ({UNDER})().every(({{ hit }}) => hit)", arg=least
            )
            buttons = page.evaluate(UNDER)
            assert max(button["top"] for button in buttons) < min(button["bottom"] for button in buttons), f"one row: {name} at {width}"


def test_a_formula_is_read_while_it_is_typed_and_applied_with_enter(open_tab: Open) -> None:
    page = open_tab()
    page.get_by_role("radio", name="Own formula").click()
    box = page.get_by_role("textbox", name="Formula in x and y")
    alert = page.get_by_test_id("stSidebar").get_by_test_id("stAlert")
    understood = "document.querySelector('.st-key-reading annotation')?.textContent === 'f(x, y) = ' + String.raw`{}`"
    caret = "[document.activeElement.value, document.activeElement.selectionStart]"
    box.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("x² + 3y² + foo(x)")
    page.locator(".st-key-reading", has_text="Unknown function 'foo'").wait_for()
    page.keyboard.press("Enter")
    alert.filter(has_text="'foo'").wait_for()
    assert box.input_value() == "x² + 3y² + foo(x)"
    page.keyboard.type(" + 40 sin(x) sin(y) e^(-(x^2 + y^2)/40)" * 2)
    page.wait_for_function("(document.activeElement.scrollHeight - document.activeElement.clientHeight) <= 1")  # all of it is seen
    for _ in range(len(" + 40 sin(x) sin(y) e^(-(x^2 + y^2)/40)" * 2)):
        page.keyboard.press("Backspace")
    for _ in range(len(" + foo(x)")):
        page.keyboard.press("Backspace")
    page.wait_for_function(understood.format(r"x^{2} + 3\, y^{2}"))
    alert.wait_for(state="detached")  # it spoke of another text
    page.keyboard.press("Home")
    page.keyboard.type("2")
    page.wait_for_function(understood.format(r"2\, x^{2} + 3\, y^{2}"))
    assert page.evaluate(caret) == ["2x² + 3y²", 1], "neither the focus nor the caret has moved"
    box.fill("where(x<0, x**2, softplus(3*x)) + y")  # cases do not break: they are drawn smaller
    page.wait_for_function(
        """() => { const wide = [...document.querySelectorAll('.st-key-reading .base')].map((part) => part.getBoundingClientRect().right);
            return wide.length > 2 && Math.max(...wide) <= document.querySelector('.st-key-reading').getBoundingClientRect().right; }"""
    )
    box.fill("2x² + 3y²")
    page.keyboard.press("Enter")
    page.wait_for_function("Math.abs(document.querySelector('.descent').player.landscape.evaluate(1, 2).value - 14) < 1e-12")
    seek(page, 30)
    box.click()
    page.keyboard.type(" + 5")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    assert position(page) == 30, "keys in a text box are its own"
    assert not page.evaluate(f"{PLAYER}.clock.playing")
    box.fill("x**2 + k*y**2")
    page.keyboard.press("Enter")
    a_number_is_typed_exactly_beside_its_slider(page)


def a_number_is_typed_exactly_beside_its_slider(page: Page) -> None:
    box, slider = page.get_by_role("textbox", name="K, typed"), page.get_by_role("slider", name="K")
    box.fill("-2,5")
    box.press("Enter")
    page.wait_for_function("location.search.includes('k%3A-2.5')")
    assert box.input_value() == "-2,5"
    assert box.evaluate("(box) => box === document.activeElement")
    box.fill("0.203")
    box.press("Enter")
    page.wait_for_function("location.search.includes('k%3A0.203')")
    slider.focus()
    for value in ("0.4", "0.6"):  # the slider's own steps, one press of a key after the other
        page.keyboard.press("ArrowRight")
        page.wait_for_function(f"location.search.includes('k%3A{value}')")
        page.get_by_role("textbox", name="K, typed").and_(page.locator(f"[value='{value}']")).wait_for()


# ---- the player in the page


COUNTING = """() => {
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) {
        window.sent = (window.sent ?? 0) + 1;
        send.call(this, data);
    };
}"""
"""Counts what is sent to the server from now on."""
SHOWN = f"""[...{PLAYER}.race.runs.map(({{ x, y, z, median, verdicts }}) => [x, y, z, median, verdicts].map(String)),
    document.querySelector('[data-panel=map] > canvas.moving').toDataURL(), document.querySelector('.descent .board').innerText]"""
"""What is shown of a race: its numbers, the map's canvas, and the table."""


def test_a_click_and_a_drag_on_the_map_change_the_scenario(open_tab: Open) -> None:
    page = open_tab(TWO.to_query())
    near = 2 * 12 / axes(page)["x"]["length"]  # two pixels
    page.mouse.click(*pixel(page, 1.0, -4.0))
    page.wait_for_function(f"{PLAYER}.race.starts?.length === 1")
    assert starts(page)[0] == pytest.approx([1.0, -4.0], abs=near)
    page.keyboard.down("Shift")
    page.mouse.click(*pixel(page, -4.0, 4.0))
    page.keyboard.up("Shift")
    page.wait_for_function(f"{PLAYER}.race.starts?.length === 2")
    ended(page)
    page.mouse.move(*pixel(page, *starts(page)[0]))
    page.wait_for_function(f"({PLAYER}.live.wake(), {PLAYER}.live.ready)")  # as a pointer that goes on moving wakes it
    page.evaluate(COUNTING)
    page.mouse.down()
    for angle in np.linspace(0, 6, 5):
        page.mouse.move(*pixel(page, 3 + np.cos(angle), np.sin(angle)))
        frames(page)
        at = starts(page)[0]
        assert at == pytest.approx([3 + np.cos(angle), np.sin(angle)], abs=near), "while it is dragged"
        race = TWO.replace(points=tuple(map(tuple, starts(page)))).race()
        for index, run in enumerate(race.runs):
            x, y = (page.evaluate(f"[...{PLAYER}.race.histories[{index}].result.{axis}]") for axis in "xy")
            assert np.array_equal(run.positions.swapaxes(0, 1).reshape(2, -1), [x, y]), "Python's path from there"
    assert not page.evaluate("window.sent ?? 0"), "and Python is not asked for it"
    shown = page.evaluate(SHOWN)
    page.mouse.up()
    page.wait_for_function(f"window.sent && !{PLAYER}.live.on")
    redrawn(page)
    assert page.evaluate(SHOWN) == shown, "nothing jumps as Python answers"
    assert starts(page)[1] == pytest.approx([-4.0, 4.0], abs=near), "the other start stays"
    page.wait_for_function("location.search.includes('point=')")


def test_sliders_disturb_nothing_that_the_player_shows(open_tab: Open) -> None:
    page = open_tab(TWO.to_query())
    page.evaluate("document.querySelector('[data-panel=map]').kept = true")
    page.locator(".board .toggle", has_text="Adam").click()
    relayout(page, {"xaxis.range": [-4, 0], "yaxis.range": [-4, 0]})
    seek(page, 37)

    def nothing_else_has_changed() -> None:
        redrawn(page)
        assert position(page) == 37
        assert page.evaluate(f"[...{PLAYER}.off]") == [1]
        assert page.evaluate("document.querySelector('[data-panel=map]').kept"), "nothing was made anew"
        assert axes(page)["x"]["range"] == pytest.approx([-4, 0], abs=1e-6)

    page.get_by_test_id("stSidebar").get_by_text("SGD", exact=True).click()
    slider = page.locator("[class*='st-key-optimizers-0-lr'] input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    page.wait_for_function(f"{PLAYER}.race.runs[0].rate !== '0.01'")
    nothing_else_has_changed()
    key = page.evaluate(f"{PLAYER}.landscape.key")
    slider = page.locator("[class*='st-key-landscape-a'] input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_function(f"{PLAYER}.landscape.key !== '{key}' && {PLAYER}.race.landscapeKey === {PLAYER}.landscape.key")
    nothing_else_has_changed()

    handle = page.locator('.handle[aria-label="SGD, learning rate"]')
    handle.focus()
    handle.press("Shift+ArrowLeft")
    turned = str(handle.get_attribute("aria-valuenow"))
    typed = page.locator("[class*='st-key-number-optimizers-0-lr'] input[type=text]")
    expect(typed).to_have_value(turned)  # the sidebar follows, and so does the link
    page.wait_for_function(f"decodeURIComponent(location.search).includes('optimizer=sgd~lr:{turned}')")
    expect(handle).to_be_focused()
    expect(handle).to_have_attribute("aria-valuenow", turned)
    nothing_else_has_changed()


def test_steps_are_taken_apart_and_whose_they_are_is_in_the_link(open_tab: Open) -> None:
    page = open_tab(TWO.to_query() + "&show=map")
    assert page.get_by_role("button", name="One line of the step on").count() == 0
    page.get_by_role("button", name="Views").click()
    page.get_by_role("button", name="Step by step").click()
    page.keyboard.press("Escape")
    page.wait_for_function(f"{PLAYER}.stepper.step !== null")
    redrawn(page)
    seek(page, 10)
    page.mouse.click(*pixel(page, *race_of(TWO).runs[1].positions[10, :, 1]))
    page.wait_for_function(f"{PLAYER}.stepper.step.run === 1 && {PLAYER}.stepper.step.trajectory === 1")
    page.wait_for_function("location.search.includes('follow=2.2')")
    assert len(starts(page)) == 2, "a click on a head is no other start"
    assert position(page) == 10
    page.reload()
    page.wait_for_function(f"document.querySelector('.descent')?.player.stepper.step?.run === 1 && {PLAYER}.stepper.step.trajectory === 1")
    expect(page.get_by_role("combobox", name="Optimizer")).to_have_value("1")
    page.goto(page.url.replace("follow=2.2", "follow=9.x"))
    page.wait_for_function(f"document.querySelector('.descent')?.player.stepper.step?.run === 0 && {PLAYER}.stepper.step.trajectory === 0")
