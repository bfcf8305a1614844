"""What a step needs that depends on its number alone: the learning rate of a schedule, bias corrections. Put in place before each step."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from formulas.program import Bound, Call
from optimizers import Optimizer, Schedule
from optimizers.options import RATE_CHANGE
from optimizers.step_program import StepProgram
from parameters import Array


class StepValues:
    """The hyper-parameters of some trajectories as a step's program reads them, scaled to each step.

    Args:
        optimizer: what steps.
        hyper: the values of its hyper-parameters by name: arrays of shape (), or ones that broadcast with the trajectories' own.
        shape: what `hyper` is broadcast to where a rate changes for each trajectory at its own step.
        steps: how many there are going to be.
        schedule: what the learning rate is multiplied by at each step; None leaves it as it is.

    Attributes:
        hyper: the arrays that a program is to be bound to, beside `t`.
        t: the number of the step, from 1.
    """

    def __init__(
        self, optimizer: Optimizer, hyper: dict[str, Array], shape: tuple[int, ...], steps: int, schedule: Schedule | None
    ) -> None:
        self.optimizer, self.hyper, self.steps = optimizer, dict(hyper), steps
        self.t = np.ones(())
        self._factors = schedule.factors(steps) if schedule else None
        self._change: dict[str, Array] = {}
        self._rate = self.hyper.get("lr")
        if self._rate is not None:
            self._plan_change(shape)
            self.hyper["lr"] = self._rate.copy()  # to be scaled at each step

    def _plan_change(self, shape: tuple[int, ...]) -> None:
        """Have the learning rate change in mid-run: at a known step for all trajectories, or for each at its own."""
        if not self.optimizer.changes_rate or self._rate is None:
            return
        change = {parameter.name: self.hyper[parameter.name] for parameter in RATE_CHANGE}
        if self._factors is None:
            self._factors = np.ones(self.steps)
        if any(value.ndim for value in change.values()):
            self._change = change
            self._rate = np.array(np.broadcast_to(self._rate, shape))
        else:
            self._factors = self._factors * self.optimizer.rate_factor(np.arange(1, self.steps + 1))

    def follow(self, step: StepProgram, bound: Bound, carried: Mapping[str, Array]) -> None:
        """Serve a bound program from now on.

        Args:
            step, bound: the optimizer's program, and the same on its arrays.
            carried: the states that depend on the step alone, as they are before the first.
        """
        results = [(carried[name], bound.early_value(node)) for name, node in step.carried]
        for before, after in results:
            np.copyto(after, before)  # so that the first step carries over what it starts from
        self._each_step: list[Call] = [(np.copyto, (before, after)) for before, after in results] + bound.each_step
        self._cells = bound.step_values
        self._table = self._all(step, bool(carried)) if all(cell.ndim == 0 for cell in self._cells) else None

    def _all(self, step: StepProgram, carries: bool) -> list[tuple[float, ...]]:
        """What depends on the step alone, worked out for all steps: numbers only have to be put in place while running."""
        if carries:
            table = []
            with np.errstate(all="ignore"):
                for t in range(self.steps):
                    self._compute(t)
                    table.append(tuple(float(cell) for cell in self._cells))
            return table
        rates = {}
        if self._rate is not None and self._rate.ndim == 0:
            rates["lr"] = self._rate * (np.ones(self.steps) if self._factors is None else self._factors)
        values, _ = step.program.early_values({**self.hyper, **rates, "t": np.arange(1.0, self.steps + 1)})
        columns = [np.broadcast_to(values[node], self.steps).tolist() for node in step.program.step_nodes]
        return list(zip(*columns, strict=True)) if columns else [()] * self.steps

    def _compute(self, t: int) -> None:
        self.t[()] = t + 1
        if self._factors is not None and self._rate is not None:
            own = self.optimizer.rate_factor(t + 1, self._change) if self._change else 1.0
            np.multiply(self._rate, self._factors[t] * own, self.hyper["lr"])
        for routine, arguments in self._each_step:
            routine(*arguments)

    def set(self, t: int) -> None:
        """Put in place what step `t`, from 0, needs."""
        if self._table is None:
            self._compute(t)
        else:
            for cell, value in zip(self._cells, self._table[t], strict=True):
                cell[()] = value
