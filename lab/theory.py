"""What theory predicts on quadratic surfaces: whether a method is stable, and how fast it converges.

On a quadratic a method like momentum is a linear map of the point and what it remembers, seen from the minimum: for each eigenvalue of the
Hessian a small matrix. It converges if and only if the largest absolute eigenvalue of these matrices, their spectral radius, is below 1,
and in the long run the error shrinks by that factor at each step. Which surfaces are quadratic, and which methods linear, is found by
testing them, not listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from lab.axes import Axis
from lab.quantities import build_with, in_optimizer
from lab.sweeps import Sweep
from landscapes import Landscape
from optimizers import Optimizer
from parameters import Array
from scenario import Choice, Scenario

_PROBES = np.array([[0.31, -0.72, 0.93, -0.11, 0.98, -0.97, 0.04, -0.45], [0.57, 0.23, -0.86, -0.49, 0.95, -0.99, 0.07, 0.91]])
"""Where it is tried whether a gradient is linear, in half windows: around the window's middle, and around the origin, where an L1 penalty
bends."""
_ALIKE = 1e-7
FLAT = 1e-12
"""A curvature smaller than this share of the largest is none: along it nothing moves, and nothing has to."""
_FINE = 201
_HALVINGS = 40


@dataclass(frozen=True, eq=False)
class Prediction:
    """What theory says of a sweep.

    Attributes:
        x, y: the axes, finer than the sweep's.
        radius: the spectral radius on them, shape (y.count, x.count): below 1 it converges, by that factor at each step in the long run.
        rate: the same in each of the sweep's cells, shape (rows, columns).
        line: the limit of stability, values of the two axes, shape (2, M); M is 0 where it does not cross the map.
        stable: where from the line it is stable: "to the left", "to the right", "below" or "above"; "" where there is no line.
        best: where the method's papers say that the error shrinks fastest, as values of the two axes, shape (2, M): a point, a line if the
            best value along one axis depends on the other, or nothing if more than the two quantities would have to change.
        rates: the factor at each step there, shape (M,).
        limit: what bounds the learning rate, in LaTeX; "" where the papers do not say.
        limit_in_text: the same as plain text.
    """

    x: Axis
    y: Axis
    radius: Array
    rate: Array
    line: Array
    stable: str
    best: Array
    rates: Array
    limit: str
    limit_in_text: str


@lru_cache(maxsize=16)
def predicted(sweep: Sweep) -> Prediction | None:
    """What theory says of a sweep; None where it says nothing: the surface is not quadratic or has no minimum, the method is not linear, or
    the learning rate is scheduled. With noise it speaks of the mean."""
    scenario = sweep.scenario
    x, y = (replace(axis, count=_FINE) for axis in (sweep.x, sweep.y))
    radius, rate = _radius_in_cells(scenario, x, y), _radius_in_cells(scenario, sweep.x, sweep.y)
    if radius is None or rate is None:
        return None
    _, optimizer, _ = build_with(scenario, {x.key: x.values, y.key: y.values})
    facts = optimizer.on_quadratics
    words = (of(optimizer.symbols, optimizer.values) for of in (facts.limit_in_latex, facts.limit_in_text)) if facts else ("", "")
    return Prediction(x, y, radius, rate, *_limit(scenario, x, y, radius), *_best(scenario, x, y), *words)


def _radius_in_cells(scenario: Scenario, x: Axis, y: Axis) -> Array | None:
    across, up = np.meshgrid(x.values, y.values)
    radius = spectral_radius_on(scenario, {x.key: across.ravel(), y.key: up.ravel()})
    return None if radius is None else radius.reshape(across.shape)


def _limit(scenario: Scenario, x: Axis, y: Axis, radius: Array) -> tuple[Array, str]:
    """Where the radius crosses 1, in values of the axes, shape (2, M), and on which side of that it is stable."""
    unstable = radius > 1 + _ALIKE
    crossed = [unstable[:, 1:] != unstable[:, :-1], (unstable[1:] != unstable[:-1]).T]
    moving = int(crossed[1].any(axis=1).sum() > crossed[0].any(axis=1).sum())  # along the axis that crosses the limit more often
    fixed, move = ((y, x), (x, y))[moving]
    rows = np.flatnonzero(crossed[moving].any(axis=1))
    if not rows.size:
        return np.empty((2, 0)), ""
    columns = crossed[moving][rows].argmax(axis=1)
    beyond = (unstable, unstable.T)[moving][rows, columns]  # whether it is unstable before the crossing
    low, high = move.coordinates[columns], move.coordinates[columns + 1]
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        found = spectral_radius_on(scenario, {move.key: move.value(middle), fixed.key: fixed.values[rows]})
        assert found is not None
        before = (found > 1 + _ALIKE) == beyond
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    line = np.stack([move.value((low + high) / 2), fixed.values[rows]])
    words = (("to the left", "to the right"), ("below", "above"))[moving]
    return line[::-1] if moving else line, words[int(beyond[-1])]


def spectral_radius_on(scenario: Scenario, values: Mapping[str, Array]) -> Array | None:
    """The spectral radius of a step of the scenario's optimizer on its landscape, with the given quantities, shape (N,).

    Args:
        scenario: with one optimizer.
        values: arrays of shape (N,) by address.

    Returns:
        None where the landscape is not quadratic or has no minimum, the method is not linear, or the learning rate scheduled.
    """
    if scenario.schedule != Choice("constant"):
        return None
    landscape, optimizer, _ = build_with(scenario, values)
    curvatures = quadratic_curvatures(landscape, next(iter(values.values())).size)
    if curvatures is None or (curvatures[0] < -FLAT * curvatures[1]).any():
        return None
    return spectral_radius(optimizer, curvatures)


def quadratic_curvatures(landscape: Landscape, count: int = 1) -> Array | None:
    """The eigenvalues of the Hessian, the smaller first, shape (2, N), if the landscape is quadratic, else None.

    Args:
        landscape: its parameters may be arrays of shape (N,).
        count: N.
    """
    lanes = count if landscape.per_lane else 1
    (x0, x1), (y0, y1) = landscape.window
    middle, half = np.array([x0 + x1, y0 + y1]) / 2, np.array([x1 - x0, y1 - y0]) / 2
    base = np.repeat(middle[:, None], lanes, axis=1)
    hessian, slope = landscape.hessian(base), landscape.gradient(base)
    for probe in np.concatenate([middle + _PROBES.T * half, _PROBES.T * half]):
        points = np.repeat(probe[:, None], lanes, axis=1)
        with np.errstate(all="ignore"):
            linear = slope + np.einsum("ijn,jn->in", hessian, points - base)
            alike = np.abs(landscape.gradient(points) - linear) <= _ALIKE * np.abs(linear).max(axis=0)
        if not alike.all():
            return None
    return np.broadcast_to(eigenvalues(hessian), (2, count))


def eigenvalues(hessian: Array) -> Array:
    """Those of symmetric matrices of shape (2, 2, N), the smaller first, shape (2, N)."""
    (xx, xy), (_, yy) = hessian
    mean, root = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    return np.stack([mean - root, mean + root])


def spectral_radius(optimizer: Optimizer, curvatures: Array) -> Array | None:
    """The spectral radius of a step on a quadratic with the given curvatures, shape (N,); None if the method is not linear there.

    Args:
        optimizer: its hyper-parameters may be arrays of shape (N,).
        curvatures: shape (2, N); one that is zero beside the other does not count.
    """
    names = ["x", *optimizer.state]
    if {"I", "none"} & set(optimizer.state.values()):  # it remembers a matrix, or steps, and learns the curvature
        return None
    if optimizer.clipping or optimizer.changes_rate:
        return None
    columns = []
    for name in names:
        after = _step(optimizer, curvatures, {other: np.full_like(curvatures, float(other == name)) for other in names}, 1)
        if after is None:
            return None
        columns.append(after)
    matrix = np.moveaxis(np.array(columns), (0, 1), (-1, -2))  # [curvature, lane, to, from]
    uneven = np.array([[1.0], [-0.7]])  # differs between the curvatures, so that a step that mixes them is noticed
    mixed = {name: uneven * np.full_like(curvatures, value) for name, value in zip(names, np.linspace(-1.3, 2.1, len(names)), strict=True)}
    superposed = np.einsum("cnij,jcn->icn", matrix, np.array([mixed[name] for name in names]))
    for t in (1, 9):
        after = _step(optimizer, curvatures, mixed, t)
        if after is None or not np.allclose(after, superposed, rtol=_ALIKE, atol=_ALIKE * float(np.abs(superposed).max())):
            return None
    radii = np.abs(np.linalg.eigvals(matrix)).max(axis=2)
    largest: Array = np.where(np.abs(curvatures) > FLAT * np.abs(curvatures).max(axis=0), radii, 0.0).max(axis=0)
    return largest


def _step(optimizer: Optimizer, curvatures: Array, before: Mapping[str, Array], t: int) -> Array | None:
    """The point and the state after a step, shape (1 + states, 2, N); None if they are not finite or the step asks for more than slopes."""
    hessian = np.stack([curvatures[0], np.zeros(curvatures.shape[1]), curvatures[1]])
    oracles = {"gradient": lambda points: curvatures * points, "hessian": lambda points: hessian}
    state = {name: before[name] for name in optimizer.state}
    try:
        terms = optimizer.terms(before["x"], state, t, oracles)
    except (KeyError, NotImplementedError):
        return None
    after = np.array([np.broadcast_to(terms.get(name, before[name]), curvatures.shape) for name in before])
    return after if np.isfinite(after).all() else None


def _best(scenario: Scenario, x: Axis, y: Axis) -> tuple[Array, Array]:
    """Where along two axes the error shrinks fastest, shape (2, M), and the factor at each step there, shape (M,)."""
    facts = scenario.build_optimizers()[0].on_quadratics
    keys = {in_optimizer(name): formula for name, formula in facts.best.items()} if facts else {}
    if not facts or not set(keys) <= {x.key, y.key}:
        return np.empty((2, 0)), np.empty(0)
    free = next((axis for axis in (x, y) if axis.key not in keys), None)
    given = {free.key: free.values} if free else {x.key: np.array([x.low])}
    landscape, optimizer, _ = build_with(scenario, given)
    count = next(iter(given.values())).size
    curvatures = quadratic_curvatures(landscape, count)
    if curvatures is None or (curvatures[0] <= FLAT * curvatures[1]).any():
        return np.empty((2, 0)), np.empty(0)
    optima = {key: facts.value_of(formula, curvatures[1], curvatures[0], optimizer.values) for key, formula in keys.items()}
    values = np.array([np.broadcast_to(optima.get(axis.key, axis.values if axis is free else 0.0), count) for axis in (x, y)])
    rates = np.broadcast_to(facts.value_of(facts.rate, curvatures[1], curvatures[0], optimizer.values), count)
    inside = [(axis.low <= along) & (along <= axis.high) for axis, along in zip((x, y), values, strict=True)]
    shown = inside[0] & inside[1]
    return values[:, shown], np.asarray(rates[shown])
