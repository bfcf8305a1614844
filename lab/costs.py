"""What a step of a method costs, beside how many steps it needs."""

from __future__ import annotations

import optimizers
import tape
from landscapes import Landscape
from scenario import Choice


def step_cost(landscape: Landscape, choice: Choice) -> tape.Cost | str:
    """The operations of a step for each trajectory; where there is no tape, why, in words."""
    optimizer = optimizers.get(choice.name, **dict(choice.settings))
    return tape.why_none(landscape, optimizer) or tape.cost_of(tape.tape_of(landscape, optimizer))
