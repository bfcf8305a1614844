"""How many of the stationary points of a random function are minima, by the number of its dimensions.

The function is an isotropic Gaussian random field: smooth, alike everywhere and in all directions, otherwise random. At any point its
gradient and its Hessian are independent, and the Hessian is, up to a factor, M + z I: M a symmetric matrix of the Gaussian orthogonal
ensemble (variance 1 off the diagonal, 2 on it), z a standard normal number. The mean number of stationary points of a kind is, by the
formula of Kac and Rice, proportional to the mean of |det H| over the Hessians of that kind.

Source: Fyodorov 2004, doi:10.1103/PhysRevLett.92.240601; Bray and Dean 2007, doi:10.1103/PhysRevLett.98.150201.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from parameters import Array

SAMPLES = 10_000
"""Matrices M for each dimension."""
_BLOCK = 1_000
_Z = np.linspace(-10.0, 10.0, 81)
"""Where z is summed over for each M: the largest values that matter are rare, so they are not left to chance."""
_DENSITY = np.exp(-(_Z**2) / 2)


@dataclass(frozen=True)
class Share:
    """A share that was estimated from samples, and the standard error of the estimate."""

    value: float
    error: float


@cache
def share_of_minima(dimension: int, samples: int = SAMPLES, seed: int = 0) -> Share:
    """The share of minima among the stationary points of a random function.

    Args:
        dimension: how many variables it has, from 1.
        samples: how many matrices are drawn; whole blocks of 1,000 are.
        seed: of the random numbers.

    Raises:
        ValueError: the dimension or the number of samples is below 1.
    """
    if dimension < 1 or samples < 1:
        raise ValueError(f"the dimension and the number of samples must be at least 1, not {dimension} and {samples}")
    generator = np.random.default_rng([seed, dimension])
    blocks = [_block(generator, dimension) for _ in range(-(-samples // _BLOCK))]
    minima, all_kinds = np.concatenate(blocks, axis=1)
    share = float(minima.sum() / all_kinds.sum())
    error = float(np.sqrt(((minima - share * all_kinds) ** 2).sum()) / all_kinds.sum())
    return Share(share, error)


def _block(generator: np.random.Generator, dimension: int) -> Array:
    """For each of a block of matrices M the weight of z with minima, and of all z, shape (2, block)."""
    half = generator.standard_normal((_BLOCK, dimension, dimension))
    eigenvalues = np.linalg.eigvalsh((half + half.swapaxes(1, 2)) / np.sqrt(2))[:, :, None] + _Z
    weights = np.abs(eigenvalues.prod(axis=1)) * _DENSITY
    ends = (eigenvalues[:, 0] > 0).astype(float) + (eigenvalues[:, -1] < 0)  # a maximum is a minimum of the function turned over
    return np.stack([(weights * ends / 2).sum(axis=1), weights.sum(axis=1)])
