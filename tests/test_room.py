"""Large races take turns: together they do not take more memory than there is for them."""

from __future__ import annotations

import threading

import pytest

from app_pages.room import Room


def test_large_races_wait_for_each_other_and_free_their_room_at_the_end_of_a_run() -> None:
    room, began, ended = Room(100), threading.Event(), threading.Event()

    def other() -> None:
        with room.of_this_run():
            room.take(70, lambda: None, 20)
            began.set()
            assert ended.wait(20)

    busy = threading.Thread(target=other)
    busy.start()
    assert began.wait(20)
    with room.of_this_run():
        with pytest.raises(ValueError, match=r"about 40 MB of the server's memory.*100 MB at most; try again in a while, or choose fewer"):
            room.take(40, lambda: None, 0)
        room.take(30, lambda: None, 20)
        room.take(500, lambda: None, 0)  # what holds some already never waits for others, who might wait for it
        room.take(500, ended.set, 20)
    ended.set()
    busy.join(20)
    with room.of_this_run():
        room.take(10_000, lambda: None, 20)  # more than all is all


def test_nothing_is_held_outside_of_a_run() -> None:
    room = Room(100)
    room.take(100, lambda: None, 0)
    with room.of_this_run():
        room.take(100, lambda: None, 0)
