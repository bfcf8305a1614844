"""What a network is: its layers and where its weights stand, how they begin, and what it is to make small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from networks import activations, initializers, loss
from networks.activation import Activation
from networks.checks import check_inputs, check_number, check_per_network, check_weights
from networks.initializer import Initializer
from networks.layout import Layer, Layout, layers_of
from networks.loss import Loss
from parameters import Array

MOST_UNITS = 1024
"""Units of a layer."""
MOST_LAYERS = 64
EPS = 1e-5
"""What batch normalization adds to a variance, as the common deep-learning library does."""


@dataclass(frozen=True)
class Architecture:
    """The layers of a network; see `networks.Network`, which computes."""

    sizes: tuple[int, ...]
    activation: Activation
    batch_norm: bool
    dropout: float
    loss_name: str
    eps: float

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str | Activation = "tanh",
        batch_norm: bool = False,
        dropout: float = 0.0,
        loss: str = "logistic",
        eps: float = EPS,
    ) -> None:
        found = activation if isinstance(activation, Activation) else activations.get(activation)
        given = {"sizes": _check_sizes(sizes), "activation": found, "batch_norm": bool(batch_norm), "loss_name": loss}
        given["dropout"] = check_number("dropout", dropout, 0.0, 0.95)
        given["eps"] = check_number("eps", eps, 0.0, 1.0)
        for name, value in given.items():
            object.__setattr__(self, name, value)
        self.measure.targets(np.zeros(0, dtype=np.int64) if loss != "squared" else np.zeros((0, self.sizes[-1])), self.sizes[-1])

    def __getstate__(self) -> dict[str, Any]:
        return {entry.name: getattr(self, entry.name) for entry in fields(self)}

    @cached_property
    def measure(self) -> Loss:
        """The loss that it is to make small."""
        return loss.find(self.loss_name)

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """Its layers, each with `.weight` and `.bias`, slices into P; with batch normalization `.scale` and `.shift`, too."""
        return layers_of(self.sizes, self.batch_norm)

    @cached_property
    def layout(self) -> Layout:
        """Where its weights stand while it computes."""
        return Layout(self.layers)

    @property
    def size(self) -> int:
        """The number of its weights, P: biases, scales and shifts among them."""
        return int(self.layers[-1].whole.stop)

    def __str__(self) -> str:
        norm = ", batch norm" if self.batch_norm else ""
        first, *hidden, last = self.sizes
        alike = [(size, len(list(same))) for size, same in groupby(hidden)]
        between = ["-".join([str(size)] * count) if count < 3 else f"{size}×{count}" for size, count in alike]
        return f"{'-'.join([str(first), *between, str(last)])} {self.activation.name}{norm}"

    def check_weights(self, weights: npt.ArrayLike) -> Array:
        """Weights as (R, P), float64; a view where they are so already.

        Raises:
            TypeError, ValueError: they are not so many, or no numbers.
        """
        return check_weights(str(self), self.size, weights)

    def check_examples(self, x: npt.ArrayLike, y: npt.ArrayLike | None) -> tuple[Array, Array | None]:
        """Inputs as (n, d), and labels or targets, if there are any, as targets, shape (n, k).

        Raises:
            TypeError, ValueError: they do not fit the network.
        """
        return check_inputs(x, y, self.sizes[0], lambda labels: self.measure.targets(labels, self.sizes[-1]))

    def unpack(self, weights: npt.ArrayLike) -> list[tuple[Array, Array]]:
        """Each layer's matrix (R, out, in) and biases (R, out), as views.

        Args:
            weights: shape (R, P), or (P,) for one network.
        """
        given = self.check_weights(weights)
        return [
            (given[:, layer.weight].reshape(-1, layer.outputs, layer.inputs), given[:, layer.bias].reshape(-1, layer.outputs))
            for layer in self.layers
        ]

    def initial(
        self,
        initializer: str | Initializer = "xavier",
        runs: int = 1,
        seed: int = 0,
        scale: npt.ArrayLike = 1.0,
        *,
        numbers: npt.ArrayLike | None = None,
        **parameters: float,
    ) -> Array:
        """The weights of some networks before they learn. Biases and shifts are 0, the scales of batch normalization 1.

        Args:
            initializer: one of `networks.initializers.names()`, or an `Initializer`.
            runs: how many networks, R.
            seed: chooses the weights. Those of a network depend on the seed and on its number only.
            scale: what all weights are multiplied by, a number or one for each network, shape (R,).
            numbers: whole numbers from 0, shape (R,); the index of each network if not given. Those with one number begin alike, but for
                their scale.
            parameters: the initializer's: `std=` of "normal" and "uniform", `value=` of "constant".

        Returns:
            Shape (R, P).

        Raises:
            KeyError: an unknown initializer (the message lists the valid ones).
            TypeError, ValueError: an argument cannot be used.
        """
        chosen = initializer if isinstance(initializer, Initializer) else initializers.get(initializer)
        chosen = chosen.with_parameters(**parameters) if parameters else chosen
        runs, seed = int(check_number("runs", runs, 1, 1_000_000, whole=True)), int(check_number("seed", seed, 0, 2**63 - 1, whole=True))
        factors = np.broadcast_to(check_per_network("scale", scale, runs, -1e6, 1e6), (runs,))
        streams = np.arange(runs) if numbers is None else check_per_network("numbers", numbers, runs, 0, 2**63 - 1, whole=True)
        weights = np.zeros((runs, self.size))
        known: dict[int, Array] = {}
        for row, (number, factor) in enumerate(zip(np.broadcast_to(streams, (runs,)).tolist(), factors.tolist(), strict=True)):
            if int(number) not in known:
                known = {int(number): self._drawn(chosen, seed, int(number))}
            weights[row] = factor * known[int(number)]
        for layer in self.layers:
            if layer.scale:
                weights[:, layer.scale] = 1.0
        return weights

    def _drawn(self, initializer: Initializer, seed: int, number: int) -> Array:
        generator = np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, number])))
        weights = np.zeros(self.size)
        for layer in self.layers:
            drawn = initializer.draw(generator, layer.outputs, layer.inputs)
            weights[layer.weight] = (initializer.size(layer.inputs, layer.outputs) * drawn).reshape(-1)
        return weights

    def as_data(self) -> dict[str, Any]:
        """What computes it, as plain data for an interpreter in another language: sizes, batch normalization, loss, and the activation as
        a program of elementary steps (see `Activation.as_data`). Weights stand as `layers` says."""
        norm = {"batch_norm": self.batch_norm, "eps": self.eps}
        return {"sizes": list(self.sizes), "activation": self.activation.as_data(), "loss": self.loss_name, **norm}


def _check_sizes(sizes: Any) -> tuple[int, ...]:
    try:
        given = tuple(sizes)
    except TypeError:
        given = ()
    if len(given) < 2 or isinstance(sizes, str):
        raise ValueError(f"sizes must be the inputs, the units of each hidden layer and the outputs, as (2, 16, 16, 1), not {sizes!r}")
    if len(given) - 1 > MOST_LAYERS:
        raise ValueError(f"the network has {len(given) - 1} layers; at most {MOST_LAYERS} can be used")
    return tuple(int(check_number(f"sizes[{index}]", units, 1, MOST_UNITS, whole=True)) for index, units in enumerate(given))
