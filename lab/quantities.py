"""The numbers of a scenario that can differ from trajectory to trajectory, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landscapes import Landscape
from optimizers import Optimizer
from parameters import Array, Param, Value, lookup
from scenario import NUMBERS, Scenario

_OWNERS = ("optimizer", "landscape")


@dataclass(frozen=True)
class Quantity:
    """A number that can be swept.

    Attributes:
        key: its name: "optimizer.lr", "landscape.condition", or for what belongs to neither "noise", "l1", "l2".
        declared: its range, spacing and title.
        default: what the scenario has.
    """

    key: str
    declared: Param
    default: float

    @property
    def title(self) -> str:
        """Its name in words: "learning rate"."""
        return self.declared.title


def quantities(scenario: Scenario) -> dict[str, Quantity]:
    """The numbers that may take any value in a scenario with one optimizer, by key: the optimizer's, the landscape's, and the rest."""
    optimizer, landscape = only_optimizer(scenario), scenario.build_landscape()
    declared = [(f"optimizer.{entry.name}", entry, optimizer.values[entry.name]) for entry in optimizer.parameters]
    declared += [(f"landscape.{entry.name}", entry, landscape.values[entry.name]) for entry in landscape.parameters]
    declared += [(name, NUMBERS[name], getattr(scenario, name)) for name in ("noise", "l1", "l2")]
    return {key: Quantity(key, entry, float(value)) for key, entry, value in declared if not (entry.switch or entry.integer)}


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


def with_values(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """The scenario, of one optimizer, with some of its quantities set.

    Raises:
        KeyError: an unknown quantity; the message lists the valid ones.
        ValueError: a value outside its range.
    """
    known = quantities(scenario)
    for key, value in values.items():
        declared = lookup(known, key, "quantity").declared
        owner, _, name = key.rpartition(".")
        number = declared.check(value, owner.capitalize() or "Scenario")
        if owner == "optimizer":
            scenario = scenario.replace(optimizers=(scenario.optimizers[0].replace(**{name: float(number)}),))
        elif owner == "landscape":
            scenario = scenario.replace(landscape=scenario.landscape.replace(**{name: float(number)}))
        else:
            scenario = scenario.replace(**{name: float(number)})
    return scenario


def built(scenario: Scenario, values: Mapping[str, Array]) -> tuple[Landscape, Optimizer, Value]:
    """The landscape, the optimizer and the noise of a scenario of one optimizer, with a value for each trajectory in some quantities.

    Args:
        scenario: with one optimizer.
        values: arrays of shape (N,) by the quantity's key.

    Raises:
        ValueError: a value outside its range.
    """
    groups: dict[str, dict[str, Array]] = {owner: {} for owner in (*_OWNERS, "")}
    for key, array in values.items():
        owner, _, name = key.rpartition(".")
        groups[owner][name] = array
    landscape, loose = scenario.build_landscape(), groups[""]
    if groups["landscape"]:
        landscape = landscape.with_parameters(**groups["landscape"])
    if {"l1", "l2"} & set(loose):
        landscape = landscape.penalized(**{name: loose.get(name, getattr(scenario, name)) for name in ("l1", "l2")})
    optimizer = only_optimizer(scenario)
    if groups["optimizer"]:
        optimizer = optimizer.with_parameters(**groups["optimizer"])
    return landscape, optimizer, loose.get("noise", scenario.noise)


def distinct(values: Mapping[str, Array]) -> tuple[dict[str, Array], npt.NDArray[np.intp]]:
    """The different combinations of values, and the number of each lane's combination among them, shape (N,)."""
    table = np.stack(list(values.values()))
    columns, inverse = np.unique(table, axis=1, return_inverse=True)
    return dict(zip(values, columns, strict=True)), inverse.reshape(-1)
