"""Hyper-parameters that several optimizers share in everything but their default.

What is tuned is searched in equal ratios of the learning rate, and of 1 - momentum and 1 - beta, as in Choi et al. 2019, arXiv:1910.05446.
"""

from __future__ import annotations

from parameters import Param


def learning_rate(
    default: float,
    help: str = "How far a step goes.",
    slider: tuple[float, float] = (1e-5, 10.0),
    words: str = "",
    symbol: str = r"\eta",
    on_networks: float | None = None,
) -> Param:
    """The learning rate: any number from 0; the slider reaches far enough to diverge, and tuning searches all of it.

    On networks a good one is another than on surfaces: near the best of a coarse search over five small tasks, on the safe side of it.
    """
    return Param(
        "lr", default, 0.0, 1e6, log=True, slider=slider, search=slider, symbol=symbol, help=help, words=words, on_networks=on_networks
    )


def momentum(default: float = 0.9) -> Param:
    """The share of the velocity that is kept from step to step. Where it is off by default it stays off: it is not tuned."""
    return Param(
        "momentum",
        default,
        0.0,
        1.0,
        one_minus=True,
        slider=(0.0, 0.999),
        search=(0.0, 0.99) if default else None,
        symbol=r"\rho",
        help="Share of the velocity kept each step; 0 is none, 1 is no friction.",
    )


def decay_rate(name: str, default: float, help: str, symbol: str | None = None, search: tuple[float, float] | None = (0.5, 0.999)) -> Param:
    """The share of a running mean that is kept from step to step."""
    return Param(name, default, 0.0, 0.999999, one_minus=True, slider=(0.0, 0.9999), search=search, symbol=symbol, help=help)


def epsilon(default: float) -> Param:
    """The small number that keeps a denominator from vanishing."""
    return Param("eps", default, 0.0, 1.0, log=True, slider=(1e-12, 0.1), symbol=r"\epsilon", help="Keeps the denominator from vanishing.")


def weight_decay(decoupled: bool = False) -> Param:
    """The strength of weight decay, as part of the gradient or apart from it."""
    how = (
        "Shrinks the point directly, apart from the gradient."
        if decoupled
        else "Adds this share of the point itself to the gradient (L2 regularization)."
    )
    return Param("weight_decay", 0.0, 0.0, 10.0, slider=(0.0, 1.0), symbol=r"\lambda", help=how)


BETA1 = decay_rate("beta1", 0.9, "Memory of the mean of gradients.", search=(0.0, 0.99))
BETA2 = decay_rate("beta2", 0.999, "Memory of the mean of squared gradients.", search=(0.9, 0.9999))
