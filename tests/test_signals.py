"""What goes through the layers of networks: spreads, shares that do not learn, and the theory of wide networks."""

from __future__ import annotations

import numpy as np
import pytest

from networks import Network, initializers
from networks.mean_field import theory
from networks.signals import BINS, Scale, bounds, cuts_off, measure, scales, statistics

RNG = np.random.default_rng(0)
X = RNG.normal(size=(100, 500))
Y = (X[:, 0] > 0).astype(np.int64)
WIDE = Network((500, 500, 500, 500, 1))
AXES = (Scale("linear", (-1, 1)), Scale("log", (-16, 4)))


@pytest.mark.parametrize(
    ("initializer", "settings", "expected"),
    [
        ("normal", {"std": 0.01}, [0.21355, 0.04764, 0.01065]),
        ("lecun", {}, [0.6279, 0.4863, 0.4082]),
        ("normal", {"std": 1.0}, [0.982, 0.982, 0.982]),
    ],
)
def test_activations_of_wide_networks_spread_as_mean_field_theory_says(
    initializer: str, settings: dict[str, float], expected: list[float]
) -> None:
    """The numbers are Gaussian integrals on a fine grid. What goes back is the theory's, too, by root mean square."""
    weights = WIDE.initial(initializers.get(initializer, **settings))
    seen, limit = measure(WIDE, weights, X, Y, AXES), theory(WIDE, weights[0], X, Y, AXES)
    assert limit
    assert limit.spread[: len(expected)] == pytest.approx(expected, rel=3e-3)
    assert seen.spread[0] == pytest.approx(limit.spread, rel=0.015)
    assert seen.rms[0] == pytest.approx(limit.rms, rel=0.1)
    assert np.abs(seen.forward[0] - limit.forward).sum(axis=1).max() < 0.1
    assert seen.forward.sum(axis=2) == pytest.approx(1)


def test_too_big_is_told_by_the_median_and_the_saturated_share() -> None:
    """With tanh and weights of 1 in 8 x 64 about 73% saturate; the median of the last layer's signal is next to nothing, its rms grows
    from there towards the inputs."""
    net = Network((2, *(64,) * 8, 1))
    x = RNG.normal(size=(256, 2))
    y = (x[:, 0] * x[:, 1] > 0).astype(np.int64)
    weights = net.initial("normal", std=1.0)
    seen = measure(net, weights, x, y, scales(net, weights, x, y))
    assert seen.saturated[0, 2:] == pytest.approx(0.73, abs=0.04)
    assert seen.median[0, -1] < 1e-3 < 1e-1 < seen.rms[0, -1] < 0.01 * seen.rms[0, 0]


def test_dead_units_are_those_without_slope_for_all_examples() -> None:
    net = Network((2, 3, 1), "relu")
    weights = np.zeros((1, net.size))
    weights[0, net.layers[0].bias] = [-1.0, 1.0, -1.0]
    x = RNG.normal(size=(40, 2))
    seen = measure(net, weights, x, np.arange(40) % 2, scales(net, weights, x, np.arange(40) % 2))
    assert seen.dead[0, 0] == pytest.approx(2 / 3)
    assert seen.saturated[0, 0] == pytest.approx(2 / 3)
    assert theory(net, weights[0], x, np.arange(40) % 2, scales(net, weights, x, np.arange(40) % 2)) is None


def test_batch_statistics_are_those_of_all_examples() -> None:
    net = Network((2, 4, 1), batch_norm=True)
    weights, x = net.initial("lecun", 2), RNG.normal(size=(30, 2))
    sums = x @ net.unpack(weights)[0][0].swapaxes(1, 2)
    assert statistics(net, weights, x) == pytest.approx(np.concatenate([sums.mean(axis=1), sums.var(axis=1)], axis=1))
    assert net.outputs(weights, x) == pytest.approx(net.outputs(weights, x, statistics=statistics(net, weights, x)))


@pytest.mark.parametrize(
    ("name", "within", "cut"), [("tanh", (-1, 1), False), ("sigmoid", (0, 1), False), ("relu", None, True), ("linear", None, False)]
)
def test_an_activation_tells_its_bounds(name: str, within: tuple[float, float] | None, cut: bool) -> None:
    activation = Network((2, 2, 1), name).activation
    assert bounds(activation) == (pytest.approx(within) if within else None)
    assert cuts_off(activation) == cut


def test_histograms_count_what_lies_beyond_in_the_last_bin_and_nothing_that_is_no_number() -> None:
    values = np.array([[-9.0, 0.0, 0.99, 9.0, np.nan, np.inf, 0.0, 0.0]])
    counted = 8 * Scale("linear", (-1, 1)).histograms(values)[0]
    assert (counted[0], counted[BINS // 2], counted[-1], counted.sum()) == (1, 3, 2, 6)
    assert 8 * Scale("log", (-2, 0)).histograms(values)[0].sum() == 3
