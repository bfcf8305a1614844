"""What the loss looks like: the catalogue of surfaces, and surfaces from a user's own formula.

A surface is declared in one of the four modules of the catalogue and is then found here by its name.
"""

from __future__ import annotations

from typing import Any

from formulas import FormulaError
from landscapes import minima, plateaus, ravines, saddles
from landscapes.landscape import KINDS, OWN, PENALTIES, Landscape
from landscapes.own import from_formula
from landscapes.stationary import StationaryPoint, stationary_points
from landscapes.window import Window, grid
from parameters import lookup

_CATALOGUE = {
    entry.key: entry for module in (ravines, saddles, minima, plateaus) for entry in vars(module).values() if isinstance(entry, Landscape)
}


def names() -> list[str]:
    """The names of all landscapes, grouped by kind."""
    return list(_CATALOGUE)


def get(name: str, **parameters: Any) -> Landscape:
    """A landscape of the catalogue.

    Args:
        name: one of `names()`.
        parameters: values for its parameters, numbers or arrays of shape (N,); the rest keep their defaults.

    Raises:
        KeyError: an unknown name (the message lists the valid ones).
        TypeError: an unknown parameter (likewise), or a value that is no number.
        ValueError: a value outside its range.
    """
    landscape = lookup(_CATALOGUE, name, "landscape")
    return landscape.with_parameters(**parameters) if parameters else landscape


__all__ = [
    "KINDS",
    "OWN",
    "PENALTIES",
    "FormulaError",
    "Landscape",
    "StationaryPoint",
    "Window",
    "from_formula",
    "get",
    "grid",
    "names",
    "stationary_points",
]
