"""What chance decides at each step of a training, from the seed, the network's number and the step alone: batches, and who is left out.

Numbers come from a hash (splitmix64: Steele, Lea and Flood 2014, doi:10.1145/2714064.2660195) of a counter, so that any step's can be had
without those before it, and a network's do not depend on which others train with it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from parameters import Array

Words = npt.NDArray[np.uint64]
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_AHEAD = 16_384
"""Numbers that are drawn at a time, so that small batches take few calls."""
BATCHES, LEFT_OUT = 1, 2
"""What the numbers are for: each has streams of its own."""


def mixed(words: Words) -> Words:
    """Each word scrambled, in place."""
    for shift, factor in ((30, _FIRST), (27, _SECOND)):
        words ^= words >> np.uint64(shift)
        words *= factor
    words ^= words >> np.uint64(31)
    return words


def streams(seed: int, numbers: npt.NDArray[np.int64], purpose: int) -> Words:
    """Where the stream of each network begins, shape (R,)."""
    seeded = mixed(np.array([seed], dtype=np.uint64) * _GOLDEN + np.uint64(purpose))
    return mixed((numbers.astype(np.uint64) + np.uint64(1)) * _GOLDEN ^ seeded)


def words(begin: Words, first: int, count: int) -> Words:
    """So many numbers of each stream from the `first` on, shape (R, count)."""
    counter = np.arange(first, first + count, dtype=np.uint64) * _GOLDEN
    return mixed(begin[:, None] + counter)


class Batches:
    """Which examples each network sees in each step.

    Without replacement an epoch goes through all examples in a new order; what is left at its end is no whole batch and not seen.

    Args:
        seed, numbers: choose them.
        examples: how many there are.
        size: how many of them a batch holds.
        replacement: whether each is drawn from all, so that one may come twice.
    """

    def __init__(self, seed: int, numbers: npt.NDArray[np.int64], examples: int, size: int, replacement: bool) -> None:
        self._streams = streams(seed, numbers, BATCHES)
        self._examples, self._size, self._replacement = examples, size, replacement
        per_network = _AHEAD // (size * len(numbers))
        self._ahead = max(1, per_network) if replacement else examples // size
        self._known = -1
        self._block: npt.NDArray[np.intp] = np.empty((0, 0), dtype=np.intp)

    def at(self, step: int) -> npt.NDArray[np.intp]:
        """The examples of step `step`, from 0: shape (R, size)."""
        block, place = divmod(step, self._ahead)
        if block != self._known:
            self._block, self._known = self._drawn(block), block
        return self._block[:, place * self._size : (place + 1) * self._size]

    def _drawn(self, block: int) -> npt.NDArray[np.intp]:
        if self._replacement:
            count = self._ahead * self._size
            drawn = words(self._streams, block * count, count) >> np.uint64(32)
            return np.asarray((drawn * np.uint64(self._examples)) >> np.uint64(32), dtype=np.intp)
        keys = words(self._streams, block * self._examples, self._examples)
        return np.argsort(keys, axis=1)


class Dropout:
    """Which hidden units are left out of each network at each example and step.

    Args:
        seed, numbers: choose them.
        masks: what the activations are multiplied by, shape (R, units, n) each: 0, or 1/(1 - share), so that the mean stays as it is.
        share: of the units that is left out, to 1 in 65,536.
    """

    def __init__(self, seed: int, numbers: npt.NDArray[np.int64], masks: list[Array], share: float) -> None:
        self._streams = streams(seed, numbers, LEFT_OUT)
        self._masks = masks
        self._limit = np.uint16(round(share * 65_536))
        self._factor = masks[0].dtype.type(1 / (1 - int(self._limit) / 65_536)) if masks else 1.0
        self._each = [-(-mask[0].size // 4) for mask in masks]

    def draw(self, step: int) -> None:
        """Fill the masks for step `step`, from 0."""
        first = step * sum(self._each)
        for mask, count in zip(self._masks, self._each, strict=True):
            drawn = words(self._streams, first, count).view(np.uint16)[:, : mask[0].size]
            np.multiply(drawn.reshape(mask.shape) >= self._limit, self._factor, mask)
            first += count
