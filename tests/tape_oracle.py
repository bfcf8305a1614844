"""A tape read entry by entry with NumPy: slow and plain, to test it apart from any engine that is made from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from formulas.functions import FUNCTIONS
from landscapes import Landscape
from optimizers import Optimizer, Schedule
from simulation.noise import Noise
from tape import Tape, own, shared, tape_of
from tape.entries import Loop

Array = npt.NDArray[np.float64]


def _apply(operation: str, operands: list[Any]) -> Any:
    if operation in "+-*/":
        return {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}[operation](*operands)
    if operation in ("and", "or", "not"):
        return {"and": np.logical_and, "or": np.logical_or, "not": np.logical_not}[operation](*operands).astype(float)
    arrays = np.broadcast_arrays(*(np.asarray(operand, dtype=float) for operand in operands))
    out = np.empty(arrays[0].shape)
    FUNCTIONS[operation].compute(*(np.array(array) for array in arrays), out)
    return out


def step(
    tape: Tape, state: Array, constants: Array, row: Array, lanes: Array, noise: Array, trials: list[int] | None = None
) -> tuple[Array, Array]:
    """The state after a step, and the loss before it; adds to a list how many trials all trajectories together took."""
    given = {"constant": constants, "column": row, "lane": lanes, "state": state, "noise": noise, "draw": noise}
    values: dict[int, Any] = {}
    count = state.shape[1]

    def fill(indices: Iterable[int]) -> None:
        for index in indices:
            entry = tape.entries[index]
            operands = [values[operand] for operand in entry.operands]
            if entry.operation == "number":
                values[index] = entry.value
            elif entry.operation in given:
                values[index] = given[entry.operation][entry.index]
            elif entry.operation == "loop":
                values[index] = found(tape.loops[entry.index], operands)
            else:
                values[index] = operands[0][entry.index] if entry.operation == "found" else _apply(entry.operation, operands)

    def found(loop: Loop, operands: list[Any]) -> list[Array]:
        numbers = [np.array(np.broadcast_to(one, count), dtype=float) for one in operands[: len(loop.trials)]]
        active = np.broadcast_to(operands[len(numbers)], count) != 0
        for _ in range(loop.most):
            if not active.any():
                break
            if trials is not None:
                trials.append(int(active.sum()))
            values.update(zip(loop.trials, numbers, strict=True))
            fill(loop.body)
            numbers = [np.where(active, values[new], old) for new, old in zip(loop.new, numbers, strict=True)]
            active &= values[loop.going] != 0
        return numbers

    fill(tape.needed(True))
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
    source = Noise(seed, np.arange(starts.shape[1]), 2 * max(1, optimizer.draws))
    state, positions, losses = each.state, [starts], []
    with np.errstate(all="ignore"):
        for row in given.table:
            draws = source.draw() * (noise if tape.noisy else 1.0) if tape.by_chance else np.empty((2, 0))
            state, loss = step(tape, state, given.constants, row, each.lanes, draws)
            positions.append(state[:2])
            losses.append(loss)
    return np.array(positions), np.array(losses)
