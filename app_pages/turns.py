"""Runs of the script take turns, since they share one interpreter: together each would take as long as all of them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock

LONGEST = 0.1
"""Seconds after which the next one need not wait any more: what computes for long, or waits for something, does so beside the others."""


class Turns:
    """Turns that are given one after the other, to who has waited longest.

    Args:
        longest: seconds after which a turn is over, whether it was given back or not.
    """

    def __init__(self, longest: float = LONGEST) -> None:
        self._longest = longest
        self._lock, self._waiting = Lock(), deque[Event]()
        self._holder: Event | None = None
        self._since = 0.0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for a turn, and give it back at the end."""
        mine = Event()  # set when there may be something new for it
        self._take(mine)
        try:
            yield
        finally:
            with self._lock:
                if self._holder is mine:
                    self._pass_on()

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def _take(self, mine: Event) -> None:
        with self._lock:
            self._waiting.append(mine)
            if self._holder is None:
                self._pass_on()
        while True:
            with self._lock:
                if mine not in self._waiting:  # its turn has begun, and may be over again
                    return
                first = self._waiting[0] is mine
                left = self._since + self._longest - time.monotonic()
                if first and left <= 0:
                    self._pass_on()
                    return
                mine.clear()
            mine.wait(left if first else None)

    def _pass_on(self) -> None:
        """The next one's turn begins; who is first after it learns that it is."""
        self._holder = self._waiting.popleft() if self._waiting else None
        self._since = time.monotonic()
        for each in (self._holder, *([self._waiting[0]] if self._waiting else ())):
            if each:
                each.set()
