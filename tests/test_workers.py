"""Worker processes: the same numbers as here, stopped within a moment, and replaced where one is lost."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from unittest.mock import Mock

import numpy as np
import pytest

from app_pages import elsewhere
from lab.basins import BasinMaps, Basins
from lab.executors import Executor, Meter, Publish, run_task
from lab.sharpness import sharpness_of
from lab.worker import Told, answer, packed
from lab.workers import WorkerLost, Workers
from scenario import Choice, Experiment, Scenario
from simulation import Cancelled

ROOT = Path(__file__).parent.parent
SMALL = Basins(Scenario(optimizers=(Choice("sgd"),), steps=20, noise=0.1), 64)
LONG = Basins(Scenario(optimizers=(Choice("sgd"),), steps=100_000), 256)


@pytest.fixture
def workers() -> Iterator[Workers]:
    started = Workers()
    yield started
    started.close()


def begun_then(act: Callable[[], object], meter: Meter) -> Callable[[], None]:
    """What is called while work goes on: it acts once something is done."""
    acted: list[object] = []

    def wanted() -> None:
        if meter.fraction and not acted:
            acted.append(act())

    return wanted


def test_work_is_done_elsewhere_with_the_same_numbers_and_can_be_stopped(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """All in one process, then in a fresh one: to start it takes most of the time."""
    sizes: list[int] = []
    meter = Meter(SMALL.work)
    there, here = workers.run(SMALL, meter, lambda maps: sizes.append(maps.size)), run_task(SMALL)
    for name in ("attractor", "outcome", "arrival"):
        assert np.array_equal(getattr(there, name), getattr(here, name))
    assert meter.fraction == 1.0
    (first,) = workers.pids
    assert first != os.getpid()

    meter = Meter(LONG.work)
    with pytest.raises(Cancelled):
        workers.run(LONG, meter, lambda maps: None, begun_then(meter.stop, meter))
    assert workers.pids == [first], "it goes on with other work"

    meter = Meter(LONG.work)
    with pytest.raises(WorkerLost, match="perhaps because memory ran out; try again, with fewer starts"):
        workers.run(LONG, meter, lambda maps: None, begun_then(lambda: os.kill(first, signal.SIGTERM), meter))
    assert workers.pids == []
    assert np.array_equal(workers.run(SMALL, Meter(1), lambda maps: None).arrival, here.arrival)
    assert workers.pids != [first]

    monkeypatch.setattr(elsewhere, "workers", lambda: workers)
    semaphore = threading.Semaphore(1)
    monkeypatch.setattr(elsewhere, "_turns", lambda: semaphore)
    experiment = Experiment(data=Choice.of("moons", n=20), widths=(3,), steps=5)
    trained, expected = elsewhere.elsewhere(experiment.train, None), experiment.train()
    assert all(np.array_equal(one.weights, other.weights) for one, other in zip(trained.runs, expected.runs, strict=True))
    assert np.array_equal(trained.find_relief(where=elsewhere.elsewhere).values, expected.relief.values)
    assert trained.plane is trained.relief.plane
    far = sharpness_of(trained, where=elsewhere.elsewhere)
    assert all(np.array_equal(one.values, other.values) for one, other in zip(far, sharpness_of(expected), strict=True))
    with pytest.raises(Cancelled):
        elsewhere.elsewhere(experiment.train, lambda done: False)
    assert semaphore.acquire(blocking=False), "whoever comes next has a turn"


class Deaf(Mock):
    """A worker that hears only at some time that its task was stopped, and then takes the next."""

    heard = threading.Event()

    def run(self, *_: object) -> str:
        self.busy = not self.heard.is_set()
        if self.busy:
            raise Cancelled
        return "done"

    def give_up(self) -> None:
        self.heard.wait()
        self.busy = False


def test_who_stops_waits_for_no_worker_but_the_next_task_does_and_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Deaf] = []

    def begin(memory: int) -> Deaf:
        begun.append(Deaf(tasks=0))
        return begun[-1]

    monkeypatch.setattr("lab.workers.Worker", begin)
    workers, asked = Workers(), (Meter(1), lambda partial: None)
    with pytest.raises(Cancelled):
        workers.run(SMALL, *asked)
    assert not Deaf.heard.is_set()
    threading.Timer(0.01, Deaf.heard.set).start()
    assert cast(object, workers.run(SMALL, *asked)) == "done"
    assert len(begun) == 1


@dataclass(frozen=True)
class Failing:
    """A task that fails."""

    error: BaseException
    work = 1

    def compute(self, execute: Executor, publish: Publish[BasinMaps]) -> BasinMaps:
        raise self.error


class Odd(Exception):
    """One that cannot be read again once it was sent."""

    def __reduce__(self) -> tuple[object, ...]:
        return (_odd_once, (str(self),))


READ: list[str] = []


def _odd_once(text: str) -> Odd:
    READ.append(text)
    if len(READ) > 1:
        raise TypeError("it cannot be read again")
    return Odd(text)


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (ValueError("too much"), ValueError, "too much"),
        (MemoryError(), MemoryError, "this needs more memory than one computation may take on this server; choose fewer starts"),
        (Odd("strange"), RuntimeError, "strange"),
    ],
)
def test_what_goes_wrong_there_is_told_here(error: Exception, kind: type[Exception], told: str) -> None:
    answered = answer(pickle.dumps((Failing(error), 1)), lambda work: Told(work, lambda kind, content: None))
    name, content = pickle.loads(packed(*answered))
    assert (name, type(content)) == ("failed", kind)
    assert str(content).startswith(told)


def test_a_worker_ends_when_nobody_is_at_the_other_end() -> None:
    command = [sys.executable, "-m", "lab.worker", "0"]
    ended = subprocess.run(command, cwd=ROOT, input=b"", capture_output=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
