"""What a teacher asks and a class answers by phone: polls, the rooms in which they are answered, and the phones' page."""

from votes.poll import Poll, TapMap
from votes.rooms import NoRoom, Room, Rooms, TooMany, rooms

__all__ = ["NoRoom", "Poll", "Room", "Rooms", "TapMap", "TooMany", "rooms"]
