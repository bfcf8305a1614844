"""What a session is made of: notes to the user, what is shown on a kind of page, and what the browser knows of a widget."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from scenario import Choice
from scenario.setup import Setup


@dataclass(frozen=True)
class Note:
    """Something that was changed on the user's behalf.

    Attributes:
        text: a sentence.
        lasting: whether it stays until it is closed, as for what had to be changed in a link; otherwise it goes with the next change.
        entrants: the optimizers as they were, if it was they who were changed and the user may want them back: it then goes once others
            race or something else is raced on, so that who drags a start does not see the picture grow by the note's room.
        network: the query of a network that it is about, which can be opened.
    """

    text: str
    lasting: bool
    entrants: tuple[Choice, ...] = ()
    network: str = ""

    def holds_for(self, before: Setup, after: Setup) -> bool:
        """Whether the optimizers can be had back after a change as they could before."""
        return bool(self.entrants) and _raced(before) == _raced(after)


def _raced(setup: Setup) -> Hashable:
    return setup.ground, tuple(optimizer.name for optimizer in setup.build_optimizers())


@dataclass(frozen=True)
class Chapter:
    """A setup that was chosen by its title: it is played from its start, and a reset goes back to it.

    Attributes:
        number: of the choices made in this session, 0 for the picture at opening.
        title: what the setup is called.
        scenario: the setup as it was chosen.
    """

    number: int
    title: str
    scenario: Setup

    @property
    def key(self) -> str:
        """What the player tells chapters apart by; "" before any was chosen."""
        return str(self.number or "")


@dataclass
class Desk:
    """What is shown on all pages that show the same kind of setup.

    Attributes:
        setup: what is shown.
        panels: the panels it is looked at in, by the player's names.
        chapter: what was chosen by its title last.
    """

    setup: Setup
    panels: tuple[str, ...]
    chapter: Chapter


@dataclass
class Widget:
    """What the browser knows of a widget.

    Attributes:
        shows: the value it was last drawn with, or that it reported since: a browser sends no other one unless the user moves it.
        subject: what the value belongs to where that can change under one name, a parameter's declaration say.
        number: how many widgets there were under this name before.
    """

    shows: Any
    subject: Hashable = None
    number: int = 0

    def is_for(self, value: Any, subject: Hashable) -> bool:
        """Whether it shows a value that belongs to a subject."""
        return self.subject == subject and self.showing(value)

    def showing(self, value: Any) -> bool:
        """Whether it shows a value; of lists of options the order, in which they were chosen, does not count."""
        if isinstance(self.shows, list) and isinstance(value, list):
            return sorted(self.shows) == sorted(value)
        return bool(self.shows == value)

    def key(self, name: str) -> str:
        """What Streamlit tells it by from those that had its name before."""
        return f"{name} {self.number}" if self.number else name
