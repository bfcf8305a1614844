"""A tape with all that comes before it, as plain data: an engine in another language then needs the parameters' values only.

What a tape is given, its constants, its table, what each trajectory has its own of, and the first state, follows from parameters by
operations, too. They stand in one list of nodes, each computed from those above it: ["number", value], ["input", owner, name], or
[operation, nodes]. Owners are "landscape", "optimizer" and "schedule" with their parameters in the user's units; "run" with "t", the
number of the step from 1, with "factor", what a schedule multiplies the learning rate by, and with "steps"; "start" with "x" and "y"; and
"carried", the states that depend on the step alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from formulas.graph import Graph
from formulas.libm import NAMES, sequence
from formulas.libm.data import as_data, in_json
from formulas.tree import CONSTANTS, Call, Name, Number, Tree
from landscapes import Landscape
from optimizers import Optimizer, Schedule
from optimizers.options import RATE_CHANGE
from optimizers.step_program import PLANE, SHAPES, parse_initial
from tape.anatomy import AFTER, TracedAnatomy
from tape.early import CHANGE_AT, CHANGE_BY, FACTOR, STEP_NUMBER, Early
from tape.landscape import AnyLandscape
from tape.made import tape_of
from tape.source import LANDSCAPE, OPTIMIZER, RUN, Source
from tape.step import StepPart, row_names
from tape.tape import Tape

Nodes = list[list[Any]]
_SYMBOLS = {"**": "power"}


def portable(landscape: Landscape, optimizer: Optimizer, noisy: bool = False) -> dict[str, Any]:
    """The tape of a pair as data, with what it is given as nodes. It can be run with any schedule.

    Args:
        landscape, optimizer: which of their parameters are arrays, 0 or 1 matters, as for the tape; nothing else does.
        noisy: whether noise is added to the gradients.

    Returns:
        `Tape.as_data`, with indices of nodes in place of words in "constants", "columns" and "lanes", and beside it "early": the nodes;
        "first": those of the first state; "carried": [name, first node, node of the next step] of the states that depend on the step
        alone; "fixed": the parameters that the tape holds for one value only, 0 or 1; "varying": those that are arrays, by owner;
        "remembered": as of the tape.

    Raises:
        ValueError: there is no such tape.
    """
    return _portable(tape_of(landscape, optimizer, scheduled=True, noisy=noisy), landscape, optimizer)


def portable_method(optimizer: Optimizer, noisy: bool = False) -> dict[str, Any]:
    """A method's tape into which any landscape can be written; otherwise as `portable`.

    Entries "value", "dx", "dy", "dxx", "dxy" and "dyy" are that quantity of the landscape at the point of their two operands.
    """
    tape, landscape = Tape(optimizer.name), AnyLandscape()
    StepPart(tape, landscape, optimizer, scheduled=True, noisy=noisy).write()
    return _portable(tape, landscape, optimizer)


def portable_anatomy(traced: TracedAnatomy, landscape: Landscape | AnyLandscape, optimizer: Optimizer) -> dict[str, Any]:
    """A step taken apart as data, of any values of the hyper-parameters; otherwise as `portable`."""
    data = _portable(traced.tape, landscape, optimizer)
    return data | {"fixed": data["fixed"] | {OPTIMIZER: {}}}


def _portable(tape: Tape, landscape: Landscape | AnyLandscape, optimizer: Optimizer) -> dict[str, Any]:
    writer = _Writer(landscape, optimizer)
    data = tape.as_data()
    data["constants"] = [writer.source(source) for source in tape.constants]
    data["lanes"] = [writer.source(source) for source in tape.lanes]
    data["columns"] = [writer.source(source, each_step=True) for source in tape.columns]
    data["first"] = writer.first_state(tape)
    data["carried"] = writer.carried()
    own = {name: value for name, value in optimizer.values.items() if name not in _FREE}
    fixed = {LANDSCAPE: fixed_of(landscape.values), OPTIMIZER: fixed_of(own)}
    varying = {LANDSCAPE: _arrays(landscape.settings), OPTIMIZER: _arrays(optimizer.settings)}
    return data | {"early": writer.nodes, "fixed": fixed, "varying": varying, "remembered": [list(pair) for pair in tape.remembered]}


_FREE = {"lr", *(parameter.name for parameter in RATE_CHANGE)}
"""What a step's program holds by name whatever its value."""


def surface_nodes(landscape: Landscape) -> dict[str, Any]:
    """The loss of a landscape with its slopes and curvatures as data: "nodes", and the node of each by its name ("value", "dx", "dxy").

    The coordinates of the point are the inputs "x" and "y" of "start".
    """
    nodes = _List()
    known: dict[int, int] = {}
    program = landscape.compiled(("value", "dx", "dy", "dxx", "dxy", "dyy"))
    inputs = nodes.landscape_inputs(landscape) | {name: nodes.add("input", "start", name) for name in ("x", "y")}
    outputs = {name: nodes.graph(program.graph, node, inputs, known) for name, node in program.targets.items()}
    return {"nodes": nodes.nodes, "outputs": outputs}


def schedule_nodes(schedule: Schedule) -> dict[str, Any]:
    """A schedule as data: "early", its nodes, and "factor", the node of what the learning rate is multiplied by in a step.

    As `Schedule.__call__` computes it, from the step's number and the number of steps.
    """
    nodes = _List()
    number, apply = nodes.number, nodes.add
    names = {name: nodes.add("input", "schedule", name) for name in schedule.values}
    warmup = names["warmup"]
    step = apply("-", nodes.add("input", RUN, "t"), number(1.0))
    names["t"] = apply("max", apply("-", step, warmup), number(0.0))
    names["T"] = apply("max", apply("-", nodes.add("input", RUN, "steps"), warmup), number(1.0))
    for statement in schedule.statements:
        names[statement.name] = nodes.tree(statement.tree, names)
    risen = apply("/", apply("+", step, number(1.0)), apply("+", warmup, number(1.0)))
    factor = apply("*", names["factor"], apply("min", risen, number(1.0)))
    return {"early": nodes.nodes, "factor": factor}


def functions_of(*lists: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """The elementary functions that lists of entries or nodes call, each as the sequence of operations that defines it."""
    called = {str(entry[0]) for entries in lists for entry in entries}
    called |= {"power"} if "odd_power" in called else set()
    return {name: as_data(sequence(name)) for name in sorted(called & NAMES)}


def fixed_of(values: Mapping[str, Any]) -> dict[str, float]:
    """The parameters that a tape holds for one value only."""
    return {name: float(value) for name, value in values.items() if not np.ndim(value) and value in (0, 1)}


def _arrays(values: Mapping[str, Any]) -> list[str]:
    return [name for name, value in values.items() if np.ndim(value)]


class _List:
    """Nodes that grow; one that is there already is not added again."""

    def __init__(self) -> None:
        self.nodes: Nodes = []
        self._index: dict[str, int] = {}

    def add(self, *node: Any) -> int:
        """A node."""
        key = repr(node)
        if key not in self._index:
            self._index[key] = len(self.nodes)
            self.nodes.append(list(node))
        return self._index[key]

    def number(self, value: float) -> int:
        """A literal."""
        return self.add("number", in_json(value))

    def tree(self, tree: Tree, names: Mapping[str, int]) -> int:
        """A formula, with the operations that `formulas.evaluate` does."""
        if isinstance(tree, Number):
            return self.number(tree.value)
        if isinstance(tree, Name):
            return names[tree.name] if tree.name in names else self.number(CONSTANTS[tree.name])
        operands = [self.tree(operand, names) for operand in tree.operands]
        if isinstance(tree, Call):
            return self.add(tree.function, *operands)
        return self.add("negate" if len(operands) == 1 else _SYMBOLS.get(tree.symbol, tree.symbol), *operands)

    def landscape_inputs(self, landscape: Landscape) -> dict[str, int]:
        """The names of a landscape's formula, in its own units."""
        inputs = {}
        for parameter in landscape.parameters:
            given = self.add("input", LANDSCAPE, parameter.name)
            units = parameter.unit_value
            inputs[parameter.name] = given if units == 1 else self.add("*", given, self.number(units))
        return inputs | {f"penalty {name}": self.add("input", LANDSCAPE, name) for name in landscape.penalty}

    def graph(self, graph: Graph, root: int, inputs: Mapping[str, int], known: dict[int, int]) -> int:
        """A node of a graph, and those that it is computed from."""
        below, stack = set(), [root]
        while stack:
            node = stack.pop()
            if node not in below and node not in known:
                below.add(node)
                stack += graph.nodes[node].operands
        for node in sorted(below):  # operands stand above what is computed from them
            entry = graph.nodes[node]
            if entry.operation == "number":
                known[node] = self.number(entry.value)
            elif entry.operation == "input":
                known[node] = inputs[entry.name]
            elif entry.operation == "copy":
                known[node] = known[entry.operands[0]]
            else:
                known[node] = self.add(entry.operation, *(known[operand] for operand in entry.operands))
        return known[root]


class _Writer(_List):
    """Writes what a tape is given as nodes.

    Args:
        landscape, optimizer: whose parameters they follow from.
    """

    def __init__(self, landscape: Landscape | AnyLandscape, optimizer: Optimizer) -> None:
        super().__init__()
        self.landscape, self.optimizer = landscape, optimizer
        self._own_change = Early(Tape(""), optimizer, scheduled=True).own_change
        self.step = optimizer.program
        self._known: dict[str, dict[int, int]] = {LANDSCAPE: {}, OPTIMIZER: {}, "step": {}}
        self._states: list[str] = []

    def source(self, source: Source, each_step: bool = False) -> int:
        """The node of what a source gives; of a column as it is in each step."""
        if source.owner == RUN:
            return self._of_run(source)
        if source.owner == LANDSCAPE:
            assert isinstance(self.landscape, Landscape)
            graph = self.landscape.compiled(("value",)).graph
            return self.graph(graph, source.node, self.landscape_inputs(self.landscape), self._known[LANDSCAPE])
        graph, inputs = self.step.program.graph, self._optimizer_inputs()
        if not each_step:
            return self.graph(graph, source.node, inputs | {"t": self.number(1.0)}, self._known[OPTIMIZER])
        return self.graph(graph, source.node, inputs | self._step_inputs(graph, source.node), self._known["step"])

    def _optimizer_inputs(self) -> dict[str, int]:
        return {name: self.add("input", OPTIMIZER, name) for name in self.optimizer.values}

    def _step_inputs(self, graph: Graph, root: int) -> dict[str, int]:
        """What else there is in each step: its number, the states that depend on it alone, and a rate that does."""
        inputs = {"t": self.add("input", RUN, "t")}
        if "lr" in self.optimizer.values:
            inputs["lr"] = self.add("*", self.add("input", OPTIMIZER, "lr"), self._factor())
        for name in dict(self.step.carried):
            if self._below(graph, root, name) and name not in self._states:
                self._states.append(name)
        return inputs | {name: self.add("input", "carried", name) for name in dict(self.step.carried)}

    def _below(self, graph: Graph, root: int, name: str) -> bool:
        """Whether a node is computed from an input."""
        stack, seen = [root], set()
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                entry = graph.nodes[node]
                if entry.operation == "input" and entry.name == name:
                    return True
                stack += entry.operands
        return False

    def _factor(self) -> int:
        """What the learning rate is multiplied by in a step: by the schedule, and because it changes in mid-run for all trajectories."""
        factor = self.add("input", RUN, "factor")
        if not self.optimizer.changes_rate or self._own_change:
            return factor
        at, by = (self.add("input", OPTIMIZER, name) for name in ("change_at", "change_by"))
        t = self.add("input", RUN, "t")
        changed = self.add("and", self.add("greater", at, self.number(0.0)), self.add("greater_equal", t, at))
        return self.add("*", factor, self.add("where", changed, by, self.number(1.0)))

    def _of_run(self, source: Source) -> int:
        if source == STEP_NUMBER:
            return self.add("input", RUN, "t")
        if source == FACTOR:
            return self._factor()
        if source == CHANGE_BY:
            return self.add("input", OPTIMIZER, "change_by")
        if source == CHANGE_AT:
            at = self.add("input", OPTIMIZER, "change_at")
            return self.add("where", self.add("greater", at, self.number(0.0)), at, self.number(np.inf))
        return self.add("input", OPTIMIZER, source.text)  # a limit of the gradient

    def carried(self) -> list[list[Any]]:
        """The states that columns are computed from: the name, the node before the first step, and that of the value after a step."""
        graph, nodes = self.step.program.graph, dict(self.step.carried)
        found: list[list[Any]] = []
        while len(found) < len(self._states):  # what is carried may follow from what else is
            name = self._states[len(found)]
            inputs = self._optimizer_inputs() | self._step_inputs(graph, nodes[name])
            found.append([name, self._initial(name, 0), self.graph(graph, nodes[name], inputs, self._known["step"])])
        return found

    def first_state(self, tape: Tape) -> list[int]:
        """The nodes of the numbers that a tape remembers, as they are before the first step."""
        rows = {name: self.add("input", "start", axis) for names in ("xy", AFTER) for name, axis in zip(names, "xy", strict=True)}
        sizes = {name: len(row) for name, row in self.optimizer.initial_state(np.zeros((2, 1)), self._single()).items()}
        for name, count in sizes.items():
            rows |= {row: self._initial(name, place) for place, row in enumerate(row_names(name, count))}
        return [rows[name] if name in rows else self._initial(name, 0) for name in tape.state]

    def _single(self) -> dict[str, float]:
        return {name: float(np.ravel(value)[0]) for name, value in self.optimizer.values.items()}

    def _initial(self, name: str, row: int) -> int:
        """The node of a state's initial value, one of its rows."""
        text = self.optimizer.state[name]
        if text == "none":
            return self.number(0.0)
        own = tuple(name for name in self.optimizer.values if name not in {parameter.name for parameter in RATE_CHANGE})
        names = self._optimizer_inputs() | {"x": self.add("input", "start", "xy"[row % 2])}
        shape = "I" if SHAPES.get(text) else ""
        names |= {plane: self.number(float(array[row, 0])) for plane, array in PLANE.items() if row < len(array) or plane == shape}
        return self.tree(parse_initial(text, own), names)
