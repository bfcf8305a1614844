"""The catalogue of data sets: small, seeded, inputs of about unit variance."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from networks import digits as _digits
from networks.dataset import Dataset, Examples, Source, from_csv
from parameters import Array, Catalogue, Param

Draws = np.random.Generator
TURN = 2 * np.pi


def _noise(default: float, high: float = 2.0) -> Param:
    return Param("noise", default, 0.0, high, slider=(0.0, min(high, 1.0)), help="Standard deviation of what is added to every input.")


def _spread(draws: Draws, n: int, classes: int) -> tuple[Array, Any]:
    """Where each example is along its class, evenly spread from 0 to 1 with a little chance, and its class: the classes in turn."""
    label = np.arange(n) % classes
    each = np.bincount(label, minlength=classes)[label]
    return (np.arange(n) // classes + draws.random(n)) / each, label


def _arms(draws: Draws, n: int, classes: int, noise: float, turns: float) -> Examples:
    along, label = _spread(draws, n, classes)
    angle, radius = TURN * (turns * along + label / classes), 0.1 + 0.9 * along
    x = 1.7 * np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return x + noise * draws.standard_normal(x.shape), label


def _spirals(draws: Draws, n: int, noise: float, turns: float) -> Examples:
    return _arms(draws, n, 2, noise, turns)


def _six_arms(draws: Draws, n: int, noise: float, turns: float) -> Examples:
    return _arms(draws, n, 6, noise, turns)


def _moons(draws: Draws, n: int, noise: float) -> Examples:
    along, label = _spread(draws, n, 2)
    angle = np.pi * along
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    x = np.where(label[:, None] == 0, upper, lower) + noise * draws.standard_normal((n, 2))
    return (x - [0.5, 0.25]) / [0.87, 0.5], label


def _circles(draws: Draws, n: int, noise: float) -> Examples:
    along, label = _spread(draws, n, 2)
    radius = np.where(label == 0, 0.8, 1.8)
    x = radius[:, None] * np.stack([np.cos(TURN * along), np.sin(TURN * along)], axis=1)
    return x + noise * draws.standard_normal(x.shape), label


def _xor(draws: Draws, n: int, noise: float) -> Examples:
    corner = np.arange(n) % 4
    x = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0], [-1.0, 1.0]])[corner]
    return x + noise * draws.standard_normal(x.shape), corner % 2


def _blobs(draws: Draws, n: int, noise: float) -> Examples:
    label = np.arange(n) % 3
    x = 1.4 * np.stack([np.sin(TURN * label / 3), np.cos(TURN * label / 3)], axis=1)
    return x + noise * draws.standard_normal(x.shape), label


def _sine(draws: Draws, n: int, noise: float) -> Examples:
    along, _ = _spread(draws, n, 1)
    x = 3.4 * along[:, None] - 1.7
    return x, np.sin(2.5 * x) + noise * draws.standard_normal(x.shape)


_TURNS = Param("turns", 1.0, 0.1, 4.0, slider=(0.25, 2.0), help="How often an arm winds around the middle.")

spirals = Source(
    "Spirals",
    draw=_spirals,
    classes=2,
    parameters=[_noise(0.05), _TURNS],
    source="Lang and Witbrock 1988, Learning to tell two spirals apart",
    about="Two arms around each other: no line parts them, and a small network has to work.",
)

six_arms = Source(
    "Six arms",
    draw=_six_arms,
    classes=6,
    parameters=[_noise(0.05), Param("turns", 0.5, 0.1, 4.0, slider=(0.25, 2.0), help="How often an arm winds around the middle.")],
    source="Karpathy, CS231n course notes, cs231n.github.io/neural-networks-case-study, with six arms",
    about="Six arms of a spiral, a class each.",
    n=300,
    test=300,
)

moons = Source(
    "Moons",
    draw=_moons,
    classes=2,
    parameters=[_noise(0.15)],
    source="scikit-learn, make_moons, scaled to unit variance",
    about="Two half circles that reach into each other.",
)

circles = Source(
    "Circles",
    draw=_circles,
    classes=2,
    parameters=[_noise(0.15)],
    source="scikit-learn, make_circles",
    about="A ring around a ring: the border is closed.",
)

xor = Source(
    "XOR",
    draw=_xor,
    classes=2,
    parameters=[_noise(0.3)],
    source="Minsky and Papert 1969, Perceptrons; Rumelhart, Hinton and Williams 1986",
    about="Four clouds, opposite ones of one class: the smallest task that no single layer can do.",
)

blobs = Source(
    "Blobs",
    draw=_blobs,
    classes=3,
    parameters=[_noise(0.5)],
    source="scikit-learn, make_blobs",
    about="Three round clouds. A single layer can part them.",
)

sine = Source(
    "Sine",
    draw=_sine,
    classes=0,
    parameters=[_noise(0.1)],
    source="Bishop 2006, Pattern Recognition and Machine Learning, section 1.1",
    about="A curve to fit through noisy points: a regression.",
    n=64,
    test=64,
)

digits = Source(
    "Digits",
    draw=_digits.digits,
    classes=10,
    parameters=[_noise(0.0)],
    source="Alpaydin and Kaynak 1998, Optical recognition of handwritten digits, doi:10.24432/C50P49 (CC BY 4.0), by way of scikit-learn",
    about="Handwritten digits of 8 x 8 pixels: real data, small enough to train many networks at once.",
    most=_digits.COUNT,
    n=1000,
    test=500,
)

odd_or_even = Source(
    "Odd or even",
    draw=_digits.odd_or_even,
    classes=2,
    parameters=[_noise(0.0)],
    labels=("even", "odd"),
    source=digits.source,
    about="Is a handwritten digit odd? None of these images is among those that networks learn in advance.",
    most=_digits.how_many("odd_or_even"),
    n=60,
    test=400,
)

noisy_digits = Source(
    "Noisy digits",
    draw=_digits.noisy_digits,
    classes=10,
    parameters=[_noise(0.8)],
    source=digits.source,
    about="Handwritten digits under noise. None of these images is among those that networks learn in advance.",
    most=_digits.how_many("noisy_digits"),
    n=100,
    test=390,
)

high_digits = Source(
    "Digits 5 to 9",
    draw=_digits.high_digits,
    classes=5,
    parameters=[_noise(0.0)],
    labels=tuple("56789"),
    source=digits.source,
    about="Half of the handwritten digits: for networks that have learned the other half in advance.",
    most=_digits.how_many("high_digits"),
    n=50,
    test=390,
)

_CATALOGUE = Catalogue("data set", Source, sys.modules[__name__])
names = _CATALOGUE.names
source = _CATALOGUE.get

__all__ = ["Dataset", "from_csv", "get", "names", "source"]


def get(name: str, /, seed: int = 0, **parameters: Any) -> Dataset:
    """The examples of a data set.

    Args:
        name: one of `names()`.
        seed: chooses the examples and their noise.
        parameters: `n` and `test`, how many there are to learn from and to test on, `noise` and others; see `source(name).parameters`.

    Raises:
        KeyError: an unknown name (the message lists the valid ones).
        TypeError: an unknown parameter (likewise), or a value that is no number.
        ValueError: a value outside its range.
    """
    return source(name, **parameters).make(seed)
