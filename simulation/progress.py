"""Telling a caller how far a run is, and stopping it on request."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

_TELLING, _SOON = 0.04, 0.5
"""From which share on, and after how many seconds, what is done tells how long the rest takes."""
_SLOWLY = 3.0
"""Seconds in which that takes up most of what has changed: a machine has other things to do now and then."""
_PULSE = 200_000
"""Steps of one trajectory after which a run reports."""
_REPORT_EVERY = 0.05
"""Seconds between two reports."""
Progress = Callable[[float], object]
"""Called now and then with the fraction done, 0 to 1; if it returns False, the run stops."""
Lanes = npt.NDArray[np.intp]
"""The numbers of some trajectories, rising."""


T = TypeVar("T")


class Where(Protocol):
    """Where something that takes a while is computed, here or in another process say."""

    def __call__(self, make: Callable[[Progress | None], T], progress: Progress | None) -> T:
        """What comes of `make`, which is called with something to tell how far it is."""


def here(make: Callable[[Progress | None], T], progress: Progress | None) -> T:
    """Compute it where it is asked for."""
    return make(progress)


class Cancelled(Exception):
    """A progress callback asked for the run to stop."""


def share_of(progress: Progress | None, low: float, high: float) -> Progress | None:
    """What a part of a run reports to, which takes it from one fraction done to another."""
    return None if progress is None else lambda done: progress(low + done * (high - low))


_heeded: ContextVar[Progress | None] = ContextVar("heeded", default=None)
_HEED_EVERY = 0.1
"""Seconds between two reports to who is heeded."""


@contextmanager
def heeding(progress: Progress) -> Iterator[None]:
    """Let whatever takes long in here tell how far it is, and stop, though those who asked for it know nothing of that.

    A search for stationary points or for learning rates asks for losses many times over: on a plane of networks each time may take long.
    """
    last = time.monotonic()

    def now_and_then(fraction: float) -> object:
        nonlocal last
        if time.monotonic() - last < _HEED_EVERY:
            return None
        told = progress(fraction)
        last = time.monotonic()
        return told

    token = _heeded.set(now_and_then)
    try:
        yield
    finally:
        _heeded.reset(token)


def heeded() -> Progress | None:
    """Whom to tell where nobody is given; see `heeding`."""
    return _heeded.get()


class Remaining:
    """How long something takes yet, from how far it is: nothing before that says something, and then without leaps.

    Args:
        clock: tells the time, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = self._asked = clock()
        self._told: float | None = None

    def after(self, fraction: float) -> float | None:
        """Seconds, once a fraction of it is done, 0 to 1; None while that is too little to tell."""
        now = self._clock()
        since, self._asked = now - self._asked, now
        if fraction < _TELLING or now - self._began < _SOON:
            return None
        left = (now - self._began) / fraction * (1 - fraction)
        if self._told is not None:
            expected = max(self._told - since, 0.0)
            left = expected + (left - expected) * -math.expm1(-since / _SLOWLY)
        self._told = left
        return left


class Reporter:
    """Counts the steps done, reports the fraction to the caller's `progress`, and stops the run when that asks for it."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total = progress, total
        self._done = 0
        self._lock = threading.Lock()
        self._home = threading.current_thread()
        self._last_report = time.monotonic()
        self.stopped = False

    def steps(self, steps: int, lanes: int) -> Iterator[int]:
        """0 .. steps-1 for a chunk of so many trajectories, reporting to the caller from time to time, soon where a step takes long."""
        for part in self.pulses(steps, lanes, _PULSE):
            last = time.monotonic()
            for step in part:
                yield step
                if time.monotonic() - last > _REPORT_EVERY:
                    self.check()
                    last = time.monotonic()

    def pulses(self, steps: int, lanes: int, pulse: int) -> Iterator[range]:
        """The same as ranges of neighbouring steps, with a report after each.

        Args:
            steps: how many there are.
            lanes: the trajectories of the chunk.
            pulse: steps of one trajectory that are few enough not to be interrupted.
        """
        if self._progress is None:
            yield range(steps)
            return
        most = max(1, pulse // lanes)
        for first in range(0, steps, most):
            part = range(first, min(first + most, steps))
            yield part
            with self._lock:
                self._done += len(part) * lanes
            self.check()

    def check(self) -> None:
        """Report, not too often, from the caller's own thread; raise `Cancelled` once the caller has asked to stop."""
        if self._progress and threading.current_thread() is self._home and time.monotonic() - self._last_report > _REPORT_EVERY:
            self._last_report = time.monotonic()
            self.stopped = self.stopped or self._progress(self._done / self._total) is False
        if self.stopped:
            raise Cancelled("the run was stopped")


def in_threads(work: Callable[[Lanes], None], parts: list[Lanes], threads: int, reporter: Reporter) -> None:
    """Do the work for all parts on so many threads, reporting meanwhile; the first error ends it."""
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(work, part) for part in parts]
        try:
            while wait(futures, timeout=_REPORT_EVERY).not_done:
                reporter.check()
        except BaseException:
            reporter.stopped = True
            for future in futures:
                future.cancel()
            raise
        for future in futures:
            future.result()
