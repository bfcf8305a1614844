"""How sharp the loss of networks becomes while they are trained, and beyond what their optimizers' steps grow (Cohen et al. 2021)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from networks.sharpness import sharpness_along
from optimizers import Optimizer
from parameters import Array
from scenario import Comparison
from simulation.progress import Cancelled, Progress, Where, here


@dataclass(frozen=True, eq=False)
class Sharpness:
    """Of one network, at its kept steps.

    Attributes:
        values: the largest eigenvalue of the Hessian of the loss on all examples, with its penalty, by the weights that learn, shape (K,);
            NaN once it overflowed. Of large networks it is computed at some of the steps only, and straight lines stand between.
        limit: from which on its optimizer's steps along that direction would grow, shape (K,); None where no such limit is known.
    """

    values: Array
    limit: Array | None


_GRADIENTS = 30
"""About so many of them Lanczos' method asks for at each step."""
_MOST_PRODUCTS = 2e10
"""Of weights, examples and gradients: some 20 s. Where there are more it is not looked at each kept step."""
_kept: WeakKeyDictionary[Comparison, tuple[Sharpness, ...]] = WeakKeyDictionary()


def sharpness_of(comparison: Comparison, progress: Progress | None = None, where: Where = here) -> tuple[Sharpness, ...]:
    """The sharpness of each of the networks of a comparison, computed once.

    Args:
        comparison: the trained networks.
        progress: called with the fraction done; if it returns False, it stops.
        where: it is computed.

    Raises:
        simulation.Cancelled: `progress` returned False.
    """
    if comparison not in _kept:
        _kept[comparison] = where(partial(_computed, comparison), progress)
    return _kept[comparison]


def _computed(comparison: Comparison, progress: Progress | None) -> tuple[Sharpness, ...]:
    experiment, data = comparison.experiment, comparison.data
    factors = experiment.build_schedule()(np.minimum(comparison.steps, experiment.steps - 1), experiment.steps)
    products = sum(run.weights.size for run in comparison.runs) * len(data.x) * _GRADIENTS
    stride = max(1, math.ceil(products / _MOST_PRODUCTS))
    found = []
    for number, run in enumerate(comparison.runs):

        def report(fraction: float, before: int = number) -> None:
            if progress and progress((before + fraction) / len(comparison.runs)) is False:
                raise Cancelled("the computation of the sharpness was stopped")

        at = np.unique([*range(0, len(run.steps), stride), len(run.steps) - 1])
        seen = sharpness_along(
            comparison.network, run.weights[at], data.x, data.y, run.variant.number("l2"), int(run.variant.number("frozen")), report
        )
        values = np.interp(run.steps, run.steps[at], seen)
        limit = stability_limit(run.optimizer, factors * run.optimizer.rate_factor(comparison.steps + 1))
        found.append(Sharpness(values, limit))
    return tuple(found)


def stability_limit(optimizer: Optimizer, factor: npt.ArrayLike = 1.0) -> Array | None:
    """The sharpness from which on a method's steps along the sharpest direction grow, as its papers state it for quadratics.

    2/lr for gradient descent, (2 + 2 momentum)/lr with momentum; less the method's own weight decay, which adds to every curvature.

    Args:
        optimizer: the method.
        factor: what its rate is multiplied by, by a schedule say: a number or an array.

    Returns:
        Of the factor's shape; None where there is no such limit: methods that divide by sizes of past gradients, as Adam does, see another
        curvature, that of the preconditioned loss (Cohen et al. 2022, arXiv:2207.14484).
    """
    facts = optimizer.on_quadratics
    if facts is None or optimizer.clipping:
        return None
    decay = float(np.max(optimizer.values.get("weight_decay", 0.0)))
    bare = {**optimizer.values, "weight_decay": 0.0}
    with np.errstate(divide="ignore"):
        rate = np.asarray(optimizer.values["lr"], dtype=np.float64) * np.asarray(factor, dtype=np.float64)
        return np.asarray(facts.value_of(facts.limit, 1.0, 1.0, bare) / rate - decay)
