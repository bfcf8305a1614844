"""What a step costs is counted on its tape, and told beside how many steps a method needs."""

from __future__ import annotations

import pytest

import landscapes
import machine
import optimizers
from app_pages import about
from exports.data import to_csv
from lab.costs import evaluations, step_cost
from lab.executors import run_task
from lab.tournament import Tournament
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
    rows = [line for line in run_task(task).to_csv().splitlines() if not line.startswith("#")]
    column = rows[0].split(",").index("operations")
    assert rows[0].split(",")[column + 1] == "a_trial"
    assert [row.split(",")[column : column + 2] for row in rows[1:]] == [["28", "0"], ["129", "26"]]


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
