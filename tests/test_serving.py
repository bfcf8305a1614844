"""What makes a server cheaper does what was done before, in the same order."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

import pytest
from streamlit import config
from streamlit.elements.widgets import button
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime, runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_cache import populate_hash_if_needed
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.scriptrunner import ScriptRunner
from streamlit.runtime.scriptrunner_utils import script_run_context
from streamlit.runtime.state import SafeSessionState, SessionState
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from app_pages import races
from app_pages.serving import Calls, Shown, giving_way_seldom, hashing
from app_pages.upkeep import Upkeep, give_back, tabs
from scenario import Experiment, Scenario
from tests.waiting import awaited


def test_a_loop_is_woken_once_for_many_calls_and_makes_them_in_their_order_whatever_one_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    async def called() -> tuple[list[int], int, list[str]]:
        loop, made, woken, failed = asyncio.get_running_loop(), list[int](), list[object](), list[str]()
        wake = loop.call_soon_threadsafe

        def counted(call: Callable[[], None]) -> None:
            woken.append(call)
            wake(call)

        def fail() -> None:
            raise ZeroDivisionError("division by zero")

        monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
        loop.set_exception_handler(lambda _, told: failed.append(str(told["exception"])))
        calls = Calls(loop)

        def send() -> None:
            for number in range(5):
                calls.soon(partial(made.append, number))

        send()
        while len(made) < 5:
            await asyncio.sleep(0)
        calls.soon(fail)  # while it looks again by itself
        calls.soon(partial(made.append, 5))
        while len(made) < 6 or calls.looks:
            await asyncio.sleep(0)
        calls.soon(calls.make)  # after the loop has slept again
        calls.soon(partial(made.append, 6))
        while len(made) < 7:
            await asyncio.sleep(0)
        return made, len(woken), failed

    made, woken, failed = awaited(called())
    assert made == [0, 1, 2, 3, 4, 5, 6]
    assert woken == 2
    assert failed == ["division by zero"]


def test_what_widgets_show_is_looked_up_where_it_is_asked_for() -> None:
    state = SafeSessionState(SessionState(), lambda: None)
    state["shown"] = None
    whole = vars(SafeSessionState)["filtered_state"]
    shown = Shown(state, whole)
    assert "shown" in shown
    assert shown["shown"] is None
    assert "other" not in shown
    assert dict(shown) == whole.__get__(state) == {"shown": None}


def test_streamlit_has_what_is_replaced() -> None:
    assert hasattr(AppSession, "_call_soon_on_event_loop")
    assert hasattr(AppSession, "request_rerun")
    assert hasattr(Runtime, "_enqueued_some_message")
    assert hasattr(ScriptRunner, "_run_script")
    assert hasattr(SafeSessionState, "filtered_state")
    assert hasattr(script_run_context, "populate_hash_if_needed")
    assert hasattr(config, "get_options_for_section")
    assert hasattr(button, "process_query_params")
    assert runtime.asyncio is asyncio  # type: ignore[attr-defined]


def test_the_loop_gives_way_seldom_while_it_sends_and_sleeps_where_time_is_to_pass() -> None:
    slept = list[float]()

    async def usual(seconds: float) -> None:
        slept.append(seconds)

    async def sleep(*times: float) -> None:
        seldom = giving_way_seldom(usual)
        for seconds in times:
            await seldom(seconds)

    awaited(sleep(*[0.0] * 40, 0.01))
    assert slept == [0.0, 0.0, 0.01]


def test_messages_of_the_same_content_have_one_hash_and_large_ones_are_kept_by_browsers() -> None:
    hashed = hashing(populate_hash_if_needed)
    large, again, small, status = (ForwardMsg() for _ in range(4))
    for message, text, place in ((large, "a" * 20_000, 0), (again, "a" * 20_000, 7), (small, "a", 0)):
        message.delta.new_element.html.body = text
        message.metadata.delta_path[:] = [0, place]
    status.script_finished = ForwardMsg.FINISHED_SUCCESSFULLY
    for message in (large, again, small, status):
        hashed(message)
    assert large.hash == again.hash
    assert len({large.hash, small.hash, status.hash}) == 3
    assert [message.metadata.cacheable for message in (large, small, status)] == [True, False, False]
    assert list(again.metadata.delta_path) == [0, 7]


def test_what_tabs_had_is_given_back_once_they_are_gone_and_what_is_kept_for_all_once_nobody_is_there() -> None:
    there, done = set("ab"), list[str]()
    look = Upkeep(lambda: there, lambda: done.append("forget"), lambda: done.append("give back")).look

    async def looked(*steps: str) -> list[str]:
        for left in steps:
            there.clear()
            there.update(left)
            await look()
            done.append(left)
        return done

    assert awaited(looked("ab", "abc", "bc", "bc", "")) == ["ab", "abc", "give back", "bc", "bc", "forget", "give back", ""]


def test_only_what_is_computed_again_at_once_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    race, quick, slow = Scenario(steps=3), Experiment(steps=3), Experiment(steps=4)
    monkeypatch.setattr(races, "_kept", OrderedDict({race: (race.race(), 1, 9.0), quick: (None, 1, 0.1), slow: (None, 1, 30.0)}))
    races.forget_quick_ones()
    assert list(races._kept) == [slow]


def test_streamlit_forgets_closed_tabs_where_it_is_known_to() -> None:
    assert callable(MemorySessionStorage()._cache.expire)  # type: ignore[attr-defined]
    assert hasattr(WebsocketSessionManager, "list_sessions")
    assert list(tabs()) == [], "there is no server here"
    give_back()
