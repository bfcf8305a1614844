"""Sweeps: every cell is what the race of its scenario gives, and nothing else differs between cells."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

import optimizers
from figures import DARK, LIGHT, Theme
from figures.sweeps import COLOURINGS, sweep_map, ticks
from lab.axes import Axis, axis_for, default_axes
from lab.sweeps import Sweep, SweepMap
from lab.theory import predicted
from lab.work import Meter, do, here
from scenario import Choice, Scenario
from simulation import measures
from simulation.ends import lowest_loss

RING = Scenario(optimizers=(Choice("momentum"),), starts=Choice.of("ring", n=5), steps=60)
RATES = Axis("optimizer.lr", 1e-3, 1.0, 7, "log")
MOMENTA = Axis("optimizer.momentum", 0.0, 0.99, 5, "one minus")
SWEEPS = {
    "plain": Sweep(RING, RATES, MOMENTA),
    "noisy": Sweep(RING.but(noise=0.3, seed=4), RATES, MOMENTA, seeds=3),
    "landscape": Sweep(RING, RATES, Axis("landscape.condition", 1.0, 100.0, 4, "log")),
    "noise and penalty": Sweep(RING, Axis("noise", 0.0, 2.0, 3), Axis("l2", 0.0, 3.0, 3)),
    "adam": Sweep(
        Scenario(landscape=Choice("himmelblau"), optimizers=(Choice("adam"),), steps=40, schedule=Choice("cosine")),
        RATES,
        replace(MOMENTA, key="optimizer.beta1"),
    ),
}


@pytest.mark.parametrize("name", SWEEPS)
def test_every_cell_is_the_race_of_its_scenario(name: str) -> None:
    """Medians over starts and seeds, from races run one by one."""
    sweep = SWEEPS[name]
    result = do(sweep)
    assert result.final.shape == (sweep.y.count, sweep.x.count)
    for row in range(sweep.y.count):
        for column in range(sweep.x.count):
            scenario = result.cell(column, row)
            runs = [scenario.but(seed=scenario.seed + seed).race().runs[0] for seed in range(sweep.seeds)]
            final = np.concatenate([measures.final_loss(run) for run in runs])
            steps = np.concatenate([measures.steps_to(run) for run in runs])
            begun = np.concatenate([run.losses[0] for run in runs])
            lowest = lowest_loss(runs[0].landscape)
            above = np.median(np.where(np.isnan(final), np.inf, final)) - lowest
            at = row, column
            assert result.final[at] == pytest.approx(above, rel=1e-6, abs=1e-12)
            assert result.steps[at] == np.median(np.where(steps >= 0, steps, np.inf))
            assert result.diverged[at] == np.mean(np.isnan(final))
            assert result.climbed[at] == np.mean(~(final <= begun))
            assert result.converged[at] == np.mean(final <= lowest + measures.default_tolerance(runs[0].landscape))


@pytest.mark.parametrize("name", ["plain", "noisy"])
def test_tiles_change_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = do(SWEEPS[name])
    monkeypatch.setattr("lab.tiles.LANES", 13)
    cut = do(SWEEPS[name], workers=1)
    for measure in ("final", "steps", "converged", "climbed", "diverged"):
        assert np.array_equal(getattr(cut, measure), getattr(expected, measure))


def test_cells_with_equal_values_have_equal_noise() -> None:
    """Two rates so close together that only the noise could tell them apart."""
    sweep = Sweep(RING.but(noise=1.0), Axis("optimizer.lr", 0.01, 0.01 + 1e-15, 2), MOMENTA)
    result = do(sweep)
    np.testing.assert_allclose(result.final[:, 0], result.final[:, 1], rtol=1e-6)


def test_the_work_is_told_exactly() -> None:
    sweep = SWEEPS["noisy"]
    assert sweep.work == 7 * 5 * 5 * 3 * 60
    meter = Meter(2 * sweep.work)
    sweep.compute(here(meter), lambda partial: None)
    assert meter.fraction == pytest.approx(0.5, abs=1e-9)


def test_the_best_cell() -> None:
    result = do(SWEEPS["plain"])
    assert result.best is not None
    column, row = result.best
    assert result.final[row, column] == result.final.min()
    known = replace(result, final=np.array([[2.0, 1.0], [1.0, np.inf]]), steps=np.array([[1.0, 9.0], [5.0, 1.0]]))
    assert known.best == (0, 1)  # equally low, but sooner
    assert replace(result, final=np.full((5, 7), np.inf)).best is None
    assert "learning rate" in result.described(column, row)
    assert "momentum" in result.described(column, row)


def test_without_a_lowest_loss_nothing_converges_or_fails_to() -> None:
    result = do(Sweep(Scenario(landscape=Choice("pure_saddle"), optimizers=(Choice("sgd"),), steps=20), RATES, Axis("noise", 0.0, 1.0, 2)))
    assert np.isnan(result.converged).all()
    assert np.isnan(result.steps).all()
    assert np.isfinite(result.final[:, 0]).all()


# ---- from coarse to fine


def test_a_box_becomes_the_finer_sweep() -> None:
    sweep = SWEEPS["plain"]
    finer = sweep.narrowed((-2.0, -1.0), (0.5, 1.0))
    assert (finer.x.low, finer.x.high, finer.x.count) == pytest.approx((0.01, 0.1, 7))
    assert (finer.y.low, finer.y.high) == pytest.approx((1 - 10**-0.5, 0.9), abs=1e-6)
    assert finer.scenario == sweep.scenario
    corner = sweep.narrowed((-3.2, -2.0), (-0.1, 0.5))  # half a cell beyond the outermost values is still the map
    assert corner.x.low == 1e-3
    assert corner.y.low == 0.0


@pytest.mark.parametrize(
    ("x", "message"), [((-5.0, -1.0), "reaches beyond the map"), ((-2.0, 3.0), "reaches beyond"), ((-2.0, -2.0 + 1e-12), "too thin")]
)
def test_a_box_that_cannot_be_swept_is_refused_in_words(x: tuple[float, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SWEEPS["plain"].narrowed(x, (0.5, 1.0))


# ---- axes


AXES = some.one_of(
    some.tuples(some.floats(-1e3, 1e3), some.floats(1e-3, 1e3)).map(lambda pair: Axis("noise", pair[0], pair[0] + pair[1], 9)),
    some.tuples(some.floats(1e-6, 1e2), some.floats(1.1, 1e4)).map(lambda pair: Axis("optimizer.lr", pair[0], pair[0] * pair[1], 9, "log")),
    some.tuples(some.floats(0.0, 0.9), some.floats(0.01, 0.9)).map(
        lambda pair: Axis("optimizer.momentum", pair[0], 1 - (1 - pair[0]) * pair[1], 9, "one minus")
    ),
)


@given(AXES)
def test_places_are_evenly_spaced_and_lead_back_to_values(axis: Axis) -> None:
    assert axis.values[0] == axis.low
    assert axis.values[-1] == axis.high
    assert np.allclose(np.diff(axis.places), (axis.places[-1] - axis.places[0]) / 8, rtol=1e-6)
    assert np.allclose(axis.value(axis.places), axis.values, rtol=1e-9, atol=1e-12)
    assert [axis.nearest(float(place)) for place in axis.places] == list(range(9))


@given(AXES)
def test_an_axis_survives_a_link(axis: Axis) -> None:
    assert Axis.from_text(axis.text, 9) == axis


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"spacing": "odd"}, "'odd' is none of linear, log, one minus"),
        ({"count": 1}, "1 cells along an axis cannot be; choose 2 to 201"),
        ({"count": 202}, "202 cells"),
        ({"low": 2.0}, "is empty"),
        ({"low": 0.0}, "begins above 0"),
        ({"spacing": "one minus"}, "ends below 1"),
    ],
)
def test_an_axis_that_cannot_be_is_refused_in_words(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(RATES, **changed)


@pytest.mark.parametrize("text", ["", "optimizer.lr", "optimizer.lr~a~1~log", "optimizer.lr~1~2~log~5"])
def test_a_text_that_is_no_axis_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="is no axis; it should be like"):
        Axis.from_text(text, 9)


@pytest.mark.parametrize("name", optimizers.names())
def test_every_optimizer_has_usual_axes(name: str) -> None:
    scenario = Scenario(optimizers=(Choice(name),), steps=5)
    x, y = default_axes(scenario, 3)
    assert x.key == "optimizer.lr"
    assert do(Sweep(scenario, x, y)).final.shape == (3, 3)
    remembers = [entry.name for entry in optimizers.get(name).parameters if entry.one_minus]
    assert y.key == (f"optimizer.{remembers[0]}" if remembers else "landscape.condition")


def test_the_usual_axis_of_a_quantity_is_what_its_slider_offers() -> None:
    axis = axis_for(RING, "landscape.condition")
    declared = RING.build_landscape().parameters[0]
    assert (axis.low, axis.high, axis.spacing) == (*declared.reach, "log")
    with pytest.raises(KeyError, match="no quantity is called 'speed'"):
        axis_for(RING, "speed")


REFUSED: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"y": replace(RATES, count=3)}, ValueError, r"both axes are optimizer\.lr"),
    ({"y": Axis("optimizer.beta1", 0.0, 0.9, 3)}, KeyError, "no quantity"),
    ({"y": Axis("optimizer.momentum", 0.0, 2.0, 3)}, ValueError, "momentum = 2 is outside its range"),
    ({"seeds": 3}, ValueError, "choose 1, since without noise all are the same"),
    ({"seeds": 0}, ValueError, "0 seeds"),
    ({"scenario": Scenario()}, ValueError, "one optimizer at a time"),
    ({"scenario": RING.but(starts=Choice.of("grid", n=100_000)), "x": replace(RATES, count=201)}, ValueError, "choose fewer cells, starts"),
    ({"x": Axis("landscape.condition", 1.0, 9.0, 20), "y": Axis("l2", 0.0, 1.0, 20)}, ValueError, "400 different landscapes"),
]


@pytest.mark.parametrize(("changed", "error", "message"), REFUSED, ids=[message for _, _, message in REFUSED])
def test_what_cannot_be_swept_is_refused_in_words(changed: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Sweep(**{"scenario": RING, "x": RATES, "y": MOMENTA, **changed})


# ---- the figure


@pytest.fixture(scope="module")
def swept() -> SweepMap:
    return do(Sweep(RING, Axis("optimizer.lr", 1e-4, 1e5, 21, "log"), Axis("optimizer.momentum", 0.0, 0.99, 9, "one minus")))


@pytest.mark.parametrize("colour_by", COLOURINGS)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_map_shows_what_was_found(swept: SweepMap, theme: Theme, colour_by: str) -> None:
    figure = sweep_map(swept, theme, colour_by, predicted(swept.sweep), mark=(3, 2))
    cells = figure.data[0]
    assert np.array_equal(cells.x, swept.sweep.x.places)
    diverged = swept.diverged > 0.5
    assert np.isnan(cells.z[diverged]).all()
    names = [trace.name for trace in figure.data]
    assert {"diverged", "ends higher", "stability limit", "fastest in theory", "best", "chosen"} <= set(names)
    bad = {trace.name: np.isfinite(trace.z) for trace in figure.data[1:] if trace.type == "heatmap"}
    assert np.array_equal(bad["diverged"], diverged)
    assert np.array_equal(bad["ends higher"], (swept.climbed > 0.5) & ~diverged)
    (best,) = [trace for trace in figure.data if trace.name == "best"]
    assert swept.best is not None
    assert (best.x[0], best.y[0]) == (swept.sweep.x.places[swept.best[0]], swept.sweep.y.places[swept.best[1]])
    (chosen,) = [trace for trace in figure.data if trace.name == "chosen"]
    assert (chosen.x[0], chosen.y[0]) == (swept.sweep.x.places[3], swept.sweep.y.places[2])
    assert figure.layout.xaxis.title.text == "learning rate"
    assert cells.customdata[2][3].startswith("learning rate 0.00")


@pytest.mark.parametrize(
    ("axis", "words"),
    [
        (Axis("optimizer.lr", 1e-4, 1.0, 9, "log"), ["0.0001", "0.001", "0.01", "0.1", "1"]),
        (Axis("optimizer.momentum", 0.0, 0.999, 9, "one minus"), ["0", "0.5", "0.9", "0.99", "0.999"]),
        (Axis("noise", 0.0, 3.0, 9), ["0", "0.5", "1", "1.5", "2", "2.5", "3"]),
    ],
)
def test_ticks_are_round_numbers_in_their_places(axis: Axis, words: list[str]) -> None:
    places, found = ticks(axis)
    assert found == words
    assert places == pytest.approx([float(axis.place(float(word))) for word in words])
