"""What a step of a method costs, beside how many steps it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

import optimizers
import tape
from landscapes import Landscape
from optimizers import Optimizer, update_rules
from parameters import Array, listed
from scenario import Choice, Experiment
from scenario.numbers import STEPS

UNITS = {"steps": "Steps", "gradients": "Slopes", "losses": "Losses", "hessians": "Hessians", "operations": "Operations"}
"""In what the cost of solving a problem can be counted, and a budget be given, by name."""
NETWORK_UNITS = {"steps": "Steps"} | {name: f"{UNITS[name]} of examples" for name in ("gradients", "losses", "hessians")}
"""The same of networks: a slope over a batch is as many as it has examples."""
NOT_COUNTED = "of a network a step's operations are products of its weights and its examples, whoever takes it"
"""Why operations of networks are not counted."""
MOST_STEPS, MOST_BUDGET = int(STEPS.high), 10**9
_YARDSTICK = Choice("sgd")
"""What so many steps cost of whom a budget is, where none is given."""


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
        trial_gradients, trial_losses: what a trial of a step length asks for, which is among the others once.
    """

    gradients: int
    hessians: int
    losses: int
    searches: bool
    state: float
    trial_gradients: int = 0
    trial_losses: int = 0

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
    return Evaluations(asked["gradient"] + wolfe, asked["hessian"], losses, searches > 0, rows / 2, wolfe, searches)


class Price(NamedTuple):
    """What a method costs in a unit: its steps without trials of their lengths, and each such trial."""

    step: float
    trial: float = 0.0

    def of(self, steps: npt.ArrayLike, trials: npt.ArrayLike) -> Array:
        """What so many steps with so many trials cost."""
        return np.asarray(self.step * np.asarray(steps) + self.trial * np.asarray(trials))

    @property
    def least(self) -> float:
        """What a step costs at least: a search tries one length."""
        return self.step + self.trial


Where = Landscape | Experiment
"""On what methods are compared: a landscape, or what networks learn."""


def price(where: Where, choice: Choice, unit: str) -> Price | str:
    """What a method costs in one of `UNITS`, or why that is not known; networks are counted as `NETWORK_UNITS` says."""
    if unit == "steps":
        return Price(1.0)
    if unit == "operations":
        cost = NOT_COUNTED if isinstance(where, Experiment) else step_cost(where, choice)
        return cost if isinstance(cost, str) else Price(cost.total - cost.of_a_trial, cost.of_a_trial)
    asked = evaluations(optimizers.get(choice.name, **dict(choice.settings)))
    each = examples_of_a_step(where)
    if unit == "hessians":
        return Price(each * asked.hessians)
    whole, trial = (asked.gradients, asked.trial_gradients) if unit == "gradients" else (asked.losses, asked.trial_losses)
    return Price(each * (whole - trial), each * trial)


def examples_of_a_step(where: Where) -> int:
    """How many examples a step of networks looks at once nothing is held back; 1 on a landscape."""
    return (where.batch or len(where.build_data().x)) if isinstance(where, Experiment) else 1


def name_of(where: Where) -> str:
    """What a landscape, or what networks learn, is called."""
    return where.build_data().name if isinstance(where, Experiment) else where.name


@dataclass(frozen=True)
class Budget:
    """What each run may cost.

    Attributes:
        amount: how much, in the unit.
        unit: one of `UNITS`.
        steps: how many steps those take who ask for nothing that is counted.
    """

    amount: int
    unit: str
    steps: int

    @classmethod
    def of(cls, where: Where, steps: int, unit: str, amount: int) -> Budget:
        """A budget; with an amount of 0 what so many steps of gradient descent cost, and of what these do not ask for as many.

        Raises:
            ValueError: there is no such unit, the amount is out of range, or operations are not counted there.
        """
        if unit not in UNITS:
            raise ValueError(f"a budget cannot be counted in {unit!r}; choose one of {', '.join(UNITS)}")
        if not 0 <= amount <= MOST_BUDGET:
            raise ValueError(
                f"a budget must be from 1 to {MOST_BUDGET:,}, or 0 for what the steps of gradient descent cost, not {amount:,}"
            )
        each = price(where, _YARDSTICK, unit)
        if isinstance(each, str):
            raise ValueError(f"operations are not counted on {name_of(where)}, because {each}; count the budget in another unit")
        return cls(amount or int(steps * (each.least or examples_of_a_step(where))), unit, steps)

    def price(self, where: Where, choice: Choice) -> Price:
        """What a method costs."""
        found = price(where, choice, self.unit)
        assert not isinstance(found, str), "which `of` has refused"
        return found

    def steps_of(self, where: Where, choice: Choice) -> int:
        """How many steps a method takes at most: as many as the budget pays for where each search tries one length.

        Raises:
            ValueError: it pays for none, or for more than can be taken.
        """
        least = self.price(where, choice).least
        if not least:
            return self.steps
        steps, name = int(self.amount // least), optimizers.get(choice.name).name
        if not steps:
            told = f"a step of {name} costs {_told(round(least), self.unit, where)} on {name_of(where)}"
            raise ValueError(f"{told}, and the budget of {self.amount:,} does not pay for a single one; raise it, or leave {name} out")
        if steps > MOST_STEPS:
            raise ValueError(f"the budget pays for {steps:,} steps of {name}, and at most {MOST_STEPS:,} can be taken; lower it")
        return steps

    def taken(self, where: Where, choice: Choice, trials: Array) -> npt.NDArray[np.int64]:
        """How many steps each run takes, shape (N,).

        Args:
            where, choice: whose.
            trials: of step lengths by each step, rising, shape (steps + 1, N).
        """
        each = self.price(where, choice)
        if not each.trial:
            return np.full(trials.shape[1], len(trials) - 1)
        paid = each.of(np.arange(len(trials))[:, None], trials) <= self.amount
        return np.asarray(np.count_nonzero(paid, axis=0) - 1)

    def told(self, where: Where, choices: Sequence[Choice], labels: Sequence[str]) -> str:
        """How many steps that is for whom, in words: "200 slopes: 200 steps of SGD, 100 of SAM"."""
        asked = zip(choices, labels, strict=True)
        each = [(self.price(where, choice), label, self.steps_of(where, choice)) for choice, label in asked]
        paid = [f"{'at most ' * bool(cost.trial)}{_told(steps, 'steps', where)} of {label}" for cost, label, steps in each if cost.least]
        free = [label for cost, label, _ in each if not cost.least]
        one = "s" * (len(free) == 1)
        beside = f"; {listed(free)} ask{one} for none, and take{one} {_told(self.steps, 'steps', where)}" if free else ""
        return f"{_told(self.amount, self.unit, where)} a run: {', '.join(paid) or 'nobody asks for any'}{beside}"


def _told(count: int, unit: str, where: Where) -> str:
    """A number in one of `UNITS` in words: "1 slope", "2,000 losses", of networks "1 slope of an example", "2,000 losses of examples"."""
    several = UNITS[unit] if unit == "hessians" else UNITS[unit].lower()
    named = several.removesuffix("es" if unit == "losses" else "s") if count == 1 else several
    examples = isinstance(where, Experiment) and unit != "steps"
    return f"{count:,} {named}{(' of an example' if count == 1 else ' of examples') if examples else ''}"
