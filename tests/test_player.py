"""The player in a real browser: the clock, the keys, picking starts, zoom and camera, and that what is drawn lies where the data say."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from player import as_page
from scenario import Choice, Scenario
from tests.conftest import settle

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.xdist_group("browser")
Open = Callable[..., "Page"]

PLAYER = "document.querySelector('.descent').player"
TWO = Scenario(
    landscape=Choice("himmelblau"), optimizers=(Choice.of("sgd", lr=0.01), Choice.of("adam", lr=0.1)), points=((-0.5, -1.2), (2.0, 4.0))
)
QUERY = TWO.to_query()
COLOURS = {"sgd": (0xFF, 0x6B, 0x00), "adam": (0xD3, 0x00, 0xB5)}


def full_layout(panel: str) -> str:
    """What Plotly made of a panel's layout, in the browser."""
    return f"document.querySelector('[data-panel={panel}] .plot')._fullLayout"


def position(page: Page) -> float:
    at: float = page.evaluate(f"{PLAYER}.clock.position")
    return at


def seek(page: Page, step: float) -> None:
    """Stop at a step, and wait until it is drawn."""
    page.evaluate(f"{PLAYER}.clock.pause(), {PLAYER}.clock.seek({step})")
    frames(page)


def frames(page: Page, count: int = 3) -> None:
    page.evaluate(
        f"new Promise((done) => {{ let left = {count}; const tick = () => left-- ? requestAnimationFrame(tick) : done(); tick(); }})"
    )


def axes(page: Page, panel: str = "map", cell: str = "") -> dict[str, Any]:
    """Plotly's own axes of a map, and where its plot lies in the page."""
    found: dict[str, Any] = page.evaluate(
        """([panel, cell]) => {
            const plot = document.querySelector(`[data-panel=${panel}] .plot`);
            const full = plot._fullLayout;
            const frame = plot.getBoundingClientRect();
            const axis = (name) => ({ range: full[name].range, offset: full[name]._offset, length: full[name]._length });
            return { left: frame.left, top: frame.top, x: axis(`xaxis${cell}`), y: axis(`yaxis${cell}`) };
        }""",
        [panel, cell],
    )
    return found


def pixel(page: Page, x: float, y: float, panel: str = "map", cell: str = "") -> tuple[float, float]:
    """Where a point of the landscape lies in the page, by Plotly's axes."""
    seen = axes(page, panel, cell)
    across = (x - seen["x"]["range"][0]) / (seen["x"]["range"][1] - seen["x"]["range"][0])
    up = (y - seen["y"]["range"][0]) / (seen["y"]["range"][1] - seen["y"]["range"][0])
    return (
        seen["left"] + seen["x"]["offset"] + across * seen["x"]["length"],
        seen["top"] + seen["y"]["offset"] + (1 - up) * seen["y"]["length"],
    )


def picture(page: Page) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)


def coloured_near(image: np.ndarray[Any, Any], place: tuple[float, float], colour: tuple[int, int, int], ratio: float = 1.0) -> float:
    """How far from a place, in CSS pixels, the middle of the nearest patch of the colour is."""
    px, py = place[0] * ratio, place[1] * ratio
    reach = int(14 * ratio)
    left, top = max(0, int(px) - reach), max(0, int(py) - reach)
    patch = image[top : top + 2 * reach, left : left + 2 * reach]
    rows, columns = np.nonzero(np.abs(patch - np.array(colour)).sum(axis=2) < 40)
    assert rows.size, f"nothing of colour {colour} near {place}"
    return float(np.hypot(columns.mean() + left + 0.5 - px, rows.mean() + top + 0.5 - py)) / ratio


def starts(page: Page) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = page.evaluate(f"{PLAYER}.race.starts")
    return found


def hide_trails(page: Page) -> None:
    page.get_by_role("combobox", name="Trails").select_option("none")


# ---- the clock


def test_play_goes_on_and_pause_stops(open_tab: Open) -> None:
    page = open_tab(QUERY)
    before = position(page)
    page.wait_for_timeout(400)
    assert position(page) > before, "a page that was just opened plays"
    page.get_by_role("button", name="Pause").click()
    stopped = position(page)
    page.wait_for_timeout(300)
    assert position(page) == stopped
    page.get_by_role("button", name="Play (space)").click()
    page.wait_for_timeout(300)
    assert position(page) > stopped


def test_reduced_motion_starts_paused(open_tab: Open) -> None:
    page = open_tab(QUERY, reduced_motion="reduce")
    page.wait_for_timeout(300)
    assert position(page) == 0
    page.get_by_role("button", name="Play (space)").click()
    page.wait_for_timeout(300)
    assert position(page) > 0


def test_the_scrubber_and_the_buttons(open_tab: Open) -> None:
    page = open_tab(QUERY)
    scrubber = page.get_by_role("slider", name="Step")
    box = scrubber.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert position(page) == pytest.approx(100, abs=2)
    page.wait_for_timeout(200)
    assert position(page) == pytest.approx(100, abs=2), "scrubbing stops playing"
    page.get_by_role("button", name="To the start").click()
    assert position(page) == 0
    page.get_by_role("button", name="One step on").click()
    page.get_by_role("button", name="One step on").click()
    page.get_by_role("button", name="One step back").click()
    assert position(page) == 1
    page.get_by_role("button", name="To the end").click()
    assert position(page) == 200
    assert "step 200 of 200" in page.locator(".counter").inner_text()


def test_the_keyboard(open_tab: Open) -> None:
    page = open_tab(QUERY)
    page.evaluate(f"{PLAYER}.clock.pause()")
    for key, expected in [
        ("Home", 0),
        ("ArrowRight", 1),
        ("Shift+ArrowRight", 11),
        ("ArrowLeft", 10),
        ("5", 100),
        ("End", 200),
        ("Shift+ArrowLeft", 190),
    ]:
        page.keyboard.press(key)
        assert position(page) == expected, key
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.wait_for_timeout(300)
    assert position(page) > 0
    page.keyboard.press("Space")
    assert not page.evaluate(f"{PLAYER}.clock.playing")
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement === null")


def test_keys_in_a_text_box_are_its_own(open_tab: Open) -> None:
    page = open_tab(Scenario(landscape=Choice("own"), formula="x**2 + y**2").to_query())
    seek(page, 30)
    page.get_by_role("textbox", name="Formula in x and y").click()
    page.keyboard.type(" + 5")
    page.keyboard.press("Home")
    assert position(page) == 30


def test_speed_and_loop(open_tab: Open) -> None:
    page = open_tab(QUERY)
    page.get_by_role("combobox", name="Speed").select_option("10")
    page.wait_for_function(f"{PLAYER}.clock.position === {PLAYER}.clock.steps")
    page.wait_for_function(f"{PLAYER}.clock.position < {PLAYER}.clock.steps")  # after a rest it begins again
    page.get_by_role("button", name="Repeat").click()
    page.wait_for_function(f"{PLAYER}.clock.position === {PLAYER}.clock.steps && !{PLAYER}.clock.playing")


# ---- all panels show the same step


def test_every_panel_is_at_the_same_step(open_tab: Open) -> None:
    page = open_tab(QUERY + "&show=map.loss.gradient.rate")
    seek(page, 37)
    race = TWO.race()
    for panel in ("loss", "gradient", "rate"):
        left, _ = page.evaluate(f"{PLAYER}.panels.get('{panel}').pixel(1, 37)")
        assert page.evaluate(f"{full_layout(panel)}.xaxis.p2l({left} - {full_layout(panel)}.xaxis._offset)") == pytest.approx(37, abs=0.01)
    _, top = page.evaluate(f"{PLAYER}.panels.get('loss').pixel(1, 37)")
    drawn = page.evaluate(f"{full_layout('loss')}.yaxis.p2d({top} - {full_layout('loss')}.yaxis._offset)")
    assert drawn == pytest.approx(np.median(race.runs[1].losses[37]), rel=1e-3)
    now = page.locator(".board tbody tr", has_text="Adam").locator(".now").inner_text().replace("−", "-")
    assert float(now) == pytest.approx(np.median(race.runs[1].losses[37]), rel=0.01)


def test_the_table_is_sorted_by_the_loss_at_the_step(open_tab: Open) -> None:
    page = open_tab(QUERY)
    race = TWO.race()
    page.locator(".board .toggle").first.focus()  # which must not hold up the sorting
    for step in (1, 200):
        seek(page, step)
        names = page.locator(".board .toggle").all_inner_texts()
        expected = sorted(race.runs, key=lambda run: np.median(run.losses[step]))
        assert names == [run.optimizer.name for run in expected]


# ---- what is drawn lies where the data say


@pytest.mark.parametrize("ratio", [1, 2])
def test_heads_lie_where_the_data_say_on_the_map(open_tab: Open, ratio: int) -> None:
    page = open_tab(QUERY, device_scale_factor=ratio)
    hide_trails(page)
    race = TWO.race()
    zoom = "{'xaxis.range': [-4.5, -2], 'yaxis.range': [-4, -1.5]}"
    for what in ("", f"{PLAYER}.Plotly.relayout(document.querySelector('[data-panel=map] .plot'), {zoom})"):
        if what:
            page.evaluate(what)
        seek(page, 23)
        image = picture(page)
        for run, name in zip(race.runs, COLOURS, strict=True):
            place = pixel(page, *run.positions[23, :, 0])
            assert coloured_near(image, place, COLOURS[name], ratio) < 1.5
    page.set_viewport_size({"width": 1100, "height": 640})
    page.wait_for_timeout(500)
    seek(page, 12)
    page.get_by_role("button", name="Whole map").click()
    frames(page, 10)
    assert coloured_near(picture(page), pixel(page, *race.runs[1].positions[12, :, 1]), COLOURS["adam"], ratio) < 1.5


def scene_pixel(page: Page, x: float, y: float, height: float) -> tuple[float, float]:
    """Where Plotly's 3-D scene shows a point, computed from its camera and not by the player's own code."""
    place: list[float] = page.evaluate(
        """([x, y, z]) => {
            const plot = document.querySelector('[data-panel=surface] .plot');
            const scene = plot._fullLayout.scene._scene, { projection, view, model } = scene.glplot.cameraParams;
            let point = [x * scene.dataScale[0], y * scene.dataScale[1], z * scene.dataScale[2], 1];
            const times = (m) => [0, 1, 2, 3].map((r) => point.reduce((sum, value, column) => sum + m[4 * column + r] * value, 0));
            for (const matrix of [model, view, projection]) point = times(matrix);
            const frame = plot.querySelector('canvas').getBoundingClientRect();
            return [frame.left + (point[0] / point[3] + 1) / 2 * frame.width, frame.top + (1 - point[1] / point[3]) / 2 * frame.height];
        }""",
        [x, y, height],
    )
    return place[0], place[1]


@pytest.mark.parametrize("ratio", [1, 2])
def test_heads_lie_on_the_surface_in_3d(open_tab: Open, ratio: int) -> None:
    from figures.loss_grid import loss_grid
    from figures.surface import GRID

    page = open_tab(QUERY, device_scale_factor=ratio, panels="")
    hide_trails(page)
    page.locator(".board .toggle", has_text="Adam").click()  # whose head lies over SGD's from some sides
    page.mouse.move(0, 0)
    race = TWO.race()
    land = loss_grid(race.landscape, GRID)
    for camera in (None, {"eye": {"x": 1.2, "y": -1.0, "z": 1.5}, "center": {"x": 0, "y": 0, "z": 0}, "up": {"x": 0, "y": 0, "z": 1}}):
        if camera:
            page.evaluate(
                f"(camera) => {PLAYER}.Plotly.relayout(document.querySelector('[data-panel=surface] .plot'), {{ 'scene.camera': camera }})",
                camera,
            )
            frames(page, 20)
        seek(page, 5)
        run = race.runs[0]
        x, y = run.positions[5, :, 0]
        place = scene_pixel(page, x, y, float(land.height(run.losses[5, 0])) + 0.012)
        assert coloured_near(picture(page), place, COLOURS["sgd"], ratio) < 1


def test_what_is_behind_a_hill_is_dimmed(open_tab: Open) -> None:
    page = open_tab(QUERY, panels="")
    hidden = page.evaluate(
        f"""(() => {{
            const [subplot] = {PLAYER}.panels.get('surface').subplots();
            const landscape = {PLAYER}.landscape, n = landscape.heights.n, [[x0, x1], [y0, y1]] = landscape.window;
            const seen = (lift) => {{
                let count = 0;
                for (let j = 2; j < n - 2; j += 4) for (let i = 2; i < n - 2; i += 4) {{
                    const [x, y] = [x0 + (x1 - x0) * i / (n - 1), y0 + (y1 - y0) * j / (n - 1)];
                    const [, , behind] = subplot.view.point(x, y, landscape.heights.values[j * n + i] + lift);
                    count += behind ? 0 : 1;
                }}
                return count;
            }};
            return [seen(0), seen(-0.2), seen(0.6)];
        }})()"""
    )
    on, under, over = hidden
    assert under < 0.3 * over, "points far under the surface are hidden by it"
    assert 0.5 * over < on < over, "most of the surface is seen, and some of it lies behind its hills"


def test_a_trajectory_that_leaves_ends_in_a_mark_at_the_edge(open_tab: Open) -> None:
    scenario = Scenario(optimizers=(Choice.of("sgd", lr=0.15),), landscape=Choice.of("ravine", condition=20.0), steps=60)
    page = open_tab(scenario.to_query() + "&show=map")
    exit_step, x, y = page.evaluate(f"(() => {{ const run = {PLAYER}.race.runs[0]; return [run.exit[0], run.exitX[0], run.exitY[0]]; }})()")
    run = scenario.race().runs[0]
    assert np.abs(run.positions[exit_step:, 1, 0]).min() > 2
    assert abs(run.positions[exit_step - 1, 1, 0]) <= 2
    assert abs(y) == pytest.approx(2)
    seek(page, 60)
    place = pixel(page, x, y)
    assert coloured_near(picture(page), (place[0], place[1] + (8 if y > 0 else -8)), COLOURS["sgd"]) < 6


# ---- picking starts


def test_click_shift_click_and_drag_change_the_starts(open_tab: Open) -> None:
    page = open_tab(QUERY)
    per_pixel = 12 / axes(page)["x"]["length"]
    page.mouse.click(*pixel(page, 1.0, -4.0))
    page.wait_for_function(f"{PLAYER}.race.starts?.length === 1")
    assert starts(page)[0] == pytest.approx([1.0, -4.0], abs=2 * per_pixel)
    page.keyboard.down("Shift")
    page.mouse.click(*pixel(page, -4.0, 4.0))
    page.keyboard.up("Shift")
    page.wait_for_function(f"{PLAYER}.race.starts?.length === 2")
    assert starts(page)[1] == pytest.approx([-4.0, 4.0], abs=2 * per_pixel)
    page.mouse.move(*pixel(page, *starts(page)[0]))
    page.mouse.down()
    for share in (0.25, 0.5, 0.75, 1.0):
        page.mouse.move(*pixel(page, 1.0 + 3 * share, -4.0 + 4 * share))
        page.wait_for_timeout(60)
    page.mouse.up()
    page.wait_for_function(f"Math.hypot({PLAYER}.race.starts[0][0] - 4, {PLAYER}.race.starts[0][1]) < {2 * per_pixel}")
    assert starts(page)[1] == pytest.approx([-4.0, 4.0], abs=2 * per_pixel), "the other start stays"
    page.wait_for_function("location.search.includes('point=')")


def test_trajectories_follow_a_start_while_it_is_dragged(open_tab: Open) -> None:
    page = open_tab(QUERY)
    page.mouse.move(*pixel(page, *starts(page)[0]))
    page.mouse.down()
    page.mouse.move(*pixel(page, 0.0, -4.0), steps=4)
    page.wait_for_function(f"Math.hypot({PLAYER}.race.starts[0][0], {PLAYER}.race.starts[0][1] + 4) < 0.1")
    page.mouse.up()


def test_touch_starts_there(open_tab: Open) -> None:
    page = open_tab(QUERY, has_touch=True)
    page.touchscreen.tap(*pixel(page, 2.0, -4.5))
    page.wait_for_function(f"{PLAYER}.race.starts?.length === 1")
    assert starts(page)[0] == pytest.approx([2.0, -4.5], abs=0.06)


def test_a_click_moves_the_middle_of_a_cloud(open_tab: Open) -> None:
    page = open_tab(TWO.replace(points=(), starts=Choice.of("cloud", n=30)).to_query())
    page.mouse.click(*pixel(page, 3.0, -3.0))
    page.wait_for_function("location.search.includes('cloud')")
    page.wait_for_function(f"Math.abs({PLAYER}.startMarks.reduce((sum, start) => sum + start[0], 0) / 30 - 3) < 0.6")
    assert page.evaluate(f"{PLAYER}.race.count") == 30


def test_panning_is_no_click(open_tab: Open) -> None:
    page = open_tab(QUERY)
    before = starts(page)
    page.mouse.move(*pixel(page, 3.0, 0.0))
    page.mouse.down()
    page.mouse.move(*pixel(page, 2.0, 1.0), steps=5)
    page.mouse.up()
    page.wait_for_timeout(400)
    assert starts(page) == before
    assert axes(page)["x"]["range"][0] == pytest.approx(-5.0, abs=0.1)


# ---- what a change keeps


def move_slider(page: Page) -> None:
    """Another learning rate for SGD, by its slider."""
    page.get_by_test_id("stSidebar").get_by_text("SGD", exact=True).click()
    slider = page.locator("[class*='st-key-entrant-0-sgd-lr'] input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    slider.press("ArrowRight")


def test_a_slider_keeps_position_zoom_camera_and_toggles(open_tab: Open) -> None:
    page = open_tab(QUERY, panels="")
    page.evaluate("document.querySelector('[data-panel=map]').kept = true")
    seek(page, 37)
    page.locator(".board .toggle", has_text="Adam").click()
    eye = {"x": 1.2, "y": -1.0, "z": 1.5}
    page.evaluate(
        f"(eye) => {PLAYER}.Plotly.relayout(document.querySelector('[data-panel=surface] .plot'), {{ 'scene.camera.eye': eye }})", eye
    )
    page.evaluate(
        f"{PLAYER}.Plotly.relayout(document.querySelector('[data-panel=map] .plot'), {{ 'xaxis.range': [-4, 0], 'yaxis.range': [-4, 0] }})"
    )
    frames(page, 20)
    move_slider(page)
    page.wait_for_function(f"{PLAYER}.race.runs[0].rate !== '0.01'")
    frames(page, 20)
    assert position(page) == 37
    assert page.evaluate(f"[...{PLAYER}.off]") == [1]
    assert page.evaluate("document.querySelector('[data-panel=map]').kept"), "nothing was made anew"
    assert axes(page)["x"]["range"] == pytest.approx([-4, 0], abs=1e-6)
    camera = page.evaluate("document.querySelector('[data-panel=surface] .plot')._fullLayout.scene._scene.getCamera().eye")
    assert camera == pytest.approx(eye, abs=1e-3)


def test_a_slider_of_the_landscape_keeps_the_camera(open_tab: Open) -> None:
    page = open_tab(QUERY, panels="")
    eye = {"x": 1.2, "y": -1.0, "z": 1.5}
    page.evaluate(
        f"(eye) => {PLAYER}.Plotly.relayout(document.querySelector('[data-panel=surface] .plot'), {{ 'scene.camera.eye': eye }})", eye
    )
    frames(page, 20)
    seek(page, 20)
    key = page.evaluate(f"{PLAYER}.landscape.key")
    slider = page.locator("[class*='st-key-landscape-a'] input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_function(f"{PLAYER}.landscape.key !== '{key}'")
    page.wait_for_timeout(800)
    camera = page.evaluate("document.querySelector('[data-panel=surface] .plot')._fullLayout.scene._scene.getCamera().eye")
    assert camera == pytest.approx(eye, abs=1e-3)
    assert position(page) == 20


def test_maps_side_by_side_zoom_together(open_tab: Open) -> None:
    page = open_tab(QUERY + "&show=map.maps")
    first, second = pixel(page, 0, 0, "maps"), pixel(page, 0, 0, "maps", "2")
    assert np.hypot(first[0] - second[0], first[1] - second[1]) > 50
    page.mouse.move(*second)
    page.mouse.wheel(0, -400)
    page.wait_for_function("document.querySelector('[data-panel=maps] .plot')._fullLayout.xaxis2.range[0] > -5.9")
    page.wait_for_timeout(600)
    ranges = page.evaluate(f"[{full_layout('maps')}.xaxis.range, {full_layout('maps')}.xaxis2.range]")
    assert ranges[0] == ranges[1]
    assert axes(page, "map")["x"]["range"] == pytest.approx(ranges[0])


def test_scenes_share_one_camera(open_tab: Open) -> None:
    page = open_tab(QUERY + "&show=surfaces")
    canvas = page.locator("[data-panel=surfaces] canvas").first.bounding_box()
    assert canvas
    x, y = canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 20, steps=5)
    page.mouse.up()
    page.wait_for_timeout(600)
    eyes = page.evaluate(f"['scene', 'scene2'].map((name) => {full_layout('surfaces')}[name]._scene.getCamera().eye)")
    assert eyes[0] == pytest.approx(eyes[1], abs=1e-3)
    assert eyes[0]["x"] != pytest.approx(-0.78, abs=1e-3)


# ---- hover


def test_hover_tells_loss_gradient_and_curvature(open_tab: Open) -> None:
    page = open_tab(QUERY)
    page.evaluate(f"{PLAYER}.clock.pause()")
    place = pixel(page, 1.0, 2.0)
    page.mouse.move(*place)
    text = page.locator("[data-panel=map] .tooltip").inner_text().replace("−", "-")
    landscape = TWO.build_landscape()
    at = np.array([[1.0], [2.0]])
    loss = float(text.split("loss")[1].split()[0])
    assert loss == pytest.approx(landscape.value(at)[0], rel=0.05)
    assert "gradient" in text
    curvature = [float(number) for number in text.split("curvature")[1].strip().split(",")]
    assert curvature == pytest.approx(np.linalg.eigvalsh(landscape.hessian(at)[:, :, 0]).tolist(), rel=0.1)


def test_hover_on_a_head_names_its_optimizer(open_tab: Open) -> None:
    page = open_tab(QUERY)
    seek(page, 30)
    race = TWO.race()
    page.mouse.move(*pixel(page, *race.runs[1].positions[30, :, 1]))
    text = page.locator("[data-panel=map] .tooltip").inner_text()
    assert "Adam" in text
    assert "step 30" in text


def test_the_browser_computes_what_python_computes(open_tab: Open) -> None:
    page = open_tab(TWO.replace(landscape=Choice("peaks"), points=()).to_query() + "&show=map")
    landscape = TWO.replace(landscape=Choice("peaks"), points=()).build_landscape()
    seen = page.evaluate(f"{PLAYER}.landscape.evaluate(0.3, -0.7)")
    at = np.array([[0.3], [-0.7]])
    gradient, hessian = landscape.gradient(at)[:, 0], landscape.hessian(at)[:, :, 0]
    expected = [landscape.value(at)[0], *gradient, hessian[0, 0], hessian[0, 1], hessian[1, 1]]
    assert [seen[name] for name in ("value", "dx", "dy", "dxx", "dxy", "dyy")] == pytest.approx(expected, rel=1e-12)


# ---- the legend


def test_the_legend_toggles_and_brings_to_the_front(open_tab: Open) -> None:
    page = open_tab(QUERY)
    seek(page, 30)
    place = pixel(page, *TWO.race().runs[0].positions[30, :, 0])
    assert coloured_near(picture(page), place, COLOURS["sgd"]) < 4
    toggle = page.locator(".board .toggle", has_text="SGD")
    toggle.click()
    assert toggle.get_attribute("aria-pressed") == "false"
    page.mouse.move(5, 5)
    frames(page)
    with pytest.raises(AssertionError, match="nothing of colour"):
        coloured_near(picture(page), place, COLOURS["sgd"])
    page.locator(".board tr", has_text="Adam").hover()
    assert page.evaluate(f"{PLAYER}.highlight") == 1


# ---- many, small, and without WebGL


def test_ten_thousand_trajectories_play(open_tab: Open) -> None:
    page = open_tab(TWO.replace(points=(), starts=Choice.of("anywhere", n=5000), steps=60).to_query())
    assert page.evaluate(f"{PLAYER}.race.count * {PLAYER}.race.runs.length") == 10_000
    before = page.evaluate(f"{PLAYER}.frames")
    page.wait_for_timeout(1500)
    assert page.evaluate(f"{PLAYER}.frames") > before + 5
    race = TWO.replace(points=(), starts=Choice.of("anywhere", n=5000), steps=60).race()
    x = page.evaluate(f"Array.from({PLAYER}.race.runs[0].x.slice(-5000))")
    inside = np.isfinite(np.array(x, dtype=float))
    assert np.abs(np.array(x, dtype=float) - race.runs[0].positions[-1, 0])[inside].max() < 36 / 65534, "half a step of the packing"


def test_a_phones_width(open_tab: Open) -> None:
    page = open_tab(QUERY, viewport={"width": 390, "height": 844}, has_touch=True, panels="")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for panel in ("map", "surface", "loss"):
        box = page.locator(f"[data-panel={panel}]").bounding_box()
        assert box
        assert box["width"] > 300
    play = page.get_by_role("button", name="Pause").bounding_box()
    assert play
    assert 0 <= play["y"] < 844


def test_presentation_shows_the_player_alone(open_tab: Open) -> None:
    page = open_tab(QUERY)
    page.get_by_role("button", name="Presentation").click()
    box = page.locator(".descent").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 1280, "height": 720}
    assert page.evaluate("document.elementFromPoint(20, 300).closest('.descent') !== null"), "the sidebar is covered"
    page.keyboard.press("Escape")
    assert page.locator(".descent").bounding_box() != box


def test_without_webgl_the_rest_works(open_tab: Open) -> None:
    page = open_tab(panels="")
    context = page.context
    context.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return kind.startsWith('webgl') ? null : get.call(this, kind, ...rest);"
        "};"
    )
    page.reload()
    settle(page)
    assert "WebGL" in page.locator("[data-panel=surface] .sorry").inner_text()
    before = position(page)
    page.wait_for_timeout(300)
    assert position(page) != before


def test_a_saved_page_plays_from_disk_without_a_server(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "race.html"
    file.write_text(as_page(TWO.race()), encoding="utf-8")
    assert file.stat().st_size < 6e6
    page = browser.new_context(viewport={"width": 1280, "height": 720}, offline=True).new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(("file:", "data:", "blob:")) else faults.append(request.url))
    page.goto(file.as_uri())
    settle(page)
    before = position(page)
    page.wait_for_timeout(300)
    assert position(page) != before
    seek(page, 23)
    hide_trails(page)
    frames(page)
    assert coloured_near(picture(page), pixel(page, *TWO.race().runs[1].positions[23, :, 0]), COLOURS["adam"]) < 1.5
    page.context.close()
    assert faults == []


def test_no_two_modules_use_one_name() -> None:
    names: list[str] = []
    for file in (Path(as_page.__code__.co_filename).parent / "js").glob("*.js"):
        if file.name != "streamlit.js":
            names += re.findall(r"^(?:export )?(?:const|let|async function|function|class) (\w+)", file.read_text(), re.MULTILINE)
    assert len(names) == len(set(names))
