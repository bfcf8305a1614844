"""Sweeps: every cell is what the race of its scenario gives, and nothing else differs between cells."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lab.axes import Axis
from lab.executors import Meter, local_executor, run_task
from lab.sweeps import Sweep
from lab.tiles import SEARCH_WORK
from landscapes import Landscape
from scenario import Choice, Scenario
from scenario.address import with_values
from simulation import Cancelled, measures
from simulation.attractors import lowest_loss

RING = Scenario(optimizers=(Choice("momentum"),), starts=Choice.of("ring", n=5), steps=60)
RATES = Axis("optimizers.0.lr", 1e-3, 1.0, 7, "log")
MOMENTA = Axis("optimizers.0.momentum", 0.0, 0.99, 5, "one minus")
SWEEPS = {
    "plain": Sweep(RING, RATES, MOMENTA),
    "noisy": Sweep(RING.replace(noise=0.3, seed=4), RATES, MOMENTA, seeds=3),
    "landscape": Sweep(RING, RATES, Axis("landscape.condition", 1.0, 100.0, 4, "log")),
    "noise and penalty": Sweep(RING, Axis("noise", 0.0, 2.0, 3), Axis("l2", 0.0, 3.0, 3), seeds=2),
    "penalties": Sweep(RING.replace(landscape=Choice("styblinski_tang")), Axis("l1", 0.0, 4.0, 2), Axis("l2", 0.0, 3.0, 3)),
    "adam": Sweep(
        Scenario(landscape=Choice("himmelblau"), optimizers=(Choice("adam"),), steps=40, schedule=Choice("cosine")),
        RATES,
        replace(MOMENTA, key="optimizers.0.beta1"),
    ),
}


@pytest.mark.parametrize("name", SWEEPS)
def test_every_cell_is_the_race_of_its_scenario(name: str) -> None:
    """Medians over starts and seeds, from races run one by one."""
    sweep = SWEEPS[name]
    result = run_task(sweep)
    assert result.final.shape == (sweep.y.count, sweep.x.count)
    for row in range(sweep.y.count):
        for column in range(sweep.x.count):
            scenario = result.cell(column, row)
            runs = [scenario.replace(seed=scenario.seed + seed).race().runs[0] for seed in range(sweep.seeds)]
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


def test_cells_start_where_the_sweep_does_even_if_the_landscape_would_start_elsewhere() -> None:
    own = Scenario(landscape=Choice.of("own", k=1.0), formula="x**2 + k*y**2 + (1 - k)*x*y*3", window=((-2, 2), (-2, 2)), steps=20)
    sweep = Sweep(own.replace(optimizers=(Choice("sgd"),)), Axis("optimizers.0.lr", 1e-3, 0.1, 2, "log"), Axis("landscape.k", -3.0, 5.0, 5))
    result = run_task(sweep)
    starts = {tuple(with_values(sweep.scenario, {"landscape.k": value}).start_points().ravel()) for value in sweep.y.values}
    assert len(starts) > 1
    for row in range(5):
        run = result.cell(1, row).race().runs[0]
        assert np.array_equal(run.starts, sweep.scenario.start_points())
        assert result.climbed[row, 1] == (run.losses[-1, 0] > run.losses[0, 0])


@pytest.mark.parametrize("name", ["plain", "noisy"])
def test_tiles_change_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = run_task(SWEEPS[name])
    monkeypatch.setattr("lab.tiles.LANES", 13)
    cut = run_task(SWEEPS[name], workers=1)
    for measure in ("final", "steps", "converged", "climbed", "diverged"):
        assert np.array_equal(getattr(cut, measure), getattr(expected, measure))


def test_cells_with_equal_values_have_equal_noise() -> None:
    """Two rates so close together that only the noise could tell them apart."""
    sweep = Sweep(RING.replace(noise=1.0), Axis("optimizers.0.lr", 0.01, 0.01 + 1e-15, 2), MOMENTA)
    result = run_task(sweep)
    np.testing.assert_allclose(result.final[:, 0], result.final[:, 1], rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "work"),
    [("noisy", 7 * 5 * 5 * 3 * 60), ("landscape", 7 * 4 * 5 * 60 + 4 * (SEARCH_WORK + 1)), ("penalties", 6 * 300 + 6 * (SEARCH_WORK + 1))],
)
def test_the_work_is_told_exactly(name: str, work: int) -> None:
    sweep = SWEEPS[name]
    assert sweep.work == work
    meter = Meter(2 * sweep.work)
    sweep.compute(local_executor(meter), lambda partial: None)
    assert meter.fraction == pytest.approx(0.5, abs=1e-9)


def test_the_search_for_lowest_losses_is_counted_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Landscape by landscape, each searched once; stopped after the second, no third is searched."""
    sweep = SWEEPS["penalties"]
    meter, searched, told = Meter(sweep.work), [], []

    def lowest(landscape: Landscape) -> float:
        searched.append(dict(landscape.penalty))
        told.append(meter.fraction)
        if len(searched) == 2:
            meter.stop()
        return lowest_loss(landscape)

    monkeypatch.setattr("lab.tiles.lowest_loss", lowest)
    with pytest.raises(Cancelled):
        sweep.compute(local_executor(meter), lambda partial: None)
    assert searched == [{}, {"l2": 1.5}]
    assert np.diff(told) == pytest.approx([1 / 6], rel=1e-2)


def test_what_climbs_and_what_diverges_by_hand() -> None:
    """Gradient descent on (x² + 20 y²)/2: y is multiplied by 1 - 20 lr, so it climbs from lr = 0.1 on and leaves float range in time."""
    scenario = Scenario(optimizers=(Choice("sgd"),), points=((0.0, 1.0), (0.0, 2.0), (1.0, 0.0)), steps=600)
    result = run_task(Sweep(scenario, Axis("optimizers.0.lr", 0.09, 0.11, 3), Axis("noise", 0.0, 1e-9, 2)))
    assert result.climbed[0] == pytest.approx([0.0, 0.0, 2 / 3])
    assert result.diverged[0].tolist() == [0.0, 0.0, 0.0]  # 1.2 ** 600 is 3e47
    longer = run_task(Sweep(scenario.replace(steps=5000), Axis("optimizers.0.lr", 0.09, 0.11, 3), Axis("noise", 0.0, 1e-9, 2)))
    assert longer.climbed[0] == pytest.approx([0.0, 0.0, 2 / 3])
    assert longer.diverged[0] == pytest.approx([0.0, 0.0, 2 / 3])  # 1.2 ** 5000 is 8e395
    assert np.isinf(longer.final[0, 2])
    assert longer.converged[0] == pytest.approx([1.0, 1 / 3, 1 / 3])


def test_the_best_cell() -> None:
    result = run_task(SWEEPS["plain"])
    best = result.best_by("final loss")
    assert best is not None
    column, row = best
    assert result.final[row, column] == result.final.min()
    known = replace(
        result, final=np.array([[2.0, 1.0], [1.0, np.inf]]), steps=np.array([[1.0, 9.0], [5.0, 1.0]]), converged=np.ones((2, 2))
    )
    assert known.best_by("final loss") == (0, 1)  # equally low, but sooner
    assert replace(known, converged=np.array([[1.0, np.nan], [np.nan, 1.0]])).best_by("final loss") == (
        0,
        0,
    )  # the lowest of those that are measured
    assert replace(known, final=np.array([[5.0, -3.0], [0.0, np.inf]]), converged=np.full((2, 2), np.nan)).best_by("final loss") == (1, 0)
    assert replace(result, final=np.full((5, 7), np.inf)).best_by("final loss") is None
    assert known.best_by("steps") == (0, 0)
    shares = replace(known, converged=np.array([[0.5, 1.0], [1.0, 0.0]]))
    assert shares.best_by("converged") == (1, 0)  # equal shares and losses: the first
    assert replace(known, steps=np.full((2, 2), np.inf)).best_by("steps") == (1, 0)  # nobody arrives: the lowest
    with pytest.raises(KeyError, match="there are: final loss, steps, converged"):
        known.best_by("luck")
    assert "learning rate" in result.described(column, row)
    assert "momentum" in result.described(column, row)


def test_the_easiest_problem_is_not_the_best_choice() -> None:
    """The condition of a ravine is no choice: SGD's best rate is asked for under each, and what is shown first has the scenario's own."""
    scenario = Scenario(landscape=Choice.of("ravine", condition=20.0), optimizers=(Choice("sgd"),), points=((-3.5, 1.0),), steps=60)
    result = run_task(Sweep(scenario, Axis("optimizers.0.lr", 0.01, 1.0, 21, "log"), Axis("landscape.condition", 1.0, 100.0, 5, "log")))
    assert result.conditions == ("y",)
    best = result.bests_by("final loss")
    assert [row for _, row in best] == [0, 1, 2, 3, 4]
    assert all(result.final[row, column] == result.final[row].min() for column, row in best)
    assert best[0][0] > best[2][0] > best[4][0], "the steeper, the smaller the best rate"
    assert result.best_by("final loss") == best[3], "31.6 is nearer to 20 than 10 is, by their ratios"
    turned = run_task(Sweep(scenario, result.sweep.y, result.sweep.x))
    assert sorted(turned.bests_by("final loss")) == sorted((row, column) for column, row in best)
    both = Sweep(scenario, Axis("landscape.condition", 1.0, 100.0, 3, "log"), Axis("landscape.angle", 0.0, 45.0, 3))
    assert run_task(both).best_by("final loss") is None


def test_without_a_lowest_loss_nothing_converges_or_fails_to() -> None:
    result = run_task(
        Sweep(Scenario(landscape=Choice("pure_saddle"), optimizers=(Choice("sgd"),), steps=20), RATES, Axis("noise", 0.0, 1.0, 2))
    )
    assert np.isnan(result.converged).all()
    assert np.isnan(result.steps).all()
    assert np.isfinite(result.final[:, 0]).all()


# ---- what cannot be


REFUSED: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"y": replace(RATES, count=3)}, ValueError, "both axes are the learning rate; choose two different quantities"),
    ({"y": Axis("optimizers.0.beta1", 0.0, 0.9, 3)}, KeyError, "no quantity"),
    ({"y": Axis("optimizers.0.momentum", 0.0, 2.0, 3)}, ValueError, "momentum = 2 is outside its range"),
    ({"seeds": 3}, ValueError, "seeds give the same; choose one seed"),
    ({"seeds": 0}, ValueError, "a sweep needs at least one seed, not 0"),
    ({"scenario": RING.replace(noise=1.0, seed=2**31 - 2), "seeds": 3}, ValueError, "The sweep's last seed: seed = 2147483648 is outside"),
    ({"scenario": Scenario()}, ValueError, "one optimizer at a time"),
    (
        {"scenario": RING.replace(starts=Choice.of("grid", n=100_000)), "x": replace(RATES, count=201)},
        ValueError,
        "make 100,500,000 trajectories of 60 steps, and at most 8,000,000 trajectories and 20,000,000,000 steps in all can be swept; "
        "choose fewer cells, starts, seeds or steps",
    ),
    (
        {"scenario": RING.replace(steps=100_000), "x": replace(RATES, count=201), "y": replace(MOMENTA, count=201)},
        ValueError,
        "201 x 201 cells from 5 starts make 202,005 trajectories of 100,000 steps",
    ),
    ({"x": Axis("landscape.condition", 1.0, 9.0, 20), "y": Axis("l2", 0.0, 1.0, 20)}, ValueError, "400 different landscapes"),
]


@pytest.mark.parametrize(("changed", "error", "message"), REFUSED, ids=[message for _, _, message in REFUSED])
def test_what_cannot_be_swept_is_refused_in_words(changed: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Sweep(**{"scenario": RING, "x": RATES, "y": MOMENTA, **changed})
