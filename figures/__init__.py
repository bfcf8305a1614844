"""Races as Plotly figures, for the app and for notebooks."""

from figures.animate import animated_map, animated_surface
from figures.curves import CURVES, curves, loss_curves
from figures.maps import contour_map, land_map
from figures.states import state_curves
from figures.surface import land_surface, surface
from figures.theme import DARK, LIGHT, THEMES, Theme

__all__ = [
    "CURVES",
    "DARK",
    "LIGHT",
    "THEMES",
    "Theme",
    "animated_map",
    "animated_surface",
    "contour_map",
    "curves",
    "land_map",
    "land_surface",
    "loss_curves",
    "state_curves",
    "surface",
]
