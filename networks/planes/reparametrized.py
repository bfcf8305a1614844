"""The same loss by other weights that are faster to compute with, as linear functions of a network's own: so planes remain planes.

tanh and the sigmoid are linear functions of r(z) = 1/(1 + 2^z), whose parts NumPy computes in three quarters of the time that tanh takes,
and machine code (`networks.planes.compiled`) in less than half.
The scale of z goes into the weights before them, what r is multiplied by and what is added into the weights behind them. A softmax of two
classes is the logistic loss of the difference of both outputs. Rounding makes losses differ by some 1e-16 of the sums they are made of.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from formulas.libm.sequence import Sequence
from formulas.program import Call
from networks import activations
from networks.activation import Activation
from networks.network import Network
from networks.planes.compiled import share_with_slope, shares
from parameters import Array

_LN2 = math.log(2)
_LINEAR: tuple[tuple[Activation, float, float, float], ...] = (
    (activations.tanh, 2 / _LN2, -2.0, 1.0),
    (activations.sigmoid, -1 / _LN2, 1.0, 0.0),
)
"""Activations that are offset + gain * r(scale * x): each with its scale, gain and offset."""


def _share(sums: Array, slopes: npt.NDArray[Any] | None, _: dict[str, float]) -> list[Call]:
    """The slope of r is ln 2 r (r - 1), of which ln 2 is left to `Reparametrized.behind`."""
    compiled = shares(sums, slopes)
    if compiled:
        return compiled
    one = np.array(1.0, sums.dtype)
    calls: list[Call] = [(np.exp2, (sums, sums)), *shares_of_powers(sums)]
    if slopes is not None:
        calls += [(np.subtract, (sums, one, slopes)), (np.multiply, (slopes, sums, slopes))]
    return calls


def shares_of_powers(powers: Array) -> list[Call]:
    """The calls that make r of 2^z, in place."""
    one = np.array(1.0, powers.dtype)
    return [(np.add, (powers, one, powers)), (np.divide, (one, powers, powers))]


_SHARE = Activation(
    "Share",
    formula="1/(1 + 2**x)",
    kernel=_share,
    torch="Sigmoid()",
    source="Cox 1958, doi:10.1111/j.2517-6161.1958.tb00292.x, by powers of 2",
    about="A sigmoid that falls, by powers of 2.",
)


class Reparametrized:
    """A network with the same loss as another one.

    Args:
        net: the other one.

    Attributes:
        net: the network that has the same loss with `weights(w)` as the other one with w; itself where there is nothing to gain.
        behind: what its weights are to be multiplied by where signals go back through them, since slopes of activations lack that factor.
    """

    def __init__(self, net: Network) -> None:
        self._of = net
        self._scale, self._gain, self._offset, self.behind = 1.0, 1.0, 0.0, 1.0
        activation, loss, outputs = net.activation, net.loss_name, net.sizes[-1]
        for linear, *numbers in _LINEAR:
            if activation == linear:
                activation, (self._scale, self._gain, self._offset), self.behind = _SHARE, numbers, _LN2
        self._difference = loss == "softmax" and outputs == 2
        if self._difference:
            loss, outputs = "logistic", 1
        self.net = Network((*net.sizes[:-1], outputs), activation, net.batch_norm, loss=loss, eps=net.eps)

    @property
    def by_powers(self) -> bool:
        """Whether hidden layers give out r(z) of their sums."""
        return self.net.activation is _SHARE and len(self.net.layers) > 1

    def activate(self) -> Sequence:
        """What a hidden unit makes of its sum, and the slope but for `behind`, as operations one after the other."""
        return share_with_slope() if self.net.activation is _SHARE else self.net.activation.as_sequence()

    def targets(self, given: Array) -> Array:
        """Its targets, shape (n, k'), for targets of the other one, shape (n, k)."""
        return given[:, 1:] if self._difference else given

    def weights(self, given: Array) -> Array:
        """Its weights, shape (..., P'), for weights of the other one, shape (..., P): a linear function, of directions, too."""
        rows = given.reshape(-1, self._of.size)
        result = np.empty((len(rows), self.net.size))
        last = len(self.net.layers) - 1
        for index, (old, new) in enumerate(zip(self._of.layers, self.net.layers, strict=True)):
            matrix, bias = rows[:, old.weight].reshape(-1, old.outputs, old.inputs), rows[:, old.bias]
            if index > 0:
                matrix, bias = self._gain * matrix, bias + self._offset * matrix.sum(axis=2)
            if index == last and self._difference:
                matrix, bias = matrix[:, 1:] - matrix[:, :1], bias[:, 1:] - bias[:, :1]
            scale = self._scale if index < last else 1.0
            if old.scale and old.shift and new.scale and new.shift:
                result[:, new.scale], result[:, new.shift] = scale * rows[:, old.scale], scale * rows[:, old.shift]
                scale = 1.0
            result[:, new.weight], result[:, new.bias] = scale * matrix.reshape(len(rows), -1), scale * bias
        return result.reshape(*given.shape[:-1], -1)
