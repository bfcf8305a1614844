"""The relief of a plane with paths on it: its losses on a grid, and how far the picture is from what the paths really saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from networks.checks import check_number
from networks.planes.plane import Path, Plane, PlaneLoss, Window, as_path, known, pieces
from parameters import Array, short
from simulation.progress import Progress

DECEIVES = 2.0
"""From this factor between the true loss and the plane's on, the picture deceives."""
_LEAST = 1e-9
"""Losses below this are all the same to a factor."""


def random_walk(points: int) -> float:
    """How much of its variance the first two components explain of a random walk of so many points in many dimensions: .76 for long ones.

    The k-th share is 6 / ((K^2 - 1) * 4 sin(pi k / 2K)^2), in the limit 6 / (pi k)^2 (Antognini and Sohl-Dickstein 2018, arXiv:1806.08805).
    """
    if points < 4:
        return 1.0
    shares = [6 / ((points**2 - 1) * 4 * np.sin(np.pi * k / (2 * points)) ** 2) for k in (1, 2)]
    return float(sum(shares))


@dataclass(frozen=True, eq=False)
class Relief:
    """A plane's losses with some paths. Path j has K_j points.

    Attributes:
        landscape: the loss on the plane.
        values: on a grid over the window, a row for each second coordinate, shape (n, n).
        coordinates: of each path the nearest points of the plane, shape (K_j, 2).
        true_losses: of each path the loss at its weights, shape (K_j,).
        plane_losses: likewise the plane's where the path is drawn, shape (K_j,). With a plane that moves, each on the slice of its step.
        explained: the share of all paths' variance along the first direction, and what the second adds, shape (2,). NaN where all diverged.
        random_walk: what two components explain of a random walk of as many points as the longest path has.
    """

    landscape: PlaneLoss
    values: Array
    coordinates: tuple[Array, ...]
    true_losses: tuple[Array, ...]
    plane_losses: tuple[Array, ...]
    explained: Array
    random_walk: float

    @property
    def plane(self) -> Plane:
        """The plane; of one that moves the slice whose losses these are."""
        return self.landscape.plane

    @property
    def window(self) -> Window:
        """What the grid spans, ((a0, a1), (b0, b1))."""
        return self.plane.window

    @property
    def factors(self) -> tuple[Array, ...]:
        """Of each path, at every point, how many times the larger of its true loss and the plane's the smaller is, at least 1: (K_j,)."""
        with np.errstate(all="ignore"):
            both = [np.maximum(pair, _LEAST) for pair in zip(self.true_losses, self.plane_losses, strict=True)]
            return tuple(np.maximum(true / plane, plane / true) for true, plane in both)

    @property
    def end_factors(self) -> Array:
        """That factor at the end of each path, shape (paths,); NaN where it diverged."""
        return np.array([factors[-1] for factors in self.factors])

    @property
    def factor(self) -> float:
        """Its median over the paths that did not diverge; NaN where all did."""
        known = self.end_factors[np.isfinite(self.end_factors)]
        return float(np.median(known)) if known.size else np.nan

    @property
    def deceives(self) -> bool:
        """Whether some path ends where the plane shows less than half or more than twice its true loss."""
        return bool((self.end_factors > DECEIVES).any())

    def sentences(self, labels: Sequence[str] = ()) -> list[str]:
        """What has to be said of the picture, a sentence each: what it explains, where it deceives, what batch normalization does in it.

        Args:
            labels: a name for each path.
        """
        said = []
        share = float(np.sum(self.explained))
        if np.isfinite(share):
            said.append(
                f"The plane holds {share:.0%} of how the weights move; the best plane of a random walk of as many points holds "
                f"{self.random_walk:.0%}."
            )
        if self.deceives:
            worst = int(np.nanargmax(self.end_factors))
            who = labels[worst] if labels else f"path {worst + 1}"
            true, plane = (float(losses[worst][-1]) for losses in (self.true_losses, self.plane_losses))
            said.append(f"The picture deceives: {who} ends with a loss of {short(true, 3)}, and the plane shows {short(plane, 3)} there.")
        return said + ([self.landscape.note] if self.landscape.note else [])


def relief(landscape: PlaneLoss, paths: Sequence[npt.ArrayLike], n: int = 64, *, at: int = -1, progress: Progress | None = None) -> Relief:
    """The losses on a plane, and those of some paths on it and beside it.

    Args:
        landscape: the loss on the plane, `plane.landscape(net, x, y)` say.
        paths: weights, shape (K, P) each, in single or double precision; what is not finite stays NaN.
        n: points of the grid along each side.
        at: for a plane that moves, through which point of its path the grid is cut.
        progress: called now and then with the fraction done; if it returns False, it stops.

    Raises:
        TypeError, ValueError: the paths do not fit the plane, or n cannot be used.
        simulation.Cancelled: `progress` returned False.
    """
    n = int(check_number("n", n, 2, 2048, whole=True))
    plane = landscape.plane
    given = [as_path(path) for path in paths]
    for path in given:
        if path.ndim != 2 or path.shape[1] != plane.origin.size:
            raise ValueError(f"a path must have the shape (K, {plane.origin.size}), not {path.shape}")
    leader = None if plane.moving is None else given[plane.moving]
    with np.errstate(all="ignore"):
        coordinates, true, shown = zip(*(_along(landscape, path, leader) for path in given), strict=True) if given else ((), (), ())
    cut = landscape if leader is None or not np.isfinite(leader[at]).all() else landscape.through(leader[at])
    longest = max((len(path) for path in given), default=0)
    return Relief(cut, cut.grid(n, progress), coordinates, true, shown, _explained(plane, given), random_walk(longest))


def _along(landscape: PlaneLoss, path: Path, leader: Path | None) -> tuple[Array, Array, Array]:
    """Of a path its coordinates, (K, 2), its true losses and those of the plane where it is drawn, (K,), some points at a time."""
    plane = landscape.plane
    coordinates, true, shown = np.empty((len(path), 2)), np.full(len(path), np.nan), np.full(len(path), np.nan)
    for part in pieces(*path.shape):
        weights = path[part].astype(np.float64, copy=False)
        coordinates[part] = plane.project(weights).T
        for losses, points in ((true, weights), (shown, _on_plane(plane, weights, leader, part))):
            finite = np.isfinite(points).all(axis=1)
            if finite.any():
                losses[part][finite] = landscape.value_at(points[finite])
    return coordinates, true, shown


def _on_plane(plane: Plane, weights: Array, leader: Path | None, part: slice) -> Array:
    """The weights where a part of a path is drawn: of each point the nearest one, on a plane that moves on the slice of its step."""
    if leader is None:
        return plane.points(plane.project(weights))
    base = leader[np.minimum(np.arange(part.start, part.stop), len(leader) - 1)]
    return np.asarray(base + (plane.project(weights) - plane.project(base)).T @ plane.directions)


def _explained(plane: Plane, paths: Sequence[Path]) -> Array:
    """The share of the paths' variance along the first direction, and what the second one adds."""
    whole = [path for path in paths if known(path).all()]
    if not whole:
        return np.full(2, np.nan)
    first, second = plane.directions
    first = first / np.linalg.norm(first)
    second = second - (second @ first) * first
    axes = np.array([first, second / np.linalg.norm(second)])
    middle = sum(path.sum(axis=0, dtype=np.float64) for path in whole) / sum(map(len, whole))
    along, total = np.zeros(2), 0.0
    for path in whole:
        for part in pieces(*path.shape):
            apart = path[part] - middle
            along += np.square(apart @ axes.T).sum(axis=0)
            total += float(np.square(apart).sum())
    return np.asarray(along / total) if total > 0 else np.full(2, np.nan)
