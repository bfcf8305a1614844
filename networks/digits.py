"""Handwritten digits, from the file beside this one: all of them, and the parts that are learned in advance and afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from networks.dataset import Examples

Draws = np.random.Generator
Shown = npt.NDArray[np.int64]
COUNT = 1797
"""How many images there are."""
LEFT_OUT = -1
"""The class of images that do not belong to a task."""


@cache
def all_digits() -> Examples:
    """The images, shape (1797, 64), of mean 0 and variance 1 over all of their pixels, and what they show."""
    with np.load(Path(__file__).with_name("digits.npz"), allow_pickle=False) as stored:
        images, shown = stored["images"].astype(np.float64), stored["labels"].astype(np.int64)
    return (images - images.mean()) / images.std(), shown


def digits(draws: Draws, n: int, noise: float) -> Examples:
    """Some of all images, in any order."""
    images, shown = all_digits()
    chosen = draws.permutation(len(shown))[:n]
    return images[chosen] + noise * draws.standard_normal((n, images.shape[1])), shown[chosen]


def ten_digits(draws: Draws, n: int, noise: float) -> Examples:
    """What is learned in advance: all digits, in the first half of the images."""
    return _some(draws, n, noise, *_TASKS["ten_digits"])


def low_digits(draws: Draws, n: int, noise: float) -> Examples:
    """What is learned in advance: the digits 0 to 4."""
    return _some(draws, n, noise, *_TASKS["low_digits"])


def high_digits(draws: Draws, n: int, noise: float) -> Examples:
    """What is learned afterwards: the digits 5 to 9."""
    return _some(draws, n, noise, *_TASKS["high_digits"])


def odd_or_even(draws: Draws, n: int, noise: float) -> Examples:
    """What is learned afterwards: whether a digit of the second half is odd."""
    return _some(draws, n, noise, *_TASKS["odd_or_even"])


def noisy_digits(draws: Draws, n: int, noise: float) -> Examples:
    """What is learned afterwards: all digits of the second half."""
    return _some(draws, n, noise, *_TASKS["noisy_digits"])


_TASKS: Mapping[str, tuple[Callable[[Shown], Shown], slice]] = {
    "ten_digits": (lambda shown: shown, slice(0, None, 2)),
    "low_digits": (lambda shown: np.where(shown < 5, shown, LEFT_OUT), slice(None)),
    "high_digits": (lambda shown: np.where(shown >= 5, shown - 5, LEFT_OUT), slice(None)),
    "odd_or_even": (lambda shown: shown % 2, slice(1, None, 2)),
    "noisy_digits": (lambda shown: shown, slice(1, None, 2)),
}
"""The class of each digit in a task, and of which images it consists: what is learned in advance shares none with what is learned later."""


def how_many(task: str) -> int:
    """Of how many images a task consists."""
    return len(_images_of(*_TASKS[task])[0])


def _images_of(classes: Callable[[Shown], Shown], part: slice) -> tuple[npt.NDArray[np.intp], Shown]:
    """The numbers of a task's images, and the class of each."""
    label = classes(all_digits()[1])[part]
    used = np.flatnonzero(label != LEFT_OUT)
    return np.arange(COUNT)[part][used], label[used]


def _some(draws: Draws, n: int, noise: float, classes: Callable[[Shown], Shown], part: slice) -> Examples:
    """Images of a task, the classes in turn as long as there are some of each: the first of them are as evenly spread as can be."""
    numbers, label = _images_of(classes, part)
    order = draws.permutation(len(numbers))
    turn = np.empty(len(order), dtype=np.int64)
    for each in range(int(label.max()) + 1):
        own = label[order] == each
        turn[own] = np.arange(own.sum())
    chosen = order[np.argsort(turn, kind="stable")][:n]
    images = all_digits()[0][numbers[chosen]]
    return images + noise * draws.standard_normal(images.shape), label[chosen]
