"""A race saved as one file, opened from disk without a server and without the network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from exports.page_link import page_link
from exports.qr_code import qr_svg
from formulas.latex import with_sign
from optimizers.options import RATE_CHANGE
from parameters import title_of
from parameters.param import exact
from player import as_page
from player.settings_table import settings_table
from scenario import PANELS, PLANE, Choice, Experiment, Race, Scenario, address
from scenario.network_plane import query_of
from scenario.setup import ITSELF, Setup
from scenario.tuned_rates import with_tuned_rates
from scenario.view import View, link_to
from scenario.view import opened as opened_link
from tests.chromium import PATIENCE
from tests.conftest import settle
from tests.player_page import SIZE, faults_of, race_of
from tests.screen import PLAYER, coloured_near, hide_trails, picture, pixel, redrawn, seek, wait_for_position
from tests.test_player import COLOURS, TWO
from tests.test_step_browser import STEP, arrows, expected_tips, followed, scenario
from version import PROGRAM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


SMALL = 3e6
"""Bytes that a page stays below, nearly two million of which are Plotly.js."""
SMALLEST = 0.7e6
"""The same without it."""
PLANE_BYTES = 0.1e6
"""What the surface of a network's loss takes more, as no formula gives it."""


@contextmanager
def opened(
    browser: Browser,
    race: Race,
    panels: tuple[str, ...],
    file: Path,
    grounds: tuple[str, ...] = (),
    *,
    plotly: bool = True,
    **media: Any,
) -> Iterator[Page]:
    """The page of a race, read from disk while the browser has no network; it must ask for nothing and log no error.

    The media are those of Playwright's `emulate_media`.
    """
    below = page_link(link_to(View(race.scenario), "https://descent.example.org"))
    file.write_text(as_page(race, panels=panels, below=below, plotly=plotly, grounds=grounds), encoding="utf-8")
    assert file.stat().st_size < (SMALL if plotly else SMALLEST) + (PLANE_BYTES if race.scenario.network else 0)
    context = browser.new_context(viewport=SIZE, offline=True, **media)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    faults = faults_of(page)
    page.goto(file.as_uri())
    settle(page)
    redrawn(page)
    yield page
    context.close()
    assert faults == []


def test_a_page_with_all_panels_and_120_trajectories_is_small() -> None:
    choices = (Choice("sgd"), Choice("momentum"), Choice("adam"))
    race = Scenario(optimizers=choices, starts=Choice.of("ring", n=40), steps=200).race()
    assert len(as_page(race, panels=tuple(PANELS)).encode()) < SMALL


@pytest.mark.parametrize("setup", [TWO, Experiment(widths=(2,), steps=2)])
def test_all_settings_stand_under_the_player(setup: Setup) -> None:
    told = unescape(settings_table(setup))
    for name in setup.parts():
        part = setup.part(name)
        for parameter in part.parameters:
            off = parameter in RATE_CHANGE and "no change of rate" in told
            assert f"{with_sign(parameter)} {exact(part.values[parameter.name])}" in told or off or name == ITSELF, (name, parameter.name)
    assert [field for field in setup.in_full() if title_of(field).removesuffix("s") not in told] == []
    assert type(setup).from_query(told.split("<code>")[1].split("</code>")[0]) == setup
    assert PROGRAM in told


def test_the_link_under_the_player_opens_what_it_plays() -> None:
    address = link_to(View(TWO), "https://descent.example.org")
    below = page_link(address)
    assert opened_link(unescape(below.split('href="')[1].split('"')[0])).scenario == TWO
    page = as_page(race_of(TWO), panels=("map",), below=below)
    assert below in page
    assert settings_table(TWO) in page


def test_a_page_with_all_panels_plays_and_takes_steps_apart(browser: Browser, tmp_path: Path) -> None:
    """Everything the player has. It rests until it is played: without a graphics card there is no time for both."""
    race = race_of(scenario("sgd", "adam"))
    with opened(browser, race, tuple(PANELS), tmp_path / "race.html", reduced_motion="reduce") as page:
        seek(page, STEP)
        assert followed(page) == [0, 0]
        page.locator(".board tbody tr", has_text="Adam").locator(".now").click()
        seek(page, STEP)
        assert followed(page) == [1, 0]
        tips = [shape["to"] for label, shape in arrows(page).items() if label.startswith("part")]
        for tip, expected in zip(tips, expected_tips("adam"), strict=True):
            assert tip == pytest.approx(expected, rel=1e-5)
        page.get_by_role("spinbutton", name="Start").fill("2")
        page.keyboard.press("Enter")
        page.wait_for_function("document.querySelector('.descent').player.stepper.step.trajectory === 1")
        seek(page, STEP)
        tip = next(shape for label, shape in arrows(page).items() if label.startswith("move"))["to"]
        assert tip == pytest.approx(race.runs[1].positions[STEP + 1, :, 1], rel=1e-12), "taken apart by the page itself"
        page.locator("summary", has_text="All measures").click()
        page.get_by_role("rowheader", name="Length of the path").wait_for()
        drawn = page.evaluate("[...document.querySelectorAll('.descent .panel')].map((panel) => panel.dataset.panel)")
        assert set(PANELS) <= set(drawn)
        before = page.get_by_role("slider", name="Step").input_value()
        page.get_by_role("button", name="Play").click()
        page.wait_for_function("(before) => document.querySelector('.scrubber').value !== before", arg=before)
        page.get_by_role("button", name="To the end").click()
        assert "60" in page.locator(".counter").inner_text()


def test_heads_lie_where_the_data_say_and_without_steps_no_button_walks_through_them(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, race_of(TWO), ("map", "loss"), tmp_path / "race.html", ("ravine",)) as page:
        wait_for_position(page, "> 0")
        assert not page.locator("button[aria-label^='One line of the step']").first.is_visible()
        seek(page, 23)
        hide_trails(page)
        seek(page, 23)
        assert coloured_near(picture(page), pixel(page, *race_of(TWO).runs[1].positions[23, :, 0]), COLOURS["adam"]) < 1.5
        drag_and_click(page)
        page.locator('.handle[aria-label="Adam, learning rate"]').press("Shift+ArrowLeft")
        rate = page.wait_for_function(
            "document.querySelector('.descent')?.player?.live?.base.live.parameters[1].optimizer.lr !== 0.1 && "
            "document.querySelector('.descent').player.live.base.live.parameters[1].optimizer.lr"
        ).json_value()
        assert rate < 0.1
        hold_to_python(page, 2, address.with_value(TWO, "optimizers.1.lr", rate))
        race_something_else(page)


def race_something_else(page: Page) -> None:
    """Another landscape, one more optimizer, a schedule: the link under the player tells the race, which has Python's numbers."""
    first = link_to(View(TWO), "https://descent.example.org")
    page.locator(".link summary").click()
    page.locator("#ground").select_option("Ravine")
    shown_with(page, "race.title === 'Ravine'")
    page.locator("#methods summary").click()
    page.locator("#methods input[value=lion]").check()
    shown_with(page, "race.runs.at(-1).label === 'Lion'")
    seek(page, 23)
    told = held_to_python(page, "optimizer=lion")
    plain = Scenario(optimizers=(*TWO.optimizers, Choice("lion")), steps=TWO.steps)
    assert told.optimizers == with_tuned_rates(plain).optimizers, "with the rates that the app would find"
    page.locator("#views summary").click()
    page.locator("#views input[value=step]").check()
    shown_with(page, "player.stepper.live && player.clock.step === 23")
    tip = next(shape for label, shape in arrows(page).items() if label.startswith("move"))["to"]
    assert tip == pytest.approx(told.race().runs[0].positions[24, :, 0], rel=1e-12), "taken apart on a landscape that came later"
    page.locator("#views input[value=step]").uncheck()
    page.locator("#schedule").select_option("Cosine")
    page.wait_for_function("document.querySelector('.link a').href.includes('schedule=cosine')")
    page.evaluate(f"{PLAYER}.turnNumbers({{ 'landscape.condition': 12 }}, true)")
    shown_with(page, "live.base?.live?.parameters[0].landscape.condition === 12")
    told = held_to_python(page, "condition:12")
    assert told.schedule.name == "cosine"
    assert told.landscape == Choice.of("ravine", condition=12.0)
    hold_code(page, str(page.locator(".link a").get_attribute("href")))
    page.get_by_role("button", name="As it was saved").click()
    shown_with(page, "race.landscapeKey === player.landscape.key && !race.histories && race.runs.length === 2")
    page.wait_for_function("(first) => document.querySelector('.link a').href === first", arg=first)
    hold_code(page, first)
    found = page.evaluate(f"{PLAYER}.race.runs.map((run) => [...run.x])")
    assert np.array_equal(np.array(found), np.array([run.positions[:, 0].ravel() for run in race_of(TWO).runs], dtype=np.float32))


def test_on_the_plane_of_a_network_all_can_be_chosen_that_python_is_not_needed_for(browser: Browser, tmp_path: Path) -> None:
    """Its link, its title and what it says of itself follow."""
    experiment = Experiment(data=Choice.of("moons", n=40), widths=(2,), activation=Choice("relu"), steps=20, seed=1)
    plane = Scenario(landscape=Choice(PLANE), network=query_of(experiment), optimizers=(Choice.of("adam", lr=0.2),), steps=20)
    first = link_to(View(plane), "https://descent.example.org")
    with opened(browser, plane.race(), ("map",), tmp_path / "plane.html", ("ravine",), plotly=False, reduced_motion="reduce") as page:
        title = page.title()
        assert "as it was saved" not in page.locator(".choose > span").inner_text()
        page.wait_for_function(
            "document.querySelector('.descent').player.live.wake().then(() => document.querySelector('.descent').player.live.ready)"
        )
        page.evaluate(f"({PLAYER}.live.move(0, [1, 1.5]), {PLAYER}.live.release())")
        page.locator(".link summary").click()
        told = held_to_python(page, "point=1", close=1e-9)
        assert told == plane.replace(points=((1.0, 1.5),))
        page.locator("#ground").select_option("Ravine")
        page.wait_for_function("document.title === 'Ravine: Adam'")
        page.locator("#ground").select_option(PLANE)
        shown_with(page, "race.title !== 'Ravine' && live.ready")
        page.locator("#methods summary").click()
        page.locator("#methods input[value=lion]").check()
        page.locator("#methods input[value=newton]").click()
        page.locator("#notes", has_text="Newton asks for second derivatives").wait_for()
        assert not page.locator("#methods input[value=newton]").is_checked()
        told = held_to_python(page, "optimizer=lion", close=1e-9)
        assert (told.network, told.points) == (plane.network, ())
        page.get_by_role("button", name="As it was saved").click()
        page.wait_for_function("(first) => document.querySelector('.link a').href === first", arg=first)
        assert page.title() == title


def test_a_plane_that_is_too_large_for_a_page_is_said_to_play_as_it_was_saved() -> None:
    plane = Scenario(landscape=Choice(PLANE), network=query_of(Experiment(data=Choice.of("moons", n=40), widths=(2,), steps=20)), steps=20)
    race = plane.race()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(vars(race.landscape), "program", None)
        assert "it plays as it was saved" in as_page(race, panels=("map",), plotly=False, grounds=("ravine",))


def hold_code(page: Page, address: str) -> None:
    """The QR code under the player must be that of an address as Python draws it."""
    assert page.locator(".qr path").last.get_attribute("d") == qr_svg(address).split(' d="')[-1].split('"')[0]


def shown_with(page: Page, condition: str) -> None:
    page.wait_for_function(f"(({{ race, live }}, player) => race && {condition})({PLAYER}, {PLAYER})")


def held_to_python(page: Page, part: str, close: float = 0.0) -> Scenario:
    """The scenario of the link under the player, once that has a part; the losses that are shown must be Python's, so close."""
    page.wait_for_function("(part) => document.querySelector('.link a').href.includes(part)", arg=part)
    told = Scenario.from_query(page.locator(".link a").get_attribute("href").split("?")[1])  # type: ignore[union-attr]
    losses = page.evaluate(f"{PLAYER}.race.histories.map(({{ result }}) => [...result.loss].map(String))")
    for run, found in zip(told.race().runs, losses, strict=True):
        np.testing.assert_allclose(np.array(found, dtype=float), run.losses.ravel(), rtol=close, err_msg=run.optimizer.name)
    return told


def drag_and_click(page: Page) -> None:
    """A start is dragged, and another one chosen, in a page that nobody answers: it has Python's numbers."""
    page.mouse.move(*pixel(page, *TWO.points[1]))
    page.mouse.down()
    page.mouse.move(*pixel(page, 2.4, -3.0))
    page.wait_for_function("document.querySelector('.descent')?.player?.live?.ready !== false")
    page.mouse.move(*pixel(page, 2.4, -3.1))
    page.mouse.move(*pixel(page, 2.4, -3.0))
    page.wait_for_function("document.querySelector('.descent')?.player?.live?.on")
    page.mouse.up()
    hold_to_python(page, 2)
    page.mouse.click(*pixel(page, 1.0, 2.5))
    hold_to_python(page, 1)
    page.keyboard.down("Shift")
    page.mouse.click(*pixel(page, -2.0, 1.0))
    page.keyboard.up("Shift")
    hold_to_python(page, 2)


def hold_to_python(page: Page, count: int, scenario: Scenario = TWO) -> None:
    """Wait for so many starts; the losses of their runs must be those that Python computes, to the last bit."""
    page.wait_for_function("(count) => document.querySelector('.descent')?.player?.race?.count === count", arg=count)
    starts, losses = page.evaluate(
        "(({ starts, histories }) => [starts, histories.map(({ result }) => [...result.loss].map(String))])"
        "(document.querySelector('.descent').player.race)"
    )
    race = scenario.replace(points=tuple((x, y) for x, y in starts)).race()
    for run, found in zip(race.runs, losses, strict=True):
        assert np.array_equal(run.losses.ravel(), np.array(found, dtype=float), equal_nan=True)
