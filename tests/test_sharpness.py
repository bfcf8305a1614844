"""The sharpness along training: the largest curvature, against the limit of each method. Lesson 25 holds the reference sheet's rates."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

import networks
import optimizers
from exports.network_data import training_to_csv, training_to_npz
from figures.networks import training_curves
from lab import sharpness
from lab.sharpness import sharpness_of, stability_limit
from networks.sharpness import EXACT, sharpness_along
from scenario import Choice, Experiment
from simulation import Cancelled

SINE = Experiment(data=Choice.of("sine", n=64, noise=0.1), widths=(16, 16), initials=(Choice("lecun"),))


def test_it_is_nan_from_where_a_training_overflows() -> None:
    comparison = SINE.replace(optimizers=(Choice.of("sgd", lr=0.4),), steps=200).train()
    (found,) = sharpness_of(comparison)
    overflowed = comparison.runs[0].diverged_at
    assert overflowed > 0
    assert np.isnan(found.values[comparison.steps >= overflowed]).all()
    assert np.isfinite(found.values[comparison.steps < 20]).all()


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_lanczos_and_the_whole_hessian_agree(activation: str) -> None:
    """Each network as if alone; none of one that is not finite."""
    data, net = networks.datasets.get("moons", n=40), networks.Network((2, 8, 4, 1), activation)
    assert net.size > EXACT
    weights = net.initial("xavier", runs=5, seed=1) + 0.01  # no unit exactly at its kink
    weights[3] = np.nan
    told: list[float] = []
    found = sharpness_along(net, weights, data.x, data.y, 0.1, report=told.append)
    assert np.isnan(found[3])
    known = [0, 1, 2, 4]
    assert found[known] == pytest.approx(net.sharpness(weights[known], data.x, data.y, 0.1), rel=1e-6)
    assert sharpness_along(net, weights[2:3], data.x, data.y, 0.1)[0] == found[2]
    assert told == [0.0]
    block = net.hessian(weights[known], data.x, data.y)[:, 24:, 24:]  # of what learns where the first layer is frozen
    assert sharpness_along(net, weights[known], data.x, data.y, frozen=1) == pytest.approx(np.linalg.eigvalsh(block)[:, -1], rel=1e-6)
    small = networks.Network((2, 4, 1), activation)
    weights = small.initial("xavier", runs=2)
    assert (sharpness_along(small, weights, data.x, data.y) == small.sharpness(weights, data.x, data.y)).all()


def test_each_method_has_its_own_limit_or_none() -> None:
    assert stability_limit(optimizers.get("sgd", lr=0.1)) == pytest.approx(20)
    assert stability_limit(optimizers.get("sgd", lr=0.1, weight_decay=0.5)) == pytest.approx(19.5)
    assert stability_limit(optimizers.get("momentum", lr=0.1, momentum=0.9)) == pytest.approx(38)
    assert stability_limit(optimizers.get("sgd", lr=0.1), [1.0, 0.5]) == pytest.approx([20, 40])
    assert stability_limit(optimizers.get("nesterov", lr=0.1, momentum=0.9)) == pytest.approx(38 / 2.8)
    assert stability_limit(optimizers.get("lion")) is None
    comparison = SINE.replace(
        steps=4, schedule=Choice("linear"), optimizers=(Choice.of("sgd", lr=0.1, change_at=3, change_by=0.5),)
    ).train()
    (found,) = sharpness_of(comparison)
    factors = comparison.experiment.build_schedule().factors(4)
    assert found.limit == pytest.approx(20 / factors[[0, 1, 2, 3, 3]] * [1, 1, 2, 2, 2])
    assert sharpness_of(comparison)[0] is found


def preconditioned_step(optimizer: optimizers.Optimizer, divisor: float, curvature: float, rate: float) -> float:
    """The largest factor by which errors grow in one step on a parabola whose slopes are divided by a fixed number, from the step's own
    equations: how point and velocity change is a matrix, whose columns are found one by one."""
    decay = float(optimizer.values["weight_decay"])
    apart, slope = (1 - rate * decay, curvature) if optimizer.decays_apart else (1.0, curvature + decay)
    kept = float(optimizer.values.get("beta1", optimizer.values.get("momentum", 0.0)))
    share = 1 - kept if "beta1" in optimizer.values else 1.0
    matrix = np.array([[kept, share * slope], [-rate * kept / divisor, apart - rate * share * slope / divisor]])
    return float(np.abs(np.linalg.eigvals(matrix)).max())


@pytest.mark.parametrize("name", [name for name in optimizers.names() if optimizers.get(name).preconditioner])
def test_the_limit_of_the_preconditioned_loss_is_where_steps_grow(name: str) -> None:
    """Once all corrections are 1 and the divisor stands still."""
    for decay in (0.0, 0.3):
        optimizer = optimizers.get(name, lr=0.01, weight_decay=decay)
        limit = stability_limit(optimizer)
        assert limit is not None
        divisor = 0.37
        coupled = 0.0 if optimizer.decays_apart else decay
        for factor, grows in ((0.999, False), (1.001, True)):
            assert (preconditioned_step(optimizer, divisor, factor * float(limit) * divisor - coupled, 0.01) > 1) == grows
    assert stability_limit(optimizers.get("adam", lr=0.01)) == pytest.approx(3800)


@pytest.mark.parametrize("name", ["adam", "rmsprop"])
def test_the_preconditioned_sharpness_is_that_of_the_hessian_divided(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against the states worked out from the slopes along the path, and the eigenvalues of a matrix that is not symmetric."""
    comparison = SINE.replace(widths=(6,), steps=6, l2=0.01, optimizers=(Choice.of(name, lr=0.05, weight_decay=0.02),)).train()
    (found,) = sharpness_of(comparison)
    net, data, run = comparison.network, comparison.data, comparison.runs[0]
    slopes = net.gradient(run.weights, data.x, data.y, 0.01) + 0.02 * run.weights
    state, expected = np.zeros(net.size), []
    for t, (slope, hessian) in enumerate(zip(slopes, net.hessian(run.weights, data.x, data.y, 0.01), strict=True), start=1):
        if t <= 6:  # after the last step there is none
            memory = 0.999 if name == "adam" else 0.9
            state = memory * state + (1 - memory) * slope**2
            divisor = np.sqrt(state) + 1e-8
            if name == "adam":
                divisor = (1 - 0.9**t) * (np.sqrt(state / (1 - 0.999**t)) + 1e-8)
        expected.append(np.linalg.eigvals((hessian + 0.02 * np.eye(net.size)) / divisor[:, None]).real.max())
    assert found.preconditioned == pytest.approx(expected, rel=1e-6)
    monkeypatch.setattr("networks.sharpness.EXACT", 0)
    assert sharpness_of(comparison.experiment.train())[0].preconditioned == pytest.approx(expected, rel=1e-4)


def test_it_can_be_stopped() -> None:
    with pytest.raises(Cancelled):
        sharpness_of(SINE.replace(steps=3).train(), lambda fraction: False)


def test_the_curve_has_the_limit_of_each_method_and_says_who_has_none() -> None:
    entrants = (Choice.of("sgd", lr=0.1), Choice.of("momentum", lr=0.1), Choice("lion"), Choice.of("adam", lr=0.01))
    comparison = SINE.replace(optimizers=entrants, batch=8, steps=5).train()
    figure = training_curves(comparison, "sharpness")
    title = figure.layout.yaxis.title.text
    assert title == (
        "sharpness, the largest curvature: dotted as Adam sees it, preconditioned; dashed the limit 2/lr, (2 + 2ρ)/lr, "
        "2(1 + β₁)/(1 - β₁)/lr of steps with all examples; no limit for Lion"
    )
    drawn = {trace.name: np.asarray(trace.y) for trace in figure.data}
    assert set(drawn) == {"SGD", "SGD, limit", "Momentum", "Momentum, limit", "Lion", "Adam", "Adam, preconditioned", "Adam, limit"}
    assert drawn["Adam, limit"] == pytest.approx(3800)
    assert drawn["Momentum, limit"] == pytest.approx(38)
    assert drawn["Adam"] == pytest.approx(sharpness_of(comparison)[3].values, rel=1e-5)
    assert figure.layout.yaxis.type == "log"
    alone = training_curves(SINE.replace(optimizers=entrants[2:3], steps=1).train(), "sharpness")
    assert alone.layout.yaxis.title.text == "sharpness, the largest curvature: no limit for Lion"
    plain = training_curves(SINE.replace(optimizers=entrants[:2], steps=5).train(), "sharpness")
    assert plain.layout.yaxis.range == pytest.approx((0, 1.06 * 38))
    slow = training_curves(SINE.replace(optimizers=(Choice.of("sgd", lr=0.001),), steps=1).train(), "sharpness")
    assert slow.layout.yaxis.type == "log"


def test_where_it_is_shown_it_is_among_the_numbers_that_are_saved() -> None:
    comparison = SINE.replace(widths=(4,), optimizers=(Choice.of("sgd", lr=0.1), Choice("adam")), steps=4).train()
    sgd, adam = (found.values for found in sharpness_of(comparison))
    rows = list(csv.DictReader(line for line in training_to_csv(comparison, sharpness=True).splitlines() if line[0] != "#"))
    assert [float(row["sharpness"]) for row in rows] == [*sgd, *adam]
    assert [row["sharpness_limit"] for row in rows[:5]] == ["20.0"] * 5
    assert {row["preconditioned_sharpness"] for row in rows[:5]} == {"nan"}
    assert [float(row["preconditioned_sharpness"]) for row in rows[5:]] == pytest.approx(sharpness_of(comparison)[1].preconditioned, rel=0)
    assert "sharpness" not in training_to_csv(comparison)
    with np.load(io.BytesIO(training_to_npz(comparison, sharpness=True)), allow_pickle=False) as arrays:
        assert (arrays["sharpness"] == [sgd, adam]).all()
        assert "sharpness_limit[network, kept]: " in str(arrays["about"])


def test_large_networks_are_looked_at_at_some_steps_only(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = SINE.replace(widths=(4,), steps=20).train()
    every = sharpness_of(comparison)[0].values
    monkeypatch.setattr(sharpness, "_MOST_PRODUCTS", 1e5)
    (found,) = sharpness_of(SINE.replace(widths=(4,), steps=20).train())
    same = found.values == every
    assert same[0]
    assert same[-1]
    assert 2 <= same.sum() < 15
    assert found.values == pytest.approx(every, rel=0.2)
