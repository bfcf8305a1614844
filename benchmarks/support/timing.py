"""Timing several contestants in turn, so that a machine that speeds up or slows down does so for all of them alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

Work = Callable[[], Any]
"""What is timed: called without arguments. Its last result is dropped after the clock has stopped."""
Clocked = Callable[[int], tuple[float, float]]
"""Does its work so many times; wall-clock and CPU seconds (over all threads) for each."""


@dataclass(frozen=True)
class Effort:
    """How much time to spend.

    Attributes:
        rounds: the fewest and the most rounds. Every contestant is timed once a round.
        seconds: after so long no further round is begun.
        sample: a work that takes less than so many seconds is repeated within one measurement until it takes that long.
    """

    rounds: tuple[int, int] = (7, 25)
    seconds: float = 3.0
    sample: float = 0.01


QUICK = Effort(rounds=(3, 3), seconds=0.5, sample=0.002)


@dataclass(frozen=True)
class Timing:
    """Seconds for each call of a contestant, one measurement a round: wall-clock and CPU time.

    What counts is CPU time: every contestant works with one thread, and must not lose because another program ran meanwhile.
    """

    wall: tuple[float, ...]
    processor: tuple[float, ...]

    @property
    def seconds(self) -> float:
        """CPU seconds: the median over the rounds."""
        return median(self.processor)

    @property
    def cores(self) -> float:
        """How many cores were busy: above 1 it used several threads, so that `seconds` is unfair to it; below 1 it waited for others."""
        return median(busy / wall for busy, wall in zip(self.processor, self.wall, strict=True))


@dataclass(frozen=True)
class Ratio:
    """How many times longer one contestant took than another: the median over the rounds, the least and the most."""

    middle: float
    low: float
    high: float

    @property
    def spread(self) -> str:
        """The least and the most, as text."""
        return f"{self.low:.2f}..{self.high:.2f}"


def ratio(one: Timing, other: Timing) -> Ratio:
    """How many times longer `one` took than `other`, compared round by round."""
    ratios = [a / b for a, b in zip(one.processor, other.processor, strict=True)]
    return Ratio(median(ratios), min(ratios), max(ratios))


def in_turn(contestants: Mapping[str, Clocked], effort: Effort) -> dict[str, Timing]:
    """Time all contestants in turn, A B C A B C ..., after untimed calls that warm them up."""
    repeats = {name: _repeats(clocked, effort.sample) for name, clocked in contestants.items()}
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
    least, most = effort.rounds
    begun = time.perf_counter()
    for done in range(most):
        if done >= least and time.perf_counter() - begun > effort.seconds:
            break
        for name, clocked in contestants.items():
            measured[name].append(clocked(repeats[name]))
    return {name: Timing(*zip(*pairs, strict=True)) for name, pairs in measured.items()}


def clocked(work: Work) -> Clocked:
    """A work of this process, ready to be timed."""
    return partial(measure, work)


def measure(work: Work, repeats: int, warm: bool = True) -> tuple[float, float]:
    """Wall-clock and CPU seconds for each of so many calls, without garbage collection meanwhile.

    A call that does not count goes first, so that it is not the contestant's place in the round that decides whether memory is at hand:
    a virtual machine may fetch pages that nobody used for a while from its host, which takes several times longer than to use them.
    """
    if warm:
        work()
    last = None
    collecting = gc.isenabled()
    gc.disable()
    try:
        processor, wall = time.process_time(), time.perf_counter()
        for _ in range(repeats):
            last = work()
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
    finally:
        if collecting:
            gc.enable()
    del last
    return wall / repeats, processor / repeats


def _repeats(clocked: Clocked, sample: float) -> int:
    """How often to do a work within one measurement. The first calls are slower: memory is new, caches are empty."""
    clocked(1)
    seconds, _ = clocked(1)
    return max(1, round(sample / max(seconds, 1e-7)))
