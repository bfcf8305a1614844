"""What theory predicts on quadratic surfaces: whether a method is stable, and how fast it converges.

On a quadratic a method like momentum is a linear map of the point and what it remembers, seen from the minimum: for each eigenvalue of the
Hessian a small matrix. It converges if and only if the largest absolute eigenvalue of these matrices, their spectral radius, is below 1,
and in the long run the error shrinks by that factor at each step. Which surfaces are quadratic, and which methods linear, is found out by
trying, not listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from lab.axes import Axis
from lab.quantities import built
from lab.sweeps import Sweep
from landscapes import Landscape
from optimizers import Optimizer
from parameters import Array
from scenario import Choice, Scenario

_PROBES = np.array([[0.31, -0.72, 0.93, -0.11], [0.57, 0.23, -0.86, -0.49]])
"""Where it is tried whether a gradient is linear, in half windows from the origin: on both sides of the axes, where an L1 penalty bends."""
_ALIKE = 1e-7
_FINE = 201


@dataclass(frozen=True, eq=False)
class Prediction:
    """What theory says of a sweep.

    Attributes:
        x, y: the axes, finer than the sweep's, so that lines are smooth.
        radius: the spectral radius, shape (y.count, x.count): below 1 it converges, and by that factor at each step in the long run.
        best: where the method's papers say that the error shrinks fastest, as values of the two axes, shape (2, M): a point, a line if the
            best value along one axis depends on the other, or nothing if more than the two quantities would have to change.
        rates: the factor at each step there, shape (M,).
        limit: what bounds the learning rate, in LaTeX; "" where the papers do not say.
    """

    x: Axis
    y: Axis
    radius: Array
    best: Array
    rates: Array
    limit: str


def predicted(sweep: Sweep) -> Prediction | None:
    """What theory says of a sweep; None where it says nothing: the surface is not quadratic or the method not linear, or the learning rate
    is scheduled."""
    x, y = (replace(axis, count=_FINE) for axis in (sweep.x, sweep.y))
    across, up = (grid.ravel() for grid in np.meshgrid(x.values, y.values))
    radius = spectral_radius_on(sweep.scenario, {x.key: across, y.key: up})
    if radius is None:
        return None
    optimizer = sweep.scenario.build_optimizers()[0]
    limit = optimizer.on_quadratics.limit_in_latex(optimizer.symbols, optimizer.values) if optimizer.on_quadratics else ""
    return Prediction(x, y, radius.reshape(y.count, x.count), *_best(sweep.scenario, x, y), limit)


def spectral_radius_on(scenario: Scenario, values: Mapping[str, Array]) -> Array | None:
    """The spectral radius of a step of the scenario's optimizer on its landscape, with the given quantities, shape (N,).

    Args:
        scenario: with one optimizer.
        values: arrays of shape (N,) by the quantity's key.

    Returns:
        None where the landscape is not quadratic, the method not linear, or the learning rate scheduled.
    """
    if scenario.schedule != Choice("constant"):
        return None
    landscape, optimizer, _ = built(scenario, values)
    curvatures = quadratic_curvatures(landscape, next(iter(values.values())).size)
    return None if curvatures is None else spectral_radius(optimizer, curvatures)


def quadratic_curvatures(landscape: Landscape, count: int = 1) -> Array | None:
    """The eigenvalues of the Hessian, the smaller first, shape (2, N), if the landscape is quadratic, else None.

    Args:
        landscape: its parameters may be arrays of shape (N,).
        count: N.
    """
    (x0, x1), (y0, y1) = landscape.window
    size = np.array([x1 - x0, y1 - y0]) / 2
    hessian = landscape.hessian(np.zeros((2, count)))
    base = landscape.gradient(np.zeros((2, count)))
    for probe in _PROBES.T * size:
        points = np.tile(probe[:, None], count)
        linear = base + np.einsum("ijn,jn->in", hessian, points)
        gradient = landscape.gradient(points)
        if not np.allclose(gradient, linear, rtol=_ALIKE, atol=_ALIKE * float(np.abs(linear).max())):
            return None
    (xx, xy), (_, yy) = hessian
    mean, root = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    return np.stack([mean - root, mean + root])


def spectral_radius(optimizer: Optimizer, curvatures: Array) -> Array | None:
    """The spectral radius of a step on a quadratic with the given curvatures, shape (N,); None if the method is not linear there.

    Args:
        optimizer: its hyper-parameters may be arrays of shape (N,).
        curvatures: shape (2, N).
    """
    names = ["x", *optimizer.state]
    if "I" in optimizer.state.values():  # it remembers a matrix, and learns the curvature
        return None
    columns = []
    for name in names:
        after = _step(optimizer, curvatures, {other: np.full_like(curvatures, float(other == name)) for other in names}, 1)
        if after is None:
            return None
        columns.append(after)
    matrix = np.moveaxis(np.array(columns), (0, 1), (-1, -2))  # [curvature, lane, to, from]
    mixed = {name: np.full_like(curvatures, value) for name, value in zip(names, np.linspace(-1.3, 2.1, len(names)), strict=True)}
    superposed = np.einsum("cnij,jcn->icn", matrix, np.array([mixed[name] for name in names]))
    for t in (1, 9):
        after = _step(optimizer, curvatures, mixed, t)
        if after is None or not np.allclose(after, superposed, rtol=_ALIKE, atol=_ALIKE * float(np.abs(superposed).max())):
            return None
    return np.asarray(np.abs(np.linalg.eigvals(matrix)).max(axis=(0, 2)))


def _step(optimizer: Optimizer, curvatures: Array, before: Mapping[str, Array], t: int) -> Array | None:
    """The point and the state after a step, shape (1 + states, 2, N); None if they are not finite or the step asks for more than slopes."""
    hessian = np.stack([curvatures[0], np.zeros(curvatures.shape[1]), curvatures[1]])
    oracles = {"gradient": lambda points: curvatures * points, "hessian": lambda points: hessian}
    state = {name: before[name] for name in optimizer.state}
    try:
        terms = optimizer.terms(before["x"], state, t, oracles)
    except KeyError:
        return None
    after = np.array([np.broadcast_to(terms.get(name, before[name]), curvatures.shape) for name in before])
    return after if np.isfinite(after).all() else None


def _best(scenario: Scenario, x: Axis, y: Axis) -> tuple[Array, Array]:
    """Where along two axes the error shrinks fastest, shape (2, M), and the factor at each step there, shape (M,)."""
    facts = scenario.build_optimizers()[0].on_quadratics
    keys = {f"optimizer.{name}": formula for name, formula in facts.best.items()} if facts else {}
    if not facts or not set(keys) <= {x.key, y.key}:
        return np.empty((2, 0)), np.empty(0)
    free = next((axis for axis in (x, y) if axis.key not in keys), None)
    given = {free.key: free.values} if free else {x.key: np.array([x.low])}
    landscape, optimizer, _ = built(scenario, given)
    count = next(iter(given.values())).size
    curvatures = quadratic_curvatures(landscape, count)
    if curvatures is None or curvatures.min() <= 0:
        return np.empty((2, 0)), np.empty(0)
    along = {key: facts.at(formula, curvatures[1], curvatures[0], optimizer.values) for key, formula in keys.items()}
    places = np.array([np.broadcast_to(along.get(axis.key, axis.values if axis is free else 0.0), count) for axis in (x, y)])
    rates = np.broadcast_to(facts.at(facts.rate, curvatures[1], curvatures[0], optimizer.values), count)
    inside = [(axis.low <= values) & (values <= axis.high) for axis, values in zip((x, y), places, strict=True)]
    shown = inside[0] & inside[1]
    return places[:, shown], np.asarray(rates[shown])
