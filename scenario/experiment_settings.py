"""What an experiment consists of, as one immutable value: its fields, and what each of them stands for."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import product
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

import optimizers
from networks import Dataset, Network, activations, datasets, planes
from networks.planes import PlaneKind
from networks.training.draws import Batches
from optimizers import Optimizer, Schedule
from parameters import Declared
from scenario import text
from scenario.choice import Choice
from scenario.experiment_checks import checked_fields
from scenario.experiment_reader import ExperimentReader
from scenario.network_panels import DEFAULT_NETWORK_PANELS, NETWORK_PANELS, PANELS_WITHOUT_PLANE
from scenario.network_parts import (
    DEPTH,
    NUMBERS,
    OWN,
    TEST_SHARE,
    WIDTH,
    WIDTHS,
    Initial,
    build_data,
    initial,
    limited_to,
    optimizer,
)
from scenario.setup import ITSELF, Part, Setup, labels_of
from scenario.variants import SCRATCH, VARYING_NAMES, Variant, variant, variant_labels


@dataclass(frozen=True)
class ExperimentSettings(Setup):
    """What an `Experiment` consists of; see there."""

    noun: ClassVar = "experiment"
    event: ClassVar = "training"
    page: ClassVar = "Network"
    always: ClassVar = ("data", "initials", "optimizers")
    known_panels: ClassVar = NETWORK_PANELS

    data: Choice = Choice("moons")
    widths: tuple[int, ...] = WIDTHS
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
    noise: float = 0.0
    frozen: int = 0
    stop: int = 0
    seed: int = 0
    table: str = ""
    variants: tuple[Choice, ...] = ()
    plane: Choice = Choice("pca")
    points: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        self.read_choices()
        given = {name: getattr(self, name) for name in self.names()}
        for name, value in checked_fields(given).items():
            object.__setattr__(self, name, value)
        if self.data.name == OWN:
            self.build_data()

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

    @property
    def ground(self) -> Hashable:
        """All but the points: the plane that they lie on is drawn through what is trained."""
        return self.replace(points=())

    def build_data(self) -> Dataset:
        """The examples."""
        return build_data(self.data, self.seed, self.table)

    def build_network(self, dropout: float | None = None) -> Network:
        """The network; all that are trained are alike but for their weights, and for the dropout of variants if that is given."""
        data = self.build_data()
        activation = activations.get(self.activation.name, **dict(self.activation.settings))
        dropout = self.dropout if dropout is None else dropout
        return Network((data.inputs, *self.widths, data.outputs), activation, self.batch_norm, dropout, data.loss)

    def build_initials(self) -> tuple[Initial, ...]:
        """The initializations."""
        return tuple(initial(choice.name, **dict(choice.settings)) for choice in self.initials)

    def build_optimizers(self) -> tuple[Optimizer, ...]:
        """The optimizers, with their hyper-parameters."""
        return tuple(optimizer(choice.name, **dict(choice.settings)) for choice in self.optimizers)

    def build_variants(self) -> tuple[Variant, ...]:
        """The ways to train, one at least, with the experiment's own numbers where a variant does not say."""
        plain = {name: getattr(self, name) for name in VARYING_NAMES if name in NUMBERS}
        return tuple(variant(choice, plain) for choice in self.variants or (Choice(SCRATCH),))

    def build_plane(self) -> PlaneKind:
        """How the plane is made on which the landscape is looked at."""
        return planes.get(self.plane.name, **dict(self.plane.settings))

    def batches(self, size: int) -> npt.NDArray[np.intp]:
        """Which examples each step looks at in batches of a size, shape (steps, size), the same for all networks."""
        drawn = Batches(self.seed, np.zeros(1, dtype=np.int64), len(self.build_data().x), size, replacement=False)
        return np.concatenate([drawn.at(step) for step in range(self.steps)])

    def build_schedule(self) -> Schedule:
        """The learning-rate schedule."""
        return optimizers.schedules.get(self.schedule.name, **dict(self.schedule.settings))

    def labels(self) -> tuple[str, ...]:
        """A name for each run: of its optimizer, its variant and how it begins, or of those of them that differ."""
        several = sum(len(each) > 1 for each in (self.optimizers, self.variants, (*self.initials, *self.points))) > 1
        methods, begun = labels_of(self.build_optimizers(), brief=several), labels_of(self.build_initials(), brief=several)
        ways = variant_labels(self.build_variants(), len(self.widths) + 1)
        telling = [each if len(each) > 1 else ("",) for each in (methods, ways, begun)]
        names = list(product(*telling))
        names += [(*pair, f"start {number}") for number in range(1, len(self.points) + 1) for pair in product(*telling[:2])]
        return tuple(", ".join(filter(None, parts)) or methods[0] for parts in names)

    # ---- its numbers, and what a text says of it

    def parts(self) -> tuple[str, ...]:
        """The parts that hold numbers, in their order."""
        lists = (f"{field}.{index}" for field in ("optimizers", "initials", "variants") for index in range(len(getattr(self, field))))
        return (*lists, "data", "activation", "schedule", "plane", ITSELF)

    def part(self, name: str) -> Part:
        """One of them."""
        if name == ITSELF:
            own = [*limited_to(self.widths, NUMBERS.values()), *([WIDTH] if self.widths else []), DEPTH]
            values = {number: getattr(self, number) for number in NUMBERS}
            return Part("Experiment", tuple(own), {**values, "depth": len(self.widths), "width": max(self.widths, default=0)})
        if name == "data" and self.data.name == OWN:
            return Part("Own data", (TEST_SHARE,), {TEST_SHARE.name: float(TEST_SHARE.default), **dict(self.data.settings)})
        field, _, index = name.partition(".")
        thing: Declared
        if index:
            built = {"optimizers": self.build_optimizers, "initials": self.build_initials, "variants": self.build_variants}
            thing = built[field]()[int(index)]
            if field == "variants":
                return Part(thing.name, limited_to(self.widths, thing.parameters), thing.values)
        elif field == "plane":
            thing = self.build_plane()
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
        reader = ExperimentReader(found, cls.usual(), cls.noun)
        return cls(**reader.read()), reader.notes
