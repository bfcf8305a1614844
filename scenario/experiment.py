"""An experiment: everything that determines what a user sees of networks that are trained, as one immutable value; and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

import networks
import optimizers
from networks import Dataset, Network, activations, datasets
from networks.training.draws import Batches
from optimizers import Optimizer, Schedule
from parameters import Declared, lookup
from scenario import text
from scenario.choice import Choice, single
from scenario.experiment_reader import ExperimentReader
from scenario.network_panels import DEFAULT_NETWORK_PANELS, NETWORK_PANELS, PANELS_WITHOUT_PLANE
from scenario.network_parts import (
    DEPTH,
    MOST_RUNS,
    NUMBERS,
    OWN,
    TEST_SHARE,
    WIDTH,
    Initial,
    build_data,
    initial,
    optimizer,
    source_parameters,
    sources,
)
from scenario.setup import ITSELF, Part, Setup, labels_of
from scenario.trained import Steps, TrainedRun, kept_steps, trained_run
from simulation.progress import Progress


@dataclass(frozen=True)
class Experiment(Setup):
    """Data, a network, initializations and optimizers. Each optimizer trains the network from each initialization.

    The same experiment gives the same numbers everywhere. All networks see the same examples in the same order; two initializations of one
    initializer differ in nothing but the numbers that differ in their settings.

    Args:
        data: from `networks.datasets`, with its settings; or `OWN`, where `table` holds the data.
        widths: how many units each hidden layer has; none for a network without hidden layers.
        activation: of the hidden layers, from `networks.activations`.
        initials: how the weights are drawn, from `networks.initializers`; "scale" is a factor on them.
        optimizers: who trains, each with its hyper-parameters; what is not set is at its default for networks.
        steps: how many steps each takes.
        batch: examples in each step; 0 is all of them.
        schedule: how the learning rate decays.
        batch_norm, dropout, l1, l2: whether sums are normalized, the share of units left out, and the strengths of penalties on weights.
        seed: chooses data, weights, batches and what drops out.
        table: one's own data where `data` is `OWN`: a row an example, "x, y, label".

    Raises:
        KeyError, TypeError, ValueError: something in it is unknown or not valid; the message says what, and what is.
    """

    noun: ClassVar = "experiment"
    event: ClassVar = "training"
    page: ClassVar = "Network"
    always: ClassVar = ("data", "initials", "optimizers")
    known_panels: ClassVar = NETWORK_PANELS

    data: Choice = Choice("moons")
    widths: tuple[int, ...] = (16, 16, 16, 16, 16)
    activation: Choice = Choice("tanh")
    initials: tuple[Choice, ...] = (Choice("xavier"),)
    optimizers: tuple[Choice, ...] = (Choice("sgd"),)
    steps: int = int(NUMBERS["steps"].default)
    batch: int = 0
    schedule: Choice = Choice("constant")
    batch_norm: bool = False
    dropout: float = 0.0
    l1: float = 0.0
    l2: float = 0.0
    seed: int = 0
    table: str = ""

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {name: number.check(single(getattr(self, name), name), "Experiment") for name, number in NUMBERS.items()}
        checked["widths"] = _checked_widths(self.widths)
        checked["data"] = self._checked_data()
        for field, get in (("activation", activations.get), ("schedule", optimizers.schedules.get)):
            choice = getattr(self, field)
            declared = get(choice.name)
            checked[field] = choice.checked(declared.parameters, declared.name)
        checked["initials"] = _checked_all(self.initials, initial, "initialization")
        checked["optimizers"] = _checked_all(self.optimizers, optimizer, "optimizer")
        runs = len(self.optimizers) * len(self.initials)
        if runs > MOST_RUNS:
            asked = f"{len(self.optimizers)} optimizers from {len(self.initials)} initializations are {runs} networks"
            raise ValueError(f"{asked}, and at most {MOST_RUNS} have room in the page; remove some of either")
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if self.data.name == OWN:
            self.build_data()

    def _checked_data(self) -> Choice:
        if self.table and self.data.name != OWN:
            raise ValueError(f"a table goes with the data {OWN!r}, not with {self.data.name!r}")
        lookup(dict.fromkeys(sources()), self.data.name, "data set")
        owner = "Own data" if self.data.name == OWN else datasets.source(self.data.name).name
        return self.data.checked(source_parameters(self.data.name), owner)

    # ---- what it stands for

    @property
    def title(self) -> str:
        """The data and the network in words: "Moons, 2-16-16-1 Tanh"."""
        return f"{self.build_data().name}, {self.build_network()}"

    @property
    def usual_panels(self) -> tuple[str, ...]:
        """Its boundary among them, or, where more than two inputs have no plane to draw it on, the network itself."""
        return DEFAULT_NETWORK_PANELS if self.build_data().inputs <= 2 else PANELS_WITHOUT_PLANE

    @property
    def subject(self) -> str:
        """The data's name in the catalogue."""
        return self.data.name

    def build_data(self) -> Dataset:
        """The examples."""
        return build_data(self.data, self.seed, self.table)

    def build_network(self) -> Network:
        """The network; all that are trained are alike but for their weights."""
        data = self.build_data()
        activation = activations.get(self.activation.name, **dict(self.activation.settings))
        return Network((data.inputs, *self.widths, data.outputs), activation, self.batch_norm, self.dropout, data.loss)

    def build_initials(self) -> tuple[Initial, ...]:
        """The initializations."""
        return tuple(initial(choice.name, **dict(choice.settings)) for choice in self.initials)

    def build_optimizers(self) -> tuple[Optimizer, ...]:
        """The optimizers, with their hyper-parameters."""
        return tuple(optimizer(choice.name, **dict(choice.settings)) for choice in self.optimizers)

    def batches(self) -> npt.NDArray[np.intp]:
        """Which examples each step looks at, shape (steps, batch), the same for all networks; where a batch is not all examples."""
        drawn = Batches(self.seed, np.zeros(1, dtype=np.int64), len(self.build_data().x), self.batch, replacement=False)
        return np.concatenate([drawn.at(step) for step in range(self.steps)])

    def build_schedule(self) -> Schedule:
        """The learning-rate schedule."""
        return optimizers.schedules.get(self.schedule.name, **dict(self.schedule.settings))

    def labels(self) -> tuple[str, ...]:
        """A name for each run: of its optimizer and its initialization, or of the one of them that differs."""
        both = len(self.optimizers) > 1 and len(self.initials) > 1
        trained, begun = labels_of(self.build_optimizers(), brief=both), labels_of(self.build_initials(), brief=both)
        if both:
            return tuple(f"{method}, {start}" for method in trained for start in begun)
        return begun if len(begun) > 1 else trained

    def train(self, progress: Progress | None = None) -> Comparison:
        """Train the network from every initialization with every optimizer.

        Args:
            progress: called now and then with the fraction done; if it returns False, the training stops.

        Raises:
            ValueError: it would not fit into memory, or an optimizer cannot train networks of this size.
            simulation.Cancelled: `progress` returned False.
        """
        network, data, chosen = self.build_network(), self.build_data(), self.build_optimizers()
        if self.batch > len(data.x):
            raise ValueError(f"a batch of {self.batch:,} has more than the {len(data.x):,} examples; choose fewer, or 0 for all of them")
        starts = np.concatenate([network.initial(each.initializer, 1, self.seed, each.scale) for each in self.build_initials()])
        kept = kept_steps(self.steps, network.size * len(starts) * len(chosen))
        labels, runs = iter(self.labels()), []
        for number, method in enumerate(chosen):

            def report(fraction: float, before: int = number) -> object:
                return progress((before + fraction) / len(chosen)) if progress else None

            training = networks.train(
                network,
                data,
                method,
                starts,
                self.steps,
                batch=self.batch or None,
                schedule=None if self.schedule == Choice("constant") else self.build_schedule(),
                l1=self.l1,
                l2=self.l2,
                seed=self.seed,
                keep=kept.tolist(),
                numbers=np.zeros(len(starts), dtype=np.int64),
                progress=report,
            )
            runs += [
                trained_run(data, training, row, next(labels), method, choice, not self.batch) for row, choice in enumerate(self.initials)
            ]
        return Comparison(self, network, data, tuple(runs))

    # ---- its numbers, and what a text says of it

    def parts(self) -> tuple[str, ...]:
        """The parts that hold numbers, in their order."""
        lists = (f"{field}.{index}" for field in ("optimizers", "initials") for index in range(len(getattr(self, field))))
        return (*lists, "data", "activation", "schedule", ITSELF)

    def part(self, name: str) -> Part:
        """One of them."""
        if name == ITSELF:
            own = {**NUMBERS, **({WIDTH.name: WIDTH} if self.widths else {}), DEPTH.name: DEPTH}
            values = {number: getattr(self, number) for number in NUMBERS}
            return Part("Experiment", tuple(own.values()), {**values, "depth": len(self.widths), "width": max(self.widths, default=0)})
        if name == "data" and self.data.name == OWN:
            return Part("Own data", (TEST_SHARE,), {TEST_SHARE.name: float(TEST_SHARE.default), **dict(self.data.settings)})
        field, _, index = name.partition(".")
        thing: Declared
        if index:
            thing = (self.build_optimizers() if field == "optimizers" else self.build_initials())[int(index)]
        else:
            choice: Choice = getattr(self, field)
            thing = {"data": datasets.source, "activation": activations.get, "schedule": optimizers.schedules.get}[field](
                choice.name, **dict(choice.settings)
            )
        return Part(thing.name, thing.parameters, thing.values)

    def with_own(self, name: str, value: Any) -> Self:
        """The same with another of the numbers that stand for themselves; depth and width are those of all hidden layers."""
        if name == DEPTH.name:
            last = self.widths[-1:] or (int(WIDTH.default),)
            return self.replace(widths=(self.widths + last * value)[:value])
        return self.replace(widths=(value,) * len(self.widths)) if name == WIDTH.name else super().with_own(name, value)

    @classmethod
    def nearest(cls, found: text.Fields) -> tuple[Self, list[str]]:
        """The valid experiment nearest to what a text says, and a sentence for everything that had to be changed."""
        reader = ExperimentReader(found, cls.names(), cls.noun)
        return cls(**reader.read()), reader.notes


def _checked_widths(widths: Sequence[int]) -> tuple[int, ...]:
    DEPTH.check(len(widths), "Experiment")
    return tuple(int(WIDTH.check(single(width, "width"), f"Hidden layer {number}")) for number, width in enumerate(widths, 1))


def _checked_all(chosen: Sequence[Choice], get: Any, what: str) -> tuple[Choice, ...]:
    if not chosen:
        raise ValueError(f"no {what} takes part; choose at least one")
    declared = [(choice, get(choice.name)) for choice in chosen]
    return tuple(choice.checked(thing.parameters, thing.name) for choice, thing in declared)


@dataclass(frozen=True, eq=False)
class Comparison:
    """An experiment with its networks: for each optimizer, one from each initialization.

    Attributes:
        experiment: what was trained.
        network: what they are, apart from their weights.
        data: what they learn.
        runs: the trained networks.
    """

    experiment: Experiment
    network: Network
    data: Dataset
    runs: tuple[TrainedRun, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """A name for each."""
        return tuple(run.label for run in self.runs)

    @property
    def steps(self) -> Steps:
        """The steps that are kept of each, shape (K,)."""
        return self.runs[0].steps

    @cached_property
    def initials(self) -> tuple[Initial, ...]:
        """The initializations, in the experiment's order."""
        return self.experiment.build_initials()
