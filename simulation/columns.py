"""What is computed of very many points by machine code, where it can be: the same bits as NumPy's in a fraction of the time."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from weakref import WeakKeyDictionary

import numpy as np

import machine
import tape
from machine.pointwise import Pointwise
from parameters import Array
from simulation.choice import why_never
from simulation.objective import Objective
from simulation.progress import Lanes
from simulation.recording import fill_losses
from tape.source import RUN, Source
from tape.trace import Traced

WORTHWHILE = 2_000_000
"""So many numbers, over time, are worth compiling a function for them: NumPy takes longer than that."""
_asked: WeakKeyDictionary[tape.Tape, int] = WeakKeyDictionary()
"""How many have been asked for of a tape without a function."""
_SHORT = 1024
"""Rows shorter than this are left to NumPy, which takes several at once."""


def fill(objective: Objective, lanes: Lanes, positions: Array, losses: Array) -> None:
    """The losses at points, as `recording.fill_losses` computes them."""
    function, constants = _loss_of(objective, losses.size) if losses.shape[1] >= _SHORT else (None, None)
    if function is None or constants is None:
        fill_losses(objective, lanes, positions, losses)
        return
    function([positions[:, 0], positions[:, 1]], constants, [losses])
    if function.tape.watched:
        for row, found in zip(positions, losses, strict=True):
            lacking = np.flatnonzero(~np.isfinite(found))  # which a formula's repair may fill in
            if lacking.size:
                repaired = np.empty((1, lacking.size))
                fill_losses(objective, lanes[lacking], row[None, :, lacking], repaired)
                found[lacking] = repaired[0]


def _loss_of(objective: Objective, numbers: int) -> tuple[Pointwise | None, Array | None]:
    """The loss as a function of columns, where there is one and it is worth while for so many numbers."""
    if why_never() or not tape.has_formula(objective) or objective.per_lane:
        return None, None
    made, constants = tape.loss_tape(objective)
    if not machine.is_pointwise(made, (made.loss,)):
        _asked[made] = numbers = numbers + _asked.get(made, 0)
        if numbers < WORTHWHILE:
            return None, None
    return machine.pointwise(made, (made.loss,)), constants


@cache
def traced(function: Callable[..., tuple[Traced, ...]], columns: int, constants: tuple[str, ...], where: int = -1) -> Pointwise:
    """A function of arrays, of so many columns and then of some constants, by machine code.

    Args:
        function: of elements that know nothing of each other, with operations that are those of a tape.
        columns: how many.
        constants: what they are called.
        where: as for `machine.pointwise`.
    """
    made = tape.Tape(function.__name__)
    given = [made.remember(f"column {index}") for index in range(columns)]
    given += [made.constant(Source(RUN, -1, name)) for name in constants]
    results = function(*(Traced.of(made, [entry]) for entry in given))
    compiled = machine.pointwise(made, tuple(result.rows[0] for result in results), where)
    assert compiled is not None
    return compiled
