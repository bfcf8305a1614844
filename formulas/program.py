"""A graph as a straight-line NumPy program that writes in place into reused scratch arrays.

Written once (`Program`), it is bound to arrays as often as needed (`Bound`): binding looks every operand up, so that running is a bare
loop over routine calls on contiguous arrays of one shape and 0-d constants, the fastest way NumPy can be called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from formulas.function import POINT, STEP
from formulas.graph import Graph
from formulas.libm.routines import Shared
from parameters import Array

Call = tuple[Callable[..., Any], tuple[Any, ...]]
"""A routine and its arguments, the arrays or their addresses, the one to write into among them."""
Oracle = Callable[[tuple[Array, ...], Array], list[Call]]
"""Gives the calls that compute a function which only the caller knows (the gradient of a landscape): arguments, output -> calls."""

Repair = Callable[..., None]
"""Fills in place what a program could not compute at single points."""

_ROUTINES: dict[str, Callable[..., Any]] = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "copy": np.positive}


def run_calls(calls: list[Call]) -> None:
    """Make them, in order."""
    for routine, arguments in calls:
        routine(*arguments)


@dataclass(frozen=True)
class _Instruction:
    operation: str
    operands: tuple[Any, ...]  # slots: ("node", index) early values, ("array", name), ("scratch", shape, index)
    out: Any


class Program:
    """Computes some nodes of a graph.

    Args:
        graph: the graph; it must not change afterwards.
        outputs: the nodes to compute, by the name of the array that receives each.
        kept: further nodes, known before the points are, whose values the caller reads with `Bound.early_value`.
        repair: called at the end with the arrays of "x" and "y", the early values by name and the arrays of the outputs.

    Attributes:
        targets: the node that computes each output, by its name.
        early, late: the nodes that are needed, in order, known before the points are or not.

    An output with the name of an input is written into that input's array, in place where no later instruction needs the old value.
    """

    def __init__(self, graph: Graph, outputs: Mapping[str, int], kept: tuple[int, ...] = (), repair: Repair | None = None) -> None:
        self.graph, self.repair = graph, repair
        self.outputs = tuple(outputs)
        nodes = graph.nodes
        self.targets = targets = self._separate(outputs)
        order = self._order([*targets.values(), *kept])
        self.routines = {name: function.compute for name, function in graph.functions.items()} | _ROUTINES
        self.early = [node for node in order if nodes[node].level < POINT]
        self.late = [node for node in order if nodes[node].level == POINT and nodes[node].operation != "input"]
        read = {operand for node in self.late for operand in nodes[node].operands}
        self.step_nodes = [node for node in self.early if nodes[node].level == STEP and node in read]
        self.scratch: dict[str, int] = {}
        self.instructions = self._allocate(targets)

    def _separate(self, outputs: Mapping[str, int]) -> dict[str, int]:
        """Give every output a computed node of its own, by a copy where two share one or where it is an input or a constant."""
        targets: dict[str, int] = {}
        for name, node in outputs.items():
            computed = self.graph.nodes[node].operation != "input" and self.graph.level(node) == POINT
            targets[name] = node if computed and node not in targets.values() else self.graph.copy(node, name)
        return targets

    def _order(self, roots: list[int]) -> list[int]:
        """The needed nodes, operands first, each as late as its first user allows."""
        order: list[int] = []
        seen: set[int] = set()
        stack = [(root, False) for root in reversed(roots)]
        while stack:
            node, expanded = stack.pop()
            if expanded:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((operand, False) for operand in reversed(self.graph.nodes[node].operands) if operand not in seen)
        return order

    def _allocate(self, targets: dict[str, int]) -> list[_Instruction]:
        """Choose where each result is stored: the output's own array, a scratch array that is free again, or a new one."""
        nodes = self.graph.nodes
        last_use = {operand: index for index, node in enumerate(self.late) for operand in nodes[node].operands}
        inputs = {entry.name: index for index, entry in enumerate(nodes) if entry.operation == "input"}
        names = {node: name for name, node in targets.items()}
        written: dict[Any, int] = {}  # an output's array can hold other results until its own is computed: up to which instruction
        free: dict[str, list[Any]] = {}
        for index, node in enumerate(self.late):
            if node in names and names[node] not in inputs:
                array = ("array", names[node])
                written[array] = index if self._elementwise(node) else index - 1
                free.setdefault(nodes[node].shape, []).append(array)
        where: dict[int, Any] = {}
        instructions, copies = [], []
        for index, node in enumerate(self.late):
            entry = nodes[node]
            elementwise = self._elementwise(node)
            dying = [operand for operand in set(entry.operands) if last_use[operand] == index and operand in where and operand not in names]
            end = last_use.get(node, index)
            reusable = [
                where[operand] for operand in dying if nodes[operand].shape == entry.shape and end <= written.get(where[operand], end)
            ]
            name = names.get(node)
            old = last_use.get(inputs.get(name, -1), -1) if name else -1
            if name and (old < index or (old == index and elementwise)):
                out: Any = ("array", name)
            elif elementwise and reusable:
                out = reusable[0]
            else:
                fitting = [array for array in free.get(entry.shape, ()) if index < end <= written.get(array, end)]
                out = fitting[-1] if fitting else self._new_scratch(entry.shape)
                if fitting:
                    free[entry.shape].remove(out)
            for operand in dying:
                if where[operand] != out:
                    free.setdefault(nodes[operand].shape, []).append(where[operand])
            where[node] = out
            instructions.append(_Instruction(entry.operation, tuple(self._slot(operand, where) for operand in entry.operands), out))
            if name and out != ("array", name):
                last_use[node] = len(self.late)
                copies.append(_Instruction("copy", (out,), ("array", name)))
            elif name is None and node not in last_use:
                raise AssertionError("an instruction whose result nobody needs")
        return instructions + copies

    def _elementwise(self, node: int) -> bool:
        """Whether the node's result may be written over one of its operands."""
        operation = self.graph.nodes[node].operation
        return operation in _ROUTINES or self.graph.functions[operation].elementwise

    def _new_scratch(self, shape: str) -> Any:
        self.scratch[shape] = self.scratch.get(shape, 0) + 1
        return ("scratch", shape, self.scratch[shape] - 1)

    def _slot(self, operand: int, where: dict[int, Any]) -> Any:
        entry = self.graph.nodes[operand]
        if entry.level < POINT:
            return ("node", operand)
        return ("array", entry.name) if entry.operation == "input" else where[operand]

    def early_values(self, early: Mapping[str, Any]) -> tuple[dict[int, Array], list[Call]]:
        """What is known before the points are.

        Args:
            early: the value of every input known that early: a number or an array.

        Returns:
            The array of every such node, computed once, and the calls that compute those that change at every step again.
        """
        values: dict[int, Array] = {}
        each_step: list[Call] = []
        for node in self.early:
            entry = self.graph.nodes[node]
            if entry.operation == "number":
                values[node] = np.array(entry.value)
            elif entry.operation == "input":
                values[node] = np.asarray(early[entry.name], dtype=np.float64)
            else:
                operands = [values[operand] for operand in entry.operands]
                values[node] = np.empty(np.broadcast_shapes(*(operand.shape for operand in operands)))
                call = self.routines[entry.operation], (*operands, values[node])
                with np.errstate(all="ignore"):
                    call[0](*call[1])
                if entry.level == STEP:
                    each_step.append(call)
        return values, each_step

    def as_data(self, early: Mapping[str, float]) -> dict[str, Any]:
        """The program for one point as plain data, for an interpreter in another language: numbered cells and steps that fill them.

        Args:
            early: the number of every input known before the points are.

        Returns:
            "inputs" and "outputs": the cell of each by name; "constants": [cell, value] pairs; "steps": [operation, operand cells, cell],
            in order; "cells": how many there are.
        """
        cells: dict[Any, int] = {}

        def cell(slot: Any) -> int:
            return cells.setdefault(slot, len(cells))

        values, _ = self.early_values(early)
        steps = [[step.operation, [cell(operand) for operand in step.operands], cell(step.out)] for step in self.instructions]
        return {
            "inputs": {name: cell(("array", name)) for name in ("x", "y")},
            "outputs": {name: cell(("array", name)) for name in self.outputs},
            "constants": [[cells["node", node], float(value)] for node, value in values.items() if ("node", node) in cells],
            "steps": steps,
            "cells": len(cells),
        }

    def bind(
        self,
        sizes: Mapping[str, int | tuple[int, ...]],
        arrays: Mapping[str, Array],
        early: Mapping[str, Any],
        oracles: Mapping[str, Oracle] | None = None,
        dtype: type[np.floating[Any]] = np.float64,
    ) -> Bound:
        """The program on given arrays.

        Args:
            sizes: the length of each shape's arrays ("vector": N), or their own shape where they have several axes.
            arrays: the array of every point-level input and every output.
            early: the value of every input known earlier: a number, or an array of the length of a vector. Those that change at every
                step must be 0-d or whole arrays that the caller writes into.
            oracles: the functions that only the caller knows.
            dtype: of the arrays; what is known earlier is computed in float64 whatever it is.
        """
        return Bound(self, sizes, arrays, early, oracles or {}, dtype)


class Bound:
    """A program with its arrays: `run` it, or splice its `calls` into another.

    Attributes:
        calls: what has to be called, in order, to compute the outputs.
        each_step: what has to be called before, whenever a step-level input has changed.
        step_values: the arrays that `each_step` leaves for `calls` to read.
    """

    def __init__(
        self,
        program: Program,
        sizes: Mapping[str, int | tuple[int, ...]],
        arrays: Mapping[str, Array],
        early: Mapping[str, Any],
        oracles: Mapping[str, Oracle],
        dtype: type[np.floating[Any]] = np.float64,
    ) -> None:
        self._arrays: dict[Any, Array] = {("array", name): array for name, array in arrays.items()}
        for shape, count in program.scratch.items():
            size = sizes[shape]
            rows = np.empty((count, *(size if isinstance(size, tuple) else (size,))), dtype)
            self._arrays |= {("scratch", shape, index): row for index, row in enumerate(rows)}
        values, self.each_step = program.early_values(early)
        self._early_values = values
        used = {node: array.astype(dtype, copy=False) for node, array in values.items()}
        self._arrays |= {("node", node): array for node, array in used.items()}
        self.step_values = [used[node] for node in program.step_nodes]
        if dtype != np.float64:
            self.each_step = [*self.each_step, *((np.copyto, (used[node], values[node])) for node in program.step_nodes)]
        self.calls: list[Call] = []
        self._users: dict[str, list[tuple[int, _Instruction]]] = {}
        self._routines = program.routines
        for instruction in program.instructions:
            if instruction.operation in oracles:
                operands = tuple(self._arrays[operand] for operand in instruction.operands)
                self.calls += oracles[instruction.operation](operands, self._arrays[instruction.out])
                continue
            for slot in {*instruction.operands, instruction.out}:
                if slot[0] == "array":
                    self._users.setdefault(slot[1], []).append((len(self.calls), instruction))
            self.calls.append(self._call(instruction))
        self._repair, self._outputs, self._early = program.repair, program.outputs, early
        if self._repair:
            self.calls.append(self._repair_call())

    def _repair_call(self) -> Call:
        assert self._repair is not None
        x, y, *outputs = (self._arrays["array", name] for name in ("x", "y", *self._outputs))
        return self._repair, (x, y, self._early, *outputs)

    def _call(self, instruction: _Instruction) -> Call:
        arrays = (*(self._arrays[operand] for operand in instruction.operands), self._arrays[instruction.out])
        routine = self._routines[instruction.operation]
        call: Call | None = routine.bound(arrays) if isinstance(routine, Shared) else None
        return call or (routine, arrays)

    def early_value(self, node: int) -> Array:
        """The array that holds a node known before the points are."""
        return self._early_values[node]

    def rebind(self, name: str, array: Array) -> None:
        """Let the input or output `name` be another array of the same size from now on."""
        self._arrays["array", name] = array
        for index, instruction in self._users.get(name, ()):
            self.calls[index] = self._call(instruction)
        if self._repair:
            self.calls[-1] = self._repair_call()

    def run(self) -> None:
        """Compute the outputs. What has no finite value gives NaN or infinity, without a warning."""
        with np.errstate(all="ignore"):
            for routine, arguments in self.calls:
                routine(*arguments)
