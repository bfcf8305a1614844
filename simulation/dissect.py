"""Steps taken apart: every step of a trajectory again, by its optimizer's equations as they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from optimizers import Optimizer, update_rules
from optimizers.options import CLIPPING, clip
from optimizers.parts import Anatomy, take_apart
from optimizers.searches import backtrack, best_of, bracket, write_losses
from parameters import Array
from simulation.noise import Noise
from simulation.objective import Objective
from simulation.run import Run

MOST_STEPS = 2000
"""Steps of a trajectory that are taken apart; more take longer than a user waits."""


@dataclass(frozen=True, eq=False)
class Dissection:
    """The steps of one trajectory, taken apart.

    Attributes:
        run: the trajectory alone, with the optimizer that it had.
        count: the number of steps taken apart: fewer than the run's where it diverged, or has more than `MOST_STEPS`.
        rates: the learning rate of each step, shape (count,); NaN where there is none.
        anatomy: the steps taken apart, N = count.
    """

    run: Run
    count: int
    rates: Array
    anatomy: Anatomy


def dissect(run: Run, trajectory: int = 0) -> Dissection:
    """Take the steps of a trajectory apart, with the noise that it had.

    Args:
        run: with its path; its noise was chosen by the trajectories' indices among the starts.
        trajectory: which one, from 0.

    Raises:
        ValueError: the run did not keep its path, its objective differs from trajectory to trajectory, or there is no such trajectory.
    """
    if len(run.positions) != run.steps + 1:
        raise ValueError("only a run with its whole path can be taken apart; run it with keep='path'")
    if run.objective.per_lane:
        raise ValueError(
            f"{run.objective.name} has a value for each trajectory; steps are taken apart where all trajectories descend the same"
        )
    if not 0 <= trajectory < run.count:
        raise ValueError(f"there is no trajectory {trajectory}; the run has {run.count}, counted from 0")
    own = _alone(run, trajectory)
    diverged = int(own.diverged_at[0])
    count = min(run.steps if diverged < 0 else max(diverged - 1, 0), MOST_STEPS)
    noise = _noise(own, trajectory, count)
    factors = run.schedule.factors(run.steps)[:count] if run.schedule else np.ones(count)
    draws = drawn(run.optimizer, run.seed, trajectory, count, run.dimension)
    before, steps = _states(own, noise, draws, factors), np.arange(1, count + 1)
    scaled = factors * own.optimizer.rate_factor(steps)
    anatomy = take_apart(own.optimizer, before, steps, oracles(run.objective, noise, own.optimizer, draws), scaled)
    return Dissection(own, count, float(own.optimizer.values.get("lr", np.nan)) * scaled, anatomy)


def _alone(run: Run, trajectory: int) -> Run:
    """The run of one of its trajectories."""
    values, limits = (
        {name: value[trajectory] if isinstance(value, np.ndarray) else value for name, value in given.items()}
        for given in (run.optimizer.values, run.optimizer.clipping)
    )
    return replace(
        run,
        positions=run.positions[:, :, [trajectory]],
        losses=run.losses[:, [trajectory]],
        diverged_at=run.diverged_at[[trajectory]],
        frozen_at=run.frozen_at[[trajectory]],
        optimizer=run.optimizer.with_parameters(**values).clipped(**limits),
        noise=float(run.noise[trajectory]) if isinstance(run.noise, np.ndarray) else run.noise,
    )


def _noise(run: Run, trajectory: int, count: int) -> Array:
    """The noise on the gradient of each step, shape (d, count)."""
    if not run.noise:
        return np.zeros((run.dimension, count))
    source = Noise(run.seed, np.array([trajectory]), run.dimension)
    return np.array([run.noise * source.draw()[:, 0] for _ in range(count)]).reshape(count, run.dimension).T


def drawn(optimizer: Optimizer, seed: int, number: int, steps: int, dimension: int) -> Array:
    """The random numbers that a trajectory's steps draw, shape (k, steps), a column a step; k is 0 where a method draws none.

    Args:
        seed, number: the run's seed and the number of the trajectory.
    """
    if not optimizer.draws:
        return np.empty((0, steps))
    source = Noise(seed, np.array([number]), dimension * optimizer.draws)
    return np.array([source.draw()[:, 0] for _ in range(steps)]).reshape(steps, -1).T


def _states(run: Run, noise: Array, draws: Array, factors: Array) -> dict[str, Array]:
    """The point and every state before each step, a column a step. Each step starts from the path itself, so that no error adds up."""
    state = run.optimizer.initial_state(run.positions[0])
    before = {name: [value[:, :0]] for name, value in state.items()}
    for t, factor in enumerate(factors.tolist()):
        for name, value in state.items():
            before[name].append(value)
        asked = oracles(run.objective, noise[:, t : t + 1], run.optimizer, draws[:, t : t + 1])
        terms = run.optimizer.terms(run.positions[t], state, t + 1, asked, factor)
        state = {name: np.array(np.broadcast_to(terms[name], value.shape)) for name, value in state.items()}
    return {name: np.concatenate(values, axis=1) for name, values in before.items()} | {"x": run.positions[: len(factors), :, 0].T}


def oracles(
    objective: Objective, noise: Array | float = 0.0, optimizer: Optimizer | None = None, draws: Array | None = None
) -> dict[str, Callable[..., Array]]:
    """The functions that `Optimizer.terms` needs, on arrays of shape (d, N).

    Args:
        objective: what they are asked of.
        noise: added to every gradient, shape (d, N).
        optimizer: who asks: gradients are clipped as it is given.
        draws: the random numbers of the step, shape (k, N), of a method that draws points; see `drawn`.
    """
    limits = [optimizer.clipping.get(limit.name, 0.0) for limit in CLIPPING] if optimizer else [0.0, 0.0]

    def gradient(points: Array) -> Array:
        slope = objective.gradient(points) + noise
        clip(slope, *limits)
        return slope

    def hessian(points: Array) -> Array:
        rows = np.empty((update_rules.MATRIX_ROWS, points.shape[1]))
        for routine, arguments in objective.bind(np.ascontiguousarray(points), hessian=rows):
            routine(*arguments)
        return rows

    def loss(points: Array) -> Array:
        losses = np.empty(points.shape)
        write_losses(objective.value(points), losses)
        return losses

    def step_length(points: Array, direction: Array, slope: Array) -> Array:
        length = np.empty(points.shape)
        backtrack(objective.value, points, direction, slope, length)
        return length

    def wolfe_length(points: Array, direction: Array, slope: Array, share: Array) -> Array:
        length = np.empty(points.shape)
        bracket(objective.value, objective.gradient, points, direction, slope, np.asarray(share), length)
        return length

    def generation(points: Array, spread: Array, covariance: Array) -> Array:
        assert draws is not None, "a method that draws points is given what it draws"
        chosen = np.empty((update_rules.PARENTS * len(points), points.shape[1]))
        best_of(objective.value, points, np.broadcast_to(spread, points.shape), covariance, draws, chosen)
        return chosen

    asked: tuple[Callable[..., Array], ...] = (gradient, loss, hessian, step_length, wolfe_length, generation)
    return {function.__name__: function for function in asked}
