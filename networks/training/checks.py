"""What a training can be given: arguments are read here, or refused in a sentence that says what can be used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from networks import datasets
from networks.checks import check_number, check_per_network
from networks.dataset import CLASSIFICATION, REGRESSION, Dataset
from networks.network import Network
from networks.training import matrices
from optimizers import Optimizer
from optimizers.step_program import SHAPES
from parameters import Array, Value
from simulation.checks import check_history, in_words


def per_network(name: str, value: Any, runs: int) -> Value:
    """A number from 0, or one for each network, shape (R,)."""
    checked = check_per_network(name, value, runs, 0.0, 1e6)
    return checked if checked.ndim else float(checked)


def check_data(data: Any, runs: int) -> tuple[Dataset, ...]:
    """The data of all networks, or of each. A pair of inputs and labels is a data set that is tested on what is learnt from it."""
    if isinstance(data, str):
        data = datasets.get(data)
    if isinstance(data, Dataset):
        return (data,)
    if isinstance(data, list) and all(isinstance(each, Dataset) for each in data):
        if len(data) != runs:
            raise ValueError(f"data holds {len(data)} data sets for {runs} networks; give one for each, or one for all of them")
        sizes = sorted({len(each.x) for each in data})
        if len(sizes) > 1:
            raise ValueError(
                f"data sets of networks that train together must have equally many examples; these have {sizes[0]:,} and {sizes[-1]:,}"
            )
        return tuple(data)
    if not isinstance(data, tuple) or len(data) != 2:
        raise TypeError(
            f"data must be a name, a Dataset, networks.datasets.get('moons') say, or a pair of inputs and labels, not {type(data).__name__}"
        )
    x, y = (np.asarray(part) for part in data)
    regression = y.ndim == 2 or y.dtype.kind == "f"
    classes = 0 if regression or not y.size else int(y.max()) + 1
    return (Dataset("Own data", x, y, x, y, REGRESSION if regression else CLASSIFICATION, classes),)


def check_finite(starts: Array) -> None:
    """Refuse weights that are no finite numbers."""
    bad = np.flatnonzero(~np.isfinite(starts).all(axis=1))
    if bad.size:
        raise ValueError(f"weights must be finite where they begin; those of network {bad[0]} are not")


def trains(optimizer: Optimizer) -> bool:
    """Whether a method can train networks, small ones at least: one that is declared in two dimensions cannot."""
    return set(optimizer.bound_to_plane) <= {"I", "hessian", *matrices.FUNCTIONS}


def check_method(net: Network, optimizer: Optimizer) -> None:
    """Refuse a method that cannot train this network."""
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


def check_states(optimizer: Optimizer, names: Sequence[str]) -> tuple[str, ...]:
    """The names of states that a method keeps of each weight."""
    known = [name for name, text in optimizer.state.items() if text not in SHAPES]
    for name in names:
        if name not in known:
            raise ValueError(f"{optimizer.name} keeps no {name!r} of each weight; what it keeps: {', '.join(known) or 'nothing'}")
    return tuple(names)


def check_batch(batch: Any, examples: int) -> int:
    """The examples in a batch; 0 for all of them."""
    if batch is None:
        return 0
    size = int(check_number("batch", batch, 1, 1e9, whole=True))
    if size > examples:
        raise ValueError(f"batch is {size:,}, and there are {examples:,} examples; choose at most so many, or None for all of them")
    return size


def check_frozen(net: Network, frozen: Any) -> npt.NDArray[np.bool_] | None:
    """Which packed weights are frozen, shape (P,); None if none are."""
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


def check_dtype(dtype: Any) -> type[np.floating[Any]]:
    """The precision."""
    for known in (np.float64, np.float32):
        if np.dtype(dtype) == known:
            return known
    raise ValueError(f"dtype is {dtype!r}; choose np.float64 or np.float32")


def check_memory(net: Network, runs: int, steps: int, keep: str | Sequence[int], working: int, memory: int) -> None:
    """Refuse networks that would not fit: what is kept of them, and the arrays that they compute on.

    Args:
        net, runs, steps, keep: what is trained, how many, how long, and what is kept.
        working: bytes of the arrays that networks compute on at a time.
        memory: bytes there are.
    """
    if working > memory:
        raise ValueError(
            f"networks of {net.size:,} weights compute on {in_words(working)} at a time, and the limit is {in_words(memory)}; choose fewer "
            "or narrower layers, or smaller batches, or raise the limit with memory="
        )
    statistics = 2 * sum(net.sizes[1:-1]) if net.batch_norm else 0
    rows = len(keep) if not isinstance(keep, str) else steps + 1 if keep == "path" else 1
    last = isinstance(keep, str) and keep == "last"
    advice = "train fewer or smaller networks"
    if not last:
        advice = f"keep fewer steps, keep='last' say, or {advice}"
    needed = rows * runs * (net.size + statistics + len(net.layers) + 2) * 8
    check_history(needed, f"{runs:,} networks of {net.size:,} weights and {steps:,} steps", keep, advice, memory)
