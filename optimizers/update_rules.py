"""What an update rule may call beside the common functions: gradient and Hessian, and a little linear algebra in two dimensions.

In a compiled step a vector is stored flat, the N values of x and then the N values of y; a symmetric matrix as xx, xy, yy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from formulas.functions import POINT, Function
from parameters import Array


def _only_the_caller_knows(*_: Any) -> Any:
    raise NotImplementedError("the engine supplies the landscape")


def norm(a: Array, out: Array) -> Array:
    """The Euclidean norm of each trajectory's vector, for both of its coordinates."""
    x, y = a.reshape(2, -1)
    length = np.sqrt(x * x + y * y)
    out.reshape(2, -1)[:] = length
    return out


def times(matrix: Array, vector: Array, out: Array) -> Array:
    """Matrix times vector."""
    xx, xy, yy = matrix.reshape(3, -1)
    x, y = vector.reshape(2, -1)
    result = out.reshape(2, -1)
    result[0], result[1] = xx * x + xy * y, xy * x + yy * y
    return out


def solve(matrix: Array, vector: Array, damping: Array, out: Array) -> Array:
    """(matrix + damping I)^-1 times vector."""
    xx, xy, yy = matrix.reshape(3, -1)
    extra = _per_trajectory(damping)
    return _solve(xx + extra, xy, yy + extra, vector, out)


def solve_absolute(matrix: Array, vector: Array, damping: Array, out: Array) -> Array:
    """(|matrix| + damping I)^-1 times vector, where |matrix| has the absolute values of the matrix' eigenvalues."""
    xx, xy, yy = matrix.reshape(3, -1)
    mean, difference = (xx + yy) / 2, (xx - yy) / 2
    root = np.sqrt(difference * difference + xy * xy)
    # |A| = p I + q A with p, q such that both eigenvalues mean ± root become their absolute values
    upper, lower = np.abs(mean + root), np.abs(mean - root)
    slope = np.divide(upper - lower, 2 * root, out=np.sign(mean), where=root > 0)
    level = (upper + lower) / 2 - slope * mean
    extra = level + _per_trajectory(damping)
    return _solve(slope * xx + extra, slope * xy, slope * yy + extra, vector, out)


def curvature_update(inverse: Array, step: Array, change: Array, out: Array) -> Array:
    """The BFGS update of an inverse Hessian from the last step and the change of the gradient along it (Nocedal and Wright 2006, eq. 6.17).

    Where the change does not speak for positive curvature the old estimate is kept; the first useful one is scaled first (eq. 6.20).
    """
    (xx, xy, yy), (sx, sy), (cx, cy) = inverse.reshape(3, -1), step.reshape(2, -1), change.reshape(2, -1)
    along = sx * cx + sy * cy
    useful = along > 1e-10 * np.sqrt((sx * sx + sy * sy) * (cx * cx + cy * cy)) + 1e-280  # below that its inverse overflows
    untouched = useful & (xx == 1.0) & (xy == 0.0) & (yy == 1.0)
    scale = np.where(untouched, along / (cx * cx + cy * cy), 1.0)
    xx, xy, yy = xx * scale, xy * scale, yy * scale
    hx, hy = xx * cx + xy * cy, xy * cx + yy * cy
    rho = 1.0 / along
    both = rho * (1.0 + rho * (cx * hx + cy * hy))
    result = out.reshape(3, -1)
    result[0] = np.where(useful, xx + both * sx * sx - 2 * rho * sx * hx, xx)
    result[1] = np.where(useful, xy + both * sx * sy - rho * (sx * hy + sy * hx), xy)
    result[2] = np.where(useful, yy + both * sy * sy - 2 * rho * sy * hy, yy)
    return out


def _per_trajectory(value: Array) -> Array:
    """A hyper-parameter as it comes (a number, or a number for every coordinate) as one for each trajectory."""
    return value if value.ndim == 0 else value.reshape(2, -1)[0]


def _solve(xx: Array, xy: Array, yy: Array, vector: Array, out: Array) -> Array:
    x, y = vector.reshape(2, -1)
    determinant = xx * yy - xy * xy
    result = out.reshape(2, -1)
    result[0], result[1] = (yy * x - xy * y) / determinant, (xx * y - xy * x) / determinant
    return out


def _matrix_algebra(
    name: str, arguments: tuple[str, ...], compute: Any, latex: str, shape: str = "vector", turns_with: str = ""
) -> Function:
    return Function(name, arguments, compute, latex, level=POINT, shape=shape, elementwise=False, turns_with=turns_with)


FUNCTIONS = {
    function.name: function
    for function in (
        _matrix_algebra("gradient", ("a",), _only_the_caller_knows, r"\nabla f\left({a}\right)", turns_with="a"),
        _matrix_algebra("hessian", ("a",), _only_the_caller_knows, r"\nabla^2 f\left({a}\right)", "matrix"),
        _matrix_algebra("step_length", ("a", "d", "g"), _only_the_caller_knows, r"\operatorname{{backtrack}}\left({a},\ {d}\right)"),
        _matrix_algebra("norm", ("a",), norm, r"\left\lVert {a} \right\rVert"),
        _matrix_algebra("times", ("a", "b"), times, "{a}\\, {b}", turns_with="b"),
        _matrix_algebra("solve", ("a", "b", "c"), solve, r"\left({a} + {c} I\right)^{{-1}} {b}", turns_with="b"),
        _matrix_algebra(
            "solve_absolute", ("a", "b", "c"), solve_absolute, r"\left(\left|{a}\right| + {c} I\right)^{{-1}} {b}", turns_with="b"
        ),
        _matrix_algebra(
            "curvature_update", ("a", "b", "c"), curvature_update, r"\operatorname{{BFGS}}\left({a},\ {b},\ {c}\right)", "matrix"
        ),
    )
}
"""By name. `gradient`, `hessian` and `step_length` need the landscape, which the engine supplies."""


def on_rows(oracles: Mapping[str, Callable[..., Array]]) -> dict[str, Callable[..., Array]]:
    """All of them by name as functions of arrays of shape (2, N), matrices (3, N), that return such an array.

    Args:
        oracles: those that need the landscape, already in this form.
    """
    return {name: _on_rows(function.compute, function.shape) for name, function in FUNCTIONS.items()} | dict(oracles)


def _on_rows(compute: Callable[..., Array], shape: str) -> Callable[..., Array]:
    """A function on flat arrays as one on arrays of shape (2, N) or (3, N)."""

    def on_rows(*operands: Any) -> Array:
        count = max(np.shape(operand)[-1] for operand in operands if np.ndim(operand))
        rows_of = [np.broadcast_to(operand, (2, count)) if np.ndim(operand) == 1 else np.asarray(operand, float) for operand in operands]
        flat = [operand.reshape(-1) if operand.ndim else operand for operand in rows_of]
        rows = 3 if shape == "matrix" else 2
        return compute(*flat, np.empty(rows * count)).reshape(rows, count)

    return on_rows
