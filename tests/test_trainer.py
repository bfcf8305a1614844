"""Networks in training in the player: what its panels show at a step, and what can be asked of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from player.payload import Prediction
from scenario import Choice, Experiment
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


def at_network(page: Page, place: str) -> tuple[float, float]:
    """Where a place of the network's picture is in the page."""
    x, y = page.evaluate(
        f"""() => {{
            const panel = {PLAYER}.panels.get('network'), frame = panel.canvas.getBoundingClientRect(), place = panel.{place};
            return [frame.left + place.x, frame.top + place.y];
        }}"""
    )
    return x, y


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
    for name in ("Trails", "Names"):  # nothing has a trail here, as on the landscape
        assert page.locator(f".transport [aria-label^={name}]").is_hidden()
    page.locator(".board .toggle").first.click()
    page.wait_for_function(f"{PLAYER}.panels.get('boundary').cells.length === 1")
    page.mouse.move(*at_network(page, "graph.places[1][2]"))
    page.wait_for_function(f"{PLAYER}.panels.get('network').focus.unit?.unit === 2")
    page.get_by_role("button", name="Xavier", exact=False).last.focus()
    page.keyboard.press("End")
    page.wait_for_function(f"{PLAYER}.clock.position === 200")


def test_units_and_weights_are_reached_by_keys_and_the_pointer_and_said_in_numbers(player_page: PlayerPage) -> None:
    page = player_page.train(TWO, ("network",), at=200)
    comparison = comparison_of(TWO)
    weights = comparison.runs[0].weights[-1]
    matrix, bias = weights[:10].reshape(5, 2), weights[10:15]
    panel, spoken, tip = (page.locator(f"[data-panel=network]{part}") for part in ("", " .spoken", " .tooltip"))
    panel.focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    mean = np.tanh(comparison.data.x @ matrix[1] + bias[1]).mean()
    told = re.fullmatch(r"layer 1, unit 2: mean (\S+), bias (\S+)", spoken.inner_text())
    assert told, spoken.inner_text()
    assert [float(number.replace("−", "-")) for number in told.groups()] == pytest.approx([mean, bias[1]], rel=0.01)
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    said = re.fullmatch(r"weight (\S+), from input 2 to layer 1, unit 2", spoken.inner_text())
    assert said, spoken.inner_text()
    assert float(said[1].replace("−", "-")) == pytest.approx(matrix[1, 1], rel=0.01)
    assert page.evaluate(f"{PLAYER}.clock.position") == 200
    page.keyboard.press("Escape")
    page.wait_for_function(f"{PLAYER}.panels.get('network').focus.unit === null")
    largest = int(np.abs(matrix[:, 0]).argmax())
    ends = [at_network(page, place) for place in ("graph.places[0][0]", f"graph.places[1][{largest}]")]
    page.mouse.move(*np.mean(ends, axis=0))
    tip.get_by_text(f"layer 1, unit {largest + 1}").wait_for()
    assert f"weight {matrix[largest, 0]:.3g}"[:9].replace("-", "−") in tip.inner_text()


def test_an_example_is_shown_with_what_a_network_answers_where_there_is_no_plane(player_page: PlayerPage) -> None:
    """Of digits the inputs and the outputs were empty squares."""
    digits = Experiment(data=Choice.of("digits", n=200), widths=(80, 30), optimizers=(Choice.of("sgd", lr=0.5),), batch=50, steps=20)
    page = player_page.train(digits, ("network",), at=20)
    comparison = comparison_of(digits)
    data, shown = comparison.data, page.locator("[data-panel=network] .example")
    chances = comparison.network.probabilities(comparison.runs[0].weights[-1], data.test_x[:2])[0]
    answers = f"{PLAYER}.panels.get('network').values.at(-1)"
    assert shown.inner_text().split() == ["‹", "1", "of", "60", "it", "is", str(data.test_y[0]), "›"]
    assert page.evaluate(answers) == pytest.approx(chances[0], abs=1e-5)
    page.mouse.click(*at_network(page, "graph.places[0][0]"))
    page.wait_for_function(f"{PLAYER}.panels.get('network').example.index === 1")
    frames(page)
    assert page.evaluate(answers) == pytest.approx(chances[1], abs=1e-5)
    words = page.locator("[data-panel=network] [role=img]").get_attribute("aria-label") or ""
    assert f"Test example 2 of 60: class {data.test_y[1]}; the network says {chances[1].argmax()}" in words
    shown.get_by_role("button", name="Example before").click()
    assert page.evaluate(f"{PLAYER}.panels.get('network').example.index") == 0
    page.locator("[data-panel=network]").focus()
    for key in ("ArrowRight", *["ArrowUp"] * 80, *["ArrowDown"] * 79):
        page.keyboard.press(key)
    assert page.locator("[data-panel=network] .spoken").inner_text().startswith("layer 1, unit 80: its weights: for this example")
    frames(page)
    assert page.evaluate(f"{PLAYER}.panels.get('network').graph.places[1].at(-1).unit") == 79


def test_a_long_verdict_breaks_before_what_stands_beside_it(player_page: PlayerPage) -> None:
    lone = Experiment(widths=(4,), steps=8, batch=1, batch_norm=True)
    page = player_page.train(lone, ("boundary", "activations", "loss"), at=8)
    player_page.resize(1100, 720)
    cells = "['verdict', 'score'].map((name) => document.querySelector(`.descent .board td.${name}`).getBoundingClientRect())"
    assert page.locator(".descent .board td.verdict").inner_text() == "stalled: one example normalizes to 0"
    assert page.evaluate(f"(([verdict, score]) => verdict.right <= score.left)({cells})")


def test_while_a_prediction_is_open_training_rests_at_its_start(player_page: PlayerPage) -> None:
    hint = "Which of them learns?"
    page = player_page.train(TWO, ("boundary", "loss"), ahead=False, prediction={"open": True, "mark": None, "hint": hint})
    assert page.locator(".hint").inner_text() == hint
    page.keyboard.press("End")
    assert page.evaluate(f"{PLAYER}.clock.position") == 0
    page = player_page.train(TWO, ("boundary", "loss"), ahead=True)
    page.keyboard.press("End")
    page.wait_for_function(f"{PLAYER}.clock.position === 200")
