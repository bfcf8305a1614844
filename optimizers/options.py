"""What any method can be given beside its own hyper-parameters: clipped gradients, and a learning rate that changes in mid-run."""

from __future__ import annotations

import numpy as np

from parameters import Array, Param, Value

CLIPPING = (
    Param("clip_norm", 0.0, 0.0, 1e6, slider=(0.0, 10.0), help="A gradient longer than this is shortened to this length; 0 is off."),
    Param("clip_value", 0.0, 0.0, 1e6, slider=(0.0, 10.0), help="No component of the gradient counts for more than this; 0 is off."),
)
"""Limits of the gradient, noise included, before a method sees it."""
RATE_CHANGE = (
    Param("change_at", 0, 0, 100_000, slider=(0, 500), unit="steps", help="From this step on the learning rate is another; 0 is never."),
    Param("change_by", 0.1, 0.0, 1e6, log=True, slider=(0.001, 100.0), help="What the learning rate is multiplied by from then on."),
)
"""Of every method whose steps read the learning rate. Steps count from 1, so step 60 leads from point 59 to point 60."""
_NEVER_ZERO = 1e-6


def clip(gradient: Array, norm: Value, value: Value) -> None:
    """Clip gradients in place: by their length, then by their components.

    As torch.nn.utils.clip_grad_norm_ does, for each trajectory on its own: times norm/(length + 1e-6) where that is below 1; and as
    clip_grad_value_ does.

    Args:
        gradient: shape (d, N).
        norm, value: the limits, numbers or shape (N,); 0 is none.
    """
    if np.any(norm):
        limit = np.where(np.equal(norm, 0.0), np.inf, norm)
        np.multiply(gradient, np.minimum(limit / (_lengths(gradient) + _NEVER_ZERO), 1.0), gradient)
    if np.any(value):
        limit = np.where(np.equal(value, 0.0), np.inf, value)
        np.clip(gradient, -limit, limit, gradient)


def _lengths(gradient: Array) -> Array:
    """The lengths of vectors, shape (N,), also of those whose square overflows: these are what clipping is for."""
    lengths: Array = np.sqrt(np.add.reduce(gradient * gradient, axis=0))
    if not np.isfinite(lengths).all():
        largest = np.abs(gradient).max(axis=0)
        scaled = largest * np.sqrt(np.add.reduce((gradient / largest) ** 2, axis=0))
        lengths = np.where(np.isinf(lengths), scaled, lengths)
    return lengths
