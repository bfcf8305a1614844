"""The catalogue of activations."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import numpy.typing as npt

from formulas.program import Call
from networks.activation import Activation
from parameters import Array, Catalogue, Param


def _where_positive(values: Array, slopes: npt.NDArray[Any], _: dict[str, float]) -> list[Call]:
    return [(np.greater, (values, 0.0, slopes))]


def _leaking(values: Array, slopes: npt.NDArray[Any], given: dict[str, float]) -> list[Call]:
    leak, positive = given["leak"], np.empty(values.shape, dtype=bool)
    calls: list[Call] = [(np.greater, (values, 0.0, positive)), (np.multiply, (positive, 1.0 - leak, slopes))]
    return [*calls, (np.add, (slopes, leak, slopes))]


tanh = Activation(
    "Tanh",
    formula="tanh(x)",
    torch="Tanh()",
    source="LeCun et al. 1998, doi:10.1007/3-540-49430-8_2",
    about="Between -1 and 1, and 0 in the middle. Large sums saturate it: there it has hardly any slope.",
)

sigmoid = Activation(
    "Sigmoid",
    formula="1/(1 + exp(-x))",
    computed="(1 + tanh(x/2))/2",
    torch="Sigmoid()",
    source="Rumelhart, Hinton and Williams 1986, doi:10.1038/323533a0",
    about="Between 0 and 1, as a probability. Its slope is 1/4 at most, so deep networks of it learn slowly.",
)

relu = Activation(
    "ReLU",
    formula="where(x > 0, x, 0)",
    computed="max(x, 0)",
    slopes=_where_positive,
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
    slopes=_leaking,
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
