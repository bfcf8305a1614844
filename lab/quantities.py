"""The numbers of a scenario that can differ from trajectory to trajectory, by their addresses."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from landscapes import PENALTIES, Landscape
from optimizers import Optimizer
from optimizers.options import CLIPPING
from parameters import Array, Value
from scenario import Scenario, address
from scenario.address import LANDSCAPE, Number
from scenario.setup import ITSELF

OPTIMIZER = address.optimizer(0)
"""The part of a scenario of one optimizer that is this optimizer."""
_PARTS = (OPTIMIZER, LANDSCAPE, ITSELF)
_PENALTIES, _LIMITS = ({entry.name for entry in some} for some in (PENALTIES, CLIPPING))


def quantities(scenario: Scenario) -> dict[str, Number]:
    """The numbers that can be swept in a scenario of one optimizer, by address: those of the optimizer, of the landscape, and the noise,
    the limits of the gradient and the penalties. Switches, whole numbers, and the change of a rate that never changes are none of them.

    Raises:
        ValueError: the scenario has several optimizers.
    """
    idle = set() if only_optimizer(scenario).changes_rate else {in_optimizer("change_by")}
    held = {key: number for key, number in address.numbers(scenario).items() if address.split(key)[0] in _PARTS and key not in idle}
    return {key: number for key, number in held.items() if not (number.param.switch or number.param.integer)}


def in_optimizer(name: str) -> str:
    """The address of a hyper-parameter of a scenario's only optimizer: "optimizers.0.lr"."""
    return address.join(OPTIMIZER, name)


def in_landscape(key: str) -> bool:
    """Whether the number at an address changes the landscape."""
    part, name = address.split(key)
    return part == LANDSCAPE or (part == ITSELF and name in _PENALTIES)


def only_optimizer(scenario: Scenario) -> Optimizer:
    """The optimizer of a scenario that has one.

    Raises:
        ValueError: it has several.
    """
    if len(scenario.optimizers) != 1:
        raise ValueError(f"the lab runs one optimizer at a time; this scenario has {len(scenario.optimizers)}")
    return scenario.build_optimizers()[0]


def alone(scenario: Scenario, entrant: int) -> Scenario:
    """The same scenario with only one of its optimizers."""
    return scenario.replace(optimizers=(scenario.optimizers[entrant],))


def build_with(scenario: Scenario, values: Mapping[str, Array]) -> tuple[Landscape, Optimizer, Value]:
    """Build the landscape, the optimizer and the noise of a scenario of one optimizer, with a value for each trajectory in some quantities.

    Args:
        scenario: with one optimizer.
        values: arrays of shape (N,) by address.

    Raises:
        ValueError: a value outside its range.
    """
    groups: dict[str, dict[str, Array]] = {part: {} for part in _PARTS}
    for key, array in values.items():
        part, name = address.split(key)
        groups[part][name] = array
    landscape, itself = scenario.build_landscape(), groups[ITSELF]
    if groups[LANDSCAPE]:
        landscape = landscape.with_parameters(**groups[LANDSCAPE])
    if _PENALTIES & set(itself):
        landscape = landscape.penalized(**{name: itself.get(name, getattr(scenario, name)) for name in _PENALTIES})
    optimizer = only_optimizer(scenario)
    if groups[OPTIMIZER]:
        optimizer = optimizer.with_parameters(**groups[OPTIMIZER])
    if _LIMITS & set(itself):
        optimizer = optimizer.clipped(**{name: itself.get(name, getattr(scenario, name)) for name in _LIMITS})
    return landscape, optimizer, itself.get("noise", scenario.noise)


def distinct(values: Mapping[str, Array]) -> tuple[dict[str, Array], npt.NDArray[np.intp]]:
    """The different combinations of values, and for each trajectory the index of its combination, shape (N,)."""
    table = np.stack(list(values.values()))
    columns, inverse = np.unique(table, axis=1, return_inverse=True)
    return dict(zip(values, columns, strict=True)), inverse.reshape(-1)
