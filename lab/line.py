"""Who is next: a line of jobs that is fair between sessions, and when each of them is expected to begin."""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

_REMEMBERED = 1000
"""Of so many sessions it is remembered when their turn was last."""


class Waiting(Protocol):
    """What can stand in line."""

    @property
    def number(self) -> int:
        """The order in which it was asked for."""

    @property
    def watchers(self) -> Sequence[Hashable]:
        """The sessions that want it."""


@dataclass(frozen=True)
class Place:
    """A place in the line.

    Attributes:
        ahead: how many jobs begin before.
        seconds: until it begins, as far as the pace of others tells.
    """

    ahead: int
    seconds: float


class Line:
    """The jobs that wait and those that run. Sessions take turns: who was served longest ago is next, so that nobody's eight jobs go before
    somebody's first.

    Args:
        at_once: how many run at a time.
        each: how many of one session's run at a time.
    """

    def __init__(self, at_once: int, each: int) -> None:
        self._at_once, self._each = at_once, each
        self.waiting: list[Any] = []
        self.running: dict[Any, Hashable] = {}
        self._served: dict[Hashable, int] = {}
        self._turns = itertools.count(1)

    def begin_next(self) -> Any:
        """The job whose turn it is, which runs from now on; None where none may begin."""
        if len(self.running) >= self._at_once:
            return None
        turn = _turn(self.waiting, Counter(self.running.values()), self._served, self._each)
        if turn is None:
            return None
        job, who = turn
        self.waiting.remove(job)
        self.running[job] = who
        self._served.pop(who, None)
        self._served[who] = next(self._turns)
        if len(self._served) > _REMEMBERED:
            del self._served[next(iter(self._served))]
        return job

    def left(self, job: Any, who: Hashable) -> None:
        """A session does not want a job any more: one that goes on for others is theirs, and the session's next one may begin."""
        if self.running.get(job) == who and job.watchers:
            self.running[job] = job.watchers[0]

    def places(self, seconds_left: Callable[[Any], float]) -> dict[Any, Place]:
        """The place of each job that waits, by what is known now.

        Args:
            seconds_left: how long a job takes yet, one that runs or one that waits.
        """
        ends = [(seconds_left(job), number, who) for number, (job, who) in enumerate(self.running.items())]
        heapq.heapify(ends)
        waiting, served = list(self.waiting), dict(self._served)
        turns, now = itertools.count(1 + max(served.values(), default=0)), 0.0
        found: dict[Any, Place] = {}
        while waiting:
            running = Counter(who for _, _, who in ends)
            turn = _turn(waiting, running, served, self._each) if len(ends) < self._at_once else None
            if turn is None:
                if not ends:
                    break  # nobody wants what is left
                now = heapq.heappop(ends)[0]
                continue
            job, who = turn
            found[job] = Place(len(found), now)
            waiting.remove(job)
            served[who] = next(turns)
            heapq.heappush(ends, (now + seconds_left(job), len(found) + self._at_once, who))
        return found


def _turn(waiting: Sequence[Any], running: Counter[Hashable], served: dict[Hashable, int], each: int) -> tuple[Any, Hashable] | None:
    """The job that is next, and the session whose turn it is; a job of several sessions has the turn of the first of them."""
    able = [(served.get(who, 0), job.number, job, who) for job in waiting for who in job.watchers if running[who] < each]
    if not able:
        return None
    _, _, job, who = min(able, key=lambda one: one[:2])
    return job, who
