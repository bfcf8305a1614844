"""Many networks of one kind as a batch, to be cut into tiles as batches of trajectories are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

import networks
from lab.costs import Budget, examples_of_a_step
from lab.tiles import BYTES, Result
from networks import Dataset, Network
from networks.dataset import held_back
from networks.signals import statistics
from parameters import Array
from scenario import Choice, Experiment
from scenario.endings import guessing_loss
from scenario.training import stopped
from simulation.progress import Progress

GOAL = 0.25
"""A network has learned once its loss is at most this share of that of the best constant answer."""
PRODUCTS = 100
"""Products of weights and examples that cost as much as one step of a trajectory."""
_MOST = 1024
"""Networks in a tile, at most."""
_GROWTH = 1.4
"""Steps at which it is looked whether a network has learned lie this factor apart: to look takes time."""


@dataclass(frozen=True, eq=False)
class NetworkBatch:
    """Networks that are trained together: experiments of one optimizer and one initialization each.

    Args:
        experiments: which differ in nothing but the numbers of the optimizer and of the initialization, in penalties, and in noise; see
            `kind_of`. Variants and points of the plane play no part.
        numbers: what chooses each network's first weights, batches, dropout and noise, beside the seed; if there are none, all have the
            first: they look at the same examples in the same order, and weights come from the same random numbers.
        held_back: the share of the examples to learn from that is held back, to be tested on in place of the others.
        tested: whether it is on those for testing that a network has to have learned.
        looked: the steps at which it is looked whether it has; the `looks` if there are none.
        dtype: in what numbers is computed: by default of single precision, which takes half the time.
        budget: what each may cost, where that can be fewer than all steps: where searches ask for as much as they take.
    """

    experiments: tuple[Experiment, ...]
    numbers: tuple[int, ...] = ()
    held_back: float = 0.0
    tested: bool = False
    looked: tuple[int, ...] = ()
    dtype: type[np.floating[Any]] = np.float32
    budget: Budget | None = None
    dtypes: ClassVar[dict[str, type]] = {
        "final": np.float64,
        "test": np.float64,
        "accuracy": np.float64,
        "reached": np.int32,
        "stayed": np.int32,
        "taken": np.int32,
        "trials": np.int32,
    }
    """The results by name: the final loss on the examples, the loss and the share that is right on those for testing (NaN in a
    regression), all NaN where a network overflowed; the first of the steps at which it is looked after which the loss is at most the goal,
    and the first from which on it stays there, -1 if there is none; the steps that were taken, and the step lengths tried until it stays
    there, or until the last of them."""

    @property
    def count(self) -> int:
        """The number of networks."""
        return len(self.experiments)

    @property
    def at_once(self) -> int:
        """How many of them a tile may hold."""
        each = len(self._kept) * (self._common.build_network().size * 8 + 64)
        return int(np.clip(BYTES // each, 1, _MOST))

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return self.count * work_of(self._common)

    @property
    def _common(self) -> Experiment:
        return self.experiments[0]

    def part(self, lanes: slice) -> NetworkBatch:
        """Some of its networks."""
        return replace(self, experiments=self.experiments[lanes], numbers=self.numbers[lanes])

    @property
    def _looked(self) -> npt.NDArray[np.int64]:
        common, own = self._common, np.array(self.looked) if self.looked else looks(self._common.steps)
        return np.union1d(own, [min(common.stop, common.steps)]).astype(np.int64)

    @property
    def _kept(self) -> npt.NDArray[np.int64]:
        """The steps whose weights are kept while they are trained: all of them where any may be the last."""
        return np.arange(self._common.steps + 1) if self.budget else self._looked

    def _build_data(self) -> Dataset:
        data = self._common.build_data()
        return held_back(data, self.held_back, self._common.seed) if self.held_back else data

    def run(self, progress: Progress | None = None, workers: int | None = None) -> Result:
        """Train them in this process. Arguments and errors as for `networks.train`."""
        common, net, data = self._common, self._common.build_network(), self._build_data()
        numbers = np.array(self.numbers or (0,) * self.count)
        optimizers = [experiment.build_optimizers()[0] for experiment in self.experiments]
        values = {name: [float(each.values[name]) for each in optimizers] for name in optimizers[0].values}
        differing = {name: np.array(each) for name, each in values.items() if len(set(each)) > 1}
        kept = self._kept
        training = networks.train(
            net,
            data,
            optimizers[0].with_parameters(**differing) if differing else optimizers[0],
            self._starts(net, numbers),
            common.steps,
            batch=common.batch or None,
            schedule=None if common.schedule == Choice("constant") else common.build_schedule(),
            l1=self._numbers("l1"),
            l2=self._numbers("l2"),
            noise=self._numbers("noise"),
            frozen=range(common.frozen),
            seed=common.seed,
            keep=kept.tolist(),
            numbers=numbers,
            dtype=self.dtype,
            progress=progress,
            workers=workers,
        )
        if common.stop:
            training = stopped(training, common.stop)
        lanes = np.arange(self.count)
        taken = self.budget.taken(common, common.optimizers[0], training.trials) if self.budget else np.full(self.count, common.steps)
        looked = np.minimum(self._looked[:, None], taken)
        rows, end = np.searchsorted(kept, looked), np.searchsorted(kept, taken)
        last = training.weights[end, lanes]
        known = statistics(net, last, data.x) if net.batch_norm else None
        losses = training.test_losses if self.tested else training.losses  # not on a batch: one is not all
        low = losses[rows, lanes] <= GOAL * guessing_loss(data)
        away = len(low) - 1 - (~low[::-1]).argmax(axis=0)  # the last look at which it is not there
        stays = np.where(low.all(axis=0), 0, np.minimum(away + 1, len(low) - 1))
        return {
            "final": net.loss(last, data.x, data.y),
            "test": net.loss(last, data.test_x, data.test_y, statistics=known),
            "accuracy": self._accuracy(net, data, last, known),
            "reached": np.where(low.any(axis=0), looked[low.argmax(axis=0), lanes], -1).astype(np.int32),
            "stayed": np.where(low[-1], looked[stays, lanes], -1).astype(np.int32),
            "taken": taken.astype(np.int32),
            "trials": training.trials[np.where(low[-1], rows[stays, lanes], end), lanes].astype(np.int32),
        }

    def _starts(self, net: Network, numbers: npt.NDArray[np.int64]) -> Array:
        """The weights before the first step, shape (count, P)."""
        known: dict[tuple[Choice, int], Array] = {}
        wanted = [(experiment.initials[0], number) for experiment, number in zip(self.experiments, numbers.tolist(), strict=True)]
        for experiment, (choice, number) in zip(self.experiments, wanted, strict=True):
            if (choice, number) not in known:
                begun = experiment.build_initials()[0]
                known[choice, number] = net.initial(begun.initializer, 1, experiment.seed, begun.scale, numbers=[number])
        return np.concatenate([known[each] for each in wanted])

    def _numbers(self, name: str) -> float | Array:
        each = [float(getattr(experiment, name)) for experiment in self.experiments]
        return np.array(each) if len(set(each)) > 1 else each[0]

    def _accuracy(self, net: Network, data: Dataset, weights: Array, known: Array | None) -> Array:
        if not data.classes:
            return np.full(self.count, np.nan)
        right = net.accuracy(weights, data.test_x, data.test_y, statistics=known)
        return np.where(np.isfinite(weights).all(axis=1), right, np.nan)


def looks(steps: int, growth: float = _GROWTH) -> npt.NDArray[np.int64]:
    """Steps from 0 to the last, each about so many times the one before."""
    powers = np.arange(int(np.log(max(steps, 1)) / np.log(growth)) + 1)
    return np.unique(np.concatenate([[0, steps], np.rint(growth**powers)]).astype(np.int64))


def kind_of(experiment: Experiment) -> Experiment:
    """What networks have in common that can be trained in one batch: the experiment, without what may differ between them."""
    first = Choice(experiment.optimizers[0].name)
    return experiment.replace(
        initials=(Choice("zeros"),), optimizers=(first,), l1=0.0, l2=0.0, noise=0.0, variants=(), points=(), plane=Experiment.plane
    )


def work_of(experiment: Experiment) -> int:
    """The work of training one network, counted in steps of one trajectory."""
    return max(experiment.build_network().size * examples_of_a_step(experiment) // PRODUCTS, 1) * experiment.steps


def batches_of(experiments: Sequence[Experiment]) -> tuple[list[NetworkBatch], list[npt.NDArray[np.intp]]]:
    """Experiments of one optimizer and one initialization each, as batches; and for each batch which of them it holds."""
    groups: dict[Experiment, list[int]] = {}
    for index, experiment in enumerate(experiments):
        groups.setdefault(kind_of(experiment), []).append(index)
    places = [np.array(group) for group in groups.values()]
    return [NetworkBatch(tuple(experiments[index] for index in group)) for group in groups.values()], places
