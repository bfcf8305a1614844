"""What a run writes down of its trajectories: every point or those at chosen steps, and where they diverge, freeze, and reach a goal."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from parameters import Array
from simulation.chunk import Chunk, Plan
from simulation.objective import Objective
from simulation.progress import Lanes, Reporter
from simulation.record import Integers, Record

LOSS_IN_LOOP = 256
"""In chunks of at least so many trajectories the loss is computed together with the gradient; in smaller ones, for many steps at once."""
LOSSES_AT_ONCE = 4096
"""Points whose losses are computed together then: few enough for the arrays to stay in memory that is in use already."""
_LOOK_EVERY = 16
_FAR = 1e4
"""Where few points are kept, every `_LOOK_EVERY` steps those with a coordinate beyond this are noted: their loss may overflow."""


def record_path(plan: Plan, lanes: Lanes, record: Record, reporter: Reporter) -> None:
    """Run some trajectories and write down every point of theirs."""
    in_loop = lanes.size >= LOSS_IN_LOOP
    chunk = Chunk(plan, lanes, with_loss=in_loop)
    own_positions, own_losses = record.positions, record.losses
    own_positions[0] = chunk.points
    with np.errstate(all="ignore"):
        for t in reporter.steps(plan.steps, lanes.size):
            chunk.advance(t)
            own_positions[t + 1] = chunk.points
            if record.trials is not None:
                record.trials[t + 1] = chunk.trials
            if in_loop:
                own_losses[t] = chunk.loss
    first_missing = plan.steps if in_loop else 0
    fill_losses(plan.objective, lanes, own_positions[first_missing:], own_losses[first_missing:])
    record.diverged_at[:] = _mark_divergence(own_positions, own_losses)
    note_frozen(plan, lanes, chunk.overflowed(), record)


def note_frozen(plan: Plan, lanes: Lanes, overflowed: npt.NDArray[np.bool_], record: Record) -> None:
    """Find out on their whole paths from which step on trajectories are frozen.

    Args:
        plan, lanes: the trajectories.
        overflowed: of which coordinates something that is remembered has overflowed, shape (d, n).
        record: their paths.
    """
    stuck = overflowed & (record.diverged_at < 0)
    for lane in np.flatnonzero(stuck.any(axis=0)):
        record.frozen_at[lane] = _still_from(record.positions[:, stuck[:, lane], lane], _decays(plan, lanes)[lane])


def fill_losses(objective: Objective, lanes: Lanes, positions: Array, losses: Array) -> None:
    """The losses at points of shape (rows, d, n), many rows at a time."""
    dimension = objective.dimension
    at_once = min(max(1, LOSSES_AT_ONCE // lanes.size), len(positions))
    for first in range(0, len(positions), at_once):
        rows = min(at_once, len(positions) - first)
        if first == 0 or rows < at_once:
            flat, value = np.empty((dimension, rows * lanes.size)), np.empty(rows * lanes.size)
            calls = objective.bind(flat, lanes if rows == 1 else np.tile(lanes, rows), value=value)
        np.copyto(flat.reshape(dimension, rows, -1), positions[first : first + rows].swapaxes(0, 1))
        with np.errstate(all="ignore"):
            for routine, arguments in calls:
                routine(*arguments)
        np.copyto(losses[first : first + rows], value.reshape(rows, -1))


def _mark_divergence(positions: Array, losses: Array) -> Integers:
    """Where each trajectory left float range (-1: nowhere); overwrites it with NaN from there on.

    A point that is not finite never becomes finite again, so the last one tells. A loss may, so all of them are added up: the sum is
    finite only if every one is.
    """
    with np.errstate(all="ignore"):
        suspects = np.flatnonzero(~np.isfinite(losses.sum(axis=0) + positions[-1].sum(axis=0)))
    found = np.full(losses.shape[1], -1, dtype=np.int64)
    if suspects.size:
        bad = ~(np.isfinite(losses[:, suspects]) & np.isfinite(positions[:, :, suspects]).all(axis=1))
        diverged = bad.any(axis=0)
        found[suspects[diverged]] = bad.argmax(axis=0)[diverged]
        for lane in suspects[diverged]:
            positions[found[lane] :, :, lane] = np.nan
            losses[found[lane] :, lane] = np.nan
    return found


def _still_from(path: Array, decays: np.bool_) -> int:
    """The step from which on some coordinate of a path, shape (steps + 1, k), is not moved; -1 where each has moved in the last step."""
    moved = _moved(path[:-1], path[1:], decays)
    since = np.where(moved.any(axis=0), len(moved) - moved[::-1].argmax(axis=0), 0).min()
    return int(since) if since < len(moved) else -1


def _moved(before: Array, after: Array, decays: npt.NDArray[np.bool_] | np.bool_) -> npt.NDArray[np.bool_]:
    """Whether a step moved each coordinate otherwise than weight decay does, which takes it nearer to 0 whatever the slope."""
    shrunk = (np.abs(after) < np.abs(before)) & (np.sign(after) == np.sign(before))
    moved: npt.NDArray[np.bool_] = (after != before) & ~(shrunk & decays)
    return moved


def _decays(plan: Plan, lanes: Lanes) -> npt.NDArray[np.bool_]:
    """Whether each trajectory's optimizer has weight decay, shape (n,)."""
    strength = plan.optimizer.values.get("weight_decay", 0.0)
    return np.broadcast_to(np.not_equal(strength[lanes] if isinstance(strength, np.ndarray) else strength, 0), lanes.shape)


def record_thinned(plan: Plan, lanes: Lanes, record: Record, reporter: Reporter) -> None:
    """Run some trajectories and write down where they are at the steps to be kept, and when they first reach their goal.

    Little is checked on the way: the loss only where it may not be finite at ordinary points, or where there is a goal; and from time to
    time whether a trajectory is far away, where any loss may overflow. Trajectories that may have diverged are run again with every loss.
    """
    watch = not plan.objective.always_finite or record.reached is not None
    chunk = Chunk(plan, lanes, with_loss=watch)
    own_positions, own_losses = record.positions, record.losses
    row_after = {int(step): row for row, step in enumerate(plan.kept)}
    if 0 in row_after:
        own_positions[0] = chunk.points
    seen = np.zeros(lanes.size)
    goal = _Goal(plan, lanes) if record.reached is not None else None
    with np.errstate(all="ignore"):
        for t in reporter.steps(plan.steps, lanes.size):
            chunk.advance(t)
            if watch:
                np.add(seen, chunk.loss, seen)
                if goal:
                    goal.look(chunk.loss)
            elif t % _LOOK_EVERY == 0:
                seen[~(np.abs(chunk.points) < _FAR).all(axis=0)] = np.nan
            if t + 1 in row_after:
                own_positions[row_after[t + 1]] = chunk.points
                if record.trials is not None:
                    record.trials[row_after[t + 1]] = chunk.trials
        fill_losses(plan.objective, lanes, own_positions, own_losses)
        if goal and record.reached is not None:
            goal.look(own_losses[-1])
            record.reached[:] = goal.reached
        suspects = np.flatnonzero(~np.isfinite(seen + own_losses.sum(axis=0) + chunk.points.sum(axis=0)))
    if suspects.size:
        record.end(suspects, first_divergence(plan, lanes[suspects]), plan.kept)
    stuck = np.flatnonzero(chunk.overflowed().any(axis=0) & (record.diverged_at < 0))
    if stuck.size:
        record.frozen_at[stuck] = first_frozen(plan, lanes[stuck])


class _Goal:
    """The step at which each of some trajectories first reaches its goal."""

    def __init__(self, plan: Plan, lanes: Lanes) -> None:
        self._goal = plan.goal[lanes] if isinstance(plan.goal, np.ndarray) else plan.goal
        self._pending = np.ones(lanes.size, dtype=bool)
        self._there = np.empty(lanes.size, dtype=bool)
        self._looks = np.zeros(lanes.size, dtype=np.int32)

    def look(self, losses: Array) -> None:
        """The losses at the next step, from the start on."""
        np.less_equal(losses, self._goal, self._there)  # a loss that is not a number is not at most anything
        np.greater(self._pending, self._there, self._pending)
        np.add(self._looks, self._pending, self._looks)

    @property
    def reached(self) -> Integers:
        """The step, -1 where it was none."""
        return np.where(self._pending, -1, self._looks).astype(np.int64)


def first_divergence(plan: Plan, lanes: Lanes) -> Integers:
    """At which step each of some trajectories leaves float range, -1 where it never does, found out by running again."""
    chunk = Chunk(plan, lanes, with_loss=True)
    found = np.full(lanes.size, -1, dtype=np.int64)
    with np.errstate(all="ignore"):
        for t in range(plan.steps):
            before = np.isfinite(chunk.points).all(axis=0)
            chunk.advance(t)
            found[(found < 0) & ~(before & np.isfinite(chunk.loss))] = t
            if (found >= 0).all():
                return found
        end = np.empty((1, lanes.size))
        fill_losses(plan.objective, lanes, chunk.points[None], end)
        found[(found < 0) & ~(np.isfinite(end[0]) & np.isfinite(chunk.points).all(axis=0))] = plan.steps
    return found


def first_frozen(plan: Plan, lanes: Lanes) -> Integers:
    """From which step on a coordinate is not moved because what is remembered of it has overflowed, found out by running again."""
    chunk = Chunk(plan, lanes, with_loss=False)
    decays = _decays(plan, lanes)
    since = np.zeros(chunk.points.shape, dtype=np.int64)
    with np.errstate(all="ignore"):
        for t in range(plan.steps):
            before = chunk.points.copy()
            chunk.advance(t)
            since[_moved(before, chunk.points, decays)] = t + 1
    since[~chunk.overflowed()] = plan.steps
    earliest: Integers = since.min(axis=0)
    return np.where(earliest < plan.steps, earliest, -1)
