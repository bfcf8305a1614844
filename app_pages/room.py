"""Memory for what is large: pages that show large races take turns, so that together they do not take more than the server may."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from limits import LARGE_MEGABYTES

_LOOK = 0.1
"""Seconds between two looks whether there is room."""


class Room:
    """So much memory, which runs of pages share. What a run has taken it holds to its end, since what it makes is then sent.

    Args:
        total: megabytes.
    """

    def __init__(self, total: float) -> None:
        self._total = total
        self._held: dict[int, float] = {}
        self._inside: set[int] = set()
        self._changed = threading.Condition()

    @contextmanager
    def of_this_run(self) -> Iterator[None]:
        """Within it a page is drawn, or a part of it; at its end what it has taken is free again."""
        who = threading.get_ident()
        with self._changed:
            self._inside.add(who)
        try:
            yield
        finally:
            with self._changed:
                self._inside.discard(who)
                if self._held.pop(who, None) is not None:
                    self._changed.notify_all()

    def take(self, megabytes: float, wait: Callable[[], object], patience: float) -> None:
        """Take some memory, more than all counting as all, once it is free. A run that holds some already does not wait again, and nothing
        is taken outside of runs.

        Args:
            megabytes: of the largest thing that the run makes, as far as can be told.
            wait: called now and then until then; it may raise.
            patience: seconds.

        Raises:
            ValueError: there is no room after so many seconds.
        """
        who, asked = threading.get_ident(), min(megabytes, self._total)
        deadline = time.monotonic() + patience
        while who in self._inside and not self._taken(who, asked):
            wait()
            if time.monotonic() > deadline:
                raise ValueError(
                    f"this takes about {megabytes:,.0f} MB of the server's memory, which is busy with other large races, "
                    f"{self._total:,.0f} MB at most; try again in a while, or choose fewer starts or steps"
                )

    def _taken(self, who: int, asked: float) -> bool:
        with self._changed:
            free = self._total - sum(self._held.values())
            if who not in self._held and asked > free:
                self._changed.wait(_LOOK)
                return False
            self._held[who] = max(self._held.get(who, 0.0), asked)
            return True


@cache
def room() -> Room:
    """That of this server."""
    return Room(LARGE_MEGABYTES.value)
