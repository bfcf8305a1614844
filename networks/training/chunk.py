"""Some networks, ready to step: an optimizer's step and the networks' slopes as one list of calls on fixed arrays, a network a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from formulas import evaluate
from formulas.program import Call, Oracle
from networks.curvature import Curvature
from networks.network import Network
from networks.passes import Passes
from networks.training import matrices
from networks.training.draws import Batches, Dropout
from optimizers import Optimizer, Schedule, update_rules
from optimizers.options import CLIPPING, clip
from optimizers.searches import Repeat, backtrack, bracket, counting, repeated, write_losses
from optimizers.step_program import SHAPES, parse_initial
from parameters import Array, Value
from simulation.noise import Noise
from simulation.step_values import StepValues

MOMENTUM = 0.1
"""The share of a batch's statistics in the running ones of batch normalization, as in the common deep-learning library."""


@dataclass(frozen=True)
class Plan:
    """What all chunks have in common: the training's arguments, checked.

    Attributes:
        rows: the examples, shape (1, n, width), or those of each network, (R, n, width); see `networks.passes.rows_of`.
        starts: weights, shape (R, P), packed.
        batch: examples in each step; 0 for all of them.
        fixed: which packed weights are frozen, shape (P,); None if none are.
        l2, l1, noise: numbers or arrays of shape (R,).
        numbers: what chooses each network's batches and noise, shape (R,).
        dtype: what is computed in.
        states: the optimizer's states that are written down.
    """

    net: Network
    rows: Array
    optimizer: Optimizer
    starts: Array
    steps: int
    batch: int
    replacement: bool
    schedule: Schedule | None
    l2: Value
    l1: Value
    noise: Value
    fixed: npt.NDArray[np.bool_] | None
    seed: int
    numbers: npt.NDArray[np.int64]
    dtype: type[np.floating[Any]]
    states: tuple[str, ...] = ()


class Chunk:
    """Some networks, ready to step.

    Attributes:
        weights: packed, shape (n, P); `advance` changes them.
        statistics: running means and variances of batch normalization, shape (n, S), in the order of `Passes.moments`.
        batch_losses: the mean loss over the batch of the step that was taken last, shape (n,), if `wants_losses` was set before it.
        trials: how many step lengths have been tried so far, shape (n,).
    """

    def __init__(self, plan: Plan, mine: slice) -> None:
        self.plan, self._mine = plan, mine
        self.weights = np.array(plan.starts[mine], dtype=plan.dtype)
        self.n, self._size = self.weights.shape
        numbers = plan.numbers[mine]
        rows = plan.rows if len(plan.rows) == 1 else plan.rows[mine]
        examples, width = rows.shape[1:]
        self._examples = rows.reshape(-1, width)
        self._first = np.arange(len(rows))[:, None] * examples
        self._batches = Batches(plan.seed, numbers, examples, plan.batch, plan.replacement) if plan.batch else None
        self._rows = np.empty((self.n, plan.batch, width), plan.dtype) if plan.batch else rows
        self.passes = Passes(plan.net, self._rows, self.n, dropout=plan.net.dropout > 0, dtype=plan.dtype)
        self._dropout = Dropout(plan.seed, numbers, self.passes.masks, plan.net.dropout) if self.passes.masks else None
        self._noise = np.zeros(self.weights.shape, plan.dtype) if np.any(plan.noise) else None
        self._source = Noise(plan.seed, numbers, self._size) if self._noise is not None else None
        self._scratch = np.empty_like(self.weights)
        self.statistics = np.zeros_like(self.passes.moments)
        self.statistics[:, self.passes.of_variances] = 1.0
        size = self._rows.shape[1]
        self._unbiased = np.where(self.passes.of_variances, size / max(size - 1, 1), 1.0).astype(plan.dtype)
        self._change = np.empty_like(self.statistics)
        self.wants_losses, self.batch_losses = False, np.full(self.n, np.nan)
        self._losses_read = False
        self.trials = np.zeros(self.n)
        hyper = {name: self._per_network(value) for name, value in plan.optimizer.values.items()}
        self._values = StepValues(plan.optimizer, hyper, (self.n, 1), plan.steps, plan.schedule)
        self._bind()

    @property
    def _first_learning(self) -> int:
        """The first layer that is not frozen; the last one if all are."""
        fixed, layers = self.plan.fixed, self.plan.net.layers
        if fixed is None:
            return 0
        return next((index for index, layer in enumerate(layers) if not fixed[layer.weight.start]), len(layers) - 1)

    def _per_network(self, value: Value, dtype: type[np.floating[Any]] = np.float64) -> Array:
        """A number as it is, and one for each network as a column, which broadcasts with the weights."""
        return np.asarray(value[self._mine, None] if isinstance(value, np.ndarray) else value, dtype=dtype)

    def _bind(self) -> None:
        optimizer, step = self.plan.optimizer, self.plan.optimizer.program
        carried_names = {name for name, _ in step.carried}
        state = {name: self._initial(text) for name, text in optimizer.state.items()}
        arrays = {name: array for name, array in state.items() if name not in carried_names}
        varies = any(value.ndim for value in self._values.hyper.values())
        carried = {name: np.array(state[name][:, :1] if varies else state[name][0, 0], dtype=np.float64) for name in carried_names}
        oracles: dict[str, Oracle] = {name: _on_rows(function.compute) for name, function in update_rules.FUNCTIONS.items()}
        oracles |= {name: _on_matrices(function) for name, function in matrices.FUNCTIONS.items()}
        oracles |= {"gradient": self._gradient, "loss": self._loss, "hessian": self._hessian}
        oracles |= {"step_length": self._step_length, "wolfe_length": self._wolfe_length}
        own = {name: self._per_network(value) for name, value in optimizer.values.items()}
        self._remembered = {name: (array, 1.0) for name, array in arrays.items()}
        self._remembered |= {name: (arrays[name], evaluate(share, own)) for name, share in step.shares}
        early = {**self._values.hyper, **carried, "t": self._values.t}
        sizes: dict[str, int | tuple[int, ...]] = {shape: (self.n, self._width(shape)) for shape in ("vector", "matrix", "memory")}
        bound = step.program.bind(sizes, {**arrays, "x": self.weights}, early, oracles, self.plan.dtype)
        self._calls = bound.calls
        self._values.follow(step, bound, carried)

    def remembered(self, name: str) -> Array:
        """What the optimizer remembers of each weight under a name, packed, shape (n, P)."""
        array, share = self._remembered[name]
        return np.asarray(array * share)

    def _width(self, shape: str) -> int:
        width: int = {"vector": self._size, "matrix": self._size**2, "memory": update_rules.REMEMBERED * self._size}[shape]
        return width

    def _initial(self, text: str) -> Array:
        """A state before the first step, shape (n, width)."""
        shape = SHAPES.get(text, "vector")
        result = np.zeros((self.n, self._width(shape)), self.plan.dtype)
        if shape == "matrix":
            result[:] = np.eye(self._size).reshape(-1)
        elif shape == "vector":
            own = {name: self._per_network(value) for name, value in self.plan.optimizer.values.items()}
            result[:] = evaluate(parse_initial(text, tuple(own)), {**own, "x": self.weights})
        return result

    def _gradient(self, operands: tuple[Array, ...], out: Array) -> list[Call]:
        (at,) = operands
        calls = self._slopes(at, out, read_losses=at is self.weights)
        if self._noise is not None:
            calls.append((np.add, (out, self._noise, out)))
        if self.plan.fixed is not None:
            calls.append((np.multiply, (out, (~self.plan.fixed).astype(self.plan.dtype), out)))
        if limits := self.plan.optimizer.clipping:
            norm, value = (self._limit(limits.get(limit.name, 0.0)) for limit in CLIPPING)
            calls.append((clip, (out.T, norm, value)))
        return calls

    def _limit(self, value: Value) -> Array:
        return np.asarray(value[self._mine] if isinstance(value, np.ndarray) else value)

    def _slopes(self, at: Array, out: Array, read_losses: bool = False) -> list[Call]:
        """The calls for the slopes of loss and penalties, without noise."""
        calls = self.passes.forward(at)
        if read_losses:
            calls.append((self._read_losses, ()))
        calls += self.passes.backward(at, out, self._first_learning)
        counted = self.plan.net.layout.penalized().astype(self.plan.dtype)
        if np.any(self.plan.l2):
            strength = self._per_network(self.plan.l2, self.plan.dtype) * counted
            calls += [(np.multiply, (at, strength, self._scratch)), (np.add, (out, self._scratch, out))]
        if np.any(self.plan.l1):
            strength = self._per_network(self.plan.l1, self.plan.dtype) * counted
            scratch = self._scratch
            calls += [(np.sign, (at, scratch)), (np.multiply, (scratch, strength, scratch)), (np.add, (out, scratch, out))]
        return calls

    def _read_losses(self) -> None:
        if self.wants_losses:
            self.batch_losses = self.passes.losses()
            self.wants_losses = False

    def _asked(self) -> Callable[[Array], Array]:
        """The loss, penalties included, as a function of weights as columns, shape (P, n); the next call overwrites it."""
        trial = np.empty_like(self.weights)
        calls = self.passes.forward(trial)
        counted = self.plan.net.layout.penalized()
        l2, l1 = (self._per_network(strength).reshape(-1) for strength in (self.plan.l2, self.plan.l1))

        def loss(columns: Array) -> Array:
            np.copyto(trial, columns.T)
            for routine, arguments in calls:
                routine(*arguments)
            total = self.passes.losses()
            if np.any(l2):
                total += 0.5 * l2 * np.add.reduce(np.square(trial) * counted, axis=1)
            if np.any(l1):
                total += l1 * np.add.reduce(np.abs(trial) * counted, axis=1)
            return total

        return loss

    def _asked_slopes(self) -> Callable[[Array], Array]:
        """The slopes, likewise, without noise: shape (P, n)."""
        trial, found = np.empty_like(self.weights), np.empty_like(self.weights)
        calls = self._slopes(trial, found)

        def slopes(columns: Array) -> Array:
            np.copyto(trial, columns.T)
            for routine, arguments in calls:
                routine(*arguments)
            return found.T

        return slopes

    def _loss(self, operands: tuple[Array, ...], out: Array) -> list[Call]:
        loss, (at,) = self._asked(), operands
        return [(lambda: write_losses(loss(at.T), out.T), ())]

    def _step_length(self, operands: tuple[Array, ...], out: Array) -> list[Call]:
        return [(backtrack, (self._asked(), *_columns(operands), out.T, self._counting()))]

    def _wolfe_length(self, operands: tuple[Array, ...], out: Array) -> list[Call]:
        return [(bracket, (self._asked(), self._asked_slopes(), *_columns(operands), out.T, self._counting()))]

    def _counting(self) -> Repeat:
        return counting(repeated, lambda trials: np.add(self.trials, trials, self.trials))

    def _hessian(self, operands: tuple[Array, ...], out: Array) -> list[Call]:
        (at,) = operands
        own = np.array(self._rows[:1])
        curvature = Curvature(self.plan.net, own)
        square = out.reshape(self.n, self._size, self._size)
        l2 = np.broadcast_to(self._per_network(self.plan.l2).reshape(-1), (self.n,))
        counted = self.plan.net.layout.penalized()
        diagonal = np.arange(self._size)

        def write() -> None:
            for row in range(self.n):
                own[0] = self._rows[row % len(self._rows)]
                curvature.write(at[row : row + 1], square[row : row + 1])
                square[row, diagonal, diagonal] += l2[row] * counted

        return [(write, ())]

    def advance(self, t: int) -> None:
        """Take step `t` (from 0). To be called within `networks.running.in_place()`."""
        plan = self.plan
        if self._batches:
            chosen = self._batches.at(t) + self._first
            np.take(self._examples, chosen, axis=0, out=self._rows, mode="clip")  # whose output is not buffered in this mode
        if self._dropout:
            self._dropout.draw(t)
        if self._noise is not None and self._source is not None:
            np.multiply(self._source.draw().T, self._per_network(plan.noise), self._noise)
        self._values.set(t)
        for routine, arguments in self._calls:
            routine(*arguments)
        if plan.fixed is not None:
            np.copyto(self.weights, plan.starts[self._mine], where=plan.fixed)
        self._follow_statistics()

    def _follow_statistics(self) -> None:
        """Running means and variances: of the batch of each step a share, the variance without its bias."""
        if self.statistics.size:
            change = self._change
            np.multiply(self.passes.moments, self._unbiased, change)
            change -= self.statistics
            change *= MOMENTUM
            self.statistics += change


def _columns(operands: tuple[Array, ...]) -> list[Array]:
    return [operand.T if operand.ndim == 2 else operand for operand in operands]


def _on_rows(routine: Callable[..., Any]) -> Oracle:
    """A function of trajectories that are columns, for networks that are rows."""

    def calls(operands: tuple[Array, ...], out: Array) -> list[Call]:
        return [(routine, (*_columns(operands), out.T))]

    return calls


def _on_matrices(routine: Callable[..., Any]) -> Oracle:
    def calls(operands: tuple[Array, ...], out: Array) -> list[Call]:
        return [(routine, (*operands, out))]

    return calls
