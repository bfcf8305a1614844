"""The map that a phone shows: a landscape as a small picture."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image

from figures.loss_grid import loss_grid
from figures.theme import Theme, rgb
from landscapes import Landscape

SIDE = 320
"""Pixels of its longer side: its bands are so wide that a phone's sharper screen shows no more."""
_LEAST = 0.62
"""The shorter side is at least this share of the longer, so that a thumb can tap."""
_BANDS = 15
"""So many colours, and one for where there is no loss, take four bits a pixel."""


def shape_of(landscape: Landscape) -> tuple[int, int]:
    """Width and height in pixels: as the window is, as far as a phone has room for that."""
    (x0, x1), (y0, y1) = landscape.window
    ratio = min(max((x1 - x0) / (y1 - y0), 1.0), 1 / _LEAST)
    return SIDE, round(SIDE / ratio)


@lru_cache(maxsize=64)
def map_picture(landscape: Landscape, theme: Theme) -> bytes:
    """A landscape over its whole window as a PNG file, darker where the loss is lower, in bands whose edges look like contour lines.

    Args:
        landscape: with one value for each parameter.
        theme: light or dark.
    """
    width, height = shape_of(landscape)
    grid = loss_grid(landscape)
    places = grid.rank(grid.losses) / (len(grid.levels) - 1)
    smooth = Image.fromarray(np.ascontiguousarray(np.nan_to_num(places, nan=1.0)[::-1]).astype(np.float32))
    ranks = np.asarray(smooth.resize((width, height), Image.Resampling.BICUBIC))
    missing = Image.fromarray((~np.isfinite(places[::-1])).astype(np.uint8)).resize((width, height), Image.Resampling.NEAREST)
    bands = np.clip(np.floor(ranks * _BANDS), 0, _BANDS - 1).astype(np.uint8)
    picture = Image.fromarray(np.where(np.asarray(missing) > 0, _BANDS, bands).astype(np.uint8)).convert("P")
    picture.putpalette([part for colour in _palette(theme) for part in colour])
    file = BytesIO()
    picture.save(file, "PNG", bits=4, optimize=True)
    return file.getvalue()


def _palette(theme: Theme) -> list[tuple[int, ...]]:
    """The colours of the bands from low to high, and the background."""
    shares, colours = zip(*theme.surface_colours, strict=True)
    parts = [np.interp(np.linspace(0, 1, _BANDS), shares, channel) for channel in zip(*(rgb(colour) for colour in colours), strict=True)]
    return [*(tuple(int(part) for part in colour) for colour in zip(*parts, strict=True)), rgb(theme.background)]
