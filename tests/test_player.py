"""The player in a real browser: the clock, the keys, picking starts, zoom and camera, and that what is drawn lies where the data say.

It stands in a page of its own modules alone. What Streamlit makes of it is held by test_browser.py.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app_pages.picks import picked
from figures.loss_grid import loss_grid
from figures.markers import MARKERS
from figures.surface import GRID
from figures.theme import race_styles, rgb, style
from scenario import Choice, Scenario
from scenario.presets import OPENING, PRESETS
from tests.player_page import PlayerPage, race_of
from tests.screen import (
    PLAYER,
    axes,
    coloured_near,
    frames,
    full_layout,
    hide_trails,
    picture,
    pixel,
    position,
    redrawn,
    relayout,
    seek,
    starts,
    wait_for_position,
)

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

TWO = Scenario(
    landscape=Choice("himmelblau"), optimizers=(Choice.of("sgd", lr=0.01), Choice.of("adam", lr=0.1)), points=((-0.5, -1.2), (2.0, 4.0))
)
ROOT = Path(__file__).parents[1]
COLOURS = {name: rgb(style(name).colour) for name in ("sgd", "adam")}


def test_a_wait_goes_on_while_what_it_looks_at_is_not_there(player_page: PlayerPage) -> None:
    page = player_page.page
    page.evaluate("requestAnimationFrame(() => document.body.append(Object.assign(document.createElement('i'), { step: 3 })))")
    page.wait_for_function("(not) => document.querySelector('i').step !== not", arg=2)


# ---- the clock


def test_play_goes_on_and_pause_stops(player_page: PlayerPage) -> None:
    player_page.emulate(motion="no-preference")
    page = player_page.play(TWO)
    wait_for_position(page, "> 0")  # a race that has just come plays
    page.get_by_role("button", name="Pause").click()
    stopped = position(page)
    frames(page, 8)
    assert position(page) == stopped
    page.get_by_role("button", name="Play (space)").click()
    wait_for_position(page, f"> {stopped}")


def test_the_scrubber_and_the_buttons(player_page: PlayerPage) -> None:
    player_page.emulate(motion="no-preference")
    page = player_page.play(TWO)
    scrubber = page.get_by_role("slider", name="Step")
    box = scrubber.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    scrubbed = position(page)
    assert scrubbed == pytest.approx(100, abs=2)
    frames(page, 8)
    assert position(page) == scrubbed, "scrubbing stops playing"
    page.get_by_role("button", name="To the start").click()
    assert position(page) == 0
    page.get_by_role("button", name="One step on").click()
    page.get_by_role("button", name="One step on").click()
    page.get_by_role("button", name="One step back").click()
    assert position(page) == 1
    page.get_by_role("button", name="To the end").click()
    assert position(page) == 200
    assert "step 200 of 200" in page.locator(".counter").inner_text()


def test_the_keyboard_and_that_a_race_rests_for_who_asked_for_less_motion(player_page: PlayerPage) -> None:
    page = player_page.play(TWO)
    frames(page, 8)
    assert position(page) == 0
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
    wait_for_position(page, "> 0")
    page.keyboard.press("Space")
    assert not page.evaluate(f"{PLAYER}.clock.playing")
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement === null")


def test_speed_and_loop(player_page: PlayerPage) -> None:
    player_page.emulate(motion="no-preference")
    page = player_page.play(TWO.replace(steps=40))
    page.get_by_role("combobox", name="Speed").select_option("10")
    page.evaluate(
        f"""() => {{
            const {{ clock }} = {PLAYER};
            let last = window.ends = 0;
            const look = () => {{
                if (last === clock.steps && clock.position < last) window.ends += 1;
                last = clock.position;
                requestAnimationFrame(look);
            }};
            look();
        }}"""
    )
    page.wait_for_function("window.ends > 0")  # after a rest at the end it begins again
    page.get_by_role("button", name="Repeat").click()
    page.wait_for_function(f"{PLAYER}.clock.position === {PLAYER}.clock.steps && !{PLAYER}.clock.playing")


# ---- all panels show the same step


def test_every_panel_is_at_the_same_step(player_page: PlayerPage) -> None:
    page = player_page.play(TWO, ("map", "loss", "gradient", "rate"), at=37)
    race = race_of(TWO)
    for panel in ("loss", "gradient", "rate"):
        left, _ = page.evaluate(f"{PLAYER}.panels.get('{panel}').pixel(1, 37)")
        assert page.evaluate(f"{full_layout(panel)}.xaxis.p2l({left} - {full_layout(panel)}.xaxis._offset)") == pytest.approx(37, abs=0.01)
    _, top = page.evaluate(f"{PLAYER}.panels.get('loss').pixel(1, 37)")
    drawn = page.evaluate(f"{full_layout('loss')}.yaxis.p2d({top} - {full_layout('loss')}.yaxis._offset)")
    assert drawn == pytest.approx(np.median(race.runs[1].losses[37]), rel=1e-3)
    now = page.locator(".board tbody tr", has_text="Adam").locator(".now").inner_text().replace("−", "-")
    assert float(now) == pytest.approx(np.median(race.runs[1].losses[37]), rel=0.01)
    playing = f"""(from) => Array.from({{ length: 4 }}, (_, i) => {{
      const {{ clock }} = {PLAYER};
      [clock.playing, clock.position] = [true, from + i + 0.4];
      {PLAYER}.draw();
      clock.playing = false;
      const rows = [...document.querySelectorAll(".board tbody tr")];
      return rows.find((row) => row.textContent.includes("Adam")).querySelector(".now").textContent;
    }})"""
    told = [float(loss.replace("−", "-").replace("\u00a0", "")) for loss in page.evaluate(playing, 38)]
    assert told == pytest.approx(np.median(race.runs[1].losses[38:42], axis=1), rel=0.01), "frame after frame while it plays"
    seek(page, 37)
    changed = f"""async () => {{
      const observer = new MutationObserver(() => {{}});
      observer.observe(document.querySelector('.descent'), {{ attributes: true, characterData: true, childList: true, subtree: true }});
      const drawn = (step) => ({PLAYER}.clock.seek(step), {PLAYER}.draw(), observer.takeRecords());
      const [same, another] = [drawn(37), drawn(38)];
      observer.disconnect();
      const put = another.filter(({{ type, target }}) => type === "childList" && target.tagName !== "TBODY");
      const told = ({{ attributeName, target, type }}) => `${{target.className}}: ${{attributeName ?? type}}`;
      return [same.map(told).filter((words) => !words.endsWith(": style")), put.map(told), another.length];
    }}"""
    same, put, another = page.evaluate(changed)
    assert not same, "a step that is shown already changes nothing in the page"
    assert not put, "a step writes into the nodes that are there: another node has all selectors with :has matched anew"
    assert another, "and it does write"


def test_no_selector_looks_through_the_whole_page() -> None:
    styles = [path for folder in ("app_pages", "player") for path in (ROOT / folder).glob("*.css")]
    wide = re.compile(r"(?<![-\w])(?:html|body|:root|\.stApp|\.descent)(?![-\w])[^\s,{>]*:has\(")
    assert styles
    assert not [f"{path.name}: {found[0]}" for path in styles for found in wide.finditer(path.read_text("utf-8"))]


def test_the_table_is_sorted_by_the_loss_at_the_step(player_page: PlayerPage) -> None:
    page = player_page.play(TWO)
    race = race_of(TWO)
    page.locator(".board .toggle").first.focus()  # which must not hold up the sorting
    for step in (1, 200):
        seek(page, step)
        names = page.locator(".board .toggle").all_inner_texts()
        expected = sorted(race.runs, key=lambda run: np.median(run.losses[step]))
        assert names == [run.optimizer.name for run in expected]


def test_the_table_is_sorted_after_a_start_was_added_while_paused(player_page: PlayerPage) -> None:
    # the first is the lowest, the second not, before and after: only then do new rows, as they come, look sorted
    three = TWO.replace(optimizers=(TWO.optimizers[0], Choice.of("momentum", lr=0.01), TWO.optimizers[1]))
    for points in (three.points, (*three.points, (-4.0, 4.0)), three.points):
        page = player_page.play(three.replace(points=points), at=30)
        losses = {run.optimizer.name: np.median(run.losses[30]) for run in race_of(three.replace(points=points)).runs}
        assert page.locator(".board .toggle").all_inner_texts() == sorted(losses, key=lambda name: losses[name])


# ---- what is drawn lies where the data say


def test_heads_lie_where_the_data_say_on_the_map(fine_player_page: PlayerPage) -> None:
    page, ratio = fine_player_page.play(TWO, ("map",)), fine_player_page.ratio
    hide_trails(page)
    race = race_of(TWO)
    for zoom in ([-6, 6], [-4.5, -2]):
        relayout(page, {"xaxis.range": zoom, "yaxis.range": [zoom[0] + 0.5 * (zoom[0] > -6), zoom[1] + 0.5 * (zoom[0] > -6)]})
        seek(page, 23)
        image = picture(page)
        for run, name in zip(race.runs, COLOURS, strict=True):
            place = pixel(page, *run.positions[23, :, 0])
            assert coloured_near(image, place, COLOURS[name], ratio) < 1.5
    fine_player_page.resize(1100, 640)
    seek(page, 12)
    page.get_by_role("button", name="Whole map").click()
    page.wait_for_function(f"{full_layout('map')}.xaxis.range[0] < -5.9")
    redrawn(page)
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


def turn(page: Page, eye: dict[str, float], panel: str = "surface") -> None:
    """Turn a 3-D scene, and wait until it is seen from there."""
    camera = {"eye": eye, "center": {"x": 0, "y": 0, "z": 0}, "up": {"x": 0, "y": 0, "z": 1}}
    relayout(page, {"scene.camera": camera}, panel)
    page.wait_for_function(
        f"(eye) => {{ const seen = {full_layout(panel)}.scene._scene.getCamera().eye; return Math.abs(seen.x - eye.x) < 1e-3; }}", arg=eye
    )
    frames(page)


def test_heads_lie_on_the_surface_in_3d(fine_player_page: PlayerPage) -> None:
    from figures.loss_grid import loss_grid
    from figures.surface import GRID

    page, ratio = fine_player_page.play(TWO, ("surface",)), fine_player_page.ratio
    hide_trails(page)
    page.locator(".board .toggle", has_text="Adam").click()  # whose head lies over SGD's from some sides
    page.mouse.move(0, 0)
    race = race_of(TWO)
    land = loss_grid(race.landscape, GRID)
    for eye in (None, {"x": 1.2, "y": -1.0, "z": 1.5}):
        if eye:
            turn(page, eye)
        seek(page, 5)
        run = race.runs[0]
        x, y = run.positions[5, :, 0]
        place = scene_pixel(page, x, y, float(land.height(run.losses[5, 0])) + 0.012)
        assert coloured_near(picture(page), place, COLOURS["sgd"], ratio) < 1


def test_what_is_behind_a_hill_is_dimmed(player_page: PlayerPage) -> None:
    page = player_page.play(TWO, ("map", "surface", "loss"))
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


def test_a_trajectory_that_leaves_ends_in_a_mark_at_the_edge(player_page: PlayerPage) -> None:
    scenario = Scenario(optimizers=(Choice.of("sgd", lr=0.15),), landscape=Choice.of("ravine", condition=20.0), steps=60)
    page = player_page.play(scenario, ("map",))
    exit_step, x, y = page.evaluate(f"(() => {{ const run = {PLAYER}.race.runs[0]; return [run.exit[0], run.exitX[0], run.exitY[0]]; }})()")
    run = race_of(scenario).runs[0]
    assert np.abs(run.positions[exit_step:, 1, 0]).min() > 2
    assert abs(run.positions[exit_step - 1, 1, 0]) <= 2
    assert abs(y) == pytest.approx(2)
    seek(page, 60)
    place = pixel(page, x, y)
    assert coloured_near(picture(page), (place[0], place[1] + (8 if y > 0 else -8)), COLOURS["sgd"]) < 6


# ---- picking starts


def answer(player_page: PlayerPage, scenario: Scenario) -> Scenario:
    """Do what Python does with the last request: hand the player the race from the starts that were asked for."""
    request = player_page.asked()[-1]
    changed = picked(scenario, request)
    player_page.play(changed)
    return changed


def test_click_shift_click_and_drag_change_the_starts(player_page: PlayerPage) -> None:
    page = player_page.play(TWO)
    near = 2 * 12 / axes(page)["x"]["length"]  # two pixels
    page.mouse.click(*pixel(page, 1.0, -4.0))
    shown = answer(player_page, TWO)
    assert starts(page) == [pytest.approx([1.0, -4.0], abs=near)]
    page.keyboard.down("Shift")
    page.mouse.click(*pixel(page, -4.0, 4.0))
    page.keyboard.up("Shift")
    shown = answer(player_page, shown)
    assert starts(page) == [pytest.approx([1.0, -4.0], abs=near), pytest.approx([-4.0, 4.0], abs=near)]
    page.mouse.move(*pixel(page, *starts(page)[0]))
    page.wait_for_function(f"({PLAYER}.live.wake(), {PLAYER}.live.ready)")
    page.mouse.down()
    before = player_page.asked()
    for share in (0.25, 0.5, 0.75, 1.0):
        page.mouse.move(*pixel(page, 1.0 + 3 * share, -4.0 + 4 * share))
        frames(page)
        assert starts(page)[0] == pytest.approx([1.0 + 3 * share, -4.0 + 4 * share], abs=near), "trajectories follow while it is dragged"
    assert player_page.asked() == before, "and nobody is asked for them"
    page.mouse.up()
    assert player_page.asked()[-1]["last"]
    answer(player_page, shown)
    assert starts(page) == [pytest.approx([4.0, 0.0], abs=near), pytest.approx([-4.0, 4.0], abs=near)], "the other start stays"


def test_one_request_at_a_time_and_the_last_one_wins(player_page: PlayerPage) -> None:
    page = player_page.play(TWO)
    page.evaluate(f"{PLAYER}.live.possible = false")
    page.mouse.move(*pixel(page, *starts(page)[0]))
    page.mouse.down()
    page.mouse.move(*pixel(page, 0.0, -4.0), steps=6)
    page.mouse.up()
    assert len(player_page.asked()) == 1, "the others wait for the answer"
    shown = answer(player_page, TWO)
    page.wait_for_function("asked.filter(({ key, trigger }) => key === 'play' && trigger === 'pick').length === 2")
    answer(player_page, shown)
    assert starts(page)[0] == pytest.approx([0.0, -4.0], abs=0.1)


def test_touch_starts_there(player_page: PlayerPage) -> None:
    player_page.emulate(touch=True)
    page = player_page.play(TWO)
    player_page.tap(*pixel(page, 2.0, -4.5))
    answer(player_page, TWO)
    assert starts(page) == [pytest.approx([2.0, -4.5], abs=0.06)]


def test_a_click_moves_the_middle_of_a_cloud(player_page: PlayerPage) -> None:
    cloud = TWO.replace(points=(), starts=Choice.of("cloud", n=30))
    page = player_page.play(cloud)
    page.mouse.click(*pixel(page, 3.0, -3.0))
    answer(player_page, cloud)
    assert page.evaluate(f"{PLAYER}.startMarks.reduce((sum, start) => sum + start[0], 0) / 30") == pytest.approx(3, abs=0.6)
    assert page.evaluate(f"{PLAYER}.race.count") == 30


def test_panning_is_no_click(player_page: PlayerPage) -> None:
    page = player_page.play(TWO)
    page.mouse.move(*pixel(page, 3.0, 0.0))
    page.mouse.down()
    page.mouse.move(*pixel(page, 2.0, 1.0), steps=5)
    page.mouse.up()
    page.wait_for_function(f"Math.abs({full_layout('map')}.xaxis.range[0] + 5) < 0.1")
    assert player_page.asked() == []
    redrawn(page)
    page.mouse.click(*pixel(page, 3.0, 0.0))
    assert [request["kind"] for request in player_page.asked()] == ["start"], "and the next click is one"


# ---- what a change keeps


def test_another_race_keeps_position_zoom_camera_and_toggles(player_page: PlayerPage) -> None:
    panels = ("map", "surface", "loss")
    page = player_page.play(TWO, panels)
    page.evaluate("document.querySelector('[data-panel=map]').kept = true")
    page.locator(".board .toggle", has_text="Adam").click()
    eye = {"x": 1.2, "y": -1.0, "z": 1.5}
    turn(page, eye)
    relayout(page, {"xaxis.range": [-4, 0], "yaxis.range": [-4, 0]})
    seek(page, 37)
    player_page.play(TWO.replace(optimizers=(Choice.of("sgd", lr=0.012), TWO.optimizers[1])), panels)
    assert page.evaluate(f"{PLAYER}.race.runs[0].rate") == "0.012"
    assert position(page) == 37
    assert page.evaluate(f"[...{PLAYER}.off]") == [1]
    assert page.evaluate("document.querySelector('[data-panel=map]').kept"), "nothing was made anew"
    assert axes(page)["x"]["range"] == pytest.approx([-4, 0], abs=1e-6)
    assert seen_from(page) == pytest.approx(eye, abs=1e-3)
    player_page.play(TWO.replace(landscape=Choice.of("himmelblau", a=12.0)), panels)
    assert page.evaluate(f"{PLAYER}.landscape.evaluate(0, 0).value") == pytest.approx(12.0**2 + 7.0**2)
    assert seen_from(page) == pytest.approx(eye, abs=1e-3), "another height of the same landscape, too"
    assert axes(page)["x"]["range"] == pytest.approx([-4, 0], abs=1e-6)
    assert position(page) == 37


def seen_from(page: Page, panel: str = "surface") -> dict[str, float]:
    """From where a 3-D scene is seen, measured from the point that its camera looks at."""
    camera: dict[str, dict[str, float]] = page.evaluate(f"{full_layout(panel)}.scene._scene.getCamera()")
    return {axis: camera["eye"][axis] - camera["center"][axis] for axis in "xyz"}


def test_another_landscape_is_shown_whole_and_to_scale(player_page: PlayerPage) -> None:
    """From a wide window to a square one: the map shows all of it and nothing beyond."""
    page = player_page.play(Scenario(landscape=Choice("ravine")), ("map",))
    player_page.play(Scenario(landscape=Choice("saddle")), ("map",))
    seen = axes(page)
    assert seen["x"]["range"] == [-2, 2]
    assert seen["y"]["range"] == [-2, 2]
    assert seen["x"]["length"] == pytest.approx(seen["y"]["length"], abs=1)
    assert page.locator("[data-panel=map] .reset").is_hidden()


def test_another_landscape_is_laid_out_as_if_it_had_been_the_first(player_page: PlayerPage) -> None:
    panels = ("map", "maps", "loss")

    def boxes() -> list[object]:
        return [player_page.page.locator(f"[data-panel={panel}]").bounding_box() for panel in panels]

    player_page.play(Scenario(landscape=Choice("saddle")), panels)
    direct = boxes()
    player_page.play(Scenario(landscape=Choice("ravine")), panels)
    assert boxes() != direct, "a wide landscape has another layout"
    player_page.play(Scenario(landscape=Choice("saddle")), panels)
    assert boxes() == direct

    player_page.page.evaluate(f"{PLAYER}.presenter.set(true)")
    redrawn(player_page.page)
    presented = axes(player_page.page)
    player_page.play(Scenario(landscape=Choice("ravine")), panels)
    assert axes(player_page.page)["x"]["length"] != presented["x"]["length"]
    player_page.play(Scenario(landscape=Choice("saddle")), panels)
    assert axes(player_page.page) == presented, "while it is presented, too"


def test_after_a_click_on_the_map_in_a_frame_keys_are_the_players(player_page: PlayerPage) -> None:
    page = player_page.play(TWO, at=0)
    page.evaluate("document.activeElement.blur()")
    page.mouse.click(*pixel(page, 3.0, 0.0))
    assert page.evaluate("document.activeElement.classList.contains('descent')")
    assert page.evaluate(f"getComputedStyle({PLAYER}.root).outlineStyle") == "none", "without a frame around it"
    page.keyboard.press("Space")
    page.wait_for_function(f"{PLAYER}.clock.playing")
    asked = """(state) => {
        let count = 0;
        document.hasFocus = () => state === "frame"; // not while the page around the frame has it
        PLAYER.root.focus = () => count++;
        for (const kind of ["pointerdown", "pointerup"]) PLAYER.root.dispatchEvent(new PointerEvent(kind, { bubbles: true }));
        delete document.hasFocus;
        delete PLAYER.root.focus;
        return count;
    }""".replace("PLAYER", PLAYER)
    assert page.evaluate(asked, "host") == 2, "asked for again when the button is let go, before which Firefox does not give it"
    assert page.evaluate(asked, "frame") == 0


def test_maps_side_by_side_zoom_together(player_page: PlayerPage) -> None:
    page = player_page.play(TWO, ("map", "maps"))
    first, second = pixel(page, 0, 0, "maps"), pixel(page, 0, 0, "maps", "2")
    assert np.hypot(first[0] - second[0], first[1] - second[1]) > 50
    page.mouse.move(*second)
    page.mouse.wheel(0, -400)
    page.wait_for_function(
        f"""() => {{
            const [one, two, other] = [{full_layout("maps")}.xaxis, {full_layout("maps")}.xaxis2, {full_layout("map")}.xaxis];
            const near = (a, b) => Math.abs(a.range[0] - b.range[0]) + Math.abs(a.range[1] - b.range[1]) < 1e-6;
            return one.range[0] > -5.9 && near(one, two) && near(one, other);
        }}"""
    )


def test_marks_stand_over_the_surface_as_on_the_map(player_page: PlayerPage) -> None:
    """A filled star at a lowest minimum and a cross at a saddle, which the surface cannot cut, and nothing elsewhere."""
    scenario = Scenario(landscape=Choice("himmelblau"))
    page = player_page.play(scenario, ("surface",), at=0, board=False)
    landscape = scenario.build_landscape()
    points = np.array([[3.0, -0.127961, 0.0], [2.0, -1.953715, 4.0]])
    heights = loss_grid(landscape, GRID).height(landscape.value(points))
    star, cross, nothing = page.evaluate(
        f"""(places) => {{
            const panel = {PLAYER}.panels.get('surface'), [{{ view }}] = panel.subplots(), context = panel.marks.canvas.getContext('2d');
            return places.map(([x, y, z]) => {{
                const [px, py] = view.point(x, y, z), alpha = context.getImageData(px - 6, py - 6, 12, 12).data;
                return alpha.filter((value, k) => k % 4 === 3 && value > 60).length;
            }});
        }}""",
        np.vstack([points, heights]).T.tolist(),
    )
    assert star > 1.5 * cross > 15
    assert nothing == 0
    assert page.evaluate(f"{full_layout('surface')}.scene.zaxis.title.text") == "", "what heights are stands over their axis, level"


def test_scenes_share_one_camera(player_page: PlayerPage) -> None:
    player_page.resize(900, 420)
    page = player_page.play(TWO, ("surfaces",))
    before = seen_from(page, "surfaces")
    canvas = page.locator("[data-panel=surfaces] canvas").first.bounding_box()
    assert canvas
    x, y = canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 20, steps=5)
    page.mouse.up()
    page.wait_for_function(
        f"""(before) => {{
            const [one, two] = ['scene', 'scene2'].map((name) => {full_layout("surfaces")}[name]._scene.getCamera())
                .map(({{ eye, center }}) => ({{ x: eye.x - center.x, y: eye.y - center.y, z: eye.z - center.z }}));
            const near = (a, b) => ['x', 'y', 'z'].every((axis) => Math.abs(a[axis] - b[axis]) < 1e-3);
            return near(one, two) && Math.abs(one.x - before.x) > 0.05;
        }}""",
        arg=before,
    )


# ---- hover


def test_a_scene_is_turned_by_keys_and_wheel_and_seen_as_at_first_again(player_page: PlayerPage) -> None:
    player_page.resize(900, 420)
    page = player_page.play(TWO, ("surface",), at=7, board=False)
    panel, reset = page.locator("[data-panel=surface]"), page.get_by_role("button", name="Reset view")
    first = seen_from(page)

    def seen(condition: str) -> None:
        page.wait_for_function(
            f"""(first) => {{
                const camera = {full_layout("surface")}.scene._scene.getCamera();
                const eye = Object.fromEntries(['x', 'y', 'z'].map((axis) => [axis, camera.eye[axis] - camera.center[axis]]));
                return {condition};
            }}""",
            arg=first,
        )

    assert reset.is_hidden()
    panel.focus()
    page.keyboard.press("ArrowRight")
    seen("Math.abs(eye.x - first.x) > 0.05 && Math.abs(eye.z - first.z) < 1e-6")
    page.keyboard.press("ArrowUp")
    seen("eye.z > first.z + 0.05")
    page.keyboard.press("+")
    seen("Math.hypot(eye.x, eye.y, eye.z) < 0.95 * Math.hypot(first.x, first.y, first.z)")
    assert position(page) == 7, "the clock does not hear of it"
    heights = f"Array.from({full_layout('surface')}.scene.zaxis.tickvals)"
    before = page.evaluate(heights)
    for _ in range(8):
        page.keyboard.press("ArrowUp")
    page.wait_for_function(f"{heights}.length < {len(before)}")  # from above there is no room for them
    page.keyboard.press("0")
    page.wait_for_function(f"String({heights}) === '{','.join(map(str, before))}'")
    seen("Math.hypot(eye.x - first.x, eye.y - first.y, eye.z - first.z) < 1e-6")
    assert reset.is_hidden()
    box = panel.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _ in range(20):
        page.mouse.wheel(0, -600)
    frames(page)
    sides = page.evaluate(f"{PLAYER}.panels.get('surface').sides")
    eye = page.evaluate(f"Object.values({full_layout('surface')}.scene._scene.getCamera().eye)")
    near, far = (np.array(list(seen.values())) for seen in (seen_from(page), first))
    assert np.linalg.norm(eye) > 0.5 * np.linalg.norm(list(sides.values()))
    assert np.linalg.norm(near) < np.linalg.norm(far)
    assert near @ far == pytest.approx(np.linalg.norm(near) * np.linalg.norm(far), rel=1e-6), "it comes nearer, and looks the same way"
    reset.click()
    seen("Math.hypot(eye.x - first.x, eye.y - first.y, eye.z - first.z) < 1e-6")
    page.mouse.wheel(0, -200)
    reset.wait_for()
    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    reset.wait_for(state="hidden")
    seen("Math.hypot(eye.x - first.x, eye.y - first.y, eye.z - first.z) < 1e-3")
    page.keyboard.press("ArrowRight")
    assert position(page) == 8, "a scene that was clicked does not keep the keys"


def test_pictures_and_curves_say_what_they_show(player_page: PlayerPage) -> None:
    one = TWO.replace(points=TWO.points[:1])
    page = player_page.play(one, ("map", "surface", "loss"), at=30)

    def said(panel: str) -> str:
        return page.locator(f"[data-panel={panel}]").locator("> [role=img]").get_attribute("aria-label") or ""

    sgd = race_of(one).runs[0]
    x, y = sgd.positions[30, :, 0]
    assert said("map").startswith("Himmelblau from above, x from −6 to 6, y from −6 to 6. Marked: 4 × global minimum")
    assert f"Step 30 of 200: SGD at {x:.3g}, {y:.3g}, loss ".replace("-", "−") in said("map")
    assert "in 3-D, its height is the loss (log)" in said("surface")
    assert said("loss").startswith("loss above the lowest over 200 steps, on a logarithmic scale. At step 30: SGD ")
    page.locator(".board .toggle", has_text="SGD").click()
    page.mouse.move(5, 5)
    frames(page)
    assert "SGD" not in said("map") + said("loss")
    player_page.play(TWO, ("map",), at=0)
    assert "Adam with 2 trajectories, median loss 1" in said("map")


def test_hover_tells_loss_gradient_and_curvature_and_on_a_head_its_optimizer(player_page: PlayerPage) -> None:
    page = player_page.play(TWO, at=0)
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
    seek(page, 30)
    race = race_of(TWO)
    page.mouse.move(*pixel(page, *race.runs[1].positions[30, :, 1]))
    text = page.locator("[data-panel=map] .tooltip").inner_text()
    assert "Adam" in text
    assert "step 30" in text


# ---- who is who


def test_heads_that_meet_can_all_be_seen_and_pointed_at(player_page: PlayerPage) -> None:
    scenario = OPENING.scenario
    page = player_page.play(scenario, ("map",), at=scenario.steps)
    image, race = picture(page), race_of(scenario)
    for run, look in zip(race.runs, race_styles(race), strict=True):
        place = pixel(page, *run.positions[-1, :, 0])
        assert coloured_near(image, place, rgb(look.colour)) < 14, look
    heads = page.evaluate(f"""import('/js/heads.js').then(({{ headsOf }}) => {{
        const [subplot] = {PLAYER}.panels.get('map').subplots();
        return headsOf(subplot, {PLAYER}.frame).map(({{ left, top }}) => [left, top]);
    }})""")
    frame = page.locator("[data-panel=map] .plot").bounding_box()
    assert frame
    for label, (left, top) in zip(race.labels, heads, strict=True):
        page.mouse.move(frame["x"] + left, frame["y"] + top)
        assert page.locator("[data-panel=map] .tooltip strong").first.inner_text() == label


def test_names_stand_at_the_heads_by_a_key_and_while_presenting(player_page: PlayerPage) -> None:
    page = player_page.play(TWO, ("map",), at=12, board=False)
    button = page.get_by_role("button", name="Names at the heads")
    bare = picture(page)
    assert button.get_attribute("aria-pressed") == "false"
    page.keyboard.press("n")
    frames(page)
    named = picture(page)
    assert button.get_attribute("aria-pressed") == "true"
    x, y = pixel(page, *race_of(TWO).runs[1].positions[12, :, 0])
    beside = (slice(round(y) - 9, round(y) + 9), slice(round(x) + 12, round(x) + 50))
    assert (bare[beside] != named[beside]).any(), "at the right of the head"
    page.keyboard.press("n")
    frames(page)
    assert (picture(page) == bare).all()
    page.evaluate(f"{PLAYER}.names = null, {PLAYER}.presenter.set(true)")
    assert page.evaluate(f"{PLAYER}.frame.names"), "read from the last row"
    page.evaluate(f"{PLAYER}.presenter.set(false)")
    assert not page.evaluate(f"{PLAYER}.frame.names")


def test_from_twenty_trajectories_trails_are_comets_unless_chosen_otherwise(player_page: PlayerPage) -> None:
    for count, trail in ((9, "whole"), (10, "comet")):
        page = player_page.play(TWO.replace(points=(), starts=Choice.of("ring", n=count)), ("map",), at=30)
        assert page.get_by_label("Trails").input_value() == page.evaluate(f"{PLAYER}.frame.trail") == trail
    page.get_by_label("Trails").select_option("whole")
    player_page.play(TWO.replace(points=(), starts=Choice.of("ring", n=30)), ("map",))
    assert page.evaluate(f"{PLAYER}.frame.trail") == "whole"


def test_the_table_shows_the_shapes_of_the_heads(player_page: PlayerPage) -> None:
    page = player_page.play(PRESETS["rates"].scenario)
    race = race_of(PRESETS["rates"].scenario)
    for label, look in zip(race.labels, race_styles(race), strict=True):
        marker = page.locator(".board").get_by_role("button", name=label, exact=True).locator(".marker")
        assert marker.evaluate("(svg) => getComputedStyle(svg).fill") == f"rgb{rgb(look.colour)}"
        corners = marker.evaluate("(svg) => svg.firstChild.getAttribute('points')")
        assert corners == (" ".join(f"{x:g},{y:g}" for x, y in MARKERS[look.marker]) or None)


# ---- the legend


def test_the_legend_toggles_and_brings_to_the_front(player_page: PlayerPage) -> None:
    page = player_page.play(TWO, at=30)
    place = pixel(page, *race_of(TWO).runs[0].positions[30, :, 0])
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


def test_ten_thousand_trajectories_play(player_page: PlayerPage) -> None:
    many = TWO.replace(points=(), starts=Choice.of("anywhere", n=5000), steps=60)
    player_page.emulate(motion="no-preference")
    page = player_page.play(many)
    assert page.evaluate(f"{PLAYER}.race.count * {PLAYER}.race.runs.length") == 10_000
    before = page.evaluate(f"[{PLAYER}.frames, {PLAYER}.clock.position]")
    page.wait_for_function(f"([frames, position]) => {PLAYER}.frames > frames + 5 && {PLAYER}.clock.position !== position", arg=before)
    seek(page, 60)
    x = np.array(page.evaluate(f"Array.from({PLAYER}.race.runs[0].x.slice(-5000))"), dtype=float)
    inside = np.isfinite(x)
    assert inside.any()
    assert np.abs(x - race_of(many).runs[0].positions[-1, 0])[inside].max() < 36 / 65534, "half a step of the packing"


def test_a_narrow_player_has_its_panels_one_under_the_other(player_page: PlayerPage) -> None:
    panels = ("map", "loss", "gradient")  # test_browser.py looks at the scene
    player_page.resize(390, 844)
    page = player_page.play(TWO, panels)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    boxes = [page.locator(f"[data-panel={panel}]").bounding_box() for panel in panels]
    ends = [0.0]
    for box in boxes:
        assert box
        assert box["width"] > 300
        assert box["y"] >= ends[-1]
        ends.append(box["y"] + box["height"])


def test_a_finger_scrolls_the_page_and_two_move_and_zoom_the_picture(player_page: PlayerPage) -> None:
    player_page.emulate(touch=True)
    player_page.resize(390, 500)
    page = player_page.play(TWO, ("map", "surface"))
    for panel in ("map", "surface"):
        page.evaluate("scrollTo(0, 0)")
        box = page.locator(f"[data-panel={panel}]").bounding_box()
        assert box
        x, y = box["x"] + 150, min(box["y"] + 100, 420)
        player_page.touch("touchStart", (x, y))
        for up in range(10, 130, 10):
            player_page.touch("touchMove", (x, y - up))
        player_page.touch("touchEnd")
        page.wait_for_function("scrollY > 60")
    assert player_page.asked() == [], "a swipe is no click"
    page.wait_for_function("() => { const still = scrollY === 0; scrollTo(0, 0); return still; }")  # once it no longer goes on by itself
    frames(page, 10)
    before = axes(page)["x"]["range"]
    x, y = pixel(page, 0.0, 0.0)
    for kind, apart in (("touchStart", 40), ("touchMove", 60), ("touchMove", 80), ("touchEnd", 0)):
        player_page.touch(kind, *([(x - apart, y), (x + apart, y)] if apart else []))
        frames(page)
    page.wait_for_function(f"{full_layout('map')}.xaxis.range[1] - {full_layout('map')}.xaxis.range[0] < {0.6 * (before[1] - before[0])}")
    assert pixel(page, 0.0, 0.0) == pytest.approx((x, y), abs=2), "what lay between the fingers still does"
    assert player_page.asked() == []
    player_page.tap(x, y)
    assert [request["kind"] for request in player_page.asked()] == ["start"], "a finger alone is one again"
    eye = seen_from(page)
    middle = page.locator("[data-panel=surface]").bounding_box()
    assert middle
    page.evaluate(f"scrollTo(0, {middle['y']})")
    frames(page)
    for kind, right in (("touchStart", 0), ("touchMove", 30), ("touchEnd", 0)):
        player_page.touch(kind, *([(150 + right, 100), (230 + right, 100)] if kind != "touchEnd" else []))
        frames(page)
    turned = seen_from(page)
    assert np.hypot(turned["x"], turned["y"]) == pytest.approx(np.hypot(eye["x"], eye["y"]), rel=1e-3)
    assert abs(np.arctan2(turned["y"], turned["x"]) - np.arctan2(eye["y"], eye["x"])) > 0.1


def test_what_a_narrow_bar_has_no_room_for_is_one_click_away(player_page: PlayerPage) -> None:
    player_page.resize(390, 844)
    page = player_page.play(TWO, ("map",))
    shown = "[...document.querySelectorAll('.transport > *')].map((one) => one.getBoundingClientRect()).filter(({ width }) => width)"
    assert page.evaluate(f"Math.max(...{shown}.map(({{ top }}) => top)) < Math.min(...{shown}.map(({{ bottom }}) => bottom))"), "one row"
    assert page.evaluate(f"Math.max(...{shown}.map(({{ right }}) => right))") <= 390
    speed = page.get_by_role("combobox", name="Speed")
    assert not speed.is_visible()
    page.get_by_role("button", name="More controls").click()
    assert speed.is_visible()
    page.get_by_role("button", name="More controls").click()
    within = f"{shown}.every(({{ left, right }}) => left >= 0 && right <= innerWidth)"
    player_page.resize(190, 844)  # beside a chart and the sidebar, in a window of 800
    assert page.evaluate(within)
    player_page.resize(390, 844)
    player_page.play(TWO, ("map", "step"))
    page.get_by_role("button", name="One line of the step on").wait_for()
    for width in (390, 320):
        player_page.resize(width, 844)
        for _ in ("on the page", "presented"):
            assert page.evaluate(within), width
            page.keyboard.press("p")
            frames(page)


SMALL_LETTERS = """() => {
    const walker = document.createTreeWalker(document.querySelector('.descent'), NodeFilter.SHOW_TEXT), found = [];
    while (walker.nextNode()) {
        const { parentElement: parent, textContent } = walker.currentNode;
        if (!textContent.trim() || !parent.checkVisibility({ opacityProperty: true }) || parent.closest('option')) continue;
        const size = parseFloat(getComputedStyle(parent).fontSize);
        if (size < 24) found.push([textContent, size]);
    }
    return found;
}"""


def test_presenting_shows_one_large_map_with_title_and_claim_readable_from_the_last_row(player_page: PlayerPage) -> None:
    panels = ("map", "gradient", "loss")
    page = player_page.play(TWO, panels, title="Two optimizers", claim="Adam is quicker.")
    assert not page.get_by_text("Adam is quicker.").is_visible()
    page.get_by_role("button", name="Presentation").click()
    page.wait_for_function("document.fullscreenElement !== null")
    redrawn(page)
    assert page.locator(".heading").inner_text() == "Two optimizers Adam is quicker."
    assert [panel.get_attribute("data-panel") for panel in page.locator(".panel:visible").all()] == ["map"]
    assert page.evaluate(SMALL_LETTERS) == []
    assert page.evaluate("[...document.querySelectorAll('.descent > *')].every((part) => part.scrollWidth <= part.clientWidth)"), (
        "nothing is cut"
    )
    page.keyboard.press("v")
    redrawn(page)
    assert page.locator(".panel:visible").count() == 3
    page.keyboard.press("Escape")
    page.wait_for_function("document.fullscreenElement === null")
    redrawn(page)
    assert page.locator(".panel:visible").count() == 3
    assert page.evaluate("getComputedStyle(document.querySelector('.descent')).outlineStyle") == "none"
    player_page.resize(390, 844)
    page.keyboard.press("p")
    redrawn(page)
    frames(page)
    shown, whole = page.locator(".board").evaluate("(board) => [board.clientHeight, board.scrollHeight]")
    assert 80 < whole <= shown + 1, "a phone shows the whole table, too"
    first, *others = page.locator(".board tbody tr").evaluate_all("(rows) => rows.map((row) => row.getBoundingClientRect().height)")
    assert others == pytest.approx([first] * len(others), abs=0.1), "its first row is as high as the others"
    page.keyboard.press("p")


def test_without_webgl_the_rest_works(context: BrowserContext) -> None:
    without = PlayerPage(
        context,
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return kind.startsWith('webgl') ? null : get.call(this, kind, ...rest);"
        "};",
    )
    with without.emptied():
        without.emulate(motion="no-preference")
        page = without.play(TWO, ("map", "surface", "loss"))
        assert "WebGL" in page.locator("[data-panel=surface] .sorry").inner_text()
        wait_for_position(page, f"> {position(page)}")
    without.page.close()
