"""Evaluates a syntax tree directly on numbers or arrays: simple, not fast. For known minima, schedules, and tests.

The hot paths use `formulas.program` instead, which computes the same in place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from formulas import kernels
from formulas.functions import FUNCTIONS
from formulas.libm.functions import power
from formulas.tree import CONSTANTS, Call, Name, Number, Operation, Tree, odd_root

_OPERATIONS: dict[str, Callable[..., Any]] = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": power}


def apply(tree: Operation | Call, operands: list[Any]) -> Any:
    """One operation or function on operands that are values already; what has no finite value gives NaN or infinity, without a warning."""
    arrays = np.broadcast_arrays(*[np.asarray(operand, dtype=float) for operand in operands])
    with np.errstate(all="ignore"):
        if isinstance(tree, Call):
            return FUNCTIONS[tree.function].compute(*arrays, np.empty(arrays[0].shape))[()]
        if tree.symbol == "**" and (root := odd_root(tree.operands[1])) is not None:
            base, exponent = arrays
            return kernels.odd_power(base, exponent, np.empty(base.shape))[()] if root.numerator % 2 else power(np.abs(base), exponent)
        return _OPERATIONS[tree.symbol](*arrays) if len(arrays) == 2 else np.negative(arrays[0])


def evaluate(
    tree: Tree,
    values: Mapping[str, Any],
    functions: Mapping[str, Callable[..., Any]] | None = None,
    operate: Callable[[Operation | Call, list[Any]], Any] = apply,
) -> Any:
    """The value of a formula.

    Args:
        tree: what `parse` returned.
        values: a number or an array for every name in it; arrays broadcast.
        functions: further functions by name (an update rule's `gradient`).
        operate: what does the operations, where values are no numbers or arrays.
    """
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Name):
        return values[tree.name] if tree.name in values else CONSTANTS[tree.name]
    operands = [evaluate(operand, values, functions, operate) for operand in tree.operands]
    if isinstance(tree, Call) and functions and tree.function in functions:
        return functions[tree.function](*operands)
    return operate(tree, operands)
