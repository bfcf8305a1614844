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

from networks.checks import check_number, check_per_network
from networks.dataset import CLASSIFICATION, REGRESSION, Dataset
from networks.network import Network
from networks.passes import rows_of, runs_at_once
from networks.running import in_place, one_thread
from networks.training import matrices
from networks.training.chunk import Chunk, Plan
from networks.training.result import Training
from optimizers import Optimizer, Schedule
from parameters import Array, Value
from simulation.checks import check_count, check_history, check_keep, check_noise, check_numbers, check_step_kinds
from simulation.engine import MEMORY
from simulation.progress import Lanes, Progress, Reporter, in_threads

WORK = 50
"""Operations on one number in each step that count as much as one trajectory's step, for the pulse of progress."""
THREADED_FROM = 2e9
"""Products of weights, examples, networks and steps from which on several threads share the work."""
Data = Dataset | tuple[npt.ArrayLike, npt.ArrayLike]


def train(
    net: Network,
    data: Data,
    optimizer: Optimizer,
    weights: npt.ArrayLike,
    steps: int,
    batch: int | None = None,
    schedule: Schedule | None = None,
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
) -> Training:
    """Train many networks of one kind at once.

    Args:
        net: the network.
        data: examples, or a pair of inputs (n, d) and labels (n,) or targets (n, k).
        optimizer: its hyper-parameters may be arrays of shape (R,), one value for each network. A method's norms are those of all of a
            network's weights.
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

    Returns:
        The training. A network that leaves float range is marked in `diverged_at` and NaN from there on; the others go on.

    Raises:
        TypeError, ValueError: an argument cannot be used; the message says which, why, and what can.
        Cancelled: `progress` returned False.
    """
    if not isinstance(net, Network):
        raise TypeError(f"net must be a Network, not {net!r}")
    check_step_kinds(optimizer, schedule)
    dtype = _check_dtype(dtype)
    dataset = _check_data(data)
    starts = np.array(net.check_weights(weights))
    _check_finite(starts)
    runs = len(starts)
    steps, seed = check_count("steps", steps, 0), check_count("seed", seed, 0)
    rows = len(keep) if not isinstance(keep, str) else steps + 1 if keep == "path" else 1
    chunk, workers = (None if given is None else check_count(name, given, 1) for name, given in (("chunk", chunk), ("workers", workers)))
    optimizer.check_lanes(runs, "networks")
    _check_method(net, optimizer)
    inputs, targets = net.check_examples(dataset.x, dataset.y)
    net.check_examples(dataset.test_x, dataset.test_y)
    size = _check_batch(batch, len(inputs))
    statistics = 2 * sum(net.sizes[1:-1]) if net.batch_norm else 0
    history = rows * runs * (net.size + statistics + len(net.layers) + 2) * 8
    advice = (
        "train fewer or smaller networks"
        if isinstance(keep, str) and keep == "last"
        else "keep fewer steps, keep='last' say, or train fewer or smaller networks"
    )
    check_history(history, f"{runs:,} networks of {net.size:,} weights and {steps:,} steps", keep, advice, memory)
    kept = check_keep(keep, steps)
    plan = Plan(
        net,
        rows_of(net, inputs, targets, dtype),
        optimizer,
        net.layout.pack(starts),
        steps,
        size,
        bool(replacement),
        schedule,
        _per_network("l2", l2, runs),
        _per_network("l1", l1, runs),
        _per_network("noise", check_noise(noise), runs),
        _check_frozen(net, frozen),
        seed,
        check_numbers(numbers, runs),
        dtype,
    )
    record = _Record(plan, kept)
    states = 4 + len(optimizer.state) + sum(optimizer.program.program.scratch.values())
    at_once = chunk or runs_at_once(net, size or len(inputs), states, np.dtype(dtype).itemsize)
    parts = [np.arange(first, min(first + at_once, runs)) for first in range(0, runs, at_once)]
    pace = max(1, net.size * (size or len(inputs)) // WORK)
    reporter = Reporter(progress, pace * runs * max(steps, 1))
    threads = workers or _threads(net.size * (size or len(inputs)) * runs * max(steps, 1))

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
    return record.result(dataset)


class _Record:
    """What a training writes down of its networks at the steps to be kept, and where they diverge."""

    def __init__(self, plan: Plan, kept: npt.NDArray[np.int64]) -> None:
        self.plan, self.kept = plan, kept
        runs, size = plan.starts.shape
        hidden = sum(plan.net.sizes[1:-1]) if plan.net.batch_norm else 0
        self.weights = np.empty((kept.size, runs, size))
        self.statistics = np.empty((kept.size, runs, 2 * hidden))
        self.losses = np.full((kept.size, runs), np.nan)
        self.ratios = np.full((kept.size, runs, len(plan.net.layers)), np.nan)
        self.diverged_at = np.full(runs, -1, dtype=np.int64)
        self._row = {int(step): row for row, step in enumerate(kept)}
        self._first = np.array([layer.weight.start for layer in plan.net.layers])

    def run(self, lanes: Lanes, reporter: Reporter, pace: int) -> None:
        """Train some of the networks."""
        mine = slice(int(lanes[0]), int(lanes[-1]) + 1)
        plan = self.plan
        finite, sums, good = np.zeros(lanes.size, dtype=np.int64), np.empty(lanes.size, plan.dtype), np.empty(lanes.size, dtype=bool)
        with in_place():
            chunk = Chunk(plan, mine)
            self._keep(chunk, mine, 0)
            for t in reporter.steps(plan.steps, lanes.size * pace):
                row = self._row.get(t)
                if row is not None:
                    chunk.wants_losses = True
                    before = chunk.weights.copy()
                chunk.advance(t)
                np.isfinite(np.add.reduce(chunk.weights, axis=1, out=sums), out=good)
                np.add(finite, good, finite)
                if row is not None:
                    self.losses[row, mine] = chunk.batch_losses if not chunk.wants_losses else np.nan
                    self.ratios[row, mine] = self._lengths(chunk.weights - before) / self._lengths(before)
                self._keep(chunk, mine, t + 1)
        gone = finite < plan.steps
        self.diverged_at[mine] = np.where(gone, finite + 1, -1)

    def _keep(self, chunk: Chunk, mine: slice, step: int) -> None:
        row = self._row.get(step)
        if row is None:
            return
        self.weights[row, mine] = chunk.weights[:, self.plan.net.layout.inverse]
        at = 0
        for pair in chunk.statistics:
            for part in pair:
                self.statistics[row, mine, at : at + part.shape[1]] = part[:, :, 0]
                at += part.shape[1]

    def _lengths(self, packed: Array) -> Array:
        """How long each layer's part of packed weights is, shape (n, layers)."""
        return np.asarray(np.sqrt(np.add.reduceat(packed * packed, self._first, axis=1)))

    def result(self, data: Dataset) -> Training:
        """The training, with everything after a network has diverged marked."""
        plan = self.plan
        training = Training(
            plan.net,
            data,
            plan.optimizer,
            plan.schedule,
            self.weights,
            self.kept,
            self.diverged_at,
            self.losses,
            self.ratios,
            self.statistics,
        )
        gone = (self.diverged_at >= 0) & (self.kept[:, None] >= self.diverged_at)
        self.weights[gone], self.losses[gone], self.ratios[gone] = np.nan, np.nan, np.nan
        return training


def _threads(work: float) -> int:
    return min(os.cpu_count() or 1, 8) if work >= THREADED_FROM else 1


def _per_network(name: str, value: Any, runs: int) -> Value:
    checked = check_per_network(name, value, runs, 0.0, 1e6)
    return checked if checked.ndim else float(checked)


def _check_data(data: Any) -> Dataset:
    if isinstance(data, Dataset):
        return data
    if not isinstance(data, tuple) or len(data) != 2:
        raise TypeError(
            f"data must be a Dataset, networks.datasets.get('moons') say, or a pair of inputs and labels, not {type(data).__name__}"
        )
    x, y = (np.asarray(part) for part in data)
    regression = y.ndim == 2 or y.dtype.kind == "f"
    classes = 0 if regression or not y.size else int(y.max()) + 1
    return Dataset("Own data", x, y, x, y, REGRESSION if regression else CLASSIFICATION, classes)


def _check_finite(starts: Array) -> None:
    bad = np.flatnonzero(~np.isfinite(starts).all(axis=1))
    if bad.size:
        raise ValueError(f"weights must be finite where they begin; those of network {bad[0]} are not")


def trains(optimizer: Optimizer) -> bool:
    """Whether a method can train networks, small ones at least: one that is declared in two dimensions cannot."""
    return set(optimizer.bound_to_plane) <= {"I", "hessian", *matrices.FUNCTIONS}


def _check_method(net: Network, optimizer: Optimizer) -> None:
    if not trains(optimizer):
        raise ValueError(
            f"{optimizer.name} is declared in two dimensions, and {net} has {net.size} weights; choose one that uses gradients, Adam say"
        )
    if optimizer.bound_to_plane and net.size > matrices.MOST_WEIGHTS:
        raise ValueError(
            f"{optimizer.name} keeps a matrix of {net.size:,} x {net.size:,} numbers for each network of {net.size:,} weights, "
            f"and at most {matrices.MOST_WEIGHTS} weights can be used with it; choose a smaller network, or a method that works with "
            "the gradient alone: Adam, or L-BFGS, which makes do with the last steps"
        )


def _check_batch(batch: Any, examples: int) -> int:
    if batch is None:
        return 0
    size = int(check_number("batch", batch, 1, 1e9, whole=True))
    if size > examples:
        raise ValueError(f"batch is {size:,}, and there are {examples:,} examples; choose at most so many, or None for all of them")
    return size


def _check_frozen(net: Network, frozen: Any) -> npt.NDArray[np.bool_] | None:
    try:
        layers = [int(check_number(f"frozen[{index}]", layer, 0, len(net.layers) - 1, whole=True)) for index, layer in enumerate(frozen)]
    except TypeError:
        raise TypeError(f"frozen must hold the numbers of layers, from 0 to {len(net.layers) - 1}, not {frozen!r}") from None
    if not layers:
        return None
    fixed = np.zeros(net.size, dtype=bool)
    for layer in layers:
        fixed[net.layers[layer].whole] = True
    return np.asarray(fixed[net.layout.order])


def _check_dtype(dtype: Any) -> type[np.floating[Any]]:
    for known in (np.float64, np.float32):
        if np.dtype(dtype) == known:
            return known
    raise ValueError(f"dtype is {dtype!r}; choose np.float64 or np.float32")
