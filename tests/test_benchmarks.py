"""The benchmarks run, and compare like with like. No time is asserted here."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path

import numpy as np
import psutil
import pytest

import landscapes
from benchmarks import engine
from benchmarks.__main__ import main, subcommands
from benchmarks.lab import _judging
from benchmarks.landscapes import disagreements
from benchmarks.peers.by_hand import BY_HAND
from benchmarks.peers.problem import History, Problem
from benchmarks.support.phones import voted
from benchmarks.support.report import short, table
from benchmarks.support.serving import Server
from benchmarks.support.students import KINDS, LINK
from benchmarks.support.tab import Failure, Tab
from benchmarks.support.timing import Effort, Timing, ratio
from benchmarks.support.workers import Worker
from lab.tournament import Tournament
from scenario import Choice
from simulation import starts
from tests.waiting import awaited

TINY = {
    "engine": ["--sizes", "10", "--peers", "plain", "--surfaces", "rosenbrock", "--optimizers", "adam"],
    "bits": ["--surfaces", "rosenbrock", "--optimizers", "adam", "bfgs"],
    "methods": ["--surfaces", "rosenbrock", "--optimizers", "sgd"],
    "landscapes": ["--points", "50", "--surfaces", "rosenbrock", "beale"],
    "lab": ["--size", "64", "--cells", "5", "--trials", "0"],
    "planes": ["--networks", "2-4-1 tanh", "2-32-32-2 relu", "--points", "5", "--examples", "60"],
    "networks": ["--runs", "2", "--peers", "networks_plain", "--networks", "2-16-16-1"],
}


@pytest.mark.parametrize("name", TINY)
def test_runs_and_prints_tables(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    once = Effort(rounds=(1, 1), seconds=0.0, sample=0.0)
    monkeypatch.setattr(f"benchmarks.{name}.QUICK", once, raising=False)  # not all of them have a time to spend
    file = tmp_path / "numbers.json"
    assert main([name, "--quick", "--json", str(file), *TINY[name]]) == 0
    printed = capsys.readouterr().out
    assert f"NumPy {np.__version__}" in printed
    kept = json.loads(file.read_text())
    assert kept["tables"]
    for entry in kept["tables"]:
        assert entry["title"] in printed
        assert entry["rows"]


def test_it_is_told_what_the_intervals_of_the_lab_cost() -> None:
    told = _judging(Tournament((Choice("sgd"), Choice("adam")), ("ravine",), 20, 2, 3, seeds=4), 2.0)
    found = re.fullmatch(r"Intervals \(.*\) and places over 4 seeds take (\d\.\d{3}) s more, (\d+)% of that\.", told)
    assert found, told
    assert 0 < float(found[1]) == pytest.approx(2 * int(found[2]) / 100, abs=0.011)


def test_help_lists_every_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    assert set(TINY) <= set(subcommands())
    printed = " ".join(capsys.readouterr().out.split())
    for name, summary in subcommands().items():
        assert summary
        assert f"{name} {summary}"[:60] in printed


@pytest.mark.parametrize("name", BY_HAND)
def test_by_hand_agrees_with_the_landscape(name: str) -> None:
    landscape = landscapes.get(name)
    assert list(disagreements(landscape, starts.uniform(landscape.window, 333, seed=5))) == []


def test_every_contestant_that_can_be_imported_is_where_the_engine_looks_for_it() -> None:
    for module in ("descent", "limit", "plain"):
        assert tuple(import_module(f"benchmarks.peers.{module}").CONTESTANTS) == engine.MODULES[module]


def test_who_does_other_work_is_found_out() -> None:
    ours = History(np.ones((21, 2, 4)), np.ones((21, 4)))
    others = {
        "short": History(np.ones((20, 2, 4)), np.ones((20, 4))),
        "wrong": History(np.ones((21, 2, 4)), np.full((21, 4), 1.5)),
        "the same": History(np.ones((21, 2, 4)), np.ones((21, 4))),
        "the end alone": History(np.ones((1, 2, 4)), np.ones((1, 4))),
    }
    found = list(engine.disagreements({engine.OURS: ours, **others}))
    assert found == ["short kept 20 rows instead of 21", "wrong differs, in the loss by up to 5.0e-01"]


def test_a_worker_passes_on_what_went_wrong() -> None:
    with Worker("benchmarks.peers.plain", engine.PLAIN) as worker, pytest.raises(KeyError, match="no such surface"):
        worker.prepare(Problem("no such surface", "sgd", {"lr": 0.1}, np.zeros((2, 1)), 1))


def test_a_class_changes_something_and_says_what_failed(app_url: str) -> None:
    module = import_module("benchmarks.class_")
    server = Server(app_url, psutil.Process())
    prices = {row["what"]: row for row in awaited(module.priced(server, 1))}
    assert {*KINDS, "opening"} <= set(prices)
    assert all(row["kB sent"] > 1 for row in prices.values())
    row, _ = awaited(module.class_of(server, 2, False, module.Plan(seconds=0.5, settle=0, think=0.1)))
    assert (row["sessions"], row["failed"]) == (2, 0)
    assert row["changes"] >= 2
    votes = awaited(voted(server, 3))
    assert [row["what"] for row in votes] == ["page", "question", "vote", "another vote", "look", "reveal"]
    assert votes[0]["kB"] < 10, "a phone loads little"

    async def mistaken() -> None:
        async with Tab(app_url, query=LINK) as tab:
            await tab.open()
            await tab.tell("player", "pick", {"at": [0, 0]})  # without its kind

    with pytest.raises(Failure, match="KeyError"):
        awaited(mistaken())


def test_ratio_compares_round_by_round() -> None:
    slow, fast = Timing((4.0, 18.0, 20.0), (4.0, 9.0, 20.0)), Timing((2.0, 3.0, 50.0), (2.0, 3.0, 5.0))
    reached = ratio(slow, fast)
    assert (reached.middle, reached.low, reached.high) == (3.0, 2.0, 4.0)
    assert (slow.seconds, slow.cores, fast.cores) == (9.0, 1.0, 1.0)


def test_table_is_aligned() -> None:
    rows = [{"what": "a", "ns": 1234.5, "times": 3}, {"what": "long", "ns": 0.5, "times": None}]
    assert table(rows) == "what     ns  times\n----  -----  -----\na     1,234      3\nlong   0.50      -"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.00"), (0.00471, "0.0047"), (0.1234, "0.12"), (9.994, "9.99"), (9.996, "10.0"), (99.96, "100"), (123456.7, "123,457")],
)
def test_short_numbers(value: float, text: str) -> None:
    assert short(value) == text
