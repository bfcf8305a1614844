"""What a step costs is counted on its tape, and told beside how many steps a method needs."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

import landscapes
import machine
import optimizers
import simulation
from app_pages import about
from exports.data import to_csv
from exports.findings import findings_of
from exports.lab_tables import run_of, tables_of
from exports.table import read_table
from lab.costs import Budget, evaluations, step_cost
from lab.executors import Meter, local_executor, run_task
from lab.places import SEARCH_TRIALS, TAKEN, resolution
from lab.tournament import Tournament
from lab.tuning import Tuning
from scenario import Choice, Scenario
from tape import Cost

ROSENBROCK = landscapes.get("rosenbrock")


def test_the_cost_of_adam_on_rosenbrock_by_hand() -> None:
    """Both coordinates are divided by a root; SGD takes 8 operations for the slope, and 4 for the step."""
    cost = step_cost(ROSENBROCK, Choice("adam"))
    assert isinstance(cost, Cost)
    assert (cost.kinds["divisions"], cost.kinds["roots"]) == (2, 2), "one of each a coordinate"
    assert str(step_cost(ROSENBROCK, Choice("sgd"))) == "12 operations a step: 5 additions and 7 multiplications"
    assert str(cost) == "28 operations a step: 11 additions, 13 multiplications, 2 divisions and 2 roots"


def test_functions_and_trials_are_counted_apart() -> None:
    valley = landscapes.from_formula("exp(x) + y**2", window=((-1, 1), (-1, 1)))
    assert str(step_cost(valley, Choice("sgd"))) == "6 operations a step: 2 additions, 3 multiplications and 1 function"
    searching = step_cost(ROSENBROCK, Choice("bfgs"))
    assert str(searching).startswith("129 operations a step with one trial, and 26 with each further one: 34 additions")
    assert str(Cost({"multiplications": 1})) == "1 operation a step: 1 multiplication"


def test_what_a_step_asks_for_and_keeps_by_hand() -> None:
    told = {name: evaluations(optimizers.get(name)) for name in ("sgd", "adam", "sam", "newton", "bfgs", "l_bfgs", "cma_es")}
    counts = {name: (asked.gradients, asked.hessians, asked.losses, asked.searches) for name, asked in told.items()}
    assert counts == {
        "sgd": (1, 0, 0, False),
        "adam": (1, 0, 0, False),
        "sam": (2, 0, 0, False),
        "newton": (1, 1, 0, False),
        "bfgs": (1, 0, 2, True),
        "l_bfgs": (2, 0, 2, True),
        "cma_es": (0, 0, 6, False),
    }
    assert [told[name].state for name in ("sgd", "adam", "sam")] == [0, 2, 0]
    assert str(told["adam"]) == "1 slope a step, 2 numbers kept for each coordinate"
    assert str(told["bfgs"]).startswith("1 slope and 2 losses a step, more while it searches")


def test_a_tournaments_table_tells_the_operations_of_a_step() -> None:
    task = Tournament((Choice("adam"), Choice("bfgs")), ("rosenbrock",), steps=5, count=2, starts=2, seeds=1)
    columns = tables_of(run_task(task))["Places"].make().columns
    assert list(zip(columns["operations"], columns["operations_of_a_trial"], strict=True)) == [(28, 0), (129 + 0.6 * 26, 26)], (
        "0.6 further trials a step, in the mean over the runs that judge"
    )


@pytest.mark.parametrize("name", ["bfgs", "conjugate_gradient", "newton"])
def test_the_trials_of_a_search_are_counted_alike_by_both_engines_and_change_no_bit(name: str) -> None:
    starts = simulation.starts.uniform(ROSENBROCK.window, 70, 1)
    engines = ("numpy", "machine") if machine.available() else ("numpy", "numpy")
    runs = [simulation.run(ROSENBROCK, name, starts, 25, engine=engine, trials=True) for engine in engines]
    plain = simulation.run(ROSENBROCK, name, starts, 25)
    counts = [run.trials for run in runs]
    assert counts[0] is not None
    assert counts[1] is not None
    assert np.array_equal(counts[0], counts[1])
    assert all(np.array_equal(run.positions, plain.positions) for run in runs)
    assert (np.diff(counts[0], axis=0)[:5] >= 1).all() if name != "newton" else not counts[0].any()
    last = simulation.run(ROSENBROCK, name, starts, 25, keep="last", trials=True).trials
    assert last is not None
    assert np.array_equal(last[0], counts[0][-1])
    assert plain.trials is None


def test_the_same_budget_buys_each_method_its_own_number_of_steps() -> None:
    """SAM takes half as many steps for as many slopes; BFGS as many as its searches leave, and no run costs more than that."""
    scenario = Scenario(Choice("rosenbrock"), tuple(map(Choice, ("sgd", "sam", "bfgs", "cma_es"))), steps=30)
    task = Tuning(scenario, 2, 5, seeds=2, unit="gradients", budget=40)
    assert [task.steps_of(choice) for choice in task.scenario.optimizers] == [40, 20, 40, 30]
    told = "40 slopes a run: 40 steps of SGD, 20 steps of SAM, 40 steps of BFGS; CMA-ES asks for none, and takes 30 steps"
    assert task.budget_in_words() == told
    one = Budget(1, "gradients", 1).told(ROSENBROCK, (Choice("sgd"), Choice("cma_es")), ("SGD", "CMA-ES"))
    assert one == "1 slope a run: 1 step of SGD; CMA-ES asks for none, and takes 1 step"
    assert Budget(1, "losses", 30).told(ROSENBROCK, (Choice("sgd"),), ("SGD",)).startswith("1 loss a run: ")
    found = run_task(task)
    judged, race = found.judged, found.within_budget()
    assert [run.steps for run in race.runs] == [40] * 4
    for row, run in enumerate(race.runs):
        last, taken = np.maximum(run.losses[-1], resolution(ROSENBROCK)), int(judged.also[TAKEN][row, 0].max())
        assert last.tolist() == np.nan_to_num(judged.final[row, 0], posinf=np.nan).tolist(), "each stops where its budget ends"
        assert np.array_equal(run.positions[taken:], run.positions[taken:][:1].repeat(41 - taken, axis=0), equal_nan=True)
    played = findings_of(found).played
    assert played is not None
    assert (played.made, played.board) == (found.within_budget, False), "saved pages play the same, and nothing of it is turned"
    assert [np.unique(taken).tolist() for taken in judged.also[TAKEN]] == [[40], [20], [40], [30]]
    assert not judged.also[SEARCH_TRIALS][[0, 1, 3]].any()
    losses = run_task(Tuning(scenario.replace(optimizers=(Choice("bfgs"),)), 2, 5, seeds=2, unit="losses", budget=40))
    settings, columns = read_table(tables_of(losses)["Held-out starts"].make().to_parquet(date(2026, 11, 29)))
    whole = Budget(40, "losses", 30)
    for row, taken in enumerate(columns[TAKEN]):
        run = run_of(settings, columns, row)
        longer = simulation.run("rosenbrock", run.optimizer, run.starts, 20, trials=True)
        spent = np.arange(21) + longer.trials[:, 0]  # type: ignore[index]
        assert run.steps == taken == np.count_nonzero(spent <= 40) - 1, "as many steps as 40 losses allow, one before each search"
        assert max(run.losses[-1, 0], resolution(ROSENBROCK)) == columns["final_loss"][row]
    assert whole.steps_of(ROSENBROCK, Choice("bfgs")) == 20 >= max(columns[TAKEN])
    assert Budget.of(ROSENBROCK, 30, "operations", 0).amount == 30 * 12, "what 30 steps of gradient descent cost"
    meter = Meter(task.work)
    task.compute(local_executor(meter), lambda partial: None)
    assert meter.fraction == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"unit": "gradients", "budget": 1},
            "a step of SAM costs 2 slopes on Rosenbrock, and the budget of 1 does not pay for a",
        ),
        ({"unit": "losses", "budget": -4}, "a budget must be from 1 to 1,000,000,000, or 0 for what"),
        ({"unit": "hours"}, "a budget cannot be counted in 'hours'; choose one of steps, gradients, losses"),
        ({"budget": 10**7}, "the budget pays for 10,000,000 steps of SAM, and at most 100,000 can be taken; lower it"),
    ],
)
def test_what_a_budget_cannot_be_is_said(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Tuning(Scenario(Choice("rosenbrock"), (Choice("sam"),)), 2, 5, seeds=2, **changed)


@pytest.mark.skipif(not machine.available(), reason="llvmlite is not installed")
def test_saved_data_are_the_same_whichever_engine_ran(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = Scenario(landscape=Choice("rosenbrock"), optimizers=(Choice("sgd"),), steps=3)
    told = set()
    for engine in ("numpy", "machine"):
        monkeypatch.setenv("DESCENT_ENGINE", engine)
        race = scenario.race()
        assert [run.engine for run in race.runs] == [engine]
        told.add(to_csv(race))
    assert len(told) == 1


def test_about_says_which_engine_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "available", lambda: False)
    assert "by NumPy, because llvmlite, which makes machine code, is not installed here" in about.engine_in_words()
    monkeypatch.setattr(machine, "available", lambda: True)
    monkeypatch.setattr(machine, "widest", lambda: 4)
    assert "vectors of 256 bits, which is 4 trajectories at a time" in about.engine_in_words()
    monkeypatch.setenv("DESCENT_ENGINE", "numpy")
    assert "by NumPy, because DESCENT_ENGINE" in about.engine_in_words()
