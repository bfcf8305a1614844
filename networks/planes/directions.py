"""Two directions through weight space: random ones, principal components of paths, and those between three points."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
import numpy.typing as npt

from networks.layout import Layer
from networks.network import Network
from networks.planes.plane import Path, Plane, as_path, window_around
from networks.running import one_thread
from parameters import Array
from simulation.checks import in_words
from simulation.engine import MEMORY

_COLUMNS = 4_000_000
"""Numbers of the paths that are looked at together."""


def random(net: Network | Sequence[tuple[int, ...]], weights: npt.ArrayLike, seed: int = 0) -> Plane:
    """Two random directions from a point, filter by filter as long as its weights (Li et al. 2018, arXiv:1712.09913, section 4).

    So a picture does not change where units are scaled up and the next layer down, as ReLU allows. Biases, scales and shifts stay.

    Args:
        net: the network; or, for weights of a model of one's own, the shapes of the arrays that they are made of, one after the other: of
            those with two or more axes each entry along the first is a filter, all others stay.
        weights: the point, shape (P,).
        seed: chooses the directions.

    Raises:
        ValueError: the weights are not so many, or make no plane: they are all zero, or there is one only in filters.
    """
    shapes = [shape for layer in net.layers for shape in _shapes(layer)] if isinstance(net, Network) else [tuple(shape) for shape in net]
    origin = np.asarray(weights, dtype=np.float64).reshape(-1)
    if origin.size != sum(map(prod, shapes)):
        raise ValueError(f"there are {origin.size:,} weights, and the shapes {shapes} need {sum(map(prod, shapes)):,}")
    draws = np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed])))
    directions = np.zeros((2, origin.size))
    for direction in directions:
        at = 0
        for shape in shapes:
            part = slice(at, at + prod(shape))
            at = part.stop
            if len(shape) > 1 and part.start < part.stop:
                filters = draws.standard_normal((shape[0], prod(shape[1:])))
                wanted = np.linalg.norm(origin[part].reshape(filters.shape), axis=1)
                direction[part] = (filters * (wanted / np.linalg.norm(filters, axis=1))[:, None]).reshape(-1)
    lengths = np.square(directions).sum(axis=1)
    if not lengths.prod() - (directions[0] @ directions[1]) ** 2 > 1e-18 * lengths.prod() > 0:
        raise ValueError(
            "random directions that are as long as the weights make no plane here, since these are all zero, or one only; "
            "choose another point or kind of plane"
        )
    return Plane(origin, directions, np.full(2, np.nan), ((-1.0, 1.0), (-1.0, 1.0)), "of two random directions")


def _shapes(layer: Layer) -> list[tuple[int, ...]]:
    """Of what stands in a layer of a network, in its order."""
    norm = [(layer.outputs,)] * (2 if layer.scale else 0)
    return [(layer.outputs, layer.inputs), (layer.outputs,), *norm]


def pca(paths: npt.ArrayLike, memory: int = MEMORY) -> Plane:
    """The plane that explains most of some paths: their first two principal components, from their mean.

    Even a random walk has 61% of its variance along the first and 76% along both (Antognini and Sohl-Dickstein 2018, arXiv:1806.08805).

    Args:
        paths: points of all of them, shape (K, P), K at least 3; in single precision they take half the memory.
        memory: bytes that they may take.

    Raises:
        ValueError: there are too few points, they lie on a line, or they would not fit.
    """
    given = as_path(paths)
    if given.ndim != 2 or len(given) < 3:
        raise ValueError(f"paths must have the shape (K, P) with K at least 3, since two points make no plane, not {given.shape}")
    if given.nbytes > memory:
        raise ValueError(
            f"paths of {given.shape[0]:,} points of {given.shape[1]:,} weights take {in_words(given.nbytes)}, and the limit is "
            f"{in_words(memory)}; give fewer points or single precision, leave layers out, or raise the limit with memory="
        )
    if not np.isfinite(given).all():
        raise ValueError("paths must be finite; leave out what has diverged")
    origin = given.mean(axis=0, dtype=np.float64)
    with one_thread():
        return _components(given, origin)


def _components(given: Path, origin: Array) -> Plane:
    gram = np.zeros((len(given), len(given)))
    columns = max(1, _COLUMNS // len(given))
    parts = [slice(first, first + columns) for first in range(0, given.shape[1], columns)]
    rows = len(given) <= given.shape[1]
    if rows:
        for part in parts:
            apart = given[:, part] - origin[part]
            gram += apart @ apart.T
    else:
        apart = given - origin
        gram = apart.T @ apart
    values, vectors = np.linalg.eigh(gram)
    total = float(np.trace(gram))
    values, vectors = values[::-1][:2], vectors[:, ::-1][:, :2]
    if len(values) < 2 or values[1] <= 1e-13 * max(values[0], 1e-300):
        raise ValueError("the paths lie on a line, so that they make no plane; add another path, or choose random directions")
    directions = vectors.T.copy()
    if rows:
        directions = np.concatenate([vectors.T @ (given[:, part] - origin[part]) for part in parts], axis=1)
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    largest = np.abs(directions).argmax(axis=1)
    directions *= np.sign(directions[[0, 1], largest])[:, None]
    coordinates = np.zeros((len(given), 2))
    for part in parts:
        coordinates += (given[:, part] - origin[part]) @ directions[:, part].T
    return Plane(origin, directions, values / total, window_around(coordinates), "of principal components", axis="component")


def through(a: npt.ArrayLike, b: npt.ArrayLike, c: npt.ArrayLike) -> Plane:
    """The plane through three points, at its origin the first, along its first axis the second: true lengths and angles.

    Args:
        a, b, c: weights, shape (P,).

    Raises:
        ValueError: they are no three vectors of so many finite weights, or lie on a line.
    """
    start, *others = (np.asarray(point, dtype=np.float64) for point in (a, b, c))
    shapes = [point.shape for point in (start, *others)]
    if start.ndim != 1 or len(set(shapes)) > 1:
        raise ValueError(f"the three points must be vectors of as many weights, shape (P,) each, not {', '.join(map(str, shapes))}")
    if not all(np.isfinite(point).all() for point in (start, *others)):
        raise ValueError("the three points must be finite; choose points before a training diverged")
    first, second = (other - start for other in others)
    length = float(np.linalg.norm(first))
    axis = first / max(length, 1e-300)
    rest = second - (second @ axis) * axis
    height = float(np.linalg.norm(rest))
    if not min(length, height) > 1e-12 * np.linalg.norm(second):
        raise ValueError("the three points lie on a line, so that they make no plane; choose another one")
    directions = np.array([axis, rest / height])
    corners: Array = np.array([[0.0, 0.0], [length, 0.0], [second @ axis, height]])
    return Plane(start, directions, np.full(2, np.nan), window_around(corners), "through three points")
