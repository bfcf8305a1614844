"""Networks: data, activations, initializers, and what a network computes, against PyTorch's numbers and against what theory says."""

from __future__ import annotations

import json
import math
import pickle
import warnings
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

import networks
from networks import Dataset, Network, activations, datasets, initializers, kernels, running
from networks.loss import LOSSES
from networks.passes import runs_at_once
from networks.running import in_place, one_thread
from parameters import Array

REFERENCE: dict[str, Any] = json.loads((Path(__file__).parent / "reference" / "networks.json").read_text())
LOSS_IN_TORCH = {loss.torch: name for name, loss in LOSSES.items()}
EACH_ACTIVATION = pytest.mark.parametrize("name", activations.names())
GRID = np.concatenate([np.linspace(-12, 12, 4801), [0.0, -0.0, 1e-300, -40.0, 40.0, 800.0, -800.0]])


def activation_of(call: str) -> networks.Activation:
    """The activation that stands for a module of torch.nn."""
    for name in activations.names():
        activation = activations.get(name)
        if activation.torch.format(**activation.values) == call:
            return activation
    raise AssertionError(f"nothing here stands for {call}")


def network_of(case: dict[str, Any], hidden: tuple[int, ...] = (4, 3)) -> Network:
    loss = LOSS_IN_TORCH[case["loss"]]
    outputs = {"logistic": 1, "softmax": 3, "squared": 2}[loss]
    return Network((2, *hidden, outputs), activation_of(case["activation"]), case["batch_norm"], loss=loss)


# ---- against PyTorch


@pytest.mark.parametrize("case", REFERENCE["gradients"], ids=lambda case: f"{case['activation']}-{case['loss']}-{case['batch_norm']}")
def test_losses_and_gradients_are_those_of_torch(case: dict[str, Any]) -> None:
    net = network_of(case)
    weights, x, y = (np.array(case[name]) for name in ("weights", "x", "y"))
    assert net.loss(weights, x, y)[0] == pytest.approx(case["value"], abs=1e-12)
    assert np.abs(net.gradient(weights, x, y)[0] - case["gradient"]).max() < 1e-12


def test_every_activation_norm_and_loss_is_among_the_recorded() -> None:
    recorded = {(activation_of(case["activation"]).key, case["batch_norm"], LOSS_IN_TORCH[case["loss"]]) for case in REFERENCE["gradients"]}
    assert recorded == {(name, norm, loss) for name in activations.names() for norm in (False, True) for loss in LOSSES}


def test_the_running_statistics_of_torch_give_its_outputs() -> None:
    case = REFERENCE["running"]
    net = Network((2, 4, 3, 1), batch_norm=True)
    outputs = net.outputs(case["weights"][-1], case["x"], statistics=case["statistics"])
    assert np.abs(outputs[0] - case["outputs"]).max() < 1e-12
    with pytest.raises(ValueError, match=r"running means and variances of 1 networks with batch normalization, shape \(1, 14\)"):
        net.outputs(case["weights"][-1], case["x"], statistics=[1.0])


def test_penalties_count_weights_and_no_biases() -> None:
    net = Network((2, 3, 1), batch_norm=True)
    weights = net.initial("normal", 2, seed=1, std=1.0) + 0.5
    x, y = np.array([[0.0, 1.0], [1.0, 0.5], [2.0, -1.0]]), np.array([0, 1, 1])
    plain = net.loss(weights, x, y)
    inside = [net.layers[0].weight, net.layers[1].weight]
    squares = sum((weights[:, part] ** 2).sum(axis=1) for part in inside)
    sizes = sum(np.abs(weights[:, part]).sum(axis=1) for part in inside)
    assert net.loss(weights, x, y, l2=0.1, l1=[0.0, 0.2]) == pytest.approx(plain + 0.05 * squares + [0.0, 0.2] * sizes)
    change = net.gradient(weights, x, y, l2=[0.0, 0.3], l1=0.5) - net.gradient(weights, x, y)
    for layer in net.layers:
        assert change[:, layer.weight] == pytest.approx([[0.0], [0.3]] * weights[:, layer.weight] + 0.5 * np.sign(weights[:, layer.weight]))
        assert not change[:, layer.bias].any()
    assert not change[:, net.layers[0].scale].any()


# ---- the same bits, whatever computes beside


@pytest.mark.parametrize(
    "net",
    [Network((2, 16, 16, 1)), Network((2, 32, 32, 2), "relu", True, loss="softmax"), Network((2, 7, 5, 2), "gelu", loss="squared")],
    ids=str,
)
def test_a_network_alone_has_the_same_bits(net: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    data = datasets.get("moons", n=100)
    y = np.stack([data.y, 1.0 - data.y], axis=1) if net.loss_name == "squared" else data.y
    weights = net.initial("he", 37, seed=5)
    together = {"gradient": net.gradient(weights, data.x, y), "loss": net.loss(weights, data.x, y), "outputs": net.outputs(weights, data.x)}
    for size in (1, 5):
        monkeypatch.setattr("networks.passes.runs_at_once", lambda *_, size=size: size)
        assert np.array_equal(net.gradient(weights, data.x, y), together["gradient"])
        assert np.array_equal(net.loss(weights, data.x, y), together["loss"])
        assert np.array_equal(net.outputs(weights, data.x), together["outputs"])


def test_a_network_alone_has_the_same_bits_with_penalties() -> None:
    net, data = Network((2, 7, 3, 1)), datasets.get("moons", n=20)
    weights = net.initial("normal", 37, seed=5, std=1.0)
    for penalties in ({"l2": 30.0}, {"l1": 20.0}):
        together = net.loss(weights, data.x, data.y, **penalties)
        assert np.array_equal(together, [net.loss(row, data.x, data.y, **penalties)[0] for row in weights])


def test_numpy_is_left_as_it_was() -> None:
    before = np.geterr(), np.getbufsize()
    with in_place():
        assert (np.geterr()["over"], np.getbufsize()) == ("ignore", 1024)
    assert (np.geterr(), np.getbufsize()) == before
    with pytest.raises(ZeroDivisionError), in_place():
        raise ZeroDivisionError
    assert (np.geterr(), np.getbufsize()) == before


def test_linear_algebra_has_one_thread_until_the_last_one_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """As threadpoolctl's limits, which are those of the whole process."""
    limits: list[str] = []

    class Limit:
        def restore_original_limits(self) -> None:
            limits.append("lifted")

    class Controller:
        def limit(self, limits: int) -> Limit:
            held.append(limits)
            return Limit()

    held: list[int] = []
    monkeypatch.setattr(running, "ThreadpoolController", Controller)
    monkeypatch.setattr(running, "_controller", Controller)
    with one_thread():
        with pytest.raises(ZeroDivisionError), one_thread():
            raise ZeroDivisionError
        assert (held, limits) == ([1], [])
    assert (held, limits) == ([1], ["lifted"])


def test_chunks_fit_the_cache() -> None:
    assert 50 <= runs_at_once(Network((2, 16, 16, 1)), 64) <= 128
    assert 10 <= runs_at_once(Network((2, 32, 32, 32, 2), "relu", loss="softmax"), 128) <= 32
    assert 1 <= runs_at_once(Network((64, *[64] * 8, 10), loss="softmax"), 128) <= 4
    assert runs_at_once(Network((64, *[512] * 8, 10), loss="softmax"), 10_000) == 1


# ---- activations


@EACH_ACTIVATION
def test_a_derivative_is_the_slope_of_the_formula(name: str) -> None:
    activation = activations.get(name)
    smooth = GRID[(np.abs(GRID) > 1e-3) & (np.abs(GRID) < 100)]
    numeric = (activation.value(smooth + 1e-6) - activation.value(smooth - 1e-6)) / 2e-6
    assert activation.derivative(smooth) == pytest.approx(numeric, abs=1e-8)
    values, slopes = activation.by_formula(smooth)
    assert activation.value(smooth) == pytest.approx(values, abs=1e-15, rel=1e-15)
    assert activation.derivative(smooth) == pytest.approx(slopes, abs=1e-15)
    assert np.isfinite(activation.derivative(GRID)).all()
    assert np.isfinite(activation.value(GRID)).all()
    assert np.isnan(activation.value(np.array([np.nan]))).all()


@EACH_ACTIVATION
def test_what_is_computed_is_the_formula(name: str) -> None:
    from formulas import evaluate

    activation = activations.get(name)
    with np.errstate(over="ignore"):
        shown = evaluate(activation.tree, {**activation.values, "x": GRID})
    assert activation.value(GRID) == pytest.approx(np.asarray(shown), abs=2e-15, rel=1e-13)


@EACH_ACTIVATION
def test_an_activation_as_data_computes_it(name: str) -> None:
    """As the player's interpreter does: cells, and steps that fill them."""
    data = activations.get(name).as_data()
    routines = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "copy": np.positive, "tanh": np.tanh, "max": np.maximum}
    cells: dict[int, Any] = {cell: np.float64(value) for cell, value in data["constants"]} | {data["inputs"]["x"]: GRID}
    for operation, operands, cell in data["steps"]:
        routine = routines.get(operation) or (lambda a: kernels.erf(a, np.empty_like(a)))
        cells[cell] = routine(*(cells[operand] for operand in operands))
    assert cells[data["outputs"]["x"]] == pytest.approx(activations.get(name).value(GRID), abs=1e-15)


def test_the_error_function_is_exact_to_a_bit_or_two() -> None:
    exact = np.array([math.erf(x) for x in GRID])
    assert np.abs(kernels.erf(GRID, np.empty_like(GRID)) - exact).max() < 3e-16
    assert np.isnan(kernels.erf(np.array([np.nan]), np.empty(1)))[0]


def test_an_activation_is_set_in_latex() -> None:
    assert activations.get("tanh").latex == r"\phi(x) = \tanh\left(x\right)"
    assert "a\\, x" in activations.get("leaky_relu").latex


# ---- initializers


@pytest.mark.parametrize("name", initializers.names())
def test_weights_have_the_size_of_the_formula(name: str) -> None:
    net = Network((40, 60, 30, 1))
    weights = net.initial(name, 20, seed=3)
    initializer = initializers.get(name)
    for layer, (matrix, bias) in zip(net.layers, net.unpack(weights), strict=True):
        assert not bias.any()
        size = initializer.size(layer.inputs, layer.outputs)
        if name == "orthogonal":
            product = matrix @ matrix.swapaxes(1, 2) if layer.outputs <= layer.inputs else matrix.swapaxes(1, 2) @ matrix
            assert np.abs(product - np.eye(product.shape[1])).max() < 1e-14
        elif name in ("zeros", "constant"):
            assert (matrix == size).all()
        else:
            assert matrix.std() == pytest.approx(size, rel=0.05)
            assert abs(matrix.mean()) < 0.1 * size
    assert initializer.latex
    assert initializer.source


def test_a_networks_weights_depend_on_the_seed_and_its_number_only() -> None:
    net = Network((2, 5, 1), batch_norm=True)
    weights = net.initial("he", 6, seed=4)
    assert np.array_equal(net.initial("he", 2, seed=4, numbers=[5, 2]), weights[[5, 2]])
    assert not np.array_equal(net.initial("he", 6, seed=5), weights)
    assert (weights[:, net.layers[0].scale] == 1).all()
    assert not weights[:, net.layers[0].shift].any()
    alike = net.initial("he", 3, seed=4, scale=[0.1, 1.0, 10.0], numbers=[0, 0, 0])
    for layer in net.layers:
        assert alike[:, layer.weight] == pytest.approx(np.array([[0.1], [1.0], [10.0]]) * weights[0, layer.weight])


# ---- data


@pytest.mark.parametrize("name", datasets.names())
def test_a_data_set_is_seeded_and_of_unit_variance(name: str) -> None:
    source = datasets.source(name)
    data = datasets.get(name, n=60, test=40, seed=2)
    assert data.x.shape == (60, data.inputs)
    assert data.test_x.shape == (40, data.inputs)
    assert np.array_equal(data.x, datasets.get(name, n=60, test=10, seed=2).x), "what is tested changes nothing else"
    assert not np.array_equal(data.x, datasets.get(name, n=60, test=40, seed=3).x)
    assert not (data.test_x[:, None] == data.x).all(axis=2).any()
    assert 0.6 < datasets.get(name).x.std() < 1.3
    if data.task == "classification":
        assert np.issubdtype(data.y.dtype, np.integer)
        assert set(np.unique(data.y)) == set(range(data.classes)) == set(range(len(data.labels)))
    else:
        assert data.y.shape == (60, data.outputs)
        assert data.classes == 0
    net = Network((data.inputs, 4, data.outputs), loss=data.loss)
    assert np.isfinite(net.loss(net.initial(), data.x, data.y)).all()
    assert source.about
    assert source.source


def test_noise_is_chosen() -> None:
    clean, noisy = (datasets.get("moons", n=400, noise=noise) for noise in (0.0, 0.3))
    assert ((noisy.x - clean.x) * [0.87, 0.5]).std() == pytest.approx(0.3, rel=0.05)


def test_digits_are_those_of_the_file() -> None:
    data = datasets.get("digits", n=1297, test=500)
    assert sorted(np.bincount(np.concatenate([data.y, data.test_y]))) == sorted([178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    with pytest.raises(ValueError, match=r"Digits has 1,797 examples, and 1,500 to learn from and 500 to test on are 2,000"):
        datasets.get("digits", n=1500)


def test_own_data_are_read_from_csv() -> None:
    data = datasets.from_csv("x,y,label\n1, 2,red\n\n3,4,blue\n-5,6.5,red\n0,0,blue\n1e1,7,red\n", test_share=0.4, seed=1)
    assert (data.classes, data.labels, data.outputs, data.loss) == (2, ("blue", "red"), 1, "logistic")
    assert (len(data.y), len(data.test_y)) == (3, 2)
    everything = {
        (*x, y) for x, y in zip([*data.x.tolist(), *data.test_x.tolist()], [*data.y, *data.test_y], strict=True) for x in [tuple(x)]
    }
    assert everything == {(1.0, 2.0, 1), (3.0, 4.0, 0), (-5.0, 6.5, 1), (0.0, 0.0, 0), (10.0, 7.0, 1)}
    for mark in ";\t":
        assert datasets.from_csv(f"1.5{mark}2{mark}a\n3{mark}4{mark}b, c", test_share=0).labels == ("a", "b, c")
    assert datasets.from_csv("0,0,10\n1,1,9\n2,2,100").labels == ("9", "10", "100")
    for mark in ",;\t":
        curve = datasets.from_csv(f"t{mark}height\n0{mark}1.5\n1{mark}2\n2{mark}-1", test_share=0)
        assert (curve.task, curve.loss, curve.inputs, curve.outputs) == ("regression", "squared", 1, 1)
        assert (curve.x[:, 0].tolist(), curve.y[:, 0].tolist()) == ([0, 1, 2], [1.5, 2, -1])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,2,a\n1,oops,b", r"row 2 \(1, oops, b\): y is 'oops'; it must be a number"),
        ("1,2,a\n\n1,2", r"row 3 \(1, 2\) has 2 columns; each row must be: x, y, label"),
        ("1,2\n\n1,2,a", r"row 3 \(1, 2, a\) has 3 columns; each row must be: x, y$"),
        ("1,2", "only one row; a curve needs two or more"),
        ("1,2,a\n1,nan,b", "row 2 .*: y is 'nan'"),
        ("1,2,a\n1e9,1,b", "row 2 .*: x is '1e9'; it must be a number between -1,000,000 and 1,000,000"),
        ("1,2,a\n1,3,", "row 2 .* has no label"),
        ("1,2,a\n2,3,a", "only one class, 'a'; there must be two classes or more"),
        ("", "the data have no rows"),
        ("0,0,a\n" * 10_001, "the data have 10,001 rows; at most 10,000 can be used"),
        ("\n".join(f"0,0,{label}" for label in range(30)), "30 classes; at most 20 can be used"),
    ],
)
def test_a_bad_row_is_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        datasets.from_csv(text)


# ---- what theory says


def spreads(activation: str, initializer: str, layers: int, seeds: int = 1, **parameters: float) -> tuple[Array, Array, Array]:
    """Mean, standard deviation and mean square of the activations in each layer, inputs of unit variance, 500 wide."""
    net = Network((500, *[500] * layers, 1), activation)
    x = np.random.default_rng(0).standard_normal((200, 500))
    seen = net.activations(net.initial(initializer, seeds, seed=1, **parameters), x)
    return np.array([a.mean() for a in seen]), np.array([a.std() for a in seen]), np.array([(a * a).mean() for a in seen])


def test_weights_that_are_too_small_let_the_signal_die() -> None:
    assert spreads("tanh", "normal", 3, std=0.01)[1] == pytest.approx([0.21355, 0.04764, 0.01065], rel=0.01)


def test_weights_that_are_just_right_keep_it() -> None:
    found = spreads("tanh", "lecun", 10)[1]
    assert found[:4] == pytest.approx([0.6279, 0.4863, 0.4082, 0.3576], rel=0.01)
    assert found[9] == pytest.approx(0.2285, rel=0.03)
    assert initializers.get("xavier").size(500, 500) == pytest.approx(initializers.get("lecun").size(500, 500)), "the same where widths are"


def test_weights_that_are_too_large_saturate() -> None:
    net = Network((500, 500, 500, 500, 1))
    x = np.random.default_rng(0).standard_normal((100, 500))
    weights = net.initial("normal", std=1.0)
    assert [a.std() for a in net.activations(weights, x)] == pytest.approx([0.982] * 3, abs=0.001)
    saturated, dead = net.idle(weights, x)
    assert (saturated > 0.85).all()
    assert not dead.any()


def test_he_keeps_the_mean_square_with_relu() -> None:
    mean, spread, square = spreads("relu", "he", 3, seeds=4)
    assert mean == pytest.approx([0.564] * 3, rel=0.04)
    assert spread == pytest.approx([0.8256] * 3, rel=0.04)
    assert square == pytest.approx([1.0] * 3, rel=0.08)


def test_orthogonal_weights_keep_lengths_exactly() -> None:
    net = Network((64, *[64] * 10, 1), "linear")
    x = np.random.default_rng(0).standard_normal((20, 64))
    for hidden in net.activations(net.initial("orthogonal"), x):
        assert np.linalg.norm(hidden[0], axis=1) == pytest.approx(np.linalg.norm(x, axis=1), rel=1e-13)


def test_a_signal_is_the_slope_of_each_examples_loss() -> None:
    net = Network((2, 4, 3, 1))
    data = datasets.get("moons", n=20)
    weights = net.initial("lecun", 2)
    for layer, signal in zip(net.layers, net.signals(weights, data.x, data.y), strict=False):
        assert signal.mean(axis=1) == pytest.approx(net.gradient(weights, data.x, data.y)[:, layer.bias], abs=1e-15)
    for example in (0, 7):
        alone = net.signals(weights, data.x[[example]], data.y[[example]])
        assert all(
            np.array_equal(a[:, 0], b[:, example]) or np.allclose(a[:, 0], b[:, example], rtol=1e-13)
            for a, b in zip(alone, net.signals(weights, data.x, data.y), strict=True)
        )


def test_large_weights_hide_the_gradient_from_most_units_yet_it_grows() -> None:
    """ "Too big: gradients go to zero" is half true: most of the signal is tiny, but its mean square grows towards the input."""
    net = Network((64, *[64] * 8, 10), loss="softmax")
    data = datasets.get("digits", n=256)
    signals = net.signals(net.initial("normal", 4, std=1.0), data.x, data.y)
    saturated, _ = net.idle(net.initial("normal", 4, std=1.0), data.x)
    sizes = [float(np.sqrt((signal**2).mean())) for signal in signals]
    assert 0.65 < saturated.mean() < 0.85
    assert np.median(np.abs(signals[-1])) < 1e-3
    assert sizes[0] > 20 * sizes[-1]


def test_dead_units_are_counted() -> None:
    net = Network((2, 3, 1), "relu")
    weights = net.initial("he", seed=1)
    weights[:, net.layers[0].bias] = [-100.0, 0.0, 100.0]
    saturated, dead = net.idle(weights, datasets.get("moons").x)
    assert dead[0] == pytest.approx([1 / 3])
    assert 1 / 3 < saturated[0, 0] < 2 / 3


def test_batch_norm_normalizes_and_makes_scale_irrelevant() -> None:
    net = Network((2, 16, 16, 1), "linear", batch_norm=True, eps=0.0)
    data = datasets.get("moons", n=256)
    weights = net.initial("he", 2, seed=1)
    for hidden in net.activations(weights, data.x):
        assert np.abs(hidden.mean(axis=1)).max() < 1e-14
        assert np.abs(hidden.var(axis=1) - 1).max() < 1e-13
    first = net.layers[0].weight
    larger = weights.copy()
    larger[:, first] *= 3
    assert net.loss(larger, data.x, data.y) == pytest.approx(net.loss(weights, data.x, data.y), rel=1e-13)
    slopes, smaller = net.gradient(weights, data.x, data.y), net.gradient(larger, data.x, data.y)
    assert 3 * smaller[:, first] == pytest.approx(slopes[:, first], rel=1e-10, abs=1e-14)
    assert np.abs((weights[:, first] * slopes[:, first]).sum(axis=1)).max() < 1e-15
    larger[1, first] *= 1e160
    beyond = net.loss(larger, data.x, data.y)
    assert beyond[0] == pytest.approx(net.loss(weights, data.x, data.y)[0], rel=1e-13)
    assert np.isnan(beyond[1]), "its variances overflow: what nobody knows is no finite loss"
    assert np.isnan(net.gradient(larger, data.x, data.y)[1, first]).all()


# ---- what can be asked for


def test_weights_stand_as_the_layers_say() -> None:
    net = Network((2, 3, 1), batch_norm=True)
    assert net.size == 2 * 3 + 3 + 3 + 3 + 3 + 1
    weights = np.arange(2 * net.size, dtype=float).reshape(2, -1)
    (first, bias), (second, end) = net.unpack(weights)
    assert first[0].tolist() == [[0, 1], [2, 3], [4, 5]]
    assert (bias[0].tolist(), second[0].tolist(), end[0].tolist()) == ([6, 7, 8], [[15, 16, 17]], [18])
    assert (net.layers[0].scale, net.layers[0].shift, net.layers[1].scale) == (slice(9, 12), slice(12, 15), None)
    assert net.unpack(weights[0])[0][0].shape == (1, 3, 2)


def test_outputs_probabilities_and_accuracy_agree() -> None:
    data = datasets.get("blobs")
    net = Network((2, 8, 3), loss="softmax")
    weights = net.initial("he", 3)
    shares = net.probabilities(weights, data.x)
    assert shares.shape == (3, 200, 3)
    assert shares.sum(axis=2) == pytest.approx(1.0)
    assert net.accuracy(weights, data.x, data.y) == pytest.approx((shares.argmax(axis=2) == data.y).mean(axis=1))
    assert net.loss(weights, data.x, data.y) == pytest.approx(-np.log(shares[:, np.arange(200), data.y]).mean(axis=1))
    two = Network((2, 8, 1))
    moons, weights = datasets.get("moons"), two.initial("he", 2)
    assert two.accuracy(weights, moons.x, moons.y) == pytest.approx(
        ((two.probabilities(weights, moons.x)[:, :, 0] > 0.5) == moons.y).mean(axis=1)
    )


def test_what_overflows_is_silent_and_touches_nobody() -> None:
    net = Network((2, 8, 1), "relu", loss="squared")
    data = datasets.get("moons")
    weights = net.initial("he", 3)
    alone = net.loss(weights, data.x, data.y)
    weights[1] *= 1e200
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        losses, slopes = net.loss(weights, data.x, data.y), net.gradient(weights, data.x, data.y)
    assert np.isinf(losses[1]) or np.isnan(losses[1])
    assert losses[[0, 2]] == pytest.approx(alone[[0, 2]], abs=0)
    assert np.isfinite(slopes[[0, 2]]).all()


def test_equal_networks_are_equal() -> None:
    assert Network([2, 4, 1]) == Network((2, 4, 1), "tanh")
    assert hash(Network((2, 4, 1))) == hash(Network((2, 4, 1)))
    assert Network((2, 4, 1)) != Network((2, 4, 1), "relu")
    used = Network((2, 4, 1), "gelu", batch_norm=True)
    again = pickle.loads(pickle.dumps(used)) if np.isfinite(used.loss(used.initial(), MOONS.x, MOONS.y)).all() else None
    assert again == used
    assert str(Network((2, 4, 1), "relu", batch_norm=True)) == "2-4-1 ReLU, batch norm"
    assert str(Network((2, 8, 8, 2, 2, 2, 1))) == "2-8-8-2×3-1 Tanh"
    assert Network((2, 4, 1)).as_data()["sizes"] == [2, 4, 1]


MOONS: Dataset = datasets.get("moons", n=10)
SMALL = Network((2, 3, 1))
WEIGHTS = SMALL.initial()


@pytest.mark.parametrize(
    ("call", "kind", "said"),
    [
        (lambda: Network((2,)), ValueError, r"sizes must be the inputs, the units of each hidden layer and the outputs"),
        (lambda: Network((2, 0, 1)), ValueError, r"sizes\[1\] is 0; choose a whole number from 1 to 1024"),
        (lambda: Network((2, 2000, 1)), ValueError, r"sizes\[1\] is 2000; choose a whole number from 1 to 1024"),
        (lambda: Network((2, cast(int, 2.5), 1)), ValueError, r"sizes\[1\] is 2.5; choose a whole number"),
        (lambda: Network((2, *[4] * 80, 1)), ValueError, "the network has 81 layers; at most 64"),
        (lambda: Network((2, 4, 1), "tahn"), KeyError, r"no activation is called 'tahn' \(did you mean 'tanh'\?\)"),
        (lambda: Network((2, 4, 1), loss="hinge"), KeyError, "no loss is called 'hinge'"),
        (lambda: Network((2, 4, 3)), ValueError, "the logistic loss needs a network of one output, not 3"),
        (lambda: Network((2, 4, 1), loss="softmax"), ValueError, "the softmax loss needs an output for each class"),
        (lambda: Network((2, 4, 1), dropout=1.0), ValueError, "dropout is 1.0; choose a number from 0 to 0.95"),
        (lambda: SMALL.initial("hee"), KeyError, "no initializer is called 'hee'"),
        (lambda: SMALL.initial("he", std=1.0), TypeError, "He has no parameter 'std'"),
        (lambda: SMALL.initial("he", 0), ValueError, "runs is 0; choose a whole number from 1"),
        (
            lambda: SMALL.initial("he", 3, scale=[1.0, 2.0]),
            ValueError,
            r"scale has the shape \(2,\); give one number, or one for each of the 3",
        ),
        (
            lambda: SMALL.loss(WEIGHTS[:, 1:], MOONS.x, MOONS.y),
            ValueError,
            r"must have the shape \(R, 13\), a network a row; these have \(1, 12\)",
        ),
        (
            lambda: SMALL.loss(WEIGHTS, MOONS.x[:, :1], MOONS.y),
            ValueError,
            r"x must have the shape \(n, 2\), an example a row; this has \(10, 1\)",
        ),
        (lambda: SMALL.loss(WEIGHTS, MOONS.x, MOONS.y[1:]), ValueError, "y must hold a label for each of the 10 examples"),
        (lambda: SMALL.loss(WEIGHTS, MOONS.x, MOONS.y + 1), ValueError, "labels from 0 to 1; these reach from 1 to 2"),
        (lambda: SMALL.loss(WEIGHTS, MOONS.x * np.nan, MOONS.y), ValueError, "x must be finite; example 0 is not"),
        (lambda: SMALL.loss(WEIGHTS, MOONS.x, MOONS.y, l2=-1.0), ValueError, "l2 holds -1.0; choose from 0"),
        (lambda: Network((2, 3, 2), loss="squared").accuracy(np.zeros(17), MOONS.x, np.zeros((10, 2))), ValueError, "counts right classes"),
        (lambda: datasets.get("moonz"), KeyError, r"no data set is called 'moonz' \(did you mean 'moons'\?\)"),
        (lambda: datasets.get("moons", noise=5), ValueError, "Moons: noise = 5 is outside its range; choose a number from 0 to 2"),
        (lambda: datasets.get("moons", seed=-1), ValueError, "seed is -1; choose 0 or more"),
    ],
)
def test_what_cannot_be_used_is_said(call: Any, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        call()
