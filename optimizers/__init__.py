"""How one step is taken: the catalogue of optimizers, and learning-rate schedules.

An optimizer is declared in one of the modules of the catalogue and is then found here by its name.
"""

from __future__ import annotations

from typing import Any

from optimizers import adaptive, averaging, momentum, schedules, second_order, signs
from optimizers.in_torch import in_torch
from optimizers.optimizer import Optimizer
from optimizers.schedules import Schedule
from parameters import lookup

_CATALOGUE = {
    entry.key: entry
    for module in (momentum, adaptive, signs, averaging, second_order)
    for entry in vars(module).values()
    if isinstance(entry, Optimizer)
}


def names() -> list[str]:
    """The names of all optimizers, grouped by family."""
    return list(_CATALOGUE)


def get(name: str, **parameters: Any) -> Optimizer:
    """An optimizer of the catalogue.

    Args:
        name: one of `names()`.
        parameters: values for its hyper-parameters, numbers or arrays of shape (N,); the rest keep their defaults.

    Raises:
        KeyError: an unknown name (the message lists the valid ones).
        TypeError: an unknown hyper-parameter (likewise), or a value that is no number.
        ValueError: a value outside its range.
    """
    optimizer = lookup(_CATALOGUE, name, "optimizer")
    return optimizer.with_parameters(**parameters) if parameters else optimizer


__all__ = ["Optimizer", "Schedule", "get", "in_torch", "names", "schedules"]
