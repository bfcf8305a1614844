"""What networks can learn in advance: tasks with many examples, whose features a task with few can begin from.

A network for the small task then begins with all layers but the last of one that has learned the large task; its last layer, which
answers another question, begins as it would without. Yosinski et al. 2014, How transferable are features in deep neural networks?,
arXiv:1411.1792.
"""

from __future__ import annotations

import sys
from collections.abc import Hashable
from functools import lru_cache

import numpy as np

import optimizers
from networks import datasets, digits
from networks.dataset import Dataset, Source
from networks.initializer import Initializer
from networks.network import Network
from networks.training.engine import train
from parameters import Array, Catalogue, Declared, Param

RATE, BATCH = 0.01, 64
"""Adam's learning rate, and the examples in each step."""
_EXAMPLES_SEED = 1_000_003
"""Chooses the examples: they are the same for all networks, and others than those of any small task."""


class SourceTask(Declared):
    """A task that networks learn in advance, with many examples.

    Args:
        name: its title; in code it is found by the same words in lower case, joined by "_".
        examples: where its examples come from.
        steps: how many steps of Adam, 64 examples each, it usually takes.
        about: one line on it.
    """

    takes_arrays = False

    def __init__(self, name: str, *, examples: Source, steps: int, about: str) -> None:
        super().__init__(
            name, [Param("steps", steps, 0, 5_000, slider=(0, 1000), unit="steps", words="steps in advance", help="0 learns nothing.")]
        )
        self.examples, self.about = examples, about

    @property
    def definition(self) -> Hashable:
        """Where its examples come from."""
        return self.examples

    @property
    def inputs(self) -> int:
        """The number of coordinates of an example."""
        return self.data.inputs

    @property
    def data(self) -> Dataset:
        """Its examples, the same for all networks."""
        return _data(self.examples)

    def network_like(self, net: Network) -> Network:
        """The network that learns it in place of another one: the same but for the last layer, and without dropout.

        Raises:
            ValueError: the other one has other inputs, or no hidden layer to be taken over; the message says which.
        """
        if net.sizes[0] != self.inputs:
            raise ValueError(
                f"examples of {self.name} have {self.inputs} inputs, and {net} has {net.sizes[0]}; choose what is learned in advance among "
                "the tasks with as many inputs as the data"
            )
        if len(net.sizes) == 2:
            raise ValueError("what is learned in advance is taken over in hidden layers, and this network has none; give it one")
        sizes = (*net.sizes[:-1], self.data.outputs)
        return Network(sizes, net.activation, net.batch_norm, 0.0, self.data.loss, net.eps)

    def pretrained(
        self, net: Network, initializer: str | Initializer = "xavier", runs: int = 1, seed: int = 0, scale: float = 1.0
    ) -> Array:
        """The weights of `network_like(net)` once they have learned it, shape (runs, P of that network).

        Args:
            net: the network for the small task.
            initializer, runs, seed, scale: how its weights would begin, as for `Network.initial`: hidden layers begin alike.

        Raises:
            ValueError: as for `network_like`.
        """
        own = self.network_like(net)
        begun, shared = own.initial(initializer, runs, seed, scale), own.layers[-1].whole.start
        begun[:, :shared] = net.initial(initializer, runs, seed, scale)[:, :shared]
        steps = int(np.asarray(self._values["steps"]))
        training = train(own, self.data, optimizers.get("adam", lr=RATE), begun, steps, BATCH, seed=seed, keep="last")
        return np.asarray(training.weights[-1])

    def weights(self, net: Network, initializer: str | Initializer = "xavier", runs: int = 1, seed: int = 0, scale: float = 1.0) -> Array:
        """Where networks begin that take over what was learned, shape (runs, P): all layers but the last are those of `pretrained`, the
        last one is that of `Network.initial`. Arguments and errors as for `pretrained`. What was asked for lately is remembered.
        """
        self.network_like(net)
        return _weights(self, net, initializer, int(runs), int(seed), float(scale)).copy()


@lru_cache(maxsize=16)
def _data(examples: Source) -> Dataset:
    return examples.make(_EXAMPLES_SEED)


@lru_cache(maxsize=256)
def _weights(task: SourceTask, net: Network, initializer: str | Initializer, runs: int, seed: int, scale: float) -> Array:
    result = net.initial(initializer, runs, seed, scale)
    shared = net.layers[-1].whole.start
    result[:, :shared] = task.pretrained(net, initializer, runs, seed, scale)[:, :shared]
    return result


six_arms = SourceTask(
    "Six arms",
    examples=datasets.source("six_arms", n=1500, turns=1.0),
    steps=600,
    about="Which of six arms of a spiral a point is on.",
)

ten_digits = SourceTask(
    "Ten digits",
    examples=Source(
        "Ten digits",
        draw=digits.ten_digits,
        classes=10,
        parameters=[Param("noise", 0.0, 0.0, 2.0)],
        source=datasets.source("digits").source,
        about="Handwritten digits.",
        most=digits.how_many("ten_digits"),
        n=800,
        test=90,
    ),
    steps=300,
    about="Which digit an image of 8 x 8 pixels shows, from half of all images.",
)

low_digits = SourceTask(
    "Digits 0 to 4",
    examples=Source(
        "Digits 0 to 4",
        draw=digits.low_digits,
        classes=5,
        parameters=[Param("noise", 0.0, 0.0, 2.0)],
        source=datasets.source("digits").source,
        about="Half of the handwritten digits.",
        most=digits.how_many("low_digits"),
        n=600,
        test=290,
    ),
    steps=300,
    about="Which of the digits 0 to 4 an image shows.",
)

_CATALOGUE = Catalogue("task to learn in advance", SourceTask, sys.modules[__name__])
names = _CATALOGUE.names
get = _CATALOGUE.get
