"""A map of basins and a sweep in plain NumPy on arrays of shape (N, 2), as a competent person writes them who does not think of speed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.peers.plain import STEPS
from benchmarks.peers.problem import Array, Problem
from benchmarks.peers.surfaces import SURFACES


def basin_map(
    problem: Problem, ends: Array, size: Array, looks: Sequence[int], deciding: int, near: float, low: float
) -> tuple[npt.NDArray[np.int64], Array]:
    """Where each trajectory comes to rest, and when.

    Args:
        problem: what to run.
        ends: the points at which one can come to rest, shape (M, 2).
        size: of the window, shape (2,).
        looks: the steps at which it is looked where everyone is.
        deciding: how many of the last looks decide.
        near, low: at an end is what is nearer to it than this share of the window, at a loss no farther from its own.

    Returns:
        The number of the end, -1 for none, and the look from which on the trajectory was there at every look.
    """
    value, gradient = SURFACES[problem.landscape](np)
    step = STEPS[problem.optimizer](problem.values, gradient)
    points = np.ascontiguousarray(problem.starts.T)
    places = [points]
    with np.errstate(all="ignore"):
        for t in range(1, problem.steps + 1):
            points = step(points, t)
            if t in looks:
                places.append(points)
        at = [_nearest(there, ends, size, near) for there in places]
        heights = value(ends)
        at = [np.where(np.abs(value(there) - heights[index]) <= low, index, -1) for there, index in zip(places, at, strict=True)]
    ended = np.where(np.all([index == at[-1] for index in at[-deciding:]], axis=0), at[-1], -1)
    arrived = np.full(ended.shape, -1)
    staying = ended >= 0
    for look in range(len(at) - 1, -1, -1):
        staying = staying & (at[look] == ended)
        arrived = np.where(staying, look, arrived)
    return ended, arrived


def _nearest(points: Array, ends: Array, size: Array, near: float) -> npt.NDArray[np.int64]:
    distances = np.linalg.norm((points[:, None, :] - ends[None, :, :]) / size, axis=2)
    nearest = distances.argmin(axis=1)
    return np.where(distances[np.arange(len(points)), nearest] <= near, nearest, -1)


def sweep_map(problem: Problem, rates: Array, momenta: Array, starts: int, goal: float) -> tuple[Array, Array]:
    """The median over the starts of the final loss and of the steps to a goal, for momentum, in every cell.

    Args:
        problem: what to run: all starts of the first cell, then all of the second and so on.
        rates, momenta: one for each trajectory.
        starts: how many there are in a cell.
        goal: the loss that is to be reached.
    """
    value, gradient = SURFACES[problem.landscape](np)
    points = np.ascontiguousarray(problem.starts.T)
    velocity = np.zeros_like(points)
    losses = [value(points)]
    with np.errstate(all="ignore"):
        for _ in range(problem.steps):
            velocity = momenta[:, None] * velocity + gradient(points)
            points = points - rates[:, None] * velocity
            losses.append(value(points))
        history = np.stack(losses)
        reached = history <= goal
        steps = np.where(reached.any(axis=0), reached.argmax(axis=0), np.inf)
        final = np.where(np.isfinite(history[-1]), history[-1], np.inf)
    return np.median(final.reshape(-1, starts), axis=1), np.median(steps.reshape(-1, starts), axis=1)
