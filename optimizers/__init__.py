"""How one step is taken: the catalogue of optimizers, and learning-rate schedules.

An optimizer is declared in one of the modules of the catalogue and is then found here by its name.
"""

from __future__ import annotations

from optimizers import adaptive, averaging, momentum, schedules, second_order, signs
from optimizers.in_torch import in_torch
from optimizers.optimizer import Optimizer
from optimizers.schedule import Schedule
from parameters import Catalogue

_CATALOGUE = Catalogue("optimizer", Optimizer, momentum, adaptive, signs, averaging, second_order)
names, get = _CATALOGUE.names, _CATALOGUE.get

__all__ = ["Optimizer", "Schedule", "get", "in_torch", "names", "schedules"]
