"""What the browser is sent: the landscape (everything that stands still) and the race (everything that moves), each as one block of bytes.

They are two blocks because a slider usually changes only one of them, and a block that has not changed is not sent again. The types of both
stand in js/types.d.ts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NotRequired, TypedDict
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from figures import CURVES, Theme, curves, landscape_map, landscape_surface
from figures.curves import loss_curve, unknown_lowest
from figures.figure import as_json
from figures.loss_grid import loss_grid
from figures.markers import MARKERS
from figures.paths import Path, paths, precision
from figures.scales import LOGARITHMIC
from figures.surface import GRID
from figures.theme import Look, race_styles
from landscapes import ComputedLandscape, Landscape
from parameters import Array
from player.live_payload import in_text, live_race
from player.numbers_payload import ellipse_on, numbers_of
from scenario import Race
from scenario.panels import STEP
from simulation import Run, measures
from simulation.attractors import lowest_loss
from simulation.verdicts import UNDERWAY, Verdicts

FINE = 400_000
"""At most so many points are sent with x and y in single precision, 10 bytes each; more are packed, 6 bytes each."""
_REACH = 1.0
"""Packed positions reach this many widths of the window beyond its edges; farther points count as missing: no line to them is seen."""
_MISSING = 65535
_SHORTEST = 1e-8
"""A loss above the lowest that has fallen to this share of its start has no bar any more."""
_PNG = b"\x89PNG\r\n\x1a\n"


class Prediction(TypedDict):
    """What a student is asked to predict of a race.

    Attributes:
        open: whether the answer is still to be given; the race then stays at its start.
        mark: where on the map the student has marked an end.
        hint: what to do on the map while the answer is open.
        lead: which panel the question is about, which is the largest while all are presented; the first of them where it is "" or missing.
    """

    open: bool
    mark: tuple[float, float] | None
    hint: str
    lead: NotRequired[str]


@lru_cache(maxsize=64)
def landscape_bytes(landscape: Landscape, theme: Theme) -> bytes:
    """The landscape's figures, its program for hovering, and its window, as JSON.

    Args:
        landscape: with one value for each parameter.
        theme: the colours to draw it in.

    Returns:
        A JSON object in UTF-8, `LandscapeBlock` of js/types.d.ts. Its "key" is a hash of the rest.
    """
    content = json.dumps(
        {
            "map": as_json(landscape_map, landscape, theme, compact=True),
            "surface": as_json(landscape_surface, landscape, theme),
            **_computed_in_browser(landscape),
            "window": landscape.window,
            "name": landscape.name,
        },
        separators=(",", ":"),
    ).encode()
    return b'{"key":"%s",%s' % (hashlib.sha1(content, usedforsecurity=False).hexdigest()[:16].encode(), content[1:])


_sent: WeakKeyDictionary[Race, dict[Hashable, tuple[str, bytes]]] = WeakKeyDictionary()
"""What was sent of races, for as long as they are kept: a class that opens one link is sent the same, and so is who changes nothing. What a
session calls a race is not among it: the same preset is another chapter in each."""
_WAYS = 4
"""In so many ways a race is kept as it was sent, in a theme and with its panels; one of many points in none."""


def _computed_in_browser(landscape: Landscape) -> dict[str, Any]:
    """What the browser computes the loss at a point with: the formula's program, or the network and its plane."""
    if not isinstance(landscape, ComputedLandscape):
        return {"program": landscape.program_as_data(), "plane": None}
    arrays = {"ground": loss_grid(landscape).losses.reshape(-1), **landscape.in_browser()}
    return {
        "program": None,
        "plane": {name: in_text(value, "f4") if isinstance(value, np.ndarray) else value for name, value in arrays.items()},
    }


def run_bytes(
    race: Race,
    theme: Theme,
    panels: tuple[str, ...],
    landscape_block: bytes,
    chapter: str = "",
    board: bool = True,
    ahead: bool = True,
    prediction: Prediction | None = None,
    title: str = "",
    claim: str = "",
) -> bytes:
    """The trajectories of a race, and the curves and the scoreboard that go with them.

    Args:
        race: what to send.
        theme: the colours of the curves.
        panels: the panels to show, by the names of `scenario.PANELS`.
        landscape_block: what `landscape_bytes` gave for the race's landscape.
        chapter: any text; when it differs from that of the race before, the race is played from its start.
        board: whether to show the scoreboard.
        ahead: whether curves are drawn beyond the clock's step; without, nothing tells how the race goes on.
        prediction: what of the race is to be predicted, if anything.
        title: what the race is called while it is presented, its landscape's name if not given.
        claim: what there is to see in it, in a sentence.

    Returns:
        The length of a JSON header (4 bytes, little-endian), the header (`RaceBlock` of js/types.d.ts), and arrays, each filled up to a
        multiple of 4 bytes: for each run the planes x, y and height, each (steps + 1) x N; then for each run the median loss at every
        step, in double precision; and then for each run the share of trajectories of which each of its verdicts holds, at every step.
    """
    called = {"chapter": chapter, "title": title or race.landscape.name, "claim": claim}
    told = {
        "landscapeKey": json.loads(landscape_block[7:25]),
        "panels": panels,
        "board": board,
        "ahead": ahead,
        "prediction": prediction,
    }
    if race.runs[0].losses.size * len(race.runs) > FINE:
        return _with_header(called, *_run_parts(race, theme, told))
    sent, way = _sent.setdefault(race, {}), (theme, json.dumps(told))
    if way not in sent:
        if len(sent) >= _WAYS:
            sent.clear()
        sent[way] = _run_parts(race, theme, told)
    return _with_header(called, *sent[way])


def _with_header(called: Mapping[str, str], header: str, arrays: bytes) -> bytes:
    """The whole block: what a session calls its race stands before what is the same for all of them."""
    text = f"{json.dumps(called, separators=(',', ':'))[:-1]},{header[1:]}".encode()
    text += b" " * (-len(text) % 4)
    return b"".join([len(text).to_bytes(4, "little"), text, arrays])


def _run_parts(race: Race, theme: Theme, told: Mapping[str, Any]) -> tuple[str, bytes]:
    """The header without what the race is called, as JSON, and the arrays."""
    grid = loss_grid(race.landscape, GRID)
    drawn = paths(race, grid)
    packing = _Packing(race.landscape)
    packed = sum(path.x.size for path in drawn) > FINE
    planes = [plane for path in drawn for plane in _planes(path, packing, packed)]
    losses = [measures.median(run.losses) for run in race.runs]
    shares = [share.astype(np.float32) for each in race.verdicts for share in each.over_time(race.scenario.steps).values()]
    header = {
        **told,
        "token": token(race, theme),
        "of": race.scenario.to_query(),
        "steps": race.scenario.steps,
        "count": race.runs[0].count,
        "window": race.landscape.window,
        "packed": packed,
        "precise": precision(race.landscape.window) is np.float64,
        "packing": packing.as_data(),
        "theme": theme_as_data(theme),
        "look": Look.of(race.runs[0].count, len(race.runs)).as_data(),
        "underway": UNDERWAY,
        "bar": _bar(race, losses),
        "runs": [_about(*each) for each in zip(race.runs, race.labels, race.rates, race_styles(race), race.verdicts, strict=True)],
        "numbers": numbers_of(race) if told["board"] else [],  # in the table
        "ellipse": ellipse_on(race.landscape) if told["board"] else None,
        "starts": race.starts.T.tolist() if race.scenario.starts.name == "points" else None,
        "live": live_race(race, STEP in told["panels"]),
    }
    over_time = {"curves": {name: as_json(curves, race, name, theme) for name in told["panels"] if name in CURVES}}
    text = json.dumps({**without_nan(header), **over_time}, separators=(",", ":"))
    return text, b"".join([aligned(block) for block in (*planes, *losses, *shares)])


def theme_as_data(theme: Theme) -> dict[str, str]:
    """The colours that the browser draws with, `Theme` of js/types.d.ts."""
    return {name: getattr(theme, name) for name in ("name", "background", "text", "line", "accent", "mark", "halo")}


def token(race: Race, theme: Theme) -> str:
    """A hash that is equal in blocks that belong to one race and are drawn in the same colours."""
    return hashlib.sha1(f"{theme.name} {race.scenario.to_query()}".encode(), usedforsecurity=False).hexdigest()[:16]


def picture_bytes(images: Sequence[bytes]) -> bytes:
    """Pictures to lie under the maps.

    Args:
        images: PNG files, one for each run.

    Returns:
        How many they are, the length of each (4 bytes a number, little-endian), and the files.

    Raises:
        ValueError: one of them is no PNG file.
    """
    for number, image in enumerate(images, start=1):
        if not image.startswith(_PNG):
            raise ValueError(f"picture {number} of {len(images)} is no PNG file: it begins with {bytes(image[:8])!r}; write it as PNG")
    return b"".join([number.to_bytes(4, "little") for number in (len(images), *map(len, images))] + list(images))


def packing_of(landscape: Landscape) -> list[list[float]]:
    """How places and heights on a landscape are packed: x, y and height, each as its lowest value and the step from number to number."""
    return _Packing(landscape).as_data()


class _Packing:
    """Positions and heights as 16-bit numbers: `value = low + step * number`, 65535 where there is none."""

    def __init__(self, landscape: Landscape) -> None:
        ranges = [(low - _REACH * (high - low), high + _REACH * (high - low)) for low, high in landscape.window]
        self.ranges = [*ranges, (-0.1, 2.0)]

    def pack(self, values: npt.NDArray[np.float32], axis: int) -> npt.NDArray[np.uint16]:
        low, high = self.ranges[axis]
        with np.errstate(invalid="ignore"):
            numbers = np.rint((values.astype(np.float64) - low) / (high - low) * (_MISSING - 1))
            inside = (numbers >= 0) & (numbers < _MISSING)
            return np.where(inside, numbers, _MISSING).astype(np.uint16)

    def as_data(self) -> list[list[float]]:
        return [[low, (high - low) / (_MISSING - 1)] for low, high in self.ranges]


def _planes(path: Path, packing: _Packing, packed: bool) -> list[npt.NDArray[Any]]:
    z = packing.pack(path.z, 2)
    return [packing.pack(path.x, 0), packing.pack(path.y, 1), z] if packed else [path.x, path.y, z]


def aligned(block: npt.NDArray[Any]) -> bytes:
    """The array's bytes, up to a multiple of 4, where the next array may begin."""
    content = block.tobytes()
    return content + b"\0" * (-len(content) % 4)


def _about(run: Run, label: str, rate: str, style: Any, told: Verdicts) -> dict[str, Any]:
    """What the table and the legend say of a run."""
    return {
        "name": run.optimizer.key,
        "label": label,
        "rate": rate,
        "colour": style.colour,
        "dash": style.dash,
        "marker": list(MARKERS).index(style.marker),
        "verdicts": [told.words if run.count == 1 else ending.words for ending in told.shares()],
    }


def _bar(race: Race, medians: list[Array]) -> dict[str, Any]:
    """How long the bar of a loss is: what stands between the ends of a scale, of the kind that the curves of the loss have.

    It is full where the race begins, or at the highest median, if that is not much higher, and empty at the lowest.
    """
    scale, lowest = loss_curve(race).scale, lowest_loss(race.landscape)
    logarithmic = scale is LOGARITHMIC
    base = lowest if logarithmic and not unknown_lowest(race) else 0.0
    heights = np.concatenate(medians) - base
    heights = heights[np.isfinite(heights) & ((heights > 0) | (not logarithmic))]
    first = max((float(median[0]) for median in medians if np.isfinite(median[0])), default=0.0) - base
    low = max(float(heights.min(initial=first)), first * _SHORTEST if logarithmic else -np.inf)
    return {"kind": scale.kind, "lowest": base, "unit": getattr(scale, "unit", 1.0), "ends": [low, first]}


def without_nan(value: Any) -> Any:
    """The same with None for numbers that JSON cannot hold."""
    if isinstance(value, dict):
        return {name: without_nan(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(part) for part in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
