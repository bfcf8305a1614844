"""Small pictures of landscapes, for lists to choose from."""

from __future__ import annotations

from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image

import landscapes
from figures.loss_grid import loss_grid
from figures.theme import Theme, rgb

WIDTH, HEIGHT = 96, 64
_BANDS = 12
"""A picture has so many colours, so that the steps between them look like contour lines."""


@cache
def thumbnail(name: str, theme: Theme) -> bytes:
    """A landscape of the catalogue as a PNG file of 96 x 64 pixels, its whole window squeezed into that; blank where it has no value.

    Args:
        name: of the landscape.
        theme: light or dark.
    """
    grid = loss_grid.__wrapped__(landscapes.get(name), HEIGHT)  # kept as a picture, not among the grids of races
    places = grid.rank(grid.losses) / (len(grid.levels) - 1)
    bands = np.where(np.isfinite(places), np.floor(np.nan_to_num(places) * (_BANDS - 1e-9)), _BANDS).astype(np.uint8)
    picture = Image.fromarray(np.ascontiguousarray(bands[::-1])).convert("P")
    picture.putpalette([part for colour in _palette(theme) for part in colour])
    file = BytesIO()
    picture.resize((WIDTH, HEIGHT), Image.Resampling.NEAREST).save(file, "PNG", bits=4, optimize=True)
    return file.getvalue()


def _palette(theme: Theme) -> list[tuple[int, ...]]:
    """The colours of the bands from low to high, and the background."""
    shares, colours = zip(*theme.surface_colours, strict=True)
    parts = [np.interp(np.linspace(0, 1, _BANDS), shares, channel) for channel in zip(*(rgb(colour) for colour in colours), strict=True)]
    return [*(tuple(int(part) for part in colour) for colour in zip(*parts, strict=True)), rgb(theme.background)]
