"""Sweeps of networks: every cell is what its experiment gives, and batch normalization lets more of them learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exports.lab_tables import cell_of, settings_of
from lab import network_tiles
from lab.axes import Axis, axis_for, default_axes
from lab.executors import run_task
from lab.network_sweeps import NetworkSweep
from lab.quantities import quantities
from scenario import Choice, Experiment

SMALL = Experiment(data=Choice.of("moons", n=40), widths=(8, 8), steps=12, seed=3)
RATES, SCALES = Axis("optimizers.0.lr", 0.01, 1.0, 3, "log"), Axis("initials.0.scale", 0.5, 2.0, 2, "log")
SLOW = Axis("optimizers.0.lr", 0.01, 0.05, 2, "log")
SWEEPS = {
    "scale and rate": NetworkSweep(SMALL, RATES, SCALES),
    "depth and scale": NetworkSweep(SMALL.replace(schedule=Choice("cosine")), Axis("depth", 1, 3, 3, "whole"), SCALES),
    "batch and rate": NetworkSweep(SMALL.replace(optimizers=(Choice("adam"),)), Axis("batch", 2, 32, 3, "whole log"), RATES),
    "penalty of a curve": NetworkSweep(SMALL.replace(data=Choice("sine"), batch=16), Axis("l2", 0.0, 0.1, 2), SLOW),
}


@pytest.mark.parametrize("name", SWEEPS)
def test_every_cell_is_its_experiment(name: str) -> None:
    """To single precision, which is enough to compare networks."""
    sweep = SWEEPS[name]
    for result in run_task(sweep).maps:
        assert result.final.shape == (sweep.y.count, sweep.x.count)
        for column, row in ((0, 0), (sweep.x.count - 1, sweep.y.count - 1)):
            experiment = result.cell(column, row)
            assert experiment.batch_norm == result.batch_norm
            run = experiment.train().runs[0]
            assert result.final[row, column] == pytest.approx(run.losses[-1], rel=1e-3)
            assert result.test[row, column] == pytest.approx(run.test_losses[-1], rel=3e-3)
            assert result.accuracy[row, column] == pytest.approx(run.test_accuracies[-1], abs=0.02, nan_ok=True)


@pytest.mark.parametrize("optimizer", ["sgd", "sam", "schedule_free_adamw"])
def test_a_network_that_has_one_example_right_has_not_learned(optimizer: str) -> None:
    """From zeros nothing is learned, however easy a batch of one is; and who learns does so by all examples, whoever trains."""
    common = SMALL.replace(data=Choice("sine"), widths=(8,), steps=40, batch=1, optimizers=(Choice(optimizer),))
    for result in run_task(NetworkSweep(common.replace(initials=(Choice("zeros"),)), SLOW, SCALES)).maps:
        assert not result.learns.any()
    easy = SMALL.replace(data=Choice.of("blobs", n=40, noise=0.1), steps=150, optimizers=(Choice(optimizer),))
    for result in run_task(NetworkSweep(easy, RATES, SCALES)).maps:
        assert (result.learns >= (result.final < 0.2 * result.guess)).all()
        assert result.learns.any()


def test_the_same_bits_whatever_the_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """One network a tile, or all of them; one thread, or two."""
    sweep = SWEEPS["scale and rate"]
    whole = run_task(sweep, workers=1).maps
    monkeypatch.setattr(network_tiles, "BYTES", 1)
    for other, one in zip(run_task(sweep, workers=2).maps, whole, strict=True):
        for name in ("final", "test", "accuracy", "steps"):
            assert np.array_equal(getattr(other, name), getattr(one, name), equal_nan=True)


def test_with_batch_normalization_more_scales_and_rates_learn() -> None:
    """With 6 x 32 units, 12 x 12 cells and 200 steps 12 and 47% of the cells end below a loss of 0.5; this map is coarser."""
    digits = Experiment(data=Choice.of("digits", n=300, test=100), widths=(24,) * 6, initials=(Choice("lecun"),), steps=80, batch=64)
    rates, scales = Axis("optimizers.0.lr", 0.01, 10.0, 6, "log"), Axis("initials.0.scale", 0.05, 20.0, 6, "log")
    without, normalized = run_task(NetworkSweep(digits, rates, scales)).maps
    low = [each.final < 0.5 for each in (without, normalized)]
    assert 0.02 < low[0].mean() < 0.2
    assert low[1].mean() > 3 * low[0].mean()
    scales_that_work = [each.any(axis=1).sum() for each in low]
    assert scales_that_work[0] <= 2
    assert scales_that_work[1] >= 4
    column, row = normalized.best_by("accuracy") or (0, 0)
    assert normalized.accuracy[row, column] == np.nanmax(normalized.accuracy) > 0.85


def test_what_overflows_is_marked_and_the_others_go_on() -> None:
    """A rate that no ReLU network survives beside one that they do."""
    steep = SMALL.replace(data=Choice("sine"), activation=Choice("relu"))
    result = run_task(
        NetworkSweep(steep, Axis("optimizers.0.lr", 0.01, 100.0, 2, "log"), Axis("initials.0.scale", 1.0, 30.0, 2, "log"))
    ).maps[0]
    assert np.isfinite(result.final[0, 0])
    assert np.isinf(result.final[1, 1])
    assert np.isnan(result.test[1, 1])


def test_numbers_of_an_experiment_that_can_be_swept() -> None:
    """Whole numbers too, as many cells as there are; not the seed, not a switch."""
    known = quantities(SMALL)
    assert {"optimizers.0.lr", "initials.0.scale", "depth", "width", "batch", "steps", "data.noise"} <= set(known)
    assert not {"seed", "batch_norm", "optimizers.0.change_by"} & set(known)
    assert [axis.key for axis in default_axes(SMALL)] == ["optimizers.0.lr", "initials.0.scale"]
    sweep = NetworkSweep(SMALL, *default_axes(SMALL, 3))
    assert cell_of(settings_of(sweep), 9 + 3 + 2) == sweep.cell(2, 1, True), "without normalization first, then row by row"
    for key in known:
        axis = axis_for(SMALL, key, 9)
        assert Axis.from_text(axis.text, 9) == axis
        assert all(known[key].param.check(value, "It") == value for value in axis.values.tolist())
    assert Axis("depth", 1, 4, 12, "whole").values.tolist() == [1, 2, 3, 4]
    assert axis_for(SMALL, "batch", 12).high == 40
    with pytest.raises(ValueError, match="should begin and end at whole numbers"):
        Axis("depth", 0.5, 4, 12, "whole")


@pytest.mark.parametrize(
    ("experiment", "axis", "message"),
    [
        ({"initials": (Choice("he"), Choice("xavier"))}, RATES, "one initialization is swept at a time"),
        ({"optimizers": (Choice("sgd"), Choice("adam"))}, RATES, "one optimizer at a time; this experiment has 2"),
        ({}, SCALES, "both axes are the scale"),
        ({}, Axis("seed", 0, 3, 3, "whole"), "seed"),
        ({}, Axis("depth", 1, 40, 4, "whole"), "depth"),
        ({}, Axis("batch", 1, 64, 4, "whole log"), "a batch of 64 has more than the 40 examples; choose smaller batches, or more examples"),
        ({"optimizers": (Choice("bfgs"),)}, Axis("width", 2, 20, 4, "whole"), "BFGS keeps a matrix of "),
        ({"widths": (512,) * 10, "steps": 20_000}, RATES, "as much as can be trained while somebody waits; choose fewer cells, steps"),
    ],
)
def test_what_cannot_be_swept_is_said(experiment: dict[str, Any], axis: Axis, message: str) -> None:
    """With what to do."""
    with pytest.raises((KeyError, ValueError)) as caught:
        NetworkSweep(SMALL.replace(**experiment), axis, SCALES)
    assert message in str(caught.value)


def test_a_narrower_box_of_whole_numbers() -> None:
    """Keeps to whole numbers, and to those that are there."""
    sweep = NetworkSweep(SMALL, Axis("depth", 0, 8, 9, "whole"), SCALES)
    finer = sweep.narrowed((1.6, 4.2), (float(SCALES.coordinates[0]), float(SCALES.coordinates[1])))
    assert finer.x.values.tolist() == [2, 3, 4]
    assert sweep.nearest(3.4, -1.0) == (3, 0)
