"""The checks of lessons 23 and 24: regularization in a network, and what was learned in advance."""

from __future__ import annotations

import numpy as np

import networks
from figures.lessons import clean_to_noisy, under_l2
from parameters import Array
from scenario import Comparison, TrainedRun
from tests.lesson_checks import Races, answer, claim

FITTED, MOVED = "over-fitting", "transfer"


def length(run: TrainedRun, step: int = -1) -> float:
    """How long the weights of a network are at one of the kept steps."""
    return float(np.linalg.norm(run.weights[step]))


def plain(races: Races) -> TrainedRun:
    """The network without any regularization."""
    return races.trained(0).runs[0]


# ---- 23 regularization


@claim(FITTED, "heart")
def learned_by_heart(races: Races) -> None:
    assert plain(races).accuracies[-1] == 1.0
    assert plain(races).losses[-1] < 1e-3
    assert races.trained(0).network.size == 1185


@claim(FITTED, "rises")
def the_test_loss_rises(races: Races) -> None:
    assert plain(races).test_losses[-1] > 4 * plain(races).test_losses.min()


@claim(FITTED, "shrink")
def shorter_weights_and_more_loss(races: Races) -> None:
    runs = races.trained(1).runs
    assert (np.diff([length(run) for run in runs]) < 0).all()
    assert (np.diff([run.losses[-1] for run in runs]) > 0).all()


@claim(FITTED, "between")
def best_strength(races: Races) -> None:
    losses = [run.test_losses[-1] for run in races.trained(1).runs]
    assert int(np.argmin(losses)) == 2
    assert losses[2] < losses[0] / 4


def far_from_the_start() -> Array:
    """How far each map's lowest point lies from where the networks begin."""
    return np.array([np.hypot(*(np.array(each.lowest) - each.path[0])) for each in under_l2()])


@claim(FITTED, "closer")
def the_lowest_point_comes_closer(races: Races) -> None:
    assert (np.diff(far_from_the_start()) < 0).all()


@claim(FITTED, "far")
def at_the_edge(races: Races) -> None:
    first = under_l2()[0]
    assert min(abs(np.array(first.lowest) - np.array(first.plane.window).T).reshape(-1)) < 1e-9
    assert all(far_from_the_start()[0] > np.hypot(*(each.path - each.path[0]).T).max() for each in under_l2())


@claim(FITTED, "long")
def weights_grow(races: Races) -> None:
    whole, stopped = races.trained(2).runs
    assert 3 * length(stopped) < length(whole)


@claim(FITTED, "others")
def each_of_three_helps(races: Races) -> None:
    assert all(run.test_losses[-1] < plain(races).test_losses[-1] / 3 for run in races.trained(3).runs)


@claim(FITTED, "sparse")
def small_weights(races: Races) -> None:
    def share(comparison: Comparison, run: int) -> float:
        weights = comparison.runs[run].weights[-1]
        return float(np.mean(np.abs(np.concatenate([weights[layer.weight] for layer in comparison.network.layers])) < 0.01))

    assert share(races.trained(3), 0) > 0.95
    assert share(races.trained(1), 2) < 0.01


@claim(FITTED, "dropout")
def long_weights_with_dropout(races: Races) -> None:
    assert length(races.trained(3).runs[2]) > 0.85 * length(plain(races))


@claim(FITTED, "decay")
def weight_decay_is_weak(races: Races) -> None:
    run = races.trained(3).runs[1]
    assert run.test_losses[-1] > 4 / 3 * run.test_losses.min()


@claim(FITTED, "more")
def ten_times_as_many(races: Races) -> None:
    assert races.trained(4).runs[0].test_losses[-1] < plain(races).test_losses[-1] / 2


@answer(FITTED, 0)
def stopped_in_time(races: Races) -> str:
    whole, stopped = (run.test_losses[-1] for run in races.trained(2).runs)
    best = min(run.test_losses[-1] for run in races.trained(1).runs)
    low, high = "About as low as with the best penalty", "As high as at the end: the weights are as many"
    return low if stopped < 1.25 * best else high if stopped < 1.25 * whole else "Higher than at the end: it has hardly learned"


# ---- 24 transfer


def right(races: Races, place: int) -> Array:
    """The share of the test examples that each network gets right in the end."""
    return np.array([run.test_accuracies[-1] for run in races.trained(place).runs])


@claim(MOVED, "few")
def ten_and_no_more(races: Races) -> None:
    (run,) = races.trained(0).runs
    assert run.accuracies[-1] == 1.0
    assert run.test_accuracies[-1] <= 0.83


@claim(MOVED, "source")
def six_arms_are_known(races: Races) -> None:
    experiment, task = races.trained(1).experiment, networks.transfer.get("six_arms")
    assert len(task.data.x) == 1500
    learned = task.pretrained(experiment.build_network(), "he", 1, experiment.seed)
    net = task.network_like(experiment.build_network())
    assert net.accuracy(learned, task.data.test_x, task.data.test_y)[0] > 0.8


@claim(MOVED, "frozen")
def nearly_all(races: Races) -> None:
    assert right(races, 1)[1] > 0.98
    assert races.trained(1).network.layers[-1].whole.stop - races.trained(1).network.layers[-1].whole.start == 33


@claim(MOVED, "random")
def the_control(races: Races) -> None:
    assert right(races, 2)[2] < 0.85


@claim(MOVED, "higher")
def no_lower_at_first(races: Races) -> None:
    random, learned = (races.trained(3).runs[place].losses[0] for place in (0, 1))
    assert learned > random


@claim(MOVED, "apart")
def far_apart(races: Races) -> None:
    runs = races.trained(3).runs
    apart = np.linalg.norm(runs[0].weights[0] - runs[1].weights[0])
    assert all(np.linalg.norm(run.weights - run.weights[0], axis=1).max() < apart for run in runs)


@claim(MOVED, "sharp")
def all_learn_their_ten(races: Races) -> None:
    assert all(run.accuracies[-1] >= 0.9 for run in races.trained(3).runs)


@claim(MOVED, "early")
def frozen_first(races: Races) -> None:
    assert clean_to_noisy().leads("frozen", "tuned")[:2].tolist() == [1, 1]


@claim(MOVED, "late")
def tuned_then(races: Races) -> None:
    assert clean_to_noisy().leads("tuned", "frozen")[-1] == 1
    assert clean_to_noisy().task.counts[-1] == 10


@claim(MOVED, "scratch")
def scratch_behind(races: Races) -> None:
    found = clean_to_noisy()
    assert (found.leads("frozen", "scratch") == 1).all()
    assert (found.leads("tuned", "scratch") == 1).all()
    assert found.networks == 5


@claim(MOVED, "nothing")
def hardly_better_than_random(races: Races) -> None:
    _, frozen, random, _ = right(races, 4)
    assert frozen < random + 0.05


@answer(MOVED, 0)
def of_frozen_and_tuned(races: Races) -> str:
    _, frozen, _, tuned = right(races, 2)
    return "Fewer" if tuned < frozen - 0.01 else "As many" if tuned < frozen + 0.01 else "More: it can adapt to the new task"


@answer(MOVED, 1)
def best_on_other_digits(races: Races) -> str:
    scratch, frozen, _, tuned = right(races, 4)
    return max({"From scratch": scratch, "Frozen": frozen, "Fine-tuned": tuned}.items(), key=lambda pair: pair[1])[0]
