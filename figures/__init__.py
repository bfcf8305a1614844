"""Races as Plotly figures, for the app and for notebooks."""

from figures.animate import animated_map, animated_surface
from figures.curves import loss_curves
from figures.maps import contour_map
from figures.surface import surface
from figures.theme import DARK, LIGHT, THEMES, Theme

__all__ = ["DARK", "LIGHT", "THEMES", "Theme", "animated_map", "animated_surface", "contour_map", "loss_curves", "surface"]
