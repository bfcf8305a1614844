"""Networks in training in the player: what its panels show at a step, and what can be asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from player.payload import Prediction
from scenario.network_panels import NETWORK_PANELS
from tests.player_page import PlayerPage, comparison_of
from tests.screen import PLAYER, frames, picture
from tests.test_training_payload import TWO

if TYPE_CHECKING:
    from playwright.sync_api import Page


def cell(page: Page, run: int) -> dict[str, float]:
    """The box of a network's picture of the plane, in the page."""
    found: dict[str, float] = page.evaluate(
        f"""(run) => {{
            const panel = {PLAYER}.panels.get('boundary'), frame = panel.canvas.getBoundingClientRect();
            const {{ box }} = panel.cells.find((cell) => cell.run === run);
            return {{ left: frame.left + box.left, top: frame.top + box.top, width: box.right - box.left, height: box.bottom - box.top }};
        }}""",
        run,
    )
    return found


def test_all_panels_show_a_step_and_say_it_in_words(player_page: PlayerPage) -> None:
    page = player_page.train(TWO, tuple(NETWORK_PANELS), at=120, title="Two moons")
    told = [found.get_attribute("aria-label") for found in page.locator(".descent [role=img]").all()]
    assert len(told) == len(NETWORK_PANELS)
    for words in told:
        assert "step 120" in (words or "").lower()
    run = comparison_of(TWO).runs[0]
    row = page.locator(".board tbody tr", has_text="Xavier").first
    assert f"{100 * run.test_accuracies[np.searchsorted(run.steps, 120, 'right') - 1]:.1f}" in page.locator(".board").inner_text()
    assert row.is_visible()
    for name in ("Trails", "Names"):
        assert page.locator(f".transport [aria-label^={name}]").is_hidden()


def test_what_is_to_be_predicted_rests_at_its_start(player_page: PlayerPage) -> None:
    asked: Prediction = {"open": True, "mark": None, "hint": "Here it begins."}
    page = player_page.train(TWO.replace(steps=1), ("boundary",), board=False, prediction=asked)
    page.locator(".descent.predicting .hint", has_text="Here it begins.").wait_for()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert page.evaluate(f"[{PLAYER}.clock.position, {PLAYER}.clock.playing]") == [0, False]


def test_the_plane_has_the_shades_that_the_network_gives_and_tells_them_under_the_pointer(player_page: PlayerPage) -> None:
    comparison = comparison_of(TWO)
    page = player_page.train(TWO, ("boundary",), at=200, board=False)
    page.wait_for_function(f"{PLAYER}.panels.get('boundary').refined === 2")
    frames(page)
    box, image = cell(page, 0), picture(page)
    (x0, x1), (y0, y1) = page.evaluate(f"{PLAYER}.race.window")
    weights = comparison.runs[0].weights[-1]
    examples = np.concatenate([comparison.data.x, comparison.data.test_x])
    checked = 0
    for across in (0.12, 0.31, 0.5, 0.72, 0.9):
        for down in (0.1, 0.35, 0.6, 0.88):
            at = np.array([x0 + across * (x1 - x0), y1 - down * (y1 - y0)])
            chance = float(comparison.network.probabilities(weights, at[None])[0, 0, 0])
            if np.hypot(*((examples - at) / [x1 - x0, y1 - y0]).T).min() < 0.06 or abs(chance - 0.5) < 0.2:
                continue
            red, _, blue = image[int(box["top"] + down * box["height"]), int(box["left"] + across * box["width"])]
            assert (red > blue) == (chance > 0.5), (across, down, chance)
            checked += 1
    assert checked > 5
    page.mouse.move(box["left"] + 0.5 * box["width"], box["top"] + 0.1 * box["height"])
    tip = page.locator("[data-panel=boundary] .tooltip")
    tip.wait_for()
    at = np.array([[(x0 + x1) / 2, y1 - 0.1 * (y1 - y0)]])
    told = float(tip.inner_text().split("class 1")[1].split("%")[0]) / 100
    assert told == pytest.approx(float(comparison.network.probabilities(weights, at)[0, 0, 0]), abs=0.01)


def test_who_is_hidden_in_the_table_has_no_picture_and_a_unit_is_seen_large(player_page: PlayerPage) -> None:
    page = player_page.train(TWO, ("boundary", "network"), at=50)
    page.locator(".board .toggle").first.click()
    page.wait_for_function(f"{PLAYER}.panels.get('boundary').cells.length === 1")
    place = page.evaluate(
        f"""() => {{
            const panel = {PLAYER}.panels.get('network'), frame = panel.canvas.getBoundingClientRect();
            const {{ x, y }} = panel.graph.places[1][2];
            return [frame.left + x, frame.top + y];
        }}"""
    )
    page.mouse.move(*place)
    page.wait_for_function(f"{PLAYER}.panels.get('network').unit?.unit === 2")
    page.get_by_role("button", name="Xavier", exact=False).last.focus()
    page.keyboard.press("End")
    page.wait_for_function(f"{PLAYER}.clock.position === 200")


def test_while_a_prediction_is_open_training_rests_at_its_start(player_page: PlayerPage) -> None:
    hint = "Which of them learns?"
    page = player_page.train(TWO, ("boundary", "loss"), ahead=False, prediction={"open": True, "mark": None, "hint": hint})
    assert page.locator(".hint").inner_text() == hint
    page.keyboard.press("End")
    assert page.evaluate(f"{PLAYER}.clock.position") == 0
    page = player_page.train(TWO, ("boundary", "loss"), ahead=True)
    page.keyboard.press("End")
    page.wait_for_function(f"{PLAYER}.clock.position === 200")
