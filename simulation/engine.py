"""Runs many trajectories at once, in place.

Trajectories are cut into chunks that fit the processor's cache. For a chunk the optimizer's step and the landscape's derivatives become
one list of calls on fixed arrays (`formulas.program`), and a run is a bare loop over it. Nothing that a trajectory computes depends on the
others, so the numbers are the same whatever the chunks and the number of workers.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from formulas.program import Bound, Call, Oracle
from landscapes import Landscape
from optimizers import Optimizer, Schedule
from optimizers.optimizer import StepProgram
from parameters import Array, Value
from simulation.noise import Noise
from simulation.run import Run

CHUNK = 16384
"""Trajectories computed together, so that their arrays stay in the cache."""
THREADED_CHUNK = 32768
"""The same where several threads share the work: fewer, longer calls leave them less to wait for each other."""
WORTH_THREADS = 131_072
"""Fewer trajectories than this run faster on one thread."""
LOSS_IN_LOOP = 256
"""From so many trajectories a chunk the loss is computed together with the gradient; below, for many steps at once."""
LOSSES_AT_ONCE = 4096
"""Points whose losses are then computed together: few enough for their arrays to be reused memory instead of fresh pages."""
MEMORY = 2 * 1024**3
"""Bytes that a run's history may take if nothing else is said."""

Progress = Callable[[float], object]
Lanes = npt.NDArray[np.intp]


class Cancelled(Exception):
    """A progress callback asked for the run to stop."""


def run(
    landscape: Landscape,
    optimizer: Optimizer,
    starts: npt.ArrayLike,
    steps: int,
    schedule: Schedule | None = None,
    noise: float | Array = 0.0,
    seed: int = 0,
    keep: str = "path",
    *,
    progress: Progress | None = None,
    chunk: int | None = None,
    workers: int | None = None,
    memory: int = MEMORY,
) -> Run:
    """Run an optimizer from many starts in parallel.

    Args:
        landscape: its parameters may be arrays of shape (N,), one value for each trajectory.
        optimizer: its hyper-parameters likewise.
        starts: shape (2, N): row 0 holds x, row 1 holds y.
        steps: how many steps, from 0.
        schedule: what the learning rate is multiplied by at each step; None leaves it as it is.
        noise: standard deviation of the Gaussian noise on each coordinate of the gradient, a number or an array of shape (N,).
        seed: chooses the noise. A trajectory's noise depends on the seed and on its place among the starts only.
        keep: "path" for the whole history, "last" for the final point only.
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
    points = _check_starts(starts)
    _check_count("steps", steps)
    _check_count("seed", seed)
    if keep not in ("path", "last"):
        raise ValueError(f"keep is {keep!r}; choose 'path' or 'last'")
    count = points.shape[1]
    _check_lanes(landscape, optimizer, noise, count)
    rows = steps + 1 if keep == "path" else 1
    _check_memory(rows, count, steps, keep, memory)

    positions, losses = np.empty((rows, 2, count)), np.empty((rows, count))
    diverged_at = np.full(count, -1, dtype=np.int64)
    plan = _Plan(landscape, optimizer, points, steps, schedule, noise, seed)
    threads = workers or (min(os.cpu_count() or 1, 8) if count >= WORTH_THREADS else 1)
    size = chunk or (CHUNK if threads == 1 else THREADED_CHUNK)
    parts = [np.arange(first, min(first + size, count)) for first in range(0, count, size)]
    record = _run_path if keep == "path" else _run_last
    reporter = _Reporter(progress, count * max(steps, 1))

    def work(lanes: Lanes) -> None:
        record(plan, lanes, positions, losses, diverged_at, reporter)

    if threads == 1 or len(parts) == 1:
        for part in parts:
            work(part)
            reporter.check()
    else:
        _in_threads(work, parts, threads, reporter)
    if progress:
        progress(1.0)
    return Run(positions, losses, diverged_at, landscape, optimizer, int(steps), schedule, noise, int(seed), keep)


@dataclass(frozen=True)
class _Plan:
    """What all chunks have in common."""

    landscape: Landscape
    optimizer: Optimizer
    starts: Array
    steps: int
    schedule: Schedule | None
    noise: Value
    seed: int


class _Chunk:
    """Some trajectories, ready to step.

    Attributes:
        points: where they are, shape (2, n); `advance` changes it.
        loss: the loss at the point before the last step, shape (n,), if `with_loss`.
    """

    def __init__(self, plan: _Plan, lanes: Lanes, with_loss: bool) -> None:
        self.plan, self.lanes = plan, lanes
        self.n = lanes.size
        self.flat = np.ascontiguousarray(plan.starts[:, lanes]).reshape(-1)
        self.points = self.flat.reshape(2, self.n)
        self.loss = np.empty(self.n)
        self._wants_loss = with_loss
        self._noise = np.zeros(2 * self.n) if np.any(plan.noise) else None
        self._source = Noise(plan.seed, lanes) if self._noise is not None else None
        self._scale = self._per_lane(plan.noise)
        self._factors = plan.schedule.factors(plan.steps) if plan.schedule else None
        self._t = np.ones(())
        self._hyper = {name: self._per_coordinate(value) for name, value in plan.optimizer.values.items()}
        self._base_rate = self._hyper.get("lr")
        if self._base_rate is not None:
            self._hyper["lr"] = self._base_rate * np.ones(())  # an array of its own, to be scaled at each step
        self._bind()

    def _per_lane(self, value: Value) -> Array:
        return np.asarray(value[self.lanes] if isinstance(value, np.ndarray) else value, dtype=np.float64)

    def _per_coordinate(self, value: Value) -> Array:
        array = self._per_lane(value)
        return np.concatenate([array, array]) if array.ndim else array

    def _bind(self) -> None:
        step = self.plan.optimizer.program
        state = self.plan.optimizer.initial_state(self.points, self._own_hyper_parameters())
        arrays = {name: state[name].reshape(-1) for name in state if name not in dict(step.carried)}
        carried = {name: self._uniform_start(state[name]) for name, _ in step.carried}
        oracles: dict[str, Oracle] = {"gradient": self._gradient, "hessian": self._hessian, "step_length": self._step_length}
        early = {**self._hyper, **carried, "t": self._t}
        loss: list[Call] = []
        if self._wants_loss and self.plan.optimizer.looks_ahead:
            loss = self._evaluate(self.flat, {"value": self.loss})
        bound: Bound = step.program.bind({"vector": 2 * self.n, "matrix": 3 * self.n}, {**arrays, "x": self.flat}, early, oracles)
        self._calls = loss + bound.calls
        results = [(carried[name], bound.early_value(node)) for name, node in step.carried]
        for before, after in results:
            np.copyto(after, before)  # so that the first step carries over what it starts from
        self._each_step: list[Call] = [(np.copyto, (before, after)) for before, after in results] + bound.each_step
        self._cells = bound.step_values
        self._table = self._step_table(step, carried) if all(cell.ndim == 0 for cell in self._cells) else None

    def _own_hyper_parameters(self) -> dict[str, Value]:
        values = self.plan.optimizer.values
        return {name: value[self.lanes] if isinstance(value, np.ndarray) else value for name, value in values.items()}

    def _uniform_start(self, state: Array) -> Array:
        """A state that depends on the step alone: one number, or one a coordinate where hyper-parameters differ."""
        flat = state.reshape(-1)
        varies = any(value.ndim for value in self._hyper.values())
        return flat.copy() if varies else np.array(flat[0])

    def _step_table(self, step: StepProgram, carried: Mapping[str, Array]) -> list[tuple[float, ...]]:
        """What depends on the step alone, worked out for all steps: numbers only have to be put in place while running."""
        steps = self.plan.steps
        if carried:
            table = []
            with np.errstate(all="ignore"):
                for t in range(steps):
                    self._set_step(t)
                    table.append(tuple(float(cell) for cell in self._cells))
            return table
        rates = {} if self._base_rate is None else {"lr": self._base_rate * (np.ones(steps) if self._factors is None else self._factors)}
        values, _ = step.program.early_values({**self._hyper, **rates, "t": np.arange(1.0, steps + 1)})
        columns = [np.broadcast_to(values[node], steps).tolist() for node in step.program.step_nodes]
        return list(zip(*columns, strict=True)) if columns else [()] * steps

    def _set_step(self, t: int) -> None:
        self._t[()] = t + 1
        if self._factors is not None and self._base_rate is not None:
            np.multiply(self._base_rate, self._factors[t], self._hyper["lr"])
        for routine, arguments in self._each_step:
            routine(*arguments)

    def _evaluate(self, at: Array, wanted: dict[str, Array]) -> list[Call]:
        return self.plan.landscape.bind({"x": at[: self.n], "y": at[self.n :], **wanted}, self.lanes).calls

    def _gradient(self, operands: tuple[Array, ...], out: Array) -> list[Call]:
        (at,) = operands
        wanted = {"dx": out[: self.n], "dy": out[self.n :]}
        if at is self.flat and self._wants_loss and not self.plan.optimizer.looks_ahead:
            wanted["value"] = self.loss
        calls = self._evaluate(at, wanted)
        return calls if self._noise is None else [*calls, (np.add, (out, self._noise, out))]

    def _hessian(self, operands: tuple[Array, ...], out: Array) -> list[Call]:
        xx, xy, yy = out.reshape(3, self.n)
        return self._evaluate(operands[0], {"dxx": xx, "dxy": xy, "dyy": yy})

    def _step_length(self, operands: tuple[Array, ...], out: Array) -> list[Call]:
        at, direction, slope = operands
        trial, value = np.empty(2 * self.n), np.empty(self.n)
        calls = self._evaluate(trial, {"value": value})

        def loss(points: Array) -> Array:
            np.copyto(trial, points)
            for routine, arguments in calls:
                routine(*arguments)
            return value

        return [(_backtrack, (loss, at, direction, slope, out))]

    def advance(self, t: int) -> None:
        """Take step `t` (from 0). To be called within `np.errstate(all="ignore")`."""
        if self._table is None:
            self._set_step(t)
        else:
            for cell, value in zip(self._cells, self._table[t], strict=True):
                cell[()] = value
        if self._noise is not None and self._source is not None:
            np.multiply(self._source.draw(), self._scale, self._noise.reshape(2, self.n))
        for routine, arguments in self._calls:
            routine(*arguments)


def _backtrack(loss: Callable[[Array], Array], at: Array, direction: Array, slope: Array, out: Array) -> None:
    """The largest of 1, 1/2, 1/4, ... that lowers the loss by 1e-4 of what the slope promises, for each trajectory (Armijo's rule)."""
    dx, dy = direction.reshape(2, -1)
    gx, gy = slope.reshape(2, -1)
    here = loss(at).copy()
    promised = 1e-4 * (dx * gx + dy * gy)
    length = np.ones_like(here)
    for _ in range(40):
        too_far = ~(loss(at + np.tile(length, 2) * direction) <= here + length * promised)
        if not too_far.any():
            break
        length[too_far] /= 2
    out.reshape(2, -1)[:] = length


def _run_path(plan: _Plan, lanes: Lanes, positions: Array, losses: Array, diverged_at: npt.NDArray[np.int64], reporter: _Reporter) -> None:
    """Run some trajectories and write down every point of theirs."""
    in_loop = lanes.size >= LOSS_IN_LOOP
    chunk = _Chunk(plan, lanes, with_loss=in_loop)
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
    _fill_losses(plan.landscape, lanes, own_positions[first_missing:], own_losses[first_missing:])
    diverged_at[mine] = _mark_divergence(own_positions, own_losses)


def _fill_losses(landscape: Landscape, lanes: Lanes, positions: Array, losses: Array) -> None:
    """The losses at points of shape (rows, 2, n), many rows at a time."""
    at_once = min(max(1, LOSSES_AT_ONCE // lanes.size), len(positions))
    for first in range(0, len(positions), at_once):
        rows = min(at_once, len(positions) - first)
        if first == 0 or rows < at_once:
            flat, value = np.empty((2, rows * lanes.size)), np.empty(rows * lanes.size)
            bound = landscape.bind({"x": flat[0], "y": flat[1], "value": value}, lanes if rows == 1 else np.tile(lanes, rows))
        np.copyto(flat.reshape(2, rows, -1), positions[first : first + rows].swapaxes(0, 1))
        bound.run()
        np.copyto(losses[first : first + rows], value.reshape(rows, -1))


def _mark_divergence(positions: Array, losses: Array) -> npt.NDArray[np.int64]:
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


def _run_last(plan: _Plan, lanes: Lanes, positions: Array, losses: Array, diverged_at: npt.NDArray[np.int64], reporter: _Reporter) -> None:
    """Run some trajectories and write down where they end.

    Nothing is checked on the way. Only those that end outside float range are run again, with every loss, to learn when they left it.
    """
    watch = not plan.landscape.total
    chunk = _Chunk(plan, lanes, with_loss=watch)
    mine = slice(int(lanes[0]), int(lanes[-1]) + 1)
    seen = np.zeros(lanes.size)
    with np.errstate(all="ignore"):
        for t in reporter.steps(plan.steps, lanes.size):
            chunk.advance(t)
            if watch:
                np.add(seen, chunk.loss, seen)
        positions[0, :, mine] = chunk.points
        _fill_losses(plan.landscape, lanes, positions[:, :, mine], losses[:, mine])
        suspects = lanes[~np.isfinite(seen + losses[0, mine] + chunk.points.sum(axis=0))]
    if suspects.size:
        found = _first_divergence(plan, suspects)
        diverged_at[suspects] = found
        lost = suspects[found >= 0]
        positions[:, :, lost] = np.nan
        losses[:, lost] = np.nan


def _first_divergence(plan: _Plan, lanes: Lanes) -> npt.NDArray[np.int64]:
    chunk = _Chunk(plan, lanes, with_loss=True)
    found = np.full(lanes.size, -1, dtype=np.int64)
    with np.errstate(all="ignore"):
        for t in range(plan.steps):
            before = chunk.points.sum(axis=0)
            chunk.advance(t)
            found[(found < 0) & ~np.isfinite(chunk.loss + before)] = t
            if (found >= 0).all():
                return found
        end = np.empty((1, lanes.size))
        _fill_losses(plan.landscape, lanes, chunk.points[None], end)
        found[(found < 0) & ~np.isfinite(end[0] + chunk.points.sum(axis=0))] = plan.steps
    return found


class _Reporter:
    """Tells how far the run is, and whether it should stop."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total = progress, total
        self._done = 0
        self._lock = threading.Lock()
        self._home = threading.current_thread()
        self._told = time.monotonic()
        self.stopped = False

    def steps(self, steps: int, lanes: int) -> Iterator[int]:
        """0 .. steps-1 for a chunk of so many trajectories, with a word to the caller now and then."""
        if self._progress is None:
            yield from range(steps)
            return
        pulse = max(1, 200_000 // lanes)
        for first in range(0, steps, pulse):
            last = min(first + pulse, steps)
            yield from range(first, last)
            with self._lock:
                self._done += (last - first) * lanes
            self.check()

    def check(self) -> None:
        """Report at most every 50 ms, from the caller's own thread; raise `Cancelled` once the caller has asked to stop."""
        if self._progress and threading.current_thread() is self._home and time.monotonic() - self._told > 0.05:
            self._told = time.monotonic()
            self.stopped = self.stopped or self._progress(self._done / self._total) is False
        if self.stopped:
            raise Cancelled("the run was stopped")


def _in_threads(work: Callable[[Lanes], None], parts: list[Lanes], threads: int, reporter: _Reporter) -> None:
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(work, part) for part in parts]
        try:
            while wait(futures, timeout=0.1).not_done:
                reporter.check()
        except BaseException:
            reporter.stopped = True
            for future in futures:
                future.cancel()
            raise
        for future in futures:
            future.result()


def _check_starts(starts: npt.ArrayLike) -> Array:
    points = np.array(starts, dtype=np.float64)
    if points.ndim != 2 or points.shape[0] != 2 or points.shape[1] == 0:
        raise ValueError(f"starts must have the shape (2, N), x in row 0 and y in row 1, with N at least 1; these have {points.shape}")
    bad = np.flatnonzero(~np.isfinite(points).all(axis=0))
    if bad.size:
        raise ValueError(f"starts must be finite; start {bad[0]} is ({points[0, bad[0]]}, {points[1, bad[0]]})")
    return points


def _check_count(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    if value < 0:
        raise ValueError(f"{name} is {value}; choose 0 or more")


def _check_lanes(landscape: Landscape, optimizer: Optimizer, noise: Any, count: int) -> None:
    deviation = np.asarray(noise)
    if deviation.dtype.kind not in "fiu" or deviation.ndim > 1:
        raise TypeError(f"noise must be a number or an array of shape (N,), not {noise!r}")
    if not (np.isfinite(deviation).all() and (deviation >= 0).all()):
        raise ValueError(f"noise is {noise}; it is a standard deviation, so choose 0 or more")
    arrays = {f"{owner.name}: {name}": value for owner in (landscape, optimizer) for name, value in owner.values.items()}
    arrays |= {f"{landscape.name}: {name}": value for name, value in landscape.penalty.items()} | {"noise": noise}
    for name, value in arrays.items():
        if isinstance(value, np.ndarray) and value.ndim and value.size != count:
            raise ValueError(f"{name} holds {value.size} values for {count} starts; give one for each start, or a single number")


def _check_memory(rows: int, count: int, steps: int, keep: str, memory: int) -> None:
    needed = rows * count * 3 * 8
    if needed > memory:
        advice = "ask for fewer steps or starts, or keep='last'" if keep == "path" else "ask for fewer starts"
        raise ValueError(
            f"{count:,} trajectories of {steps:,} steps need {needed / 2**30:.2f} GiB of history (keep={keep!r}), "
            f"and the limit is {memory / 2**30:.2f} GiB; {advice}, or raise the limit with memory="
        )
