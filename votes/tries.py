"""How often something may be tried within a while, by one and by all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

MOST_KNOWN = 10_000
"""So many are told apart at most; where there are more, those who tried longest ago are forgotten."""


class Tries:
    """Tries within the last seconds, by one and by all together. Not safe among threads by itself.

    Args:
        by_one: how many one may have.
        by_all: how many all may have together.
        seconds: the while that is looked back on.
        clock: gives the time in seconds.
    """

    def __init__(self, by_one: int, by_all: int, seconds: float, clock: Callable[[], float]) -> None:
        self.by_one, self.by_all, self.seconds, self._clock = by_one, by_all, seconds, clock
        self._own: dict[str, deque[float]] = {}
        self._all: deque[float] = deque()

    def note(self, who: str) -> None:
        """One has tried."""
        now = self._clock()
        own = self._own.pop(who, deque())
        own.append(now)
        self._own[who] = own  # at the end: the first are those who tried longest ago
        self._all.append(now)
        while len(self._own) > MOST_KNOWN:
            del self._own[next(iter(self._own))]

    def spent(self, who: str) -> bool:
        """Whether one has to wait now."""
        self._forget(self._all)
        own = self._own.get(who)
        if own is not None:
            self._forget(own)
            if not own:
                del self._own[who]
        return len(self._all) >= self.by_all or (own is not None and len(own) >= self.by_one)

    def _forget(self, tries: deque[float]) -> None:
        since = self._clock() - self.seconds
        while tries and tries[0] <= since:
            tries.popleft()
