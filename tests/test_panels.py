"""The panels, declared once for links, files, lessons and the player."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exports import View, opened
from figures import CURVES
from scenario import PANELS, Choice, Scenario
from scenario.panels import DEFAULT_PANELS, STEP, of_kind, ordered, unknown_panels

LAYOUT = Path(__file__).parent.parent / "player" / "js" / "layout.js"


def test_what_is_shown_at_first_are_panels_in_their_order() -> None:
    assert ordered(DEFAULT_PANELS) == DEFAULT_PANELS
    assert ordered(("loss", "hologram", "map", "loss")) == ("map", "loss")


def test_every_curve_has_a_panel_and_every_panel_of_that_kind_a_curve() -> None:
    assert set(of_kind("curve")) == set(CURVES)
    assert of_kind("picture", "step", "curve") == tuple(PANELS)


def test_the_player_lays_out_the_same_pictures() -> None:
    text = LAYOUT.read_text(encoding="utf-8")
    found = re.search(r"PICTURES = \[([^\]]*)\]", text)
    assert found
    assert tuple(re.findall(r'"(\w+)"', found[1])) == of_kind("picture")
    assert f'STEP = "{STEP}"' in text


def test_views_that_a_link_names_one_by_one_are_shown_together() -> None:
    assert opened("?steps=9&show=loss&show=map.step&show=map") == View(Scenario(steps=9), ("map", "step", "loss"))


def test_what_a_link_says_twice_and_what_is_no_version_are_told() -> None:
    told = opened("?steps=5&optimizer=sgd&optimizer=adam&steps=9&version=0.2.0&version=-1")
    assert told.scenario == Scenario(steps=9, optimizers=(Choice("sgd"), Choice("adam")))
    assert [note for note in told.notes if "given" in note] == [
        "steps is given 2 times; the last, '9', counts",
        "version is given 2 times; the last, '-1', counts",
    ]
    assert any("version = '-1' is no version" in note for note in told.notes)


@pytest.mark.parametrize("text", ["?steps=9&show=map.hologram.cube", '{"version": 1, "steps": 9, "show": ["map", "hologram", "cube"]}'])
def test_a_panel_that_there_is_not_is_told_and_left_out(text: str) -> None:
    assert opened(text) == View(Scenario(steps=9), ("map",), (unknown_panels(["hologram", "cube"]),))
    assert unknown_panels(["hologram", "cube"]) == f"there is no view 'hologram', 'cube'; there are {', '.join(PANELS)}"
    assert unknown_panels(DEFAULT_PANELS) == ""
