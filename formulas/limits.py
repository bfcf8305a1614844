"""A formula's value and derivatives at single points where a step on the way to them is not smooth: limits, and means of the sides.

A compiled program leaves NaN or infinity there: the slope of sqrt(x**2 + y**2) at 0, and so that of its cosine, which is smooth. Along rays
that leave the point the formula is a generalized power series (`formulas.series`). Where it is smooth, the first terms are its value, slope
and curvature. Where it is not, there are sides: what differs between opposite ones is their mean, and what grows beyond all bounds, as the
slope of a root at 0 does, is left out (Hadamard's finite part).

Beside such a point a compiled program has double precision only: at a distance d from a gap a slope is off by about 1e-16/d, a curvature by
1e-16/d^2, as for sin(x)/x. `formulas.cancellation` keeps the digits of the usual numerators, 1 - cos(x), exp(x) - 1 and log(1 + x); where
others cancel, as in (x - sin(x))/x**3, more are lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from formulas.evaluate import evaluate
from formulas.expansion import Expansion
from formulas.series import Key, Scope, Series, TooLongError
from formulas.smoothness import singular_and_rest, terms_of
from formulas.tree import Tree
from parameters import Array

QUANTITIES = ("value", "dx", "dy", "dxx", "dxy", "dyy")
_LIMITS = (6.0, 16.0)
"""The exponents from which on terms are not kept: at first, and where that is too few, as after a division by a high power."""
_HALF = [(a, b) for long, short in ((4, 3), (40, 9)) for a, b in ((long, short), (short, long), (long, -short), (short, -long))]
_DIRECTIONS = np.array([*_HALF, *[(-a, -b) for a, b in _HALF]], dtype=float).T
"""Opposite directions, none along an axis or a diagonal, of whole length, so that sums of squares have exact roots."""
_NEAR = 2.0**-26
"""How far away along them a formula is asked whether it has a value, as a share."""
_SQUARES = np.repeat((25.0, 1681.0), 4)
"""The squares of the lengths of the first half of them."""


def limits(tree: Tree, x: Array, y: Array, values: Mapping[str, Any]) -> Array:
    """Value, gradient and Hessian at points.

    Args:
        tree: the formula.
        x, y: where, shape (n,).
        values: a number, or an array of shape (n,), for every parameter.

    Returns:
        Shape (6, n), rows as QUANTITIES; NaN where there is no limit of the value, and for the derivatives where the value has none.
    """
    result = sum([_of_terms(part, x, y, values) for part in singular_and_rest(tree)], np.zeros((len(QUANTITIES), x.size)))
    steps = np.flatnonzero(np.isnan(result[0]))
    if steps.size:
        result[0, steps] = _term_by_term(tree, x[steps], y[steps], _chosen(values, steps))
    return result


def _chosen(values: Mapping[str, Any], points: npt.NDArray[np.intp]) -> dict[str, Any]:
    """The parameters' values at some of the points."""
    return {name: value[points] if np.ndim(value) else value for name, value in values.items()}


def has_values_near(tree: Tree, values: Mapping[str, Any]) -> npt.NDArray[np.bool_]:
    """Beside which points a formula has a finite value in some direction. Elsewhere are no limits, but areas without a value: below 0 for
    0**x, or where what is divided by underflows; limits at each point of such an area would take minutes.

    Args:
        tree: the formula.
        values: an array of shape (n,) for x and y, and a number or such an array for every parameter.
    """
    found = np.zeros(values["x"].size, dtype=bool)
    for right, up in _DIRECTIONS.T * _NEAR:
        beside = {"x": values["x"] + right * (1 + np.abs(values["x"])), "y": values["y"] + up * (1 + np.abs(values["y"]))}
        found |= np.isfinite(evaluate(tree, {**values, **beside}))
        if found.all():
            break
    return found


def _term_by_term(tree: Tree, x: Array, y: Array, values: Mapping[str, Any]) -> Array:
    """The values at points where there is no limit since a term has a step there: that term's own value, and the limits of the others."""
    total = np.zeros(x.size)
    for term in (term for terms in terms_of(tree) for term in terms):
        found = np.array(np.broadcast_to(evaluate(term, {**values, "x": x, "y": y}), x.shape), dtype=np.float64)
        gaps = np.flatnonzero(~np.isfinite(found))
        if gaps.size:
            found[gaps] = _of_terms(term, x[gaps], y[gaps], _chosen(values, gaps))[0]
        total += found
    return total


def _of_terms(tree: Tree, x: Array, y: Array, values: Mapping[str, Any]) -> Array:
    """`limits` of some of the terms of a sum. Smooth ones go by themselves: beside others that are far larger they would drown."""
    result = np.full((len(QUANTITIES), x.size), np.nan)
    waiting = np.arange(x.size)
    for limit in _LIMITS:
        try:
            found = _along_rays(tree, x[waiting], y[waiting], _chosen(values, waiting), limit)
        except TooLongError:
            break
        result[:, waiting], enough = _fitted(found)
        waiting = waiting[~enough]
        if not waiting.size:
            break
    return result


def _along_rays(tree: Tree, x: Array, y: Array, values: Mapping[str, Any], limit: float) -> Series:
    """The formula along every direction from every point: columns are the directions of the first point, then of the second, ..."""
    count = _DIRECTIONS.shape[1]
    along = [np.tile(row, x.size) for row in _DIRECTIONS]
    blank = Series({}, np.full(x.size * count, np.inf), Scope(limit))
    names = {name: blank.constant(np.repeat(value, count) if np.ndim(value) else float(value)) for name, value in values.items()}
    for name, at, step in zip("xy", (x, y), along, strict=True):
        names[name] = Series({(0.0, 0): np.repeat(at, count), (1.0, 0): step}, blank.order, blank.scope)
    with np.errstate(all="ignore"):
        return Expansion(names, blank).of(tree)


def _fitted(found: Series) -> tuple[Array, Any]:
    """Value, gradient and Hessian of each point from its rays, and whether the series were known far enough."""
    count = _DIRECTIONS.shape[1]
    terms = {key: values.reshape(-1, count) for key, values in found.terms.items()}
    order = found.order.reshape(-1, count)
    points = order.shape[0]
    zero = np.zeros((points, count))
    finite = np.ones((points, count), dtype=bool)
    for (exponent, logarithms), values in terms.items():
        if exponent <= 2:
            finite &= ~np.isnan(values)
        if exponent < 0 or (exponent == 0 and logarithms):
            finite &= values == 0
    finite &= order > 0
    start, slope, bend = (_without_logarithms(terms, exponent, zero) for exponent in (0.0, 1.0, 2.0))
    slope, bend = np.where(order > 1, slope, 0.0), np.where(order > 2, bend, 0.0)
    result = np.full((len(QUANTITIES), points), np.nan)
    known = np.flatnonzero(finite.any(axis=1))
    own = finite[known]
    low = np.where(own, start[known], np.inf).min(axis=1)
    high = np.where(own, start[known], -np.inf).max(axis=1)
    alike = np.flatnonzero(high - low <= 1e-9 * np.maximum(np.abs(low), np.abs(high)))
    result[0, known[alike]] = start[known, own.argmax(axis=1)][alike]
    whole = finite.all(axis=1)
    result[1:3, whole], result[3:, whole] = _gradients(slope[whole]), _hessians(bend[whole])
    for i in np.flatnonzero(finite.any(axis=1) & ~whole):
        rays = finite[i]
        x, y = _DIRECTIONS[:, rays]
        result[1:3, i] = _least_squares(np.stack([x, y], axis=1), slope[i, rays])
        result[3:, i] = _least_squares(np.stack([x * x, 2 * x * y, y * y], axis=1), 2 * bend[i, rays])
    return result, ~(finite & (order <= 2)).any(axis=1)


def _without_logarithms(terms: Mapping[Key, Array], exponent: float, zero: Array) -> Array:
    """The coefficients of a power of t, and 0 where it is multiplied by a logarithm, too: then they depend on the unit of length."""
    infinite = sum((np.abs(values) for (e, k), values in terms.items() if e == exponent and k), zero)
    return np.where(infinite == 0, terms.get((exponent, 0), zero), 0.0)


def _gradients(slopes: Array) -> Array:
    """The gradients, shape (2, n), whose slopes along all rays are these, shape (n, rays): by their odd part."""
    odd = (slopes[:, :8] - slopes[:, 8:]) / 2
    sums = (odd[:, None] * _DIRECTIONS[:, :8]).reshape(-1, 2, 2, 4).sum(axis=3) / (2 * _SQUARES[::4])
    return np.asarray(sums.mean(axis=2).T)


def _hessians(bends: Array) -> Array:
    """The matrices xx, xy, yy, shape (3, n), whose halves these second coefficients are along all rays: by their even part."""
    even = np.moveaxis((bends[:, :8] + bends[:, 8:]).reshape(-1, 2, 4), 2, 0)
    long, short = _DIRECTIONS[:, :8:4]
    first, second = even[0] + even[2], even[1] + even[3]
    trace = (first + second) / (2 * (long**2 + short**2))
    difference = (first - second) / (2 * (long**2 - short**2))
    mixed = (even[0] - even[2] + even[1] - even[3]) / (8 * long * short)
    return np.stack([((trace + difference) / 2).mean(axis=1), mixed.mean(axis=1), ((trace - difference) / 2).mean(axis=1)])


def _least_squares(equations: Array, wanted: Array) -> Array:
    found = np.asarray(np.linalg.lstsq(equations, wanted, rcond=None)[0])
    return np.where(np.abs(found) > 1e-13 * np.max(np.abs(wanted)), found, 0.0)
