"""Figures: what is in them, how large they are, and that colours can be told apart."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

import figures
import landscapes
import optimizers
from figures.figure import figure_of
from figures.loss_grid import loss_grid
from figures.maps import head_trace
from figures.markers import MARKERS
from figures.marks import marks_on_map
from figures.networks import TWO_CLASSES
from figures.paths import paths
from figures.theme import COLOURS, DARK, DASHES, LIGHT, Look, style, styles
from scenario import Choice, Race, Scenario
from scenario.tuned_rates import with_tuned_rates
from scenario.view import MOST_OPTIMIZERS

DRAW: dict[str, Callable[[Race, figures.Theme], go.Figure]] = {
    "contour_map": figures.contour_map,
    "small_multiples": lambda race, theme: figures.contour_map(race, theme, side_by_side=True),
    "surface": figures.surface,
    "loss_curves": figures.loss_curves,
    "linear_loss": lambda race, theme: figures.loss_curves(race, theme, logarithmic=False),
}


def race(landscape: str = "himmelblau", n: int = 3, steps: int = 12, **changes: Any) -> Race:
    return with_tuned_rates(Scenario(landscape=Choice(landscape), starts=Choice.of("cloud", n=n), steps=steps, **changes)).race()


def test_a_library_that_another_thread_is_loading_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def figure(*arguments: Any, **options: Any) -> str:
        tried.append("drawn")
        if len(tried) == 1:
            raise AttributeError("partially initialized module 'json' has no attribute 'Series'", obj=json)
        return "figure"

    monkeypatch.setattr(go, "Figure", figure)
    assert figure_of([], {}) == "figure"
    assert len(tried) == 2
    monkeypatch.setattr(go, "Figure", lambda *_, **__: {}.none)  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="no attribute 'none'"):
        figure_of([], {})


@pytest.mark.parametrize("kind", DRAW)
@pytest.mark.parametrize("name", ["ravine", "easom", "rastrigin", "pure_saddle", "linear_network"])
def test_every_figure_can_be_drawn_in_both_themes(kind: str, name: str) -> None:
    for theme in (LIGHT, DARK):
        text = DRAW[kind](race(name), theme).to_json()
        assert text.count("Infinity") == 0


@pytest.mark.parametrize("name", landscapes.names())
def test_levels_show_the_valleys_of_every_landscape(name: str) -> None:
    land = loss_grid(landscapes.get(name))
    assert (np.diff(land.levels) > 0).all()
    assert 8 <= len(land.levels) <= 40
    ranks = land.rank(land.losses)
    # no level holds more than half of the picture, unless the landscape really is a plateau
    counts = np.histogram(ranks, bins=len(land.levels) - 1)[0] / ranks.size
    assert counts.max() < 0.5 or landscapes.get(name).kind == "plateau"
    heights = land.height(land.losses)
    assert np.nanmin(heights) == pytest.approx(0.0, abs=1e-12)
    assert np.nanmax(heights) == pytest.approx(1.0)


def test_the_more_trajectories_the_thinner_fainter_and_smaller() -> None:
    looks = [Look.of(count, 2) for count in (1, 30, 200, 1000, 5000)]
    for quieter, louder in pairwise(reversed(looks)):
        assert quieter.trail.width <= louder.trail.width
        assert quieter.trail.opacity <= louder.trail.opacity
        assert quieter.head < louder.head
        assert quieter.start.radius <= louder.start.radius
        assert quieter.exit.radius <= louder.exit.radius
    assert [look.lines for look in looks] == [True, True, True, False, False]
    assert not Look.of(200, 3).lines, "what counts is how many are in the picture"


@pytest.mark.parametrize("n", [2, 30, 100])
def test_lines_are_drawn_as_the_look_says(n: int) -> None:
    shown = race(n=n, optimizers=(Choice("sgd"), Choice("sgd")), steps=3)
    look = Look.of(n, 2)
    flat = [trace for trace in figures.contour_map(shown).data if trace.legendgroup]
    assert [trace.line.width for trace in flat] == 2 * [look.trail.width]
    assert [trace.line.dash for trace in flat] == ["solid", "7px,5px"]
    assert all(trace.line.color.endswith(f", {look.trail.opacity:g})") for trace in flat)
    solid = [trace for trace in figures.surface(shown).data if trace.legendgroup]
    assert [trace.opacity for trace in solid] == 2 * [look.trail.opacity]


def test_a_crowd_is_drawn_as_dots_that_the_look_sizes() -> None:
    shown = race(n=201, optimizers=(Choice("rmsprop"), Choice("adam")), steps=3)
    for index, trace in enumerate(trace for trace in figures.contour_map(shown).data if trace.legendgroup):
        assert (trace.mode, trace.marker.size) == ("markers", 2 * Look.of(201, 2).head)
        np.testing.assert_allclose(trace.x, shown.runs[index].positions[-1, 0], rtol=1e-6)


@pytest.mark.parametrize("name", ["himmelblau", "beale", "rosenbrock", "mueller_brown"])
def test_the_outermost_line_is_drawn_where_its_level_is(name: str) -> None:
    """Between the points of the grid, too, where Plotly takes values for linear: it ran up to .66 of their distance beside its place."""
    landscape = landscapes.get(name)
    land = loss_grid(landscape)
    outermost = len(land.levels) - 2
    drawn = land.drawn_rank(land.losses)
    row, column = np.nonzero((drawn[:, :-1] < outermost) & (drawn[:, 1:] > outermost))
    share = (outermost - drawn[row, column]) / (drawn[row, column + 1] - drawn[row, column])
    for aside, below in ((-0.3, True), (0.3, False)):
        x = land.x[column] + (share + aside) * (land.x[1] - land.x[0])
        assert ((landscape.value(np.stack([x, land.y[row]])) < land.levels[outermost]) == below).mean() > 0.9
    assert (np.diff(land.drawn_rank(np.linspace(land.levels[0], land.levels[-1], 1001))) > -1e-12).all()
    assert np.abs(drawn - land.rank(land.losses)).max() <= 0.4


def test_levels_of_a_round_bowl_lie_at_equal_distances() -> None:
    bowl = landscapes.from_formula("x**2 + y**2", ((-1, 1), (-1, 1)))
    levels = loss_grid(bowl).levels
    radii = np.sqrt(levels[levels <= 1.0])
    np.testing.assert_allclose(np.diff(radii), np.diff(radii).mean(), rtol=0.15)


@pytest.mark.parametrize("reach", [5.0, 15.0])
def test_levels_show_the_middle_of_a_surface_that_soars_at_its_edge(reach: float) -> None:
    """It rises to 1e21 and 1e195: no share of that says anything of where it is lowest."""
    land = loss_grid(landscapes.from_formula("exp(x**2 + y**2)", ((-reach, reach), (-reach, reach))))
    assert len(land.levels) >= 8
    ranks = land.rank(land.losses)
    assert len(np.unique(ranks[80, 80:].astype(int))) >= 8, "from the middle to the right edge it crosses many levels"
    assert (np.diff(land.height(land.losses)[80, 80:]) > 0).mean() > 0.9


def test_heads_are_where_the_run_is() -> None:
    shown = race(n=4)
    for run, path in zip(shown.runs, paths(shown, loss_grid(shown.landscape)), strict=True):
        head = head_trace(path, 7, LIGHT)
        np.testing.assert_allclose(head["x"], run.positions[7, 0], rtol=1e-6)
        np.testing.assert_allclose(head["y"], run.positions[7, 1], rtol=1e-6)


def test_trails_end_at_the_heads() -> None:
    shown = race(n=2)
    for path in paths(shown, loss_grid(shown.landscape)):
        x, y, z = path.lines(0, 9)
        last = np.flatnonzero(np.isnan(x)) - 1
        for trail, heads in ((x, path.x[9]), (y, path.y[9]), (z, path.z[9])):
            np.testing.assert_array_equal(trail[last], heads)


def test_a_diverged_run_is_drawn_without_what_is_not_there() -> None:
    thrown = Scenario(landscape=Choice("rosenbrock"), optimizers=(Choice.of("sgd", lr=1.0), Choice("adam")), steps=20).race()
    for draw in DRAW.values():
        assert "Infinity" not in draw(thrown, LIGHT).to_json()
    curves = figures.loss_curves(thrown)
    assert np.isnan(np.array(curves.data[0].y)[-1])


def test_the_median_counts_what_diverged_as_worst() -> None:
    # two of three starts diverge: the median must not be that of the one survivor
    scenario = Scenario(
        landscape=Choice("rosenbrock"), optimizers=(Choice.of("sgd", lr=0.005),), points=((1.0, 1.0), (-2.0, 3.0), (2.0, -1.0)), steps=30
    )
    shown = scenario.race()
    assert (shown.runs[0].diverged_at >= 0).sum() == 2
    curve = figures.loss_curves(shown, logarithmic=False).data[-1]
    assert np.isnan(np.array(curve.y)[-1])


def test_every_optimizer_has_a_style_of_its_own() -> None:
    chosen = [style(name) for name in optimizers.names()]
    assert len({(own.colour, own.marker) for own in chosen}) == len({(own.colour, own.dash) for own in chosen}) == len(chosen)
    again = styles(["sgd", "adam", "sgd", "sgd"])
    assert again[:2] == [style("sgd"), style("adam")]


ONE_BY_ONE = list(optimizers.names())
CROWDS = {
    "rates of one method": ["sgd"] * MOST_OPTIMIZERS,
    "two methods by turns": ["adam", "lion"] * (MOST_OPTIMIZERS // 2),
    "the first twelve": ONE_BY_ONE[:MOST_OPTIMIZERS],
    "methods whose own colours are the same": ONE_BY_ONE[::8][:MOST_OPTIMIZERS],
    "all methods": ONE_BY_ONE,
    "far more than a page holds": ["sgd", "momentum", "adam"] * 32,
}


@pytest.mark.parametrize("names", CROWDS.values(), ids=CROWDS)
def test_no_two_entrants_share_colour_and_marker_or_colour_and_dash(names: list[str]) -> None:
    shown = styles(names)
    assert len({(one.colour, one.marker) for one in shown}) == len(names)
    assert len({(one.colour, one.dash) for one in shown}) == min(len(names), len(COLOURS) * len(DASHES))
    assert len({one.colour for one in shown}) == min(len(names), len(COLOURS))
    assert len({one.marker for one in shown}) == min(len(names), len(MARKERS))
    for count in range(1, len(names)):
        assert len({one.colour for one in styles(names[:count])}) == min(count, len(COLOURS)), "a free colour before a second use"


def test_who_has_a_colour_of_its_own_keeps_it() -> None:
    shown = styles(["sgd", "sgd", "momentum", "nesterov"])
    assert [shown[0], *shown[2:]] == [style("sgd"), style("momentum"), style("nesterov")]
    assert shown[1].colour not in {shown[0].colour, shown[2].colour, shown[3].colour}


# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB
CONFUSIONS = {
    "normal": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}


def linear(colour: str) -> Any:
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: Any) -> Any:
    matrix = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    ratio = matrix @ np.clip(rgb, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eyes", CONFUSIONS)
def test_colours_differ_to_all_eyes(eyes: str) -> None:
    seen = [lab(CONFUSIONS[eyes] @ linear(colour)) for colour in COLOURS]
    apart = [np.linalg.norm(a - b) for place, a in enumerate(seen) for b in seen[:place]]
    assert min(apart) > 17  # far above a just noticeable difference of 2.3


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_colours_stand_out_from_the_background(theme: figures.Theme) -> None:
    def luminance(colour: str) -> float:
        return float(linear(colour) @ np.array([0.2126, 0.7152, 0.0722]))

    asked = {"light": 3.0, "dark": 4.0}[theme.name]  # WCAG 2.2, 1.4.11: 3 : 1 for graphics
    background_light = luminance(theme.background)
    for colour in (*COLOURS, *TWO_CLASSES):
        light, dark = sorted((luminance(colour), background_light), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= (asked if colour in COLOURS else 3.0), colour


def test_the_floor_of_a_ditch_is_no_row_of_saddles() -> None:
    """Michalewicz's ditches are flat along their floors as far as numbers can tell; one flat point alone is a saddle of higher order."""
    alone = landscapes.from_formula("x**3 + y**2", ((-1, 1), (-1, 1)))
    marked = [{trace["name"] for trace in marks_on_map(landscape, LIGHT)} for landscape in (landscapes.get("michalewicz"), alone)]
    assert marked == [{"Global minimum", "Local minimum"}, {"Saddle"}]


def test_the_lowest_minimum_is_marked_however_flat_it_lies() -> None:
    """Zakharov's walls are so high that its floor is a thousandth of them all around the minimum."""
    assert [trace["name"] for trace in marks_on_map(landscapes.get("zakharov"), LIGHT)] == ["Global minimum"]


def test_thousands_of_minima_do_not_cover_the_map() -> None:
    wide = landscapes.from_formula(landscapes.get("rastrigin").formula, ((-20, 20), (-20, 20)), A=10.0)
    assert [(trace["name"], len(trace["x"])) for trace in marks_on_map(wide, LIGHT)] == [("Global minimum", 1)]
    assert [trace["name"] for trace in marks_on_map(landscapes.get("rastrigin"), LIGHT)] == ["Global minimum", "Local minimum"]


def test_lines_do_not_cover_a_map_of_a_thousand_hollows() -> None:
    """A line at every level of each of them kept the browser busy for seconds."""
    ripples = landscapes.from_formula("-cos(20*x) - cos(20*y) + 0.1*(x**2 + y**2)", ((-5, 5), (-5, 5)))
    grid = loss_grid(ripples)
    assert 1 < grid.every < len(grid.levels)
    assert figures.landscape_map(ripples).data[0].contours.size == grid.every
    assert [loss_grid(landscapes.get(name)).every for name in ("ravine", "himmelblau", "rastrigin")] == [1, 1, 1]
