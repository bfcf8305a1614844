"""What is said of real landscapes, against the numbers; and how a comparison's plane stays where training begins at points of it."""

from __future__ import annotations

import csv
import io
from functools import cache

import numpy as np
import pytest

from exports.network_data import training_to_csv, training_to_npz
from networks import planes
from scenario import Comparison, Experiment
from scenario.endings import Ending
from scenario.landscape_presets import LANDSCAPE_PRESETS, OPENING_LANDSCAPE, SHOWN
from scenario.measures import MEASURES
from scenario.network_panels import NETWORK_PANELS


@cache
def shown(name: str) -> Comparison:
    return LANDSCAPE_PRESETS[name].scenario.train()


def endings(name: str) -> list[Ending]:
    return [run.ending for run in shown(name).runs]


def ends(name: str) -> list[np.ndarray]:
    return [path[-1] for path in shown(name).relief.coordinates]


def along(name: str, run: int, other: int) -> list[float]:
    """The loss on the straight line between the ends of two runs."""
    comparison = shown(name)
    first, second = (comparison.runs[index].weights[-1] for index in (run, other))
    losses: list[float] = planes.line(comparison.network, first, second, comparison.data.x, comparison.data.y).losses.tolist()
    return losses


def check_three() -> None:
    assert shown("three").network.size == 17
    assert endings("three") == [Ending.LEARNING, Ending.LEARNED, Ending.LEARNED]
    sgd, momentum, adam = ends("three")
    assert np.linalg.norm(sgd - momentum) < 0.3 * np.linalg.norm(adam - momentum)
    assert max(along("three", 1, 2)) > 2 * shown("three").runs[1].losses[-1], "a ridge stands between the two valleys"
    relief = shown("three").relief
    assert relief.explained.sum() > 0.9 > relief.random_walk
    assert relief.end_factors.max() < 1.5


def check_moving() -> None:
    assert LANDSCAPE_PRESETS["moving"].scenario.replace(plane=Experiment.plane) == LANDSCAPE_PRESETS["three"].scenario
    assert shown("moving").labels[2] == "Adam"
    assert shown("moving").relief.factors[2] == pytest.approx(1, abs=1e-6)


def check_local() -> None:
    sgd, momentum, adam = shown("local").runs
    assert endings("local") == [Ending.LEARNED, Ending.LEARNED, Ending.STALLED]
    low = [run.steps[np.argmax(run.losses < 0.5)] for run in (sgd, momentum, adam)]
    assert low[2] == min(low)
    assert 0.65 < adam.accuracies[-1] < 0.85
    assert adam.gradient_norms[-1] < 0.01
    assert max(along("local", 2, 0)) > 1.1 * adam.losses[-1]


def check_batches() -> None:
    assert shown("batches").labels == ("batch 4", "batch 16", "batch 64", "all examples")
    detours = []
    for path in shown("batches").relief.coordinates:
        late = path[-40:]
        detours.append(np.linalg.norm(np.diff(late, axis=0), axis=1).sum() / np.linalg.norm(late[-1] - late[0]))
    assert detours == sorted(detours, reverse=True)
    assert detours[0] > 1.4 * detours[1]
    losses = [run.losses[-1] for run in shown("batches").runs]
    assert losses[0] > 2 * max(losses[1:])


def check_wall() -> None:
    comparison = shown("wall")
    assert endings("wall") == [Ending.LEARNED] * 2
    assert comparison.relief.end_factors == pytest.approx(1)
    assert [factors[0] for factors in comparison.relief.factors] == pytest.approx([1, 1])
    assert 7.5 < max(along("wall", 0, 1)) / max(run.losses[-1] for run in comparison.runs) < 8.5


def check_deceives() -> None:
    relief = shown("deceives").relief
    assert shown("deceives").network.size == 337
    assert round(float(relief.explained.sum()), 2) == 0.95
    assert 4 < relief.plane_losses[2][-1] / relief.true_losses[2][-1] < 7
    assert relief.deceives


@pytest.mark.parametrize("name", LANDSCAPE_PRESETS)
def test_what_a_preset_says_is_so(name: str) -> None:
    globals()[f"check_{name}"]()


def test_presets_are_looked_at_in_their_landscape() -> None:
    assert OPENING_LANDSCAPE is LANDSCAPE_PRESETS["three"]
    assert all(preset.show == SHOWN for preset in LANDSCAPE_PRESETS.values())
    assert OPENING_LANDSCAPE.panels == tuple(name for name in NETWORK_PANELS if name in SHOWN)
    assert all(len(preset.about) <= 140 for preset in LANDSCAPE_PRESETS.values()), "one line on a screen of 1280 pixels"


def test_the_data_that_are_taken_along_hold_the_plane_and_the_paths_on_it() -> None:
    comparison = shown("wall")
    rows = list(csv.DictReader(line for line in training_to_csv(comparison, landscape=True).splitlines() if line[0] != "#"))
    relief, kept = comparison.relief, len(comparison.steps)
    assert [float(rows[kept][name]) for name in ("first", "second", "plane_loss")] == [*relief.coordinates[1][0], relief.plane_losses[1][0]]
    assert "plane_loss" not in training_to_csv(comparison)
    with np.load(io.BytesIO(training_to_npz(comparison, landscape=True)), allow_pickle=False) as arrays:
        start = np.array([arrays["first"][0, 0], arrays["second"][0, 0]])
        assert arrays["plane_origin"] + start @ arrays["plane_directions"] == pytest.approx(arrays["weights"][0, 0])
        assert (arrays["plane_values"] == relief.values).all()
        assert all(f"{name}[" in str(arrays["about"]) for name in ("first, second", "plane_loss", "plane_window", "plane_values"))


def test_the_table_of_measures_says_what_the_plane_shows_once_it_was_looked_at() -> None:
    comparison = LANDSCAPE_PRESETS["wall"].scenario.train()
    told = {measure.title: measure.of for measure in MEASURES}
    assert np.isnan(told["Factor to the true loss"](comparison, comparison.runs[0]))
    relief = comparison.relief
    assert told["Factor to the true loss"](comparison, comparison.runs[1]) == relief.end_factors[1]
    assert told["Loss that the plane shows"](comparison, comparison.runs[1]) == relief.plane_losses[1][-1]
