"""Large arrays from memory that is used again: to get new memory from the system takes longer than to write a history into it.

What an array held goes back when nobody refers to it, nor to a view of it, any more. What has not been used for some seconds is given back
to the system.
"""

from __future__ import annotations

import os
import threading
import time
from math import prod
from queue import SimpleQueue
from typing import Any

import numpy as np

from formulas.libm.forks import across_forks
from parameters import Array

LINE = 64
"""Bytes of a line of the cache; every array begins with one."""
LEAST, MOST = 64 * 1024, 256 * 1024**2
"""Bytes of an array for which memory is kept, and of all the memory that is."""
IDLE = 3.0
"""Seconds after which memory that nobody uses is given back."""
_SPARE = 1.25
"""How many times larger than what is asked for memory may be."""


class Pool:
    """Memory that is free at the moment.

    What is given back is only noted at first: an array may vanish at any moment, while a lock is held or as the process ends.

    Args:
        most: bytes that are kept.
        idle: seconds after which they are not kept any longer.
    """

    def __init__(self, most: int = MOST, idle: float = IDLE) -> None:
        self._most, self._idle = most, idle
        self._free: list[tuple[float, Array]] = []
        self._noted: SimpleQueue[tuple[float, Array]] = SimpleQueue()
        self._signals: SimpleQueue[None] = SimpleQueue()
        self._lock = across_forks(threading.Lock())
        self._sweeper: threading.Thread | None = None

    @property
    def kept(self) -> int:
        """The bytes that are free at the moment."""
        with self._lock:
            self._note()
            return sum(raw.nbytes for _, raw in self._free)

    def empty(self, *shape: int) -> Array:
        """An array, whatever it holds."""
        size = prod(shape)
        if size * 8 < LEAST:
            return _aligned(np.empty(size + LINE // 8), size).reshape(shape)
        lent = _Lent(self._noted, self._signals, self._take(size + LINE // 8), size)
        return np.asarray(lent).reshape(shape)

    def _take(self, size: int) -> Array:
        with self._lock:
            self._note()
            if self._sweeper is None:
                self._sweeper = threading.Thread(target=self._sweep, name="memory", daemon=True)
                self._sweeper.start()
            fitting = [place for place, (_, raw) in enumerate(self._free) if size <= raw.size <= _SPARE * size]
            if fitting:
                return self._free.pop(min(fitting, key=lambda place: self._free[place][1].size))[1]
        return np.empty(size)

    def _note(self) -> None:
        """Add what has been given back; the lock is held."""
        while not self._noted.empty():
            self._free.append(self._noted.get())
        while sum(raw.nbytes for _, raw in self._free) > self._most:
            self._free.pop(0)

    def drop(self, unused_for: float = 0.0) -> None:
        """Give back to the system what nobody has used for so many seconds."""
        latest = time.monotonic() - unused_for
        with self._lock:
            self._note()
            self._free = [(since, raw) for since, raw in self._free if since > latest]

    def forked(self) -> None:
        """Begin anew in a child process, which has not its parent's threads."""
        self._sweeper = None

    def _sweep(self) -> None:
        """Once something was given back, look from time to time until nothing is free."""
        while True:
            self._signals.get()
            while self.kept:
                time.sleep(self._idle)
                self.drop(self._idle)


class _Lent:
    """Memory that an array uses; NumPy keeps this as long as the array or a view of it is there."""

    _now = staticmethod(time.monotonic)  # a name of the module may be gone before the last array

    def __init__(self, noted: SimpleQueue[tuple[float, Array]], signals: SimpleQueue[None], raw: Array, size: int) -> None:
        self._noted, self._signals, self._raw = noted, signals, raw
        self.__array_interface__: dict[str, Any] = _aligned(raw, size).__array_interface__

    def __del__(self) -> None:
        self._noted.put((self._now(), self._raw))  # which nothing can interrupt, and takes no lock
        self._signals.put(None)


def _aligned(raw: Array, size: int) -> Array:
    begin = (-raw.ctypes.data // 8) % (LINE // 8)
    return raw[begin : begin + size]


POOL = Pool()
"""That of this process."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=POOL.forked)
