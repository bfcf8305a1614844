"""What is declared of a function that a formula may call, and the shapes that most declarations have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

ONCE, STEP, POINT = 0, 1, 2
"""When a value is known: before the run (parameters), at each step (also the step's number), or for each point only."""


@dataclass(frozen=True)
class Function:
    """A function of one or more numbers.

    Args:
        name: what a formula calls it.
        arguments: the names of its arguments, in order, as the formulas below use them.
        compute: called with the arguments' arrays and, last, the array to write into.
        latex: its template; {a}, {b}, {c} stand for the arguments.
        derivatives: a formula for the partial derivative by each argument. At a kink `side` and at a step `flat` leave NaN, which
            `formulas.limits` fills with the limit or the mean of the sides. Empty: it is differentiated by its definition, or, where it
            has none, offered only to update rules and schedules.
        definition: a formula in simpler functions that has the same value; a compiled program and source code hold it instead.
        rewrite: a formula that a compiled program computes instead of `compute`, where that is faster.
        series: a formula in simpler functions that has the same power series, where that of the derivative does not end.
        singular: a formula in the arguments that is 0 exactly where the function is not smooth; empty where it is smooth everywhere.
        partial: whether it may lack a finite value at arguments of ordinary size.
        aliases: further names, among them those that another function has with another number of arguments (`log(a, base)`).
        sign: the operator that stands for it, if it is a comparison.
        any_number: whether it takes any number of arguments, as nested calls of two: max(a, b, c) is max(max(a, b), c).
        fewest: how many it then takes at least; of one alone it is the absolute value.
        python, torch: templates of a call in plain Python and in PyTorch, where they are not `math.name(...)` and `torch.name(...)`.
        level: the earliest time at which its value can be known, whatever its arguments.
        shape: how its result is stored: "vector", or "matrix" for a symmetric one.
        elementwise: whether each element of its result depends on that element of its arguments alone, so that it may overwrite one.
        dimension: the only number of coordinates that its points may have; None for any.
        odd_in: the argument in which it is odd, as a sine is in its angle; empty where there is none.
    """

    name: str
    arguments: tuple[str, ...]
    compute: Callable[..., Any]
    latex: str
    derivatives: tuple[str, ...] = ()
    definition: str = ""
    rewrite: str | None = None
    series: str = ""
    singular: str = ""
    partial: bool = False
    aliases: tuple[str, ...] = ()
    sign: str = ""
    any_number: bool = False
    fewest: int = 2
    python: str = ""
    torch: str = ""
    level: int = ONCE
    shape: str = "vector"
    elementwise: bool = True
    dimension: int | None = None
    odd_in: str = ""


def common(name: str, compute: Callable[..., Any], derivative: str = "", latex: str = "", odd: bool = False, **more: Any) -> Function:
    """A function of one number, set as \\name(a) unless said otherwise."""
    derivatives = (derivative,) if derivative else ()
    return Function(name, ("a",), compute, latex or rf"\{name}\left({{a}}\right)", derivatives, odd_in="a" if odd else "", **more)


def whole(routine: Callable[..., Any]) -> Callable[..., Any]:
    """A routine that returns a new array as one that writes into its last argument."""

    def compute(*arrays: Any) -> Any:
        np.copyto(arrays[-1], routine(*arrays[:-1]))
        return arrays[-1]

    return compute


def named(name: str, definition: str, routine: Callable[..., Any], latex: str = "", derivative: str = "", **more: Any) -> Function:
    """A function of one number that is a name for a formula."""
    latex = latex or rf"\operatorname{{{{{name}}}}}\left({{a}}\right)"
    return common(name, whole(routine), derivative, latex, definition=definition, **more)


def comparison(name: str, routine: Callable[..., Any], sign: str, relation: str, method: str) -> Function:
    """1 where it holds, else 0."""
    return Function(
        name,
        ("a", "b"),
        routine,
        rf"\left[{{a}} {relation} {{b}}\right]",
        ("flat(a - b)", "-flat(a - b)"),
        singular="a - b",
        sign=sign,
        python=f"float({{a}} {sign} {{b}})",
        torch=f"torch.{method}({{a}}, {{b}}).double()",
    )
