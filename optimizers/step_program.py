"""An optimizer's step compiled to an in-place program: from its statements and the initial values of its states."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from formulas import Tree, names_in, parse
from formulas.function import ONCE, POINT, STEP
from formulas.functions import ALL
from formulas.graph import Graph
from formulas.program import Program
from formulas.statements import Statement
from formulas.tree import Name, Operation
from optimizers import update_rules

SHAPES = {"I": "matrix", "none": "memory"}
"""The shape of a state whose initial value is one of these; any other is a vector."""
PLANE = {"e1": np.array([[1.0], [0.0]]), "e2": np.array([[0.0], [1.0]]), "I": np.array([[1.0], [0.0], [1.0]])}
"""What these stand for in an initial value, in two dimensions: the axes' directions, and the identity matrix as xx, xy, yy."""


@dataclass(frozen=True)
class StepProgram:
    """A compiled step.

    Attributes:
        program: its outputs are "x" and those states that differ from point to point.
        carried: states that depend on the step alone, with the graph's nodes that hold their new values.
        shares: the states that are running means m <- a m + b g, with b, by which they are divided where the program stores them.
    """

    program: Program
    carried: tuple[tuple[str, int], ...]
    shares: tuple[tuple[str, Tree], ...] = ()


@lru_cache(maxsize=256)
def parse_initial(text: str, parameters: tuple[str, ...]) -> Tree:
    """The initial value of a state, as a formula in the start and the hyper-parameters."""
    return parse(text, ("x", *PLANE, *parameters), ALL)


def begins_with(initial: str, parameters: tuple[str, ...]) -> set[str]:
    """The names in a state's initial value."""
    return {initial} if initial in SHAPES else names_in(parse_initial(initial, parameters))


@lru_cache(maxsize=256)
def compile_step(
    statements: tuple[Statement, ...],
    parameters: tuple[str, ...],
    state: tuple[tuple[str, str], ...],
    literal: tuple[tuple[str, float], ...],
) -> StepProgram:
    """The program of a step.

    Args:
        statements: the step.
        parameters: the names of the hyper-parameters.
        state: the names of the states with their initial values.
        literal: hyper-parameters that are built in, with their values.
    """
    varying = {"x", *PLANE, *SHAPES}
    uniform = {name for name, initial in state if not begins_with(initial, parameters) & varying}
    while True:  # until no point is found in the new value of what seems to be uniform
        build = _Build(statements, parameters, dict(state), dict(literal), uniform)
        mistaken = {name for name in uniform if build.graph.level(build.names[name]) == POINT}
        if not mistaken:
            break
        uniform -= mistaken
    needed = build.needed()
    outputs = {name: build.stored.get(name, build.names[name]) for name in needed if name not in uniform} | {"x": build.names["x"]}
    carried = tuple((name, build.names[name]) for name in needed if name in uniform)
    return StepProgram(Program(build.graph, outputs, tuple(node for _, node in carried)), carried, tuple(build.shares.items()))


class _Build:
    """The graph of a step: its statements over the point, the state, the step's number and the hyper-parameters.

    Attributes:
        names: the node of every name, of states the new value.
        stored: what is stored of a running mean instead of its new value. A mean m <- a m + b g that starts at zero is kept as m/b, which
            saves a multiplication at every step; its factor b joins others known ahead.
        shares: that factor of each of them.
    """

    def __init__(
        self,
        statements: tuple[Statement, ...],
        parameters: tuple[str, ...],
        state: dict[str, str],
        literal: dict[str, float],
        uniform: set[str],
    ) -> None:
        self.state = state
        self.graph = graph = Graph(update_rules.FUNCTIONS, positive_scales=True)
        self.names = {"x": graph.input("x", POINT), "t": graph.input("t", STEP)}
        self.stored: dict[str, int] = {}
        for name in parameters:
            self.names[name] = graph.number(literal[name]) if name in literal else graph.input(name, STEP if name == "lr" else ONCE)
        early = set(parameters) - {"lr"}
        means = {
            line.name: terms
            for line in statements
            if state.get(line.name) == "0" and line.name not in uniform and (terms := _running_mean(line, early))
        }
        self.shares = {name: share for name, (_, share, _) in means.items()}
        old: dict[str, int] = {}
        for name, initial in state.items():
            old[name] = graph.input(name, STEP if name in uniform else POINT, SHAPES.get(initial, "vector"))
            self.names[name] = graph.multiply(graph.build(means[name][1], self.names), old[name]) if name in means else old[name]
        for line in statements:
            if line.name in means:
                kept, share, news = (graph.build(tree, self.names) for tree in means[line.name])
                self.stored[line.name] = graph.add(graph.multiply(kept, old[line.name]), news)
                self.names[line.name] = graph.multiply(share, self.stored[line.name])
            else:
                self.names[line.name] = graph.build(line.tree, self.names)

    def needed(self) -> list[str]:
        """The states that the point depends on, by way of others too; the rest (a mean for a switched-off centring) need no updating."""
        needed: set[str] = set()
        todo, seen = [self.names["x"]], set()
        while todo:
            node = todo.pop()
            if node in seen:
                continue
            seen.add(node)
            entry = self.graph.nodes[node]
            todo.extend(entry.operands)
            if entry.operation == "input" and entry.name in self.state:
                needed.add(entry.name)
                todo.append(self.names[entry.name])
        return [name for name in self.state if name in needed]


def _running_mean(line: Statement, early: set[str]) -> tuple[Tree, Tree, Tree] | None:
    """a, b and g of a line `m = a*m + b*g` in which a and b depend on hyper-parameters alone."""
    match line.tree:
        case Operation("+", (Operation("*", (kept, Name(name))), Operation("*", (share, news)))) if name == line.name:
            if names_in(kept) | names_in(share) <= early:
                return kept, share, news
    return None
