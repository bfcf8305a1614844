"""Training many networks at once: against PyTorch's runs, the same bits whatever trains beside, and what theory says of it."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

import optimizers
from networks import Network, datasets, train
from networks.signals import statistics
from networks.smoothness import smoothness
from networks.training import matrices
from networks.training.draws import Batches, Dropout
from optimizers import Optimizer, schedules, update_rules
from parameters import Array
from simulation import Cancelled

REFERENCE: dict[str, Any] = json.loads((Path(__file__).parent / "reference" / "networks.json").read_text())
MOONS = datasets.get("moons", n=64, test=32)
SMALL = Network((2, 4, 1))
SGD, ADAM = optimizers.get("sgd", lr=0.5), optimizers.get("adam", lr=0.02)


# ---- against PyTorch


def optimizer_of(method: str, given: dict[str, Any]) -> Optimizer:
    """Ours, for a method of torch.optim and its arguments."""
    values = dict(given)
    for name, ours in {"betas": ("beta1", "beta2"), "step_sizes": ("shortest", "longest")}.items():
        values |= dict(zip(ours, values.pop(name, ()), strict=False))
    values = {{"rho": "decay", "alpha": "decay"}.get(name, name) if method != "SAM" else name: value for name, value in values.items()}
    if method == "LBFGS":
        return optimizers.get("l_bfgs", lr=given["lr"], memory=given["history_size"], search=False)
    if method == "SGD" and "momentum" in values:
        return optimizers.get("momentum", **values)
    return optimizers.get("amsgrad" if values.pop("amsgrad", False) else method.lower(), **values)


@pytest.mark.parametrize("case", REFERENCE["runs"], ids=lambda case: f"{case['method']}-{len(case['arguments'])}")
def test_fifty_steps_are_those_of_torch(case: dict[str, Any]) -> None:
    data = np.array(case["x"]), np.array(case["y"], dtype=np.int64)
    training = train(Network(REFERENCE["sizes"]), data, optimizer_of(case["method"], case["arguments"]), case["weights"], 50)
    assert np.abs(training.weights[-1, 0] - case["end"]).max() < 1e-10
    assert np.abs(training.losses[:-1, 0] - case["losses"]).max() < 1e-10


def test_running_statistics_are_those_of_torch() -> None:
    """Those of ten passes with other weights each: each network makes one of them."""
    case = REFERENCE["running"]
    net = Network((2, 4, 3, 1), batch_norm=True)
    x = np.array(case["x"])
    one = train(net, (x, np.arange(len(x)) % 2), optimizers.get("sgd", lr=0.0), case["weights"], 1).statistics
    running = one[0, 0]
    for after in one[1]:
        running = 0.9 * running + (after - 0.9 * one[0, 0])
    assert np.abs(running - case["statistics"]).max() < 1e-12


# ---- the same bits


def everything(net: Network, method: str, **changes: Any) -> Array:
    """The ends of 13 networks, with all that chance and the rest can do to them."""
    rates = np.linspace(0.01, 0.1, 13)
    chosen = changes.pop("mine", np.arange(13))
    optimizer = optimizers.get(method, lr=rates[chosen]).clipped(clip_norm=1.0)
    options: dict[str, Any] = {"batch": 16, "schedule": schedules.get("cosine"), "l2": 0.01, "l1": 0.001, "noise": 0.01, "seed": 3}
    training = train(net, MOONS, optimizer, net.initial("he", 13)[chosen], 12, numbers=chosen, **options | changes)
    return np.concatenate(
        [training.weights[-1], training.batch_losses[-2][:, None], training.update_ratios[-2], training.losses[-1:].T], axis=1
    )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("net", "method"),
    [
        (Network((2, 8, 8, 1), batch_norm=True, dropout=0.3), "adam"),
        (Network((2, 8, 1), "relu"), "sam"),
        (SMALL, "l_bfgs"),
        (SMALL, "bfgs"),
        (SMALL, "newton"),
        (Network((2, 5, 2), "gelu", loss="softmax"), "lamb"),
    ],
    ids=str,
)
def test_a_network_trains_alone_as_in_company(net: Network, method: str, dtype: Any) -> None:
    together = everything(net, method, dtype=dtype)
    assert np.isfinite(together[:, : net.size]).all()
    assert np.array_equal(everything(net, method, dtype=dtype, chunk=4), together)
    assert np.array_equal(everything(net, method, dtype=dtype, chunk=2, workers=3), together)
    for mine in ([0], [12], [3, 9]):
        assert np.array_equal(everything(net, method, dtype=dtype, mine=np.array(mine)), together[mine])


@pytest.mark.parametrize("batch", [None, 8])
def test_each_learns_from_its_own_data_as_it_would_alone(batch: int | None) -> None:
    sets = [datasets.get("moons", n=24, test=16, seed=seed) for seed in range(5)]
    net, weights, measured = Network((2, 8, 1), batch_norm=True), Network((2, 8, 1), batch_norm=True).initial("he", 5), {}
    measures = ("weights", "losses", "test_losses", "accuracies", "test_accuracies", "gradient_norms", "batch_losses")
    for chunk in (2, 5):
        together = train(net, sets, ADAM, weights, 6, batch, chunk=chunk)
        measured[chunk] = [getattr(together, name) for name in measures]
    for row, data in enumerate(sets):
        alone = train(net, data, ADAM, weights[row], 6, batch, numbers=[row])
        for of in measured.values():
            for name, values in zip(measures, of, strict=True):
                assert np.array_equal(values[:, [row]], getattr(alone, name), equal_nan=True), name


def test_one_rate_for_each_is_that_rate_for_all() -> None:
    weights = SMALL.initial("lecun", 3)
    rates = np.array([0.01, 0.1, 1.0])
    for method in ("sgd", "nadam", "schedule_free_adamw"):
        each = train(SMALL, MOONS, optimizers.get(method, lr=rates), weights, 8, keep="last").weights[0]
        for row, rate in enumerate(rates):
            assert np.array_equal(each[row], train(SMALL, MOONS, optimizers.get(method, lr=rate), weights, 8, keep="last").weights[0, row])


def test_what_is_kept_changes_nothing() -> None:
    weights = SMALL.initial("lecun", 2)
    path = train(SMALL, MOONS, ADAM, weights, 10, batch=8)
    some = train(SMALL, MOONS, ADAM, weights, 10, batch=8, keep=cast(Any, np.array([0, 3, 10])))
    assert (path.weights.shape, some.steps.tolist()) == ((11, 2, SMALL.size), [0, 3, 10])
    for name in ("weights", "losses", "test_losses", "accuracies", "test_accuracies", "batch_losses", "update_ratios", "gradient_norms"):
        assert np.array_equal(getattr(some, name), getattr(path, name)[[0, 3, 10]], equal_nan=True), name
    assert np.array_equal(path.weights[0], weights)
    assert np.array_equal(train(SMALL, MOONS, ADAM, weights, 10, batch=8, keep="last").weights[0], path.weights[-1])


# ---- optimizers


REFUSED = ("nelder_mead", "cma_es")


@pytest.mark.parametrize("name", [name for name in optimizers.names() if name not in REFUSED])
def test_every_optimizer_trains_networks(name: str) -> None:
    optimizer = optimizers.get(name).for_networks()
    training = train(SMALL, MOONS, optimizer, SMALL.initial("xavier", 2), 25)
    assert (training.diverged_at == -1).all()
    if name != "newton":  # which seeks saddles as well
        assert (training.losses[-1] < 0.9 * training.losses[0]).all()
    declared = {entry.name: entry.on_networks or entry.default for entry in optimizer.parameters}
    assert optimizer.values == declared


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_declared_in_the_plane_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"is declared in two dimensions, and 2-4-1 Tanh has 17 weights; choose one that uses gradients"):
        train(SMALL, MOONS, optimizers.get(name), SMALL.initial(), 1)


@pytest.mark.parametrize("name", ["newton", "saddle_free_newton", "bfgs"])
def test_matrices_are_for_few_weights(name: str) -> None:
    net = Network((2, 16, 1))
    with pytest.raises(ValueError, match=r"keeps a matrix of 65 x 65 numbers for each network of 65 weights, and at most 64 weights"):
        train(net, MOONS, optimizers.get(name), net.initial(), 1)


def test_matrices_do_what_they_do_in_the_plane() -> None:
    draws = np.random.default_rng(0)
    xx, xy, yy = draws.standard_normal((3, 40)) + np.array([[2], [0], [2]])
    full = np.stack([xx, xy, xy, yy], axis=1)
    vector, change, damping = draws.standard_normal((40, 2)), draws.standard_normal((40, 2)), np.array(0.1)
    given = {"times": (vector,), "solve": (vector, damping), "solve_absolute": (vector, damping), "curvature_update": (vector, change)}
    for name, others in given.items():
        flat = update_rules.FUNCTIONS[name].shape == "vector"
        ours, plane = np.empty((40, 2 if flat else 4)), np.empty((2 if flat else 3, 40))
        matrices.FUNCTIONS[name](full, *others, ours)
        update_rules.FUNCTIONS[name].compute(np.stack([xx, xy, yy]), *(other.T if other.ndim else other for other in others), plane)
        assert ours.T[slice(None) if flat else [0, 1, 3]] == pytest.approx(plane, rel=1e-9, abs=1e-9), name


def test_a_singular_matrix_is_one_networks_own_trouble() -> None:
    full, out = np.array([[1.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0], [np.nan, 0.0, 0.0, 1.0]]), np.empty((3, 2))
    matrices.solve(full, np.ones((3, 2)), np.array(0.0), out)
    assert np.isnan(out).any(axis=1).tolist() == [False, True, True]
    with np.errstate(all="ignore"):
        matrices.solve_absolute(full, np.ones((3, 2)), np.array([[1.0], [1.0], [1.0]]), out)
    assert out[:2] == pytest.approx(np.array([[0.5, 0.5], [1.0, 1.0]]))
    assert np.isnan(out[2]).all()


def test_newton_steps_to_where_the_parabola_ends() -> None:
    """A linear network with a squared loss is a parabola in its weights: one whole step is enough."""
    net = Network((2, 1), loss="squared")
    data = MOONS.x, 3 * MOONS.x[:, :1] - 2 * MOONS.x[:, 1:] + 1
    end = train(net, data, optimizers.get("newton", lr=1.0, damping=0.0), net.initial("normal", std=1.0), 1).weights[-1, 0]
    assert end == pytest.approx([3, -2, 1], abs=1e-8)


# ---- what can be asked of a training


def test_penalties_are_part_of_what_is_learnt() -> None:
    weights = SMALL.initial("lecun", 2, seed=1)
    step = train(SMALL, MOONS, SGD, weights, 1, l2=np.array([0.0, 0.1]), l1=0.01).weights[1]
    assert step == pytest.approx(weights - 0.5 * SMALL.gradient(weights, MOONS.x, MOONS.y, l2=[0.0, 0.1], l1=0.01), abs=1e-15)
    line = optimizers.get("bfgs")
    found = train(SMALL, MOONS, line, weights, 15, l2=0.1)
    assert (np.diff(SMALL.loss(found.weights.reshape(-1, SMALL.size), MOONS.x, MOONS.y, l2=0.1).reshape(16, 2), axis=0) <= 0).all()


def test_frozen_layers_stay_as_they_are() -> None:
    net = Network((2, 6, 5, 1), batch_norm=True)
    weights = net.initial("he", 2)
    end = train(net, MOONS, optimizers.get("adamw", weight_decay=1.0), weights, 5, frozen=(0, 2), noise=0.1).weights[-1]
    for number, layer in enumerate(net.layers):
        assert np.array_equal(end[:, layer.whole], weights[:, layer.whole]) == (number != 1)
    slopes = net.gradient(weights, MOONS.x, MOONS.y)
    for frozen in ((0,), (1,), (0, 1)):
        moved = train(net, MOONS, SGD, weights, 1, frozen=frozen).weights[-1] - weights
        for number, layer in enumerate(net.layers):
            assert np.allclose(moved[:, layer.whole], -0.5 * slopes[:, layer.whole] if number not in frozen else 0.0, atol=1e-14)


def test_a_schedule_scales_the_rate() -> None:
    weights = SMALL.initial("lecun")
    path = train(SMALL, MOONS, SGD, weights, 4, schedule=schedules.get("step", every=2, drop=0.5)).weights[:, 0]
    for step in range(4):
        slopes = SMALL.gradient(path[step], MOONS.x, MOONS.y)[0]
        assert path[step + 1] == pytest.approx(path[step] - (0.5 if step < 2 else 0.25) * slopes, abs=1e-15)


def test_a_network_that_overflows_is_marked_and_the_others_go_on() -> None:
    net = Network((2, 8, 1), "relu", loss="squared")
    data = MOONS.x, MOONS.y[:, None].astype(float)
    weights = net.initial("he", 3)
    rates = np.array([0.01, 1e6, 0.01])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        training = train(net, data, optimizers.get("sgd", lr=rates), weights, 20)
        measured = training.losses, training.gradient_norms, training.batch_losses, training.update_ratios
    gone = int(training.diverged_at[1])
    assert training.diverged_at.tolist() == [-1, gone, -1]
    assert 1 < gone < 20
    assert np.isfinite(training.weights[:gone, 1]).all()
    assert np.isnan(training.weights[gone:, 1]).all()
    for found in measured:
        assert np.isnan(found[gone:, 1]).all()
        assert np.isfinite(found[:-1, [0, 2]]).all()
    assert np.array_equal(training.weights[:, [0, 2]], train(net, data, optimizers.get("sgd", lr=0.01), weights, 20).weights[:, [0, 2]])
    assert train(net, data, optimizers.get("sgd", lr=rates), weights, 20, keep="last").diverged_at[1] == gone


def test_what_is_measured() -> None:
    weights = SMALL.initial("lecun", 2)
    training = train(SMALL, MOONS, SGD, weights, 3)
    for step in range(3):
        before, after = training.weights[step], training.weights[step + 1]
        for number, layer in enumerate(SMALL.layers):
            ratio = np.linalg.norm((after - before)[:, layer.whole], axis=1) / np.linalg.norm(before[:, layer.whole], axis=1)
            assert training.update_ratios[step, :, number] == pytest.approx(ratio)
    assert training.batch_losses[:-1] == pytest.approx(training.losses[:-1], abs=1e-15)
    assert training.gradient_norms[1] == pytest.approx(np.linalg.norm(SMALL.gradient(training.weights[1], MOONS.x, MOONS.y), axis=1))
    assert training.test_losses[2] == pytest.approx(SMALL.loss(training.weights[2], MOONS.test_x, MOONS.test_y))
    assert training.test_accuracies[2] == pytest.approx(SMALL.accuracy(training.weights[2], MOONS.test_x, MOONS.test_y))
    normalized = Network((2, 4, 1), batch_norm=True)
    learnt = train(normalized, MOONS, SGD, normalized.initial("he"), 2)
    x, y = np.concatenate([MOONS.x, MOONS.test_x]), np.concatenate([MOONS.y, MOONS.test_y])
    known = statistics(normalized, learnt.weights[2], MOONS.x)
    alone = [normalized.loss(learnt.weights[2], x[[i]], y[[i]], statistics=known)[0] for i in range(len(MOONS.x), len(x))]
    assert learnt.test_losses[2] == pytest.approx(np.mean(alone)), "what is said of one test example does not depend on the others"
    sine = datasets.get("sine")
    line = Network((1, 3, 1), loss="squared")
    assert np.isnan(train(line, sine, SGD, line.initial(), 1).accuracies).all()


def test_progress_is_told_and_a_training_can_be_stopped() -> None:
    seen: list[float] = []
    train(SMALL, MOONS, SGD, SMALL.initial(runs=4), 10, chunk=2, progress=seen.append)
    assert seen[-1] == 1.0
    with pytest.raises(Cancelled):
        train(Network((2, 64, 64, 1)), MOONS, SGD, Network((2, 64, 64, 1)).initial(runs=8), 10_000, keep="last", progress=lambda _: False)


WEIGHTS = SMALL.initial()


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        ({"steps": -1}, ValueError, "steps is -1; choose 0 or more"),
        ({"steps": 2.5}, TypeError, "steps must be a whole number, not 2.5"),
        ({"optimizer": MOONS}, TypeError, "optimizer must be a name or an Optimizer, not Dataset"),
        ({"schedule": MOONS}, TypeError, "schedule must be a name, a Schedule or None"),
        ({"net": "small"}, TypeError, "net must be a Network"),
        ({"data": 3}, TypeError, r"data must be a name, a Dataset, networks.datasets.get\('moons'\) say"),
        (
            {"data": datasets.get("digits", n=20, test=20)},
            ValueError,
            r"x must have the shape \(n, 2\), an example a row; this has \(20, 64\)",
        ),
        ({"data": [MOONS, MOONS]}, ValueError, "data holds 2 data sets for 1 networks; give one for each, or one for all of them"),
        (
            {"data": [MOONS, datasets.get("moons", n=65)], "weights": np.stack([WEIGHTS[0]] * 2)},
            ValueError,
            "must have equally many examples; these have 64 and 65",
        ),
        ({"data": datasets.get("blobs", n=20, test=20)}, ValueError, "labels from 0 to 1; these reach from 0 to 2"),
        ({"weights": WEIGHTS + np.inf}, ValueError, "weights must be finite where they begin; those of network 0 are not"),
        ({"weights": WEIGHTS[:, :5]}, ValueError, r"must have the shape \(R, 17\)"),
        ({"batch": 65}, ValueError, "batch is 65, and there are 64 examples; choose at most so many, or None for all"),
        ({"batch": 0}, ValueError, "batch is 0; choose a whole number from 1"),
        ({"l2": -1.0}, ValueError, "l2 holds -1.0; choose from 0"),
        ({"noise": -1.0}, ValueError, "noise is -1.0; it is a standard deviation"),
        ({"frozen": (2,)}, ValueError, r"frozen\[0\] is 2; choose a whole number from 0 to 1"),
        ({"frozen": "ab"}, TypeError, "frozen must hold the numbers of layers, from 0 to 1"),
        ({"keep": [0, 1]}, ValueError, "the steps to keep must rise from 0 or more to the last step, 3"),
        ({"dtype": np.int64}, ValueError, "choose np.float64 or np.float32"),
        ({"optimizer": optimizers.get("sgd", lr=np.ones(3))}, ValueError, "lr holds 3 values for 1 networks"),
        (
            {"memory": 5000},
            ValueError,
            "networks of 17 weights compute on 9,[0-9]* bytes at a time, and the limit is 5,000 bytes; choose fewer or narrower layers",
        ),
        ({"steps": 10**9}, ValueError, r"1 networks of 17 weights and 1,000,000,000 steps need .* GiB of history .*; keep fewer steps"),
    ],
)
def test_what_cannot_be_trained_is_said(change: dict[str, Any], kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        train(**{"net": SMALL, "data": MOONS, "optimizer": SGD, "weights": WEIGHTS, "steps": 3, **change})


# ---- batches, dropout, noise


def test_an_epoch_goes_through_all_examples_in_a_new_order() -> None:
    batches = Batches(0, np.arange(5), 20, 6, replacement=False)
    steps = np.array([batches.at(step) for step in range(6)])  # two epochs of three batches, two examples left out of each
    for epoch in (steps[:3], steps[3:]):
        for network in range(5):
            assert len(np.unique(epoch[:, network])) == 18
    assert not np.array_equal(steps[:3], steps[3:])
    assert not np.array_equal(steps[:, 0], steps[:, 1])
    assert np.array_equal(batches.at(1), steps[1]), "any step can be had without those before it"
    assert np.array_equal(Batches(0, np.array([3]), 20, 6, False).at(4)[0], steps[4, 3])
    assert not np.array_equal(Batches(1, np.arange(5), 20, 6, False).at(0), steps[0])


def test_with_replacement_every_example_is_as_likely() -> None:
    batches = Batches(0, np.arange(50), 10, 20, replacement=True)
    drawn = np.array([batches.at(step) for step in range(20)])
    shares = np.bincount(drawn.reshape(-1), minlength=10) / drawn.size
    assert shares == pytest.approx(0.1, abs=0.01)
    assert min(len(np.unique(batch)) for batch in drawn.reshape(-1, 20)) < 10
    assert np.array_equal(Batches(0, np.array([7]), 10, 20, True).at(13)[0], drawn[13, 7])


@pytest.mark.parametrize("size", [1, 4, 16, 64])
def test_the_gradients_noise_has_the_covariance_of_theory(size: int) -> None:
    """S/B (1 - B/N) where a batch of B is drawn from N without replacement."""
    weights = SMALL.initial("xavier", seed=1)
    data = datasets.get("moons", n=128)
    each = np.array([SMALL.gradient(weights, data.x[[i]], data.y[[i]])[0] for i in range(128)])
    found = each[Batches(0, np.arange(6000), 128, size, False).at(0)].mean(axis=1)
    wanted = each.var(axis=0, ddof=1).sum() / size * (1 - size / 128)
    assert found.var(axis=0).sum() == pytest.approx(wanted, rel=0.03)


def test_a_batch_of_all_examples_is_the_whole_set() -> None:
    weights = SMALL.initial("lecun")
    whole, batch = (train(SMALL, MOONS, SGD, weights, 5, batch=size).weights for size in (None, 64))
    assert batch == pytest.approx(whole, abs=1e-14)


def test_dropout_leaves_out_its_share_and_keeps_the_mean() -> None:
    masks = [np.empty((3, 40, 50)), np.empty((3, 7, 9))]
    dropout = Dropout(0, np.arange(3), masks, 0.3)
    dropout.draw(4)
    first = masks[0].copy()
    assert set(np.unique(first.round(3))) == {0.0, 1.429}
    assert (first == 0).mean() == pytest.approx(0.3, abs=0.02)
    assert first.mean() == pytest.approx(1.0, abs=0.03)
    dropout.draw(5)
    assert not np.array_equal(masks[0], first)
    alone = [np.empty((1, 40, 50)), np.empty((1, 7, 9))]
    Dropout(0, np.array([2]), alone, 0.3).draw(4)
    assert np.array_equal(alone[0][0], first[2])


def test_noise_is_added_to_the_slopes() -> None:
    weights = np.repeat(SMALL.initial("lecun"), 400, axis=0)
    step = train(SMALL, MOONS, SGD, weights, 1, noise=0.2).weights[1]
    noise = (weights - step) / 0.5 - SMALL.gradient(weights[:1], MOONS.x, MOONS.y)
    assert noise.std() == pytest.approx(0.2, rel=0.02)
    assert np.abs(noise.mean(axis=0)).max() < 0.05


# ---- what theory says


def test_zeros_never_learn() -> None:
    net = Network((2, 6, 5, 1))
    training = train(net, MOONS, SGD, net.initial("zeros"), 30)
    assert training.losses == pytest.approx(np.log(2), abs=1e-15)


def test_equal_units_stay_equal() -> None:
    net = Network((2, 6, 5, 1))
    training = train(net, MOONS, SGD, net.initial("constant", value=0.5), 300, keep="last")
    assert training.losses[0, 0] < 0.5, "they do learn"
    for matrix, _ in net.unpack(training.weights[0])[:2]:
        assert np.ptp(matrix[0], axis=0).max() < 1e-12


def test_slow_rates_stay_below_the_edge_of_stability_and_faster_ones_hover_there() -> None:
    """Cohen et al. 2021, arXiv:2103.00065: full-batch gradient descent raises the sharpness to 2/rate and no higher."""
    net, sine = Network((1, 16, 16, 1), loss="squared"), datasets.get("sine")
    rates = np.array([0.02, 0.05, 0.1, 0.2])
    weights = net.initial("lecun", 4, numbers=[0, 0, 0, 0])
    training = train(net, sine, optimizers.get("sgd", lr=rates), weights, 3000, keep=[0, 2400, 2600, 2800, 3000])
    sharpness = np.array([net.sharpness(weights, sine.x, sine.y) for weights in training.weights[1:]]).mean(axis=0)
    assert (training.losses[-1] < training.losses[0]).all()
    assert sharpness[0] * rates[0] / 2 < 0.9
    assert sharpness[1:] * rates[1:] / 2 == pytest.approx(1.0, abs=0.07)


@pytest.mark.parametrize(
    ("activation", "scale", "plain", "normalized"),
    [("tanh", 1.0, (0.201, 2.6, 9.2), (0.063, 1.05, 5.7)), ("relu", 2**0.5, (2.96, 15.6, 21.9), (0.112, 0.90, 7.4))],
)
def test_batch_norm_makes_the_loss_smoother_along_the_step(activation: str, scale: float, plain: Any, normalized: Any) -> None:
    """Santurkar et al. 2018: range of the loss, change of the gradient, effective smoothness; their order, and their size to a factor."""
    data = datasets.get("digits", n=1024, test=10)
    found = []
    for batch_norm in (False, True):
        net = Network((64, *[32] * 6, 10), activation, batch_norm, loss="softmax")
        starts = net.initial("lecun", 2, scale=scale)
        path = train(net, data, optimizers.get("sgd", lr=0.1), starts, 150, batch=128, keep=[*range(10, 151, 10)]).weights
        seen = smoothness(net, path.reshape(-1, net.size), data.x[:128], data.y[:128], 0.1)
        found.append([float(np.mean(part)) for part in (seen.loss_range, seen.gradient_change, seen.effective_beta)])
    assert (np.array(found[1]) < found[0]).all()
    assert np.abs(np.log(np.array(found) / [plain, normalized])).max() < np.log(2), found


# ---- curvature


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_a_hessian_is_the_slope_of_the_gradient(activation: str) -> None:
    net = Network((2, 5, 4, 1), activation)
    weights = net.initial("he", 3, seed=2) + 0.1
    hessian = net.hessian(weights, MOONS.x, MOONS.y, l2=0.1)
    assert hessian.shape == (3, net.size, net.size)
    assert np.array_equal(hessian, hessian.swapaxes(1, 2))
    direction = np.random.default_rng(0).standard_normal(net.size)
    ahead, behind = (net.gradient(weights + step * direction, MOONS.x, MOONS.y, l2=0.1) for step in (1e-6, -1e-6))
    assert hessian @ direction == pytest.approx((ahead - behind) / 2e-6, abs=1e-7)
    assert net.sharpness(weights, MOONS.x, MOONS.y) == pytest.approx(
        np.linalg.eigvalsh(net.hessian(weights, MOONS.x, MOONS.y))[:, -1], rel=1e-6
    )
    assert np.array_equal(net.hessian(weights[1], MOONS.x, MOONS.y, l2=0.1)[0], hessian[1])


def test_a_hessian_is_exact_where_it_is_known() -> None:
    """Of a linear network with a squared loss it is 2/n X'X, ones for the bias."""
    net = Network((2, 1), loss="squared")
    ones = np.concatenate([MOONS.x, np.ones((64, 1))], axis=1)
    assert net.hessian(net.initial(), MOONS.x, MOONS.y)[0] == pytest.approx(2 / 64 * ones.T @ ones, abs=1e-12)


def test_too_large_a_hessian_is_refused() -> None:
    net = Network((2, 20, 20, 1))
    with pytest.raises(ValueError, match=r"the Hessian of a network of 501 weights has 251,001 numbers; at most 400 weights"):
        net.hessian(net.initial(), MOONS.x, MOONS.y)
