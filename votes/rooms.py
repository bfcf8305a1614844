"""The rooms of a process, in its memory: what is asked in each, and who has answered what.

A room is opened by a teacher's tab and entered by its code. Nothing in it tells who somebody is: a device is known by a random token that
it made up itself.
"""

from __future__ import annotations

import os
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from limits import ROOM_DEVICES, ROOMS, WRONG_CODES, WRONG_CODES_OF_ONE
from votes.poll import Poll, Tally, Vote
from votes.tries import Tries

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Digits and letters that are not taken for one another: neither 0 and O, nor 1 and I."""
LENGTH = 6
LIFE = 2 * 3600.0
"""Seconds that a room lives after something was last asked in it."""
WHILE = 60.0
"""Seconds within which wrong codes are counted."""
LETTER = "DESCENT_ROOM_LETTER"
"""The environment's name for the letter with which all codes of this process begin, where several serve one address."""
_DEVICE = re.compile(r"[0-9A-Za-z_-]{16,64}")


class NoRoom(LookupError):
    """There is no room with this code, or none any more."""


class TooMany(RuntimeError):
    """There were too many tries, rooms or devices; the message says what to do."""


@dataclass
class Room:
    """A room. What changes in it is changed by `Rooms` only.

    Attributes:
        code: by which phones find it.
        secret: by which its teacher is known.
        poll: what is asked; None between two questions.
        round: how often something was asked in it.
        revealed: whether the answer has been shown: from then on no vote is taken.
        until: when its life ends.
        devices: that have entered it.
        votes: the vote of each device.
    """

    code: str
    secret: str
    until: float
    poll: Poll | None = None
    round: int = 0
    revealed: bool = False
    devices: set[str] = field(default_factory=set)
    votes: dict[str, Vote] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """Of its poll: "waiting" for the next, "open" or "revealed"."""
        return "waiting" if self.poll is None else "revealed" if self.revealed else "open"

    @property
    def tally(self) -> Tally:
        """What the class has answered.

        Raises:
            ValueError: nothing is asked.
        """
        if self.poll is None:
            raise ValueError("nothing is asked in this room now")
        return Tally.of(self.poll, list(self.votes.values()))


class Rooms:
    """The rooms of a process. Safe among threads.

    Args:
        clock: gives the time in seconds.
        letter: with which all codes begin; "" for none.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, letter: str = "") -> None:
        if letter and (len(letter) != 1 or letter not in ALPHABET):
            raise ValueError(f"{LETTER} = {letter!r} should be one of {ALPHABET}")
        self._clock, self._letter = clock, letter
        self._rooms: dict[str, Room] = {}
        self._wrong = Tries(WRONG_CODES_OF_ONE.value, WRONG_CODES.value, WHILE, clock)
        self._lock = threading.RLock()

    # ---- the teacher

    def open(self) -> Room:
        """A new room, in which nothing is asked yet.

        Raises:
            TooMany: there are as many as may be.
        """
        with self._lock:
            self._sweep()
            if len(self._rooms) >= ROOMS.value:
                raise TooMany(f"all {ROOMS.value} rooms of this server are in use; try again later, or start a server of your own")
            code = self._new_code()
            room = self._rooms[code] = Room(code, secrets.token_urlsafe(18), self._clock() + LIFE)
            return room

    def led(self, code: str, secret: str) -> Room:
        """The room of the teacher who knows its secret.

        Raises:
            NoRoom: there is none, or it is another's.
        """
        with self._lock:
            room = self._alive(code)
            if room is None or not secrets.compare_digest(room.secret.encode(), secret.encode(errors="replace")):
                raise NoRoom(
                    "this room is gone: the server was started anew, or two hours have passed; ask the class again for another code"
                )
            return room

    def ask(self, room: Room, poll: Poll) -> None:
        """Ask something in a room, in place of what was asked before, whose votes are forgotten."""
        with self._lock:
            room.poll, room.revealed, room.votes = poll, False, {}
            room.round += 1
            room.until = self._clock() + LIFE

    def ask_again(self, room: Room) -> None:
        """Forget the votes, and let the class answer the same once more."""
        with self._lock:
            if room.poll is not None:
                self.ask(room, room.poll)

    def reveal(self, room: Room) -> None:
        """Take no more votes, and let phones see what is right."""
        with self._lock:
            room.revealed = room.poll is not None

    def end(self, room: Room) -> None:
        """Ask nothing any more; whoever is in the room waits for the next question."""
        with self._lock:
            room.poll, room.revealed, room.votes = None, False, {}

    # ---- the phones

    def enter(self, code: str, device: str, who: str) -> Room:
        """The room with a code, for a device.

        Args:
            code: as it was typed; capitals or not, with spaces or not.
            device: the token that the device has made up, 16 to 64 letters, digits, - or _.
            who: tells addresses apart, so that wrong codes are counted.

        Raises:
            NoRoom: there is none with this code.
            TooMany: too many wrong codes have been tried, from there or altogether, or there are too many devices in the room.
            ValueError: the token is none.
        """
        if not _DEVICE.fullmatch(device):
            raise ValueError(f"device = {device!r} should be 16 to 64 letters, digits, - or _")
        tidy = tidied(code)
        with self._lock:
            room = self._alive(tidy)
            if room and device in room.devices:  # it has found in before
                return room
            if self._wrong.spent(who):
                raise TooMany("too many wrong codes have been tried; wait for a minute, then type the code from the screen")
            if room is None:
                self._wrong.note(who)
                raise NoRoom(f"there is no question with the code {shown(tidy)}; look at the screen again")
            if len(room.devices) >= ROOM_DEVICES.value:
                raise TooMany(f"there are {ROOM_DEVICES.value:,} devices in this room, and it has no room for more")
            room.devices.add(device)
            return room

    def vote(self, room: Room, device: str, round_: int, vote: Callable[[Poll], Vote]) -> None:
        """Take a device's vote, in place of its last one.

        Args:
            room: that it has entered.
            device: its token.
            round_: the room's round that it answers.
            vote: makes the vote for the poll that is open.

        Raises:
            ValueError: it comes too late, or is no answer to what is asked.
        """
        with self._lock:
            if room.poll is None or room.round != round_:
                raise ValueError("this question is over; wait for the next one")
            if room.revealed:
                raise ValueError("the answer has been shown already, and votes cannot be changed any more")
            room.votes[device] = vote(room.poll)

    # ---- inside

    def _alive(self, code: str) -> Room | None:
        room = self._rooms.get(code)
        if room and room.until <= self._clock():
            del self._rooms[code]
            return None
        return room

    def _sweep(self) -> None:
        for code in list(self._rooms):
            self._alive(code)

    def _new_code(self) -> str:
        while True:
            code = self._letter + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - len(self._letter)))
            if code not in self._rooms:
                return code


def tidied(code: str) -> str:
    """A code as it was typed, as rooms have it."""
    return "".join(code.upper().replace("-", " ").split())[: 2 * LENGTH]


def shown(code: str) -> str:
    """A code as it is shown, in two groups: "K7P X3M"."""
    return f"{code[: LENGTH // 2]} {code[LENGTH // 2 :]}".strip()


@cache
def rooms() -> Rooms:
    """The rooms of this process."""
    return Rooms(letter=os.environ.get(LETTER, ""))
