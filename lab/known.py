"""What theory says of a method's numbers on a landscape, to be marked where they are set.

It says which learning rate is too large, and what is fastest. On a quadratic surface that holds everywhere. Elsewhere it holds near a
minimum, where a smooth surface is almost one: beyond its limit a constant learning rate leads away from there, however near it begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lab.theory import FLAT, eigenvalues, quadratic_curvatures
from landscapes import Landscape
from optimizers import Optimizer
from optimizers.quadratics import letter
from parameters import Array, short

_ALIKE = 1e-6
"""Numbers of two minima that differ by a smaller share are the same: where minima lie is declared with some thirteen digits."""
_AS_LOW = 1e-9
"""Minima are equally low whose losses differ by less than this share of what a parabola as steep rises by over the window."""
_NEAR = 1e-6
"""So near to a minimum, in half windows, a smooth surface's slope is the Hessian's."""
_BENT = 1e-3
"""By this share of the steepest it may be another there."""


@dataclass(frozen=True)
class Known:
    """A value of a hyper-parameter of which theory says something.

    Attributes:
        value: the value.
        words: what it says, in a few words.
        kind: "limit" for what the method diverges beyond, or does not come to rest, "best" for what makes it fastest.
    """

    value: float
    words: str
    kind: str


@dataclass(frozen=True)
class _Curved:
    """The curvatures that a method meets, and where.

    Attributes:
        smallest, largest: the Hessian's eigenvalues.
        beyond: what happens beyond the limit of the learning rate, with a place for the limit.
        where: where a value is the fastest; None where that depends on which minimum a trajectory comes to.
    """

    smallest: float
    largest: float
    beyond: str
    where: str | None


@lru_cache(maxsize=256)
def known_of(landscape: Landscape, optimizer: Optimizer, schedule: str = "constant") -> Mapping[str, tuple[Known, ...]]:
    """What the method's papers say of its numbers on a landscape, by the number's name, in rising order; nothing where they say nothing.

    They speak of a rate that stays, and of gradients as they are, not clipped. Where the landscape is not quadratic, its lowest minima
    stand for it, if it is smooth there; where these differ, the limits at the sharpest and at the flattest of them are told.

    Args:
        landscape, optimizer: with one value for each parameter.
        schedule: the name of the learning rate's.
    """
    facts = optimizer.on_quadratics
    if not facts or schedule != "constant" or optimizer.clipping or optimizer.changes_rate:
        return {}
    decays = bool(optimizer.values.get("weight_decay"))
    limit = facts.limit_in_text(optimizer.symbols, optimizer.values)
    marks: dict[str, list[Known]] = {}
    for met in _curvatures_met(landscape, decays):

        def value_of(formula: str, met: _Curved = met) -> float:
            return float(np.asarray(facts.value_of(formula, met.largest, met.smallest, optimizer.values)))

        marks.setdefault("lr", []).append(Known(value_of(facts.limit), met.beyond.format(limit), "limit"))
        best = {name: value_of(formula) for name, formula in facts.best.items()} if met.smallest > FLAT * met.largest else {}
        for name, value in best.items() if met.where is not None else ():
            others = [f"{letter(other, optimizer.symbols)} {short(best[other], 3)}" for other in best if other != name]
            given = f" with {' and '.join(others)}" if others else ""
            marks.setdefault(name, []).append(Known(value, f"fastest{met.where}{given}", "best"))
    return {name: tuple(sorted(found, key=lambda mark: mark.value)) for name, found in marks.items()}


@lru_cache(maxsize=128)
def _curvatures_met(landscape: Landscape, decays: bool) -> tuple[_Curved, ...]:
    """The sharpest first; none where the landscape curves nowhere upwards, is not smooth, or nothing is known of its minima.

    Args:
        landscape: the landscape.
        decays: whether weight decay moves the minima, which changes the curvatures there unless they are the same everywhere.
    """
    if landscape.per_lane:
        return ()
    everywhere = quadratic_curvatures(landscape)
    if everywhere is not None:
        smallest, largest = (float(value) for value in everywhere[:, 0])
        return (_Curved(max(smallest, 0.0), largest, "diverges beyond {}", ""),) if _curves_upwards(everywhere).all() else ()
    if decays or not landscape.formula or not landscape.facts_hold or not landscape.minima:
        return ()
    points, curvatures = _lowest_minima(landscape)
    if not _curves_upwards(curvatures).all() or not _is_smooth_at(landscape, points):
        return ()
    sharpest, flattest = curvatures[1].argmax(), curvatures[1].argmin()
    (low, least), (high, most) = np.maximum(curvatures[:, [sharpest, flattest]], 0.0).tolist()
    beyond = "beyond {} it cannot settle at "
    if np.allclose(curvatures, curvatures[:, :1], rtol=_ALIKE, atol=_ALIKE * high):
        if points.shape[1] > 1:
            return (_Curved(low, high, f"{beyond}any of the lowest minima", " at the lowest minima"),)
        only = "the lowest minimum" if len(landscape.minima) > 1 else "the minimum"
        return (_Curved(low, high, beyond + only, f" at {only}"),)
    lowest = "of the lowest minima on the map"
    last = _Curved(least, most, f"{beyond}any {lowest}, not even {_named(points[:, flattest])}, the flattest", None)
    if low <= FLAT * high:  # a curve of minima, along which there are sharper ones than those that are listed
        return (last,)
    return (_Curved(low, high, f"{beyond}{_named(points[:, sharpest])}, the sharpest {lowest}", None), last)


def _curves_upwards(curvatures: Array) -> Array:
    """Whether all is finite, something curves upwards and nothing downwards; curvatures of shape (2, N), the answer of shape (N,)."""
    smallest, largest = curvatures
    answer: Array = np.isfinite(curvatures).all(axis=0) & (largest > 0) & (smallest >= -FLAT * largest)
    return answer


def _lowest_minima(landscape: Landscape) -> tuple[Array, Array]:
    """Where they lie, and the curvatures there, both of shape (2, N)."""
    x, y, values = np.array(landscape.minima).T
    points = np.stack([x, y])
    curvatures = eigenvalues(landscape.hessian(points))
    sides = np.ptp(np.array(landscape.window), axis=1)
    lowest = values - values.min() <= _AS_LOW * np.abs(curvatures[1, values.argmin()]) * (sides**2).sum() / 8
    return points[:, lowest], curvatures[:, lowest]


def _is_smooth_at(landscape: Landscape, points: Array) -> bool:
    """Whether beside the points, shape (2, N), the slope is what the Hessian there says: not where there is a kink or the tip of a cone."""
    half = np.ptp(np.array(landscape.window), axis=1) / 2
    turns = 2 * np.pi * np.arange(8) / 8
    moves = _NEAR * half[:, None] * np.stack([np.cos(turns), np.sin(turns)])
    hessian, slope = landscape.hessian(points), landscape.gradient(points)
    for move in moves.T[:, :, None]:
        with np.errstate(all="ignore"):
            bent = landscape.gradient(points + move) - slope - np.einsum("ijn,jn->in", hessian, np.broadcast_to(move, points.shape))
            steepest = eigenvalues(hessian)[1] * np.hypot(*move)
            if not (np.hypot(*bent) <= _BENT * steepest).all():
                return False
    return True


def _named(point: Array) -> str:
    x, y = point
    return f"({short(x, 3)}, {short(y, 3)})".replace("-", "−")
