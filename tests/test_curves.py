"""The panels of curves in a real browser: their axes, and what they show of what is still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from scenario import Choice, Scenario
from tests.player_page import PlayerPage
from tests.screen import PLAYER, axes, full_layout, picture, seek

if TYPE_CHECKING:
    from playwright.sync_api import Page

RAVINE = Scenario(optimizers=(Choice("sgd"), Choice("momentum"), Choice("adam")))
CLIMBS = RAVINE.replace(landscape=Choice("rosenbrock"), steps=40)  # so far that the axis has a limit


def limits(page: Page) -> list[float]:
    """The lower and the upper end of the axis of steps, and those of the loss."""
    found: list[float] = page.evaluate(f"(({{ xaxis, yaxis }}) => [...xaxis.range, ...yaxis.range].map(Number))({full_layout('loss')})")
    return found


def test_axes_keep_nothing_of_the_race_before(player_page: PlayerPage) -> None:
    page = player_page.play(RAVINE, ("loss",))
    alone = limits(page)
    player_page.play(CLIMBS, ("loss",))
    climbed = limits(page)
    assert climbed != pytest.approx(alone)
    player_page.play(RAVINE, ("loss",))
    assert limits(page) == pytest.approx(alone)
    player_page.play(CLIMBS, ("loss",))
    assert limits(page) == pytest.approx(climbed)


def coloured(page: Page, panel: str, side: int) -> int:
    """How many pixels left (-1) or right (1) of the cursor are coloured: neither background, nor grid, nor text."""
    seen = axes(page, panel)
    start, width = seen["left"] + seen["x"]["offset"], seen["x"]["length"]
    cursor = start + page.evaluate(f"{PLAYER}.clock.position") / seen["x"]["range"][1] * width
    left, right = (start, cursor - 8) if side < 0 else (cursor + 8, start + width)
    top = seen["top"] + seen["y"]["offset"]
    part = picture(page)[int(top) : int(top + seen["y"]["length"]), int(left) : int(right)]
    return int((np.ptp(part, axis=2) > 60).sum())


def test_where_nothing_may_tell_how_it_goes_on_curves_end_at_the_cursor(player_page: PlayerPage) -> None:
    panels = ("map", "loss", "step")
    page = player_page.play(RAVINE, panels, at=20)
    player_page.page.mouse.move(1, 1)
    for panel in ("loss", "states"):
        assert coloured(page, panel, 1) > 100
    player_page.play(RAVINE, panels, at=20, ahead=False)
    for panel in ("loss", "states"):
        assert coloured(page, panel, -1) > 10
        assert coloured(page, panel, 1) == 0, panel
        assert page.evaluate(f"{full_layout(panel)}.hovermode") is False
    seek(page, 100)
    assert coloured(page, "loss", -1) > 1000
    player_page.play(RAVINE, panels, at=20)
    assert coloured(page, "loss", 1) > 100, "the answer is given: all of it is shown"
