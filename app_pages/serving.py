"""What makes a server cheaper that serves many: garbage is looked for seldom, and the server's loop is woken once for many messages.

A run of the script sends sixty messages. For each of them Streamlit (1.67) wakes the loop twice by writing to a socket, which takes longer
than the message itself, and after each the loop looks through all sessions for what they have to send.
"""

from __future__ import annotations

import gc
from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import Callable
from threading import Lock
from weakref import WeakKeyDictionary

from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession

_YOUNG = 20_000
"""After so many new objects Python looks for garbage among them; with the usual 700 it would a dozen times in each run of the script."""


def prepare() -> None:
    """Prepare the process, once everything is imported and before anybody is served."""
    gc.collect()
    gc.freeze()  # what is there now stays, and is not looked at again
    gc.set_threshold(_YOUNG, 10, 20)
    calls = WeakKeyDictionary[AbstractEventLoop, Calls]()

    def soon(loop: AbstractEventLoop, call: Callable[[], None]) -> None:
        calls.setdefault(loop, Calls(loop)).soon(call)

    def enqueued(runtime: Runtime) -> None:
        loops = runtime._get_async_objs()
        if not loops.need_send_data.is_set():  # else the loop is going to look, and finds this message, too
            soon(loops.eventloop, loops.need_send_data.set)

    for owner, name, replacement in (
        (AppSession, "_call_soon_on_event_loop", lambda session, call: soon(session._event_loop, call)),
        (Runtime, "_enqueued_some_message", enqueued),
    ):
        if hasattr(owner, name):  # another Streamlit may do without, or do better
            setattr(owner, name, replacement)


class Calls:
    """What other threads want to be called on a loop, which is woken once for all that has come until it gets there, in their order.

    Args:
        loop: that calls.
    """

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop, self._waiting, self._lock = loop, deque[Callable[[], None]](), Lock()

    def soon(self, call: Callable[[], None]) -> None:
        """Let it be called soon, from any thread. Once the loop is closed nothing is."""
        with self._lock:
            self._waiting.append(call)
            woken = len(self._waiting) > 1
        if not woken:
            try:
                self._loop.call_soon_threadsafe(self._call)
            except RuntimeError:
                if not self._loop.is_closed():
                    raise

    def _call(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, deque()
        for call in waiting:
            self._loop.call_soon(call)  # each by itself: what one raises does not stop the others
