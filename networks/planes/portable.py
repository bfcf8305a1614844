"""The loss of a network on a plane as plain data, for machine code in the browser: player/js/planecode.js."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from formulas.libm.data import as_data
from networks.network import Network
from networks.planes.evaluation import Evaluation

_OF_ACTIVATION, _OF_LOSS = 32, 80
"""What an activation with its slope takes, and the loss of an output with its slope, in multiplications."""
_A_SECOND = 5e9
"""Multiplications in a second; a quiet core of 2025 does half as many again."""
_LONGEST = 0.25
"""Seconds that a frame may take while something is dragged."""
_MOST_NUMBERS = 120_000
"""Of examples and weights that are sent: a megabyte."""


def most_slopes(net: Network, examples: int) -> int:
    """How many slopes of its loss on a plane a browser computes in a frame, at most; 0 where it is not worth sending what it would need."""
    first, *others = pairwise(net.sizes)
    if 3 * net.size + examples * (first[0] + net.sizes[-1]) > _MOST_NUMBERS:
        return 0
    products = 4 * first[1] + 3 * sum(inputs * outputs for inputs, outputs in others)
    each = products + _OF_ACTIVATION * sum(net.sizes[1:-1]) + _OF_LOSS * net.sizes[-1]
    return int(_LONGEST * _A_SECOND / (each * examples))


def portable(evaluation: Evaluation) -> dict[str, Any]:
    """What losses and slopes are computed by, `PlaneProgram` of js/types.d.ts without "most", "aside" and "kinked".

    Args:
        evaluation: without penalties.
    """
    net, inputs = evaluation.net, evaluation.net.sizes[0]
    return {
        "sizes": list(net.sizes),
        "loss": net.loss_name,
        "normalized": net.batch_norm,
        "eps": net.eps,
        "activate": as_data(evaluation.activate()),
        "behind": evaluation.behind,
        "weights": evaluation.packed.reshape(-1),
        "x": evaluation.turned[:inputs].reshape(-1),
        "targets": evaluation.turned[inputs + 1 :].reshape(-1),
    }
