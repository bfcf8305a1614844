"""Where a number comes from that a step is given: a node of a landscape's or an optimizer's graph, known before the points are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from formulas.graph import Graph

LANDSCAPE, OPTIMIZER, RUN = "landscape", "optimizer", "run"
"""Who knows the number: the landscape's parameters, the hyper-parameters and the step's number, or the run itself."""
_TIGHT = {"+": 1, "-": 1, "*": 2, "/": 2}


@dataclass(frozen=True)
class Source:
    """Where a number comes from.

    Attributes:
        owner: who knows it.
        node: in the owner's graph; of the run itself -1.
        text: as a formula, which tells what it is.
    """

    owner: str
    node: int
    text: str


def text_of(graph: Graph, node: int) -> str:
    """A node as a formula in its inputs, for readers."""
    return _text(graph, node)[0]


def _text(graph: Graph, node: int) -> tuple[str, int]:
    """A node's formula, and how tightly it holds together: 1 a sum, 2 a product, 3 anything else."""
    entry = graph.nodes[node]
    if entry.operation == "number":
        return f"{entry.value:.17g}", 3 if entry.value >= 0 else 2
    if entry.operation == "input":
        return entry.name, 3
    return joined(entry.operation, [_text(graph, operand) for operand in entry.operands])


def joined(operation: str, operands: Sequence[tuple[str, int]]) -> tuple[str, int]:
    """The formula of an operation on formulas, in brackets where they need them; each with how tightly it holds together."""
    if operation not in _TIGHT:
        return f"{operation}({', '.join(text for text, _ in operands)})", 3
    tight = _TIGHT[operation]
    (left, left_tight), (right, right_tight) = operands
    left = left if left_tight >= tight else f"({left})"
    right = right if right_tight > tight or (right_tight == tight and operation in "+*") else f"({right})"
    spaced = f" {operation} " if tight == 1 else operation
    return f"{left}{spaced}{right}", tight
