"""The checks of lessons 22 and 25: critical points of a real network, and its sharpness along training."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from figures.lessons import critical_survey
from lab.sharpness import Sharpness, sharpness_of
from parameters import Array
from scenario.trained import TrainedRun
from tests.lesson_checks import Races, answer, claim

# ---- 22 index and loss


@claim("index-and-loss", "stuck")
def stands_still(races: Races) -> None:
    run = races.trained(0).runs[0]
    assert run.losses[0] - run.losses[-1] < 5e-4
    assert run.gradient_norms.max() < 0.0018


def curvatures(races: Races, place: int) -> Array:
    """The eigenvalues of the Hessian where a training ends, shape (P,)."""
    comparison = races.trained(place)
    last = comparison.runs[0].weights[-1:]
    found: Array = np.linalg.eigvalsh(comparison.network.hessian(last, comparison.data.x, comparison.data.y))[0]
    return found


@claim("index-and-loss", "down")
def stands_at_a_saddle(races: Races) -> None:
    assert (curvatures(races, 0) < -1e-5).sum() > 5


@answer("index-and-loss", 0)
def gets_away(races: Races) -> str:
    learns = races.trained(1).runs[0].losses[-1] < 0.1
    return "It is none: it gets away and learns" if learns else "It is one: the loss stays at 0.693"


@claim("index-and-loss", "leaves")
def is_right_by_then(races: Races) -> None:
    run = races.trained(1).runs[0]
    assert (run.accuracies[run.steps >= 380] == 1).all()


@claim("index-and-loss", "adam")
def adam_leaves_first(races: Races) -> None:
    sgd, momentum, adam = races.trained(2).runs
    assert (adam.accuracies[adam.steps >= 130] == 1).all()
    assert min(sgd.losses.min(), momentum.losses.min()) > 0.69


@claim("index-and-loss", "found")
def most_searches_end(races: Races) -> None:
    """The reference sheet: 329 of 360, from other weights."""
    survey = critical_survey()
    assert len(survey.steps) == 360
    assert survey.critical(1e-9).sum() > 310
    assert survey.critical(1e-9).sum() == survey.critical(1e-10).sum()


@claim("index-and-loss", "held")
def others_are_held_up(races: Races) -> None:
    survey = critical_survey()
    others = ~survey.critical()
    assert survey.points.gradient_norms[others].min() > 1.05e-4
    assert survey.held_up() == others.sum() > 0


def index_and_losses() -> tuple[npt.NDArray[np.int64], Array]:
    """Of the critical points."""
    survey = critical_survey()
    counted = survey.critical()
    return survey.points.index[counted], survey.points.losses[counted]


@claim("index-and-loss", "share")
def few_are_minima(races: Races) -> None:
    index, _ = index_and_losses()
    assert 0.15 < (index == 0).mean() < 0.25
    assert index.max() < 17


@claim("index-and-loss", "low")
def minima_lie_low(races: Races) -> None:
    index, losses = index_and_losses()
    assert losses[index == 0].max() < 0.06
    assert index[losses < 0.1].max() <= 3


@claim("index-and-loss", "high")
def high_points_are_saddles(races: Races) -> None:
    index, losses = index_and_losses()
    assert (losses > 0.6).sum() > 50
    assert index[losses > 0.6].min() >= 4


@answer("index-and-loss", 1)
def minima_above(races: Races) -> str:
    index, losses = index_and_losses()
    share = (index[losses > 0.6] == 0).mean()
    assert np.abs(np.diff(races.trained(3).runs[0].losses)).max() < 1e-12, "from zeros nothing moves"
    return "None" if share == 0 else "About half" if share < 0.7 else "Most of them"


@claim("index-and-loss", "related")
def index_and_loss_are_related(races: Races) -> None:
    """The reference sheet: about .93."""
    assert abs(critical_survey().correlation() - 0.93) < 0.03


@claim("index-and-loss", "layers")
def points_lie_in_layers(races: Races) -> None:
    _, losses = index_and_losses()
    for low, high in ((0.14, 0.36), (0.54, 0.66)):
        assert not ((losses > low) & (losses < high)).any()


# ---- 25 the edge of stability


def sharp(races: Races, place: int, number: int = 0) -> tuple[TrainedRun, Array, float]:
    """One of the networks at a stop, its sharpness at the steps shown, and the limit of its rate."""
    comparison = races.trained(place)
    found: Sharpness = sharpness_of(comparison)[number]
    return comparison.runs[number], found.values, float("nan") if found.limit is None else float(found.limit[0])


def last_quarter(run: TrainedRun, values: Array) -> Array:
    late: Array = values[run.steps >= 0.75 * run.steps[-1]]
    return late


def ends_at(races: Races, place: int, number: int = 0) -> float:
    """The mean of its sharpness in the last quarter of the run."""
    run, values, _ = sharp(races, place, number)
    return float(last_quarter(run, values).mean())


@claim("edge-of-stability", "begins")
def sharpness_begins(races: Races) -> None:
    run, values, limit = sharp(races, 0)
    assert 13 < values[0] < 14
    assert limit == 20
    assert values[run.steps <= 50].max() > 21


@claim("edge-of-stability", "leaps")
def loss_leaps(races: Races) -> None:
    run, values, _ = sharp(races, 0)
    early = run.steps < 150
    highest = int(values[early].argmax())
    assert run.losses[highest:][early[highest:]].max() > 5.5 * run.losses[:highest].min()
    assert values[highest:][early[highest:]].min() < 13.9


@claim("edge-of-stability", "hovers")
def sharpness_hovers(races: Races) -> None:
    run, values, limit = sharp(races, 0)
    assert np.abs(last_quarter(run, values) / limit - 1).max() < 0.015


@claim("edge-of-stability", "falls")
def loss_falls_nonetheless(races: Races) -> None:
    run = races.trained(0).runs[0]
    assert run.losses[-1] < run.losses[0] / 18
    assert (np.diff(run.losses) > 0).sum() > 5


@answer("edge-of-stability", 0)
def sharpness_of_half_the_rate(races: Races) -> str:
    places = {"Near 14, where it began": 14, "Near 20 again": 20, "Near 40": 40}
    end = ends_at(races, 1)
    return min(places, key=lambda choice: abs(places[choice] - end))


@claim("edge-of-stability", "smooth")
def slow_rate_is_smooth(races: Races) -> None:
    run, values, limit = sharp(races, 2, 0)
    assert limit == 80
    assert values.max() < 0.6 * limit
    assert (np.diff(run.losses) < 0).all()


@claim("edge-of-stability", "edge")
def three_rates_end_at_their_limits(races: Races) -> None:
    """The reference sheet has 1.003, 0.990, 1.038 from other weights: its loss is half of this one, and its rates are twice these."""
    for number, limit in ((1, 40), (2, 20), (3, 10)):
        assert sharp(races, 2, number)[2] == limit
        assert abs(ends_at(races, 2, number) / limit - 1) < 0.04
    assert sharp(races, 2, 3)[1][0] > 10
    assert abs(ends_at(races, 1) / 40 - 1) < 0.02


@claim("edge-of-stability", "over")
def large_rate_overflows(races: Races) -> None:
    assert 0 < races.trained(2).runs[4].diverged_at < 190


@answer("edge-of-stability", 1)
def sharpness_of_small_batches(races: Races) -> str:
    end = ends_at(races, 3)
    return "Well below 20" if end < 16 else "Near 20" if end < 24 else "Far above 20"


@claim("edge-of-stability", "batches")
def smaller_batches_end_flatter(races: Races) -> None:
    four, sixteen, every = (ends_at(races, 4, number) for number in range(3))
    assert four < 14 < 17 < sixteen < 19.3
    assert abs(every / 20 - 1) < 0.02
    assert four == ends_at(races, 3), "the same network as in the question"


@claim("edge-of-stability", "momentum")
def momentum_has_its_own_limit(races: Races) -> None:
    run, values, limit = sharp(races, 5, 1)
    assert abs(limit - 38) < 1e-9
    assert last_quarter(run, values).min() > 27
    crossings = np.flatnonzero((values[:-1] < limit) & (values[1:] >= limit))
    assert len(crossings) == 1


@claim("edge-of-stability", "adam")
def adam_is_plainly_as_sharp(races: Races) -> None:
    run, values, _ = sharp(races, 5, 2)
    assert last_quarter(run, values).min() > 27
    assert last_quarter(run, values).max() < 33


@claim("edge-of-stability", "preconditioned")
def adam_hovers_at_its_own_limit(races: Races) -> None:
    comparison = races.trained(5)
    run, found = comparison.runs[2], sharpness_of(comparison)[2]
    assert found.limit is not None
    assert found.preconditioned is not None
    assert abs(found.limit - 3800).max() < 1e-6
    late = last_quarter(run, found.preconditioned / found.limit)
    assert 0.86 < late.min() < late.max() < 1.05


@claim("edge-of-stability", "logistic")
def logistic_loss_leaves_the_edge(races: Races) -> None:
    run, values, limit = sharp(races, 6)
    assert values[0] > 1.3 * limit
    assert last_quarter(run, values).max() < 0.15 * limit
