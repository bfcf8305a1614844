"""A tape read entry by entry with NumPy: slow and plain, to test it apart from any engine that is made from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from formulas.functions import FUNCTIONS
from landscapes import Landscape
from optimizers import Optimizer, Schedule
from simulation.noise import Noise
from tape import Tape, own, shared, tape_of

Array = npt.NDArray[np.float64]


def _apply(operation: str, operands: list[Any]) -> Any:
    if operation in "+-*/":
        return {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}[operation](*operands)
    if operation == "and":
        return np.logical_and(*operands).astype(float)
    arrays = np.broadcast_arrays(*(np.asarray(operand, dtype=float) for operand in operands))
    out = np.empty(arrays[0].shape)
    FUNCTIONS[operation].compute(*(np.array(array) for array in arrays), out)
    return out


def step(tape: Tape, state: Array, constants: Array, row: Array, lanes: Array, noise: Array) -> tuple[Array, Array]:
    """The state after a step, and the loss before it."""
    given = {"constant": constants, "column": row, "lane": lanes, "state": state, "noise": noise}
    values: list[Any] = []
    for entry in tape.entries:
        if entry.operation == "number":
            values.append(entry.value)
        elif entry.operation in given:
            values.append(given[entry.operation][entry.index])
        else:
            values.append(_apply(entry.operation, [values[operand] for operand in entry.operands]))
    count = state.shape[1]
    return np.array([np.broadcast_to(values[new], count) for new in tape.new]), np.array(np.broadcast_to(values[tape.loss], count))


def path(
    landscape: Landscape,
    optimizer: Optimizer,
    starts: Array,
    steps: int,
    schedule: Schedule | None = None,
    noise: float | Array = 0.0,
    seed: int = 0,
) -> tuple[Array, Array]:
    """Positions, shape (steps + 1, 2, N), and the losses at all of them but the last."""
    tape = tape_of(landscape, optimizer, schedule is not None, bool(np.any(noise)))
    given, each = shared(tape, landscape, optimizer, steps, schedule), own(tape, landscape, optimizer, starts)
    source = Noise(seed, np.arange(starts.shape[1]), 2)
    state, positions, losses = each.state, [starts], []
    with np.errstate(all="ignore"):
        for row in given.table:
            draws = source.draw() * noise if tape.noisy else np.empty((2, 0))
            state, loss = step(tape, state, given.constants, row, each.lanes, draws)
            positions.append(state[:2])
            losses.append(loss)
    return np.array(positions), np.array(losses)
