"""Training the networks of one optimizer and one variant of an experiment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

import networks
from networks import Dataset, Network, Training
from optimizers import Optimizer, Schedule
from parameters import Array
from scenario.trained import Steps
from scenario.variants import Variant
from simulation.progress import Progress


def train_networks(
    network: Network,
    data: Dataset | list[Dataset],
    method: Optimizer,
    way: Variant,
    starts: Array,
    kept: Steps,
    schedule: Schedule | None,
    seed: int,
    progress: Progress | None = None,
    states: Sequence[str] = (),
) -> Training:
    """Train some networks that see the same batches and have the same noise.

    Args:
        network: with the variant's dropout.
        data, method: what they learn, each from its own data set where there is a list of them, and who trains.
        way: the variant.
        starts: where their weights begin, shape (R, P).
        kept: the steps whose weights are kept; the last of them is the last step.
        schedule: how the learning rate decays, if it does.
        seed: chooses batches, dropout and noise.
        progress: called now and then with the fraction done; if it returns False, the training stops.
        states: what the optimizer remembers that is kept, too.

    Raises:
        ValueError: a batch has more examples than there are, or an argument of `networks.train` cannot be used.
    """
    batch, stop = int(way.number("batch")), int(way.number("stop"))
    examples = len((data[0] if isinstance(data, list) else data).x)
    if batch > examples:
        raise ValueError(f"a batch of {batch:,} has more than the {examples:,} examples; choose fewer, or 0 for all of them")
    training = networks.train(
        network,
        data,
        way.method(method),
        starts,
        int(kept[-1]),
        batch=batch or None,
        schedule=schedule,
        l1=way.number("l1"),
        l2=way.number("l2"),
        noise=way.number("noise"),
        frozen=range(int(way.number("frozen"))),
        seed=seed,
        keep=kept.tolist(),
        numbers=np.zeros(len(starts), dtype=np.int64),
        progress=progress,
        states=states,
    )
    return stopped(training, stop) if stop else training


def stopped(training: Training, step: int) -> Training:
    """A training as if it had stopped after a step, which is kept: from there on the weights stay as they are, as in early stopping."""
    last = int(np.searchsorted(training.steps, step))
    if last >= len(training.steps) - 1:
        return training
    held = np.minimum(np.arange(len(training.steps)), last)
    moves = np.arange(len(training.steps)) < last
    overflowed = (training.diverged_at >= 0) & (training.diverged_at <= step)
    return replace(
        training,
        weights=training.weights[held],
        statistics=training.statistics[held],
        trials=training.trials[held],
        states={name: array[held] for name, array in training.states.items()},
        batch_losses=np.where(moves[:, None], training.batch_losses, np.nan),
        update_ratios=np.where(moves[:, None, None], training.update_ratios, np.nan),
        diverged_at=np.where(overflowed, training.diverged_at, -1),
    )
