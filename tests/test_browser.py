"""The real app in a real browser: the page around the player. The player itself is held by test_player.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from scenario import Choice, Scenario

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.xdist_group("browser")
Open = Callable[..., "Page"]


def landscape_name(page: Page) -> str:
    name: str = page.evaluate("document.querySelector('.descent').player.landscape.name")
    return name


def test_the_app_opens_and_shows_another_landscape(open_tab: Open) -> None:
    page = open_tab()
    page.get_by_role("heading", name="Ravine").wait_for()
    assert landscape_name(page) == "Ravine"
    page.get_by_role("radio", name="Local minima").click()
    page.get_by_role("heading", name="Himmelblau").wait_for()
    page.wait_for_function("location.search.includes('himmelblau')")
    page.wait_for_function("document.querySelector('.descent').player.landscape.name === 'Himmelblau'")
    page.wait_for_function(
        "document.querySelector('[data-panel=map] .js-plotly-plot, [data-panel=map] .plot').data[0].name === 'Himmelblau'"
    )


def test_another_landscape_is_shown_whole_and_to_scale(open_tab: Open) -> None:
    """From a wide window to a square one: the map shows all of it and nothing beyond."""
    page = open_tab("landscape=ravine&show=map")
    page.get_by_role("radio", name="Saddle", exact=True).click()
    axes = "document.querySelector('[data-panel=map] .plot')._fullLayout"
    page.wait_for_function(f"String({axes}.xaxis.range) === '-2,2' && String({axes}.yaxis.range) === '-2,2'")
    assert page.evaluate(f"Math.abs({axes}.xaxis._length - {axes}.yaxis._length)") < 1
    assert page.locator("[data-panel=map] .reset").is_hidden()


def test_a_copied_link_shows_the_same(open_tab: Open) -> None:
    page = open_tab(
        Scenario(landscape=Choice.of("two_wells", left=4.0), optimizers=(Choice.of("sgd", lr=0.03),)).to_query() + "&show=map.loss"
    )
    page.get_by_role("heading", name="Two wells").wait_for()
    rows = page.locator(".board tbody tr")
    assert rows.count() == 1
    assert "lr 0.03" in rows.inner_text()
    panels = page.evaluate("[...document.querySelectorAll('.descent .panel')].map((panel) => panel.dataset.panel)")
    assert panels == ["map", "loss"]


def test_a_malformed_link_opens_the_nearest_scenario_and_says_so(open_tab: Open) -> None:
    page = open_tab("landscape=ravin&optimizer=sgd~lr:-3&steps=many&show=map.hologram")
    toasts = page.get_by_test_id("stToast")
    toasts.first.wait_for()
    text = " ".join(toasts.all_inner_texts())
    assert "ravin" in text
    assert "hologram" in text


def test_back_and_forward_undo_and_redo(open_tab: Open) -> None:
    page = open_tab()

    def arrived(name: str, key: str) -> None:
        shown = "document.querySelector('.descent').player.landscape.name"
        page.wait_for_function(f"{shown} === '{name}' && location.search.includes('{key}')")

    page.get_by_role("radio", name="Saddle", exact=True).click()
    arrived("Saddle", "landscape=saddle")
    page.get_by_role("radio", name="Local minima").click()
    arrived("Himmelblau", "himmelblau")
    page.go_back()
    arrived("Saddle", "landscape=saddle")
    page.go_back()
    arrived("Ravine", "")
    page.go_forward()
    arrived("Saddle", "landscape=saddle")
    page.get_by_role("heading", name="Saddle").wait_for()


def test_a_preset_and_the_way_back(open_tab: Open) -> None:
    page = open_tab()
    page.evaluate("document.querySelector('.descent').player.clock.seek(200)")
    page.get_by_role("button", name="Presets").click()
    page.get_by_role("button", name="The curved valley").click()
    page.wait_for_function("document.querySelector('.descent').player.landscape.name === 'Rosenbrock'")
    assert page.evaluate("document.querySelector('.descent').player.clock.position") < 150, "a preset plays from its start"
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="Saddle", exact=True).click()
    page.wait_for_function("document.querySelector('.descent').player.landscape.name === 'Saddle'")
    page.get_by_role("button", name="Reset", exact=True).click()
    page.wait_for_function("document.querySelector('.descent').player.landscape.name === 'Rosenbrock'")


def test_a_formula_of_ones_own_and_its_errors(open_tab: Open) -> None:
    page = open_tab()
    page.get_by_role("radio", name="Own formula").click()
    box = page.get_by_role("textbox", name="Formula in x and y")
    box.fill("x**2 + y**2 + foo(x)")
    page.keyboard.press("Control+Enter")
    page.get_by_test_id("stAlert").wait_for()
    assert "foo" in page.get_by_test_id("stAlert").inner_text()
    assert box.input_value() == "x**2 + y**2 + foo(x)"
    box.fill("x**2 + 3*y**2")
    page.keyboard.press("Control+Enter")
    page.get_by_test_id("stAlert").wait_for(state="detached")
    page.wait_for_function("Math.abs(document.querySelector('.descent').player.landscape.evaluate(1, 2).value - 13) < 1e-12")


def test_dark_theme(open_tab: Open) -> None:
    page = open_tab(color_scheme="dark")
    page.wait_for_function("document.querySelector('.descent').dataset.theme === 'dark'")
    page.emulate_media(color_scheme="light")
    page.wait_for_function("document.querySelector('.descent').dataset.theme === 'light'")
