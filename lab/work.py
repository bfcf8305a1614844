"""Doing what the lab asks for: tiles are run here, one after the other, or elsewhere, and how far it is can be told and stopped."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from lab.tiles import WANTED, Batch, Result, cut
from simulation import Cancelled

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

Piece = tuple[int, slice, Result]
"""The number of a batch, some of its trajectories, and what was wanted of them."""
Execute = Callable[[Sequence[Batch]], Iterator[Piece]]
"""Runs batches, tile by tile, and yields each tile's result as soon as it is there, in any order."""
Publish = Callable[[R], object]
"""Takes a result that is not complete yet, to be looked at."""


class Task(Protocol[R_co]):
    """Something to compute. It is a value: two tasks that are equal have the same result."""

    @property
    def work(self) -> int:
        """How much there is to do, in steps of one trajectory."""

    def compute(self, execute: Execute, publish: Publish[R_co]) -> R_co:
        """Do it.

        Args:
            execute: runs the batches that it needs.
            publish: is told of results on the way.

        Raises:
            simulation.Cancelled: nobody wants it any more.
        """


class Meter:
    """How much of some work is done, and whether it is to go on.

    Args:
        total: how much there is to do, in steps of one trajectory.
    """

    def __init__(self, total: int) -> None:
        self._total, self._done = max(total, 1), 0.0
        self._began = time.monotonic()
        self._stopped = threading.Event()

    def begin(self) -> None:
        """The clock starts anew: the work has waited until now."""
        self._began = time.monotonic()

    def add(self, work: float) -> None:
        """So much more is done.

        Raises:
            simulation.Cancelled: it is to stop.
        """
        self._done += work
        self.check()

    def check(self) -> None:
        """Go on, or not.

        Raises:
            simulation.Cancelled: it is to stop.
        """
        if self._stopped.is_set():
            raise Cancelled("the computation was stopped")

    def stop(self) -> None:
        """Nothing more is wanted."""
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Whether it was stopped."""
        return self._stopped.is_set()

    @property
    def fraction(self) -> float:
        """What is done, 0 to 1."""
        return min(self._done / self._total, 1.0)

    @property
    def seconds_left(self) -> float | None:
        """How long it will still take, judged by what was done so far; None before anything was."""
        spent = time.monotonic() - self._began
        return spent / self.fraction * (1 - self.fraction) if self._done else None


def here(meter: Meter, workers: int | None = None) -> Execute:
    """Runs tiles in this process, one after the other.

    Args:
        meter: is told what is done.
        workers: threads that share a tile; by default as many as there are cores.
    """
    threads = workers or os.cpu_count() or 1

    def execute(batches: Sequence[Batch]) -> Iterator[Piece]:
        for number, whole in enumerate(batches):
            for lanes, tile in cut(whole):
                before = 0.0

                def tell(fraction: float, work: int = tile.work) -> None:
                    nonlocal before
                    meter.add(work * (fraction - before))
                    before = fraction

                yield number, lanes, tile.run(tell, threads)

    return execute


def gather(execute: Execute, batches: Sequence[Batch]) -> list[Result]:
    """The whole results of some batches, in their order."""
    results: list[dict[str, npt.NDArray[Any]]] = [
        {name: np.empty(whole.count, WANTED[name].dtype) for name in whole.wanted} for whole in batches
    ]
    for number, lanes, piece in execute(batches):
        for name, values in piece.items():
            results[number][name][lanes] = values
    return list(results)


def do(task: Task[R], workers: int | None = None) -> R:
    """Do a task here and now, for scripts and tests."""
    return task.compute(here(Meter(task.work), workers), lambda partial: None)
