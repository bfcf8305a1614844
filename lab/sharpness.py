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
from scenario import Choice, Comparison, TrainedRun
from scenario.training import train_networks
from simulation.progress import Cancelled, Progress, Where, here


@dataclass(frozen=True, eq=False)
class Sharpness:
    """Of one network, at its kept steps.

    Attributes:
        values: the largest eigenvalue of the Hessian of the loss on all examples, with its penalty, by the weights that learn, shape (K,);
            NaN once it overflowed. Of large networks it is computed at some of the steps only, and straight lines stand between.
        preconditioned: the same as its optimizer sees it, which divides each slope by the size of those before: the largest eigenvalue of
            the Hessian divided by what it divides by in the step from there (Cohen et al. 2022, arXiv:2207.14484), shape (K,); None of one
            that does not.
        limit: from which on its optimizer's steps along that direction would grow, shape (K,), that of `preconditioned` where there is
            one; None where no such limit is known.
    """

    values: Array
    preconditioned: Array | None
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
    products = sum(run.weights.size * (2 if run.optimizer.preconditioner else 1) for run in comparison.runs) * len(data.x) * _GRADIENTS
    stride = max(1, math.ceil(products / _MOST_PRODUCTS))
    found = []
    for number, run in enumerate(comparison.runs):
        share = 0.5 if run.optimizer.preconditioner else 1.0

        def report(fraction: float, before: float = number, share: float = share) -> None:
            if progress and progress((before + share * fraction) / len(comparison.runs)) is False:
                raise Cancelled("the computation of the sharpness was stopped")

        at = np.unique([*range(0, len(run.steps), stride), len(run.steps) - 1])
        given = (comparison.network, run.weights[at], data.x, data.y, run.variant.number("l2"), int(run.variant.number("frozen")))
        seen, scaled = sharpness_along(*given, report), None
        if run.optimizer.preconditioner:
            decay = 0.0 if run.optimizer.decays_apart else float(np.max(run.optimizer.values.get("weight_decay", 0.0)))
            scaled = sharpness_along(*given, partial(report, before=number + share), _divisors(comparison, run)[at], decay)
        limit = stability_limit(run.optimizer, factors * run.optimizer.rate_factor(comparison.steps + 1))
        known = [None if each is None else np.interp(run.steps, run.steps[at], each) for each in (seen, scaled)]
        assert known[0] is not None
        found.append(Sharpness(known[0], known[1], limit))
    return tuple(found)


def _divisors(comparison: Comparison, run: TrainedRun) -> Array:
    """What its optimizer divides slopes by in the step that leads on from each kept one, shape (K, P). The network is trained once more for
    that: nothing is kept of what an optimizer remembers."""
    experiment, facts = comparison.experiment, run.optimizer.preconditioner
    assert facts
    names = [name for name in run.optimizer.state if name in facts.reads]
    training = train_networks(
        experiment.build_network(run.variant.number("dropout")),
        comparison.data,
        run.optimizer,
        run.variant,
        run.weights[:1],
        run.steps,
        None if experiment.schedule == Choice("constant") else experiment.build_schedule(),
        experiment.seed,
        states=names,
    )
    t = np.clip(run.steps + 1, 1, int(run.variant.number("stop")) or experiment.steps)[:, None].astype(np.float64)
    return facts.divided_by({name: training.states[name][:, 0] for name in names}, t, run.optimizer.values)


def stability_limit(optimizer: Optimizer, factor: npt.ArrayLike = 1.0) -> Array | None:
    """The sharpness from which on a method's steps along the sharpest direction grow, as its papers state it for quadratics.

    2/lr for gradient descent, (2 + 2 momentum)/lr with momentum; less the method's own weight decay, which adds to every curvature. For a
    method that divides slopes by their size, that of the preconditioned loss: 38/lr for Adam with beta1 = 0.9 (Cohen et al. 2022,
    arXiv:2207.14484).

    Args:
        optimizer: the method.
        factor: what its rate is multiplied by, by a schedule say: a number or an array.

    Returns:
        Of the factor's shape; None where there is no such limit, and where gradients are clipped.
    """
    facts, scaled = optimizer.on_quadratics, optimizer.preconditioner
    if not (facts or scaled) or optimizer.clipping:
        return None
    decay = float(np.max(optimizer.values.get("weight_decay", 0.0)))
    bare = {**optimizer.values, "weight_decay": 0.0}
    with np.errstate(divide="ignore"):
        rate = np.asarray(optimizer.values["lr"], dtype=np.float64) * np.asarray(factor, dtype=np.float64)
        if scaled:  # decay apart from the slopes shrinks the weights by 1 - lr decay, where -1 is still left
            shrunk = 1 - rate * decay / 2 if optimizer.decays_apart else 1.0
            return np.asarray(scaled.limit_of(bare) * shrunk / rate)
        assert facts
        return np.asarray(facts.value_of(facts.limit, 1.0, 1.0, bare) / rate - decay)
