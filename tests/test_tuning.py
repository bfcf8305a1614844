"""The fair race: equal budgets, reproducible, blind to the company, and judged on starts that nobody has seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

import optimizers
from figures import DARK, LIGHT, Theme
from figures.fair import sensitivity, trial_scatter
from lab.executors import Meter, Piece, local_executor, run_task
from lab.search import COARSE, Search, Space, TrialBatch, entrants, ranks, resolution, run_trials, score
from lab.tiles import Batch, Divisible
from lab.tuning import RATES, Trials, Tuned, Tuning
from scenario import Choice, Scenario
from simulation import measures

RAVINE = Scenario(optimizers=(Choice("sgd"), Choice("momentum"), Choice("adam")), steps=60)
TASK = Tuning(RAVINE, count=30, starts=8, seed=3)
FLOOR = resolution(RAVINE.build_landscape())


@pytest.fixture(scope="module")
def tuned() -> Tuned:
    return run_task(TASK)


# ---- the budget


def test_everyone_gets_the_same_number_of_trials_and_they_are_counted() -> None:
    """Counted where they are run: trajectories of each optimizer that `execute` was given."""
    asked: list[dict[str, int]] = []
    run = local_executor(Meter(TASK.work))

    def counting(batches: Sequence[Divisible]) -> Iterator[Piece]:
        stage: dict[str, int] = {}
        for each in batches:
            assert isinstance(each, Batch)
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
    TASK.compute(local_executor(meter), lambda partial: None)
    assert meter.fraction == pytest.approx(1.0, abs=1e-9)
    more = Meter(2 * TASK.work)
    TASK.compute(local_executor(more), lambda partial: None)
    assert more.fraction == pytest.approx(0.5, abs=1e-9)


def test_it_is_reproducible_from_its_seed(tuned: Tuned) -> None:
    again, other = run_task(TASK), run_task(Tuning(RAVINE, count=30, starts=8, seed=4))
    for first, second, third in zip(tuned.trials, again.trials, other.trials, strict=True):
        assert first.choice == second.choice
        assert np.array_equal(first.objective, second.objective)
        assert first.choice != third.choice


def test_tiles_change_nothing(tuned: Tuned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.tiles.LANES", 37)
    for one, other in zip(run_task(TASK).trials, tuned.trials, strict=True):
        assert np.array_equal(one.objective, other.objective)
        assert np.array_equal(one.sensitivity, other.sensitivity)
        assert (one.choice, one.held_out) == (other.choice, other.held_out)


def test_who_else_takes_part_does_not_matter(tuned: Tuned) -> None:
    backwards = run_task(Tuning(RAVINE.replace(optimizers=RAVINE.optimizers[::-1]), count=30, starts=8, seed=3))
    alone = run_task(Tuning(RAVINE.replace(optimizers=RAVINE.optimizers[1:2]), count=30, starts=8, seed=3))
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
    search.record(scores)
    second = search.draw(12)
    near = np.log(second["lr"] / 1e-5) / np.log(1e6)
    rounding = 1e-4  # to four digits
    assert near.min() >= 1 - 1 / 3 - rounding  # a box a third as wide, moved inwards at the edge
    assert near.max() <= 1
    slices = ((near - (1 - 1 / 3)) * 3 * 12).astype(int)
    assert sorted(slices.tolist()) == list(range(12))
    assert search.best_index == int(np.argmin(np.abs(places - 0.97)))


def test_while_nothing_has_come_of_any_trial_they_are_spread_over_the_whole_space() -> None:
    search = Search(Choice("sgd"), seed=1)
    search.draw(10)
    search.record(np.full((1, 2, 10), np.inf))
    places = np.log(search.draw(10)["lr"] / 1e-5) / np.log(1e6)
    assert sorted((places * 10).astype(int).tolist()) == list(range(10))


def test_what_is_tried_is_shown_with_all_its_digits() -> None:
    for name in optimizers.names():
        for parameter, values in Search(Choice(name), seed=0).draw(40).items():
            for value in values.tolist():
                digits = f"{value:.10g}"
                assert float(digits) == value, (name, parameter)
                assert len(digits.lstrip("0.").replace(".", "").split("e")[0]) <= 7


def test_what_is_off_by_default_is_not_tuned() -> None:
    assert "momentum" in {parameter.name for parameter in Space.of(optimizers.get("momentum")).parameters}
    assert "momentum" not in {parameter.name for parameter in Space.of(optimizers.get("rmsprop")).parameters}


def test_optimizers_that_differ_in_what_is_searched_take_part_once() -> None:
    rates = Choice.of("sgd", lr=0.1), Choice.of("adam", lr=0.2, bias_correction=0.0), Choice.of("sgd", lr=0.3), Choice("adam")
    assert entrants(rates) == (Choice("sgd"), Choice.of("adam", bias_correction=0.0), Choice("adam"))
    moved = Tuning(RAVINE.replace(optimizers=(Choice.of("sgd", lr=0.3), *RAVINE.optimizers[1:]), points=((1.0, 1.0),), seed=7), 30, 8, 3)
    assert moved == TASK, "what does not matter computes nothing anew"


def test_losses_that_rounding_cannot_tell_apart_are_equally_good() -> None:
    # 20 terms of about -39 leave 1e-14 of rounding at the lowest loss of -78.3: the sooner one is better, not the luckier one
    landscape = Scenario(landscape=Choice("styblinski_tang")).build_landscape()
    assert resolution(landscape) >= np.spacing(abs(landscape.minima[0][2])) / 2
    scenario = Scenario(landscape=Choice("styblinski_tang"), points=((-2.0, -2.0),), steps=400)
    tried = TrialBatch(scenario, Choice("sgd"), {"lr": np.array([0.005, 0.02])}, 2)
    ((final, steps),) = run_trials(local_executor(Meter(1)), [tried])
    assert final[0, 0] == final[1, 0] == resolution(landscape)
    assert ranks(score(final, steps, "final loss")).tolist() == [2.0, 1.0]


def test_rates_found_on_a_quadratic_are_near_the_best_there_is(tuned: Tuned) -> None:
    """2/(L + m) is best for SGD with curvatures 1 and 20, and it is stable below 2/L."""
    rate = dict(tuned.trials[0].choice.settings)["lr"]
    assert 0.08 < rate < 0.1
    default = run_task(Tuning(RAVINE, count=2, starts=8, seed=3)).task
    starts = default.tuning
    ((final, steps),) = run_trials(local_executor(Meter(1)), [TrialBatch(starts, Choice("sgd"), {}, 1)])
    assert tuned.trials[0].objective.min() <= score(final, steps, "final loss")[0, 0]


def test_held_out_starts_are_others_and_judge_the_settings_found(tuned: Tuned) -> None:
    tuning, held_out = TASK.tuning.start_points(), TASK.held_out.start_points()
    assert tuning.shape == held_out.shape == (2, 8)
    assert not set(map(tuple, tuning.T)) & set(map(tuple, held_out.T))
    race = tuned.race.race()
    assert np.array_equal(race.starts, held_out)
    for run, trials in zip(race.runs, tuned.trials, strict=True):
        assert trials.held_out == pytest.approx(max(float(np.median(run.losses[-1])), FLOOR), rel=1e-9)  # the lowest is 0
        steps = measures.steps_to(run)
        assert trials.tie == np.median(np.where(steps >= 0, steps, np.inf))


def test_the_best_on_the_held_out_starts_is_first() -> None:
    judged = [(1.0, 9.0), (np.inf, np.inf), (1.0, 8.0), (0.5, 20.0)]
    trials = tuple(replace(trials_with([1.0] * 4, 0.1, 1.0), held_out=held_out, tie=tie) for held_out, tie in judged)
    assert Tuned(TASK, trials).order == [3, 2, 0, 1]


def test_the_sensitivity_is_what_single_races_give(tuned: Tuned) -> None:
    trials = tuned.trials[1]
    for index in (5, 20, 28):
        race = TASK.tuning.replace(optimizers=(trials.choice.replace(lr=float(trials.rates[index])),)).race()
        last = race.runs[0].losses[-1]
        median = float(np.median(np.where(np.isnan(last), np.inf, last)))
        assert trials.sensitivity[index] == pytest.approx(max(median, FLOOR), rel=1e-6)
    assert trials.sensitivity[-1] > 1e100  # a rate of 10 diverges


def trials_with(sensitivity: list[float], rate: float, objective: float) -> Trials:
    """A trial at one rate, and a curve over the rates 0.01, 0.1, 1 and 10."""
    settings = {"lr": np.array([rate])}
    return Trials(Choice("sgd"), settings, np.array([objective]), 1, 0, 1.0, 1.0, np.array([0.01, 0.1, 1.0, 10.0]), np.array(sensitivity))


@pytest.mark.parametrize(
    ("sensitivity", "rate", "objective", "decades"),
    [
        ([5.0, 5.0, 5.0, 5.0], 1.0, 5.0, 3.0),
        ([100.0, 1.0, 1.0, np.inf], 0.1, 1.0, 1.5),  # half of the first decade, the second, and nothing of the one that leads to infinity
        ([np.inf, 1.0, np.inf, np.inf], 0.1, 1.0, 0.0),
        ([1e4, 1e4, 1e4, 1e4], 10**-0.5, 1.0, 0.25),  # only the best trial is good: an eighth of a decade to each side
        ([1e300, 1.0, 1e300, 1e-300], 10.0, 1e-300, 1 / 600),  # far beyond what a ratio can hold
        ([np.inf, np.inf, np.inf, np.inf], 1.0, np.inf, np.nan),
    ],
)
def test_tolerant_decades_by_hand(sensitivity: list[float], rate: float, objective: float, decades: float) -> None:
    assert trials_with(sensitivity, rate, objective).tolerant_decades == pytest.approx(decades, nan_ok=True)


def test_the_best_trial_has_its_place_on_the_curve() -> None:
    rates, objective = trials_with([4.0, 3.0, 2.0, 5.0], 0.3, 1.0).curve
    assert rates.tolist() == [0.01, 0.1, 0.3, 1.0, 10.0]
    assert objective.tolist() == [4.0, 3.0, 1.0, 2.0, 5.0]


def test_the_steps_to_the_tolerance_can_be_the_objective() -> None:
    found = run_task(Tuning(RAVINE, count=30, starts=8, seed=3, objective="steps")).trials[0]
    assert found.objective[found.best] == found.objective.min()
    assert found.objective[found.best] == int(found.objective[found.best]) or found.objective[found.best] % 1 == 0.5
    assert np.isinf(found.objective).any()


def test_nothing_found_is_told() -> None:
    trials = run_task(Tuning(RAVINE.replace(steps=1, optimizers=(Choice("adam"),)), count=5, starts=4, objective="steps")).trials[0]
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
        ({"count": 1}, "tuning needs 2 to 1000 trials, not 1"),
        ({"starts": 5000}, "tuning needs 2 to 1000 starts, not 5000"),
        ({"seed": -1}, "the seed must be from 0 to 1073741823, not -1"),
        ({"seed": 2**30}, "the seed must be from 0 to 1073741823, not 1073741824"),
        ({"count": 1000, "starts": 1000, "scenario": RAVINE.replace(steps=100_000)}, "3,000,000 trajectories and 312,600,000,000 steps"),
        ({"objective": "luck"}, "no objective 'luck'; choose one of final loss, steps"),
        ({"where": "there"}, "no way to scatter starts 'there'"),
        ({"scenario": Scenario(landscape=Choice("pure_saddle"))}, "Pure saddle has no lowest loss"),
        ({"scenario": Scenario(landscape=Choice("own"), formula="exp(-x) + y**2")}, "no minimum in its window"),
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
    for line, trace, trials in zip(lines, marks, tuned.trials, strict=True):
        best = (dict(trials.choice.settings)["lr"], trials.objective.min())
        assert (trace.x[0], trace.y[0]) == best
        assert best in set(zip(line.x, line.y, strict=True))
    assert curves.layout.xaxis.type == curves.layout.yaxis.type == "log"


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_every_trial_is_drawn_once(tuned: Tuned, theme: Theme) -> None:
    figure = trial_scatter(tuned, theme)
    low, high = 10.0 ** np.array(figure.layout.yaxis.range)
    for trials, label in zip(tuned.trials, ("SGD", "Momentum", "Adam"), strict=True):
        drawn = [trace for trace in figure.data if trace.name == label and trace.text is not None]
        hollow, filled, nothing = drawn
        assert hollow.marker.symbol.endswith("-open")
        assert nothing.yaxis == "y2"
        assert sorted(x for trace in drawn for x in trace.x) == sorted(trials.settings["lr"].tolist())
        assert {*hollow.x, *filled.x} >= {trials.settings["lr"][trials.best]}
        assert all(low <= y <= high for trace in (hollow, filled) for y in trace.y)
        assert set(hollow.x) <= set(trials.settings["lr"][: trials.coarse].tolist())
        assert set(filled.x) <= set(trials.settings["lr"][trials.coarse :].tolist())


def test_a_tuning_that_came_to_nothing_is_drawn() -> None:
    nothing = run_task(Tuning(RAVINE.replace(steps=1, optimizers=(Choice("adam"),)), count=5, starts=4, objective="steps"))
    assert [trace.mode for trace in sensitivity(nothing).data] == ["lines"]
    assert sum(len(trace.x) for trace in trial_scatter(nothing).data if trace.yaxis == "y2") == 5
