"""The numbers of a scenario or an experiment that can be swept, by their addresses."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from landscapes import PENALTIES, Landscape
from optimizers import Optimizer
from optimizers.options import CLIPPING
from parameters import Array, Value
from scenario import Experiment, Scenario, address
from scenario.address import LANDSCAPE, Number
from scenario.setup import ITSELF, Setup

OPTIMIZER = address.optimizer(0)
"""The part of a scenario of one optimizer that is this optimizer."""
INITIAL = "initials.0"
"""The part of an experiment of one initialization that is this initialization."""
_PARTS = (OPTIMIZER, LANDSCAPE, ITSELF)
_OF_NETWORKS = (OPTIMIZER, INITIAL, ITSELF, "data", "activation")
_PENALTIES, _LIMITS = ({entry.name for entry in some} for some in (PENALTIES, CLIPPING))


def quantities(setup: Setup) -> dict[str, Number]:
    """The numbers that can be swept in a setup of one optimizer, by address.

    In a scenario they are those of the optimizer, of the landscape, and the noise, the limits of the gradient and the penalties; whole
    numbers are none of them. In an experiment, also of one initialization, they are those of both, of the data and the activation, and
    those that stand for themselves; they may be whole numbers: depth, width, steps. Switches, seeds, and the change of a rate that never
    changes are none of them.

    Raises:
        ValueError: it has several optimizers or initializations, or variants.
    """
    idle = set() if only_optimizer(setup).changes_rate else {in_optimizer("change_by")}
    held = address.numbers(setup)
    if isinstance(setup, Experiment):
        if len(setup.initials) != 1:
            raise ValueError(f"one initialization is swept at a time; this experiment has {len(setup.initials)}")
        if setup.variants or setup.points:
            raise ValueError(
                "each cell of a sweep is one network, without variants and points of the plane; remove them from the experiment"
            )
        held = {key: held[key] for part in _OF_NETWORKS for key in held if address.split(key)[0] == part}
        idle |= {"seed", *(key for key, number in held.items() if number.param.integer and address.split(key)[0] == OPTIMIZER)}
    else:
        held = {key: number for key, number in held.items() if address.split(key)[0] in _PARTS and not number.param.integer}
    return {key: number for key, number in held.items() if key not in idle and not number.param.switch}


def in_optimizer(name: str) -> str:
    """The address of a hyper-parameter of a scenario's only optimizer: "optimizers.0.lr"."""
    return address.join(OPTIMIZER, name)


def in_landscape(key: str) -> bool:
    """Whether the number at an address changes the landscape."""
    part, name = address.split(key)
    return part == LANDSCAPE or (part == ITSELF and name in _PENALTIES)


def only_optimizer(scenario: Setup) -> Optimizer:
    """The optimizer of a setup that has one.

    Raises:
        ValueError: it has several.
    """
    chosen = scenario.build_optimizers()
    if len(chosen) != 1:
        raise ValueError(f"the lab runs one optimizer at a time; this {scenario.noun} has {len(chosen)}")
    return chosen[0]


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
