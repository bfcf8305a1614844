"""Every preset shows what it says: each sentence is held against the runs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from parameters import Array
from scenario import Choice, Race
from scenario.presets import PRESETS
from simulation import Run, measures
from simulation.attractors import lowest_loss
from simulation.verdicts import Ending, verdicts


def final(run: Run) -> float:
    """The median of the final loss above the lowest."""
    return float(np.median(run.losses[-1])) - lowest_loss(run.landscape)


def lengths(run: Run) -> Array:
    """Of all steps, shape (steps, N)."""
    moved: Array = np.linalg.norm(np.diff(run.positions, axis=0), axis=1)
    return moved


def sign_changes(values: Array) -> int:
    return int((np.diff(np.sign(values)) != 0).sum())


def steps(run: Run) -> float:
    return float(np.median(measures.steps_to(run)))


def share(run: Run, what: str) -> float:
    return measures.shares(run)[what]


def five(race: Race) -> None:
    sgd = race.runs[0]
    limit = 2 / race.landscape.hessian(race.starts)[1, 1, 0]
    assert dict(race.scenario.landscape.settings)["condition"] == 50
    assert 0.95 * limit < sgd.optimizer.values["lr"] < limit
    jumps = sgd.positions[:46, 1, 0]  # what is seen in the first three of eight seconds
    assert sign_changes(jumps) == 45
    assert abs(jumps[-1]) > 0.2, "and the jumps can still be seen"
    arrivals = [int(verdicts(run).since[0]) for run in race.runs]
    assert all(verdicts(run).ending[0] == Ending.ARRIVED for run in race.runs)
    assert len(set(arrivals)) == 5
    assert max(arrivals[1:]) < 0.75 * arrivals[0]
    assert 0.85 * race.scenario.steps < arrivals[0] < race.scenario.steps, "the loop ends shortly after the last one has arrived"
    assert min(arrivals[1:]) > 45, "nobody rests while it is new"
    after = 12
    apart = {tuple(np.round(run.positions[after, :, 0], 1)) for run in race.runs}
    assert len(apart) == 5, "each on a way of its own"


def jitter(race: Race) -> None:
    sgd, momentum = race.runs
    across = sgd.positions[:20, 1, 0]
    assert sign_changes(across) == 19, "from wall to wall at every step"
    assert sign_changes(momentum.positions[:20, 1, 0]) < 10
    assert abs(momentum.positions[-1, 0, 0]) < abs(sgd.positions[-1, 0, 0])
    assert (momentum.losses <= sgd.losses).all(), "the loss says at every step what the sentence says"


def rates(race: Race) -> None:
    small, right, big = race.runs
    assert final(right) < 1e-6 < 1 < final(small)
    assert final(big) > big.losses[0, 0]
    curvature = race.landscape.hessian(race.starts)[1, 1, 0]
    assert big.optimizer.values["lr"] > 2 / curvature > right.optimizer.values["lr"]


def saddle(race: Race) -> None:
    sgd, momentum, rmsprop, adam = race.runs
    assert steps(sgd) > max(steps(run) for run in (momentum, rmsprop, adam)) > 0
    assert np.hypot(*race.landscape.gradient(sgd.positions[30])).max() < 0.2


def newton(race: Race) -> None:
    newton, saddle_free, _ = race.runs
    assert share(newton, "stalled") == 1
    assert share(saddle_free, "global minimum") == 1


def basins(race: Race) -> None:
    sgd, momentum, _ = race.runs
    minima = np.array(race.landscape.minima)[:, :2].T
    ends = [np.hypot(*(run.positions[-1][:, :, None] - minima[:, None, :])).argmin(axis=1) for run in (sgd, momentum)]
    assert set(ends[0]) == {0, 1, 2, 3}
    assert (ends[0] != ends[1]).mean() > 0.05


def wells(race: Race) -> None:
    sgd, momentum, _ = race.runs
    assert share(momentum, "global minimum") > share(sgd, "global minimum") + 0.1
    assert share(sgd, "global minimum") + share(sgd, "local minimum") > 0.95


def valley(race: Race) -> None:
    sgd, momentum, adam = race.runs
    assert final(sgd) > 10 * max(final(momentum), final(adam))
    assert sgd.losses[50, 0] < 0.2 * sgd.losses[0, 0], "the valley is found quickly"


def adagrad(race: Race) -> None:
    stalling, steady = race.runs
    assert lengths(stalling)[100, 0] < 0.3 * lengths(stalling)[5, 0]
    assert final(stalling) > 10 * final(steady)


def axes(race: Race) -> None:
    sgd, *scaled = race.runs
    x, y = race.starts[:, 0]
    towards = np.array([-x, -y]) / np.hypot(x, y)

    def angle(run: Run) -> float:
        step = run.positions[1, :, 0] - run.positions[0, :, 0]
        return float(np.degrees(np.arccos(step @ towards / np.hypot(*step))))

    assert angle(sgd) > 45
    assert max(angle(run) for run in scaled) < 35


def bias(race: Race) -> None:
    corrected, raw = race.runs
    assert 2.5 < lengths(raw)[0, 0] / lengths(corrected)[0, 0] < 3.5


def look_ahead(race: Race) -> None:
    momentum, nesterov = race.runs
    overshoot = [run.positions[:, 0, 0].max() for run in (momentum, nesterov)]
    assert overshoot[1] < 0.8 * overshoot[0]
    assert steps(nesterov) < steps(momentum)


def spread(run: Run) -> float:
    return float(np.median(np.hypot(*run.positions[-50:].swapaxes(0, 1))))


def noise(race: Race) -> None:
    large, small = race.runs
    assert np.median(large.losses[10]) < 0.5 * np.median(small.losses[10])
    assert spread(large) > 1.3 * spread(small)


def decay(race: Race) -> None:
    constant = race.scenario.replace(schedule=Choice("constant")).race()
    for decayed, noisy in zip(race.runs, constant.runs, strict=True):
        assert final(decayed) < 0.2 * final(noisy)


def crowd(race: Race) -> None:
    for run in race.runs:
        assert share(run, "local minimum") > 0.8


CLAIMS: dict[str, Callable[[Race], None]] = {
    "five": five,
    "jitter": jitter,
    "rates": rates,
    "saddle": saddle,
    "newton": newton,
    "basins": basins,
    "wells": wells,
    "valley": valley,
    "adagrad": adagrad,
    "axes": axes,
    "bias": bias,
    "look ahead": look_ahead,
    "noise": noise,
    "decay": decay,
    "crowd": crowd,
}


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_shows_what_it_says(name: str) -> None:
    CLAIMS[name](PRESETS[name].scenario.race())


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_worth_a_sentence(name: str) -> None:
    preset = PRESETS[name]
    assert preset.title
    assert preset.about.endswith(".")
    assert len(preset.about) < 180
