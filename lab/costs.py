"""What a step of a method costs, beside how many steps it needs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

import optimizers
import tape
from landscapes import Landscape
from optimizers import Optimizer, update_rules
from scenario import Choice

UNITS = {"steps": "Steps", "gradients": "Slopes", "operations": "Operations"}
"""In what the cost of solving a problem can be counted, by name."""


def step_cost(landscape: Landscape, choice: Choice) -> tape.Cost | str:
    """The operations of a step for each trajectory; where there is no tape, why, in words."""
    optimizer = optimizers.get(choice.name, **dict(choice.settings))
    return tape.why_none(landscape, optimizer) or tape.cost_of(tape.tape_of(landscape, optimizer))


@dataclass(frozen=True)
class Evaluations:
    """What a step asks of the landscape for each trajectory, and what a method remembers from step to step.

    Attributes:
        gradients, hessians, losses: how often a step asks for each, with one trial where it searches for its length.
        searches: whether further trials ask for more, as many as it takes.
        state: how many numbers are kept for each coordinate.
    """

    gradients: int
    hessians: int
    losses: int
    searches: bool
    state: float

    def __str__(self) -> str:
        """In words: "1 slope a step, 2 numbers kept for each coordinate"."""
        kinds = ((self.gradients, "slope"), (self.hessians, "Hessian"), (self.losses, "loss"))
        asked = [f"{count} {name if count == 1 else _MANY[name]}" for count, name in kinds if count]
        more = ", more while it searches" if self.searches else ""
        kept = f"{self.state:g} number{'s' * (self.state != 1)} kept for each coordinate" if self.state else "nothing kept"
        return f"{' and '.join(asked)} a step{more}, {kept}"


_MANY = {"slope": "slopes", "Hessian": "Hessians", "loss": "losses"}


@lru_cache(maxsize=128)
def evaluations(optimizer: Optimizer) -> Evaluations:
    """What a step of an optimizer asks for, counted on its program, in which nothing is asked for twice."""
    program = optimizer.program.program
    asked = Counter(program.graph.nodes[node].operation for node in program.late)
    searches, wolfe = asked["step_length"] + asked["wolfe_length"], asked["wolfe_length"]
    losses = asked["loss"] + 2 * searches + update_rules.CHILDREN * asked["generation"]
    rows = sum(len(values) for values in optimizer.initial_state(np.zeros((2, 1))).values())
    return Evaluations(asked["gradient"] + wolfe, asked["hessian"], losses, searches > 0, rows / 2)


def unit_cost(landscape: Landscape, choice: Choice, unit: str) -> float:
    """What a step costs in one of `UNITS`; NaN where it takes as many as it takes, or none of them.

    Args:
        landscape: on which.
        choice: whose step.
        unit: the name of the unit.
    """
    if unit == "steps":
        return 1.0
    asked = evaluations(optimizers.get(choice.name, **dict(choice.settings)))
    if asked.searches:
        return float("nan")
    if unit == "gradients":
        return float(asked.gradients) if asked.gradients else float("nan")
    cost = step_cost(landscape, choice)
    return float("nan") if isinstance(cost, str) else float(cost.total)
