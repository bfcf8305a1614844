"""The checks of lessons 10 to 15: schedules, noise, searching, penalties, curvature, and comparing."""

from __future__ import annotations

import numpy as np

import optimizers
import simulation
from scenario import Choice
from simulation import Run
from tests.lesson_checks import Races, above, answer, changes_of_side, claim, end, first, first_within, share
from tests.lesson_checks_methods import along

# ---- 10 decay


def hovering(run: Run, start: int, stop: int) -> float:
    """The mean of the median loss over some steps."""
    return float(above(run)[start:stop].mean())


@claim("decay", "hover")
def hovers(races: Races) -> None:
    run = races.run(0)
    assert 2 / 3 < hovering(run, 181, 201) / hovering(run, 100, 120) < 3 / 2


@claim("decay", "cosine")
def cosine_ends_lower(races: Races) -> None:
    assert races[1].scenario.replace(schedule=Choice("constant")) == races[0].scenario
    assert above(races.run(1))[-1] < 0.1 * above(races.run(0))[-1]


@claim("decay", "same")
def alike_at_first(races: Races) -> None:
    apart = np.log(above(races.run(1))[:51] / above(races.run(0))[:51])
    assert np.abs(apart).max() < np.log(2), "at single steps chance moves the median of sixty"
    assert np.abs(apart.mean()) < np.log(1.1)


@claim("decay", "stuck")
def out_of_steps(races: Races) -> None:
    run = races.run(3)
    assert np.hypot(*end(run)) > 0.25 * np.hypot(*run.starts[:, 0])
    assert np.allclose(run.positions[-1], run.positions[-50], atol=1e-6)


@claim("decay", "slow")
def slow_decay_arrives(races: Races) -> None:
    assert share(races.run(4), "global minimum") == 1
    factors = races[4].scenario.build_schedule().factors(10_000)
    assert abs(factors.sum() - 50) < 0.01, "the sum that the words name"


@answer("decay", 0)
def where_it_stops(races: Races) -> str:
    run = races.run(3)
    if (run.diverged_at >= 0).any():
        return "It diverges"
    return "At the minimum" if above(run)[-1] < 0.001 else "It stops on the way"


@claim("decay", "diverges")
def diverges_on_the_wall(races: Races) -> None:
    assert share(races.run(5), "diverged") == 1


@claim("decay", "warm")
def warm_up_helps(races: Races) -> None:
    cold, warm = races[5].scenario, races[6].scenario
    assert warm.replace(schedule=cold.schedule) == cold
    assert share(races.run(6), "global minimum") == 1


# ---- 11 noise


def floor(run: Run) -> float:
    """The mean loss over all starts in the last hundred steps."""
    return float(run.losses[-100:].mean())


def expected_floor(run: Run) -> float:
    """What the lesson's formula says of it."""
    rate, noise = float(run.optimizer.values["lr"]), float(run.noise)
    curvatures = np.linalg.eigvalsh(run.landscape.hessian(run.starts)[:, :, 0])
    return float((rate * noise**2 / (2 * (2 - rate * curvatures))).sum())


@claim("noise", "sooner")
def large_rate_is_sooner(races: Races) -> None:
    large, small = races[0].runs
    assert 3 * first_within(large, 0.5) < first_within(small, 0.5) < np.inf


@claim("noise", "floor")
def large_rate_hovers_higher(races: Races) -> None:
    large, small = (floor(run) for run in races[0].runs)
    assert large > 5 * small


@claim("noise", "formula")
def floors_are_as_expected(races: Races) -> None:
    for run in races[0].runs:
        assert abs(floor(run) / expected_floor(run) - 1) < 0.05


@answer("noise", 0)
def half_the_rate(races: Races) -> str:
    whole, halved = (floor(run) for run in races[1].runs)
    answers = {1.0: "It stays", 0.5: "It falls to about a half", 0.25: "It falls to about a quarter"}
    return answers[min(answers, key=lambda ratio: abs(np.log(halved / whole / ratio)))]


@claim("noise", "half")
def half_the_floor(races: Races) -> None:
    whole, halved = (floor(run) for run in races[1].runs)
    assert 0.4 < halved / whole < 0.55


@claim("noise", "batch")
def four_times_the_batch(races: Races) -> None:
    assert races[2].scenario.noise == races[0].scenario.noise / 2
    for few, many in zip(races[0].runs, races[2].runs, strict=True):
        assert abs(floor(many) / floor(few) - 0.25) < 0.01


@claim("noise", "decay")
def decay_beats_the_small_rate(races: Races) -> None:
    assert races.run(3).losses[-1].mean() < floor(races.run(0, 1))


# ---- 12 search


def lowest(race_losses: dict[str, float]) -> str:
    """Whose final loss is lowest."""
    return min(race_losses, key=lambda name: race_losses[name])


def by_rate(races: Races, place: int) -> dict[str, float]:
    """The final loss for each learning rate as it is written."""
    return {f"{float(run.optimizer.values['lr']):g}": float(above(run)[-1]) for run in races[place].runs}


@claim("search", "coarse")
def coarse_search(races: Races) -> None:
    losses = by_rate(races, 0)
    assert lowest(losses) == "0.1"
    start = above(races.run(0))[0]
    assert min(losses["0.001"], losses["0.01"]) > 1000 * losses["0.1"]
    assert min(losses["0.001"], losses["0.01"]) > 0.1 * start
    for run in races[0].runs[:2]:
        assert along(run)[-1] / along(run)[0] > 0.5
    assert losses["1"] > 1e6 * start


@claim("search", "fine")
def fine_search(races: Races) -> None:
    losses = by_rate(races, 1)
    assert lowest(losses) == "0.18"
    assert 1000 * losses["0.18"] < losses["0.1"]


@answer("search", 0)
def one_more_try(races: Races) -> str:
    return lowest(by_rate(races, 2))


@claim("search", "edge")
def over_the_edge(races: Races) -> None:
    run = races.run(2, 2)
    assert above(run)[-1] > above(run)[0]


@claim("search", "flat")
def flat_in_the_rate(races: Races) -> None:
    losses = by_rate(races, 3)
    assert max(losses.values()) < 2 * min(losses.values())
    assert max(map(float, losses)) / min(map(float, losses)) == 30


@claim("search", "together")
def both_together(races: Races) -> None:
    losses = by_rate(races, 4)
    assert 1e6 * losses["0.2"] < losses["0.05"]


# ---- 13 regularization


@claim("regularization", "plain")
def ends_at_the_middle(races: Races) -> None:
    assert np.allclose(end(races.run(0)), (2, 0.4), atol=0.001)


@claim("regularization", "ridge")
def l2_shrinks(races: Races) -> None:
    assert np.allclose(end(races.run(1)), np.array([2, 0.4]) * 2 / 3, atol=0.001)


@claim("regularization", "lasso")
def l1_cuts(races: Races) -> None:
    ((x, y, _),) = races[2].landscape.minima
    assert np.allclose((x, y), (1.5, 0), atol=1e-9)
    assert abs(end(races.run(2))[0] - 1.5) < 0.001


@answer("regularization", 0)
def minimum_with_l1(races: Races) -> str:
    ((x, y, _),) = races[2].landscape.minima
    choices = {"At (1.33, 0.27)": (4 / 3, 4 / 15), "At (1.5, 0)": (1.5, 0.0), "At (1.5, −0.1)": (1.5, -0.1)}
    return min(choices, key=lambda choice: np.hypot(choices[choice][0] - x, choices[choice][1] - y))


@claim("regularization", "hops")
def hops_about_the_kink(races: Races) -> None:
    late = races.run(2).positions[-50:, 1, 0]
    assert np.abs(late).max() < 0.1
    assert changes_of_side(late) > 5


@claim("regularization", "round")
def settles_sooner(races: Races) -> None:
    plain, penalized = races.run(3), races.run(4)
    assert 3 * first_within(penalized, 0.01) < first_within(plain, 0.01) < np.inf
    assert np.hypot(*(end(plain) - end(penalized))) > 1


@claim("regularization", "same")
def decay_is_the_penalty(races: Races) -> None:
    assert np.allclose(races.run(5).positions, races.run(1).positions, rtol=0, atol=1e-14)


@claim("regularization", "beside")
def beside_the_drawn_minimum(races: Races) -> None:
    ((x, y, _),) = races[5].landscape.minima
    assert np.allclose((x, y), (2, 0.4), atol=1e-6)
    assert np.hypot(*(end(races.run(5)) - (x, y))) > 0.5


# ---- 14 second-order


@claim("second-order", "once")
def one_step_of_newton(races: Races) -> None:
    assert np.abs(races.run(0, 1).positions[1]).max() < 1e-12


@claim("second-order", "valley")
def in_the_valley(races: Races) -> None:
    sgd, newton, bfgs = races[1].runs
    assert first_within(newton, 1e-6) == 5
    assert 5 < first_within(bfgs, 1e-6) < 40
    assert np.hypot(*(end(sgd) - sgd.starts[:, 0])) < 0.5


@answer("second-order", 0)
def newton_near_a_saddle(races: Races) -> str:
    run = races.run(2)
    ended = {"global minimum": "In a minimum", "stalled": "At the saddle", "diverged": "It diverges"}
    return next(text for outcome, text in ended.items() if share(run, outcome) == 1)


@claim("second-order", "saddle")
def newton_at_the_saddle(races: Races) -> None:
    assert np.abs(end(races.run(2, 0))).max() < 1e-6


@claim("second-order", "free")
def away_from_the_saddle(races: Races) -> None:
    assert share(races.run(2, 1), "global minimum") == 1


@claim("second-order", "third")
def a_third_stalls(races: Races) -> None:
    assert races.run(3).count == 100
    assert 1 / 3 < share(races.run(3, 0), "stalled") < 0.5


@claim("second-order", "all")
def all_in_a_minimum(races: Races) -> None:
    assert share(races.run(3, 1), "global minimum") == 1


# ---- 15 fair


@claim("fair", "adam")
def adam_wins(races: Races) -> None:
    sgd, adam = races[0].runs
    assert abs(first_within(adam, 0.01) - 50) <= 5
    assert above(sgd)[-1] > 50 * 0.01


@claim("fair", "sgd")
def sgd_wins(races: Races) -> None:
    assert first(races[1], 0.01) == "SGD"


@claim("fair", "bad")
def adam_hardly_set_out(races: Races) -> None:
    run = races.run(2, 1)
    assert np.hypot(*(end(run) - run.starts[:, 0])) < 0.1 * np.hypot(*run.starts[:, 0])


def arrived(races: Races) -> list[bool]:
    """Which of the two with twice the rate have arrived."""
    return [bool(above(run)[-1] < 0.001) for run in races[3].runs]


@answer("fair", 0)
def with_twice_the_rate(races: Races) -> str:
    sgd, adam = arrived(races)
    return {(True, True): "Both", (True, False): "Only SGD", (False, True): "Only Adam", (False, False): "Neither"}[sgd, adam]


@claim("fair", "robust")
def only_adam_is_robust(races: Races) -> None:
    assert [float(run.optimizer.values["lr"]) for run in races[3].runs] == [2 * 0.095, 2 * 0.1]
    assert arrived(races) == [False, True]
    assert above(races.run(3))[-1] > above(races.run(3))[0]


@claim("fair", "elsewhere")
def adam_ahead(races: Races) -> None:
    adam = above(races.run(4, 1))[-1]
    assert above(races.run(4, 0))[-1] > 100 * adam
    rates, race = np.geomspace(1e-5, 1, 200), races[4]
    starts = np.repeat(race.starts, rates.size, axis=1)
    tried = simulation.run(race.landscape, optimizers.get("sgd", lr=rates), starts, race.scenario.steps).losses[-1]
    assert np.nanmin(tried) > 5 * adam
