"""Trains many networks at once.

Networks are cut into chunks whose arrays fit the processor's cache, and a chunk's step is one list of calls on fixed arrays. Nothing that a
network computes depends on the others, so the numbers are the same bits whatever the chunks and the number of workers.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

import optimizers
from networks.dataset import Dataset
from networks.network import Network
from networks.passes import bytes_of, rows_of, runs_at_once
from networks.running import one_thread
from networks.training.checks import (
    check_batch,
    check_data,
    check_dtype,
    check_finite,
    check_frozen,
    check_memory,
    check_method,
    check_states,
    per_network,
)
from networks.training.chunk import Plan
from networks.training.recording import Record
from networks.training.result import Training
from optimizers import Optimizer, Schedule
from parameters import Array
from simulation.checks import check_count, check_keep, check_noise, check_numbers, read_step_kinds
from simulation.engine import MEMORY
from simulation.progress import Lanes, Progress, Reporter, in_threads

WORK = 50
"""Operations on one number in each step that count as much as one trajectory's step, for the pulse of progress."""
THREADED_FROM = 2e9
"""Products of weights, examples, networks and steps from which on several threads share the work."""
Data = Dataset | str | tuple[npt.ArrayLike, npt.ArrayLike] | list[Dataset]


def train(
    net: Network,
    data: Data,
    optimizer: Optimizer | str,
    weights: npt.ArrayLike,
    steps: int,
    batch: int | None = None,
    schedule: Schedule | str | None = None,
    l2: float | Array = 0.0,
    frozen: Sequence[int] = (),
    seed: int = 0,
    keep: str | Sequence[int] = "path",
    *,
    l1: float | Array = 0.0,
    noise: float | Array = 0.0,
    replacement: bool = False,
    numbers: npt.ArrayLike | None = None,
    dtype: type[np.floating[Any]] = np.float64,
    progress: Progress | None = None,
    chunk: int | None = None,
    workers: int | None = None,
    memory: int = MEMORY,
    states: Sequence[str] = (),
) -> Training:
    """Train many networks of one kind at once.

    Args:
        net: the network.
        data: examples, or a pair of inputs (n, d) and labels (n,) or targets (n, k); or a list of R data sets with equally many examples,
            one for each network; or the name of one from the catalogue.
        optimizer: itself, or its name, which stands for it with its defaults for networks. Its hyper-parameters may be arrays of shape
            (R,), one value for each network. A method's norms are those of all of a network's weights.
        weights: where they begin, shape (R, P), or (P,) for one network.
        steps: how many, from 0.
        batch: examples in each step; None for all of them.
        schedule: what the learning rate is multiplied by at each step.
        l2, l1: penalties on the weights, biases not counted, as in `Network.loss`; numbers or arrays of shape (R,).
        frozen: the numbers of layers, from 0, whose weights stay as they are.
        seed: chooses batches, dropout and noise. Those of a network depend on the seed, its number and the step only.
        keep: "path" for the weights at every step, "last" for those at the end, or the rising numbers of the steps whose weights are kept,
            the last step among them.
        noise: standard deviation of Gaussian noise on each slope, a number or an array of shape (R,).
        replacement: whether each example of a batch is drawn from all; if not, an epoch goes through all in a new order; what is left at
            its end is no whole batch and not seen.
        numbers: whole numbers from 0, shape (R,), that choose each network's batches, dropout and noise; its index if not given.
        dtype: np.float32 computes in single precision, which is enough to compare networks, and twice as fast where they are large.
        progress: called now and then with the fraction done; if it returns False, the training stops.
        chunk, workers: networks computed together, and threads; chosen by their size if not given. They do not change the numbers.
        memory: bytes that the history may take.
        states: names of what the optimizer remembers of each weight, to be kept, too; see `Training.states`.

    Returns:
        The training. A network that leaves float range is marked in `diverged_at` and NaN from there on; the others go on.

    Raises:
        TypeError, ValueError: an argument cannot be used; the message says which, why, and what can.
        Cancelled: `progress` returned False.
    """
    if not isinstance(net, Network):
        raise TypeError(f"net must be a Network, not {net!r}")
    if isinstance(optimizer, str):
        optimizer = optimizers.get(optimizer).for_networks()
    optimizer, schedule = read_step_kinds(optimizer, schedule)
    dtype = check_dtype(dtype)
    starts = np.array(net.check_weights(weights))
    check_finite(starts)
    runs = len(starts)
    sets = check_data(data, runs)
    steps, seed = check_count("steps", steps, 0), check_count("seed", seed, 0)
    chunk, workers = (None if given is None else check_count(name, given, 1) for name, given in (("chunk", chunk), ("workers", workers)))
    optimizer.check_lanes(runs, "networks")
    check_method(net, optimizer)
    rows = np.concatenate([rows_of(net, *net.check_examples(each.x, each.y), dtype) for each in sets])
    for each in sets:
        net.check_examples(each.test_x, each.test_y)
    examples = rows.shape[1]
    size = check_batch(batch, examples)
    slots = 4 + len(optimizer.state) + sum(optimizer.program.program.scratch.values())
    threads = workers or _threads(net.size * (size or examples) * runs * max(steps, 1))
    parts = _parts(runs, chunk, runs_at_once(net, size or examples, slots, np.dtype(dtype).itemsize), threads)
    check_memory(net, runs, steps, keep, min(len(parts[0]) * threads, runs) * bytes_of(net, size or examples, slots), memory)
    kept = check_keep(keep, steps)
    plan = Plan(
        net,
        rows,
        optimizer,
        net.layout.pack(starts),
        steps,
        size,
        bool(replacement),
        schedule,
        per_network("l2", l2, runs),
        per_network("l1", l1, runs),
        per_network("noise", check_noise(noise), runs),
        check_frozen(net, frozen),
        seed,
        check_numbers(numbers, runs),
        dtype,
        check_states(optimizer, states),
    )
    record = Record(plan, kept)
    pace = max(1, net.size * (size or examples) // WORK)
    reporter = Reporter(progress, pace * runs * max(steps, 1))

    def work(lanes: Lanes) -> None:
        record.run(lanes, reporter, pace)

    with one_thread():
        if threads == 1 or len(parts) == 1:
            for part in parts:
                work(part)
                reporter.check()
        else:
            in_threads(work, parts, threads, reporter)
    if progress:
        progress(1.0)
    return record.result(sets)


def _parts(runs: int, chunk: int | None, fitting: int, threads: int) -> list[Lanes]:
    """Which networks to compute together: as many as was asked for, else equally many, about as many as fit the cache, in all threads."""
    if chunk:
        return [np.arange(first, min(first + chunk, runs)) for first in range(0, runs, chunk)]
    return np.array_split(np.arange(runs), max(round(runs / fitting), min(threads, runs), 1))


def _threads(work: float) -> int:
    return min(os.cpu_count() or 1, 8) if work >= THREADED_FROM else 1
