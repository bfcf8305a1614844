"""Runs many trajectories at once, in place.

Trajectories are cut into chunks that fit the processor's cache. For a chunk the optimizer's step and the objective's derivatives become
one list of calls on fixed arrays (`formulas.program`), and a run is a bare loop over it. Nothing that a trajectory computes depends on the
others, so the numbers are the same whatever the chunks and the number of workers.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from optimizers import Optimizer, Schedule
from parameters import Array
from simulation.checks import (
    check_count,
    check_goal,
    check_keep,
    check_lanes,
    check_memory,
    check_noise,
    check_numbers,
    check_progress,
    check_starts,
    check_steps,
    read_kinds,
)
from simulation.choice import Choice
from simulation.chunk import Plan
from simulation.machine_run import MachineRun
from simulation.objective import Objective, try_calls
from simulation.progress import Lanes, Progress, Reporter, in_threads
from simulation.record import Record
from simulation.recording import record_path, record_thinned
from simulation.run import Run

CHUNK = 16384
"""Trajectories computed together, so that their arrays stay in the cache."""
THREADED_CHUNK = 32768
"""The same where several threads share the work: fewer, longer calls leave them less to wait for each other."""
THREADED_FROM = 131_072
"""Fewer trajectories than this run faster on one thread."""
MEMORY = 2 * 1024**3
"""Bytes that a run's history may take if nothing else is said."""


def run(
    landscape: Objective | str,
    optimizer: Optimizer | str,
    starts: npt.ArrayLike,
    steps: int,
    schedule: Schedule | str | None = None,
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
    engine: str = "auto",
    trials: bool = False,
) -> Run:
    """Run an optimizer from many starts in parallel.

    Args:
        landscape: what is descended, a landscape or another `Objective` of d coordinates; its parameters may be arrays of shape (N,), one
            value for each trajectory. The name of one from the catalogue stands for it with its defaults, and so below.
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
        engine: "numpy", or "machine" for machine code, which needs llvmlite and a formula; "auto" chooses what is done sooner, see
            `simulation.choice`. They give the same numbers to the last bit.
        trials: whether the step lengths that a search tries are counted.

    Returns:
        The run. A trajectory that leaves float range is marked in `diverged_at` and NaN from there on; the others go on.

    Raises:
        KeyError: a name that none has.
        TypeError, ValueError: an argument cannot be used; the message says which, why, and what can.
        Cancelled: `progress` returned False.
    """
    landscape, optimizer, schedule = read_kinds(landscape, optimizer, schedule)
    dimension = check_count(f"the dimension of {landscape.name}", landscape.dimension, 1)
    points = check_starts(starts, dimension)
    optimizer.check_dimension(dimension, landscape.name)
    steps, seed = check_steps(steps), check_count("seed", seed, 0)
    kept = check_keep(keep, steps)
    chunk, workers = (None if given is None else check_count(name, given, 1) for name, given in (("chunk", chunk), ("workers", workers)))
    check_progress(progress)
    count = points.shape[1]
    noise = check_noise(noise)
    check_lanes(landscape, optimizer, noise, count)
    check_memory(kept.size, dimension, count, steps, keep, memory)
    choice = Choice(landscape, optimizer, steps, count, kept.size, schedule is not None, bool(np.any(noise)), goal is not None)
    on_machine = choice.on_machine(engine)
    try_calls(landscape, points, optimizer.takes_hessian)

    whole = Record.empty(kept.size, dimension, count, goal is not None, trials)
    plan = Plan(landscape, optimizer, points, steps, schedule, noise, seed, check_numbers(numbers, count), kept, check_goal(goal, count))
    threads = workers or (min(os.cpu_count() or 1, 8) if count >= THREADED_FROM else 1)
    size = chunk or (CHUNK if threads == 1 else THREADED_CHUNK)
    parts = [np.arange(first, min(first + size, count)) for first in range(0, count, size)]
    reporter = Reporter(progress, count * max(steps, 1))
    machine = MachineRun(plan, choice.kind, trials and optimizer.searches) if on_machine else None
    write = record_path if kept.size == steps + 1 and goal is None else record_thinned

    def work(lanes: Lanes) -> None:
        own = whole.of(int(lanes[0]), int(lanes[-1]) + 1)
        if machine:
            machine.record(lanes, own, reporter)
        else:
            write(plan, lanes, own, reporter)

    begun = time.perf_counter()
    if threads == 1 or len(parts) == 1:
        for part in parts:
            work(part)
            reporter.check()
    else:
        in_threads(work, parts, threads, reporter)
    if engine == "auto" and not on_machine:
        choice.learn(time.perf_counter() - begun)
    if progress:
        progress(1.0)
    return Run(
        whole.positions,
        whole.losses,
        whole.diverged_at,
        landscape,
        optimizer,
        steps,
        schedule,
        noise,
        seed,
        kept,
        whole.reached,
        whole.frozen_at,
        "machine" if on_machine else "numpy",
        whole.trials,
    )
