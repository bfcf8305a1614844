"""Runs take turns: who has waited longest comes first, and one that takes too long keeps nobody waiting."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from app_pages.turns import Turns

_SOON = 10.0
"""Seconds after which a test fails."""


def _begun(turns: Turns, name: int, order: list[int], go_on: Event) -> Thread:
    """A thread that is in the line when this returns, or has its turn, in which it waits for the event."""

    def run() -> None:
        with turns.one():
            order.append(name)
            assert go_on.wait(_SOON)

    thread = Thread(target=run)
    thread.start()
    while name not in order and len(turns) < name:
        pass
    return thread


def test_who_has_waited_longest_comes_first() -> None:
    turns, order, go_on = Turns(longest=_SOON), list[int](), Event()
    threads = [_begun(turns, name, order, go_on) for name in range(5)]
    assert order == [0]
    go_on.set()
    for thread in threads:
        thread.join(_SOON)
    assert order == [0, 1, 2, 3, 4]


def test_one_that_takes_too_long_keeps_nobody_waiting_and_takes_nobodys_turn() -> None:
    turns, order, go_on = Turns(longest=0.001), list[int](), Event()
    threads = [_begun(turns, name, order, go_on) for name in range(3)]
    while len(order) < 3:  # though none of them has come to its end
        pass
    go_on.set()
    for thread in threads:
        thread.join(_SOON)
    with turns.one():
        assert len(turns) == 0


def test_a_turn_is_given_back_where_a_run_fails() -> None:
    turns = Turns(longest=_SOON)
    with pytest.raises(ZeroDivisionError), turns.one():
        raise ZeroDivisionError
    with turns.one():
        assert len(turns) == 0
