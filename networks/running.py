"""How NumPy is to work while networks run: on one thread, silent, and without copies.

Their matrices are small: with several threads of linear algebra on busy processors they took 10 to 30 times as long.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

BUFFER = 1024
"""Numbers in NumPy's buffers. Of arrays with gaps, as activations above a row of ones, it copies pieces that are shorter than half a buffer
(8,192 numbers by default) together before it computes, which took up to three times as long as the computation."""
_LOCK = threading.Lock()
_holders = 0
_limit: Any = None


@cache
def _controller() -> Any:
    return ThreadpoolController().select(user_api="blas")


@contextmanager
def one_thread() -> Iterator[None]:
    """For as long as anybody is inside: the limit is the whole process', so it is lifted when the last one leaves."""
    global _holders, _limit
    with _LOCK:
        _holders += 1
        if _holders == 1:
            _limit = _controller().limit(limits=1)
    try:
        yield
    finally:
        with _LOCK:
            _holders -= 1
            if _holders == 0:
                _limit.restore_original_limits()


@contextmanager
def in_place() -> Iterator[None]:
    """For the thread that is inside: what has no finite value is no warning, and arrays with gaps are computed on where they are."""
    with np.errstate(all="ignore"):  # whose end brings back the size of the buffers, too
        np.setbufsize(BUFFER)
        yield
