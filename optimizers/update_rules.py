"""What an update rule may call beside the common functions: gradient and Hessian, and a little linear algebra.

A vector is an array of shape (d, N): a row for each coordinate, a column for each trajectory. A symmetric matrix in two dimensions is three
rows xx, xy, yy, shape (3, N); what uses one holds in two dimensions only, and declares it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from formulas.functions import POINT, Function
from formulas.program import Call, Oracle
from parameters import Array

MATRIX_ROWS = 3
"""The rows that a symmetric matrix in two dimensions is kept in: xx, xy, yy."""


def _supplied_by_the_caller(*_: Any) -> Any:
    raise NotImplementedError("depends on the objective; the engine supplies it")


def norm(a: Array, out: Array) -> Array:
    """The Euclidean norm of each trajectory's vector, in all of its rows."""
    out[:] = np.sqrt(np.add.reduce(a * a, axis=0))
    return out


def times(matrix: Array, vector: Array, out: Array) -> Array:
    """Matrix times vector."""
    (xx, xy, yy), (x, y) = matrix, vector
    out[0], out[1] = xx * x + xy * y, xy * x + yy * y
    return out


def solve(matrix: Array, vector: Array, damping: Array, out: Array) -> Array:
    """(matrix + damping I)^-1 times vector."""
    xx, xy, yy = matrix
    extra = _per_trajectory(damping)
    return _solve(xx + extra, xy, yy + extra, vector, out)


def solve_absolute(matrix: Array, vector: Array, damping: Array, out: Array) -> Array:
    """(|matrix| + damping I)^-1 times vector, where |matrix| has the absolute values of the matrix' eigenvalues."""
    xx, xy, yy = matrix
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
    (xx, xy, yy), (sx, sy), (cx, cy) = inverse, step, change
    along = sx * cx + sy * cy
    useful = along > 1e-10 * np.sqrt((sx * sx + sy * sy) * (cx * cx + cy * cy)) + 1e-280  # below that its inverse overflows
    untouched = useful & (xx == 1.0) & (xy == 0.0) & (yy == 1.0)
    scale = np.where(untouched, along / (cx * cx + cy * cy), 1.0)
    xx, xy, yy = xx * scale, xy * scale, yy * scale
    hx, hy = xx * cx + xy * cy, xy * cx + yy * cy
    rho = 1.0 / along
    both = rho * (1.0 + rho * (cx * hx + cy * hy))
    out[0] = np.where(useful, xx + both * sx * sx - 2 * rho * sx * hx, xx)
    out[1] = np.where(useful, xy + both * sx * sy - rho * (sx * hy + sy * hx), xy)
    out[2] = np.where(useful, yy + both * sy * sy - 2 * rho * sy * hy, yy)
    return out


def _per_trajectory(value: Array) -> Array:
    """A hyper-parameter as it comes (a number, or the same in every row) as one for each trajectory."""
    return value if value.ndim == 0 else value[0]


def _solve(xx: Array, xy: Array, yy: Array, vector: Array, out: Array) -> Array:
    x, y = vector
    determinant = xx * yy - xy * xy
    out[0], out[1] = (yy * x - xy * y) / determinant, (xx * y - xy * x) / determinant
    return out


def _of_points(
    name: str,
    arguments: tuple[str, ...],
    compute: Any,
    latex: str,
    shape: str = "vector",
    odd_in: str = "",
    dimension: int | None = None,
) -> Function:
    """A function of whole points, which needs all coordinates of a trajectory at once."""
    return Function(name, arguments, compute, latex, level=POINT, shape=shape, elementwise=False, dimension=dimension, odd_in=odd_in)


def _with_matrices(name: str, arguments: tuple[str, ...], compute: Any, latex: str, shape: str = "vector", odd_in: str = "") -> Function:
    return _of_points(name, arguments, compute, latex, shape, odd_in, dimension=2)


FUNCTIONS = {
    function.name: function
    for function in (
        _of_points("gradient", ("a",), _supplied_by_the_caller, r"\nabla f\left({a}\right)", odd_in="a"),
        _of_points("step_length", ("a", "d", "g"), _supplied_by_the_caller, r"\operatorname{{backtrack}}\left({a},\ {d}\right)"),
        _of_points("norm", ("a",), norm, r"\left\lVert {a} \right\rVert"),
        _with_matrices("hessian", ("a",), _supplied_by_the_caller, r"\nabla^2 f\left({a}\right)", "matrix"),
        _with_matrices("times", ("a", "b"), times, "{a}\\, {b}", odd_in="b"),
        _with_matrices("solve", ("a", "b", "c"), solve, r"\left({a} + {c} I\right)^{{-1}} {b}", odd_in="b"),
        _with_matrices("solve_absolute", ("a", "b", "c"), solve_absolute, r"\left(\left|{a}\right| + {c} I\right)^{{-1}} {b}", odd_in="b"),
        _with_matrices(
            "curvature_update", ("a", "b", "c"), curvature_update, r"\operatorname{{BFGS}}\left({a},\ {b},\ {c}\right)", "matrix"
        ),
    )
}
"""By name. `gradient`, `hessian` and `step_length` depend on the objective, so the caller supplies them."""


def in_programs(dimension: int) -> dict[str, Oracle]:
    """The functions that need no objective, by name, as a compiled step calls them: on flat arrays that hold one row after the other.

    Args:
        dimension: the number of coordinates, d.
    """
    return {
        name: _in_programs(function, dimension) for name, function in FUNCTIONS.items() if function.compute is not _supplied_by_the_caller
    }


def _in_programs(function: Function, dimension: int) -> Oracle:
    def calls(operands: tuple[Array, ...], out: Array) -> list[Call]:
        count = out.size // _rows(function.shape, dimension)
        arrays = [array.reshape(-1, count) if array.ndim else array for array in (*operands, out)]
        return [(function.compute, tuple(arrays))]

    return calls


def on_rows(oracles: Mapping[str, Callable[..., Array]], dimension: int) -> dict[str, Callable[..., Array]]:
    """All functions by name, as plain evaluation calls them: they return a new array, shape (d, N) or, for a matrix, (3, N).

    Args:
        oracles: those that depend on the objective, already in this form.
        dimension: the number of coordinates, d.
    """
    return {name: _on_rows(function, dimension) for name, function in FUNCTIONS.items()} | dict(oracles)


def _on_rows(function: Function, dimension: int) -> Callable[..., Array]:
    def on_rows(*operands: Any) -> Array:
        count = max(np.shape(operand)[-1] for operand in operands if np.ndim(operand))
        arrays = [np.asarray(operand, float) for operand in operands]
        rows = [np.broadcast_to(array, (dimension, count)) if array.ndim == 1 else array for array in arrays]
        result: Array = function.compute(*rows, np.empty((_rows(function.shape, dimension), count)))
        return result

    return on_rows


def _rows(shape: str, dimension: int) -> int:
    return MATRIX_ROWS if shape == "matrix" else dimension
