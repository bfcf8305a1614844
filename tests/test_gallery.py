"""What the sidebar shows of landscapes: their pictures in a list that is searched, their formulas, and the names of their parameters."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

import landscapes
import optimizers
from app_pages.formula import breakable
from app_pages.widgets import named
from figures import DARK, LIGHT, Theme
from figures.thumbnails import thumbnail
from parameters import Param
from tests.player_page import PlayerPage


def test_a_thumbnail_shows_the_landscape_low_and_dark_where_its_minimum_is() -> None:
    """Rosenbrock's parabola, with y upwards."""
    seen = np.asarray(Image.open(io.BytesIO(thumbnail("rosenbrock", LIGHT))).convert("L")).astype(int)
    assert seen.shape == (64, 96)
    at = {(x, y): seen[round((3 - y) / 4 * 63), round((x + 2) / 4 * 95)] for x, y in ((1.0, 1.0), (0.0, 2.5), (-1.0, 1.0), (0.0, 0.0))}
    assert max(at[1.0, 1.0], at[-1.0, 1.0], at[0.0, 0.0]) < at[0.0, 2.5]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_all_thumbnails_together_are_small(theme: Theme) -> None:
    assert sum(len(thumbnail(name, theme)) for name in landscapes.names()) < 2500 * len(landscapes.names())


ITEMS = {
    "chosen": "matyas",
    "what": "landscapes",
    "groups": [
        {
            "title": "Ravine",
            "items": [{"name": name, "title": name.title(), "about": "No saddle.", "picture": "data:,"} for name in ("matyas", "booth")],
        },
        {
            "title": "Saddle",
            "items": [{"name": "monkey_saddle", "title": "Monkey saddle", "about": "Three ways down.", "picture": "data:,"}],
        },
    ],
}


def test_the_list_is_searched_while_one_types_and_walked_with_the_arrow_keys(player_page: PlayerPage) -> None:
    page = player_page.page
    player_page.show("showGallery", "gallery", ITEMS, "descent-gallery")
    tiles = page.locator(".descent-gallery button:visible")
    assert tiles.count() == 3
    assert page.get_by_role("button", name="Matyas").get_attribute("aria-pressed") == "true"
    page.keyboard.type("three WAYS")  # the search has the focus
    assert tiles.all_inner_texts() == ["Monkey saddle"]
    assert page.locator(".descent-gallery h2:visible").all_inner_texts() == ["Saddle"]
    page.keyboard.type("z")
    assert tiles.count() == 0
    assert "three WAYSz" in page.locator(".nothing").inner_text()
    page.get_by_role("searchbox").fill("ravine")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_role("searchbox").fill("saddle")  # one is called so, the others speak of it
    assert tiles.count() == 3
    page.keyboard.press("Enter")
    chosen = page.evaluate("asked.filter(({ trigger }) => trigger === 'choice').map(({ value }) => value)")
    assert chosen == ["booth", "monkey_saddle"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_one_types_can_be_read_in_both_themes(player_page: PlayerPage, scheme: str) -> None:
    """In the app the list hangs outside of what has its theme's colour scheme."""
    page = player_page.page
    page.evaluate(
        "(scheme) => document.body.insertAdjacentHTML('beforeend', `<i class=stApp style='color-scheme: ${scheme}'></i>`)", scheme
    )
    player_page.show("showGallery", "gallery", ITEMS, "descent-gallery")
    assert page.get_by_role("searchbox").evaluate("(box) => getComputedStyle(box).colorScheme") == scheme


def test_parameters_are_named_by_words_and_the_symbol_of_the_formula() -> None:
    names = {named(parameter) for name in landscapes.names() for parameter in landscapes.get(name).parameters}
    assert {"Condition κ", "Angle θ", "a", "b", "A"} <= names
    assert not {"B", "Condition", "κ"} & names
    assert {named(parameter) for parameter in optimizers.get("adam").parameters} >= {"Learning rate η", "β₁", "β₂", "Bias correction"}
    assert named(Param("steps", 10, 1, 100)) == "Steps"


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"x^{2} + y^{2}", r"x^{2} + y^{2}"),
        (rf"\frac{{\left(x + {'1' * 60}\right)^{{2}}}}{{2}}", rf"\tfrac{{1}}{{2}} \bigl(\bigl(x + {'1' * 60}\bigr)^{{2}}\bigr)"),
        (rf"\frac{{x}}{{2}} + {'1' * 60} \frac{{y}}{{2}}", rf"\frac{{x}}{{2}} + {'1' * 60} \frac{{y}}{{2}}"),
        (rf"e^{{\left(x\right)}} + {'1' * 60}", rf"e^{{\left(x\right)}} + {'1' * 60}"),
    ],
)
def test_a_long_formula_breaks_between_its_terms(latex: str, expected: str) -> None:
    assert breakable(latex) == expected
