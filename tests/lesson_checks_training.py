"""The checks of lessons 19 and 20: the noise of real batches, and searching two numbers of a network together."""

from __future__ import annotations

from functools import cache

import numpy as np

import networks
from figures.lessons import scales_and_rates
from networks import Dataset, Network
from networks.training.draws import Batches
from parameters import Array
from scenario import Choice, Experiment
from simulation.attractors import lowest_loss
from tests.lesson_checks import Races, answer, claim

# ---- 19 mini-batches


@cache
def floors(experiment: Experiment, replacement: bool = False) -> Array:
    """How far the loss is above the lowest in the last hundred steps, the mean over 200 networks with batches of their own: for each
    optimizer, shape (optimizers,)."""
    net, data, (begun,) = experiment.build_network(), experiment.build_data(), experiment.build_initials()
    weights = np.repeat(net.initial(begun.initializer, 1, experiment.seed), 200, axis=0)
    found = []
    for optimizer in experiment.build_optimizers():
        training = networks.train(
            net,
            data,
            optimizer,
            weights,
            experiment.steps,
            batch=experiment.batch,
            schedule=experiment.build_schedule(),
            seed=experiment.seed,
            keep=list(range(experiment.steps - 90, experiment.steps + 1, 10)),
            replacement=replacement,
        )
        found.append(training.losses.mean() if experiment.schedule.name == "constant" else training.losses[-1].mean())
    return np.array(found) - lowest_of(experiment)[1]


def lowest_of(experiment: Experiment) -> tuple[Array, float]:
    """The weights of the lowest loss, shape (1, P), and that: of a network without hidden layers, by Newton's method."""
    net, data = experiment.build_network(), experiment.build_data()
    weights = np.zeros((1, net.size))
    for _ in range(10):
        weights = weights - np.linalg.solve(net.hessian(weights, data.x, data.y)[0], net.gradient(weights, data.x, data.y)[0])
    return weights, float(net.loss(weights, data.x, data.y)[0])


def own_slopes(net: Network, weights: Array, data: Dataset) -> Array:
    """The slope of each example, shape (N, P)."""
    return np.array([net.gradient(weights, data.x[at : at + 1], data.y[at : at + 1])[0] for at in range(len(data.x))])


@claim("mini-batches", "floor")
def large_rate_higher(races: Races) -> None:
    large, small = floors(lesson_experiment(races, 0))
    assert large > 10 * small > 0
    assert abs(lowest_of(lesson_experiment(races, 0))[1] - 0.355) < 0.0005


def lesson_experiment(races: Races, place: int) -> Experiment:
    """The experiment at a stop."""
    return races.trained(place).experiment


def noise_of_batches(races: Races) -> tuple[Array, int, int]:
    """At the lowest loss of the lesson's experiment: the slopes of all examples, how many these are, and how many a batch has."""
    experiment = lesson_experiment(races, 0)
    data = experiment.build_data()
    slopes = own_slopes(experiment.build_network(), lowest_of(experiment)[0], data)
    return slopes, len(data.x), experiment.batch


@claim("mini-batches", "covariance")
def covariance_of_batches(races: Races) -> None:
    slopes, examples, batch = noise_of_batches(races)
    drawn = Batches(0, np.arange(20_000), examples, batch, replacement=False).at(0)
    found = np.cov(slopes[drawn].mean(axis=1).T)
    expected = np.cov(slopes.T, bias=True) / batch * (1 - batch / examples)
    assert np.linalg.norm(found - expected) < 0.03 * np.linalg.norm(expected)


@claim("mini-batches", "unequal")
def unequal_directions(races: Races) -> None:
    slopes, *_ = noise_of_batches(races)
    variances = np.linalg.eigvalsh(np.cov(slopes.T))
    assert variances[-1] > 2 * variances[0]


@claim("mini-batches", "few")
def few_directions(races: Races) -> None:
    trained = races.trained(2)
    slopes = own_slopes(trained.network, trained.runs[0].weights[:1], trained.data)
    variances = np.linalg.svd(slopes - slopes.mean(axis=0), compute_uv=False) ** 2
    assert trained.network.size == 337
    assert variances[:10].sum() > 0.9 * variances.sum()


def expected_floors(races: Races) -> Array:
    """What lesson 11's formula gives, an axis for each direction of curvature."""
    experiment = lesson_experiment(races, 0)
    net, data = experiment.build_network(), experiment.build_data()
    slopes, _, batch = noise_of_batches(races)
    curvatures, directions = np.linalg.eigh(net.hessian(lowest_of(experiment)[0], data.x, data.y)[0])
    noise = np.diag(directions.T @ np.cov(slopes.T, bias=True) @ directions) / batch
    rates = [float(optimizer.values["lr"]) for optimizer in experiment.build_optimizers()]
    return np.array([(rate * noise / (2 * (2 - rate * curvatures))).sum() for rate in rates])


@claim("mini-batches", "independent")
def independent_batches(races: Races) -> None:
    found = floors(lesson_experiment(races, 0), replacement=True)
    assert (np.abs(found / expected_floors(races) - 1) < 0.25).all()


@claim("mini-batches", "shuffled")
def shuffled_batches(races: Races) -> None:
    assert floors(lesson_experiment(races, 0))[1] < 0.5 * expected_floors(races)[1]


@claim("mini-batches", "large")
def larger_batches(races: Races) -> None:
    few, many = (lesson_experiment(races, place) for place in (0, 1))
    assert many == few.replace(batch=32)
    assert floors(many)[0] < 0.1 * floors(few)[0]


@answer("mini-batches", 0)
def whether_there_is_a_floor(races: Races) -> str:
    losses = races.trained(2).runs[0].losses
    steps = races.trained(2).steps
    first, second, last = (losses[(steps > low) & (steps <= low + 100)].mean() for low in (100, 200, 300))
    falls = last < 0.5 * second < 0.25 * first
    return "There is none: the loss goes on falling" if falls else "It is as for one unit"


@claim("mini-batches", "fades")
def noise_fades(races: Races) -> None:
    trained = races.trained(2)
    start, stop = (own_slopes(trained.network, trained.runs[0].weights[[at]], trained.data).var(axis=0).sum() for at in (0, -1))
    assert trained.steps[-1] == 400
    assert stop < start / 50


@claim("mini-batches", "stays")
def gaussian_noise_stays(races: Races) -> None:
    run = races.run(3)
    assert (run.diverged_at < 0).all()
    assert run.losses[-100:].mean() > 0.01
    assert lowest_loss(run.landscape) == 0


@claim("mini-batches", "decay")
def decay_ends_below(races: Races) -> None:
    decayed, steady = (lesson_experiment(races, place) for place in (4, 0))
    assert decayed == steady.replace(schedule=Choice("cosine"))
    assert floors(decayed)[0] < 0.7 * floors(steady)[1]


# ---- 20 coarse ranges


def ends(races: Races, place: int, measure: str = "accuracies") -> dict[tuple[float, float], float]:
    """A measure of each network after the last step, by the scale of its weights and its rate."""
    trained = races.trained(place)
    scales = [begun.scale for begun in trained.initials] * len(trained.experiment.optimizers)
    rates = [float(run.optimizer.values["lr"]) for run in trained.runs]
    return {(scale, rate): float(getattr(run, measure)[-1]) for scale, rate, run in zip(scales, rates, trained.runs, strict=True)}


@claim("coarse-ranges", "rates")
def no_rate_helps(races: Races) -> None:
    found = ends(races, 0)
    assert list(found) == [(0.1, 0.01), (0.1, 0.1), (0.1, 1), (0.1, 10)]
    assert max(found.values()) < 0.7


@claim("coarse-ranges", "scales")
def no_scale_helps(races: Races) -> None:
    found = ends(races, 1)
    assert list(found) == [(0.1, 0.1), (1, 0.1), (10, 0.1)]
    assert max(found.values()) <= 0.9


@claim("coarse-ranges", "one")
def one_of_twelve(races: Races) -> None:
    found = ends(races, 2)
    assert len(found) == 12
    assert [place for place, right in found.items() if right == 1] == [(1, 1)]


@answer("coarse-ranges", 0)
def scale_for_a_large_rate(races: Races) -> str:
    found = ends(races, 3, "losses")
    assert {rate for _, rate in found} == {3}
    return f"{min(found, key=lambda place: found[place])[0]:g}"


@claim("coarse-ranges", "weak")
def the_two_depend_on_each_other(races: Races) -> None:
    found = ends(races, 3)
    assert found[1, 3] < 0.9
    assert found[4, 3] > 0.9


@claim("coarse-ranges", "corner")
def seven_of_twelve(races: Races) -> None:
    found = ends(races, 4)
    assert len(found) == 12
    learned = [place for place, right in found.items() if right > 0.95]
    assert len(learned) == 7
    assert (4, 3) in learned
    assert (max(scale for scale, _ in found), max(rate for _, rate in found)) == (4, 3)


@claim("coarse-ranges", "seeds")
def not_by_luck(races: Races) -> None:
    asked = lesson_experiment(races, 3).replace(initials=(Choice("xavier"), Choice.of("xavier", scale=4)))
    for seed in (0, 1, 2):
        one, four = (run.accuracies[-1] for run in asked.replace(seed=seed).train().runs)
        assert one < 0.9 < four


@claim("coarse-ranges", "few")
def few_networks_learn(races: Races) -> None:
    plain, _ = scales_and_rates()
    assert plain.accuracy.size == 90
    assert (plain.accuracy > 0.95).sum() < 90 / 7


@claim("coarse-ranges", "many")
def many_normalized_networks_learn(races: Races) -> None:
    _, normalized = scales_and_rates()
    assert normalized.batch_norm
    assert (normalized.accuracy > 0.95).sum() > 90 / 4
