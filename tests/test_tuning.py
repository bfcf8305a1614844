"""The fair race: equal budgets, reproducible, blind to the company, and judged on starts that nobody has seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

import optimizers
from figures import DARK, LIGHT, Theme
from figures.fair import searched, sensitivity
from lab.search import COARSE, FLOOR, Search, Space, Tried, ran, ranks, score
from lab.tiles import Batch
from lab.tuning import RATES, Tuned, Tuning
from lab.work import Meter, Piece, do, here
from scenario import Choice, Scenario

RAVINE = Scenario(optimizers=(Choice("sgd"), Choice("momentum"), Choice("adam")), steps=60)
TASK = Tuning(RAVINE, count=30, starts=8, seed=3)


@pytest.fixture(scope="module")
def tuned() -> Tuned:
    return do(TASK)


# ---- the budget


def test_everyone_gets_the_same_number_of_trials_and_they_are_counted() -> None:
    """Counted where they are run: trajectories of each optimizer that `execute` was given."""
    asked: list[dict[str, int]] = []
    run = here(Meter(TASK.work))

    def counting(batches: Sequence[Batch]) -> Iterator[Piece]:
        stage: dict[str, int] = {}
        for each in batches:
            name = each.scenario.optimizers[0].name
            stage[name] = stage.get(name, 0) + each.count // TASK.starts
        asked.append(stage)
        yield from run(batches)

    TASK.compute(counting, lambda partial: None)
    coarse, fine, held_out, curves = asked
    assert set(coarse.values()) == {round(COARSE * 30)}
    assert set(fine.values()) == {30 - round(COARSE * 30)}
    assert set(held_out.values()) == {1}
    assert set(curves.values()) == {RATES}
    assert all(list(stage) == ["sgd", "momentum", "adam"] for stage in asked)


def test_the_work_is_told_exactly() -> None:
    meter = Meter(TASK.work)
    TASK.compute(here(meter), lambda partial: None)
    assert meter.fraction == pytest.approx(1.0, abs=1e-9)
    more = Meter(2 * TASK.work)
    TASK.compute(here(more), lambda partial: None)
    assert more.fraction == pytest.approx(0.5, abs=1e-9)


def test_it_is_reproducible_from_its_seed(tuned: Tuned) -> None:
    again, other = do(TASK), do(Tuning(RAVINE, count=30, starts=8, seed=4))
    for first, second, third in zip(tuned.trials, again.trials, other.trials, strict=True):
        assert first.choice == second.choice
        assert np.array_equal(first.objective, second.objective)
        assert first.choice != third.choice


def test_tiles_change_nothing(tuned: Tuned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.tiles.LANES", 37)
    for one, other in zip(do(TASK).trials, tuned.trials, strict=True):
        assert np.array_equal(one.objective, other.objective)
        assert np.array_equal(one.sensitivity, other.sensitivity)
        assert (one.choice, one.held_out) == (other.choice, other.held_out)


def test_who_else_takes_part_does_not_matter(tuned: Tuned) -> None:
    backwards = do(Tuning(RAVINE.but(optimizers=RAVINE.optimizers[::-1]), count=30, starts=8, seed=3))
    alone = do(Tuning(RAVINE.but(optimizers=RAVINE.optimizers[1:2]), count=30, starts=8, seed=3))
    assert [trials.choice for trials in backwards.trials[::-1]] == [trials.choice for trials in tuned.trials]
    assert alone.trials[0].choice == tuned.trials[1].choice
    assert np.array_equal(alone.trials[0].objective, tuned.trials[1].objective)


# ---- the search


@pytest.mark.parametrize("name", optimizers.names())
def test_every_learning_rate_is_searched_and_every_range_is_valid(name: str) -> None:
    declared = {parameter.name: parameter for parameter in optimizers.get(name).parameters}
    assert "lr" in declared
    space = Space.of(optimizers.get(name))
    assert declared["lr"] in space.parameters
    places = space.spread(50, np.random.default_rng(0))
    for parameter in space.parameters:
        values = space.values(places)[parameter.name]
        assert np.array_equal(parameter.check(values, name), values)
        assert parameter.search is not None
        assert parameter.searched(np.array([0.0, 1.0])) == pytest.approx(parameter.search)


def test_trials_are_spread_evenly_and_then_near_the_best() -> None:
    search = Search(Choice("momentum"), seed=1)
    first = search.draw(20)
    places = np.log(first["lr"] / 1e-5) / np.log(1e6)
    assert sorted((places * 20).astype(int).tolist()) == list(range(20))  # one in each twentieth of the decades
    scores = np.stack([np.abs(places - 0.97), np.zeros(20)])[None]
    search.told(scores)
    second = search.draw(12)
    near = np.log(second["lr"] / 1e-5) / np.log(1e6)
    assert near.min() >= 1 - 1 / 3 - 1e-12  # a box a third as wide, moved inwards at the edge
    assert near.max() <= 1 + 1e-12
    assert search.best_index == int(np.argmin(np.abs(places - 0.97)))


def test_rates_found_on_a_quadratic_are_near_the_best_there_is(tuned: Tuned) -> None:
    """2/(L + m) is best for SGD with curvatures 1 and 20, and it is stable below 2/L."""
    rate = dict(tuned.trials[0].choice.settings)["lr"]
    assert 0.08 < rate < 0.1
    default = do(Tuning(RAVINE, count=2, starts=8, seed=3)).task
    starts = default.tuning
    ((final, steps),) = ran(here(Meter(1)), [Tried(starts, Choice("sgd"), {}, 1)])
    assert tuned.trials[0].objective.min() <= score(final, steps, "final loss")[0, 0]


def test_held_out_starts_are_others_and_judge_the_settings_found(tuned: Tuned) -> None:
    tuning, held_out = TASK.tuning.start_points(), TASK.held_out.start_points()
    assert tuning.shape == held_out.shape == (2, 8)
    assert not set(map(tuple, tuning.T)) & set(map(tuple, held_out.T))
    race = tuned.race.race()
    assert np.array_equal(race.starts, held_out)
    for run, trials in zip(race.runs, tuned.trials, strict=True):
        assert trials.held_out == pytest.approx(max(float(np.median(run.losses[-1])), FLOOR), rel=1e-9)


def test_the_sensitivity_is_what_single_races_give(tuned: Tuned) -> None:
    trials = tuned.trials[1]
    for index in (5, 20, 28):
        race = TASK.tuning.but(optimizers=(trials.choice.but(lr=float(trials.rates[index])),)).race()
        last = race.runs[0].losses[-1]
        median = float(np.median(np.where(np.isnan(last), np.inf, last)))
        assert trials.sensitivity[index] == pytest.approx(max(median, FLOOR), rel=1e-6)
    assert trials.sensitivity[-1] > 1e100  # a rate of 10 diverges
    good = trials.sensitivity <= 10 * trials.sensitivity.min()
    assert trials.tolerant_decades == pytest.approx(6 * (good[1:] & good[:-1]).sum() / 40)


def test_the_steps_to_the_tolerance_can_be_the_objective() -> None:
    found = do(Tuning(RAVINE, count=30, starts=8, seed=3, objective="steps")).trials[0]
    assert found.objective[found.best] == found.objective.min()
    assert found.objective[found.best] == int(found.objective[found.best]) or found.objective[found.best] % 1 == 0.5
    assert np.isinf(found.objective).any()


def test_nothing_found_is_told() -> None:
    trials = do(Tuning(RAVINE.but(steps=1, optimizers=(Choice("adam"),)), count=5, starts=4, objective="steps")).trials[0]
    assert trials.failed
    assert np.isnan(trials.tolerant_decades)


def test_starts_around_the_landscapes_own() -> None:
    x, y = Tuning(RAVINE, starts=200, where="around").tuning.start_points()
    start = RAVINE.build_landscape().start
    assert np.mean(x) == pytest.approx(start[0], abs=0.2)
    assert np.mean(y) == pytest.approx(start[1], abs=0.2)


def test_ranks_with_ties_by_hand() -> None:
    scores = np.array([[3.0, 1.0, 1.0, np.inf, 1.0, np.inf], [0.0, 5.0, 5.0, 2.0, 4.0, 2.0]])
    assert ranks(scores).tolist() == [4.0, 2.5, 2.5, 5.5, 1.0, 5.5]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"count": 1}, "tuning with 1 trials cannot be; choose 2 to 1000"),
        ({"starts": 5000}, "tuning with 5000 starts cannot be; choose 2 to 1000"),
        ({"seed": -1}, "the seed is -1"),
        ({"objective": "luck"}, "no objective 'luck'; choose one of final loss, steps"),
        ({"where": "there"}, "no place of starts 'there'"),
        ({"scenario": Scenario(landscape=Choice("pure_saddle"))}, "Pure saddle has no lowest loss"),
    ],
)
def test_what_cannot_be_tuned_is_refused_in_words(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Tuning(**{"scenario": RAVINE, **changed})  # type: ignore[arg-type]


# ---- the figures


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_figures_show_what_was_found(tuned: Tuned, theme: Theme) -> None:
    curves = sensitivity(tuned, theme)
    lines = [trace for trace in curves.data if trace.mode == "lines"]
    assert [trace.name for trace in lines] == ["SGD", "Momentum", "Adam"]
    assert len({trace.line.color for trace in lines}) == 3
    marks = [trace for trace in curves.data if trace.mode == "markers"]
    for trace, trials in zip(marks, tuned.trials, strict=True):
        assert trace.x[0] == dict(trials.choice.settings)["lr"]
        assert trace.y[0] == trials.objective.min()
    points = searched(tuned, theme)
    assert sum(len(trace.x) for trace in points.data) == 3 * 30
    assert curves.layout.xaxis.type == points.layout.yaxis.type == "log"
