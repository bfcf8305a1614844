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
_CHOICES = {"shared": NAMES, "numpy": frozenset({"erf", "erfc"})}
_FEW, _OFTEN = 256, 100
"""So many calls for so few numbers are made by NumPy: machine code would take longer to make than they do."""


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


USED = used(os.environ.get(_VARIABLE, "").strip() or "shared")
"""What is computed by its definition here. The last bits of NumPy's own functions depend on the processor."""


class Shared:
    """A function by its definition, called like NumPy's: as machine code where that can be had and pays, otherwise by NumPy with the same
    bits.

    Args:
        name: one of `NAMES`.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._few = 0

    @cached_property
    def _by_numpy(self) -> Callable[..., Array]:
        return in_numpy.routine(self.name)

    @cached_property
    def _fastest(self) -> Callable[..., Array]:
        return in_machine_code.routine(self.name) if native.available() else self._by_numpy

    def __call__(self, *arrays: Array) -> Array:
        """Write into the last array; returns it."""
        self._few = self._few + 1 if arrays[-1].size <= _FEW else _OFTEN
        routine = self._by_numpy if self._few < _OFTEN else self._fastest
        return routine(*map(np.asarray, arrays[:-1]), arrays[-1])  # NumPy makes single numbers of arrays without dimensions

    def bound(self, arrays: tuple[Array, ...]) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        """A call of the same that is bound to these arrays and so takes less time to make; None where there is none."""
        return self._fastest.bound(arrays) if isinstance(self._fastest, in_machine_code.Compiled) else None


def chosen(name: str) -> Callable[..., Any]:
    """What computes a function: its definition where that is used, otherwise NumPy's function of that name."""
    if name in USED:
        return Shared(name)
    routine: Callable[..., Any] = getattr(np, name)
    return routine
