"""Maps of basins of attraction as pictures: a colour for each minimum, paler the longer it takes to get there."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from figures.figure import figure_of
from figures.maps import axes_of, base_layout, map_layout
from figures.marks import marks_on_map
from figures.theme import LIGHT, Theme, rgb
from lab.basins import BasinMaps
from landscapes import Landscape
from parameters import short
from simulation.attractors import attractors
from simulation.measures import Outcome, attractor_outcomes

if TYPE_CHECKING:
    import plotly.graph_objects as go

FILLS = ("#77AADD", "#EE8866", "#44BB99", "#EEDD88", "#FFAABB", "#BBCC33", "#99DDFF", "#AAAA00")
"""Colours to fill areas with that colour-blind eyes can tell apart and on which marks and lines stand out: the "light" scheme of Paul Tol,
"Colour schemes", SRON technical note 2021."""
MORE_FILLS = ("#CC6677", "#AA4499", "#117733", "#6655AA", "#882255", "#226688")
"""Where there are more minima than that: from the "muted" scheme of the same note, made a little paler where they would be too dark."""
SHADES = 8
"""Shades of each colour: the paler, the more steps a start takes."""
_PALEST = 0.62
"""How far the slowest starts are blended into the page's background."""
_DIMMED = 0.25
"""How far every colour is blended into a dark page's background, so that trajectories are brighter."""
_IN_A_ROW = 3
"""Up to so many maps stand in one row."""
_NAMED = 8
"""Up to so many minima have an entry each in the legend; more of one sort share one."""


@dataclass(frozen=True)
class LegendEntry:
    """An entry of the legend of a map of basins.

    Attributes:
        label: its text.
        brief: the same for a narrow column.
        colours: on the map; several where the entry stands for several minima.
        attractors: those that it stands for, as indices into `attractors` of the landscape; empty for starts that come to rest at none.
        outcome: how trajectories end there.
    """

    label: str
    brief: str
    colours: tuple[str, ...]
    attractors: tuple[int, ...]
    outcome: Outcome


def basin_picture(maps: BasinMaps, entrant: int, theme: Theme = LIGHT, most: int = 1 << 15) -> bytes:
    """The map of one optimizer as a PNG file of m x m pixels over the landscape's window, the first row at the top.

    Args:
        maps: complete or still being computed.
        entrant: the index of the optimizer.
        theme: light or dark.
        most: pixels a side at most; of a larger map only every second, third, ... start is drawn.
    """
    every = -(-maps.size // most)
    landscape = maps.scenario.build_landscape()
    colours = np.array(
        [_rgb(colour) for colour in attractor_colours(landscape, theme)] + [_rgb(of(theme)) for of in (_falling, _diverged, _moving)]
    )
    shades = _shade(maps.arrival[entrant, ::every, ::every], maps.scenario.steps)
    table = _blended(colours, theme)
    rows = maps.attractor[entrant, ::every, ::every].astype(np.intp)  # -1, nowhere, is the table's last row
    for outcome, row in ((Outcome.FALLING, len(colours) - 3), (Outcome.DIVERGED, len(colours) - 2)):
        rows[maps.outcome[entrant, ::every, ::every] == outcome] = row
    pixels = table[rows, shades][::-1]
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "PNG", compress_level=2)
    return file.getvalue()


def basin_maps(maps: BasinMaps, theme: Theme = LIGHT) -> go.Figure:
    """The maps of all optimizers side by side, with the landscape's minima and saddles, and what the colours mean."""
    landscape, labels = maps.scenario.build_landscape(), list(maps.scenario.labels())
    axes, (across, up) = axes_of(len(labels)), landscape.window
    layout = base_layout(theme) | map_layout(landscape, axes, theme, labels, len(labels) if len(labels) <= _IN_A_ROW else 0)
    place = {"x": across[0], "y": up[1], "sizex": across[1] - across[0], "sizey": up[1] - up[0], "sizing": "stretch", "layer": "below"}
    layout["images"], data = [], []
    for entrant, where in enumerate(axes):
        source = f"data:image/png;base64,{base64.b64encode(basin_picture(maps, entrant, theme)).decode()}"
        layout["images"].append({"source": source, "xref": where["xaxis"], "yref": where["yaxis"], **place})
        data += marks_on_map(landscape, theme, showlegend=False, **where)
    falls = bool((maps.outcome == Outcome.FALLING).any())
    for entry in basin_legend(landscape, theme, falls):
        marker = {"symbol": "square", "size": 11, "color": entry.colours[0]}
        data.append({"type": "scatter", "mode": "markers", "x": [None], "y": [None], "name": entry.brief, "marker": marker, **axes[0]})
    return figure_of(data, layout)


def basin_legend(landscape: Landscape, theme: Theme = LIGHT, falls: bool = False) -> list[LegendEntry]:
    """The legend of a landscape's maps: minima from the lowest up, then saddles and maxima, and starts that come to rest nowhere.

    Args:
        landscape: which.
        theme: light or dark.
        falls: whether some leave the window for ever lower ground.
    """
    colours, outcomes, points = attractor_colours(landscape, theme), attractor_outcomes(landscape), attractors(landscape)
    by_outcome = {outcome: tuple(int(index) for index in np.flatnonzero(outcomes[:-1] == outcome)) for outcome in Outcome}
    entries = []
    for outcome, sort, mark in ((Outcome.GLOBAL_MINIMUM, "Global", "★"), (Outcome.LOCAL_MINIMUM, "Local", "☆")):
        found = by_outcome[outcome]
        curve = any(points[index].kind == "degenerate" for index in found)
        if found and (curve or len(found) > _NAMED):
            drawn = tuple(dict.fromkeys(colours[index] for index in found))
            count = "a curve of them" if curve else f"{len(found)} of them"
            entries.append(LegendEntry(f"{sort} minima, {count}", f"{mark} {'curve' if curve else len(found)}", drawn, found, outcome))
            continue
        for index in found:
            where = f"({short(points[index].x, 3)}, {short(points[index].y, 3)})"
            label = f"{sort} minimum at {where}, loss {short(points[index].value, 3)}"
            entries.append(LegendEntry(label, f"{mark} {where}", (colours[index],), (index,), outcome))
    if by_outcome[Outcome.STALLED]:
        stalled = by_outcome[Outcome.STALLED]
        entries.append(LegendEntry("Stalled at a saddle or maximum", "stalled", (_stalled(theme),), stalled, Outcome.STALLED))
    if falls:
        entries.append(LegendEntry("Leaves for ever lower ground", "ever lower", (_falling(theme),), (), Outcome.FALLING))
    entries.append(LegendEntry("Still wandering at the end", "wandering", (_moving(theme),), (), Outcome.MOVING))
    entries.append(LegendEntry("Diverged: its numbers overflowed", "diverged", (_diverged(theme),), (), Outcome.DIVERGED))
    return entries


@lru_cache(maxsize=64)
def attractor_colours(landscape: Landscape, theme: Theme) -> tuple[str, ...]:
    """A colour for each of the landscape's attractors: all that is no minimum is grey, and a colour comes again only once all are used,
    then as far as can be from where it was."""
    points, outcomes = attractors(landscape), attractor_outcomes(landscape)
    minima = [index for index in range(len(points)) if outcomes[index] != Outcome.STALLED]
    colours = [_stalled(theme)] * len(points)
    size = np.array([high - low for low, high in landscape.window])
    places = np.array([(points[index].x, points[index].y) for index in minima]).reshape(-1, 2) / size
    lowest = [index for index in minima if outcomes[index] == Outcome.GLOBAL_MINIMUM]
    curve = set(lowest) if any(points[index].kind == "degenerate" for index in lowest) else set()
    fills = FILLS if len(minima) <= len(FILLS) else FILLS + MORE_FILLS
    for number, index in enumerate(minima):
        if index in curve:
            colours[index] = FILLS[0]
            continue
        apart = np.linalg.norm(places[:number] - places[number], axis=1)
        taken = [colours[minima[other]] for other in np.argsort(apart, kind="stable")]  # the nearest first
        colours[index] = min(fills, key=lambda fill: -taken.index(fill) if fill in taken else -len(taken) - 1)
    return tuple(colours)


def _shade(arrival: npt.NDArray[np.int32], steps: int) -> npt.NDArray[np.intp]:
    """How pale each start is drawn, from 0 where it is there at once to `SHADES` - 1 where it takes all steps, in equal ratios of steps."""
    shares = np.log1p(np.maximum(arrival, 0)) / np.log1p(max(steps, 1))
    shades: npt.NDArray[np.intp] = np.minimum(shares * SHADES, SHADES - 1).astype(np.intp)
    return shades


def _blended(colours: npt.NDArray[np.float64], theme: Theme) -> npt.NDArray[np.uint8]:
    """Every colour in every shade, shape (colours, SHADES, 3)."""
    background = _rgb(theme.background)
    pale = np.linspace(0.0, _PALEST, SHADES)[None, :, None]
    strong = colours + (background - colours) * (_DIMMED if theme.name == "dark" else 0.0)
    return np.rint(strong[:, None, :] * (1 - pale) + background * pale).astype(np.uint8)


def _stalled(theme: Theme) -> str:
    return "#8A8F98" if theme.name == "light" else "#9BA1AB"


def _moving(theme: Theme) -> str:
    return "#E3E6EA" if theme.name == "light" else "#333A44"


def _falling(theme: Theme) -> str:
    return "#C9A36B" if theme.name == "light" else "#8A6A3C"


def _diverged(theme: Theme) -> str:
    return "#3C3F46" if theme.name == "light" else "#000000"


def _rgb(colour: str) -> npt.NDArray[np.float64]:
    return np.array(rgb(colour), dtype=float)
