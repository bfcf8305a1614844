"""What makes a server cheaper that serves many: garbage is looked for seldom, its loop is woken seldom, and runs of scripts take turns.

A run of the script sends seventy messages. For each of them Streamlit (1.67) wakes the loop twice by writing to a socket, which takes
longer than the message itself, and after each the loop looks through all sessions for what they have to send. And for each text box it
collects what all widgets show, to look at one: a sixth of the time of a run.

All of it replaces private parts of Streamlit, each where it is there: another version may do without, or do better.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import count
from threading import Lock
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

from streamlit import config
from streamlit.elements.widgets import button
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime import runtime as runtime_module
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunner
from streamlit.runtime.scriptrunner_utils import script_run_context
from streamlit.runtime.state import SafeSessionState

from app_pages.turns import Turns

_YOUNG = 20_000
"""After so many new objects Python looks for garbage among them; with the usual 700 it would a dozen times in each run of the script."""
_AGAIN = 0.004
"""Seconds after which the loop looks again for calls, once there were some."""
_SWITCH = 0.001
"""Seconds for which a thread goes on while another waits. The loop gives way twice with every message that it sends; with the usual
0.005 it would take most of a second for those of one run, as long as other scripts run."""
_GIVING_WAY = 16
"""After so many messages the loop goes round."""
_ARENA_MAX, _ARENAS = -8, 2
"""glibc's name for how many heaps all threads share (M_ARENA_MAX), and how many that are to be. Every run of the script is a thread of its
own; with the usual sixteen heaps for two processors, what was freed in one of them serves nobody else: after a class of sixty 58 MB stood
free in them, with two 25 MB."""


def prepare() -> None:
    """Prepare the process, once everything is imported and before anybody is served."""
    with suppress(AttributeError, OSError, TypeError):  # another C library has no such heaps
        ctypes.CDLL(None).mallopt(_ARENA_MAX, _ARENAS)
    gc.collect()
    gc.freeze()  # what is there now stays, and is not looked at again
    gc.set_threshold(_YOUNG, 10, 20)
    sys.setswitchinterval(_SWITCH)
    calls = WeakKeyDictionary[AbstractEventLoop, Calls]()

    def soon(loop: AbstractEventLoop, call: Callable[[], object]) -> None:
        if (waiting := calls.get(loop)) is None:
            waiting = calls.setdefault(loop, Calls(loop))
        waiting.soon(call)

    def enqueued(runtime: Runtime) -> None:
        loops = runtime._get_async_objs()
        if loops.need_send_data.is_set():  # the loop is going to look, and finds this message, too
            return
        if asyncio._get_running_loop() is loops.eventloop:
            loops.need_send_data.set()
        else:
            soon(loops.eventloop, loops.need_send_data.set)

    def up_to_date(ask: Callable[..., object]) -> Callable[..., object]:
        def ask_up_to_date(tab: AppSession, *arguments: Any) -> object:
            if (found := calls.get(tab._event_loop)) and asyncio._get_running_loop() is tab._event_loop:
                found.make()  # what a run has sent before another one begins counts; later it is thrown away
            return ask(tab, *arguments)

        return ask_up_to_date

    turns = Turns()

    def in_turn(run: Callable[..., None]) -> Callable[..., None]:
        def run_in_turn(*arguments: Any) -> None:
            with turns.one():
                run(*arguments)

        return run_in_turn

    _replace(script_run_context, "populate_hash_if_needed", hashing)
    _replace(button, "process_query_params", lru_cache(maxsize=256))  # the links of the menu: most of them say the same
    _replace(config, "get_options_for_section", cache)  # six times in each run for the theme's parts, which nothing changes
    _replace(AppSession, "_call_soon_on_event_loop", lambda _: lambda tab, call: soon(tab._event_loop, call))
    _replace(AppSession, "request_rerun", up_to_date)
    _replace(Runtime, "_enqueued_some_message", lambda _: enqueued)
    _replace(ScriptRunner, "_run_script", in_turn)
    _replace(runtime_module, "asyncio", lambda usual: SimpleNamespace(**{**vars(usual), "sleep": giving_way_seldom(usual.sleep)}))
    _replace(SafeSessionState, "filtered_state", lambda whole: property(lambda state: Shown(state, whole)))


def hashing(usual: Callable[[ForwardMsg], None]) -> Callable[[ForwardMsg], None]:
    """What gives a message its hash, without taking it apart and putting it together again where it is a part of the page."""
    least = int(config.get_option("global.minCachedMessageSize"))

    def hashed(message: ForwardMsg) -> None:
        if message.hash or message.WhichOneof("type") != "delta":
            usual(message)
            return
        content = message.delta.SerializeToString(deterministic=True)
        message.hash = blake2b(content, digest_size=16).hexdigest()
        message.metadata.cacheable = len(content) >= least and message.delta.WhichOneof("type") == "new_element"

    return hashed


def giving_way_seldom(usual: Callable[[float], Awaitable[None]]) -> Callable[[float], Awaitable[None]]:
    """An `asyncio.sleep` that gives way to others once in sixteen times where no time is to pass: after each message that is sent, the loop
    went round to send it, and seventy times for a page. More than five hundred at once would be too many for a tab."""
    times = count(1)

    async def sleep(seconds: float) -> None:
        if seconds or next(times) % _GIVING_WAY == 0:
            await usual(seconds)

    return sleep


def _replace(owner: object, name: str, make: Callable[[Any], object]) -> None:
    """Replace a part of a class or module by what is made of it, if it is there."""
    if hasattr(owner, name):
        setattr(owner, name, make(getattr(owner, name)))


class Shown(Mapping[str, Any]):
    """What the widgets of a tab show, by their keys, looked up only where it is asked for.

    Args:
        state: of the tab.
        whole: Streamlit's own property, which collects all of it.
    """

    def __init__(self, state: SafeSessionState, whole: property) -> None:
        self._state, self._whole = state, whole

    def __getitem__(self, key: str) -> Any:
        with self._state._lock:
            return self._state._state[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole.__get__(self._state))

    def __len__(self) -> int:
        return len(self._whole.__get__(self._state))


class Calls:
    """What other threads want to be called on a loop, in their order. The loop is woken for the first; then it looks again by itself for as
    long as there are more, a few milliseconds later each time.

    Args:
        loop: that calls.

    Attributes:
        looks: whether it will look again by itself.
    """

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop, self._waiting, self._lock = loop, deque[Callable[[], object]](), Lock()
        self.looks = False

    def soon(self, call: Callable[[], object]) -> None:
        """Let it be called soon, from any thread. Once the loop is closed nothing is."""
        with self._lock:
            self._waiting.append(call)
            looks, self.looks = self.looks, True
        if not looks:
            try:
                self._loop.call_soon_threadsafe(self._look)
            except RuntimeError:
                if not self._loop.is_closed():
                    raise

    def make(self) -> bool:
        """Make the calls that wait, on the loop; whether there were any."""
        any_waited = bool(self._waiting)
        while self._waiting:  # one by one: what is called may itself ask for what waits to be made first
            call = self._waiting.popleft()
            try:
                call()
            except Exception as error:  # what one raises does not stop the others
                self._loop.call_exception_handler({"message": f"{call} failed", "exception": error})
        return any_waited

    def _look(self) -> None:
        if self.make():
            self._loop.call_later(_AGAIN, self._look)
            return
        with self._lock:
            self.looks = bool(self._waiting)  # what has come just now
        if self.looks:
            self._loop.call_soon(self._look)
