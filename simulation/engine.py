"""Runs many trajectories at once, in place.

Trajectories are cut into chunks that fit the processor's cache. For a chunk the optimizer's step and the objective's derivatives become
one list of calls on fixed arrays (`formulas.program`), and a run is a bare loop over it. Nothing that a trajectory computes depends on the
others, so the numbers are the same whatever the chunks and the number of workers.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from optimizers import Optimizer, Schedule
from parameters import Array
from simulation.chunk import Chunk, Plan
from simulation.objective import Objective, try_calls
from simulation.progress import Lanes, Progress, Reporter, in_threads
from simulation.run import Run

CHUNK = 16384
"""Trajectories computed together, so that their arrays stay in the cache."""
THREADED_CHUNK = 32768
"""The same where several threads share the work: fewer, longer calls leave them less to wait for each other."""
THREADED_FROM = 131_072
"""Fewer trajectories than this run faster on one thread."""
LOSS_IN_LOOP = 256
"""In chunks of at least so many trajectories the loss is computed together with the gradient; in smaller ones, for many steps at once."""
LOSSES_AT_ONCE = 4096
"""Points whose losses are computed together then: few enough for the arrays to stay in memory that is in use already."""
Integers = npt.NDArray[np.int64]
_ASKED = ("name", "dimension", "always_finite", "check_lanes", "bind")
"""What a run asks of an objective; the rest is for measures."""
_MOST = np.iinfo(np.int64).max
_LOOK_EVERY = 16
_FAR = 1e4
"""Where few points are kept, every `_LOOK_EVERY` steps those with a coordinate beyond this are noted: their loss may overflow."""
MEMORY = 2 * 1024**3
"""Bytes that a run's history may take if nothing else is said."""


def run(
    landscape: Objective,
    optimizer: Optimizer,
    starts: npt.ArrayLike,
    steps: int,
    schedule: Schedule | None = None,
    noise: float | Array = 0.0,
    seed: int = 0,
    keep: str | Sequence[int] = "path",
    *,
    numbers: npt.ArrayLike | None = None,
    goal: float | Array | None = None,
    progress: Progress | None = None,
    chunk: int | None = None,
    workers: int | None = None,
    memory: int = MEMORY,
) -> Run:
    """Run an optimizer from many starts in parallel.

    Args:
        landscape: what is descended, a landscape or another `Objective` of d coordinates; its parameters may be arrays of shape (N,), one
            value for each trajectory.
        optimizer: its hyper-parameters likewise.
        starts: shape (d, N), a row for each coordinate: on a landscape row 0 holds x and row 1 holds y.
        steps: how many steps, from 0.
        schedule: what the learning rate is multiplied by at each step; None leaves it as it is.
        noise: standard deviation of the Gaussian noise on each coordinate of the gradient, a number or an array of shape (N,).
        seed: chooses the noise. A trajectory's noise depends on the seed and on its number only.
        keep: "path" for the whole history, "last" for the final point only, or the rising numbers of the steps whose points are kept, the
            last step among them.
        numbers: whole numbers from 0, shape (N,), that choose each trajectory's noise; its index among the starts if not given. Those
            with one number have the same noise, so that they differ by nothing else, and a part of a larger run keeps its numbers.
        goal: a loss, or one for each trajectory, shape (N,): the run then tells at which step each is at most so high for the first time.
        progress: called now and then with the fraction done; if it returns False, the run stops.
        chunk, workers: trajectories computed together, and threads; chosen by the number of trajectories if not given. They do not
            change the numbers.
        memory: bytes that the history may take.

    Returns:
        The run. A trajectory that leaves float range is marked in `diverged_at` and NaN from there on; the others go on.

    Raises:
        TypeError, ValueError: an argument cannot be used; the message says which, why, and what can.
        Cancelled: `progress` returned False.
    """
    _check_kinds(landscape, optimizer, schedule)
    dimension = _check_count(f"the dimension of {landscape.name}", landscape.dimension, 1)
    points = _check_starts(starts, dimension)
    optimizer.check_dimension(dimension, landscape.name)
    steps, seed = _check_count("steps", steps, 0), _check_count("seed", seed, 0)
    kept = _check_keep(keep, steps)
    chunk, workers = (None if given is None else _check_count(name, given, 1) for name, given in (("chunk", chunk), ("workers", workers)))
    count = points.shape[1]
    noise = _check_noise(noise)
    _check_lanes(landscape, optimizer, noise, count)
    _check_memory(kept.size, dimension, count, steps, keep, memory)
    try_calls(landscape, points, optimizer.takes_hessian)

    positions, losses = np.empty((kept.size, dimension, count)), np.empty((kept.size, count))
    diverged_at = np.full(count, -1, dtype=np.int64)
    frozen_at = np.full(count, -1, dtype=np.int64)
    reached = None if goal is None else np.zeros(count, dtype=np.int64)
    plan = Plan(landscape, optimizer, points, steps, schedule, noise, seed, _check_numbers(numbers, count), kept, _check_goal(goal, count))
    threads = workers or (min(os.cpu_count() or 1, 8) if count >= THREADED_FROM else 1)
    size = chunk or (CHUNK if threads == 1 else THREADED_CHUNK)
    parts = [np.arange(first, min(first + size, count)) for first in range(0, count, size)]
    record = _run_path if kept.size == steps + 1 and goal is None else _run_thinned
    reporter = Reporter(progress, count * max(steps, 1))

    def work(lanes: Lanes) -> None:
        record(plan, lanes, positions, losses, diverged_at, frozen_at, reached, reporter)

    if threads == 1 or len(parts) == 1:
        for part in parts:
            work(part)
            reporter.check()
    else:
        in_threads(work, parts, threads, reporter)
    if progress:
        progress(1.0)
    return Run(positions, losses, diverged_at, landscape, optimizer, steps, schedule, noise, seed, kept, reached, frozen_at)


def _run_path(
    plan: Plan,
    lanes: Lanes,
    positions: Array,
    losses: Array,
    diverged_at: Integers,
    frozen_at: Integers,
    reached: Integers | None,
    reporter: Reporter,
) -> None:
    """Run some trajectories and write down every point of theirs."""
    in_loop = lanes.size >= LOSS_IN_LOOP
    chunk = Chunk(plan, lanes, with_loss=in_loop)
    mine = slice(int(lanes[0]), int(lanes[-1]) + 1)
    own_positions, own_losses = positions[:, :, mine], losses[:, mine]
    own_positions[0] = chunk.points
    with np.errstate(all="ignore"):
        for t in reporter.steps(plan.steps, lanes.size):
            chunk.advance(t)
            own_positions[t + 1] = chunk.points
            if in_loop:
                own_losses[t] = chunk.loss
    first_missing = plan.steps if in_loop else 0
    _fill_losses(plan.objective, lanes, own_positions[first_missing:], own_losses[first_missing:])
    diverged_at[mine] = _mark_divergence(own_positions, own_losses)
    stuck = chunk.overflowed() & (diverged_at[mine] < 0)
    for lane in np.flatnonzero(stuck.any(axis=0)):
        frozen_at[lanes[lane]] = _still_from(own_positions[:, stuck[:, lane], lane])


def _fill_losses(objective: Objective, lanes: Lanes, positions: Array, losses: Array) -> None:
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


def _still_from(path: Array) -> int:
    """The step from which on some coordinate of a path, shape (steps + 1, k), stands still; -1 where each has moved in the last step."""
    moved = path[1:] != path[:-1]
    since = np.where(moved.any(axis=0), len(moved) - moved[::-1].argmax(axis=0), 0).min()
    return int(since) if since < len(moved) else -1


def _run_thinned(
    plan: Plan,
    lanes: Lanes,
    positions: Array,
    losses: Array,
    diverged_at: Integers,
    frozen_at: Integers,
    reached: Integers | None,
    reporter: Reporter,
) -> None:
    """Run some trajectories and write down where they are at the steps to be kept, and when they first reach their goal.

    Little is checked on the way: the loss only where it may not be finite at ordinary points, or where there is a goal; and from time to
    time whether a trajectory is far away, where any loss may overflow. Trajectories that may have diverged are run again with every loss.
    """
    watch = not plan.objective.always_finite or reached is not None
    chunk = Chunk(plan, lanes, with_loss=watch)
    mine = slice(int(lanes[0]), int(lanes[-1]) + 1)
    own_positions, own_losses = positions[:, :, mine], losses[:, mine]
    row_after = {int(step): row for row, step in enumerate(plan.kept)}
    if 0 in row_after:
        own_positions[0] = chunk.points
    seen = np.zeros(lanes.size)
    goal = _Goal(plan, lanes) if reached is not None else None
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
        _fill_losses(plan.objective, lanes, own_positions, own_losses)
        if goal and reached is not None:
            goal.look(own_losses[-1])
            reached[mine] = goal.reached
        suspects = lanes[~np.isfinite(seen + own_losses.sum(axis=0) + chunk.points.sum(axis=0))]
    if suspects.size:
        found = _first_divergence(plan, suspects)
        diverged_at[suspects] = found
        gone = (found >= 0) & (plan.kept[:, None] >= found)
        rows, columns = np.nonzero(gone)
        positions[rows, :, suspects[columns]] = np.nan
        losses[rows, suspects[columns]] = np.nan
        if reached is not None:
            late = suspects[(found >= 0) & (reached[suspects] >= found)]
            reached[late] = -1
    stuck = lanes[chunk.overflowed().any(axis=0) & (diverged_at[lanes] < 0)]
    if stuck.size:
        frozen_at[stuck] = _first_frozen(plan, stuck)


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


def _first_divergence(plan: Plan, lanes: Lanes) -> Integers:
    chunk = Chunk(plan, lanes, with_loss=True)
    found = np.full(lanes.size, -1, dtype=np.int64)
    with np.errstate(all="ignore"):
        for t in range(plan.steps):
            before = chunk.points.sum(axis=0)
            chunk.advance(t)
            found[(found < 0) & ~np.isfinite(chunk.loss + before)] = t
            if (found >= 0).all():
                return found
        end = np.empty((1, lanes.size))
        _fill_losses(plan.objective, lanes, chunk.points[None], end)
        found[(found < 0) & ~np.isfinite(end[0] + chunk.points.sum(axis=0))] = plan.steps
    return found


def _first_frozen(plan: Plan, lanes: Lanes) -> Integers:
    """From which step on a coordinate stands still because what is remembered of it has overflowed, found out by running again."""
    chunk = Chunk(plan, lanes, with_loss=False)
    since = np.zeros(chunk.points.shape, dtype=np.int64)
    with np.errstate(all="ignore"):
        for t in range(plan.steps):
            before = chunk.points.copy()
            chunk.advance(t)
            since[chunk.points != before] = t + 1
    since[~chunk.overflowed()] = plan.steps
    earliest: Integers = since.min(axis=0)
    return np.where(earliest < plan.steps, earliest, -1)


def _check_kinds(landscape: Any, optimizer: Any, schedule: Any) -> None:
    """Refuse what is mistaken for the things themselves, their names first of all."""
    lacking = [name for name in _ASKED if not hasattr(landscape, name)]
    if lacking or isinstance(landscape, type):
        lacks = "" if isinstance(landscape, str | type) else f", which lacks {', '.join(lacking)}"
        raise TypeError(f"landscape must be a landscape or another Objective, not {landscape!r}{lacks}; {_advice('landscapes', landscape)}")
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"optimizer must be an Optimizer, not {optimizer!r}; {_advice('optimizers', optimizer)}")
    if not isinstance(schedule, Schedule | None):
        raise TypeError(f"schedule must be a Schedule or None, not {schedule!r}; {_advice('optimizers.schedules', schedule)}")


def _advice(catalogue: str, given: Any) -> str:
    return f"{catalogue}.get({given!r}) finds one by its name" if isinstance(given, str) else f"{catalogue}.get() finds one by its name"


def _array(given: Any) -> npt.NDArray[Any] | None:
    """What is given as an array of its own type; None for rows of unequal length."""
    try:
        return np.asarray(given)
    except ValueError:
        return None


def _check_starts(starts: npt.ArrayLike, dimension: int) -> Array:
    given = _array(starts)
    if given is None or given.ndim != 2 or given.shape[0] != dimension or given.shape[1] == 0:
        rows = "x in row 0 and y in row 1" if dimension == 2 else "a row for each coordinate"
        have = "rows of unequal length" if given is None else given.shape
        raise ValueError(f"starts must have the shape ({dimension}, N), {rows}, with N at least 1; these have {have}")
    try:
        points = np.array(given, dtype=np.float64) if given.dtype.kind in "fiubO" else None
    except (TypeError, ValueError, OverflowError):  # in an array of objects
        points = None
    if points is None:
        raise TypeError(f"starts must be real numbers, within float64's range; these are {given.dtype}")
    bad = np.flatnonzero(~np.isfinite(points).all(axis=0))
    if bad.size:
        raise ValueError(f"starts must be finite; start {bad[0]} is ({', '.join(map(str, points[:, bad[0]].tolist()))})")
    return points


def _check_keep(keep: str | Sequence[int], steps: int) -> Integers:
    """The numbers of the steps to keep."""
    if isinstance(keep, str):
        if keep not in ("path", "last"):
            raise ValueError(f"keep is {keep!r}; choose 'path' or 'last', or the numbers of the steps to keep")
        return np.arange(steps + 1) if keep == "path" else np.array([steps])
    kept = _array(keep)
    if kept is None or kept.ndim != 1 or kept.dtype.kind not in "iu" or not kept.size:
        raise TypeError(f"keep must be 'path', 'last' or the numbers of steps, not {keep!r}")
    kept = _as_int64("keep", kept)  # before any arithmetic, which wraps around where numbers have no sign
    if kept[0] < 0 or kept[-1] != steps or np.any(np.diff(kept) <= 0):
        raise ValueError(f"the steps to keep must rise from 0 or more to the last step, {steps}; these are {kept.tolist()}")
    return kept


def _check_goal(goal: Any, count: int) -> float | Array:
    """The goal, as float64; NaN, which nothing reaches, where there is none."""
    if goal is None:
        return float("nan")
    wanted = _array(goal)
    if wanted is None or wanted.dtype.kind not in "fiu" or wanted.shape not in ((), (count,)):
        raise ValueError(f"goal must be a loss or one for each of the {count} starts, not {goal!r}")
    return wanted.astype(np.float64) if wanted.ndim else float(wanted)


def _check_numbers(numbers: npt.ArrayLike | None, count: int) -> Integers:
    if numbers is None:
        return np.arange(count)
    given = _array(numbers)
    if given is None or given.shape != (count,) or given.dtype.kind not in "iu":
        said = "rows of unequal length" if given is None else f"{given.dtype} of shape {given.shape}"
        raise ValueError(f"numbers must be whole numbers, one for each of the {count} starts; these are {said}")
    if given.min() < 0:
        raise ValueError(f"the numbers that choose the noise start from 0; the least given is {given.min()}")
    return _as_int64("numbers", given)


def _as_int64(name: str, whole: npt.NDArray[np.integer[Any]]) -> Integers:
    if whole.max() > _MOST:
        raise ValueError(f"{name} holds {whole.max()}; the greatest number that can be used is {_MOST}")
    return whole.astype(np.int64)


def _check_count(name: str, value: Any, least: int) -> int:
    """The number as Python's own int, which does not wrap around as NumPy's do."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    if value < least:
        raise ValueError(f"{name} is {value}; choose {least} or more")
    return int(value)


def _check_noise(noise: Any) -> float | Array:
    deviation = _array(noise)
    if deviation is None or deviation.dtype.kind not in "fiu" or deviation.ndim > 1:
        raise TypeError(f"noise must be a number or an array of shape (N,), not {noise!r}")
    if not (np.isfinite(deviation).all() and (deviation >= 0).all()):
        raise ValueError(f"noise is {noise}; it is a standard deviation, so choose 0 or more")
    return deviation.astype(np.float64) if deviation.ndim else float(deviation)


def _check_lanes(landscape: Objective, optimizer: Optimizer, noise: float | Array, count: int) -> None:
    landscape.check_lanes(count, "starts")
    optimizer.check_lanes(count, "starts")
    if isinstance(noise, np.ndarray) and noise.size != count:
        raise ValueError(f"noise holds {noise.size} values for {count} starts; give one for each of them, or a single number")


def _check_memory(rows: int, dimension: int, count: int, steps: int, keep: str | Sequence[int], memory: int) -> None:
    needed = rows * count * (dimension + 1) * 8
    if needed > memory:
        advice = "ask for fewer starts" if keep == "last" else "ask for fewer steps or starts, or keep='last'"
        said = repr(keep) if isinstance(keep, str) else f"{rows} steps"
        raise ValueError(
            f"{count:,} trajectories of {steps:,} steps need {_in_words(needed)} of history (keep={said}), "
            f"and the limit is {_in_words(memory)}; {advice}, or raise the limit with memory="
        )


def _in_words(size: int) -> str:
    for unit, name in ((2**30, "GiB"), (2**20, "MiB")):
        if size >= unit:
            return f"{size / unit:.2f} {name}"
    return f"{size:,} bytes"
