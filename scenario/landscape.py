"""The landscape of a scenario: one from the catalogue, or one of the user's own formula."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import landscapes
from formulas import unknown_names
from landscapes import Landscape, Window
from landscapes.custom import free_parameter
from scenario.choice import Choice
from scenario.network_plane import PLANE, plane_landscape

CUSTOM = "own"
"""What a choice of a landscape, and a link, has in place of a name from the catalogue where the user's own formula is the landscape."""
CUSTOM_WINDOW: Window = ((-5.0, 5.0), (-5.0, 5.0))
"""What is shown of a user's own formula where nothing else is said."""


def custom_settings(formula: str, given: Mapping[str, float]) -> dict[str, float]:
    """The values of all parameters of a user's formula; those that are not given are 1.

    Args:
        formula: the formula.
        given: the values of some of its names, which are then parameters even where they could be read otherwise (`xy`, say).

    Raises:
        FormulaError: it is no formula.
    """
    return {name: given.get(name, free_parameter(name).default) for name in unknown_names(formula, ("x", "y"), given)}


@lru_cache(maxsize=64)
def _declared_landscape(choice: Choice, formula: str, window: Window | None, l1: float, l2: float) -> Landscape:
    settings = dict(choice.settings)
    if choice.name == CUSTOM:
        landscape = landscapes.from_formula(formula, window or CUSTOM_WINDOW, **settings)
    else:
        landscape = landscapes.get(choice.name, **settings)
    return landscape.penalized(l1=l1, l2=l2) if l1 or l2 else landscape


def build_landscape(
    choice: Choice, formula: str = "", window: Window | None = None, l1: float = 0.0, l2: float = 0.0, network: str = ""
) -> Landscape:
    """The landscape that was chosen.

    Args:
        choice: from the catalogue, with its parameters; or `CUSTOM`, with the values of the formula's parameters; or `PLANE`.
        formula, window: where the choice is `CUSTOM`; by default the window is `CUSTOM_WINDOW`.
        l1, l2: strengths of the penalties added to the loss.
        network: the query of the experiment, where the choice is `PLANE`; its networks are trained if they were not.

    Raises:
        KeyError, TypeError, ValueError: an unknown name or parameter, a value out of range, a malformed formula or window.
    """
    if choice.name == PLANE:
        return plane_landscape(network)
    return _declared_landscape(choice, formula, window, l1, l2)
