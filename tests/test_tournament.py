"""A tournament: ranks, shares and performance profiles, held against numbers worked by hand and single races."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

import optimizers
from figures import DARK, LIGHT, Theme
from figures.fair import profiles, ranking
from lab.executors import Meter, local_executor, run_task
from lab.search import Search, resolution, search_all
from lab.tournament import Standings, Tournament, performance_ratios
from scenario import Choice
from simulation import measures
from simulation.attractors import lowest_loss

ENTRANTS = (Choice("sgd"), Choice("momentum"), Choice("adam"))
TASK = Tournament(ENTRANTS, ("ravine", "rosenbrock", "two_wells"), steps=120, count=12, starts=6, seed=1)


@pytest.fixture(scope="module")
def standings() -> Standings:
    return run_task(TASK)


def test_the_table_is_what_races_on_the_held_out_starts_give(standings: Standings) -> None:
    for column in range(3):
        race = standings.race(column).race()
        tuning = TASK.scenario(TASK.landscapes[column], held_out=False).start_points()
        assert not set(map(tuple, race.starts.T)) & set(map(tuple, tuning.T))
        for row, run in enumerate(race.runs):
            steps = measures.steps_to(run)
            assert standings.reached[row, column] == np.mean(steps >= 0)
            assert standings.median_steps[row, column] == np.median(np.where(steps >= 0, steps, np.inf))


def test_everyone_is_tuned_for_each_landscape_or_once_for_all(standings: Standings) -> None:
    assert all(len(set(settings)) > 1 for settings in standings.chosen)
    once = run_task(Tournament(ENTRANTS, TASK.landscapes, steps=120, count=12, starts=6, seed=1, tuned="once"))
    assert all(len(set(settings)) == 1 for settings in once.chosen)
    assert [settings[0].name for settings in once.chosen] == ["sgd", "momentum", "adam"]
    assert once.steps.shape == standings.steps.shape == (3, 3, 6)


@pytest.mark.parametrize("tuned", ["for each", "once"])
def test_the_budget_is_the_same_either_way_and_told_exactly(tuned: str) -> None:
    task = Tournament(ENTRANTS, ("ravine", "himmelblau"), steps=30, count=10, starts=4, tuned=tuned)
    assert task.work == 3 * 2 * (10 + 1) * 4 * 30
    meter = Meter(2 * task.work)
    task.compute(local_executor(meter), lambda partial: None)
    assert meter.fraction == pytest.approx(0.5, abs=1e-9)


def test_it_is_reproducible_and_tiles_change_nothing(standings: Standings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.tiles.LANES", 23)
    again = run_task(TASK)
    assert again.chosen == standings.chosen
    assert np.array_equal(again.steps, standings.steps)
    assert np.array_equal(again.final, standings.final)


def test_once_for_all_chooses_the_trial_with_the_best_mean_rank() -> None:
    """Worked out again from the same trials, run one by one on both landscapes."""
    names = ("ravine", "himmelblau")
    task = Tournament((Choice("sgd"),), names, steps=60, count=4, starts=5, tuned="once")
    chosen = run_task(task).chosen[0][0]
    search = Search(Choice("sgd"), task.seed, 2)
    search_all(local_executor(Meter(1)), [search], [[task.scenario(name, held_out=False) for name in names]], task.count, task.objective)
    keys = []
    for name in names:
        medians = []
        for rate in search.settings["lr"].tolist():
            (run,) = task.scenario(name, held_out=False).replace(optimizers=(Choice.of("sgd", lr=rate),)).race().runs
            steps = np.where(measures.steps_to(run) >= 0, measures.steps_to(run), np.inf)
            above = np.nan_to_num(run.losses[-1], nan=np.inf) - lowest_loss(run.landscape)
            medians.append((np.median(steps), max(np.median(above), resolution(run.landscape))))
        keys.append([1 + sum(other < own for other in medians) + (medians.count(own) - 1) / 2 for own in medians])
    assert chosen == Choice.of("sgd", lr=float(search.settings["lr"][int(np.argmin(np.mean(keys, axis=0)))]))


def test_who_else_takes_part_changes_nobodys_settings(standings: Standings) -> None:
    backwards = run_task(Tournament(ENTRANTS[::-1], TASK.landscapes[::-1], steps=120, count=12, starts=6, seed=1))
    assert [settings[::-1] for settings in backwards.chosen[::-1]] == list(standings.chosen)
    assert np.array_equal(backwards.steps[::-1, ::-1], standings.steps)


# ---- numbers by hand

STEPS = np.array([[[4.0, 10.0], [np.inf, 0.0]], [[8.0, 5.0], [np.inf, 3.0]], [[8.0, np.inf], [np.inf, np.inf]]])


def by_hand() -> Standings:
    """Three optimizers on two landscapes with two starts each: four problems, one of which nobody solves."""
    task = Tournament(ENTRANTS, ("ravine", "rosenbrock"), steps=20, starts=2)
    final = np.where(np.isfinite(STEPS), 1e-3, 1.0)
    final[2, 1] = np.inf
    return Standings(task, ((Choice("sgd"),) * 2, (Choice("momentum"),) * 2, (Choice("adam"),) * 2), final, STEPS)


def test_performance_ratios_by_hand() -> None:
    ratios = performance_ratios(STEPS.reshape(3, 4))
    assert ratios.tolist() == [[1.0, 2.0, np.inf, 1.0], [2.0, 1.0, np.inf, 3.0], [2.0, np.inf, np.inf, np.inf]]


@pytest.mark.parametrize(
    ("entrant", "places", "shares"),
    [(0, [1.0, 2.0], [0.5, 0.75]), (1, [1.0, 2.0, 3.0], [0.25, 0.5, 0.75]), (2, [1.0, 2.0], [0.0, 0.25])],
)
def test_performance_profiles_by_hand(entrant: int, places: list[float], shares: list[float]) -> None:
    """rho(tau) is the share of the problems with a ratio of at most tau; what nobody solves counts against all."""
    found = by_hand().profile(entrant)
    assert found[0].tolist() == places
    assert found[1].tolist() == shares


def test_shares_and_ranks_by_hand() -> None:
    standings = by_hand()
    assert standings.reached.tolist() == [[1.0, 0.5], [1.0, 0.5], [0.5, 0.0]]
    assert standings.median_steps.tolist() == [[7.0, np.inf], [6.5, np.inf], [np.inf, np.inf]]
    # on the second landscape nobody's median start gets there: the final loss decides, and is equal for the first two
    assert standings.ranks.tolist() == [[2.0, 1.5], [1.0, 1.5], [3.0, 3.0]]


def test_where_most_never_arrive_whoever_arrives_more_often_is_ahead() -> None:
    """By the final loss alone, which decided before, it was the other way round: a rank against the share beside it."""
    task = Tournament(ENTRANTS, ("ravine",), steps=20, starts=3)
    never = np.inf
    steps = np.array([[[9.0, never, never]], [[never, never, never]], [[3.0, 4.0, never]]])
    final = np.array([[[1e-3, 2.0, 2.0]], [[0.5, 0.5, 0.5]], [[1e-3, 1e-3, 9.0]]])
    choices = tuple((Choice(choice.name),) for choice in ENTRANTS)
    assert Standings(task, choices, final, steps).ranks[:, 0].tolist() == [2.0, 3.0, 1.0]
    by_loss = Tournament(ENTRANTS, ("ravine",), steps=20, starts=3, objective="final loss")
    assert Standings(by_loss, choices, final, steps).ranks[:, 0].tolist() == [3.0, 2.0, 1.0]


def test_the_csv_is_the_table(standings: Standings) -> None:
    text = standings.to_csv()
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert "3 optimizers on 3 landscapes, 120 steps" in comments[0]
    assert any("seed 1" in line for line in comments)
    rows = list(csv.DictReader(io.StringIO("\n".join(line for line in text.splitlines() if not line.startswith("#")))))
    assert len(rows) == 9
    for number, row in enumerate(rows):
        at = divmod(number, 3)
        assert row["optimizer"] == standings.labels[at[0]]
        assert row["landscape"] == TASK.landscapes[at[1]]
        told = [float(row[name]) for name in ("rank", "reached", "steps", "final_loss")]
        assert told == [standings.ranks[at], standings.reached[at], standings.median_steps[at], standings.median_final[at]]
        settings = dict(part.rsplit(" ", 1) for part in row["settings"].split(", "))
        chosen = optimizers.get(standings.chosen[at[0]][at[1]].name, **dict(standings.chosen[at[0]][at[1]].settings))
        assert {name: float(value) for name, value in settings.items()} == {
            parameter.title: float(chosen.values[parameter.name]) for parameter in chosen.parameters
        }


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"entrants": ()}, ValueError, "no optimizer takes part"),
        ({"landscapes": ()}, ValueError, "no landscape takes part"),
        ({"landscapes": ("ravine", "ravine")}, ValueError, "takes part twice"),
        ({"landscapes": ("ravine", "pure_saddle")}, ValueError, "without a lowest loss has no winner; leave out pure_saddle"),
        ({"landscapes": ("ravin",)}, KeyError, "ravin"),
        ({"count": 1}, ValueError, "trials, not 1"),
        ({"starts": 1}, ValueError, "starts, not 1"),
        ({"steps": 0}, ValueError, "steps"),
        ({"seed": -2}, ValueError, "the seed must be from 0 to 1073741823, not -2"),
        ({"count": 1000, "starts": 1000, "steps": 10_000}, ValueError, "3,000,000 trajectories and 30,030,000,000 steps"),
        ({"tuned": "never"}, ValueError, "no way of tuning 'never'"),
        ({"objective": "luck"}, ValueError, "no objective 'luck'"),
        ({"entrants": (Choice("adamm"),)}, KeyError, "adam"),
    ],
)
def test_what_cannot_be_held_is_refused_in_words(changed: dict[str, object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Tournament(**{"entrants": ENTRANTS, "landscapes": ("ravine",), **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_figures_show_the_standings(theme: Theme) -> None:
    standings = by_hand()
    (cells,) = ranking(standings, theme).data
    assert np.array_equal(cells.z, standings.ranks)
    assert cells.x == ("Ravine", "Rosenbrock")
    assert cells.text[0][0] == "<b>2</b><br>7<br>100%"
    assert cells.text[2][0] == "<b>3</b><br>never<br>50%"
    lines = profiles(standings, theme).data
    assert [line.name for line in lines] == ["SGD", "Momentum", "Adam"]
    assert all(line.line.shape == "hv" for line in lines)
    assert list(lines[1].x[:3]) == [1.0, 2.0, 3.0]
    assert list(lines[1].y[:3]) == [0.25, 0.5, 0.75]
