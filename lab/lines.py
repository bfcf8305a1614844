"""Straight lines through the weights of the networks of a comparison: from where each begins to where it ends, and between their ends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from networks.planes import Line, line
from parameters import short
from scenario import Comparison

POINTS = 101
"""Points of a line, both ends among them."""
_MOST_WORK = 4e10
"""Products of weights, examples and points that are made at most: tens of seconds."""
_LOW_WALL = 0.01
"""What rises by less than this share of where the higher of two ends lies is no wall."""


@dataclass(frozen=True, eq=False)
class StraightLines:
    """The loss on straight lines.

    Attributes:
        labels: a name for each network.
        from_start: for each network the line from its first weights to its last; None where it diverged or stayed where it was.
        best: the network that ends with the lowest loss; None where all diverged.
        from_best: for each network the line from the end of that one to its own; None for that one itself, where one diverged, and where
            both end at the same place.
    """

    labels: tuple[str, ...]
    from_start: tuple[Line | None, ...]
    best: int | None
    from_best: tuple[Line | None, ...]

    def sentences(self) -> list[str]:
        """What they show."""
        told = []
        falls = [label for label, each in zip(self.labels, self.from_start, strict=True) if each and each.falls]
        if falls:
            told.append(f"From the start to its own end the loss falls all the way: {', '.join(falls)}.")
        rises = [(label, each) for label, each in zip(self.labels, self.from_start, strict=True) if each and not each.falls]
        if rises:
            told.append(f"It rises somewhere on that way: {', '.join(f'{label} ({_wall(each)})' for label, each in rises)}.")
        if self.best is not None and any(self.from_best):
            pairs = [(label, each) for label, each in zip(self.labels, self.from_best, strict=True) if each]
            between = "; ".join(f"to {label}: {_wall(each)}" for label, each in pairs)
            told.append(f"Between the end of {self.labels[self.best]}, whose loss is lowest, and the others' ends: {between}.")
        return told


def _wall(found: Line) -> str:
    """How high what stands on a line is."""
    between = found.between
    if found.barrier <= _LOW_WALL * max(between[0], between[-1]):
        return "no wall"
    return f"a wall of {short(found.barrier, 2)} above the higher end"


@lru_cache(maxsize=8)
def straight_lines(comparison: Comparison) -> StraightLines:
    """The losses on the examples, without penalties, on the straight lines of a comparison.

    Args:
        comparison: the trained networks.

    Raises:
        ValueError: they would take too long; the message says what to do.
    """
    net, data, paths = comparison.network, comparison.data, comparison.paths
    work = 2.0 * len(paths) * POINTS * net.size * len(data.x)
    if work > _MOST_WORK:
        raise ValueError(
            f"the losses on straight lines between {len(paths)} networks of {net.size:,} weights, on {len(data.x):,} examples, would take "
            "more than a minute; choose fewer or smaller networks, or fewer examples"
        )

    def between(one: np.ndarray, other: np.ndarray) -> Line | None:
        known = np.isfinite(one).all() and np.isfinite(other).all() and (one != other).any()
        return line(net, one, other, data.x, data.y, n=POINTS) if known else None

    ends = [
        float(run.losses[-1]) if np.isfinite(run.losses[-1]) and np.isfinite(run.weights[-1]).all() else np.inf for run in comparison.runs
    ]
    best = int(np.argmin(ends)) if min(ends) < np.inf else None
    from_start = tuple(between(path[0], path[-1]) for path in paths)
    from_best = tuple(None if best is None else between(paths[best][-1], path[-1]) for path in paths)
    return StraightLines(comparison.labels, from_start, best, from_best)
