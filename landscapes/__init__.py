"""What the loss looks like: the catalogue of surfaces, and surfaces from a user's own formula.

A surface is declared in one of the modules of the catalogue, a kind or two each, and is then found here by its name.
"""

from __future__ import annotations

from formulas import FormulaError
from landscapes import bowls, minima, plateaus, ravines, ripples, saddles
from landscapes.computed import ComputedLandscape
from landscapes.custom import from_formula
from landscapes.landscape import KINDS, OWN_FORMULA, Landscape
from landscapes.stationary import StationaryPoint, StationaryPoints, stationary_points
from landscapes.surface import PENALTIES
from landscapes.window import Window, grid
from parameters import Catalogue

_CATALOGUE = Catalogue("landscape", Landscape, bowls, ravines, saddles, minima, ripples, plateaus)
names, get = _CATALOGUE.names, _CATALOGUE.get

__all__ = [
    "KINDS",
    "OWN_FORMULA",
    "PENALTIES",
    "ComputedLandscape",
    "FormulaError",
    "Landscape",
    "StationaryPoint",
    "StationaryPoints",
    "Window",
    "from_formula",
    "get",
    "grid",
    "names",
    "stationary_points",
]
