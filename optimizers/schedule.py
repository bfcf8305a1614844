"""A learning-rate schedule: a factor on the learning rate that depends on the step, declared as a formula.

The formula gives `factor` in `t` (the step, from 0) and `T` (the number of steps). A linear warm-up can precede any schedule; the formula
then sees only the steps after it. The last step is T - 1: what is to be reached "after the run", at t = T, is no step's factor.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from formulas import aligned, evaluate, latex, symbol
from formulas.statements import parse_statements
from parameters import Array, Declared, Param

WARMUP = Param(
    "warmup",
    0,
    0,
    100_000,
    slider=(0, 100),
    symbol="w",
    unit="steps",
    help="Steps over which the learning rate first rises linearly to its full value.",
)


class Schedule(Declared):
    """A factor on the learning rate for every step.

    Args:
        name: its title; in code it is found by the same words in lower case, joined by "_".
        formula: one `name = formula` a line, in `t` (0 .. T-1), `T`, the parameters' names and the lines above; the last is the factor.
        parameters: the numbers in the formula that can be set; the length of the warm-up is added to them.
        source: where it comes from.
        about: one line on what it does.
    """

    takes_arrays = False

    def __init__(self, name: str, *, formula: str, parameters: Sequence[Param] = (), source: str = "", about: str = "") -> None:
        super().__init__(name, (*parameters, WARMUP))
        self.source, self.about = source, about
        self.statements = parse_statements(formula, ("t", "T", *(parameter.name for parameter in parameters)))

    @property
    def definition(self) -> Hashable:
        """The equations of its factor."""
        return self.statements

    def __call__(self, t: npt.ArrayLike, steps: int) -> Any:
        """The factor at step `t` (a number or an array, 0 .. steps-1) of a run of `steps` steps."""
        warmup = float(self._values["warmup"])
        step = np.asarray(t, dtype=np.float64)
        names: dict[str, Any] = {**self._values, "t": np.maximum(step - warmup, 0.0), "T": max(float(steps) - warmup, 1.0)}
        for statement in self.statements:
            names[statement.name] = evaluate(statement.tree, names)
        factor = names["factor"] * np.minimum((step + 1) / (warmup + 1), 1.0)
        return factor if step.ndim else float(factor)

    def factors(self, steps: int) -> Array:
        """The factors of a whole run, shape (steps,)."""
        return np.asarray(self(np.arange(steps), steps))

    @cached_property
    def latex(self) -> str:
        """The factor in LaTeX, as aligned equations where it takes several."""
        symbols = {parameter.name: parameter.symbol or symbol(parameter.name) for parameter in self.parameters} | {
            "factor": r"\eta_t / \eta"
        }
        return aligned((symbols.get(line.name) or symbol(line.name), "=", latex(line.tree, symbols)) for line in self.statements)
