"""A step taken apart written into a tape: every term of an optimizer's equations by its name, and the vectors whose sum is the move.

The step is `optimizers.parts.anatomy_of`'s, which here computes with entries in place of numbers, so that what is taken apart, and how,
stands there alone. It does what the equations say, where the tape of a run does what it must with as few operations as it can.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from formulas.function import Function
from formulas.tree import Call, Operation, odd_root
from landscapes import Landscape
from optimizers import Optimizer, update_rules
from optimizers.parts import POINT, Anatomy, anatomy_of
from tape.early import FACTOR, STEP_NUMBER
from tape.landscape import AnyLandscape
from tape.source import RUN, Source
from tape.step import StepPart, row_names
from tape.tape import Tape
from tape.trace import Traced

AFTER = ("after.x", "after.y")
"""What the coordinates of the next point are called among the state."""
_SYMBOLS = {"**": "power"}


class TracedAnatomy(StepPart):
    """A step of an optimizer on a landscape taken apart, in which arrays are `Traced`, of one trajectory and one step.

    Args:
        landscape, optimizer: a pair that has a tape; numbers for all of their parameters.
        noisy: whether noise is added to the gradients.

    Attributes:
        surface: the landscape.
        tape: what it is written into. Its state is the point, the next point of the path, and the states of the optimizer, all as rows.
        anatomy: as `optimizers.parts.take_apart` gives it, but with all that may be a part of the move.
        rate: the learning rate of the step; None where there is none.
        t: the number of the step, from 1.
        move: to the next point of the path.
        slope: the gradient at the point, without noise.
    """

    def __init__(self, landscape: Landscape | AnyLandscape, optimizer: Optimizer, noisy: bool) -> None:
        super().__init__(Tape(f"{optimizer.name} on {landscape.name}, taken apart"), landscape, optimizer, scheduled=True, noisy=noisy)
        tape, self.surface = self.tape, landscape
        self.tape.loss = self.state[POINT][0]  # nobody asks for the loss
        after = self._rows(tape.remember(name) for name in AFTER)
        before: dict[str, Traced] = {POINT: self._rows(self.state[POINT])}
        for name, value in optimizer.initial_state(np.zeros((2, 1))).items():
            before[name] = self._rows(tape.remember(row) for row in row_names(name, len(value)))
        values: dict[str, Any] = {name: self._single(tape.constant(Source(RUN, -1, name))) for name in optimizer.values}
        self.t = values["t"] = self._of_step(tape.column(STEP_NUMBER))
        self.rate = values["lr"] * self._of_step(tape.column(FACTOR)) if "lr" in values else None
        if self.rate is not None:
            values["lr"] = self.rate
        self.anatomy: Anatomy = anatomy_of(optimizer, before, values, self._functions(), self._operate)
        found = self.landscape.at(self._point(self.state[POINT]), ("dx", "dy"))
        self.slope, self.move = self._rows((found["dx"], found["dy"])), after - before[POINT]
        news = {line.name: value for line, value in zip(optimizer.statements, self.anatomy.values, strict=True)}
        tape.new = [*self.state[POINT], *after.rows]
        for name, kept in before.items():
            if name != POINT:
                tape.new += Traced(tape, np.broadcast_to(self.entries_of(news[name]), kept.shape)).rows

    def entries_of(self, value: Any) -> npt.NDArray[Any]:
        """The entries of something in the anatomy, as an array."""
        return Traced(self.tape, np.empty(0)).entries_of(value)

    def _rows(self, entries: Any) -> Traced:
        return Traced.of(self.tape, list(entries))

    def _of_step(self, entry: int) -> Traced:
        """What every step has one of."""
        return Traced(self.tape, np.array([entry], dtype=object))

    def _single(self, entry: int) -> Traced:
        """What is the same in all steps."""
        return Traced(self.tape, np.array(entry, dtype=object))

    def _functions(self) -> dict[str, Callable[..., Traced]]:
        asked: dict[str, Callable[..., tuple[int, ...]]] = {"gradient": self._gradient, "hessian": self._hessian, "loss": self._loss}
        searched: dict[str, Callable[..., Any]] = {
            "step_length": self._step_length,
            "wolfe_length": self._wolfe_length,
            "generation": self._generation,
        }
        of_points = {name: self._of_point(function) for name, function in asked.items()}
        others = {name: self._of_rows(function, searched.get(name, function.compute)) for name, function in update_rules.FUNCTIONS.items()}
        return others | of_points

    def _of_point(self, ask: Callable[..., tuple[int, ...]]) -> Callable[[Any], Traced]:
        return lambda point: self._rows(ask(self._point(self._in_rows(point).rows)))

    def _of_rows(self, function: Function, compute: Callable[..., Any]) -> Callable[..., Traced]:
        """As `update_rules.on_rows`."""

        def on_rows(*operands: Any) -> Traced:
            out = self._rows([None] * update_rules.rows_of(function.shape, 2))
            compute(*map(self._in_rows, operands), out)
            return out

        return on_rows

    def _in_rows(self, value: Any) -> Traced:
        entries = self.entries_of(value)
        return Traced(self.tape, np.broadcast_to(entries, (2, 1)) if entries.ndim == 1 else entries)

    def _operate(self, tree: Operation | Call, operands: list[Any]) -> Traced:
        """As `formulas.evaluate.apply`."""
        each = Traced(self.tape, np.empty(0)).each
        if isinstance(tree, Call):
            return each(tree.function, *operands)
        if len(operands) == 1:
            return each("negate", *operands)
        if tree.symbol == "**" and (root := odd_root(tree.operands[1])) is not None:
            return each("odd_power", *operands) if root.numerator % 2 else each("power", each("abs", operands[0]), operands[1])
        return each(_SYMBOLS.get(tree.symbol, tree.symbol), *operands)
