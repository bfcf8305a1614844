"""Transfer learning in numbers: the share of test examples that is right against the number of examples, for each way to begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import ClassVar

import numpy as np
import numpy.typing as npt

import networks
from lab.executors import Executor, Publish, gather
from lab.network_tiles import PRODUCTS, work_of
from lab.tiles import Result
from networks import Network
from networks.training.transfer import BATCH
from parameters import Array, lookup, short
from scenario import Experiment
from scenario.transfers import TRANSFERS, WAYS, Transfer, Way
from simulation import Cancelled
from simulation.progress import Progress

COUNTS = (1, 2, 5, 10, 20, 50, 100)
"""Examples of each class."""
MOST_NETWORKS = 100
_FIRST = 5
"""So many networks of each kind are shown before the others have learned."""
_CLEAR = 2.0
"""A mean difference of so many standard errors is called a lead."""


@dataclass(frozen=True)
class TransferCurves:
    """The task to let many networks learn a small task in four ways, with few examples and with more.

    Each network has examples, and weights to begin with, of its own: those of the seed that is its number. It learns as the network of
    `Transfer.with_examples` with that seed does, to the last bit.

    Args:
        name: from what to what, a name among `TRANSFERS`.
        networks: how many for each way and number of examples.
        tuned_from: the first layer that fine-tuning lets learn, from 0; those before it stay frozen.
        counts: examples of each class, rising; the small task has at least those.

    Raises:
        KeyError: there is no such pair of tasks; the message lists them.
        ValueError: a number is outside its range; the message says which.
    """

    name: str
    networks: int = 20
    tuned_from: int = 0
    counts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        hidden = len(self.transfer.small.widths)
        if not 2 <= self.networks <= MOST_NETWORKS:
            raise ValueError(f"{self.networks} networks of each kind are asked for; choose 2 to {MOST_NETWORKS}")
        if not 0 <= self.tuned_from < hidden:
            raise ValueError(f"fine-tuning from layer {self.tuned_from} on is asked for; choose 0 to {hidden - 1}")
        counts = self.counts or tuple(count for count in COUNTS if count <= most_examples(self.transfer))
        for count in counts:
            self.transfer.with_examples(count)
        object.__setattr__(self, "counts", counts)

    @property
    def transfer(self) -> Transfer:
        """From what to what."""
        return lookup(TRANSFERS, self.name, "pair of tasks")

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return sum(batch.work for batch in self.batches(range(self.networks)))

    def nearest(self, count: float) -> int:
        """Of the numbers of examples the one that is drawn nearest to a place on a logarithmic axis."""
        return min(self.counts, key=lambda each: abs(np.log(each / max(count, 0.5))))

    def batches(self, numbers: Sequence[int]) -> list[TransferBatch]:
        """Some of the networks of each kind: all ways at the fewest examples first."""
        return [TransferBatch(self, way, count, tuple(numbers)) for count in self.counts for way in WAYS]

    def compute(self, execute: Executor, publish: Publish[TransferResult]) -> TransferResult:
        """Train them: a few of each kind at first, then the others."""
        found: list[TransferResult] = []
        for numbers in (range(min(_FIRST, self.networks)), range(_FIRST, self.networks)):
            if not numbers:
                continue
            parts = gather(execute, self.batches(numbers))
            shape = (len(self.counts), len(WAYS), len(numbers))
            accuracy, loss = (np.array([part[name] for part in parts]).reshape(shape).swapaxes(0, 1) for name in TransferBatch.dtypes)
            found.append(TransferResult(self, accuracy, loss))
            result = TransferResult(
                self, *(np.concatenate([getattr(each, name) for each in found], axis=2) for name in TransferBatch.dtypes)
            )
            publish(result)
        return result


def most_examples(transfer: Transfer) -> int:
    """How many examples of each class the small task has, beside those for testing."""
    data = transfer.small.data
    return networks.datasets.source(data.name, **dict(data.settings)).most // transfer.classes


@dataclass(frozen=True, eq=False)
class TransferBatch:
    """Networks that learn a small task in one way, from equally many examples.

    Args:
        task: what they are for.
        way: a name among `WAYS`.
        per_class: examples of each class.
        numbers: which networks: the seeds of their examples and weights.
    """

    task: TransferCurves
    way: str
    per_class: int
    numbers: tuple[int, ...]
    dtypes: ClassVar[dict[str, type]] = {"accuracy": np.float64, "loss": np.float64}
    """The share of the test examples that is right in the end, and the loss on them."""

    @property
    def count(self) -> int:
        """The number of networks."""
        return len(self.numbers)

    @property
    def at_once(self) -> int:
        """How many of them a tile may hold."""
        return MOST_NETWORKS

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory; what is learned in advance counts where it is needed first."""
        return self.count * (work_of(self._experiments[0]) + self._in_advance)

    @cached_property
    def _experiments(self) -> list[Experiment]:
        return [self.task.transfer.with_examples(self.per_class, number) for number in self.numbers]

    @property
    def _in_advance(self) -> int:
        if self.way != next(name for name, way in WAYS.items() if way.learned) or self.per_class != self.task.counts[0]:
            return 0
        source = self.task.transfer.task
        return int(self._net.size * BATCH * float(np.asarray(source.values["steps"])) / PRODUCTS)

    @property
    def _net(self) -> Network:
        return self._experiments[0].build_network()

    def part(self, lanes: slice) -> TransferBatch:
        """Some of its networks."""
        return replace(self, numbers=self.numbers[lanes])

    def run(self, progress: Progress | None = None, workers: int | None = None) -> Result:
        """Train them in this process. Arguments and errors as for `networks.train`."""
        first, way, net = self._experiments[0], WAYS[self.way], self._net
        variant = self.task.transfer.variant(self.way, self.task.tuned_from)
        share = self.count * self._in_advance / self.work
        training = networks.train(
            net,
            [experiment.build_data() for experiment in self._experiments],
            first.build_optimizers()[0],
            self._starts(way, net, share, progress),
            first.steps,
            frozen=range(int(dict(variant.settings).get("frozen", 0))),
            keep="last",
            progress=(lambda done: progress(share + (1 - share) * done)) if progress else None,
            workers=workers,
        )
        return {"accuracy": training.test_accuracies[-1], "loss": training.test_losses[-1]}

    def _starts(self, way: Way, net: Network, share: float, progress: Progress | None) -> Array:
        """The weights before the first step, shape (count, P)."""
        initializer = self._experiments[0].build_initials()[0].initializer
        draw = partial(self.task.transfer.task.weights, net) if way.learned else net.initial
        starts = []
        for done, seed in enumerate(self.numbers, start=1):
            starts.append(draw(initializer, 1, seed))
            if progress and progress(share * done / self.count) is False:
                raise Cancelled("the training was stopped")
        return np.concatenate(starts)


@dataclass(frozen=True, eq=False)
class TransferResult:
    """How many test examples are right in the end. The axes of the arrays: `WAYS`, the task's counts, networks.

    Attributes:
        task: what was trained.
        accuracy: the share of the test examples that is right, 0 to 1.
        loss: the loss on them.
    """

    task: TransferCurves
    accuracy: Array
    loss: Array

    @property
    def nbytes(self) -> int:
        """The memory that it takes, in bytes."""
        return self.accuracy.nbytes + self.loss.nbytes

    @property
    def networks(self) -> int:
        """How many networks of each kind have learned."""
        return len(self.accuracy[0, 0])

    def of(self, way: str) -> Array:
        """The accuracies of a way, shape (counts, networks).

        Raises:
            KeyError: an unknown way; the message lists those there are.
        """
        return np.asarray(self.accuracy[lookup({name: index for index, name in enumerate(WAYS)}, way, "way")])

    def leads(self, way: str, other: str) -> npt.NDArray[np.int64]:
        """Which of two ways leads at each number of examples, shape (counts,): 1, -1 for the other one, 0 where the mean difference is
        no larger than two standard errors. Networks are compared in pairs, which have one seed and so the same examples."""
        difference = self.of(way) - self.of(other)
        error = difference.std(axis=1, ddof=1) / np.sqrt(self.networks)
        mean = difference.mean(axis=1)
        return np.where(np.abs(mean) > _CLEAR * error, np.sign(mean), 0).astype(np.int64)

    @cached_property
    def freezing(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The numbers of examples at which freezing leads fine-tuning, and those above at which fine-tuning leads."""
        lead = list(zip(self.task.counts, self.leads("tuned", "frozen").tolist(), strict=True))
        frozen = tuple(count for count, who in lead if who < 0)
        return frozen, tuple(count for count, who in lead if who > 0 and count > max(frozen, default=0))

    @property
    def crossover(self) -> float | None:
        """The number of examples of each class at which fine-tuning overtakes freezing, where the curves cross for the last time; None
        where not first the one leads and then the other."""
        if not all(self.freezing):
            return None
        ahead = (self.of("tuned") - self.of("frozen")).mean(axis=1)[: self.task.counts.index(self.freezing[1][-1]) + 1]
        low = int(np.flatnonzero(ahead < 0)[-1])
        below, above = np.log(self.task.counts[low : low + 2])
        share = ahead[low] / (ahead[low] - ahead[low + 1])
        return float(np.exp(below + share * (above - below)))

    @property
    def told(self) -> str:
        """What the curves say, in words: who leads with few examples and with many, and whether anything was gained."""
        return f"{self._of_freezing()} {self._of_gain()}"

    def _of_freezing(self) -> str:
        (frozen, tuned), counts = self.freezing, self.task.counts
        low = "up to " if frozen[:1] == counts[:1] else f"from {frozen[0]} to " if len(frozen) > 1 else "at "
        reach = f"{low}{_examples(frozen[-1])}" if frozen else ""
        if self.crossover is not None:
            return f"Freezing leads {reach}, fine-tuning from {tuned[0]} on; the curves cross at about {short(self.crossover, 2)}."
        if frozen:
            more = "" if frozen[-1] == counts[-1] else "; with more they differ by no more than chance"
            return f"Freezing leads {reach}{more}."
        if tuned:
            return f"Fine-tuning leads from {_examples(tuned[0])} on, and freezing nowhere."
        return "Freezing and fine-tuning differ by no more than chance."

    def _of_gain(self) -> str:
        counts = self.task.counts
        best = np.maximum(self.leads("frozen", "scratch"), self.leads("tuned", "scratch"))
        helped = [count for count, who in zip(counts, best, strict=True) if who > 0]
        if not helped:
            return "Nothing is gained from what was learned in advance: networks from scratch are nowhere behind."
        if helped[-1] == counts[-1]:
            return "What was learned in advance helps throughout."
        return f"What was learned in advance helps up to {_examples(helped[-1])}."


def _examples(count: int) -> str:
    return f"{count} example{'s' * (count != 1)} of each class"
