"""The loss of networks on a plane through the space of their weights, in the player: what is drawn, told and asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from figures import LIGHT
from figures.relief import factor_in_words, heights, relief_grid
from networks.planes import plane_noise
from player.network_payload import token
from player.relief_payload import refined_bytes
from scenario import Choice, Experiment
from scenario.landscape_presets import SHOWN
from tests.player_page import PlayerPage, comparison_of
from tests.screen import PLAYER, pixel, redrawn

if TYPE_CHECKING:
    from playwright.sync_api import Page

SMALL = Experiment(
    data=Choice.of("moons", n=60, test=30),
    widths=(4,),
    optimizers=(Choice("sgd"), Choice("momentum"), Choice("adam")),
    steps=150,
)
MAP = ("landscape", "loss")


def told(page: Page) -> dict[str, str]:
    """What stands beside the pointer, by its names."""
    found: dict[str, str] = page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('[data-panel=landscape] .tooltip > div')]"
        ".map((line) => [line.querySelector('span').textContent, line.lastChild.textContent]))"
    )
    return found


def at_end(page: Page, index: int) -> tuple[float, float]:
    """The pixel of the map at which a network's path ends."""
    relief = comparison_of(SMALL).relief
    x, y = relief.coordinates[index][-1]
    return pixel(page, x, y, "landscape")


def test_heads_stand_at_their_true_losses_and_the_factor_is_told(player_page: PlayerPage) -> None:
    comparison = comparison_of(SMALL)
    relief, grid = comparison.relief, relief_grid(comparison.relief)
    page = player_page.train(SMALL, MAP, at=SMALL.steps)
    drawn = page.evaluate(f"{PLAYER}.race.runs.map((run) => [run.head.z.at(-1), run.z.at(-1), run.x.at(-1), run.y.at(-1)])")
    for (top, ground, x, y), true, plane, where in zip(drawn, relief.true_losses, relief.plane_losses, relief.coordinates, strict=True):
        assert [top, ground] == pytest.approx([*heights(grid, np.array([true[-1], plane[-1]]))], abs=1e-6)
        assert [x, y] == pytest.approx(where[-1], rel=1e-5)
    ends = page.evaluate(
        f"""import('/js/heads.js').then(({{ headsOf }}) => {{
            const view = {{ flat: false, point: (x, y, z) => [x, z, false] }}; // a scene from the side
            return headsOf({{ view, runs: [0, 1, 2] }}, {{ ...{PLAYER}.frame, scale: 0 }}).map(({{ y, foot }}) => [y, foot[1]]);
        }})"""
    )
    assert ends == pytest.approx(np.array(drawn)[:, :2], abs=1e-6)
    words = [factor_in_words(true[-1], plane[-1]) for true, plane in zip(relief.true_losses, relief.plane_losses, strict=True)]
    assert page.evaluate(f"[0, 1, 2].map((index) => {PLAYER}.honesty.inShort(index))") == words
    assert [factor_in_words(*pair) for pair in ((0.5, 0.6), (0.01, 0.3), (3.0, 1.0), (1e-6, 1.0), (0.0, 1.0))] == [
        "1.2×",
        "30× too high",
        "3.0× too low",
        "over 1000× too high",
        "",
    ]
    worst = int(np.argmax(relief.end_factors))
    assert f"{relief.end_factors[worst]:.1f}×" in page.locator(".board").inner_text()
    label = page.locator("[data-panel=landscape] .plot").get_attribute("aria-label") or ""
    share = f"{relief.explained.sum():.0%} of the paths' variance lies in this plane (a random walk: {relief.random_walk:.0%})"
    assert share in label
    kept = f"at the {len(comparison.runs[0].weights)} steps from 0 to"
    assert kept in (page.locator("[data-panel=landscape] .note").get_attribute("title") or "")
    assert ("deceives" in label) == relief.deceives
    page.get_by_role("combobox", name="Trails").wait_for()
    under = page.evaluate(
        f"""(() => {{
            const panel = {PLAYER}.panels.get('landscape');
            const {{ element, note }} = panel;
            const {{ top, height }} = panel.subplots()[0].view.box;
            return note.getBoundingClientRect().top - element.getBoundingClientRect().top - top - height;
        }})()"""
    )
    assert 10 < under < 40, "what the plane hides is said right under the map"
    scene = page.evaluate(f"{PLAYER}.landscape.surface.layout.scene")
    assert [scene[axis]["title"]["text"] for axis in ("xaxis", "yaxis")] == ["component 1", "component 2"], "not x and y, which are inputs"


def test_all_views_of_a_landscape_are_on_the_screen_at_once_while_presenting(player_page: PlayerPage) -> None:
    page = player_page.train(SMALL, SHOWN, at=20)
    page.evaluate(f"{PLAYER}.presenter.set(true), {PLAYER}.presenter.toggleViews()")
    redrawn(page)
    ends = page.evaluate("[...document.querySelectorAll('.descent .grid > *')].map((panel) => panel.getBoundingClientRect().bottom)")
    assert len(ends) == len(SHOWN) + 1
    assert max(ends) <= page.evaluate("document.querySelector('.descent .transport').getBoundingClientRect().top")


def test_any_point_is_seen_under_the_pointer_and_a_click_starts_there(player_page: PlayerPage) -> None:
    relief = comparison_of(SMALL).relief
    (x0, x1), (y0, y1) = relief.window
    page = player_page.train(SMALL, MAP, at=0, picks=True)
    place = pixel(page, x0 + 0.3 * (x1 - x0), y0 + 0.6 * (y1 - y0), "landscape")
    page.mouse.move(*place)
    page.locator("[data-panel=landscape] .tooltip canvas.probe").wait_for()
    x, y = page.evaluate(f"{PLAYER}.probe.at")
    assert next(iter(told(page))) == "on plane", "not x and y, which are inputs"
    assert float(told(page)["loss"]) == pytest.approx(float(relief.landscape.value([[x], [y]])[0]), rel=1e-3)
    found = page.evaluate(
        f"(() => {{ const {{ dx, dy, dxx, dxy, dyy }} = {PLAYER}.plane.evaluate({x}, {y}); return [dx, dy, dxx, dxy, dyy]; }})()"
    )
    slopes, bends = relief.landscape.gradient([[x], [y]])[:, 0], relief.landscape.hessian([[x], [y]])[..., 0]
    assert found == pytest.approx([*slopes, bends[0, 0], bends[0, 1], bends[1, 1]], rel=1e-3, abs=1e-5)
    page.mouse.click(*place)
    page.keyboard.down("Shift")
    page.mouse.click(*place)
    page.keyboard.up("Shift")
    first, *_ = player_page.asked("train")
    assert (first["kind"], first["at"]) == ("start", pytest.approx([x, y], abs=2e-3 * (x1 - x0)))


def test_the_keyboard_and_a_finger_look_at_points_too(player_page: PlayerPage) -> None:
    page = player_page.train(SMALL, MAP, at=0, picks=True)
    panel = page.locator("[data-panel=landscape]")
    panel.focus()
    for key in ("ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    before = page.evaluate(f"{PLAYER}.probe.at")
    page.keyboard.press("Shift+ArrowLeft")
    after = page.evaluate(f"{PLAYER}.probe.at")
    assert after[0] < before[0]
    assert page.evaluate(f"{PLAYER}.clock.position") == 0
    assert panel.locator(".tooltip").is_visible()
    page.keyboard.press("Enter")
    assert player_page.asked("train")[0]["kind"] == "start"
    assert not panel.locator(".tooltip").is_visible()
    page = player_page.train(SMALL, MAP, at=0, picks=True)  # which answers
    player_page.emulate(touch=True)
    place = at_end(page, 0)
    player_page.tap(*place)
    button = panel.get_by_role("button", name="Start here")
    button.wait_for()
    before = page.evaluate(f"{PLAYER}.probe.at")
    player_page.touch("touchStart", place)
    player_page.touch("touchMove", (place[0] + 40, place[1] - 20))
    player_page.touch("touchEnd")
    after = page.evaluate(f"{PLAYER}.probe.at")
    assert after[0] > before[0]
    assert after[1] > before[1]
    button.click()
    assert len(player_page.asked("train")) == 2
    page = player_page.train(SMALL, MAP, at=0)  # where nothing can be chosen nothing is offered
    player_page.tap(*at_end(page, 0))
    assert panel.locator(".tooltip canvas.probe").is_visible()
    assert panel.get_by_role("button", name="Start here").count() == 0


def test_a_finer_picture_takes_the_place_of_the_first(player_page: PlayerPage) -> None:
    comparison = comparison_of(SMALL)
    page = player_page.train(SMALL, ("landscape",), at=20)
    fine = comparison.refined(97)
    player_page.show("receiveRefined", "refined", refined_bytes(fine, LIGHT, token(comparison, LIGHT)))
    redrawn(page)
    assert page.evaluate(f"{PLAYER}.landscape.heights.n") == 97
    assert page.evaluate(f"{PLAYER}.panels.get('landscape').plot.data[0].z.bdata === {PLAYER}.landscape.map.data[0].z.bdata")
    assert page.evaluate(f"{PLAYER}.clock.position") == 20


def test_normalization_has_the_statistics_of_all_examples(player_page: PlayerPage) -> None:
    normalized = SMALL.replace(batch_norm=True, widths=(3, 3), steps=20)
    relief = comparison_of(normalized).relief
    page = player_page.train(normalized, ("landscape",), at=5)
    middle = [sum(limits) / 2 for limits in relief.window]
    assert page.evaluate(f"{PLAYER}.plane.value({middle[0]}, {middle[1]})") == pytest.approx(
        float(relief.landscape.value(np.array(middle)[:, None])[0]), rel=1e-4
    )
    assert "statistics of the whole training set" in page.locator("[data-panel=landscape] .note").inner_text()


def test_the_ground_moves_with_the_head_of_a_network(player_page: PlayerPage) -> None:
    moving = SMALL.replace(plane=Choice.of("moving", network=3))
    run = comparison_of(moving).runs[2]
    page = player_page.train(moving, ("landscape",), at=int(run.steps[40]))
    page.wait_for_function(f"{PLAYER}?.slice?.shown.endsWith('|65')")
    here = page.evaluate(f"{PLAYER}.plane.value(...{PLAYER}.placeOf(2))")
    assert here == pytest.approx(run.losses[40], rel=1e-4)
    assert page.evaluate(f"{PLAYER}.honesty.ratio(2)") == pytest.approx(1, rel=1e-4)
    assert "slice that moves with Adam" in page.locator("[data-panel=landscape] .note").inner_text()
    drawn = page.evaluate(f"{PLAYER}.landscape.map.data[0].z.at(-1).at(-1)")
    last = comparison_of(moving).relief.landscape.through(run.weights[40])
    corner = np.array([[high] for _, high in last.window])
    grid = relief_grid(comparison_of(moving).relief)
    unit = page.evaluate(f"{PLAYER}.landscape.map.data[0].contours.start")
    assert drawn / unit == pytest.approx(float(grid.drawn_rank(last.value(corner))[0]), rel=1e-3)


def test_batches_scatter_in_ellipses_and_networks_without_a_plane_say_why(player_page: PlayerPage) -> None:
    small = SMALL.replace(batch=4, optimizers=(Choice("sgd"), Choice("adam")), steps=20)
    comparison = comparison_of(small)
    page = player_page.train(small, ("landscape",), at=5)
    noise = plane_noise(comparison.relief.plane, comparison.network, comparison.runs[0].weights, comparison.data.x, comparison.data.y, 4)
    values, vectors = np.linalg.eigh(noise[5][[[0, 1], [1, 2]]])
    axes = page.evaluate(f"import('/js/ellipses.js').then(({{ axesOfNoise }}) => axesOfNoise({PLAYER}.race.runs[0].noise, 5))")
    assert [axes["across"], axes["length"]] == pytest.approx(np.sqrt(values), rel=1e-3)
    assert abs(np.array([np.cos(axes["angle"]), np.sin(axes["angle"])]) @ vectors[:, 1]) == pytest.approx(1, abs=1e-4)
    assert "slopes of single batches scatter" in page.locator("[data-panel=landscape] .note").inner_text()
    page = player_page.train(SMALL.replace(plane=Choice.of("ends", second=9)), ("landscape", "loss"), at=5)
    page.locator("[data-panel=landscape] .sorry", has_text="network 9").wait_for()
