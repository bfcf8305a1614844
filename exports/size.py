"""What a picture can show, its size in pixels, and the length of a film."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from figures import CURVES
from limits import FILM_FRAMES, FILM_MEGAPIXELS
from parameters import Param
from scenario import PANELS

RATES = {"gif": 25.0, "mp4": 60.0}
"""Frames a second at most, by the formats of a film; of a GIF more are slowed down by browsers."""
FORMATS = ("png", "svg", "pdf")
"""The formats of a picture."""
SHOWN = {
    "map": "Map",
    "map_loss": "Map and loss",
    "maps": "A map each",
    "surface": "3-D",
    "surface_loss": "3-D and loss",
    "map_surface": "Map and 3-D",
} | {name: PANELS[name].title for name in CURVES}
"""What a picture and a film of a race can show, by name, and what that is called: one panel, or two by the names of both."""
LANDSCAPES = {"map": "Map", "surface": "3-D"}
"""How a picture and a film of networks can show the landscape of their loss, by name, and what that is called."""
TURNED = Param("turned", 0.0, -180.0, 180.0, unit="°", help="From where the landscape is seen in 3-D.", words="camera turned by")
"""By how much the camera goes around a landscape in 3-D."""
MIN_SIDE, MAX_SIDE = 240, 4096
"""Pixels: the shortest and the longest side."""
SECONDS = Param(
    "seconds",
    8.0,
    1.0,
    60.0,
    slider=(2.0, 22.0),
    unit="s",
    help="Fewer seconds play faster. A race of many steps skips some.",
    words="plays for",
)
"""How long a film plays."""
AXES = 60.0
"""CSS pixels of a map's numbers and names beside it, about."""
_USUAL = (960, 600)
"""CSS pixels of a picture in which type and lines have the app's own sizes; a larger one is the same in a higher resolution."""

_SMALLEST = 0.85
"""In small pictures type does not become smaller than this share of the app's."""


@dataclass(frozen=True)
class Size:
    """Width and height in pixels.

    Raises:
        ValueError: one of them is too small to be read or too large to be drawn.
    """

    width: int
    height: int

    def __post_init__(self) -> None:
        for name, side in (("width", self.width), ("height", self.height)):
            if not MIN_SIDE <= side <= MAX_SIDE:
                raise ValueError(f"the {name} is {side} pixels; choose {MIN_SIDE} to {MAX_SIDE}")

    @property
    def resolution(self) -> float:
        """Pixels an inch, such that a point (1/72 inch) is what a CSS pixel is in the app."""
        return 72.0 * max(_SMALLEST, min(self.width / _USUAL[0], self.height / _USUAL[1]))

    def __str__(self) -> str:
        return f"{self.width} × {self.height}"


def columns_of(count: int, shape: float, width: float, height_of: Callable[[int], float]) -> int:
    """In how many columns so many pictures are as large as can be.

    Args:
        count: of the pictures.
        shape: of each of them, width by height.
        width: CSS pixels that all of them have.
        height_of: CSS pixels that all of them have if they stand in so many rows.
    """

    return max(range(1, count + 1), key=lambda columns: side_of(columns, count, shape, width, height_of(-(-count // columns))))


def side_of(columns: int, count: int, shape: float, width: float, height: float) -> float:
    """How wide each of so many pictures is in so many columns, where all of them have a width and a height; see `columns_of`."""
    return min(width / columns - AXES, (height / -(-count // columns) - AXES) * shape)


def frame_steps(steps: int, file_format: str, seconds: float) -> list[int]:
    """The steps that have a frame in a film, the first and the last among them: all of them, or as many as its length and limits allow. A
    longer race shows every second, third, ... step."""
    most = min(FILM_FRAMES.value, int(seconds * RATES[file_format]))
    return sorted({round(step) for step in np.linspace(0, steps, min(steps + 1, most)).tolist()})


def check_size(size: Any) -> None:
    """Refuse what is mistaken for a size.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(size, Size):
        raise TypeError(f"size must be a Size, exports.size.Size(1280, 720) say, not {size!r}")


def check_pixels(size: Size, frames: int) -> None:
    """Check that a film of so many frames is not too large.

    Raises:
        ValueError: all its frames together have too many pixels.
    """
    asked, most = frames * size.width * size.height / 1e6, FILM_MEGAPIXELS.value
    if asked > most:
        raise ValueError(
            f"{frames} pictures of {size} are {asked:,.0f} million pixels, and a film can have {most:,} million; choose a smaller size, or "
            "fewer seconds"
        )


def check_step(step: int, steps: int) -> None:
    """Check that a race of so many steps has a step.

    Raises:
        ValueError: `step` is not from 0 to `steps`.
    """
    if not 0 <= step <= steps:
        raise ValueError(f"there is no step {step}; the race has the steps 0 to {steps}")
