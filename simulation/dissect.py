"""One step taken apart: what an optimizer's equations ask of the landscape, as plain functions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from landscapes import Landscape
from parameters import Array
from simulation.chunk import backtrack


def oracles(landscape: Landscape) -> dict[str, Callable[..., Array]]:
    """The functions that `Optimizer.terms` needs, without noise, on arrays of shape (2, N)."""

    def hessian(points: Array) -> Array:
        return landscape.evaluate(("dxx", "dxy", "dyy"), points)

    def step_length(points: Array, direction: Array, slope: Array) -> Array:
        length = np.empty(points.size)
        at, along, uphill = (np.ascontiguousarray(array).reshape(-1) for array in (points, direction, slope))
        backtrack(lambda trial: landscape.value(trial.reshape(2, -1)), at, along, uphill, length)
        return length.reshape(2, -1)

    return {"gradient": landscape.gradient, "hessian": hessian, "step_length": step_length}
