"""The panels of curves in a real browser: their axes, and what they show of what is still to come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import landscapes
from exports.picture import picture as drawn_picture
from exports.size import Size
from figures import curves, landscape_map
from figures.loss_grid import loss_grid
from parameters import short
from scenario import Choice, Race, Scenario
from simulation.attractors import lowest_loss
from tests.player_page import PlayerPage
from tests.screen import PLAYER, axes, full_layout, picture, pixel, redrawn, seek

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
    redrawn(page)
    assert coloured(page, "loss", -1) > 1000
    grown = limits(page)
    player_page.play(RAVINE, panels, at=20)
    assert coloured(page, "loss", 1) > 100, "the answer is given: all of it is shown"
    whole = limits(page)
    player_page.play(RAVINE, panels, chapter="anew", ahead=False)
    begun = limits(page)
    assert begun[3] - begun[2] < 0.5 * (whole[3] - whole[2]), "nor does the axis tell, which grows with what is shown"
    assert begun[2] > grown[2] > whole[2]


def test_what_covers_the_rest_of_a_curve_leaves_its_title_alone(player_page: PlayerPage) -> None:
    page = player_page.play(RAVINE, ("loss",), at=20, ahead=False)
    seen = axes(page, "loss")
    across, top = int(seen["x"]["offset"] + seen["x"]["length"] / 2), int(seen["y"]["offset"])
    opaque = page.evaluate(
        """([x, y]) => {
            const canvas = document.querySelector("[data-panel=loss] canvas:last-of-type");
            const column = canvas.getContext("2d").getImageData(x, 0, 1, y + 10).data.filter((_, at) => at % 4 === 3);
            return [...column].map((alpha) => alpha > 0);
        }""",
        [across, top],
    )
    assert all(opaque[top:]), "what comes is covered"
    assert not any(opaque[: top - 1]), "the title's descenders were cut"


def test_areas_without_a_value_are_blank(player_page: PlayerPage) -> None:
    dome = Scenario(landscape=Choice("own"), formula="sqrt(1-x**2-y**2)", window=((-2.0, 2.0), (-2.0, 2.0)), points=((0.1, 0.2),), steps=5)
    page = player_page.play(dome, ("map",))
    player_page.page.mouse.move(1, 1)
    image = picture(page)

    def colour(x: float, y: float) -> list[int]:
        across, up = pixel(page, x, y)
        found: list[int] = image[int(up), int(across)].tolist()
        return found

    assert colour(1.5, 1.5) == colour(-1.5, 1.2) == colour(0.0, -1.3) == [255, 255, 255]
    assert colour(-0.6, -0.6) != [255, 255, 255]
    figure = landscape_map(dome.build_landscape(), compact=True)
    drawn = page.evaluate(
        """async (trace) => {
            const { coloursOf } = await import('/js/preview.js');
            const canvas = coloursOf(trace), n = canvas.width, at = (x, y) => canvas.getContext('2d').getImageData(x, y, 1, 1).data[3];
            return [at(2, 2), at(n - 3, n - 3), at(n / 2, n / 2)];
        }""",
        json.loads(figure.to_json())["data"][0],
    )
    assert drawn == [0, 0, 255], "and so they are while Plotly is loading"


# ---- the loss where no lowest is known


def own(formula: str, *points: tuple[float, float], **changes: Any) -> Race:
    optimizers = (Choice.of("sgd", lr=0.1), Choice.of("adam", lr=0.1))
    return Scenario(landscape=Choice("own"), formula=formula, optimizers=optimizers, points=points, **changes).race()


@pytest.mark.parametrize(
    "formula",
    ["x", "x+y", "1/x + y**2", "1/x + y**4", "exp(x) + 0.01", "log(x)", "abs(x)", "x**2-y**2", "x**2*y", "x**3 - 3*x*y**2", "x**3 + y**2"],
)
def test_where_no_lowest_is_known_the_loss_itself_is_drawn_and_said(formula: str) -> None:
    race = own(formula, (1.5, -1.5))
    figure = curves(race, "loss")
    assert "no lowest is known" in figure.layout.yaxis.title.text
    losses = np.concatenate([run.losses for run in race.runs])
    above_zero = losses.min() > 0 and loss_grid(race.landscape).losses.min() > 0
    assert (figure.layout.yaxis.type == "log") == above_zero == ("loss, log (" in figure.layout.yaxis.title.text)
    for run, line in zip(race.runs, figure.data, strict=True):
        shown = np.asarray(line.y if line.customdata is None else line.customdata, dtype=float)
        np.testing.assert_allclose(shown, run.losses[:, 0], rtol=1e-6)
        assert np.isfinite(shown).sum() > 1


def test_what_falls_out_of_sight_is_drawn_on_a_scale_that_is_logarithmic_on_both_sides_of_zero() -> None:
    figure = curves(own("x**2-y**2", (1.5, -1.5), steps=70), "loss")  # y <- 1.2 y
    axis = figure.layout.yaxis
    assert "log on both sides of 0" in axis.title.text
    assert "0" in axis.ticktext
    assert any(text.startswith("\u22121e") for text in axis.ticktext)
    places = np.asarray(figure.data[0].y, dtype=float)
    rate = np.diff(places[-30:])
    np.testing.assert_allclose(rate, 2 * np.log(1 / 1.2), rtol=1e-3)  # far from zero equal factors are equal steps
    low, high = axis.range
    assert low <= places.min() <= places.max() <= high
    inside = [tick for tick in axis.tickvals if low <= tick <= high]
    assert 3 <= len(inside) == len(axis.ticktext) <= 9


def test_an_exported_chart_says_so_with_the_same_ticks() -> None:
    race = own("x**2-y**2", (1.5, -1.5), steps=70)
    svg = drawn_picture(race, "svg", Size(800, 500), shown="loss").decode()
    axis = curves(race, "loss").layout.yaxis
    for text in (axis.title.text, *axis.ticktext):
        assert f">{text}</text>" in svg


def test_a_minimum_below_which_runs_fall_is_no_lowest_loss() -> None:
    # the only minimum of x**4/4 - x**3/3 - x**2 in this window is -5/12 at x = -1; a run over the hill at 0 finds -8/3 at x = 2
    fallen = own("x**4/4 - x**3/3 - x**2 + y**2", (0.1, 0.0), window=((-2.0, 0.3), (-1.0, 1.0)))
    assert lowest_loss(fallen.landscape) == pytest.approx(-5 / 12)
    assert curves(fallen, "loss").layout.yaxis.title.text == "loss (it falls below every known minimum)"


def test_known_minima_are_still_drawn_above_the_lowest() -> None:
    for name in landscapes.names():
        landscape = landscapes.get(name)
        if not landscape.unbounded:
            figure = curves(Scenario(landscape=Choice(name), optimizers=(Choice("adam"),), steps=20).race(), "loss")
            assert (figure.layout.yaxis.title.text, figure.layout.yaxis.type) == ("loss above the lowest", "log"), name


@pytest.mark.parametrize("factor", ["1e40", "1e-50", "1e150", "1e-200"])
def test_losses_outside_single_precision_are_drawn(factor: str) -> None:
    race = own(f"{factor}*(x**2+y**2)", (3.0, -2.0), steps=60)
    figure = curves(race, "loss")
    for run, line in zip(race.runs, figure.data, strict=True):
        np.testing.assert_allclose(np.asarray(line.y, dtype=float), run.losses[:, 0], rtol=1e-6)


def test_curves_that_leave_the_picture_say_so_with_an_arrow_and_one_of_them_is_always_whole() -> None:
    entrants = (Choice.of("sgd", lr=0.3), Choice("adam"))
    race = Scenario(landscape=Choice("ravine"), optimizers=entrants, steps=60).race()
    figure = curves(race, "loss")
    (mark,) = figure.layout.annotations
    sgd = np.asarray(figure.data[0].y, dtype=float)
    assert (mark.name, mark.y, mark.text) == ("SGD", 1, f"↑\u00a0{short(float(sgd.max()), 2)}")
    assert mark.x == int(np.argmax(sgd > 10 ** figure.layout.yaxis.range[1]))
    assert ">↑\u00a0" in drawn_picture(race, "svg", Size(600, 400), shown="loss").decode()
    alone = curves(Scenario(landscape=Choice("ravine"), optimizers=entrants[:1], steps=60).race(), "loss")
    assert (alone.layout.yaxis.range, len(alone.layout.annotations)) == (None, 0), "where all rise the picture rises with them"
    many = [Choice.of("sgd", lr=rate) for rate in (0.3, 0.31, 0.32, 0.33, 0.34, 0.35)]
    crowd = curves(Scenario(landscape=Choice("ravine"), optimizers=(*many, Choice("adam")), steps=60).race(), "loss").layout.annotations
    assert [mark.yshift for mark in crowd] == [0, -15, -30]
    assert crowd[-1].text.endswith(" and 3 more")


def test_positions_over_the_steps_are_those_of_the_path_and_stay_in_the_window() -> None:
    arriving = Scenario(landscape=Choice("ravine"), optimizers=(Choice.of("momentum", lr=0.02),), points=((-3.5, 1.0),), steps=60).race()
    figure = curves(arriving, "position")
    assert (figure.layout.yaxis.type, figure.layout.yaxis.range) == (None, None)
    for line, path in zip(figure.data, arriving.runs[0].positions[:, :, 0].T, strict=True):
        np.testing.assert_allclose(np.asarray(line.y, dtype=float), path, rtol=1e-6)
    leaving = Scenario(landscape=Choice("ravine"), optimizers=(Choice.of("sgd", lr=0.3),), points=((-3.5, 1.0),), steps=60).race()
    figure = curves(leaving, "position")
    assert list(figure.layout.yaxis.range) == [-4, 4]
    assert [mark.text[0] for mark in figure.layout.annotations] == ["↑"]
