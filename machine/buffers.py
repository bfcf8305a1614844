"""Large arrays from memory that is used again: to get new memory from the system takes longer than to write a history into it.

What an array held goes back when nobody refers to it, nor to a view of it, any more. What has not been used for some seconds is given back
to the system.
"""

from __future__ import annotations

import threading
import time
from math import prod
from sys import is_finalizing
from typing import Any

import numpy as np

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

    Args:
        most: bytes that are kept.
        idle: seconds after which they are not kept any longer.

    Attributes:
        timer: what looks next for memory that nobody uses; None where none is free.
    """

    def __init__(self, most: int = MOST, idle: float = IDLE) -> None:
        self._most, self._idle = most, idle
        self._free: list[tuple[float, Array]] = []
        self._lock = threading.RLock()  # an array may vanish, and give its memory back, while the same thread is in here
        self.timer: threading.Timer | None = None

    @property
    def kept(self) -> int:
        """The bytes that are free at the moment."""
        with self._lock:
            return sum(raw.nbytes for _, raw in self._free)

    def empty(self, *shape: int) -> Array:
        """An array, whatever it holds."""
        size = prod(shape)
        if size * 8 < LEAST:
            return _aligned(np.empty(size + LINE // 8), size).reshape(shape)
        lent = _Lent(self, self._take(size + LINE // 8), size)
        return np.asarray(lent).reshape(shape)

    def _take(self, size: int) -> Array:
        with self._lock:
            fitting = [place for place, (_, raw) in enumerate(self._free) if size <= raw.size <= _SPARE * size]
            if fitting:
                return self._free.pop(min(fitting, key=lambda place: self._free[place][1].size))[1]
        return np.empty(size)

    def put(self, raw: Array) -> None:
        """Take memory back."""
        with self._lock:
            self._free.append((time.monotonic(), raw))
            while self._free and self.kept > self._most:
                self._free.pop(0)
            if self.timer is None and self._free:
                self._look_later()

    def drop(self, unused_for: float = 0.0) -> None:
        """Give back to the system what nobody has used for so many seconds."""
        latest = time.monotonic() - unused_for
        with self._lock:
            self._free = [(since, raw) for since, raw in self._free if since > latest]

    def _look_later(self) -> None:
        self.timer = threading.Timer(self._idle, self._look)
        self.timer.daemon = True
        self.timer.start()

    def _look(self) -> None:
        self.drop(self._idle)
        with self._lock:
            self.timer = None
            if self._free:
                self._look_later()


class _Lent:
    """Memory that an array uses; NumPy keeps this as long as the array or a view of it is there.

    When a script has ended nothing takes memory back: no thread can begin any more, and to start the pool's timer would wait for ever.
    """

    _script_has_ended = staticmethod(is_finalizing)  # a name of the module may be gone before the last array

    def __init__(self, pool: Pool, raw: Array, size: int) -> None:
        self._pool, self._raw = pool, raw
        self.__array_interface__: dict[str, Any] = _aligned(raw, size).__array_interface__

    def __del__(self) -> None:
        if not self._script_has_ended():
            self._pool.put(self._raw)


def _aligned(raw: Array, size: int) -> Array:
    begin = (-raw.ctypes.data // 8) % (LINE // 8)
    return raw[begin : begin + size]


POOL = Pool()
"""That of this process."""
