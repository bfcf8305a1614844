"""How one step is taken: the catalogue of optimizers, and learning-rate schedules.

An optimizer is declared in one of the modules of the catalogue and is then found here by its name.
"""

from __future__ import annotations

from optimizers import (
    adam_variants,
    adaptive,
    averaging,
    momentum,
    relative,
    schedules,
    second_order,
    self_tuning,
    signs,
    without_gradients,
)
from optimizers.in_torch import in_torch
from optimizers.optimizer import Optimizer
from optimizers.schedule import Schedule
from parameters import Catalogue

_CATALOGUE = Catalogue(
    "optimizer",
    Optimizer,
    momentum,
    adaptive,
    adam_variants,
    signs,
    averaging,
    second_order,
    relative,
    self_tuning,
    without_gradients,
)
names, get = _CATALOGUE.names, _CATALOGUE.get

__all__ = ["Optimizer", "Schedule", "get", "in_torch", "names", "schedules"]
