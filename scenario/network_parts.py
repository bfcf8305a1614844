"""What an experiment is put together from: its numbers, data, initializations and optimizers, each by its name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache, lru_cache

import optimizers
from networks import Dataset, datasets, initializers
from networks.initializer import Initializer
from networks.training import trains
from optimizers import Optimizer
from parameters import Declared, Param
from scenario.choice import Choice
from scenario.numbers import SEED

OWN = "own"
"""What a choice of data, and a link, has in place of a name from the catalogue where the user's own table is the data."""
MOST_RUNS = 12
"""So many networks have room in the page: optimizers times variants times initializations and starting points."""
SCALE = Param("scale", 1.0, 0.0, 1000.0, log=True, slider=(0.01, 100.0), help="What all weights are multiplied by before the first step.")
TEST_SHARE = Param("test_share", 0.2, 0.0, 0.9, help="The share of the rows, chosen at random, that is kept for testing; 0 tests on all.")
DEPTH = Param("depth", 5, 0, 20, unit="layers", words="hidden layers", help="Layers between the input and the output; none is one formula.")
WIDTH = Param("width", 16, 1, 512, log=True, slider=(1, 128), unit="units", words="units in each layer", help="The same for all layers.")
WIDTHS = (16,) * 5
"""The units of the hidden layers, where nothing is said."""
NUMBERS = {
    number.name: number
    for number in (
        Param("steps", 300, 1, 20_000, log=True, slider=(10, 3000), unit="steps", help="How many steps every network takes."),
        Param(
            "batch",
            0,
            0,
            10_000,
            slider=(0, 256),
            unit="examples",
            words="batch size",
            zero="all",
            help="Examples in each step; 0 is all of them.",
        ),
        Param("batch_norm", False, words="batch normalization", help="Each hidden unit's sums get mean 0 and variance 1 over the batch."),
        Param("dropout", 0.0, 0.0, 0.95, help="The share of hidden units that is left out at random in each step."),
        Param("l1", 0.0, 0.0, 10.0, slider=(0.0, 0.1), help="Adds this times the absolute values of the weights, biases not counted."),
        Param("l2", 0.0, 0.0, 10.0, slider=(0.0, 0.1), help="Adds half of this times the squares of the weights, biases not counted."),
        Param(
            "noise",
            0.0,
            0.0,
            100.0,
            slider=(0.0, 0.5),
            words="noise on slopes",
            help="Standard deviation of Gaussian noise on every slope.",
        ),
        Param(
            "frozen", 0, 0, 20, slider=(0, 5), unit="layers", words="frozen layers", help="Layers, from the input on, that do not learn."
        ),
        Param(
            "stop",
            0,
            0,
            20_000,
            slider=(0, 1000),
            words="stop early after step",
            zero="never",
            help="Its weights then stay as they are. 0 is never.",
        ),
        Param(
            "seed", 0, SEED.low, SEED.high, slider=(0, 100), help="Chooses the random numbers: data, weights, batches, dropout and noise."
        ),
    )
}
"""The numbers of an experiment that stand for themselves."""


def limited_to(widths: Sequence[int], declared: Iterable[Param]) -> tuple[Param, ...]:
    """The numbers that can be set where hidden layers have these widths: at most all hidden layers can be frozen."""
    most = len(widths)
    frozen = [replace(NUMBERS["frozen"], high=most, slider=None)] if most else []
    return tuple(each for number in declared for each in (frozen if number.name == "frozen" else [number]))


class Initial(Declared):
    """An initialization: an initializer, and a factor on the weights that it draws.

    Attributes:
        initializer: with its parameters.
        scale: the factor.
    """

    takes_arrays = False

    def __init__(self, declared: Initializer) -> None:
        super().__init__(declared.name, (*declared.parameters, SCALE))
        self._declared, self.about, self.source, self.latex = declared, declared.about, declared.source, declared.latex

    @property
    def initializer(self) -> Initializer:
        """The initializer with its parameters, without the factor."""
        return self._declared.with_parameters(**{name: value for name, value in self.values.items() if name != SCALE.name})

    @property
    def scale(self) -> float:
        """The factor on the weights that it draws."""
        return float(self.values[SCALE.name])


def initial(name: str, /, **settings: float) -> Initial:
    """The initialization of a name from `networks.initializers`. Errors as for `networks.initializers.get`."""
    return Initial(initializers.get(name)).with_parameters(**settings)


@cache
def optimizer_names() -> list[str]:
    """The optimizers that can train networks."""
    return [name for name in optimizers.names() if trains(optimizers.get(name))]


def optimizer(name: str, /, **settings: float) -> Optimizer:
    """The optimizer of a name, with the settings that suit networks where others are not given. Errors as for `optimizers.get`."""
    return optimizers.get(name).for_networks().with_parameters(**settings)


def sources() -> list[str]:
    """What an experiment's data can be."""
    return [*datasets.names(), OWN]


def source_parameters(name: str) -> tuple[Param, ...]:
    """The settings of one of them."""
    return (TEST_SHARE,) if name == OWN else datasets.source(name).parameters


def source_title(name: str) -> str:
    """What one of them is called on screen."""
    return "Own data" if name == OWN else datasets.source(name).name


@lru_cache(maxsize=16)
def build_data(choice: Choice, seed: int, table: str) -> Dataset:
    """The examples of an experiment. Errors as for `networks.datasets`."""
    settings = dict(choice.settings)
    if choice.name == OWN:
        return datasets.from_csv(table, test_share=settings.get(TEST_SHARE.name, float(TEST_SHARE.default)), seed=seed)
    return datasets.source(choice.name, **settings).make(seed)
