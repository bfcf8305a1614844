"""Sequences of operations as plain data (JSON), for engines in another language."""

from __future__ import annotations

import math
from typing import Any

from formulas.libm.sequence import Sequence


def in_json(value: float) -> float | str:
    """A number as JSON can hold it: what is not finite as the text that JavaScript's Number reads."""
    if math.isfinite(value):
        return float(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def as_data(sequence: Sequence) -> dict[str, Any]:
    """A sequence as data.

    Returns:
        "arguments": how many; "nodes": a list of ["number", value], [operation, cells], ["lookup", cell, which of the tables] and ["rare",
        condition, usual, arguments, body], where cells count the arguments and then the nodes, and a body is such data; "results": cells;
        "tables".
    """
    nodes: list[list[Any]] = []
    numbers: dict[str, int] = {}
    tables: list[tuple[float, ...]] = []
    places = list(range(sequence.arguments))

    def add(node: list[Any]) -> int:
        nodes.append(node)
        return sequence.arguments + len(nodes) - 1

    def place(operand: int | float) -> int:
        if isinstance(operand, int):
            return places[operand]
        key = repr(operand)  # 0.0 and -0.0 are two
        if key not in numbers:
            numbers[key] = add(["number", in_json(operand)])
        return numbers[key]

    for step in sequence.steps:
        operands = [place(operand) for operand in step.operands]
        if step.operation == "lookup":
            if step.table not in tables:
                tables.append(step.table)
            operands.append(tables.index(step.table))
        places.append(add([step.operation, *operands, *([as_data(step.body)] if step.body else [])]))
    results = [places[cell] for cell in sequence.results]
    return {"arguments": sequence.arguments, "nodes": nodes, "results": results, "tables": [list(table) for table in tables]}
