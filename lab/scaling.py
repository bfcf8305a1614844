"""How large a learning rate can be at all: it has the units of the landscape, so the range in which it is searched scales with it.

A method moves by lr f^a x^b, if f is the scale of the losses and x that of the coordinates: SGD by lr f/x, Adam by lr, Newton's method by
lr x. The rate that moves it by a share of x is then proportional to L^-a x^(1 - b - 2a), where L = f/x^2 is the curvature.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

import landscapes
import simulation
from landscapes import Landscape, grid
from optimizers import Optimizer
from parameters import Param

CURVATURE, SIZE = 10.0, 10.0
"""The curvature and the size of the window for which the ranges are declared."""
_QUANTILE = 0.9
"""The curvature that counts: nearly everywhere on the map it is less."""
_POINTS = 32
_PROBED = 1e-4
_UP = 10.0
_STEPS = 10
_UNSCALED = (0, 1)
_LAWS = ((1, -1), (0, 0), _UNSCALED)
_FORMULA = "f*((x/s)**2 + 3*(y/s)**2)"


def rate_factor(optimizer: Optimizer, landscape: Landscape) -> float:
    """By what factor the range of an optimizer's learning rate is scaled on a landscape."""
    by_loss, by_size = exponents(optimizer)
    curvature, size = measured(landscape)
    return float((CURVATURE / curvature) ** by_loss * (size / SIZE) ** (1 - by_size - 2 * by_loss))


@lru_cache(maxsize=128)
def exponents(optimizer: Optimizer) -> tuple[int, int]:
    """How an optimizer's steps grow with the losses and with the coordinates: a and b of lr f^a x^b, as steps on a bowl show.

    Whose steps follow none of the three laws, since they are searched for or drawn, is taken to need no scaling.
    """
    bowl = landscapes.from_formula(_FORMULA, ((-1.0, 1.0), (-1.0, 1.0)), f=Param("f", 1.0, 0.0, _UP), s=Param("s", 1.0, 0.0, _UP))
    losses, sizes = np.array([1.0, _UP, 1.0]), np.array([1.0, 1.0, _UP])
    starts = np.array([[0.6], [0.5]]) * sizes
    run = simulation.run(bowl.with_parameters(f=losses, s=sizes), optimizer.with_parameters(lr=_PROBED), starts, _STEPS)
    moves = np.sqrt(((run.positions[-1] - run.positions[-2]) ** 2).sum(axis=0))
    if not np.isfinite(moves).all() or (moves == 0).any():
        return _UNSCALED
    by_loss, by_size = np.rint(np.log(moves[1:] / moves[0]) / np.log(_UP)).astype(int).tolist()
    return (by_loss, by_size) if (by_loss, by_size) in _LAWS else _UNSCALED


@lru_cache(maxsize=128)
def measured(landscape: Landscape) -> tuple[float, float]:
    """The curvature of a landscape, which it seldom exceeds in its window, and the window's size: the mean of its two sides."""
    hessians = landscape.hessian(grid(landscape.window, _POINTS))
    hessians = np.moveaxis(hessians, 2, 0)[np.isfinite(hessians).all(axis=(0, 1))]
    curvatures = np.abs(np.linalg.eigvalsh(hessians)).max(axis=1) if len(hessians) else np.array([])
    curvature = float(np.quantile(curvatures, _QUANTILE)) if curvatures.size else 0.0
    (x0, x1), (y0, y1) = landscape.window
    return curvature if curvature > 0 and np.isfinite(curvature) else CURVATURE, (x1 - x0 + y1 - y0) / 2
