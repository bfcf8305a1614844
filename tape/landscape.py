"""A landscape's graph written into a tape, at points whose coordinates are entries of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeGuard

import numpy as np

from formulas.function import POINT
from formulas.graph import Graph
from landscapes import Landscape
from landscapes.surface import Surface
from parameters import Value
from tape.entries import Part
from tape.source import LANDSCAPE, Source, text_of
from tape.tape import Tape

QUANTITIES = {
    ("value",): "the loss",
    ("dx", "dy"): "the gradient",
    ("dx", "dy", "value"): "the gradient and the loss",
    ("dxx", "dxy", "dyy"): "the Hessian",
}


def has_formula(objective: object) -> TypeGuard[Landscape]:
    """Whether it is a landscape whose loss a formula gives, and not one that is computed."""
    return isinstance(objective, Landscape) and getattr(type(objective), "bind", None) is Surface.bind


class AnyLandscape:
    """Stands for every landscape with a formula in a tape into which one is written later: player/js/templates.js does so."""

    name = "any landscape"
    values: Mapping[str, Value] = MappingProxyType({})
    settings: Mapping[str, Value] = MappingProxyType({})


class AskedPart:
    """Writes down what is asked of a landscape that is not known yet: operations "value", "dx" and so on, on a point's coordinates.

    What a formula's repair would fill in is not watched, since nobody fills it in where there is no Python.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape = tape

    def at(self, point: tuple[int, int], wanted: tuple[str, ...]) -> dict[str, int]:
        """As of `LandscapePart`."""
        return {name: self.tape.apply(name, *point) for name in wanted}


class LandscapePart:
    """Writes quantities of a landscape into a tape; what they have in common at one point is computed once.

    Args:
        tape: what is written into.
        landscape: one with a formula.
    """

    def __init__(self, tape: Tape, landscape: Landscape) -> None:
        self.tape, self.landscape = tape, landscape
        self._varying = {name for name, value in landscape.formula_values.items() if np.ndim(value)}
        self.graph: Graph | None = None
        self._known: dict[int, int] = {}
        self._varies: dict[int, bool] = {}

    def at(self, point: tuple[int, int], wanted: tuple[str, ...]) -> dict[str, int]:
        """The entries of quantities ("value", "dx", "dy", "dxx", "dxy", "dyy") at a point."""
        program = self.landscape.compiled(wanted)
        self.graph = graph = program.graph
        first = len(self.tape.entries)
        entries: dict[int, int] = {}

        def entry(node: int) -> int:
            if graph.level(node) < POINT:
                return self._early(node)
            known = graph.nodes[node]
            return point["xy".index(known.name)] if known.operation == "input" else entries[node]

        for node in program.late:
            known = graph.nodes[node]
            entries[node] = self.tape.apply(known.operation, *map(entry, known.operands))
        found = {name: entries[program.targets[name]] for name in wanted}
        if program.repair:
            self.tape.watched = tuple(dict.fromkeys((*self.tape.watched, *found.values())))
        if len(self.tape.entries) > first:
            self.tape.parts.append(Part(QUANTITIES.get(wanted, ", ".join(wanted)), first, len(self.tape.entries)))
        return found

    def _early(self, node: int) -> int:
        """The entry of a node that is known before the points are."""
        if node not in self._known:
            assert self.graph is not None
            known = self.graph.nodes[node]
            source = Source(LANDSCAPE, node, text_of(self.graph, node))
            if known.operation == "number":
                self._known[node] = self.tape.number(known.value)
            else:
                self._known[node] = self.tape.lane(source) if self._differs(node) else self.tape.constant(source)
        return self._known[node]

    def _differs(self, node: int) -> bool:
        """Whether it is another number for each trajectory."""
        assert self.graph is not None
        if node not in self._varies:
            known = self.graph.nodes[node]
            own = known.operation == "input" and known.name in self._varying
            self._varies[node] = own or any(map(self._differs, known.operands))
        return self._varies[node]
