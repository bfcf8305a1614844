"""What makes a server cheaper does what was done before, in the same order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import pytest
from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession

from app_pages.serving import Calls
from tests.waiting import awaited


def test_a_loop_is_woken_once_for_many_calls_and_makes_them_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    async def called() -> tuple[list[int], int]:
        loop, made, woken = asyncio.get_running_loop(), list[int](), list[object]()
        wake = loop.call_soon_threadsafe

        def counted(call: Callable[[], None]) -> None:
            woken.append(call)
            wake(call)

        monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
        calls = Calls(loop)

        def send() -> None:
            for number in range(5):
                calls.soon(partial(made.append, number))

        send()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        calls.soon(partial(made.append, 5))  # after the loop has slept again
        while len(made) < 6:
            await asyncio.sleep(0)
        return made, len(woken)

    assert awaited(called()) == ([0, 1, 2, 3, 4, 5], 2)


def test_streamlit_wakes_its_loop_where_it_is_known_to() -> None:
    assert hasattr(AppSession, "_call_soon_on_event_loop")
    assert hasattr(Runtime, "_enqueued_some_message")
