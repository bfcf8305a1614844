"""The picture of a sweep: what has no number says so, the limit is named where it hides nothing, and the results are left alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from figures import DARK, LIGHT, Theme
from figures.colourings import COLOURINGS, colouring
from figures.sweeps import sweep_map, ticks
from lab.axes import Axis
from lab.executors import run_task
from lab.sweeps import Sweep, SweepMap
from lab.theory import predicted
from scenario import Choice, Scenario

RATES = Axis("optimizers.0.lr", 1e-4, 1e4, 17, "log")
MOMENTA = Axis("optimizers.0.momentum", 0.0, 0.99, 5, "one minus")
CONDITIONS = Axis("landscape.condition", 2.0, 200.0, 5, "log")


def swept(name: str, y: Axis, x: Axis = RATES, **changed: Any) -> SweepMap:
    return run_task(Sweep(Scenario(optimizers=(Choice(name),), starts=Choice.of("ring", n=3), steps=60, **changed), x, y))


@pytest.fixture(scope="module")
def ravine() -> SweepMap:
    return swept("momentum", MOMENTA)


@pytest.fixture(scope="module")
def endless() -> SweepMap:
    return swept("sgd", Axis("landscape.fall", 0.5, 2.0, 3), Axis("optimizers.0.lr", 1e-3, 1.0, 5, "log"), landscape=Choice("pure_saddle"))


def drawn(figure: go.Figure, name: str) -> Any:
    return next(trace for trace in figure.data if trace.name == name)


@pytest.mark.parametrize("colour_by", COLOURINGS)
def test_every_cell_is_drawn_once(ravine: SweepMap, colour_by: str) -> None:
    maps = [np.isfinite(trace.z) for trace in sweep_map(ravine, colour_by=colour_by).data if trace.type == "heatmap"]
    assert (np.sum(maps, axis=0) == 1).all()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize(("colour_by", "measure"), [("final loss", "final"), ("steps", "steps"), ("converged", "converged")])
def test_cells_have_the_colour_of_their_number(ravine: SweepMap, theme: Theme, colour_by: str, measure: str) -> None:
    """Losses and counts by their decade, shares as they are; from the strong end of the colours to the weak one, best to worst."""
    cells = sweep_map(ravine, theme, colour_by).data[0]
    assert np.array_equal(cells.x, RATES.coordinates)
    assert np.array_equal(cells.y, MOMENTA.coordinates)
    shown = np.isfinite(cells.z)
    expected = getattr(ravine, measure)[shown]
    assert cells.z[shown] == pytest.approx(expected if measure == "converged" else np.log10(np.maximum(expected, 1e-16)))
    assert cells.zmin <= cells.z[shown].min() < cells.z[shown].max() <= cells.zmax
    strong = cells.colorscale[0][1].upper()
    assert strong == ("#1F4E79" if theme is LIGHT else "#E3F1FA")
    assert bool(cells.reversescale) == (measure == "converged")
    for place, word in zip(cells.colorbar.tickvals, cells.colorbar.ticktext, strict=True):
        value = float(word.removesuffix("%")) / 100 if measure == "converged" else np.log10(float(word))
        assert value == pytest.approx(place, abs=0.01)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_bad_cells_have_a_colour_of_their_own_and_a_name_in_the_key(ravine: SweepMap, theme: Theme) -> None:
    figure = sweep_map(ravine, theme)
    diverged = np.isinf(ravine.final)
    higher = (ravine.climbed > 0.5) & ~diverged
    assert diverged.any()
    assert higher.any()
    colours = set()
    for name, cells in (("diverged", diverged), ("ends higher", higher)):
        layer, key = (trace for trace in figure.data if trace.name == name)
        assert np.array_equal(np.isfinite(layer.z), cells)
        assert layer.colorscale[0][1] == layer.colorscale[-1][1] == key.marker.color
        colours.add(key.marker.color)
    assert len(colours) == 2
    assert not colours & {colour for _, colour in figure.data[0].colorscale}
    swapped = sweep_map(ravine, DARK if theme is LIGHT else LIGHT)
    assert drawn(swapped, "diverged").colorscale != drawn(figure, "diverged").colorscale


def test_the_best_and_the_chosen_cell_are_marked(ravine: SweepMap) -> None:
    for colour_by in COLOURINGS:
        best = ravine.best_by(colour_by)
        assert best is not None
        figure = sweep_map(ravine, colour_by=colour_by, mark=(3, 2))
        for name, (column, row) in (("best", best), ("chosen", (3, 2))):
            mark = drawn(figure, name)
            assert (mark.x[0], mark.y[0]) == (RATES.coordinates[column], MOMENTA.coordinates[row])
        names = [trace.name for trace in sweep_map(ravine, colour_by=colour_by, mark=best).data]
        assert "best" in names
        assert "chosen" not in names


def test_the_fastest_point_in_theory_lies_where_polyak_says(ravine: SweepMap) -> None:
    """Curvatures 1 and 20, Polyak 1964: a learning rate of 4/(sqrt(20) + 1)², a momentum of ((sqrt(20) - 1)/(sqrt(20) + 1))²."""
    root = np.sqrt(20.0)
    fastest = drawn(sweep_map(ravine, theory=predicted(ravine.sweep)), "fastest in theory")
    assert fastest.x[0] == pytest.approx(np.log10(4 / (root + 1) ** 2))
    assert fastest.y[0] == pytest.approx(-np.log10(1 - ((root - 1) / (root + 1)) ** 2))
    assert fastest.text[0] == "fastest in theory<br>the error times 0.635 at each step"  # (sqrt(20) - 1)/(sqrt(20) + 1)


def test_the_axes_are_those_of_the_sweep(ravine: SweepMap) -> None:
    layout = sweep_map(ravine).layout
    assert layout.xaxis.title.text == "learning rate"
    assert layout.yaxis.title.text == "momentum"
    for drawn_axis, axis in ((layout.xaxis, RATES), (layout.yaxis, MOMENTA)):
        cell = axis.coordinates[1] - axis.coordinates[0]
        assert drawn_axis.range == pytest.approx((axis.coordinates[0] - cell / 2, axis.coordinates[-1] + cell / 2))
        assert drawn_axis.tickvals == pytest.approx([float(axis.coordinate(float(word))) for word in drawn_axis.ticktext])


def test_drawing_changes_no_result(ravine: SweepMap) -> None:
    arrays = ("final", "steps", "converged", "climbed", "diverged")
    before = {name: getattr(ravine, name).copy() for name in arrays}
    for colour_by in COLOURINGS:
        sweep_map(ravine, LIGHT, colour_by, predicted(ravine.sweep), mark=(1, 1))
    assert all(np.array_equal(getattr(ravine, name), before[name]) for name in arrays)


def test_what_never_reached_the_tolerance_is_told_apart(ravine: SweepMap) -> None:
    never = np.isinf(ravine.steps) & (ravine.climbed <= 0.5)
    assert never.any()
    assert np.array_equal(np.isfinite(drawn(sweep_map(ravine, colour_by="steps"), "not reached").z), never)


def test_without_a_lowest_loss_the_loss_itself_is_drawn(endless: SweepMap) -> None:
    cells = sweep_map(endless).data[0]
    assert cells.colorbar.title.text == "final loss"
    assert (np.diff(np.sort(endless.final.ravel())) >= 0).all()
    shown = np.isfinite(cells.z)
    assert np.array_equal(np.argsort(cells.z[shown]), np.argsort(endless.final[shown]))  # deeper is lower
    assert "above the lowest" not in cells.customdata[0][0]
    assert [float(word) for word in colouring(endless, "final loss").ticks(np.array([-2.0, 2.0]))[1]] == pytest.approx(
        [-99.0, -15.0, -1.5, 1.5, 15.0, 99.0], rel=0.05
    )


@pytest.mark.parametrize("colour_by", ["steps", "converged"])
def test_without_a_lowest_loss_the_map_says_why_it_is_empty(endless: SweepMap, colour_by: str) -> None:
    figure = sweep_map(endless, DARK, colour_by)
    assert "no lowest loss" in figure.layout.annotations[-1].text
    assert not figure.data[0].showscale


def test_hovering_tells_all_measures_in_words(ravine: SweepMap) -> None:
    theory = predicted(ravine.sweep)
    assert theory is not None
    figure = sweep_map(ravine, theory=theory)
    for row, column in ((0, 0), (1, 5), (3, 8)):
        text = figure.data[0].customdata[row][column]
        assert f"learning rate {RATES.values[column]:.4g}" in text
        assert f"in theory the error times {theory.rate[row, column]:.3g} at each step" in text
        assert f"{ravine.converged[row, column]:.0%} converged" in text
    assert "the median diverges" in figure.data[0].customdata[0][16]


LIMITS = [
    ("momentum", RATES, MOMENTA, "stable to the left: η < (2 + 2ρ)/λₘₐₓ"),
    ("nesterov", RATES, MOMENTA, "stable to the left: η < (2 + 2ρ)/((1 + 2ρ)λₘₐₓ)"),
    ("sgd", RATES, CONDITIONS, "stable to the left: η < 2/λₘₐₓ"),
    ("sgd", CONDITIONS, RATES, "stable below: η < 2/λₘₐₓ"),
    ("newton", RATES, CONDITIONS, "stable to the left"),
]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize(("name", "x", "y", "words"), LIMITS, ids=[f"{case[0]} {case[1].key}" for case in LIMITS])
def test_the_limit_is_named_where_it_is_unstable(name: str, x: Axis, y: Axis, words: str, theme: Theme) -> None:
    result = swept(name, y, x)
    theory = predicted(result.sweep)
    assert theory is not None
    figure = sweep_map(result, theme, theory=theory)
    (label,) = figure.layout.annotations
    assert label.text.replace("<br>", " ").strip() == words
    line = drawn(figure, "stability limit")
    assert np.allclose(line.x, x.coordinate(theory.line[0]))
    assert np.allclose(line.y, y.coordinate(theory.line[1]))
    if words.startswith("stable to the left"):
        assert label.xanchor == "left"
        assert label.x >= line.x.min() - 1e-9
    else:
        assert label.yanchor == "bottom"


@pytest.mark.parametrize(
    ("axis", "words"),
    [
        (Axis("optimizers.0.lr", 1e-4, 1.0, 9, "log"), ["0.0001", "0.001", "0.01", "0.1", "1"]),
        (Axis("optimizers.0.momentum", 0.0, 0.999, 9, "one minus"), ["0", "0.5", "0.9", "0.99", "0.999"]),
        (Axis("noise", 0.0, 3.0, 9), ["0", "0.5", "1", "1.5", "2", "2.5", "3"]),
        (Axis("optimizers.0.lr", 0.02, 0.3, 9, "log"), ["0.02", "0.05", "0.1", "0.2"]),
        (Axis("optimizers.0.momentum", 0.7, 0.99, 9, "one minus"), ["0.8", "0.9", "0.95", "0.98", "0.99"]),
        (Axis("optimizers.0.eps", 1e-12, 0.1, 9, "log"), ["1e-12", "1e-10", "1e-8", "1e-6", "0.0001", "0.01"]),
    ],
    ids=["four decades", "three nines", "linear", "a decade", "a nine and a half", "eleven decades"],
)
def test_there_are_always_some_numbers_on_an_axis(axis: Axis, words: list[str]) -> None:
    assert ticks(axis)[1] == words
