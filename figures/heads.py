"""Where heads are drawn in pictures and films: a little apart where several optimizers meet, so that none hides another."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from parameters import Array

MOST = 60
"""Heads, up to which those that meet make room for each other."""
_APART = 1.75
"""Radii that the centres of two heads keep between them."""
_ROUNDS = 12


def fan_out(points: Array, owners: npt.NDArray[np.int64], radius: float, runs: int) -> Array:
    """Heads with those of different optimizers moved apart where they would overlap. The player does the same, in js/heads.js.

    Args:
        points: where they are, shape (N, 2), in pixels, y downwards.
        owners: the number of each one's optimizer, shape (N,).
        radius: of a head, in pixels.
        runs: how many optimizers there are.

    Returns:
        Where to draw them, shape (N, 2).
    """
    apart = _APART * radius
    others = owners[:, None] != owners[None, :]
    distances = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    nearest = np.where(others, distances, apart).min(axis=1, initial=apart)
    angles = 2 * np.pi * owners / runs - np.pi / 2  # each has a direction of its own, for those at one place
    nudges = 0.3 * radius * (1 - nearest / apart)
    placed: Array = points + nudges[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    pairs = [(one, other) for one in range(len(points)) for other in range(one + 1, len(points)) if others[one, other]]
    for _ in range(_ROUNDS):
        for one, other in pairs:
            between = placed[other] - placed[one]
            distance = float(np.hypot(*between))
            if 0 < distance < apart:
                push = (apart - distance) / (2 * distance) * between
                placed[one] -= push
                placed[other] += push
    return placed
