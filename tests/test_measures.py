"""What is said of a run, held against runs whose end is known."""

from __future__ import annotations

import numpy as np
import pytest

import landscapes
import optimizers
import simulation
from simulation import measures
from simulation.attractors import NEAR, attractor_lookup, attractors, lowest_loss
from simulation.measures import Outcome
from simulation.summary import MEASURES


def run(landscape: str, optimizer: str, starts: list[list[float]], steps: int, **settings: float) -> simulation.Run:
    return simulation.run(landscapes.get(landscape), optimizers.get(optimizer, **settings), np.array(starts, dtype=float).T, steps)


def test_outcomes_in_the_two_wells() -> None:
    # from the left and the right of the ridge, from the saddle itself, and one that is thrown out of float range
    two = run("two_wells", "sgd", [[-1.0, 0.3], [1.0, 0.3], [0.06860195, 0.0]], 200, lr=0.02)
    assert [Outcome(outcome).label for outcome in measures.outcomes(two)] == ["global minimum", "local minimum", "stalled"]
    assert measures.shares(two) == pytest.approx(
        {"global minimum": 1 / 3, "local minimum": 1 / 3, "stalled": 1 / 3, "moving": 0, "diverged": 0, "falling": 0}
    )
    thrown = run("rosenbrock", "sgd", [[-1.2, 1.0], [1.0, 1.0]], 100, lr=1.0)
    assert [Outcome(outcome).label for outcome in measures.outcomes(thrown)] == ["diverged", "global minimum"]


def test_a_trajectory_under_way_is_moving_even_as_it_passes_a_minimum() -> None:
    slow = run("ravine", "sgd", [[-3.5, 1.0]], 5, lr=0.01)
    assert Outcome(measures.outcomes(slow)[0]).label == "moving"
    # a ball without friction crosses the minimum at full speed at the end of a quarter period
    lr, quarter = 0.0001, 157
    through = run("ravine", "momentum", [[-3.9, 0.0]], quarter, lr=lr, momentum=1.0)
    assert abs(through.positions[-1, 0, 0]) < 0.04
    assert Outcome(measures.outcomes(through)[0]).label == "moving"


def test_every_point_of_a_curve_of_minima_counts_as_the_global_minimum() -> None:
    starts = [[x, 1 / x + 0.05] for x in (0.4, 0.7, 1.3, 2.2, -0.9, -3.0)]
    ended = measures.outcomes(run("linear_network", "sgd", starts, 500, lr=0.05))
    assert set(ended) == {Outcome.GLOBAL_MINIMUM}


def test_a_kink_counts_as_a_minimum() -> None:
    assert lowest_loss(landscapes.get("ackley")) == pytest.approx(0.0, abs=1e-12)
    near = run("ackley", "adam", [[0.3, -0.2]], 400, lr=0.01)
    assert Outcome(measures.outcomes(near)[0]).label == "global minimum"


def test_numbers_of_a_run_worked_by_hand() -> None:
    # x <- 0.5 x on x²/2 with condition 1, from (2, 0): 2, 1, 0.5, 0.25
    landscape = landscapes.get("ravine", condition=1.0)
    halved = simulation.run(landscape, optimizers.get("sgd", lr=0.5), np.array([[2.0], [0.0]]), 3)
    np.testing.assert_allclose(halved.losses[:, 0], [2.0, 0.5, 0.125, 0.03125])
    assert measures.best_loss(halved)[0] == measures.final_loss(halved)[0] == 0.03125
    assert measures.distance_to_minimum(halved)[0] == 0.25
    assert measures.path_length(halved)[0] == 1.75
    assert measures.steps_to(halved, 0.2)[0] == 2
    assert measures.steps_to(halved, 0.01)[0] == -1
    assert measures.steps_to(halved, 2.0)[0] == 0


def test_the_best_loss_may_lie_on_the_way() -> None:
    swinging = run("ravine", "momentum", [[-3.5, 1.0]], 60, lr=0.02)
    assert measures.best_loss(swinging)[0] < measures.final_loss(swinging)[0]


def test_what_diverged_has_no_end_but_keeps_its_best() -> None:
    thrown = run("rosenbrock", "sgd", [[-1.2, 1.0]], 100, lr=1.0)
    assert np.isnan(measures.final_loss(thrown)[0])
    assert np.isnan(measures.distance_to_minimum(thrown)[0])
    assert np.isnan(measures.path_length(thrown)[0])
    assert measures.best_loss(thrown)[0] == pytest.approx(24.2)


def test_an_unbounded_landscape_has_no_lowest_loss() -> None:
    falling = run("pure_saddle", "sgd", [[-1.0, 0.5]], 50)
    assert np.isnan(lowest_loss(falling.landscape))
    assert measures.steps_to(falling)[0] == -1
    assert np.isnan(measures.distance_to_minimum(falling)[0])


def test_a_penalty_moves_the_lowest_loss() -> None:
    plain, pulled = landscapes.get("booth"), landscapes.get("booth").penalized(l2=4.0)
    # gradient (10x + 8y - 34 + 4x, 8x + 10y - 38 + 4y) = 0
    x, y = np.linalg.solve([[14.0, 8.0], [8.0, 14.0]], [34.0, 38.0])
    assert lowest_loss(plain) == 0.0
    assert lowest_loss(pulled) == pytest.approx(float(pulled.value(np.array([[x], [y]]))[0]))


def test_shares_are_the_same_without_the_path() -> None:
    starts = simulation.starts.uniform(((-2, 2), (-2, 2)), 200, 3)
    landscape, optimizer = landscapes.get("two_wells"), optimizers.get("sgd", lr=0.02)
    path = simulation.run(landscape, optimizer, starts, 300)
    last = simulation.run(landscape, optimizer, starts, 300, keep="last")
    assert measures.shares(path) == measures.shares(last)
    assert 0.3 < measures.shares(path)["global minimum"] < 0.7


@pytest.mark.parametrize("name", landscapes.names())
def test_every_measure_is_there_for_every_landscape(name: str) -> None:
    landscape = landscapes.get(name)
    result = simulation.run(landscape, optimizers.get("adam"), simulation.starts.grid(landscape.window, 9), 40)
    for measure in (
        measures.best_loss,
        measures.final_loss,
        measures.path_length,
        measures.distance_to_minimum,
        measures.steps_to,
        measures.final_attractor,
    ):
        assert measure(result).shape == (9,)
    assert sum(measures.shares(result).values()) == pytest.approx(1.0)


def test_the_attractor_is_found_among_many_as_by_looking_at_each() -> None:
    landscape = landscapes.get("rastrigin")
    lookup = attractor_lookup(landscape)
    (x0, x1), (y0, y1) = landscape.window
    points = simulation.starts.uniform(((1.1 * x0, 1.1 * x1), (1.1 * y0, 1.1 * y1)), 4000, seed=1)
    size = np.array([[x1 - x0], [y1 - y0]])
    places = np.array([(end.x, end.y) for end in attractors(landscape)]).T
    near = np.linalg.norm((points[:, :, None] - places[:, None, :]) / size[:, :, None], axis=0)
    expected = np.where(near.min(axis=1) <= NEAR, near.argmin(axis=1), -1)
    assert (expected >= 0).sum() > 200
    assert np.array_equal(lookup.at(points), expected)
    assert lookup.at(np.array([[np.nan, np.inf, 1e300], [0.0, 0.0, 0.0]])).tolist() == [-1, -1, -1]


def test_the_arrival_is_the_step_from_which_on_it_stays() -> None:
    # momentum passes the minimum and comes back: what counts is that it stays
    swinging = run("ravine", "momentum", [[-3.5, 1.0], [-3.5, 1.0]], 200, lr=0.02)
    (step, _) = measures.arrival(swinging, measures.final_attractor(swinging))
    x, y = swinging.positions[:, :, 0].T
    apart = np.hypot(x / 8, y / 4)  # the window is 8 wide and 4 high
    assert apart[:step].min() < NEAR
    assert apart[step - 1] > NEAR
    assert (apart[step:] <= NEAR).all()
    moving = run("ravine", "sgd", [[-3.5, 1.0]], 5, lr=0.01)
    assert measures.arrival(moving, measures.final_attractor(moving)).tolist() == [-1]


def test_steps_that_were_not_kept_round_the_arrival_up() -> None:
    landscape, optimizer, start = landscapes.get("ravine"), optimizers.get("momentum", lr=0.02), np.array([[-3.5], [1.0]])
    whole = simulation.run(landscape, optimizer, start, 200)
    kept = [0, 10, 20, 40, 80, 120, 160, 190, 200]
    thinned = simulation.run(landscape, optimizer, start, 200, keep=kept)
    exact, rounded = (int(measures.arrival(each, measures.final_attractor(each))[0]) for each in (whole, thinned))
    assert rounded == min(step for step in kept if step >= exact)
    assert measures.steps_to(thinned)[0] in kept


def test_what_is_said_of_the_way_needs_the_path() -> None:
    last = simulation.run(landscapes.get("ravine"), optimizers.get("sgd"), np.array([[1.0], [1.0]]), 10, keep="last")
    for measure in (measures.best_loss, measures.path_length, measures.gradient_norms, measures.effective_rates, measures.alignments):
        with pytest.raises(ValueError, match="this run kept 1 of its 11 points; run it with keep='path'"):
            measure(last)


def test_what_diverged_and_what_never_arrived_count_as_the_worst() -> None:
    losses = np.array([[1.0, np.nan, 3.0], [np.nan, 2.0, np.nan], [-np.inf, 4.0, 5.0]])
    assert measures.median(losses).tolist() == [3.0, np.inf, 4.0]
    assert measures.median(losses, axis=0).tolist() == [1.0, 4.0, 5.0]
    assert measures.diverged_as_infinity(losses)[0].tolist() == [1.0, np.inf, 3.0]
    assert measures.never_as_infinity(np.array([3, -1, 0])).tolist() == [3.0, np.inf, 0.0]


def test_outcomes_have_names_in_words_and_shares_that_sum_to_one() -> None:
    assert [outcome.label for outcome in Outcome] == ["global minimum", "local minimum", "stalled", "moving", "diverged", "falling"]
    assert measures.shares_of(np.array([[0, 4], [4, 3]])) == {
        "global minimum": 0.25,
        "local minimum": 0.0,
        "stalled": 0.0,
        "moving": 0.25,
        "diverged": 0.5,
        "falling": 0.0,
    }


def test_a_table_says_medians_and_counts_what_diverged_as_worst() -> None:
    # two of three are thrown out of float range, one begins at the minimum
    thrown = run("rosenbrock", "sgd", [[-2.0, 3.0], [2.0, -1.0], [1.0, 1.0]], 100, lr=1.0)
    values = {name: measure.value(thrown) for name, measure in MEASURES.items()}
    assert values["final"] == values["steps"] == values["path"] == np.inf
    # x <- 0.5 x, from 2, 1 and 4
    halved = simulation.run(
        landscapes.get("ravine", condition=1.0), optimizers.get("sgd", lr=0.5), np.array([[2.0, 1.0, 4.0], [0.0] * 3]), 3
    )
    values = {name: measure.value(halved) for name, measure in MEASURES.items()}
    assert (values["final"], values["distance"], values["path"]) == (0.03125, 0.25, 1.75)


def test_every_row_of_a_table_has_a_title_of_its_own_and_a_sentence() -> None:
    titles = [measure.title for measure in MEASURES.values()]
    assert len(set(titles)) == len(titles)
    for measure in MEASURES.values():
        assert measure.about[0].isupper()
        assert not measure.about.endswith(".")
