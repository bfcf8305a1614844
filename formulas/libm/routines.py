"""What programs call for a function: the definition that is the same everywhere, or NumPy's own."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from formulas.libm import in_machine_code, in_numpy, native
from formulas.libm.definitions import NAMES
from parameters import Array

_VARIABLE = "DESCENT_FUNCTIONS"
_CHOICES = {"numpy": frozenset({"erf", "erfc"}), "shared": NAMES}


def used(setting: str) -> frozenset[str]:
    """The functions that are computed by their definition.

    Args:
        setting: "shared" for all of them, "numpy" for those that NumPy lacks.

    Raises:
        ValueError: it is neither.
    """
    if setting not in _CHOICES:
        raise ValueError(f"{_VARIABLE} is {setting!r}; it has to be one of {', '.join(_CHOICES)}")
    return _CHOICES[setting]


USED = used(os.environ.get(_VARIABLE, "").strip() or "numpy")
"""What is computed by its definition here. The last bits of NumPy's own functions depend on the processor."""


class Shared:
    """A function by its definition, called like NumPy's: as machine code where that can be had, otherwise by NumPy with the same bits.

    Args:
        name: one of `NAMES`.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def _routine(self) -> Callable[..., Array]:
        return in_machine_code.routine(self.name) if native.available() else in_numpy.routine(self.name)

    def __call__(self, *arrays: Array) -> Array:
        """Write into the last array; returns it."""
        return self._routine(*map(np.asarray, arrays[:-1]), arrays[-1])  # NumPy makes single numbers of arrays without dimensions

    def bound(self, arrays: tuple[Array, ...]) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        """A call of the same that is bound to these arrays and so takes less time to make; None where there is none."""
        return self._routine.bound(arrays) if isinstance(self._routine, in_machine_code.Compiled) else None


def chosen(name: str, numpys: Callable[..., Any]) -> Callable[..., Any]:
    """What computes a function: its definition where that is used, otherwise what is given."""
    return Shared(name) if name in USED else numpys
