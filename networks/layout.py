"""Where each weight of a network stands: in the order that users see, and in the one that is fast to compute with.

Users see layer after layer: its matrix (out, in) row by row, its biases, and with batch normalization its scale and shift. Inside, the
bias of each unit stands behind its row, so that one matrix product with a row of ones below the activations does both.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from parameters import Array


@dataclass(frozen=True)
class Layer:
    """One layer of a network.

    Attributes:
        inputs, outputs: how many numbers it takes and gives.
        weight, bias: where they stand among a network's P weights.
        scale, shift: likewise those of batch normalization; None where there is none.
    """

    inputs: int
    outputs: int
    weight: slice
    bias: slice
    scale: slice | None = None
    shift: slice | None = None

    @property
    def whole(self) -> slice:
        """All of its weights."""
        return slice(self.weight.start, (self.shift or self.bias).stop)


def layers_of(sizes: tuple[int, ...], batch_norm: bool) -> tuple[Layer, ...]:
    """The layers of a network with so many units in each, the inputs first."""
    layers, end = [], 0

    def following(count: int) -> slice:
        nonlocal end
        end += count
        return slice(end - count, end)

    for index, (inputs, outputs) in enumerate(pairwise(sizes)):
        weight, bias = following(inputs * outputs), following(outputs)
        normalized = batch_norm and index < len(sizes) - 2
        scale, shift = (following(outputs), following(outputs)) if normalized else (None, None)
        layers.append(Layer(inputs, outputs, weight, bias, scale, shift))
    return tuple(layers)


class Layout:
    """Weights in the order that is fast to compute with ("packed"), and back.

    Attributes:
        order: packed weights are `weights[:, order]`.
        inverse: and those are `packed[:, inverse]`.
    """

    def __init__(self, layers: tuple[Layer, ...]) -> None:
        self.layers = layers
        size = layers[-1].whole.stop
        self.order: npt.NDArray[np.intp] = np.arange(size)
        for layer in layers:
            rows = np.arange(layer.weight.start, layer.weight.stop).reshape(layer.outputs, layer.inputs)
            with_bias = np.concatenate([rows, np.arange(layer.bias.start, layer.bias.stop)[:, None]], axis=1)
            self.order[layer.weight.start : layer.bias.stop] = with_bias.reshape(-1)
        self.inverse: npt.NDArray[np.intp] = np.argsort(self.order)

    def pack(self, weights: Array) -> Array:
        """Weights, shape (R, P), packed: a copy."""
        return np.ascontiguousarray(weights[:, self.order])

    def unpack(self, packed: Array) -> Array:
        """Packed weights, shape (R, P), as users see them: a copy."""
        result = np.empty_like(packed)
        self.write(packed, result)
        return result

    def write(self, packed: Array, out: Array) -> None:
        """The same into an array, of any type, layer by layer: that takes a third of the time that one index for each weight takes."""
        for layer, matrix in zip(self.layers, self.matrices(packed), strict=True):
            out[:, layer.weight].reshape(len(out), layer.outputs, layer.inputs)[:] = matrix[:, :, :-1]
            out[:, layer.bias] = matrix[:, :, -1]
            rest = slice(layer.bias.stop, layer.whole.stop)
            out[:, rest] = packed[:, rest]

    def matrices(self, packed: Array) -> list[Array]:
        """Views of a packed array: each layer's matrix with the biases as its last column, shape (R, out, in + 1)."""
        return [
            packed[:, layer.weight.start : layer.bias.stop].reshape(len(packed), layer.outputs, layer.inputs + 1) for layer in self.layers
        ]

    def scales(self, packed: Array) -> list[tuple[Array, Array]]:
        """Views of a packed array: scale and shift of each normalized layer, shape (R, out, 1)."""
        found = [(layer.scale, layer.shift) for layer in self.layers]
        return [(packed[:, scale, None], packed[:, shift, None]) for scale, shift in found if scale and shift]

    def penalized(self) -> npt.NDArray[np.bool_]:
        """Which packed weights a penalty counts: those that multiply a signal, not biases, scales or shifts. Shape (P,)."""
        counts = np.zeros(self.order.size, dtype=bool)
        for layer in self.layers:
            counts[layer.weight] = True
        return np.asarray(counts[self.order])
