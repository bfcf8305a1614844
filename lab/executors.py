"""Tasks, and the executor that runs their tiles in this process; `lab.cluster` has one that runs them on a Dask cluster.

A `Meter` measures how much of a task is done, and stops it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt

from lab.tiles import Divisible, Result, cut
from simulation import Cancelled
from simulation.progress import Progress, Remaining

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

Piece = tuple[int, slice, Result]
"""The result of a tile: the index of its batch, the slice of the batch that it is, and the outputs of its trajectories."""
Executor = Callable[[Sequence[Divisible]], Iterator[Piece]]
"""A function that runs batches tile by tile, and yields each tile's result as soon as it is there, in any order."""
Publish = Callable[[R], object]
"""A function that takes results which are not complete yet, to show them."""


class Task(Protocol[R_co]):
    """Something to compute, described by a value: two tasks that are equal have the same result."""

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""

    def compute(self, execute: Executor, publish: Publish[R_co]) -> R_co:
        """Compute the result.

        Args:
            execute: runs the batches of which the result is made.
            publish: is called with results that are not complete yet.

        Raises:
            simulation.Cancelled: it was stopped.
        """


class Meter:
    """Measures how much of some work is done, and stops it on request.

    Args:
        total: how much there is to do, in steps of one trajectory.
    """

    def __init__(self, total: int) -> None:
        self._total, self._done = max(total, 1), 0.0
        self._remaining = Remaining()
        self._stopped = threading.Event()

    def begin(self) -> None:
        """Start the clock again, when work that has waited begins."""
        self._remaining = Remaining()

    def add(self, work: float) -> None:
        """Count more work as done, in steps of one trajectory.

        Raises:
            simulation.Cancelled: `stop` was called.
        """
        self._done += work
        self.check()

    def reach(self, fraction: float) -> None:
        """Note which share of the work is done, 0 to 1, as it was counted elsewhere. Errors as for `add`."""
        self._done = fraction * self._total
        self.check()

    def check(self) -> None:
        """Raise if the work was stopped.

        Raises:
            simulation.Cancelled: `stop` was called.
        """
        if self._stopped.is_set():
            raise Cancelled("the computation was stopped")

    def stop(self) -> None:
        """Stop the work at its next check."""
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Whether it was stopped."""
        return self._stopped.is_set()

    @property
    def fraction(self) -> float:
        """The share of the work that is done, 0 to 1."""
        return min(self._done / self._total, 1.0)

    @property
    def seconds_left(self) -> float | None:
        """An estimate of the remaining time from the pace so far, in seconds; None before enough is done for that."""
        return self._remaining.after(self.fraction)


def local_executor(meter: Meter, workers: int | None = None) -> Executor:
    """An executor that runs tiles in this process, one after the other.

    Args:
        meter: counts the work that is done.
        workers: threads that share a tile; by default as many as there are cores.
    """
    threads = workers or os.cpu_count() or 1

    def execute(batches: Sequence[Divisible]) -> Iterator[Piece]:
        for number, whole in enumerate(batches):
            for lanes, tile in cut(whole):
                before = 0.0

                def tell(fraction: float, work: int = tile.work) -> None:
                    nonlocal before
                    meter.add(work * (fraction - before))
                    before = fraction

                yield number, lanes, tile.run(tell, threads)

    return execute


@dataclass(frozen=True, eq=False)
class _Whole:
    """Work that cannot be cut, as one tile."""

    make: Callable[[Progress], object]
    work: int
    count: ClassVar[int] = 1
    at_once: ClassVar[int] = 1
    dtypes: ClassVar[dict[str, type]] = {"made": object}

    def part(self, lanes: slice) -> Self:
        return self

    def run(self, progress: Progress | None = None, workers: int | None = None) -> Result:
        made = np.empty(1, dtype=object)
        made[0] = self.make(progress or (lambda done: None))
        return {"made": made}


@dataclass(frozen=True, eq=False)
class Whole(Generic[R_co]):
    """The task to make something that cannot be cut.

    Args:
        make: it, with something to tell how far it is. Where it is to run in another process it has to be a function of a module, with
            arguments that can be sent there.
        work: see `Task`.
    """

    make: Callable[[Progress], R_co]
    work: int = 1000

    def compute(self, execute: Executor, publish: Publish[Any]) -> R_co:
        """Make it."""
        ((made,),) = (piece["made"] for _, _, piece in execute([_Whole(self.make, self.work)]))
        found: R_co = made
        return found


class Continuable(Task[R], Protocol[R]):
    """A task that can begin with what another one has found."""

    @property
    def beginnings(self) -> Sequence[Task[R]]:
        """The tasks that it can begin with, the one that saves most first."""

    def rest(self, before: R) -> Task[R]:
        """The task to find the same from the result of one of them."""

    def continued(self, before: R, execute: Executor) -> R:
        """What it finds, from the result of one of them."""


@dataclass(frozen=True, eq=False)
class Rest(Generic[R]):
    """The rest of a task, of which the beginning is known.

    Args:
        task: the whole.
        before: the result of one of its `beginnings`, which names its own task.
    """

    task: Continuable[R]
    before: Any

    @property
    def work(self) -> int:
        """That of the whole without that of the beginning."""
        return self.task.work - int(self.before.task.work)

    def compute(self, execute: Executor, publish: Publish[R]) -> R:
        """Find the same as the whole."""
        return self.task.continued(self.before, execute)


def gather(execute: Executor, batches: Sequence[Divisible]) -> list[Result]:
    """Run batches and put the results of their tiles together: the outputs of each whole batch, in the batches' order."""
    results: list[dict[str, npt.NDArray[Any]]] = [
        {name: np.empty(whole.count, dtype) for name, dtype in whole.dtypes.items()} for whole in batches
    ]
    for number, lanes, piece in execute(batches):
        for name, values in piece.items():
            results[number][name][lanes] = values
    return list(results)


def run_task(task: Task[R], workers: int | None = None) -> R:
    """Run a task in this process and return its result, for scripts and tests."""
    return task.compute(local_executor(Meter(task.work), workers), lambda partial: None)
