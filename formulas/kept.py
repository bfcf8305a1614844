"""What takes a while to make, made once for all threads and kept as long as there is room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from formulas.libm.forks import across_forks

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")


class Kept(Generic[Key, Made]):
    """Things by their keys, those used last at the end.

    Args:
        most: how many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[Key, Made] = OrderedDict()
        self._lock = across_forks(Lock())

    def __contains__(self, key: Key) -> bool:
        return key in self._made

    def known(self, key: Key) -> Made | None:
        """What a key has, if it has been made."""
        with self._lock:
            return self._used(key) if key in self._made else None

    def get(self, key: Key, make: Callable[[], Made]) -> Made:
        """What a key has, made now if it has not been; whoever asks meanwhile makes it, too, and all are given the first."""
        with self._lock:
            if key in self._made:
                return self._used(key)
        made = make()
        with self._lock:
            made = self._made.setdefault(key, made)
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        return made

    def _used(self, key: Key) -> Made:
        self._made.move_to_end(key)
        return self._made[key]
