"""What an update rule may call beside the common functions: what it asks of the loss, and a little linear algebra.

A vector is an array of shape (d, N): a row for each coordinate, a column for each trajectory. A symmetric matrix in two dimensions is three
rows xx, xy, yy, shape (3, N); what uses one holds in two dimensions only, and declares it. A memory is the last `REMEMBERED` vectors, the
newest first, and a generation the better `PARENTS` of `CHILDREN` vectors, the best first, each as so many times d rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from formulas.function import POINT, Function
from formulas.libm.functions import log
from formulas.program import Call, Oracle
from parameters import Array

MATRIX_ROWS = 3
"""The rows that a symmetric matrix in two dimensions is kept in: xx, xy, yy."""
REMEMBERED = 10
"""The vectors that a memory has room for."""
CHILDREN, PARENTS = 6, 3
"""The points that are drawn for a generation, 4 + floor(3 ln d) in two dimensions, and those of them that count, the better half."""
_RANKS = log((CHILDREN + 1) / 2) - log(np.arange(1, PARENTS + 1))
WEIGHTS: Array = _RANKS / _RANKS.sum()
"""By how much each of them counts, the best first (Hansen 2016, arXiv:1604.00772, equations 49 and 53)."""
SELECTION = float(1 / (WEIGHTS**2).sum())
"""As how many points of equal weight they count: the variance effective selection mass of the same paper."""


def _supplied_by_the_caller(*_: Any) -> Any:
    raise NotImplementedError("depends on the objective; the engine supplies it")


def norm(a: Array, out: Array) -> Array:
    """The Euclidean norm of each trajectory's vector, in all of its rows."""
    out[:] = np.sqrt(np.add.reduce(a * a, axis=0))
    return out


def rms(a: Array, out: Array) -> Array:
    """The root of the mean of the squares of each trajectory's coordinates, in all rows."""
    out[:] = np.sqrt(np.add.reduce(a * a, axis=0) / len(a))
    return out


def dot(a: Array, b: Array, out: Array) -> Array:
    """The scalar product of each trajectory's vectors, in all rows."""
    out[:] = np.add.reduce(a * b, axis=0)
    return out


def remember(memory: Array, vector: Array, worth: Array, out: Array) -> Array:
    """The memory with the vector as its newest where `worth` is above 1e-10, else as it was. What is not filled yet is 0."""
    rows = len(vector)
    out[rows:] = np.where(worth[0] > _WORTH, memory[:-rows], memory[rows:])
    out[:rows] = np.where(worth[0] > _WORTH, vector, memory[:rows])
    return out


def two_loop(steps: Array, changes: Array, vector: Array, most: Array, out: Array) -> Array:
    """An inverse Hessian times a vector, from the last steps and the changes of the gradient along them (Nocedal and Wright 2006,
    Algorithm 7.4, with the scaling of equation 7.20). Of what is remembered at most the newest `most` pairs are used."""
    pairs = [(step, change) for step, change in zip(_vectors(steps, vector), _vectors(changes, vector), strict=True)]
    along = [np.add.reduce(step * change, axis=0) for step, change in pairs]
    used = [(product > _WORTH) & (_per_trajectory(most) > age) for age, product in enumerate(along)]
    shares = []
    out[:] = vector
    for (step, change), product, use in zip(pairs, along, used, strict=True):
        shares.append(np.where(use, np.add.reduce(step * out, axis=0) / product, 0.0))
        out -= shares[-1] * change
    out *= np.where(used[0], along[0] / np.add.reduce(pairs[0][1] ** 2, axis=0), 1.0)
    for (step, change), product, use, share in reversed(list(zip(pairs, along, used, shares, strict=True))):
        out += np.where(use, share - np.add.reduce(change * out, axis=0) / product, 0.0) * step
    return out


def _vectors(rows: Array, like: Array) -> Array:
    """The vectors of a memory or a generation, shape (how many, d, N)."""
    return rows.reshape(-1, *like.shape)


def average(generation: Array, out: Array) -> Array:
    """The mean of a generation, in which better ones count more."""
    out[:] = _weighted(_vectors(generation, out))
    return out


def _weighted(values: Array) -> Array:
    """The sum of a generation's values, shape (PARENTS, ...), each times its weight: in one order, so that N changes no bit."""
    total: Array = sum((weight * value for weight, value in zip(WEIGHTS.tolist(), values, strict=True)), np.zeros(values.shape[1:]))
    return total


def root(matrix: Array) -> Array:
    """The square root of positive definite matrices, as xx, xy, yy (from the Cayley-Hamilton theorem)."""
    xx, xy, yy = matrix
    size = np.sqrt(np.maximum(xx * yy - xy * xy, 0.0))
    scale = np.sqrt(xx + yy + 2 * size)
    return np.stack([(xx + size) / scale, xy / scale, (yy + size) / scale])


def whiten(matrix: Array, vector: Array, out: Array) -> Array:
    """The inverse of the matrix' square root times the vector: as it would be if the matrix were the identity."""
    xx, xy, yy = root(matrix)
    return _solve(xx, xy, yy, vector, out)


def covariance_update(matrix: Array, path: Array, generation: Array, moving: Array, out: Array) -> Array:
    """CMA-ES' update of the covariance matrix in two dimensions, by the evolution path and by the generation (Hansen 2016, equation 47,
    without negative weights). Where `moving` is 0, in all rows, the path is on hold."""
    towards_path = 2.0 / (3.3**2 + SELECTION)
    towards_points = min(1.0 - towards_path, 2.0 * (SELECTION - 2.0 + 1.0 / SELECTION) / (16.0 + SELECTION))
    hold = (4.0 + SELECTION / 2) / (6.0 + SELECTION)  # the rate of the path, for the variance that it lacks on hold
    kept = 1.0 - towards_path - towards_points + (1.0 - moving[0]) * towards_path * hold * (2.0 - hold)
    px, py = path
    x, y = _vectors(generation, path).swapaxes(0, 1)
    for row, (by_path, by_points) in enumerate(((px * px, x * x), (px * py, x * y), (py * py, y * y))):
        out[row] = kept * matrix[row] + towards_path * by_path + towards_points * _weighted(by_points)
    return out


_WORTH = 1e-10


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


@dataclass(frozen=True)
class Transform(Function):
    """A function that multiplies the argument in which it is odd by a symmetric matrix."""


def _of_points(
    name: str,
    arguments: tuple[str, ...],
    compute: Any,
    latex: str,
    shape: str = "vector",
    odd_in: str = "",
    dimension: int | None = None,
    kind: type[Function] = Function,
    torch: str = "",
) -> Function:
    """A function of whole points, which needs all coordinates of a trajectory at once; `torch` is how PyTorch calls it on one vector."""
    return kind(
        name, arguments, compute, latex, level=POINT, shape=shape, elementwise=False, dimension=dimension, odd_in=odd_in, torch=torch
    )


def _with_matrices(name: str, arguments: tuple[str, ...], compute: Any, latex: str, shape: str = "vector", odd_in: str = "") -> Function:
    kind = Transform if odd_in and shape == "vector" else Function
    return _of_points(name, arguments, compute, latex, shape, odd_in, dimension=2, kind=kind)


FUNCTIONS = {
    function.name: function
    for function in (
        _of_points("gradient", ("a",), _supplied_by_the_caller, r"\nabla f\left({a}\right)", odd_in="a"),
        _of_points("loss", ("a",), _supplied_by_the_caller, r"f\left({a}\right)"),
        _of_points("step_length", ("a", "d", "g"), _supplied_by_the_caller, r"\operatorname{{backtrack}}\left({a},\ {d}\right)"),
        _of_points("wolfe_length", ("a", "d", "g", "c"), _supplied_by_the_caller, r"\operatorname{{search}}_{{{c}}}\left({a},\ {d}\right)"),
        _of_points(
            "generation",
            ("a", "s", "c"),
            _supplied_by_the_caller,
            r"\operatorname{{best}}\left({a},\ {s}^2 {c}\right)",
            "generation",
            "a",
            2,
        ),
        _of_points("norm", ("a",), norm, r"\left\lVert {a} \right\rVert", torch="torch.linalg.norm({a})"),
        _of_points("rms", ("a",), rms, r"\operatorname{{rms}}\left({a}\right)", torch="torch.sqrt(torch.mean(torch.square({a})))"),
        _of_points("dot", ("a", "b"), dot, r"\left({a} \cdot {b}\right)", torch="torch.dot({a}, {b})"),
        _of_points("remember", ("a", "b", "c"), remember, r"\operatorname{{remember}}\left({a},\ {b}\right)", "memory", "b"),
        _of_points(
            "two_loop",
            ("a", "b", "c", "d"),
            two_loop,
            r"\operatorname{{LBFGS}}_{{{d}}}\left({a},\ {b}\right) {c}",
            odd_in="c",
            kind=Transform,
        ),
        _of_points("average", ("a",), average, r"\bar{{{a}}}", odd_in="a", dimension=2),
        _with_matrices("hessian", ("a",), _supplied_by_the_caller, r"\nabla^2 f\left({a}\right)", "matrix"),
        _with_matrices("whiten", ("a", "b"), whiten, r"{a}^{{-1/2}} {b}", odd_in="b"),
        _with_matrices(
            "covariance_update", ("a", "b", "c", "d"), covariance_update, r"\operatorname{{CMA}}\left({a},\ {b},\ {c}\right)", "matrix"
        ),
        _with_matrices("times", ("a", "b"), times, "{a}\\, {b}", odd_in="b"),
        _with_matrices("solve", ("a", "b", "c"), solve, r"\left({a} + {c} I\right)^{{-1}} {b}", odd_in="b"),
        _with_matrices("solve_absolute", ("a", "b", "c"), solve_absolute, r"\left(\left|{a}\right| + {c} I\right)^{{-1}} {b}", odd_in="b"),
        _with_matrices(
            "curvature_update", ("a", "b", "c"), curvature_update, r"\operatorname{{BFGS}}\left({a},\ {b},\ {c}\right)", "matrix"
        ),
    )
}
"""By name. Those that ask something of the objective are supplied by the caller:

gradient(a): the gradient at a point, with the noise, and clipped where the method is given limits.
hessian(a): the Hessian there.
loss(a): the loss there, the same in all rows; infinite where it has no value.
step_length(a, d, g): which share of the step d from a falls enough, by halving, where g is the gradient at a.
wolfe_length(a, d, g, c): which multiple of it falls enough and leaves at most the share c of the slope along it.
generation(a, s, c): the better half of points drawn around a from the normal distribution with covariance s² c, each as (point - a)/s.
"""


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
        count = out.size // rows_of(function.shape, dimension)
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
        result: Array = function.compute(*rows, np.empty((rows_of(function.shape, dimension), count)))
        return result

    return on_rows


def rows_of(shape: str, dimension: int) -> int:
    """The rows of an array of a shape: "vector", "matrix", "memory" or "generation"."""
    rows = {"vector": dimension, "matrix": MATRIX_ROWS, "memory": REMEMBERED * dimension, "generation": PARENTS * dimension}
    return rows[shape]
