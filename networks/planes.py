"""Planes through the space of a network's weights, on which its loss is a landscape."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from formulas.program import Call
from networks.network import Network
from networks.objective import NetworkLoss
from parameters import Array

Window = tuple[tuple[float, float], tuple[float, float]]
_MARGIN = 0.25
"""What is shown around the points that a plane was made of, as a share of their extent."""
_STEP = 1e-4
"""How far apart slopes are taken for second derivatives, as a share of the window."""


@dataclass(frozen=True, eq=False)
class Plane:
    """A point in weight space and two directions: coordinates (a, b) stand for origin + a * first + b * second.

    Attributes:
        origin: shape (P,).
        directions: shape (2, P).
        explained: the share of the paths' variance that lies along each direction, shape (2,); NaN where it was made of no paths.
        window: what to show of it, ((a0, a1), (b0, b1)).
        kind: how it was made, in words.
    """

    origin: Array
    directions: Array
    explained: Array
    window: Window
    kind: str

    def points(self, coordinates: npt.ArrayLike) -> Array:
        """The weights at coordinates of shape (2, N): an array of shape (N, P)."""
        given = np.asarray(coordinates, dtype=np.float64)
        if given.ndim != 2 or len(given) != 2:
            raise ValueError(f"coordinates must have the shape (2, N), not {given.shape}")
        return self.origin + given.T @ self.directions

    def project(self, weights: npt.ArrayLike) -> Array:
        """The coordinates of the nearest point of the plane, shape (2, ...), for weights of shape (..., P)."""
        given = np.asarray(weights, dtype=np.float64)
        if given.shape[-1:] != self.origin.shape:
            raise ValueError(f"weights must have the shape (..., {self.origin.size}), not {given.shape}")
        along = (given - self.origin) @ self.directions.T
        found = np.asarray(np.linalg.solve(self.directions @ self.directions.T, along[..., None])[..., 0], dtype=np.float64)
        return np.moveaxis(found, -1, 0)

    def landscape(self, net: Network, x: npt.ArrayLike, y: npt.ArrayLike, l2: float = 0.0) -> PlaneLoss:
        """The loss of a network on the plane, exact and with its exact slopes. Arguments and errors as for `Network.loss`."""
        if net.size != self.origin.size:
            raise ValueError(f"the plane lies among {self.origin.size} weights, and {net} has {net.size}")
        return PlaneLoss(self, NetworkLoss(net, x, y, l2))


class PlaneLoss:
    """The loss of a network on a plane: a `simulation.Objective` of two coordinates.

    Attributes:
        plane, loss: of what it is made.
        window: what to show of it.
        name: its title.
    """

    per_lane = False
    always_finite = False
    dimension = 2

    def __init__(self, plane: Plane, loss: NetworkLoss) -> None:
        self.plane, self.loss, self.window = plane, loss, plane.window
        self.name = f"{loss.net} on a plane {plane.kind}"

    def check_lanes(self, count: int, what: str) -> None:
        """It has no numbers that differ between trajectories."""

    def value(self, points: npt.ArrayLike) -> Array:
        """The losses at points of shape (2, N): an array of shape (N,)."""
        return self.loss.value(self.plane.points(points).T)

    def gradient(self, points: npt.ArrayLike) -> Array:
        """The slopes along the plane's directions: an array of shape (2, N)."""
        return self.plane.directions @ self.loss.gradient(self.plane.points(points).T)

    def hessian(self, points: npt.ArrayLike) -> Array:
        """The second derivatives, by differences of slopes: an array of shape (2, 2, N)."""
        given = np.asarray(points, dtype=np.float64)
        steps = [_STEP * (high - low) for low, high in self.window]
        columns = []
        for axis, step in enumerate(steps):
            aside = np.zeros((2, 1))
            aside[axis] = step
            columns.append((self.gradient(given + aside) - self.gradient(given - aside)) / (2 * step))
        both = np.array(columns)
        return np.asarray((both + both.swapaxes(0, 1)) / 2)

    def bind(
        self,
        points: Array,
        lanes: slice | npt.NDArray[np.intp] = slice(None),
        *,
        value: Array | None = None,
        gradient: Array | None = None,
        hessian: Array | None = None,
    ) -> list[Call]:
        """The calls that compute them in place; see `simulation.Objective`."""
        return [(partial(self._write, points, value, gradient, hessian), ())]

    def _write(self, points: Array, value: Array | None, gradient: Array | None, hessian: Array | None) -> None:
        if value is not None:
            value[:] = self.value(points)
        if gradient is not None:
            gradient[:] = self.gradient(points)
        if hessian is not None:
            hessian[:] = self.hessian(points)[[0, 0, 1], [0, 1, 1]]


def random(net: Network, weights: npt.ArrayLike, seed: int = 0) -> Plane:
    """Two random directions from a point, filter by filter as long as its weights (Li et al. 2018, arXiv:1712.09913, section 4).

    So a picture does not change where units are scaled up and the next layer down, as ReLU allows. Biases, scales and shifts stay.

    Args:
        net: the network.
        weights: the point, shape (P,).
        seed: chooses the directions.
    """
    origin = net.check_weights(weights)[0]
    draws = np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed])))
    directions = np.zeros((2, net.size))
    for direction in directions:
        for layer in net.layers:
            filters = draws.standard_normal((layer.outputs, layer.inputs))
            wanted = np.linalg.norm(origin[layer.weight].reshape(filters.shape), axis=1)
            direction[layer.weight] = (filters * (wanted / np.linalg.norm(filters, axis=1))[:, None]).reshape(-1)
    return Plane(origin, directions, np.full(2, np.nan), ((-1.0, 1.0), (-1.0, 1.0)), "of two random directions")


def pca(paths: npt.ArrayLike) -> Plane:
    """The plane that explains most of some paths: their first two principal components, from their mean.

    Even a random walk has 61 % of its variance along the first and 76 % along both (Antognini and Sohl-Dickstein 2018, arXiv:1806.08805).

    Args:
        paths: points of all of them, shape (K, P), K at least 3.

    Raises:
        ValueError: there are too few points, or they lie on a line.
    """
    given = np.asarray(paths, dtype=np.float64)
    if given.ndim != 2 or len(given) < 3:
        raise ValueError(f"paths must have the shape (K, P) with K at least 3, not {given.shape}")
    if not np.isfinite(given).all():
        raise ValueError("paths must be finite; leave out what has diverged")
    origin = given.mean(axis=0)
    apart = given - origin
    rows = len(apart) <= apart.shape[1]
    values, vectors = np.linalg.eigh(apart @ apart.T if rows else apart.T @ apart)
    values, vectors = values[::-1][:2], vectors[:, ::-1][:, :2]
    if values[1] <= 1e-13 * max(values[0], 1e-300):
        raise ValueError("the paths lie on a line, so that they make no plane; add another path, or choose random directions")
    directions = (apart.T @ vectors if rows else vectors).T
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    largest = np.abs(directions).argmax(axis=1)
    directions *= np.sign(directions[[0, 1], largest])[:, None]
    explained = values / np.square(apart).sum()
    return Plane(origin, directions, explained, _around(apart @ directions.T), "of principal components")


def through(a: npt.ArrayLike, b: npt.ArrayLike, c: npt.ArrayLike) -> Plane:
    """The plane through three points, at its origin the first, along its first axis the second: true lengths and angles.

    Args:
        a, b, c: weights, shape (P,).

    Raises:
        ValueError: they lie on a line.
    """
    start, *others = (np.asarray(point, dtype=np.float64) for point in (a, b, c))
    first, second = (other - start for other in others)
    length = float(np.linalg.norm(first))
    axis = first / max(length, 1e-300)
    rest = second - (second @ axis) * axis
    height = float(np.linalg.norm(rest))
    if not min(length, height) > 1e-12 * np.linalg.norm(second):
        raise ValueError("the three points lie on a line, so that they make no plane; choose another one")
    directions = np.array([axis, rest / height])
    corners = np.array([[0.0, 0.0], [length, 0.0], [second @ axis, height]])
    return Plane(start, directions, np.full(2, np.nan), _around(corners), "through three points")


def _around(coordinates: Array) -> Window:
    """A window around points of shape (K, 2)."""
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    margin = _MARGIN * (high - low)
    (a0, b0), (a1, b1) = (low - margin).tolist(), (high + margin).tolist()
    return (a0, a1), (b0, b1)
