"""The catalogue of initializers."""

from __future__ import annotations

import sys

from networks.initializer import Initializer, constant, orthogonal, uniform
from parameters import Catalogue, Param

_STD = Param("std", 0.1, 0.0, 1e3, log=True, slider=(1e-4, 10.0), symbol=r"\sigma", help="The standard deviation of every weight.")

zeros = Initializer(
    "Zeros",
    size="0",
    draw=constant,
    source="Goodfellow, Bengio and Courville 2016, deeplearningbook.org, chapter 8.4",
    about="All weights 0: no signal passes, so no weight of a hidden layer ever gets a slope.",
)

all_equal = Initializer(
    "Constant",
    size="value",
    draw=constant,
    parameters=[Param("value", 0.5, -100.0, 100.0, slider=(-2.0, 2.0), symbol="c", help="What every weight is.")],
    source="Goodfellow, Bengio and Courville 2016, deeplearningbook.org, chapter 8.4",
    about="All weights equal: the units of a layer get the same slopes and stay equal for ever, as if there were one.",
)

normal = Initializer(
    "Normal",
    size="std",
    parameters=[_STD],
    source="Krizhevsky, Sutskever and Hinton 2012, doi:10.1145/3065386, section 5",
    about="One standard deviation for all layers, whatever their width: too small or too large for most.",
)

even = Initializer(
    "Uniform",
    size="std",
    draw=uniform,
    parameters=[_STD],
    source="Rumelhart, Hinton and Williams 1986, doi:10.1038/323533a0",
    about="As normal, but between two limits: the square root of 3 standard deviations to either side.",
)

lecun = Initializer(
    "LeCun",
    size="sqrt(1/fan_in)",
    source="LeCun et al. 1998, doi:10.1007/3-540-49430-8_2, equation 16",
    about="Keeps the variance of the sums from layer to layer, where the activation does not change it much: tanh, linear.",
)

xavier = Initializer(
    "Xavier",
    size="sqrt(2/(fan_in + fan_out))",
    source="Glorot and Bengio 2010, proceedings.mlr.press/v9/glorot10a, equation 12, normal",
    about="A compromise between the variance of the signal forwards and that of the gradient backwards. Usual for tanh.",
)

he = Initializer(
    "He",
    size="sqrt(2/fan_in)",
    source="He et al. 2015, arXiv:1502.01852, equation 10",
    about="Twice LeCun's variance, since ReLU cuts off half of the signal. Usual for ReLU.",
)

orthonormal = Initializer(
    "Orthogonal",
    size="1",
    draw=orthogonal,
    source="Saxe, McClelland and Ganguli 2014, arXiv:1312.6120",
    about="Turns the signal without stretching it: lengths are kept exactly, through any number of linear layers of one width.",
)

_CATALOGUE = Catalogue("initializer", Initializer, sys.modules[__name__])
names, get = _CATALOGUE.names, _CATALOGUE.get
