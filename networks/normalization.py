"""Batch normalization of one layer (Ioffe and Szegedy 2015, arXiv:1502.03167), in place on many networks at once."""

from __future__ import annotations

import numpy as np

from formulas.program import Call
from parameters import Array


def products(a: Array, b: Array, out: Array) -> None:
    """The sums over the examples of a times b, arrays of shape (R, units, n), into `out`, shape (R, units)."""
    np.vecdot(a, b, out=out)


class Normalization:
    """Sums of a layer, shape (R, units, n), to mean 0 and variance 1 over the examples, then scaled and shifted.

    Args:
        shape: (R, units, n).
        moments: where the examples' mean and variance of each unit are to stand, shape (R, 2 units).
        eps: what is added to a variance.

    Attributes:
        mean, variance: of the examples, shape (R, units, 1); the variance is their mean square distance.
    """

    def __init__(self, shape: tuple[int, ...], moments: Array, eps: float) -> None:
        runs, units, examples = shape
        dtype = moments.dtype
        self._centred = np.empty(shape, dtype)
        self._scratch = np.empty_like(self._centred)
        self.mean, self.variance = moments[:, :units, None], moments[:, units:, None]
        self._inverse, self._gain, self._along, self._unknown = (np.empty((runs, units, 1), dtype) for _ in range(4))
        self._share = np.full((examples, 1), 1 / examples, dtype)
        self._ones = np.ones((examples, 1), dtype)
        self._eps, self._one, self._each = (np.array(value, dtype) for value in (eps, 1.0, 1 / examples))

    def forward(self, sums: Array, scale: Array, shift: Array, given: tuple[Array, Array] | None = None) -> list[Call]:
        """The calls that normalize in place, by the examples' own statistics or by given ones, (mean, variance) of shape (R, units, 1)."""
        centred, variance = self._centred, self.variance
        if given:
            calls: list[Call] = [(np.subtract, (sums, given[0], centred))]
            variance = given[1]
        else:
            calls = [
                (np.matmul, (sums, self._share, self.mean)),
                (np.subtract, (sums, self.mean, centred)),
                (products, (centred, centred, variance[:, :, 0])),
                (np.multiply, (variance, self._each, variance)),
            ]
        return [
            *calls,
            (np.add, (variance, self._eps, self._inverse)),
            (np.sqrt, (self._inverse, self._inverse)),
            (np.divide, (self._one, self._inverse, self._inverse)),
            (np.subtract, (variance, variance, self._unknown)),  # 0, and no number where the variance has overflowed,
            (np.add, (self._inverse, self._unknown, self._inverse)),  # of which nothing could be said but a finite loss that is wrong
            (np.multiply, (scale, self._inverse, self._gain)),
            (np.multiply, (centred, self._gain, sums)),
            (np.add, (sums, shift, sums)),
        ]

    def backward(self, slopes: Array, scale_slopes: Array, shift_slopes: Array) -> list[Call]:
        """The calls that turn slopes by what was given out into slopes by what came in, in place, and write those by scale and shift.

        With c the centred sums, s their inverse deviation and g the scale, slopes d become g s (d - mean(d) - s² c mean(d c)).
        """
        along, scratch = self._along, self._scratch
        return [
            (np.matmul, (slopes, self._ones, shift_slopes)),
            (products, (slopes, self._centred, scale_slopes[:, :, 0])),
            (np.multiply, (scale_slopes, self._inverse, scale_slopes)),
            (np.multiply, (scale_slopes, self._inverse, along)),
            (np.multiply, (along, self._each, along)),
            (np.multiply, (self._centred, along, scratch)),
            (np.subtract, (slopes, scratch, slopes)),
            (np.multiply, (shift_slopes, self._each, along)),
            (np.subtract, (slopes, along, slopes)),
            (np.multiply, (slopes, self._gain, slopes)),
        ]
