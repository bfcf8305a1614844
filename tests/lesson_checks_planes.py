"""The checks of lesson 21: what planes through the weights of a real network show, and what they hide."""

from __future__ import annotations

import numpy as np

from networks import planes
from tests.lesson_checks import Races, answer, claim

LESSON = "real-landscape"


@claim(LESSON, "weights")
def seventeen(races: Races) -> None:
    assert races.trained(0).network.size == 17


@claim(LESSON, "most")
def nine_tenths(races: Races) -> None:
    assert 0.88 < races.trained(0).relief.explained.sum() < 0.95


@claim(LESSON, "close")
def close_to_the_truth(races: Races) -> None:
    sgd, momentum, adam = races.trained(0).relief.end_factors
    assert max(sgd, momentum) < 1.1
    assert adam < 4 / 3


@claim(LESSON, "walk")
def random_walks(races: Races) -> None:
    walks = [np.cumsum(np.random.default_rng(seed).standard_normal((120, 400)), axis=0) for seed in range(10)]
    assert abs(np.mean([planes.pca(walk).explained.sum() for walk in walks]) - 0.76) < 0.02
    assert abs(races.trained(0).relief.random_walk - 0.76) < 0.005


@answer(LESSON, 0)
def factor_at_the_end(races: Races) -> str:
    factor = races.trained(1).relief.end_factors[0]
    return min(("1.1", "2", "10"), key=lambda choice: abs(np.log(factor / float(choice))))


@claim(LESSON, "large")
def larger_network(races: Races) -> None:
    comparison = races.trained(1)
    assert comparison.network.size == 337
    assert comparison.relief.explained.sum() > 0.82


@claim(LESSON, "story")
def what_did_not_happen(races: Races) -> None:
    comparison = races.trained(1)
    shown, true = (losses[0] for losses in (comparison.relief.plane_losses, comparison.relief.true_losses))
    lowest = int(shown.argmin())
    assert comparison.steps[lowest] <= 10
    assert shown[-1] > shown[lowest]
    assert true[lowest] > 10 * true[-1]


@claim(LESSON, "moving")
def on_the_ground(races: Races) -> None:
    relief = races.trained(2).relief
    assert np.abs(relief.factors[0] - 1).max() < 1e-9
    assert max(relief.end_factors[1:]) > 2


@claim(LESSON, "random")
def no_map_of_the_way(races: Races) -> None:
    relief = races.trained(3).relief
    assert relief.explained.sum() < 0.06
    assert abs(relief.end_factors[2] - 1) < 1e-9


@answer(LESSON, 1)
def between_the_ends(races: Races) -> str:
    wall = wall_of(races)
    return "It rises above 0.4" if wall.between.max() > 0.45 else "It stays below that of the higher end"


def wall_of(races: Races) -> planes.Line:
    """The straight line from SGD's end to Adam's."""
    comparison = races.trained(4)
    sgd, _, adam = comparison.paths
    return planes.line(comparison.network, sgd[-1], adam[-1], comparison.data.x, comparison.data.y)


@claim(LESSON, "ends")
def exact_at_three_points(races: Races) -> None:
    comparison = races.trained(4)
    sgd, momentum, adam = comparison.relief.factors
    assert max(abs(sgd[0] - 1), abs(sgd[-1] - 1), abs(adam[-1] - 1)) < 1e-9
    assert momentum[-1] > 20
    assert all(run.accuracies[-1] > 0.995 for run in (comparison.runs[0], comparison.runs[2]))


@claim(LESSON, "wall")
def wall_between(races: Races) -> None:
    between = wall_of(races).between
    assert between[50] > 0.42
    assert between[50] > 15 * max(between[0], between[-1])


@claim(LESSON, "falls")
def falls_all_the_way(races: Races) -> None:
    comparison = races.trained(4)
    for path in comparison.paths:
        assert planes.line(comparison.network, path[0], path[-1], comparison.data.x, comparison.data.y, n=51).falls
