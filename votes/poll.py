"""A poll: what a class is asked, what can be answered, and what is right."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from landscapes import Landscape
from parameters import whole_percents
from scenario.lesson import Point

NEAR = 0.1
"""A tap this share of the map's width and height away from the right place is right, where there are no choices that it could stand for."""


@dataclass(frozen=True)
class TapMap:
    """A map on which a place is tapped.

    Attributes:
        landscape: what it shows.
        starts: points (x, y) that are marked on it, from which the run goes whose end is asked for.
        ends: where it does end, if that is on the map: where no choices stand for places, a tap near one of them is right.
        places: where it would end for each choice that has such places: a tap stands for the choice with the nearest.
        hint: what to tap on, in a sentence.
    """

    landscape: Landscape
    starts: tuple[Point, ...] = ()
    ends: tuple[Point, ...] = ()
    places: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    hint: str = ""

    def holds(self, at: Point) -> bool:
        """Whether a point lies on the map."""
        return all(low <= number <= high for number, (low, high) in zip(at, self.landscape.window, strict=True))

    def near(self, at: Point) -> bool:
        """Whether a tap is as good as on the right place (`NEAR`)."""
        sides = [high - low for low, high in self.landscape.window]
        return any(math.hypot(*((a - b) / side for a, b, side in zip(at, end, sides, strict=True))) <= NEAR for end in self.ends)

    def choice_at(self, at: Point) -> str:
        """The choice that a tap stands for; "" where none has places."""
        return min(self.places, key=lambda choice: min(math.dist(at, place) for place in self.places[choice]), default="")


@dataclass(frozen=True)
class Poll:
    """A question to a class. All its texts are plain, without Markdown or formulas.

    Attributes:
        question: what is asked.
        choices: what can be answered, if it is not a place on the map alone.
        right: the choices that are so; none where a map's `ends` are.
        because: why, in a sentence or two; shown with the reveal.
        why: for other choices, what is wrong with them.
        colours: of the choices, as CSS writes them, where they are optimizers with colours of their own.
        map: to tap on, if the answer can be given so.
        scene: what the class's screen shows beside the choices, where nothing is tapped: where it is played, and from where.

    Raises:
        ValueError: there is nothing to choose and nothing to tap on, or what is right is none of the choices.
    """

    question: str
    choices: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    because: str = ""
    why: Mapping[str, str] = field(default_factory=dict)
    colours: tuple[str, ...] = ()
    map: TapMap | None = None
    scene: TapMap | None = None

    def __post_init__(self) -> None:
        if not self.choices and self.map is None:
            raise ValueError("a poll needs choices or a map to tap on")
        if not set(self.right) <= set(self.choices):
            raise ValueError(f"what is right, {', '.join(self.right)}, is none of the choices; there are {', '.join(self.choices)}")


@dataclass(frozen=True)
class Vote:
    """One device's answer.

    Attributes:
        choice: its number, counted from 0; None where it is a place alone.
        at: the place that was tapped, if one was.
    """

    choice: int | None = None
    at: Point | None = None

    @classmethod
    def of(cls, poll: Poll, choice: object = None, at: object = None) -> Vote:
        """A vote from what a phone has sent.

        Raises:
            ValueError: it is no answer to this poll; the message says why.
        """
        if at is not None:
            return cls._of_tap(poll, at)
        if not isinstance(choice, int) or isinstance(choice, bool) or not 0 <= choice < len(poll.choices):
            raise ValueError(f"choice = {choice!r} is none of the {len(poll.choices)} that there are, counted from 0")
        return cls(choice)

    @classmethod
    def _of_tap(cls, poll: Poll, at: object) -> Vote:
        if poll.map is None:
            raise ValueError("this question has no map to tap on; choose one of its answers")
        numbers: Sequence[float] = at if isinstance(at, list | tuple) and all(isinstance(number, int | float) for number in at) else ()
        if len(numbers) != 2 or not poll.map.holds((numbers[0], numbers[1])):
            raise ValueError(f"at = {at!r} is no point [x, y] of the map; tap on it")
        place = (float(numbers[0]), float(numbers[1]))
        stands_for = poll.map.choice_at(place)
        return cls(poll.choices.index(stands_for) if stands_for else None, place)

    def is_right(self, poll: Poll) -> bool:
        """Whether this is so."""
        if self.choice is not None:
            return poll.choices[self.choice] in poll.right
        return bool(poll.map and self.at and poll.map.near(self.at))


@dataclass(frozen=True)
class Tally:
    """What a class has answered.

    Attributes:
        count: how many have.
        choices: how many have made each choice.
        right: how many are right.
        taps: the places that were tapped.
    """

    count: int
    choices: tuple[int, ...]
    right: int
    taps: tuple[Point, ...]

    @property
    def percents(self) -> list[int]:
        """Which share has made each choice, in whole per cent."""
        return whole_percents([made / self.count for made in self.choices]) if self.count else [0] * len(self.choices)

    @classmethod
    def of(cls, poll: Poll, votes: list[Vote]) -> Tally:
        """Count votes."""
        made = tuple(sum(vote.choice == index for vote in votes) for index in range(len(poll.choices)))
        return cls(len(votes), made, sum(vote.is_right(poll) for vote in votes), tuple(vote.at for vote in votes if vote.at))
