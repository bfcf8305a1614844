"""Races as Plotly figures, for the app and for notebooks.

They stand still: what moves is the player, in a notebook or a file of its own by `player.as_page`.
"""

from figures.curves import CURVES, curves, loss_curves
from figures.maps import contour_map, landscape_map
from figures.networks import TRAINING_CURVES, training_curves
from figures.relief import relief_map, relief_surface
from figures.states import state_curves
from figures.surface import landscape_surface, surface
from figures.theme import DARK, LIGHT, THEMES, Theme

__all__ = [
    "CURVES",
    "DARK",
    "LIGHT",
    "THEMES",
    "TRAINING_CURVES",
    "Theme",
    "contour_map",
    "curves",
    "landscape_map",
    "landscape_surface",
    "loss_curves",
    "relief_map",
    "relief_surface",
    "state_curves",
    "surface",
    "training_curves",
]
