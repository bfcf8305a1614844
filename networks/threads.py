"""Holding the linear algebra behind NumPy to one thread while networks run.

Their matrices are small: with several threads on busy processors they took 10 to 30 times as long.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

try:
    from threadpoolctl import ThreadpoolController
except ImportError:  # as slow as said above, with the same numbers
    ThreadpoolController = None

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
    if ThreadpoolController is None:
        yield
        return
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
