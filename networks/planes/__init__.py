"""Planes through the space of a network's weights, on which its loss is a landscape."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from networks.checks import check_returned
from networks.planes import kinds
from networks.planes.directions import pca, random, through
from networks.planes.kind import PlaneKind
from networks.planes.lines import Line, line
from networks.planes.noise import plane_noise
from networks.planes.plane import Plane, PlaneLoss, Rows
from networks.planes.reliefs import Relief, relief
from parameters import Array, Catalogue

__all__ = [
    "Line",
    "Plane",
    "PlaneKind",
    "PlaneLoss",
    "Relief",
    "get",
    "landscape_of",
    "line",
    "names",
    "pca",
    "plane_noise",
    "random",
    "relief",
    "through",
]

_CATALOGUE = Catalogue("kind of plane", PlaneKind, kinds)
names, get = _CATALOGUE.names, _CATALOGUE.get


def landscape_of(
    plane: Plane,
    value: Callable[[Array], npt.ArrayLike],
    gradient: Callable[[Array], npt.ArrayLike] | None = None,
    *,
    batched: bool = False,
    name: str = "",
) -> PlaneLoss:
    """Any function of a weight vector as a landscape on a plane: the loss of a model of one's own, say.

    Args:
        plane: made of its weights, by `pca` or `through`.
        value: takes weights, shape (P,), and returns a number. Called once for each point.
        gradient: likewise its slopes, shape (P,); without it, slopes in the plane are differences of values.
        batched: whether both take many at once, shape (N, P), and return shapes (N,) and (N, P).
        name: what it is called on pictures.

    Raises:
        TypeError, ValueError: once it is evaluated, where a function returns something else than that; the message says what.
    """
    size = plane.origin.size

    def rows(of: Callable[[Array], npt.ArrayLike], shape: tuple[int, ...], what: str) -> Rows:
        def collected(weights: Array) -> Array:
            one_each = [of(weights)] if batched else [of(row) for row in weights]
            for given in one_each:
                check_returned(what, given)
            found = np.asarray(one_each[0] if batched else one_each, dtype=np.float64)
            if found.shape != (len(weights), *shape):
                one = f"shape {shape}" if shape else "one number"
                raise ValueError(f"{what} must return {one} for each weight vector, not an array of shape {found.shape[1:]}")
            return found

        return collected

    slopes = rows(gradient, (size,), "gradient") if gradient else None
    return PlaneLoss(plane, rows(value, (), "value"), slopes, name=name or f"a function of {size:,} weights on a plane {plane.kind}")
