"""The catalogue of kinds of planes through weight space."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from networks.curvature import largest_eigenpairs
from networks.planes import directions
from networks.planes.kind import PlaneKind, Trained
from networks.planes.plane import Plane, window_around
from parameters import Array, Param

_MOST = 12
"""Networks that a number can choose from."""


def _number(name: str, default: int, help_: str, words: str = "") -> Param:
    return Param(name, default, 1, _MOST, help=help_, words=words)


def _showing(plane: Plane, trained: Trained, *also: Array) -> Plane:
    """The plane with a window around all paths, and around some coordinates of shape (2, N)."""
    return replace(plane, window=window_around(np.concatenate([plane.project(trained.shown), *also], axis=1).T))


def _pca(trained: Trained, values: dict[str, Any]) -> Plane:
    return directions.pca(trained.shown)


def _random(trained: Trained, values: dict[str, Any]) -> Plane:
    plane = directions.random(trained.net, trained.path(values["network"])[-1], int(values["seed"]))
    (a0, a1), (b0, b1) = plane.window
    return _showing(plane, trained, np.array([[a0, a1], [b0, b1]]))


def _ends(trained: Trained, values: dict[str, Any]) -> Plane:
    first, second = trained.path(values["first"]), trained.path(values["second"])
    if values["first"] == values["second"]:
        raise ValueError("the plane is to go through the ends of two networks, and both numbers are the same one's; choose two")
    return _showing(directions.through(first[0], first[-1], second[-1]), trained)


def _sharpest(trained: Trained, values: dict[str, Any]) -> Plane:
    path = trained.path(values["network"])
    start, end = path[0], path[-1]
    net = trained.net
    (steepness,), (direction,) = largest_eigenpairs(
        lambda points: net.gradient(points, trained.x, trained.y), end[None], net.activation.kinked
    )
    plane = replace(directions.through(end, start, end + direction), kind="through start, end and the sharpest direction there")
    rise = np.ptp(net.loss(path[[0, -1]], trained.x, trained.y))
    reach = float(np.sqrt(2 * rise / steepness)) if steepness > 0 else 0.0  # where a parabola is as high as the start
    return _showing(plane, trained, np.array([[0.0, 0.0], [-reach, reach]]))


def _moving(trained: Trained, values: dict[str, Any]) -> Plane:
    number = int(values["network"])
    head = trained.path(number)[-1]
    plane = replace(directions.pca(trained.shown), kind="of principal components that moves with a network", moving=number - 1)
    return plane.through(head)


components = PlaneKind(
    "PCA",
    make=_pca,
    exact="nowhere: paths lie beside it",
    source="Lorch 2016; Li et al. 2018, arXiv:1712.09913, section 7",
    about="The principal components of all paths together: the plane that shows most of how they move.",
)

randomly = PlaneKind(
    "Random",
    make=_random,
    parameters=[
        _number("network", 1, "The network whose end is in the middle, by its place in the list."),
        Param("seed", 0, 0, 10_000, slider=(0, 20), help="Chooses the two directions."),
    ],
    exact="at the end of that network",
    source="Li et al. 2018, arXiv:1712.09913, section 4",
    about="Two random directions from where a network ends, filter by filter as long as its weights: what lies around it, not its path.",
)

between_ends = PlaneKind(
    "Ends",
    make=_ends,
    parameters=[
        _number("first", 1, "The network whose start and end lie on the plane.", "first network"),
        _number("second", 2, "The network whose end lies on it, too.", "second network"),
    ],
    exact="at the start and at both ends",
    source="Goodfellow, Vinyals and Saxe 2015, arXiv:1412.6544; Garipov et al. 2018, arXiv:1802.10026",
    about="Through the start and two ends, where it is exact: whether a wall stands between two solutions.",
)

steepest = PlaneKind(
    "Sharpest",
    make=_sharpest,
    parameters=[_number("network", 1, "The network whose start and end lie on the plane.")],
    exact="at the start and at the end",
    source="Yao et al. 2020, arXiv:1912.07145 (PyHessian); Cohen et al. 2021, arXiv:2103.00065",
    about="Through start and end, and across it the direction in which the loss at the end bends most: how narrow the valley is.",
)

slice_with_head = PlaneKind(
    "Moving",
    make=_moving,
    parameters=[_number("network", 1, "The network with whose weights the slice moves.")],
    exact="at that network's weights, at every step",
    at_rest="at that network's last weights",
    source="Lorch 2016; Li et al. 2018, arXiv:1712.09913, section 7, with the origin moved",
    about="The directions of the principal components, always through one network's weights: the ground changes, its head stands on it.",
)
