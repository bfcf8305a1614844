"""Regularization in numbers: how many networks learn in several ways, and what becomes of the loss on other examples.

What a single network shows may be chance. Here each way to train is given to many networks, which differ in their examples, their first
weights, and whatever else a seed chooses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from lab.executors import Executor, Publish, gather
from lab.network_tiles import PRODUCTS
from lab.tiles import BYTES, Result
from networks import Network
from parameters import Array, short
from scenario import Choice, Experiment
from scenario.training import train_networks
from scenario.variants import SCRATCH, Variant
from simulation.progress import Progress, share_of

MEASURES = ("losses", "test_losses", "accuracies", "test_accuracies")
"""What is measured along each training, as `networks.Training` calls it."""
MOST_NETWORKS = 100
MOST_WAYS = 8
"""So many have colours of their own."""
RISE = 1.1
"""A test loss that ends so many times as high as it was at its lowest, in the mean, has risen: by a tenth."""
_FIRST = 5
"""So many networks of each way are shown before the others have learned."""
_CLEAR = 2.0
"""A mean difference of so many standard errors is more than chance."""
_GROWTH = 1.15
"""Steps at which is measured lie this factor apart."""
_STOP = 25
"""One of the usual ways stops after one of so many parts of the steps."""
_APART = {"adam": "adamw"}
"""Methods whose weight decay is but a penalty on the loss, and the method that takes the same steps with a decay apart from it."""


def usual_ways(experiment: Experiment) -> tuple[Choice, ...]:
    """The ways that are compared where an experiment compares none: nothing, penalties, weight decay, dropout, stopping early.

    Weight decay is among them where the optimizer has one apart from the slopes, else it would be L2 again; dropout where there are hidden
    layers."""
    settings: list[dict[str, float]] = [{}, {"l2": 0.003}, {"l2": 0.01}, {"l1": 0.01}]
    if experiment.build_optimizers()[0].decays_apart:
        settings.append({"weight_decay": 1.0})
    if experiment.widths:
        settings.append({"dropout": 0.5})
    return tuple(Choice.of(SCRATCH, **each) for each in [*settings, {"stop": float(max(experiment.steps // _STOP, 1))}])


@dataclass(frozen=True)
class RegularizationCurves:
    """The task to train many networks in each of several ways.

    Network k of a way is that of the experiment with k added to its seed, which chooses examples, first weights, batches and dropout: to
    the last bit.

    Args:
        experiment: of one optimizer and one initialization, whose variants are the ways; see `of`.
        networks: how many for each way.

    Raises:
        ValueError: there are too few or too many networks or ways; the message says what to do.
    """

    experiment: Experiment
    networks: int = 20

    @classmethod
    def of(cls, experiment: Experiment, networks: int = 20) -> RegularizationCurves:
        """The task for an experiment: its first optimizer, from its first initialization of the usual scale, if one has that, in its own
        variants, or, where it has not several, in the usual ways; with Adam by AdamW, which takes the same steps and has a weight decay
        apart from them."""
        first = experiment.optimizers[0]
        begun = next((each for each in experiment.initials if dict(each.settings).get("scale", 1.0) == 1.0), experiment.initials[0])
        one = experiment.replace(optimizers=(first,), initials=(begun,), points=(), plane=Experiment.plane)
        if len(experiment.variants) > 1:
            return cls(one, networks)
        settings = dict(first.settings)
        if first.name in _APART and not settings.get("weight_decay") and settings.get("bias_correction", True):
            first = Choice.of(
                _APART[first.name], **{name: settings[name] for name in settings if name != "bias_correction"}, weight_decay=0.0
            )
            one = one.replace(optimizers=(first,))
        plain = one.replace(variants=(), l1=0.0, l2=0.0, dropout=0.0, stop=0)
        return cls(plain.replace(variants=usual_ways(plain)), networks)

    def __post_init__(self) -> None:
        if not 2 <= self.networks <= MOST_NETWORKS:
            raise ValueError(f"{self.networks} networks of each way are asked for; choose 2 to {MOST_NETWORKS}")
        if len(self.experiment.variants) > MOST_WAYS:
            raise ValueError(
                f"curves of at most {MOST_WAYS} ways can be told apart, and these are {len(self.experiment.variants)}; compare fewer"
            )

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """A name for each way."""
        return self.experiment.labels()

    @cached_property
    def steps(self) -> npt.NDArray[np.int64]:
        """The steps at which is measured, rising, shape (K,): the first, the last, and where any of the ways stops among them."""
        last = self.experiment.steps
        powers = np.rint(_GROWTH ** np.arange(int(np.log(max(last, 1)) / np.log(_GROWTH)) + 1))
        stops = [way.number("stop") for way in self.experiment.build_variants()]
        return np.unique(np.clip([0, *powers, *stops, last], 0, last)).astype(np.int64)

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return sum(batch.work for batch in self._batches(range(self.networks)))

    def _batches(self, numbers: Sequence[int]) -> list[WayBatch]:
        return [WayBatch(self, way, tuple(numbers)) for way in range(len(self.experiment.variants))]

    def compute(self, execute: Executor, publish: Publish[RegularizationResult]) -> RegularizationResult:
        """Train the networks, a few of each way first."""
        found: list[dict[str, Array]] = []
        groups = [range(min(_FIRST, self.networks)), range(_FIRST, self.networks)]
        for numbers in filter(len, groups):
            parts = gather(execute, self._batches(numbers))
            found.append({name: np.stack([part[name] for part in parts]) for name in MEASURES})
            result = RegularizationResult(self, **{name: np.concatenate([each[name] for each in found], axis=1) for name in MEASURES})
            publish(result)
        return result


@dataclass(frozen=True, eq=False)
class WayBatch:
    """Networks that are trained in one way.

    Args:
        task: what they are for.
        way: the number of the way, from 0.
        numbers: which networks: what is added to the seed.
    """

    task: RegularizationCurves
    way: int
    numbers: tuple[int, ...]

    @property
    def count(self) -> int:
        """The number of networks."""
        return len(self.numbers)

    @property
    def at_once(self) -> int:
        """How many of them a tile may hold."""
        return int(np.clip(BYTES // (len(self.task.steps) * self._net.size * 8), 1, MOST_NETWORKS))

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        examples = int(self._variant.number("batch")) or len(self.task.experiment.build_data().x)
        return self.count * max(self._net.size * examples // PRODUCTS, 1) * self.task.experiment.steps

    @property
    def dtypes(self) -> Mapping[str, npt.DTypeLike]:
        """The types of its results, `MEASURES`: a row of K numbers for each network; NaN where there is none."""
        return {name: np.dtype((np.float64, (len(self.task.steps),))) for name in MEASURES}

    @property
    def _variant(self) -> Variant:
        return self.task.experiment.build_variants()[self.way]

    @property
    def _net(self) -> Network:
        return self.task.experiment.build_network(self._variant.number("dropout"))

    def part(self, lanes: slice) -> WayBatch:
        """Some of its networks."""
        return replace(self, numbers=self.numbers[lanes])

    def run(self, progress: Progress | None = None, workers: int | None = None) -> Result:
        """Train them in this process; `progress` as for `Batch.run`."""
        experiment, way = self.task.experiment, self._variant
        seeded = [experiment.replace(seed=experiment.seed + number) for number in self.numbers]
        draws = way.number("batch") or way.number("dropout") or way.number("noise")
        groups = [[each] for each in seeded] if draws else [seeded]  # what is drawn in each step is drawn for one seed at a time
        parts: list[dict[str, Array]] = []
        for place, group in enumerate(groups):
            training = train_networks(
                self._net,
                [each.build_data() for each in group],
                experiment.build_optimizers()[0],
                way,
                np.concatenate([each.first_weights(way) for each in group]),
                self.task.steps,
                None if experiment.schedule == Choice("constant") else experiment.build_schedule(),
                group[0].seed,
                share_of(progress, place / len(groups), (place + 1) / len(groups)),
            )
            parts.append({name: np.ascontiguousarray(getattr(training, name).T) for name in MEASURES})
        return {name: np.concatenate([part[name] for part in parts]) for name in MEASURES}


@dataclass(frozen=True, eq=False)
class RegularizationResult:
    """What became of the networks. The axes of the arrays: ways, networks, the task's steps.

    Attributes:
        task: what was trained.
        losses, test_losses: on the examples and on those for testing, without penalties; NaN from where a network overflowed.
        accuracies, test_accuracies: the share that is right, 0 to 1; NaN in a regression.
    """

    task: RegularizationCurves
    losses: Array
    test_losses: Array
    accuracies: Array
    test_accuracies: Array

    @property
    def nbytes(self) -> int:
        """The memory that it takes, in bytes."""
        return sum(getattr(self, name).nbytes for name in MEASURES)

    @property
    def networks(self) -> int:
        """How many networks of each way have learned."""
        return int(self.losses.shape[1])

    @property
    def graded(self) -> bool:
        """Whether there is a share that is right."""
        return bool(np.isfinite(self.accuracies).any())

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """How each way ends."""
        return tuple(self._outcome(way) for way in range(len(self.losses)))

    def _outcome(self, way: int) -> Outcome:
        held = np.isfinite(self.losses[way, :, -1]) & np.isfinite(self.test_losses[way, :, -1])
        if not held.any():
            nan = float("nan")
            return Outcome(self.networks, nan, nan, nan, nan, nan, -1, nan, False)
        tests = self.test_losses[way, held]
        means, ends = tests.mean(axis=0), tests[:, -1]
        best = int(np.argmin(means))
        grown = ends - tests[:, best]
        surely = held.sum() > 1 and grown.mean() > _CLEAR * grown.std(ddof=1) / np.sqrt(held.sum())
        return Outcome(
            int(np.count_nonzero(~held)),
            float(self.losses[way, held, -1].mean()),
            float(ends.mean()),
            float(ends.std(ddof=1)) if held.sum() > 1 else 0.0,
            float(self.test_accuracies[way, held, -1].mean()),
            float(means[best]),
            int(self.task.steps[best]),
            float(means[-1] / means[best]) if means[best] > 0 else 1.0,
            bool(surely and means[-1] > RISE * means[best]),
        )

    @property
    def told(self) -> str:
        """Which ways over-fit and which do not, in words, and which ends lowest."""
        named = list(zip(self.task.labels, self.outcomes, strict=True))
        rising = sorted(((label, each) for label, each in named if each.rises), key=lambda pair: -pair[1].growth)
        level = [label for label, each in named if not each.rises and each.overflowed < self.networks]
        parts = []
        if rising:
            many = "; ".join(
                f"{label}, from {short(each.lowest, 2)} at step {each.at:,} to {short(each.test, 2)}" for label, each in rising
            )
            parts.append(f"Over-fitting, the test loss ends more than a tenth above its lowest: {many}.")
        if level:
            parts.append(f"Not over-fitting: {', '.join(level)}.")
        if lost := [f"{label} ({each.overflowed})" for label, each in named if each.overflowed]:
            parts.append(f"Networks that overflowed are not counted: {', '.join(lost)}.")
        ends = {label: each.test for label, each in named if np.isfinite(each.test)}
        if len(ends) > 1:
            low, high = min(ends, key=ends.__getitem__), max(ends, key=ends.__getitem__)
            least, most = short(ends[low], 2), short(ends[high], 2)
            if least == most:  # networks that learn nothing, say: which of them is lower is no finding
                parts.append(f"The test loss ends alike with all of them, at {least}.")
            else:
                parts.append(f"The test loss ends lowest with {low}, {least}, and highest with {high}, {most}.")
        return " ".join(parts)


@dataclass(frozen=True)
class Outcome:
    """How the networks of a way end, in the mean over those that did not overflow.

    Attributes:
        overflowed: how many did.
        train, test: the losses on the examples and on those for testing.
        spread: the standard deviation of the latter over the networks.
        accuracy: the share of those for testing that is right.
        lowest, at: where the mean test loss was lowest, and after which step.
        growth: how many times as high as there it ends.
        rises: whether that is more than `RISE`, and more than two standard errors.
    """

    overflowed: int
    train: float
    test: float
    spread: float
    accuracy: float
    lowest: float
    at: int
    growth: float
    rises: bool
