"""Some trajectories, ready to step: an optimizer's step and the objective's derivatives as one list of calls on fixed arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from formulas.program import Bound, Call, Oracle, run_calls
from optimizers import Optimizer, Schedule, update_rules
from optimizers.options import CLIPPING, clip
from optimizers.searches import Repeat, backtrack, best_of, bracket, counting, repeated, write_losses
from parameters import Array, Value
from simulation.noise import Noise
from simulation.objective import Objective
from simulation.progress import Lanes
from simulation.step_values import StepValues


@dataclass(frozen=True)
class Plan:
    """What all chunks have in common: the run's arguments, checked.

    Attributes:
        numbers: what chooses each trajectory's noise, shape (N,).
        kept: the numbers of the steps whose points are written down, rising.
        goal: the loss to reach, a number or one for each trajectory.
    """

    objective: Objective
    optimizer: Optimizer
    starts: Array
    steps: int
    schedule: Schedule | None
    noise: Value
    seed: int
    numbers: npt.NDArray[np.int64]
    kept: npt.NDArray[np.int64]
    goal: Value


class Chunk:
    """Some trajectories, ready to step.

    Attributes:
        points: where they are, shape (d, n); `advance` changes it.
        loss: the loss at the point before the last step, shape (n,), if `with_loss`.
        trials: how many step lengths have been tried so far, shape (n,).
    """

    def __init__(self, plan: Plan, lanes: Lanes, with_loss: bool) -> None:
        self.plan, self.lanes = plan, lanes
        self.n, self.dimension = lanes.size, plan.objective.dimension
        self.flat = np.ascontiguousarray(plan.starts[:, lanes]).reshape(-1)
        self.points = self.flat.reshape(self.dimension, self.n)
        self.loss, self.trials = np.empty(self.n), np.zeros(self.n)
        self._wants_loss = with_loss
        self._noise = np.zeros(self.flat.shape) if np.any(plan.noise) else None
        self._source = Noise(plan.seed, plan.numbers[lanes], self.dimension) if self._noise is not None else None
        self._scale = self._per_lane(plan.noise)
        hyper = {name: self._per_coordinate(value) for name, value in plan.optimizer.values.items()}
        self._values = StepValues(plan.optimizer, hyper, self.flat.shape, plan.steps, plan.schedule)
        self._bind()

    def _per_lane(self, value: Value) -> Array:
        return np.asarray(value[self.lanes] if isinstance(value, np.ndarray) else value, dtype=np.float64)

    def _per_coordinate(self, value: Value) -> Array:
        array = self._per_lane(value)
        return np.tile(array, self.dimension) if array.ndim else array

    def _bind(self) -> None:
        step = self.plan.optimizer.program
        state = self.plan.optimizer.initial_state(self.points, self._own_hyper_parameters())
        arrays = {name: state[name].reshape(-1) for name in state if name not in dict(step.carried)}
        carried = {name: self._uniform_start(state[name]) for name, _ in step.carried}
        oracles: dict[str, Oracle] = update_rules.in_programs(self.dimension)
        oracles |= {"gradient": self._gradient, "loss": self._loss, "hessian": self._hessian, "generation": self._generation}
        oracles |= {"step_length": self._step_length, "wolfe_length": self._wolfe_length}
        early = {**self._values.hyper, **carried, "t": self._values.t}
        loss: list[Call] = []
        if self._wants_loss and self.plan.optimizer.looks_ahead:
            loss = self._bind_objective(self.flat, value=self.loss)
        shapes = ("vector", "matrix", "memory", "generation")
        sizes = {shape: update_rules.rows_of(shape, self.dimension) * self.n for shape in shapes}
        self._remembered = [array for array in arrays.values() if array.size == self.flat.size]
        bound: Bound = step.program.bind(sizes, {**arrays, "x": self.flat}, early, oracles)
        self._calls = loss + bound.calls
        self._values.follow(step, bound, carried)

    def overflowed(self) -> npt.NDArray[np.bool_]:
        """Where something that is remembered of a coordinate is not finite, shape (d, n)."""
        found = np.zeros(self.flat.shape, dtype=bool)
        with np.errstate(all="ignore"):
            for array in self._remembered:
                if not np.isfinite(array.sum()):  # finite only if every element is, so that few arrays are looked at closely
                    found |= ~np.isfinite(array)
        return found.reshape(self.points.shape)

    def _own_hyper_parameters(self) -> dict[str, Value]:
        values = self.plan.optimizer.values
        return {name: value[self.lanes] if isinstance(value, np.ndarray) else value for name, value in values.items()}

    def _uniform_start(self, state: Array) -> Array:
        """A state that depends on the step alone: one number, or one a coordinate where hyper-parameters differ."""
        flat = state.reshape(-1)
        varies = any(value.ndim for value in self._values.hyper.values())
        return flat.copy() if varies else np.array(flat[0])

    def _gradient(self, operands: tuple[Array, ...], out: Array) -> list[Call]:
        (at,) = operands
        with_loss = at is self.flat and self._wants_loss and not self.plan.optimizer.looks_ahead
        calls = [*self._bind_objective(at, gradient=out.reshape(self.dimension, self.n), value=self.loss if with_loss else None)]
        if self._noise is not None:
            calls.append((np.add, (out, self._noise, out)))
        if limits := self.plan.optimizer.clipping:
            norm, value = (self._per_lane(limits.get(limit.name, 0.0)) for limit in CLIPPING)
            calls.append((clip, (out.reshape(self.dimension, self.n), norm, value)))
        return calls

    def _loss(self, operands: tuple[Array, ...], out: Array) -> list[Call]:
        value = np.empty(self.n)
        return [*self._bind_objective(operands[0], value=value), (write_losses, (value, out.reshape(self.dimension, self.n)))]

    def _hessian(self, operands: tuple[Array, ...], out: Array) -> list[Call]:
        return self._bind_objective(operands[0], hessian=out.reshape(update_rules.MATRIX_ROWS, self.n))

    def _generation(self, operands: tuple[Array, ...], out: Array) -> list[Call]:
        at, spread = (self._rows(array) for array in operands[:2])
        source = Noise(self.plan.seed, self.plan.numbers[self.lanes], self.dimension * self.plan.optimizer.draws)
        loss = self._asked(lambda trial, lanes, value: self.plan.objective.bind(trial, lanes, value=value))

        def drawn() -> None:
            best_of(loss, at, spread, operands[2].reshape(-1, self.n), source.draw(), out.reshape(-1, self.n))

        return [(drawn, ())]

    def _rows(self, array: Array) -> Array:
        return array.reshape(self.dimension, self.n) if array.ndim else array

    def _step_length(self, operands: tuple[Array, ...], out: Array) -> list[Call]:
        loss = self._asked(lambda trial, lanes, value: self.plan.objective.bind(trial, lanes, value=value))
        return [(backtrack, (loss, *map(self._rows, (*operands, out)), self._counting()))]

    def _wolfe_length(self, operands: tuple[Array, ...], out: Array) -> list[Call]:
        loss = self._asked(lambda trial, lanes, value: self.plan.objective.bind(trial, lanes, value=value))
        slope = self._asked(lambda trial, lanes, value: self.plan.objective.bind(trial, lanes, gradient=value), self.dimension)
        return [(bracket, (loss, slope, *map(self._rows, (*operands, out)), self._counting()))]

    def _counting(self) -> Repeat:
        return counting(repeated, lambda trials: np.add(self.trials, trials, self.trials))

    def _asked(self, bind: Callable[[Array, Lanes, Array], list[Call]], *rows: int) -> Callable[[Array], Array]:
        """A quantity of the objective as a function of points, shape (d, n); what it returns is overwritten by the next call.

        In a search most trajectories soon stand still while some go on. Of an objective that says it is `costly`, and whose numbers for a
        point are the same bits whatever is asked for beside it, only what has moved since the last call is computed.
        """
        trial, value = np.full((self.dimension, self.n), np.nan), np.empty((*rows, self.n))
        calls = bind(trial, self.lanes, value)
        costly = getattr(self.plan.objective, "costly", False)

        def quantity(points: Array) -> Array:
            moved = np.flatnonzero((points != trial).any(axis=0)) if costly else None
            np.copyto(trial, points)
            if moved is None or moved.size == self.n:
                run_calls(calls)
            elif moved.size:
                found = np.empty((*rows, moved.size))
                run_calls(bind(np.ascontiguousarray(points[:, moved]), self.lanes[moved], found))
                value[..., moved] = found
            return value

        return quantity

    def _bind_objective(self, at: Array, **wanted: Array | None) -> list[Call]:
        return self.plan.objective.bind(at.reshape(self.dimension, self.n), self.lanes, **wanted)

    def advance(self, t: int) -> None:
        """Take step `t` (from 0). To be called within `np.errstate(all="ignore")`."""
        self._values.set(t)
        if self._noise is not None and self._source is not None:
            np.multiply(self._source.draw(), self._scale, self._noise.reshape(self.dimension, self.n))
        run_calls(self._calls)
