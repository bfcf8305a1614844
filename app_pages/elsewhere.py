"""What takes long while a page waits for it, computed in a worker process, so that other people's pages do not have to wait, too."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import TypeVar

import limits
from lab.executors import Meter, Whole
from lab.workers import WorkerLost, Workers
from simulation.progress import Cancelled, Progress, Where, here

T = TypeVar("T")
_WORTH = 0.1
"""What is expected to take fewer seconds is computed here: the way to another process takes some, too."""
_LOOK = 0.1
"""Seconds between two looks whether it is one's turn."""


@cache
def workers() -> Workers | None:
    """The worker processes of this server; None where everything is to run in its own."""
    return Workers(limits.WORKER_MEGABYTES.value * 1024**2) if limits.WORKERS.value else None


@cache
def _turns() -> threading.Semaphore:
    """So many at a time as the lab has jobs: a page waits for these, they do not stand in line with those that take minutes."""
    return threading.Semaphore(limits.WORKERS.value)


def where_for(seconds: float) -> Where:
    """Where something is computed that is expected to take so long."""
    return elsewhere if seconds > _WORTH and workers() else here


def elsewhere(make: Callable[[Progress | None], T], progress: Progress | None) -> T:
    """What comes of `make`, a function of a module or of a value that can be sent, computed in a worker process.

    Raises:
        ValueError: the process was lost, or memory or time ran out; the message says what to do.
        simulation.Cancelled: `progress` returned False.
        Exception: what `make` or `progress` raises.
    """
    own = workers()
    if own is None:
        return here(make, progress)
    meter, tell = Meter(1000), progress or (lambda done: None)
    with _turn(partial(_told, tell, meter)):
        deadline = time.monotonic() + 60 * limits.JOB_MINUTES.value
        try:
            made: T = own.run(Whole(make), meter, lambda partly: None, partial(_told, tell, meter, deadline))
            return made
        except (WorkerLost, MemoryError) as error:
            raise ValueError(str(error)) from None


def _told(tell: Progress, meter: Meter, deadline: float = float("inf")) -> None:
    if tell(meter.fraction) is False:
        raise Cancelled("the computation was stopped")
    if time.monotonic() > deadline:
        raise ValueError(f"this has run for {limits.JOB_MINUTES.value} minutes, which is as long as anything may take on this server")


@contextmanager
def _turn(wait: Callable[[], object]) -> Iterator[None]:
    """One of the turns that there are at a time; `wait` is called now and then until then, and may raise."""
    while not _turns().acquire(timeout=_LOOK):
        wait()
    try:
        yield
    finally:
        _turns().release()
