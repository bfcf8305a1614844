"""Background jobs: one for all who ask for the same, stopped when nobody wants it, and nothing half done is kept."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import limits
from lab import jobs as module
from lab.executors import Executor, Publish
from lab.jobs import Job, Jobs
from lab.line import Line
from lab.tiles import batch
from scenario import Choice, Scenario

ROOT = Path(__file__).parent.parent
ONE = Scenario(optimizers=(Choice("sgd"),), steps=5)


class Gate:
    """Lets a task go on when it is opened, and tells that the task has come to it."""

    def __init__(self) -> None:
        self.reached, self.opened, self.runs = threading.Event(), threading.Event(), 0


@dataclass(frozen=True)
class Result:
    name: str
    nbytes: int


@dataclass(frozen=True)
class Waiting:
    """A task that publishes half a result and waits at its gate before it runs one batch."""

    name: str
    gate: Gate = field(compare=False)
    size: int = 100
    fails: bool = False

    @property
    def work(self) -> int:
        return 40

    def compute(self, execute: Executor, publish: Publish[Result]) -> Result:
        self.gate.runs += 1
        publish(Result(f"half of {self.name}", 1))
        self.gate.reached.set()
        assert self.gate.opened.wait(20)
        if self.fails:
            raise ValueError(f"{self.name} cannot be")
        for _ in execute([batch(ONE, np.zeros((2, 4)), ("final",))] * 2):
            pass
        return Result(self.name, self.size)


Make = Callable[..., Waiting]


@pytest.fixture
def gates() -> Iterator[list[Gate]]:
    made: list[Gate] = []
    yield made
    for gate in made:
        gate.opened.set()


@pytest.fixture
def make(gates: list[Gate]) -> Make:
    def made(name: str = "a", **options: Any) -> Waiting:
        gates.append(Gate())
        return Waiting(name, gates[-1], **options)

    return made


def finish(job: Job[Result], task: Waiting) -> None:
    task.gate.opened.set()
    assert job.ended.wait(20)


def test_all_who_ask_for_the_same_share_one_job(make: Make) -> None:
    jobs, task = Jobs(), make()
    first = jobs.ask(task, "ann")
    assert task.gate.reached.wait(20)
    assert jobs.ask(Waiting("a", Gate()), "bob") is first
    assert (first.state, first.result) == ("running", None)
    assert first.partial == Result("half of a", 1)
    finish(first, task)
    assert first.result == first.partial == Result("a", 100)
    assert first.meter.fraction == 1.0
    assert jobs.ask(task, "cem") is first
    assert task.gate.runs == 1


def test_it_stops_when_the_last_one_leaves_and_not_before(make: Make) -> None:
    jobs, task = Jobs(), make()
    job = jobs.ask(task, "ann")
    jobs.ask(task, "bob")
    assert task.gate.reached.wait(20)
    jobs.leave(task, "ann")
    stopped_before = job.meter.stopped
    jobs.leave(task, "bob")
    assert (stopped_before, job.meter.stopped) == (False, True)
    finish(job, task)
    assert job.state == "stopped"


def test_a_stopped_job_leaves_nothing_half_done_and_is_begun_anew(make: Make) -> None:
    jobs, task = Jobs(), make()
    job = jobs.ask(task, "ann")
    assert task.gate.reached.wait(20)
    jobs.leave(task, "ann")
    finish(job, task)
    assert (job.result, job.partial, jobs.find(task)) == (None, None, None)
    again = jobs.ask(task, "ann")
    assert again is not job
    assert again.ended.wait(20)
    assert again.result == Result("a", 100)
    assert task.gate.runs == 2


def test_one_that_is_asked_for_while_it_stops_is_begun_anew(make: Make) -> None:
    jobs, task = Jobs(), make()
    job = jobs.ask(task, "ann")
    assert task.gate.reached.wait(20)
    jobs.leave(task, "ann")
    again = jobs.ask(task, "bob")
    assert again is not job
    task.gate.opened.set()
    assert again.ended.wait(20)
    assert job.ended.wait(20)
    assert (job.state, again.state) == ("stopped", "done")
    assert jobs.find(task) is again


def test_an_abandoned_job_stops(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs, task = Jobs(), make()
    job = jobs.ask(task, "ann")
    assert task.gate.reached.wait(20)
    monkeypatch.setattr(module, "WATCH_TIMEOUT", -1.0)
    finish(job, task)
    assert job.state == "stopped"


def test_a_failure_is_told_and_not_tried_again_by_itself(make: Make) -> None:
    jobs, task = Jobs(), make(fails=True)
    job = jobs.ask(task, "ann")
    finish(job, task)
    assert job.state == "failed"
    assert str(job.error) == "a cannot be"
    assert job.partial is None
    assert jobs.ask(task, "ann") is job
    jobs.drop(task)
    again = jobs.ask(task, "ann")
    assert again is not job
    jobs.drop(task)
    assert jobs.ask(task, "bob") is again, "what others wait for goes on"


def test_others_wait_in_the_order_in_which_they_were_asked_for(make: Make) -> None:
    jobs = Jobs(at_once=1)
    tasks = [make(name) for name in "abc"]
    first, second, third = (jobs.ask(task, "ann") for task in tasks)
    assert tasks[0].gate.reached.wait(20)
    assert [job.state for job in (first, second, third)] == ["running", "waiting", "waiting"]
    assert [jobs.place(job).ahead for job in (first, second, third)] == [0, 0, 1]
    jobs.ask(tasks[1], "ann")  # to look at it again does not lose its place
    assert jobs.place(third).ahead == 1
    for job, task in zip((first, second, third), tasks, strict=True):
        finish(job, task)
        assert job.state == "done"


def test_sessions_take_turns_with_one_job_at_a_time_each() -> None:
    """Nobody's eight go before somebody's first, and a job of two sessions has the turn of the one who is earlier."""

    class Asked:
        def __init__(self, number: int, *watchers: str) -> None:
            self.number, self.watchers = number, watchers

    line = Line(at_once=2, each=1)
    line.waiting += [Asked(number, "ann") for number in range(8)] + [Asked(8, "bob"), Asked(9, "bob", "cem"), Asked(10, "dan")]
    places = {job.number: place for job, place in line.places(lambda job: 10.0).items()}
    order = []
    while line.waiting:
        if job := line.begin_next():
            order.append(job.number)
        else:
            del line.running[next(iter(line.running))]  # the first of the two ends
    assert order == sorted(places, key=lambda number: places[number].ahead) == [0, 8, 9, 10, 1, 2, 3, 4, 5, 6, 7]
    assert [places[number].seconds for number in (0, 8, 9, 10, 1, 2)] == [0, 0, 10, 10, 20, 30], "ann has one at a time"


def test_more_than_can_wait_are_refused_in_words(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.WAITING_PER_SESSION.variable, "2")
    monkeypatch.setenv(limits.WAITING.variable, "3")
    jobs = Jobs(at_once=1)
    busy = make("a")
    jobs.ask(busy, "ann")
    assert busy.gate.reached.wait(20)
    asked = [jobs.ask(make(name), who) for name, who in (("b", "ann"), ("c", "ann"), ("d", "ann"), ("e", "bob"), ("f", "cem"))]
    assert [job.state for job in asked] == ["waiting", "waiting", "failed", "waiting", "failed"]
    told = "2 computations of yours wait already, and at most 2 can; stop one of them, or wait until one has ended"
    assert str(asked[2].error) == told
    assert "at most 3 can; try again in a while" in str(asked[4].error)
    assert jobs.find(asked[2].task) is None, "it can be asked for again at any time"


def test_one_that_is_left_while_it_waits_is_never_begun(make: Make) -> None:
    jobs = Jobs(at_once=1)
    busy, unwanted = make("a"), make("b")
    running, job = jobs.ask(busy, "ann"), jobs.ask(unwanted, "ann")
    jobs.leave(unwanted, "ann")
    finish(running, busy)
    assert job.ended.wait(20)
    assert job.state == "stopped"
    assert unwanted.gate.runs == 0


def test_results_that_were_not_asked_for_the_longest_are_forgotten_first(make: Make) -> None:
    jobs = Jobs(keep=250)
    tasks = [make(name) for name in "abc"]
    for task in tasks[:2]:
        finish(jobs.ask(task, "ann"), task)
    jobs.ask(tasks[0], "ann")
    finish(jobs.ask(tasks[2], "ann"), tasks[2])
    kept = [jobs.find(task) is not None for task in tasks]
    assert kept == [True, False, True]


def test_a_result_larger_than_all_memory_is_kept_while_it_is_the_newest(make: Make) -> None:
    jobs, large, small = Jobs(keep=50), make("a", size=1000), make("b", size=10)
    finish(jobs.ask(large, "ann"), large)
    assert jobs.find(large) is not None
    finish(jobs.ask(small, "ann"), small)
    assert jobs.find(large) is None
    assert jobs.find(small) is not None


CODE = """
from functools import partial
from lab.basins import Basins
from lab.jobs import Jobs
from lab.executors import local_executor
from scenario import Scenario
jobs = Jobs(partial(local_executor, workers=1))
job = jobs.ask(Basins(Scenario(steps=100_000), 256), "me")
while job.meter.fraction == 0:
    assert not job.ended.wait(0.02), job.error
print(job.state)
"""


def test_a_job_under_way_does_not_keep_the_process_from_ending() -> None:
    """One of an hour: what ends before the limit did not wait for it."""
    command = [sys.executable, "-W", "error", "-c", CODE]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (result.returncode, result.stdout.strip()) == (0, "running"), result.stderr
