"""What an update rule does with matrices, for many networks of few weights: a vector is (R, P), a symmetric matrix (R, P * P).

The same functions in two dimensions are those of `optimizers.update_rules`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from parameters import Array

MOST_WEIGHTS = 64
"""Networks with more are not given matrices: P² numbers each, and P³ operations at each step."""


def _square(matrix: Array, size: int) -> Array:
    return matrix.reshape(-1, size, size)


def times(matrix: Array, vector: Array, out: Array) -> None:
    """Matrix times vector."""
    np.matmul(_square(matrix, vector.shape[1]), vector[:, :, None], out[:, :, None])


def solve(matrix: Array, vector: Array, damping: Array, out: Array) -> None:
    """(matrix + damping I)^-1 times vector; NaN where there is no inverse."""
    size = vector.shape[1]
    damped = _square(matrix, size) + _diagonal(damping, size)
    try:
        out[:] = np.linalg.solve(damped, vector[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:  # one of them is singular
        for row, (own, right) in enumerate(zip(damped, vector, strict=True)):
            try:
                out[row] = np.linalg.solve(own, right)
            except np.linalg.LinAlgError:
                out[row] = np.nan


def solve_absolute(matrix: Array, vector: Array, damping: Array, out: Array) -> None:
    """(|matrix| + damping I)^-1 times vector, where |matrix| has the absolute values of the matrix' eigenvalues."""
    size = vector.shape[1]
    square = _square(matrix, size)
    known = np.isfinite(square).all(axis=(1, 2))
    out[~known] = np.nan
    values, axes = np.linalg.eigh(square[known])
    along = np.matmul(axes.swapaxes(1, 2), vector[known][:, :, None])
    extra = damping if np.ndim(damping) == 0 else damping.reshape(-1, 1, 1)[known]
    out[known] = np.matmul(axes, along / (np.abs(values)[:, :, None] + extra))[:, :, 0]


def curvature_update(inverse: Array, step: Array, change: Array, out: Array) -> None:
    """The BFGS update of an inverse Hessian from the last step and the change of the gradient along it (Nocedal and Wright 2006, eq. 6.17).

    Where the change does not speak for positive curvature the old estimate is kept; the first useful one is scaled first (eq. 6.20).
    """
    size = step.shape[1]
    old, new = _square(inverse, size), _square(out, size)
    along = _products(step, change)
    squares = _products(change, change)
    useful = along > 1e-10 * np.sqrt(_products(step, step) * squares) + 1e-280  # below that its inverse overflows
    untouched = useful & (old == np.eye(size)).all(axis=(1, 2))
    scaled = old * np.where(untouched, along / squares, 1.0)[:, None, None]
    turned = np.matmul(scaled, change[:, :, None])[:, :, 0]
    rho = 1.0 / along
    both = rho * (1.0 + rho * _products(change, turned))
    outer = step[:, :, None] * turned[:, None, :]
    update = both[:, None, None] * (step[:, :, None] * step[:, None, :]) - rho[:, None, None] * (outer + outer.swapaxes(1, 2))
    new[:] = np.where(useful[:, None, None], scaled + update, scaled)


def _products(a: Array, b: Array) -> Array:
    return np.asarray(np.einsum("rp,rp->r", a, b))


def _diagonal(damping: Array, size: int) -> Array:
    return np.asarray(np.asarray(damping).reshape(-1, 1, 1) * np.eye(size))


FUNCTIONS: dict[str, Callable[..., None]] = {function.__name__: function for function in (times, solve, solve_absolute, curvature_update)}
"""By the name that update rules call them by; with `hessian`, which the training supplies."""
