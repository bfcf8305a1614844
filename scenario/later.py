"""What was addressed in one setup, in the one that it has become: an optimizer or a start may stand at another place by then, or be gone.

A browser asks for changes of what it shows. A server that is slow may have changed that meanwhile, for the same user.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from scenario import address
from scenario.setup import ITSELF, Setup

Entry = TypeVar("Entry", bound=Hashable)


def later_address(then: Setup, now: Setup, at: str) -> str:
    """Where a number stands now.

    Args:
        then: the setup in which it was addressed.
        now: the one that there is.
        at: its address in the first.

    Raises:
        KeyError: it had no such number.
        ValueError: that whose number it was is not there any more, or nobody can tell which it is.
    """
    number = address.find(then, at)
    part, name = address.split(at)
    field, _, index = part.partition(".")
    if part == ITSELF:
        return at
    if not index:
        if part == address.LANDSCAPE:
            refuse_other_ground(then, now)
        elif getattr(then, field).name != getattr(now, field).name:
            raise ValueError(f"{number.owner} is not chosen any more; its {number.title} was not set")
        return at
    place = later_index(getattr(then, field), getattr(now, field), int(index), lambda choice: choice.name)
    if place is None:
        label = then.labels()[int(index)] if part == address.optimizer(int(index)) and len(then.labels()) > int(index) else number.owner
        raise ValueError(f"{label} is not in this {then.noun} any more; its {number.title} was not set")
    return address.join(f"{field}.{place}", name)


def later_index(then: Sequence[Entry], now: Sequence[Entry], index: int, kind: Callable[[Entry], Hashable] = lambda _: None) -> int | None:
    """Where an entry of a list stands now, unchanged at another place or changed at its own; None where it is gone or nobody can tell.

    Args:
        then, now: the list as it was and is.
        index: of the entry as it was.
        kind: what does not change of an entry that is changed.
    """
    if not 0 <= index < len(then):
        return None
    entry = then[index]
    if entry in now:
        return min((place for place, other in enumerate(now) if other == entry), key=lambda place: abs(place - index))

    def changed(these: Sequence[Entry], others: Sequence[Entry]) -> list[tuple[int, int]]:
        """Those of the kind that the other list has not: the place of each, and how many stand before it that are in both."""
        own = [place for place, each in enumerate(these) if each not in others and kind(each) == kind(entry)]
        return [(place, sum(each in others for each in these[:place])) for place in own]

    before, after = changed(then, now), changed(now, then)
    if [among for _, among in before] != [among for _, among in after]:
        return None
    return after[[place for place, _ in before].index(index)][0]


def refuse_other_ground(then: Setup, now: Setup) -> None:
    """Raise ValueError where points of one setup mean something else in the other."""
    if then.ground != now.ground:
        raise ValueError(f"{now.title} is shown by now, and what was chosen belongs to {then.title} as it was; choose it anew")
