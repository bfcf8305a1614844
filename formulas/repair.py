"""What a compiled program could not compute at single points, filled in by `formulas.wide` and `formulas.limits`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from formulas.graph import Graph
from formulas.limits import QUANTITIES, has_values_near, limits
from formulas.smoothness import SINGULAR, may_have_gaps, singular_at, smoothness
from formulas.tree import Tree
from formulas.wide import computed, may_overflow
from parameters import Array

_MOST_POINTS = 512


def _missing(x: Array, y: Array, outputs: tuple[Array, ...]) -> npt.NDArray[np.intp]:
    """At which points an output has no finite value."""
    first = outputs[0]
    if math.isfinite(first.dot(outputs[-1])) and all(math.isfinite(one.dot(one)) for one in outputs[1:-1]):
        return np.empty(0, dtype=np.intp)
    return np.flatnonzero(np.isfinite(x) & np.isfinite(y) & ~np.isfinite(outputs).all(axis=0))


class Widening:
    """Computes anew, with numbers of any size, where something has overflowed on the way, and then fills in what else is missing.

    Args:
        graph: the program's graph.
        nodes: the nodes that it computes, by their names.
        others: what fills in the rest, if anything.
    """

    def __init__(self, graph: Graph, nodes: Mapping[str, int], others: Repair | None) -> None:
        self.graph, self.nodes, self.others = graph, dict(nodes), others

    def __call__(self, x: Array, y: Array, values: Mapping[str, Any], *outputs: Array) -> None:
        """Fill the outputs in place, as `Repair`."""
        lanes = _missing(x, y, outputs)
        if not lanes.size:
            return
        given = {name: np.broadcast_to(value, x.shape)[lanes] for name, value in {**values, "x": x, "y": y}.items()}
        found = computed(self.graph, self.nodes, given)
        for name, array in zip(self.nodes, outputs, strict=True):
            fill = ~np.isfinite(array[lanes]) & np.isfinite(found[name])
            array[lanes[fill]] = found[name][fill]
        if self.others:
            self.others(x, y, values, *outputs)


class Repair:
    """Replaces what a program could not compute at single points by `limits`.

    Args:
        tree: the formula.
        outputs: the quantities that the program computes.
    """

    def __init__(self, tree: Tree, outputs: tuple[str, ...]) -> None:
        self.tree, self.outputs = tree, outputs
        self._known: dict[bytes, Array] = {}

    def __call__(self, x: Array, y: Array, values: Mapping[str, Any], *outputs: Array) -> None:
        """Fill the outputs in place; a check of some microseconds where there is nothing to fill."""
        lanes = _missing(x, y, outputs)
        if not lanes.size:
            return
        own = {name: value[lanes] if np.ndim(value) else value for name, value in values.items()}
        singular = singular_at(self.tree, {**own, "x": x[lanes], "y": y[lanes]}, lanes.size)
        singular[singular] = has_values_near(
            self.tree, {name: value[singular] if np.ndim(value) else value for name, value in {**own, "x": x[lanes], "y": y[lanes]}.items()}
        )
        lanes = lanes[singular]
        own = {name: value[singular] if np.ndim(value) else value for name, value in own.items()}
        for begin in range(0, lanes.size, _MOST_POINTS):
            part = slice(begin, begin + _MOST_POINTS)
            some = {name: value[part] if np.ndim(value) else value for name, value in own.items()}
            found = self._limits(x[lanes[part]], y[lanes[part]], some)
            for name, array in zip(self.outputs, outputs, strict=True):
                row = found[QUANTITIES.index(name)]
                fill = ~np.isfinite(array[lanes[part]]) & ~np.isnan(row)
                if name == "value":
                    fill &= np.isnan(array[lanes[part]])
                array[lanes[part][fill]] = row[fill]

    def _limits(self, x: Array, y: Array, values: Mapping[str, Any]) -> Array:
        """`limits`, which are looked up where a trajectory rests at such a point."""
        columns = np.array([x, y, *(np.broadcast_to(value, x.shape) for value in values.values())])
        keys = [column.tobytes() for column in columns.T]
        known = dict(self._known)  # a program may run in several threads
        new = [index for index, key in enumerate(keys) if key not in known]
        if new:
            own = {name: value[new] if np.ndim(value) else value for name, value in values.items()}
            rows = limits(self.tree, x[new], y[new], own).T
            known |= {keys[index]: row for index, row in zip(new, rows, strict=True)}
            self._known = known if len(known) < 10 * _MOST_POINTS else {}
        return np.array([known[key] for key in keys]).T


def completion_of(tree: Tree, graph: Graph, nodes: Mapping[str, int]) -> Widening | Repair | None:
    """What a program that computes these nodes of a formula's graph needs at its end; None if nothing."""
    others = repair_of(tree, tuple(nodes))
    return Widening(graph, nodes, others) if may_overflow(graph, nodes) else others


def repair_of(tree: Tree, outputs: tuple[str, ...]) -> Repair | None:
    """What fills in these quantities of a formula where a step on the way is not smooth; None where none is needed."""
    if smoothness(tree) != SINGULAR or (outputs == ("value",) and not may_have_gaps(tree)):
        return None
    return Repair(tree, outputs)
