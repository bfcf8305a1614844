"""A landscape's loss by itself as a tape, for whoever computes it at many points at once."""

from __future__ import annotations

import threading
from weakref import WeakKeyDictionary

from formulas.libm.forks import across_forks
from formulas.program import Program
from landscapes import Landscape
from parameters import Array
from tape.landscape import LandscapePart
from tape.numbers import constants_of
from tape.tape import Tape

_kept: WeakKeyDictionary[Program, Tape] = WeakKeyDictionary()
"""One for all landscapes that differ in the values of their parameters only."""
_lock = across_forks(threading.Lock())


def loss_tape(landscape: Landscape) -> tuple[Tape, Array]:
    """The loss at a point, whose x and y are the tape's state, and the constants that go with it.

    Args:
        landscape: one with a formula, whose parameters are numbers.
    """
    program = landscape.compiled(("value",))
    with _lock:
        made = _kept.get(program)
        if made is None:
            made = _kept[program] = Tape(f"the loss of {landscape.name}")
            point = made.remember("x"), made.remember("y")
            made.loss = LandscapePart(made, landscape).at(point, ("value",))["value"]
    return made, constants_of(made, landscape)
