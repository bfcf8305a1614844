"""The catalogue of activations."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import numpy.typing as npt

from formulas.program import Call
from networks.activation import Activation
from parameters import Array, Catalogue, Param


def _squash(sums: Array, slopes: npt.NDArray[Any] | None, _: dict[str, float]) -> list[Call]:
    """The slope is 1 - a², as in the common deep-learning library."""
    calls: list[Call] = [(np.tanh, (sums, sums))]
    if slopes is not None:
        calls += [(np.multiply, (sums, sums, slopes)), (np.subtract, (np.array(1.0, sums.dtype), slopes, slopes))]
    return calls


def _squeeze(sums: Array, slopes: npt.NDArray[Any] | None, _: dict[str, float]) -> list[Call]:
    """The slope is a (1 - a)."""
    half = np.array(0.5, sums.dtype)
    calls: list[Call] = [(np.multiply, (sums, half, sums)), (np.tanh, (sums, sums)), (np.multiply, (sums, half, sums))]
    calls.append((np.add, (sums, half, sums)))
    if slopes is not None:
        calls += [(np.subtract, (np.array(1.0, sums.dtype), sums, slopes)), (np.multiply, (slopes, sums, slopes))]
    return calls


def _larger(a: Array, b: Array, out: Array) -> None:
    np.maximum(a, b, out=out)


def _cut(sums: Array, slopes: npt.NDArray[Any] | None, _: dict[str, float]) -> list[Call]:
    """An array of zeros is compared with faster than the number 0, up to 2.5 times."""
    zeros = np.zeros(sums.shape[-2:], sums.dtype)
    return [(_larger, (sums, zeros, sums)), *([(np.greater, (sums, zeros, slopes))] if slopes is not None else [])]


def _leak(sums: Array, slopes: npt.NDArray[Any] | None, given: dict[str, float]) -> list[Call]:
    leak, rest = np.array(given["leak"], sums.dtype), np.array(1.0 - given["leak"], sums.dtype)
    less = np.empty(sums.shape, sums.dtype)
    calls: list[Call] = [(np.multiply, (sums, leak, less)), (_larger, (sums, less, sums))]
    if slopes is not None:
        zeros, positive = np.zeros(sums.shape[-2:], sums.dtype), np.empty(sums.shape, dtype=bool)
        calls += [(np.greater, (sums, zeros, positive)), (np.multiply, (positive, rest, slopes)), (np.add, (slopes, leak, slopes))]
    return calls


tanh = Activation(
    "Tanh",
    formula="tanh(x)",
    kernel=_squash,
    torch="Tanh()",
    source="LeCun et al. 1998, doi:10.1007/3-540-49430-8_2",
    about="Between -1 and 1, and 0 in the middle. Large sums saturate it: there it has hardly any slope.",
)

sigmoid = Activation(
    "Sigmoid",
    formula="1/(1 + exp(-x))",
    computed="(1 + tanh(x/2))/2",
    kernel=_squeeze,
    torch="Sigmoid()",
    source="Rumelhart, Hinton and Williams 1986, doi:10.1038/323533a0",
    about="Between 0 and 1, as a probability. Its slope is 1/4 at most, so deep networks of it learn slowly.",
)

relu = Activation(
    "ReLU",
    formula="where(x > 0, x, 0)",
    computed="max(x, 0)",
    kernel=_cut,
    masks=True,
    torch="ReLU()",
    source="Nair and Hinton 2010, icml.cc/Conferences/2010/papers/432.pdf; Glorot, Bordes and Bengio 2011",
    about="Cuts off what is negative. It never saturates above, but a unit that is negative for every example is dead.",
)

leaky_relu = Activation(
    "Leaky ReLU",
    formula="where(x > 0, x, leak*x)",
    computed="max(x, leak*x)",
    parameters=[Param("leak", 0.01, 0.0, 0.99, symbol="a", help="The slope that is left where the sum is negative.")],
    kernel=_leak,
    torch="LeakyReLU({leak})",
    source="Maas, Hannun and Ng 2013, ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf",
    about="ReLU that keeps a little slope below zero, so that no unit dies.",
)

gelu = Activation(
    "GELU",
    formula="x*(1 + erf(x/sqrt(2)))/2",
    torch="GELU()",
    source="Hendrycks and Gimpel 2016, arXiv:1606.08415",
    about="A smooth ReLU: the sum times the probability that a standard normal number is below it. What transformers use.",
)

linear = Activation(
    "Linear",
    formula="x",
    torch="Identity()",
    source="Saxe, McClelland and Ganguli 2014, arXiv:1312.6120",
    about="Leaves the sum as it is. However many layers, the network remains one linear function; yet its learning is not linear.",
)

_CATALOGUE = Catalogue("activation", Activation, sys.modules[__name__])
names, get = _CATALOGUE.names, _CATALOGUE.get
