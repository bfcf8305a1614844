"""Locks in a process that forks, as `multiprocessing` does on Linux: the child has the locks as they were, but not the threads that would
release them."""

from __future__ import annotations

import os
from threading import Lock


def across_forks(lock: Lock) -> Lock:
    """A lock that is free in every child: a fork waits until it is, that is until what it guards is done."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)
    return lock
