"""Many networks in several ways: each is that of its experiment, the numbers are those of the reference sheet, and words follow them."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from app_pages.jobs import jobs
from exports.regularization import regularization_to_csv
from figures.regularization import regularization_curves
from lab.executors import run_task
from lab.regularization import RegularizationCurves, RegularizationResult
from scenario import Choice, Experiment
from tests.test_pages import kept, open_page, read

MOONS = Experiment(data=Choice.of("moons", n=40, noise=0.35), widths=(32, 32), optimizers=(Choice.of("adam", lr=0.01),), steps=1500)
SMALL = MOONS.replace(
    widths=(4,), steps=60, seed=3, variants=(Choice("scratch"), Choice.of("scratch", dropout=0.5), Choice.of("scratch", stop=7))
)


def test_networks_are_those_of_the_experiment_with_their_seed() -> None:
    task = RegularizationCurves.of(SMALL, 2)
    result = run_task(task)
    runs = SMALL.replace(seed=4).train().runs
    assert task.labels == tuple(run.label for run in runs)
    for way, run in enumerate(runs):
        at = np.searchsorted(run.steps, task.steps)
        assert np.array_equal(run.steps[at], task.steps)
        assert np.array_equal(result.losses[way, 1], run.losses[at])
        assert np.array_equal(result.test_losses[way, 1], run.test_losses[at])
        assert np.array_equal(result.test_accuracies[way, 1], run.test_accuracies[at])
    rows = list(csv.DictReader(line for line in regularization_to_csv(result).splitlines() if not line.startswith("#")))
    assert len(rows) == 3 * 2 * len(task.steps)
    last = rows[-1]
    assert (last["way"], last["seed"], float(last["test_loss"])) == ("stopped after 7", "4", result.test_losses[2, 1, -1])


def test_the_numbers_are_those_of_the_reference_sheet() -> None:
    ways = (Choice("scratch"), Choice.of("scratch", l2=0.01), Choice.of("scratch", stop=60))
    none, penalty, stop = run_task(RegularizationCurves.of(MOONS.replace(variants=ways), 4)).outcomes
    assert none.train < 1e-3
    assert [none.test, penalty.test, stop.test] == [
        pytest.approx(loss, abs=far) for loss, far in ((1.63, 0.4), (0.316, 0.06), (0.334, 0.06))
    ]
    assert [none.accuracy, penalty.accuracy, stop.accuracy] == [pytest.approx(right, abs=0.03) for right in (0.836, 0.876, 0.862)]
    assert (none.rises, penalty.rises, stop.rises) == (True, False, False)


def test_the_usual_ways_are_those_that_the_optimizer_can_take() -> None:
    task = RegularizationCurves.of(MOONS.replace(l2=0.5))
    assert task.labels == ("plain", "L2 0.003", "L2 0.01", "L1 0.01", "weight decay 1", "dropout 0.5", "stopped after 60")
    assert task.experiment.optimizers == (Choice.of("adamw", lr=0.01, weight_decay=0.0),)
    begun = tuple(Choice.of("xavier", scale=scale) for scale in (0.1, 1.0, 10.0))
    assert RegularizationCurves.of(MOONS.replace(initials=begun)).experiment.initials == (Choice("xavier"),), (
        "too small a one learns nothing"
    )
    layerless = RegularizationCurves.of(MOONS.replace(widths=(), optimizers=(Choice("sgd"),), steps=10))
    assert layerless.labels == ("plain", "L2 0.003", "L2 0.01", "L1 0.01", "stopped after 1")
    with pytest.raises(ValueError, match="1 networks of each way are asked for; choose 2 to 100"):
        RegularizationCurves.of(MOONS, 1)
    with pytest.raises(ValueError, match="at most 8 ways can be told apart, and these are 9; compare fewer"):
        RegularizationCurves.of(MOONS.replace(variants=tuple(Choice.of("scratch", l2=0.001 * place) for place in range(9))))


def test_what_over_fits_is_told() -> None:
    task = RegularizationCurves.of(SMALL, 4)
    chance = np.array([0.99, 1.01, 1.0, 1.0])[:, None]
    course = np.linspace(1.0, 0.4, len(task.steps))
    risen, lost = np.where(np.arange(len(course)) < 5, course, 1.2), np.where(np.arange(len(course)) < 5, course, np.nan)
    tests = np.stack([risen * chance, course * chance, np.where(np.arange(4)[:, None] < 3, course, lost)])
    result = RegularizationResult(task, tests, tests, tests, tests)
    low = course[4]
    assert f"the test loss ends more than a tenth above its lowest: plain, from {low:.2g} at step {task.steps[4]} to 1.2." in result.told
    assert "Not over-fitting: dropout 0.5, stopped after 7." in result.told
    assert "Networks that overflowed are not counted: stopped after 7 (1)." in result.told
    assert "ends lowest with dropout 0.5, 0.4, and highest with plain, 1.2." in result.told
    figures = regularization_curves(result)
    assert [len(figure.data) for figure in figures] == [6, 6, 6]
    assert figures[1].data[3].y[-1] == pytest.approx(1.2, rel=0.02)


def test_no_way_is_told_to_end_lowest_where_all_end_alike() -> None:
    task = RegularizationCurves.of(SMALL, 4)
    idle = np.full((3, 4, len(task.steps)), 0.6931) + np.array([0.0, 1e-9, -1e-9])[:, None, None]
    told = RegularizationResult(task, idle, idle, idle, idle).told
    assert told.endswith(" The test loss ends alike with all of them, at 0.69."), "its ways differ by chance and rounding only"
    assert "lowest" not in told


def test_the_page_trains_and_tells_which_ways_over_fit() -> None:
    app = open_page(f"{SMALL.replace(variants=()).to_query()}&of_each_way=5", "network")
    app.session_state["expander penalties"] = True
    app.run()
    task = RegularizationCurves.of(kept(app).experiment, 5)
    job = jobs().find(task)
    assert job
    assert job.ended.wait(60)
    app.run()
    assert not app.exception
    assert job.result
    assert any(job.result.told in read(text) for text in app.markdown)
    next(button for button in app.button if button.label == "Look at one of each").click().run()
    assert kept(app).experiment == task.experiment
    assert all(button.label != "Look at one of each" for button in app.button), "they are what is looked at"
