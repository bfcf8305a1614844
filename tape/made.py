"""Tapes, each made once for all runs that differ in numbers only."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np

from formulas.kept import Kept
from landscapes import Landscape
from optimizers import Optimizer
from parameters import Value
from tape.step import StepPart, why_none
from tape.tape import Tape

_MOST = 256
_kept: Kept[Hashable, Tape] = Kept(_MOST)


def tape_of(landscape: Landscape, optimizer: Optimizer, scheduled: bool = False, noisy: bool = False, counted: bool = False) -> Tape:
    """The tape of a pair; the same object for all values of their parameters, as long as the same ones are arrays, 0 and 1.

    Args:
        landscape: one with a formula.
        optimizer: one whose step is a list of operations; see `why_none`.
        scheduled: whether there is a schedule.
        noisy: whether noise is added to the gradients.
        counted: whether the step lengths that are tried are counted in the state's `TRIALS`.

    Raises:
        ValueError: there is no such tape.
    """
    if reason := why_none(landscape, optimizer):
        raise ValueError(
            f"there is no tape of {getattr(optimizer, 'name', optimizer)} on {getattr(landscape, 'name', landscape)}: {reason}"
        )

    def make() -> Tape:
        tape = Tape(f"{optimizer.name} on {landscape.name}")
        StepPart(tape, landscape, optimizer, scheduled, noisy, counted).write()
        return tape

    return _kept.get(key_of(landscape, optimizer, scheduled, noisy, counted), make)


def key_of(landscape: Landscape, optimizer: Optimizer, scheduled: bool = False, noisy: bool = False, counted: bool = False) -> Hashable:
    """What tells tapes apart; the arguments are those of `tape_of`. It takes much less time to find out than a tape to make."""
    return _structure(landscape), _method(optimizer), scheduled, noisy, counted


def known_tape(key: Hashable) -> Tape | None:
    """The tape of a key, if it has been made."""
    return _kept.known(key)


def _structure(landscape: Landscape) -> Hashable:
    """What of a landscape the operations depend on: its graph, and which of its parameters are arrays."""
    return landscape.name, landscape.compiled(("dx", "dy")).graph, _arrays(landscape.formula_values)


def _method(optimizer: Optimizer) -> Hashable:
    """What of a method the operations depend on: its program, which of its numbers are arrays, and its options."""
    clipped = tuple(optimizer.clipping), _arrays(optimizer.clipping)
    return optimizer.name, optimizer.program.program, _arrays(optimizer.values), optimizer.changes_rate, clipped


def _arrays(values: Mapping[str, Value]) -> tuple[str, ...]:
    return tuple(name for name, value in values.items() if isinstance(value, np.ndarray) and value.ndim)
