"""Colours: a quiet landscape, and trajectories that speak.

The eight hues were chosen by search: each has a contrast of 2.8 or more against both backgrounds, and any two of them differ clearly
(CIE76 distance of at least 22, the six best-known optimizers 27) to normal eyes and under protanopia, deuteranopia and tritanopia.
Dashes and markers tell apart what colours alone cannot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import optimizers
from scenario import Race

COLOURS = ("#FF6B00", "#0FA0F5", "#8053FF", "#929A5C", "#E2252A", "#1B856D", "#D300B5", "#EB6BB8")
_PARTS = ("#1B856D", "#8053FF", "#0FA0F5", "#E2252A", "#FF6B00", "#929A5C", "#EB6BB8", "#D300B5")
DASHES = ("solid", "dash", "dot")
MARKERS = ("circle", "square", "diamond", "triangle-up", "triangle-down", "pentagon", "hexagon", "star")


@dataclass(frozen=True)
class Theme:
    """What a figure is drawn with.

    Attributes:
        background, text, line: of the page, of letters, of axes and contour lines.
        land: the colour scale of the loss on the map, low to high.
        relief: the same in 3-D, where shading adds to it.
        accent: of buttons and sliders.
        mark: of minima, saddles and starts.
        halo: what surrounds a moving head, so that it stands out from its trail.
    """

    name: str
    background: str
    text: str
    line: str
    land: tuple[tuple[float, str], ...]
    relief: tuple[tuple[float, str], ...]
    accent: str
    mark: str
    halo: str


LIGHT = Theme(
    "light",
    background="#FFFFFF",
    text="#262B33",
    line="rgba(70, 90, 115, 0.28)",
    land=((0.0, "#B9C9D9"), (0.35, "#D3DEE8"), (0.7, "#E9EFF4"), (1.0, "#FAFBFC")),
    relief=((0.0, "#8FA8C2"), (0.5, "#BBCBDA"), (1.0, "#DAE2EA")),
    accent="#2F6F9F",
    mark="#262B33",
    halo="#FFFFFF",
)
DARK = Theme(
    "dark",
    background="#0E1117",
    text="#E6E9EE",
    line="rgba(165, 185, 210, 0.22)",
    land=((0.0, "#0A0D12"), (0.35, "#151B23"), (0.7, "#222C37"), (1.0, "#33404E")),
    relief=((0.0, "#17202B"), (0.5, "#2B3948"), (1.0, "#4B5D70")),
    accent="#6FB1DE",
    mark="#E6E9EE",
    halo="#0E1117",
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


@dataclass(frozen=True)
class Style:
    """How one optimizer is drawn, everywhere the same: colour, line dash and marker, as Plotly names them."""

    colour: str
    dash: str
    marker: str


def style(name: str) -> Style:
    """The style of an optimizer, by its name in the catalogue."""
    place = optimizers.names().index(name)
    return Style(COLOURS[place % len(COLOURS)], DASHES[place // len(COLOURS) % len(DASHES)], MARKERS[place % len(MARKERS)])


def styles(names: Sequence[str]) -> list[Style]:
    """The styles of several optimizers that run together; one that appears again gets another dash, marker and shade."""
    chosen = []
    for place, name in enumerate(names):
        own = style(name)
        again = list(names[:place]).count(name)
        if again:
            dash = DASHES[(DASHES.index(own.dash) + again) % len(DASHES)]
            marker = MARKERS[(MARKERS.index(own.marker) + again) % len(MARKERS)]
            own = Style(_shade(own.colour, again), dash, marker)
        chosen.append(own)
    return chosen


def race_styles(race: Race) -> list[Style]:
    """The styles of a race's runs."""
    return styles([run.optimizer.key for run in race.runs])


def part_colours(own: str, roles: Sequence[str]) -> list[str]:
    """Colours for the parts of an optimizer's step, other than the optimizer's own: for gradients the same with nearly every optimizer."""
    gradient, *others = (colour for colour in _PARTS if colour != own)
    rest = iter(others * len(roles))
    return [gradient if role == "gradient" else next(rest) for role in roles]


def _shade(colour: str, step: int) -> str:
    """A darker shade for odd steps, a lighter one for even steps, ever further away."""
    amount = 0.3 * (step + 1) // 2 if step % 2 else 0.35 * step / 2
    towards = 0 if step % 2 else 255
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(part + (towards - part) * min(0.75, max(amount, 0.3))):02X}" for part in parts)


def rgba(colour: str, opacity: float) -> str:
    """A colour "#RRGGBB" with an opacity, as CSS writes it."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


def colour_scale(colours: Sequence[tuple[float, str]]) -> list[list[float | str]]:
    """A colour scale as Plotly takes it."""
    return [[share, colour] for share, colour in colours]
