"""The checks of lessons 16 to 18: networks, how they begin, and what normalization does to them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from figures.lessons import smoothness_by_normalization
from parameters import Array
from scenario import Choice, Comparison, TrainedRun
from tests.lesson_checks import Races, above, answer, claim, end, first_within

# ---- 16 two weights


@claim("two-weights", "fits")
def fits_soon(races: Races) -> None:
    assert first_within(races.run(0), 0.01) == 7


@claim("two-weights", "creeps")
def creeps_after_that(races: Races) -> None:
    losses = above(races.run(0))
    assert losses[14] > 0.5 * losses[7]


@claim("two-weights", "condition")
def a_ravine_too(races: Races) -> None:
    low, high = np.linalg.eigvalsh(races[0].landscape.hessian(np.array([[2.0], [1.0]]))[:, :, 0])
    assert round(high / low) == 92


@claim("two-weights", "twins")
def twins(races: Races) -> None:
    assert sorted(races[0].landscape.minima) == [(-2.0, -1.0, 0.0), (2.0, 1.0, 0.0)]


@claim("two-weights", "zero")
def zero_stays_zero(races: Races) -> None:
    assert (races.run(1).starts[:, 0] == 0).all()
    assert (races.run(1).positions[:, :, 0] == 0).all()


@claim("two-weights", "sides")
def opposite_minima(races: Races) -> None:
    run = races.run(1)
    assert np.allclose(run.positions[:, :, 1], -run.positions[:, :, 2], rtol=0, atol=1e-9)
    assert np.hypot(*(end(run, 1) - (2, 1))) < 0.5
    assert run.losses[-1, 1] < 0.01


@claim("two-weights", "idle")
def idle_near_the_saddle(races: Races) -> None:
    losses = races.run(1).losses[:, 1:]
    assert (losses[3] > 0.97 * losses[0]).all()


@claim("two-weights", "flat")
def only_y_learns(races: Races) -> None:
    x, y = races.run(2).positions[:, :, 0].T
    assert abs(y[1] - y[-1]) < 0.1 * abs(y[0] - y[-1])
    assert np.ptp(x) < 0.15


@claim("two-weights", "tanh")
def saturated(races: Races) -> None:
    far, near = np.abs(races[2].landscape.gradient(np.array([[4.5, 1.0], [0.5, 0.5]]))[0])
    assert near > 80 * far


@claim("two-weights", "scaled")
def adam_arrives(races: Races) -> None:
    assert np.hypot(*(end(races.run(3, 1)) - (2, 1))) < 0.1
    assert end(races.run(3, 0))[0] > 4.3


@answer("two-weights", 0)
def where_sgd_is(races: Races) -> str:
    places = {"At (2, 1)": (2, 1), "At (−2, −1)": (-2, -1), "Near (4.4, 0.9)": (4.4, 0.9)}
    return min(places, key=lambda choice: np.hypot(*(end(races.run(2)) - places[choice])))


# ---- 17 initialization


def spreads(races: Races, place: int, network: int) -> Array:
    """The root mean square of what each hidden layer of a network gives before the first step, over all examples, shape (layers,)."""
    trained = races.trained(place)
    layers = trained.network.activations(trained.runs[network].weights[:1], trained.data.x)
    return np.array([np.sqrt((layer**2).mean()) for layer in layers])


@claim("initialization", "fade")
def signal_fades(races: Races) -> None:
    small = spreads(races, 0, 0)
    assert (small[1:] < small[:-1] / 5).all()
    assert small[0] < 0.2


@claim("initialization", "still")
def still_guessing(races: Races) -> None:
    run = races.trained(0).runs[0]
    assert run.steps[-1] == 200
    assert abs(run.losses[-1] - np.log(2)) < 1e-4


@claim("initialization", "saturated")
def saturated_units(races: Races) -> None:
    trained = races.trained(0)
    shares, _ = trained.network.idle(trained.runs[2].weights[:1], trained.data.x)
    assert (shares[0, 1:] > 0.7).all()


@claim("initialization", "median")
def half_the_slopes_vanish(races: Races) -> None:
    trained = races.trained(0)
    slopes = trained.network.signals(trained.runs[2].weights[:1], trained.data.x, trained.data.y)
    assert all(np.median(np.abs(layer)) < 1e-6 for layer in slopes[1:])


@claim("initialization", "long")
def gradient_is_long(races: Races) -> None:
    runs = races.trained(0).runs
    assert runs[2].gradient_norms[0] > 50 * runs[1].gradient_norms[0]


@claim("initialization", "stuck")
def ends_high(races: Races) -> None:
    runs = races.trained(0).runs
    assert runs[2].losses[-1] > 10 * runs[1].losses[-1]


@claim("initialization", "right")
def just_right(races: Races) -> None:
    middle = spreads(races, 0, 1)
    assert ((middle > 0.2) & (middle < 0.4)).all()
    assert races.trained(0).runs[1].accuracies[-1] == 1


@claim("initialization", "relu")
def lecun_and_he(races: Races) -> None:
    lecun, he = (spreads(races, 1, network) for network in (0, 1))
    assert len(he) == 12
    assert lecun[-1] < 0.02 * lecun[0]
    assert 0.4 < he[-1] / he[0] < 0.6


@claim("initialization", "grow")
def a_quarter_more(races: Races) -> None:
    large, (_, he, more) = spreads(races, 1, 2), races.trained(1).runs
    assert large[-1] > 4 * large[0]
    assert more.gradient_norms[0] > 50 * he.gradient_norms[0]


@answer("initialization", 0)
def whom_adam_rescues(races: Races) -> str:
    small, _, large = (run.test_accuracies[-1] > 0.9 for run in races.trained(2).runs)
    return {(True, True): "Both", (True, False): "Too small", (False, True): "Too big", (False, False): "Neither"}[small, large]


@claim("initialization", "zeros")
def zeros_never_learn(races: Races) -> None:
    run = races.trained(3).runs[0]
    assert (run.weights == 0).all()
    assert np.abs(run.losses - np.log(2)).max() < 1e-15


@claim("initialization", "alike")
def equal_units_stay_equal(races: Races) -> None:
    trained = races.trained(3)
    for layer in trained.network.activations(trained.runs[1].weights[1:], trained.data.x):
        assert layer.shape[-1] == 8
        assert np.ptp(layer, axis=-1).max() < 1e-9
    assert trained.runs[1].accuracies.max() <= 0.7


@claim("initialization", "differ")
def random_ones_learn(races: Races) -> None:
    assert races.trained(3).runs[2].accuracies[-1] == 1


# ---- 18 batch normalization


def right_after(run: TrainedRun, step: int) -> float:
    """The share of the examples that is right after so many steps, at most."""
    return float(run.accuracies[run.steps <= step].max())


@claim("batch-norm", "one")
def only_the_middle_one(races: Races) -> None:
    small, right, large = (run.accuracies[-1] for run in races.trained(0).runs)
    assert right == 1
    assert max(small, large) < 0.7


@claim("batch-norm", "height")
def begins_high(races: Races) -> None:
    assert races.trained(0).runs[2].losses[0] > 100_000


@answer("batch-norm", 0)
def who_learns(races: Races) -> str:
    small, middle, large = (bool(run.accuracies[-1] > 0.95) for run in races.trained(1).runs)
    known = {(False, False, False): "None", (False, True, False): "The one in the middle", (True, True, True): "All of them"}
    return known[small, middle, large]


@claim("batch-norm", "ten")
def within_ten_steps(races: Races) -> None:
    assert all(right_after(run, 10) > 0.95 for run in races.trained(1).runs)


@claim("batch-norm", "spread")
def spread_whatever_the_scale(races: Races) -> None:
    found = np.array([spreads(races, 1, network) for network in range(3)])
    assert (np.ptp(found, axis=0) < 0.01 * found.min(axis=0)).all()


def scaled_by_three(races: Races) -> Iterator[tuple[Comparison, slice, Array, Array]]:
    """For each hidden layer: what its weights are among all, and all weights as they are and with these three times as large."""
    trained = races.trained(1)
    weights = trained.runs[1].weights[:1]
    for layer in trained.network.layers[:-1]:
        larger = weights.copy()
        larger[:, layer.weight] *= 3
        yield trained, layer.weight, weights, larger


@claim("batch-norm", "loss")
def loss_of_scaled_weights(races: Races) -> None:
    for trained, _, weights, larger in scaled_by_three(races):
        before, after = (trained.network.loss(each, trained.data.x, trained.data.y)[0] for each in (weights, larger))
        assert abs(after / before - 1) < 0.001


@claim("batch-norm", "slope")
def slope_of_scaled_weights(races: Races) -> None:
    for trained, part, weights, larger in scaled_by_three(races):
        before, after = (trained.network.gradient(each, trained.data.x, trained.data.y)[0, part] for each in (weights, larger))
        assert np.allclose(after, before / 3, rtol=0, atol=0.001 * np.linalg.norm(before))


@claim("batch-norm", "square")
def slopes_stand_square(races: Races) -> None:
    for trained, part, weights, _ in scaled_by_three(races):
        slopes = trained.network.gradient(weights, trained.data.x, trained.data.y)[0, part]
        own = weights[0, part]
        assert abs(slopes @ own) < 0.001 * np.linalg.norm(slopes) * np.linalg.norm(own)


@claim("batch-norm", "narrow")
def few_rates(races: Races) -> None:
    assert [float(run.optimizer.values["lr"]) for run in races.trained(2).runs] == [0.01, 0.3, 3.0]
    assert [bool(run.accuracies[-1] > 0.95) for run in races.trained(2).runs] == [False, True, False]


@claim("batch-norm", "wide")
def many_rates(races: Races) -> None:
    assert races.trained(3).experiment == races.trained(2).experiment.replace(batch_norm=True)
    assert all(run.accuracies[-1] > 0.95 for run in races.trained(3).runs)


@claim("batch-norm", "smooth")
def smoother_along_the_steps(races: Races) -> None:
    plain, normalized = (along.found for along in smoothness_by_normalization().values())
    assert plain.loss_range.mean() > 10 * normalized.loss_range.mean()
    assert plain.gradient_change.mean() > 3 * normalized.gradient_change.mean()


@claim("batch-norm", "longer")
def longer_gradient(races: Races) -> None:
    middle = races.trained(0).experiment.replace(activation=Choice("tanh"), initials=(Choice("xavier"),), steps=1)
    plain, normalized = (middle.replace(batch_norm=on).train().runs[0].gradient_norms[0] for on in (False, True))
    assert normalized > 10 * plain
