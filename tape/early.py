"""What a step is given that is known before the points are: constants, a table's columns, numbers of each trajectory, and what follows.

A hyper-parameter that is an array differs from trajectory to trajectory, and so does what is computed from it. What then also depends on
the step, a bias correction with a beta for each say, is computed within the step.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from formulas.graph import Graph
from optimizers import Optimizer
from tape.source import OPTIMIZER, RUN, Source, text_of
from tape.tape import Tape

FACTOR = Source(RUN, -1, "schedule")
"""What the learning rate is multiplied by in a step."""
STEP_NUMBER = Source(RUN, -1, "t")
CHANGE_AT = Source(RUN, -1, "change_at")
"""From which step on a trajectory's learning rate is another; infinite where it never is."""
CHANGE_BY = Source(RUN, -1, "change_by")


class Early:
    """Writes what is known before the points into a tape.

    Args:
        tape: what is written into.
        optimizer: whose hyper-parameters it follows from.
        scheduled: whether what the learning rate is multiplied by depends on the step.
    """

    def __init__(self, tape: Tape, optimizer: Optimizer, scheduled: bool) -> None:
        self.tape, self.optimizer = tape, optimizer
        self.graph: Graph = optimizer.program.program.graph
        self.carried = dict(optimizer.program.carried)
        self._differing = {name for name, value in optimizer.values.items() if np.ndim(value)}
        self.own_change = optimizer.changes_rate and bool(self._differing & {"change_at", "change_by"})
        self.scheduled = scheduled or (optimizer.changes_rate and not self.own_change)
        self._entries: dict[int, int] = {}
        self._old: dict[str, int] = {}
        self._differs: dict[int, bool] = {}
        self._changes: dict[int, bool] = {}
        self._find_differing_states()

    def _find_differing_states(self) -> None:
        """Which states that depend on the step alone do so for each trajectory in its own way, by what they are computed from."""
        while True:
            self._differs.clear()
            more = {name for name, node in self.carried.items() if name not in self._differing and self.differs(node)}
            if not more:
                return
            self._differing |= more

    def differs(self, node: int) -> bool:
        """Whether a node is another number for each trajectory."""
        if node not in self._differs:
            known = self.graph.nodes[node]
            own = known.operation == "input" and (known.name in self._differing or (known.name == "lr" and self.own_change))
            self._differs[node] = own or any(map(self.differs, known.operands))
        return self._differs[node]

    def changes(self, node: int) -> bool:
        """Whether a node is another number in each step."""
        if node not in self._changes:
            known = self.graph.nodes[node]
            rate = known.name == "lr" and (self.scheduled or self.own_change)
            own = known.operation == "input" and (known.name == "t" or known.name in self.carried or rate)
            self._changes[node] = own or any(map(self.changes, known.operands))
        return self._changes[node]

    def carry(self) -> Callable[[], list[int]]:
        """Have the tape remember what differs and depends on the step alone; gives the entries of the new values, in order."""
        names = [name for name in self.carried if name in self._differing]
        for name in names:
            self._old[name] = self.tape.remember(name)
        return lambda: [self.entry(self.carried[name]) for name in names]

    def entry(self, node: int) -> int:
        """The entry of a node."""
        if node not in self._entries:
            self._entries[node] = self._write(node)
        return self._entries[node]

    def _write(self, node: int) -> int:
        known = self.graph.nodes[node]
        if known.operation == "number":
            return self.tape.number(known.value)
        source = Source(OPTIMIZER, node, text_of(self.graph, node))
        if not self.changes(node):
            return self.tape.lane(source) if self.differs(node) else self.tape.constant(source)
        if not self.differs(node):
            return self.tape.column(source)
        if known.operation != "input":
            return self.tape.apply(known.operation, *map(self.entry, known.operands))
        return self._old[known.name] if known.name in self._old else self._rate(source)

    def _rate(self, source: Source) -> int:
        """The learning rate of this step, where it differs."""
        tape = self.tape
        factors = [tape.column(FACTOR)] if self.scheduled else []
        if self.own_change:
            changed = tape.apply("greater_equal", tape.column(STEP_NUMBER), self._change("change_at", CHANGE_AT))
            factors.append(tape.apply("where", changed, self._change("change_by", CHANGE_BY), tape.number(1.0)))
        factor = factors[0] if len(factors) == 1 else tape.apply("*", *factors)
        base = tape.lane(source) if "lr" in self._differing else tape.constant(source)
        return tape.apply("*", base, factor)

    def _change(self, name: str, source: Source) -> int:
        return self.tape.lane(source) if name in self._differing else self.tape.constant(source)
