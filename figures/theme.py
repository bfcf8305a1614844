"""Colours, lines and markers: a quiet landscape, and trajectories that speak.

The eight hues were chosen by search: each has a contrast of 3 or more against both backgrounds, as WCAG 2.2 asks of graphics (1.4.11), and
4 against the dark one, where lines look thinner; any two of them differ clearly (CIE76 distance of at least 17) to normal eyes and under
protanopia, deuteranopia and tritanopia. Dashes and markers tell apart what colours alone cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import optimizers
from figures.markers import MARKERS, clip_path
from scenario import Race
from scenario.scenario import check_race

COLOURS = ("#FA6609", "#3E95FF", "#715AFF", "#7A9F56", "#E9152E", "#00986E", "#D608BB", "#D86CB0")
_PARTS = tuple(COLOURS[hue] for hue in (5, 2, 1, 4, 0, 3, 7, 6))
DASHES: dict[str, tuple[float, ...]] = {
    "solid": (),
    "dash": (7.0, 5.0),
    "dot": (1.5, 4.0),
    "longdash": (16.0, 5.0),
    "dashdot": (10.0, 4.5, 1.5, 4.5),
}
"""Dashes by Plotly's names, as the lengths of line and gap in turn, in CSS pixels."""
CURVE_WIDTH = 2.4
"""CSS pixels of the line of a curve over steps, rates or ratios."""
MOST_LINES = 400
"""More trajectories than this in one picture are drawn as dots: their lines would be one solid area."""
_FEW, _SEVERAL, _STARTS = 3, 40, 50
"""Up to so many trajectories of each optimizer have the widest lines, and middling ones; up to so many starts have a large mark."""
_MANY = 20
"""From so many trajectories in one picture only the ends of trails are shown while they move."""
_CROWD = 4000
"""More trajectories than this in one picture have the smallest dots."""


@dataclass(frozen=True)
class Stroke:
    """A line: its width in CSS pixels, and its opacity from 0 to 1."""

    width: float
    opacity: float = 1.0


@dataclass(frozen=True)
class Ring:
    """A mark that is only an outline: its radius and the width of its line in CSS pixels, and its opacity from 0 to 1."""

    radius: float
    width: float
    opacity: float = 1.0


@dataclass(frozen=True)
class Tail:
    """What is left of a trail where only its end is shown: the steps it reaches back, and its opacity at the head."""

    steps: int
    opacity: float = 1.0


@dataclass(frozen=True)
class Look:
    """How trajectories are drawn, here and in the browser: the more there are, the thinner, fainter and smaller. Lengths are CSS pixels.

    Attributes:
        lines: whether trajectories are lines; otherwise every point is a dot.
        comet: whether only the end of a trail is shown where it moves, unless the user chooses: whole trails would fill the picture.
        trail: a whole trail, its line or its dots.
        tail: the end of a trail.
        head: the radius of what moves.
        halo: how wide a head is surrounded by the theme's `halo`.
        start: a circle where trajectories start.
        exit: a cross where a trajectory has left the window, `radius` to each side.
        lift: how far above the surface trajectories are drawn in 3-D, as a share of the surface's height, so that it does not swallow them.
    """

    lines: bool
    comet: bool
    trail: Stroke
    tail: Tail
    head: float
    halo: float
    start: Ring
    exit: Ring
    lift: float = 0.012

    @classmethod
    def of(cls, count: int, runs: int) -> Look:
        """The look of the trajectories of `runs` optimizers in one picture, `count` each."""
        few, several, comet = count <= _FEW, count <= _SEVERAL, count * runs >= _MANY
        start = Ring(5.5, 2.0) if count <= _STARTS else Ring(2.0, 1.0, 0.5) if count <= MOST_LINES else Ring(1.0, 1.0, 0.2)
        leaving = Ring(5.0, 2.4) if several else Ring(2.5, 1.2)
        if count * runs > MOST_LINES:
            head = 1.5 if count * runs <= _CROWD else 1.0
            return cls(False, comet, Stroke(1.0, 0.275), Tail(14, 0.59), head, 0.0, start, leaving)
        trail = Stroke(2.6, 0.9) if few else Stroke(1.7, 0.6) if several else Stroke(1.1, 0.4)
        head, halo = (6.0, 1.5) if few else (4.2, 1.5) if several else (3.0, 1.0)
        return cls(True, comet, trail, Tail(24), head, halo, start, leaving)

    def as_data(self) -> dict[str, Any]:
        """The look as JSON, with the dashes by name and the outlines of `MARKERS` in their order."""
        return asdict(self) | {"dashes": DASHES, "markers": list(MARKERS.values())}


@dataclass(frozen=True)
class Theme:
    """The colours of a figure.

    Attributes:
        background, text, line: the page, text, and axes and contour lines.
        map_colours: the colour scale of the loss on the map, low to high.
        surface_colours: the same in 3-D, where shading adds to it.
        accent: of buttons and sliders.
        mark: of minima, saddles and starts.
        halo: what surrounds a moving head, so that it stands out from its trail.
    """

    name: str
    background: str
    text: str
    line: str
    map_colours: tuple[tuple[float, str], ...]
    surface_colours: tuple[tuple[float, str], ...]
    accent: str
    mark: str
    halo: str


LIGHT = Theme(
    "light",
    background="#FFFFFF",
    text="#262B33",
    line="rgba(70, 90, 115, 0.28)",
    map_colours=((0.0, "#B9C9D9"), (0.35, "#D3DEE8"), (0.7, "#E9EFF4"), (1.0, "#FAFBFC")),
    surface_colours=((0.0, "#8FA8C2"), (0.5, "#BBCBDA"), (1.0, "#DAE2EA")),
    accent="#2F6F9F",
    mark="#262B33",
    halo="#FFFFFF",
)
DARK = Theme(
    "dark",
    background="#0E1117",
    text="#E6E9EE",
    line="rgba(165, 185, 210, 0.22)",
    map_colours=((0.0, "#0A0D12"), (0.35, "#151B23"), (0.7, "#222C37"), (1.0, "#33404E")),
    surface_colours=((0.0, "#17202B"), (0.5, "#2B3948"), (1.0, "#4B5D70")),
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

    @property
    def css(self) -> str:
        """Its colour and marker as the style of an element that the class "chip" cuts out."""
        return f"--chip: {self.colour}; --shape: {clip_path(self.marker)};"


_LEAP = 5
"""Methods that share a colour have markers so many apart, and one that runs several times has colours so many apart: neighbours are more
alike."""


def style(name: str) -> Style:
    """The style of an optimizer, by its name in the catalogue: no two of the first 40 share colour and dash, or colour and marker."""
    index = optimizers.names().index(name)
    round_, hue = divmod(index, len(COLOURS))
    return Style(COLOURS[hue], _cycled(DASHES, round_), _cycled(MARKERS, hue + _LEAP * round_))


def styles(names: Sequence[str]) -> list[Style]:
    """The styles of several optimizers that run together.

    Each has its own unless another has its colour already: then it takes a free one, as does a method that appears again. Of up to eight no
    two share a colour, of up to twelve none a marker, of up to 40 none both colour and dash, and of up to 96 none both colour and marker.
    """
    chosen: dict[int, Style] = {}
    for again in sorted(range(len(names)), key=lambda index: (names[index] in names[:index], index)):
        own = style(names[again])
        colour = _least_used(COLOURS, own.colour, [other.colour for other in chosen.values()], _LEAP)
        alike = [other for other in chosen.values() if other.colour == colour]
        dash = _cycled(DASHES, list(DASHES).index(own.dash) + list(names[:again]).count(names[again]))
        dash = _least_used(list(DASHES), dash, [other.dash for other in alike])
        free = [marker for marker in MARKERS if marker not in [other.marker for other in alike]]
        chosen[again] = Style(colour, dash, _least_used(free or list(MARKERS), own.marker, [other.marker for other in chosen.values()]))
    return [chosen[index] for index in range(len(names))]


def _least_used(offered: Sequence[str], own: str, used: Sequence[str], leap: int = 1) -> str:
    """Of what is offered, what the fewest have: the own one if it is among those, else the first after it in leaps of so many."""
    first = offered.index(own) if own in offered else 0
    return min((offered[(first + leap * place) % len(offered)] for place in range(len(offered))), key=used.count)


def _cycled(names: Iterable[str], index: int) -> str:
    """The name at an index; after the last one follows the first."""
    found = list(names)
    return found[index % len(found)]


def race_styles(race: Race) -> list[Style]:
    """The styles of a race's runs."""
    return styles([run.optimizer.key for run in race.runs])


def part_colours(own: str, roles: Sequence[str]) -> list[str]:
    """Colours for the parts of an optimizer's step, other than the optimizer's own: for gradients the same with nearly every optimizer."""
    gradient, *others = (colour for colour in _PARTS if colour != own)
    rest = iter(others * len(roles))
    return [gradient if role == "gradient" else next(rest) for role in roles]


def rgb(colour: str) -> tuple[int, int, int]:
    """The red, green and blue of a colour "#RRGGBB", from 0 to 255."""
    red, green, blue = (int(colour[first : first + 2], 16) for first in (1, 3, 5))
    return red, green, blue


def rgba(colour: str, opacity: float) -> str:
    """A colour "#RRGGBB" with an opacity, as CSS writes it."""
    red, green, blue = rgb(colour)
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


def colour_scale(colours: Sequence[tuple[float, str]]) -> list[list[float | str]]:
    """A colour scale as Plotly takes it."""
    return [[share, colour] for share, colour in colours]


def check_asked(race: Any, theme: Any) -> None:
    """Refuse what is mistaken for a race or a theme.

    Raises:
        TypeError: one of them is none; the message says how to come to one.
    """
    check_race(race)
    if not isinstance(theme, Theme):
        raise TypeError(f"theme must be figures.LIGHT or figures.DARK, not {theme!r}")
