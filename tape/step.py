"""An optimizer's step on a landscape as a tape: its graph, with the landscape's own in place of the gradients that it asks for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from formulas.function import POINT, Function
from formulas.graph import Node
from landscapes import Landscape
from optimizers import Optimizer, update_rules
from optimizers.options import CLIPPING, clip
from optimizers.searches import Repeat, backtrack, best_of, bracket, counting
from tape.early import Early
from tape.entries import Part
from tape.landscape import AnyLandscape, AskedPart, LandscapePart, has_formula
from tape.source import RUN, Source
from tape.tape import Tape
from tape.trace import Traced, repeating

TRIALS = "trials"
"""What the number of the state is called that counts step lengths."""
_PARTS = {"matrix": ("xx", "xy", "yy")}
"""The names of the numbers of a state; a vector's are x and y."""


def why_none(landscape: object, optimizer: object) -> str:
    """Why there is no tape of a method on an objective, in words; "" where there is one."""
    if not has_formula(landscape):
        return f"{getattr(landscape, 'name', landscape)} has no formula"
    if not isinstance(optimizer, Optimizer):
        return f"{optimizer!r} is no optimizer; optimizers.get makes one"
    return ""


class StepPart:
    """Writes an optimizer's step into a tape.

    Args:
        tape: what is written into.
        landscape, optimizer: what steps on what.
        scheduled: whether what the learning rate is multiplied by depends on the step.
        noisy: whether noise is added to the gradients.
        counted: whether the step lengths that are tried are counted, in a number of the state, `TRIALS`.
    """

    def __init__(
        self,
        tape: Tape,
        landscape: Landscape | AnyLandscape,
        optimizer: Optimizer,
        scheduled: bool,
        noisy: bool,
        counted: bool = False,
    ) -> None:
        self.tape, self.optimizer, self.noisy = tape, optimizer, noisy
        self.counts: list[Traced] | None = [] if counted else None
        self.program = optimizer.program.program
        self.landscape = AskedPart(tape) if isinstance(landscape, AnyLandscape) else LandscapePart(tape, landscape)
        self.early = Early(tape, optimizer, scheduled)
        self.state: dict[str, tuple[int, ...]] = {"x": (tape.remember("x"), tape.remember("y"))}
        self.entries: dict[int, tuple[int, ...]] = {}

    def write(self) -> None:
        """Write the whole step, and the loss at the point before it."""
        nodes = self.program.graph.nodes
        states = [name for name in self.program.outputs if name != "x"]
        for name in states:
            rows = update_rules.rows_of(self._input(name).shape, 2)
            self.state[name] = tuple(self.tape.remember(row) for row in row_names(name, rows))
        carried = self.early.carry()
        before = None if self.counts is None else self.tape.remember(TRIALS)
        if self.optimizer.looks_ahead:
            self._loss_here()
        for node in self.program.late:
            first = len(self.tape.entries)
            self.entries[node] = self._rows_of(nodes[node])
            self._note(first)
        if self.tape.loss < 0:
            self._loss_here()
        for name in ("x", *states):
            self.tape.new += self.entries[self.program.targets[name]]
        self.tape.new += carried()
        if self.counts is not None and before is not None:
            self.tape.new.append(functools.reduce(lambda sum_, one: self.tape.apply("+", sum_, *one.rows), self.counts, before))
        places = {row: place for place, row in enumerate(self.tape.state)}
        pairs = [row_names(name, 2) for name in ("x", *states) if len(self.state[name]) == 2]
        self.tape.remembered = tuple((places[x], places[y]) for x, y in pairs[1:])

    def _note(self, first: int) -> None:
        """The entries from the first one on are the method's own, if they are no landscape's."""
        parts, last = self.tape.parts, len(self.tape.entries)
        others = [part for part in parts if part.first >= first]
        del parts[len(parts) - len(others) :]
        for part in (*others, Part("", last, last)):
            if first < part.first and parts and parts[-1] == Part(self.optimizer.name, parts[-1].first, first):
                first = parts.pop().first
            parts += [Part(self.optimizer.name, first, part.first)] if first < part.first else []
            parts += [part] if part.title else []
            first = part.last

    def _input(self, name: str) -> Node:
        return next(node for node in self.program.graph.nodes if node.operation == "input" and node.name == name)

    def _loss_here(self) -> None:
        self.tape.loss = self.landscape.at(self._point(self.state["x"]), ("value",))["value"]

    def _operand(self, node: int) -> tuple[int, ...]:
        """The entries of a node's rows."""
        known = self.program.graph.nodes[node]
        if known.level < POINT:
            return (self.early.entry(node),) * 2
        return self.state[known.name] if known.operation == "input" else self.entries[node]

    @staticmethod
    def _point(rows: Iterable[int]) -> tuple[int, int]:
        x, y = rows
        return x, y

    def _rows_of(self, node: Node) -> tuple[int, ...]:
        """The entries of the rows that an operation of the step gives."""
        operands = [self._operand(operand) for operand in node.operands]
        asked: dict[str, Callable[..., tuple[int, ...]]] = {"gradient": self._gradient, "hessian": self._hessian, "loss": self._loss}
        if node.operation in asked:
            return asked[node.operation](self._point(operands[0]))
        searched: dict[str, Callable[..., None]] = {
            "step_length": self._step_length,
            "wolfe_length": self._wolfe_length,
            "generation": self._generation,
        }
        if node.operation in update_rules.FUNCTIONS:
            function = update_rules.FUNCTIONS[node.operation]
            return self._traced(function, searched.get(node.operation, function.compute), operands)
        rows = max(map(len, operands))
        return tuple(self.tape.apply(node.operation, *(operand[row] for operand in operands)) for row in range(rows))

    def _traced(self, function: Function, compute: Callable[..., Any], operands: list[tuple[int, ...]]) -> tuple[int, ...]:
        """What a function of update rules does to rows."""
        out = Traced.of(self.tape, [None] * update_rules.rows_of(function.shape, 2))
        compute(*(Traced.of(self.tape, rows) for rows in operands), out)
        return out.rows

    def _step_length(self, at: Traced, direction: Traced, slope: Traced, out: Traced) -> None:
        ask: Any = backtrack
        ask(self._loss_at, at, direction, slope, out, repeat=self._repeating("until the loss falls enough"))

    def _wolfe_length(self, at: Traced, direction: Traced, slope: Traced, share: Traced, out: Traced) -> None:
        ask: Any = bracket
        repeat = self._repeating("until the loss falls enough and little of the slope is left")
        ask(self._loss_at, self._slope_at, at, direction, slope, share, out, repeat=repeat)

    def _repeating(self, title: str) -> Repeat:
        repeat = repeating(self.tape, title)
        return repeat if self.counts is None else counting(repeat, self.counts.append)

    def _generation(self, at: Traced, spread: Traced, covariance: Traced, out: Traced) -> None:
        ask: Any = best_of
        draws = Traced.of(self.tape, [self.tape.draw(index) for index in range(2 * update_rules.CHILDREN)])
        ask(self._loss_at, at, spread, covariance, draws, out)

    def _loss_at(self, points: Traced) -> Traced:
        """As a search asks for it."""
        return Traced(self.tape, np.array([self.landscape.at(self._point(points.rows), ("value",))["value"]], dtype=object))

    def _slope_at(self, points: Traced) -> Traced:
        """Likewise, without noise."""
        found = self.landscape.at(self._point(points.rows), ("dx", "dy"))
        return Traced.of(self.tape, [found["dx"], found["dy"]])

    def _gradient(self, at: tuple[int, int]) -> tuple[int, ...]:
        here = at == self.state["x"] and self.tape.loss < 0
        found = self.landscape.at(at, ("dx", "dy", "value") if here else ("dx", "dy"))
        if here:
            self.tape.loss = found["value"]
        slope = [found["dx"], found["dy"]]
        first = len(self.tape.entries)
        if self.noisy:
            slope = [self.tape.apply("+", entry, self.tape.noise(row)) for row, entry in enumerate(slope)]
        if self.optimizer.clipping:
            rows: Any = Traced.of(self.tape, slope)
            clip(rows, *(self._limit(limit.name) for limit in CLIPPING))
            slope = list(rows.rows)
        if len(self.tape.entries) > first:
            self.tape.parts.append(Part("noise and clipping", first, len(self.tape.entries)))
        return tuple(slope)

    def _limit(self, name: str) -> Any:
        if name not in self.optimizer.clipping:
            return 0.0
        source = Source(RUN, -1, name)
        given = self.tape.lane if np.ndim(self.optimizer.clipping[name]) else self.tape.constant
        return Traced(self.tape, np.array([given(source)], dtype=object))

    def _hessian(self, at: tuple[int, int]) -> tuple[int, ...]:
        return tuple(self.landscape.at(at, ("dxx", "dxy", "dyy")).values())

    def _loss(self, at: tuple[int, int]) -> tuple[int, ...]:
        """As `optimizers.searches.write_losses`: infinite where there is none."""
        value = self.landscape.at(at, ("value",))["value"]
        known = self.tape.apply("equal", value, value)
        return (self.tape.apply("where", known, value, self.tape.number(np.inf)),) * 2


def row_names(name: str, rows: int) -> list[str]:
    """What the numbers of a state are called."""
    if name == "x":
        return ["x", "y"]
    if rows <= 3:
        return [f"{name}.{part}" for part in (("x", "y") if rows == 2 else _PARTS["matrix"])]
    return [f"{name}.{row // 2}.{'xy'[row % 2]}" for row in range(rows)]
