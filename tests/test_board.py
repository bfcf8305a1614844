"""The scoreboard in a real browser: what it says of each run at a step, in words, and that nothing of it is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from player.scoreboard import scoreboard
from scenario import Choice, Experiment, Scenario
from scenario.presets import PRESETS
from simulation.verdicts import UNDERWAY, verdicts
from tests.player_page import PlayerPage, race_of
from tests.screen import PLAYER, frames, seek

if TYPE_CHECKING:
    from playwright.sync_api import Page

RACE = Scenario(optimizers=(Choice.of("sgd", lr=0.05), Choice.of("adam", lr=0.1), Choice.of("sgd", lr=0.01)))
# SGD leaves float range, the others do not: the first is far out of single precision at the last step but one
THROWN = Scenario(landscape=Choice("rosenbrock"), optimizers=(Choice.of("sgd", lr=0.05), Choice.of("adam", lr=0.1)), steps=60)
MANY = Scenario(
    landscape=Choice("himmelblau"),
    starts=Choice.of("cloud", n=40),
    optimizers=(Choice.of("sgd", lr=0.01), Choice.of("momentum", lr=0.01), Choice.of("rmsprop", lr=0.4)),
)

# where a verdict is long: Adam never moves
FROZEN = Scenario(
    landscape=Choice("own"),
    formula="exp(x**2+y**2)",
    window=((-15, 15), (-15, 15)),
    points=((-14.0, -14.0),),
    optimizers=(Choice("sgd"), Choice("momentum"), Choice("adam")),
)

# two networks whose names are long
RATES = Experiment(data=Choice.of("moons", n=20), widths=(2,), optimizers=(Choice.of("sgd", lr=3.0), Choice.of("sgd", lr=0.3)), steps=9)

ROWS = "[...document.querySelectorAll('.board tbody tr')].map((row) => row.getBoundingClientRect().height)"


def row(page: Page, name: str, column: str) -> str:
    """What stands in a cell, with spaces and minus as one types them."""
    text = page.locator(".board tbody tr", has_text=name).first.locator(f"td.{column}").inner_text()
    return text.replace("\u00a0", " ").replace("\u2212", "-")


def test_the_verdict_is_told_once_it_holds_and_not_before(player_page: PlayerPage) -> None:
    race = race_of(RACE)
    arrives = int(verdicts(race.runs[1]).since[0])
    page = player_page.play(RACE, ("map",), at=arrives - 1)
    assert row(page, "Adam", "verdict") == UNDERWAY
    seek(page, arrives)
    assert row(page, "Adam", "verdict") == verdicts(race.runs[1]).words == f"arrived at step {arrives}"
    assert row(page, "0.01", "verdict") == UNDERWAY
    seek(page, 200)
    assert row(page, "0.01", "verdict") == "still going"
    seek(page, 0)
    assert {row(page, name, "verdict") for name in ("Adam", "0.01", "0.05")} == {UNDERWAY}


def test_of_many_starts_the_largest_shares_are_told(player_page: PlayerPage) -> None:
    page = player_page.play(MANY, ("map",), at=MANY.steps)
    for run in race_of(MANY).runs:
        assert row(page, run.optimizer.name, "verdict") == verdicts(run).words
    assert page.locator(".board thead th").all_inner_texts() == ["Optimizer", "Median loss", "How it goes"]
    seek(page, 0)
    assert row(page, "SGD", "verdict") == f"all {UNDERWAY}"


def test_a_run_that_overflowed_did_so_in_every_column(player_page: PlayerPage) -> None:
    run = race_of(THROWN).runs[0]
    gone = int(run.diverged_at[0])
    assert run.losses[gone - 1, 0] > np.finfo(np.float32).max
    page = player_page.play(THROWN, ("map", "loss"), at=gone - 1)
    before = page.evaluate(ROWS)
    assert float(row(page, "SGD", "now")) == pytest.approx(run.losses[gone - 1, 0], rel=0.05)
    assert row(page, "SGD", "verdict") == "outside the map", "which is no way to the minimum"
    seek(page, 0)
    assert row(page, "SGD", "verdict") == UNDERWAY
    for step in (gone, 60):
        seek(page, step)
        assert row(page, "SGD", "now") == "\u2013"
        assert row(page, "SGD", "verdict") == f"overflowed at step {gone}"
        assert page.evaluate(ROWS) == before, "rows keep their height, whatever is told in them"
    assert page.locator(".board .toggle").all_inner_texts() == ["Adam", "SGD"], "and it is the last"
    cells = scoreboard(race_of(THROWN)).split("<tr>")
    at_the_end = next(line for line in cells if "Loss at the end" in line)
    assert at_the_end.count("<td>\u2013</td>") == 1


@pytest.mark.parametrize("formula", ["1e40*(x**2+y**2)", "1e-50*(x**2+y**2)"])
def test_losses_of_any_size_are_written(player_page: PlayerPage, formula: str) -> None:
    own = Scenario(landscape=Choice("own"), formula=formula, points=((3.0, -2.0),), optimizers=(Choice("adam"),), steps=40)
    page = player_page.play(own, ("map", "loss"), at=20)
    median = race_of(own).runs[0].losses[20, 0]
    assert float(row(page, "Adam", "now")) == pytest.approx(median, rel=0.05)
    left, top = page.evaluate(f"{PLAYER}.panels.get('loss').pixel(0, 20)")
    assert np.isfinite([left, top]).all(), "its curve has a place there"


def test_the_bar_gets_shorter_as_the_loss_falls(player_page: PlayerPage) -> None:
    page = player_page.play(RACE, ("map",), at=0)

    def lengths() -> list[float]:
        found: list[float] = page.evaluate(
            "[...document.querySelectorAll('.board td.bar i')].map((bar) => parseFloat(bar.style.getPropertyValue('--filled')))"
        )
        return found

    assert lengths() == [100.0, 100.0, 100.0]
    seek(page, 60)
    middle = lengths()
    assert middle == sorted(middle), "as the rows are"
    assert 0 < middle[0] < middle[-1] < 100
    seek(page, 0)
    assert lengths() == [100.0, 100.0, 100.0]


NAMES_HEIGHTS = "[...document.querySelectorAll('.board .toggle')].map((name) => name.getBoundingClientRect().height)"
CUT = """() => [...document.querySelectorAll('.board, .board th, .board td')]
    .filter((part) => part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 1)
    .map((part) => `${part.className} ${part.textContent}`)"""


def test_all_rows_are_seen_while_all_views_are_presented(player_page: PlayerPage) -> None:
    player_page.resize(1280, 720)
    page = player_page.play(PRESETS["five"].scenario, ("map", "surface", "loss"))
    page.evaluate(f"{PLAYER}.presenter.set(true)")
    page.keyboard.press("v")
    page.locator(".panel:visible").nth(2).wait_for()
    frames(page)
    assert page.locator(".board tbody tr").count() == 5
    assert page.evaluate(CUT) == []
    page.evaluate(f"{PLAYER}.presenter.set(false)")


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_nothing_of_it_is_cut(player_page: PlayerPage, width: int, height: int) -> None:
    player_page.resize(width, height)
    for scenario, panels in ((RACE, ("map", "loss")), (MANY, ("map", "surface", "loss")), (FROZEN, ("map", "loss"))):
        page = player_page.play(scenario, panels, at=scenario.steps)
        frames(page)
        assert page.evaluate(CUT) == []
        sizes = page.evaluate("[...document.querySelectorAll('.board th, .board td')].map((c) => parseFloat(getComputedStyle(c).fontSize))")
        assert min(sizes) >= 11.5
        if scenario is FROZEN:
            assert max(page.evaluate(NAMES_HEIGHTS)) < 24, "a name stands beside its mark"
    page = player_page.train(RATES, ("boundary",), at=RATES.steps)
    frames(page)
    assert page.evaluate(CUT) == []
    for wide in (width, 620):  # as blocks of lines, and as columns
        player_page.resize(wide, height)
        frames(page)
        assert max(page.evaluate(NAMES_HEIGHTS)) < 24, "names of networks are whole"
    player_page.resize(width, height)
    player_page.resize(200, height)  # as in a column beside others
    frames(page)
    assert page.evaluate("document.querySelector('.board thead').getBoundingClientRect().width") <= 1, "nothing unseen widens the page"


def test_all_measures_stand_in_a_table_with_their_explanations() -> None:
    one, many = scoreboard(race_of(RACE)), scoreboard(race_of(MANY))
    for table, race in ((one, race_of(RACE)), (many, race_of(MANY))):
        assert table.count('scope="col"') == len(race.runs)
        for run in race.runs:
            assert f"<td>{verdicts(run).words}</td>" in table
    assert "Share arrived" in many
    assert "Share" not in one
    assert "SGD, learning rate 0.05</th>" in one, "a label that tells the rate is not followed by it"
    assert "in units of x and y</small>" in one
