"""What the browser is sent of paths over a plane through the weights of anything: as of networks, but for what only a network has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

import optimizers
from figures import LIGHT, Theme
from figures.markers import MARKERS
from figures.networks import class_colours, path_losses
from figures.theme import Look, Style, styles
from networks import Network
from networks.planes import Relief
from parameters import Array, short, slug
from player.network_payload import UNDERWAY, bar_of, block_of
from player.payload import theme_as_data
from player.relief_payload import path_arrays, plane_arrays, relief_header
from player.scoreboard import chip, row, table
from player.signal_payload import Arrays, single

PATH_PANELS = ("landscape", "surface", "loss")
"""The panels that need no network."""
_NO_EXAMPLES: dict[str, Any] = {"task": "regression", "inputs": 3, "window": [[0, 1], [0, 1]], "classes": [], "colours": class_colours(2)}
"""What stands for data: nothing that could be drawn."""


def path_bytes(
    relief: Relief,
    labels: Sequence[str],
    steps: Sequence[int] | None = None,
    theme: Theme = LIGHT,
    panels: tuple[str, ...] = PATH_PANELS,
    title: str = "",
) -> bytes:
    """The block of paths over a plane (`TrainingBlock` of js/types.d.ts). Arguments and errors as for `player.relief_page`."""
    kept = _checked(relief, labels, steps, panels)
    looks = _looks(labels)
    nothing, one = np.zeros(0), np.zeros(1)
    arrays: Arrays = {"kept": kept, **{f"{name} x": single(nothing) for name in ("train", "test")}}
    arrays |= {"train y": single(one), "test y": single(nothing), **plane_arrays(relief)}
    arrays |= {"origin": single(one), "directions": single(np.zeros(2))}  # the browser computes no weights
    for index, (own, losses) in enumerate(zip(path_arrays(relief, labels, looks), relief.true_losses, strict=True)):
        blank = single(np.full(len(kept), np.nan))
        own |= {"losses": single(losses), "weights": blank, "testLosses": blank, "accuracies": blank, "testAccuracies": blank}
        arrays |= {f"{index} {name}": array for name, array in own.items()}
    on_plane = relief_header(relief, theme)
    curve = path_losses(labels, looks, kept, relief.true_losses, relief.plane_losses, theme)
    header = {
        "token": hashlib.sha1(f"{on_plane['key']} {list(labels)}".encode(), usedforsecurity=False).hexdigest()[:16],
        "of": "",
        "chapter": "",
        "title": title or relief.landscape.name,
        "claim": "",
        "panels": panels,
        "board": True,
        "ahead": True,
        "prediction": None,
        "steps": int(kept[-1]),
        "window": relief.window,
        "theme": theme_as_data(theme),
        "look": Look.of(1, len(labels)).as_data(),
        "underway": UNDERWAY,
        "bar": bar_of(relief.true_losses),
        "signals": None,
        "relief": on_plane,
        "noRelief": "",
        "picks": False,
        "network": Network((1, 1), "linear").as_data(),
        "data": {"title": relief.landscape.name, **_NO_EXAMPLES},
        "runs": [_about(*each, kept) for each in zip(labels, looks, relief.true_losses, strict=True)],
        "curves": {"loss": json.loads(curve.to_json())} if "loss" in panels else {},
    }
    return block_of(header, arrays)


def _checked(relief: Relief, labels: Sequence[str], steps: Sequence[int] | None, panels: Sequence[str]) -> npt.NDArray[np.int32]:
    """The steps of the paths' points, if all that belongs together does."""
    lengths = {len(path) for path in relief.coordinates}
    if not lengths or len(labels) != len(relief.coordinates):
        raise ValueError(
            f"there are {len(relief.coordinates)} paths and {len(labels)} labels; give at least one path, and a label for each"
        )
    if len(lengths) > 1:
        raise ValueError(f"the paths have {', '.join(map(str, sorted(lengths)))} points; to play on one clock all need as many")
    if relief.plane.moving is not None:
        raise ValueError("a plane that moves is computed in the browser, which knows Descent's networks only; choose one that stays")
    if unknown := [name for name in panels if name not in PATH_PANELS]:
        raise ValueError(f"there is no panel {unknown[0]!r} without a network; there are {', '.join(PATH_PANELS)}")
    (count,) = lengths
    kept = np.arange(count) if steps is None else np.asarray(steps)
    if count < 2:
        raise ValueError("a path of one point does not move, and nothing could be played; give two at least, before and after training say")
    if kept.shape != (count,) or kept.dtype.kind not in "iu" or kept[0] != 0 or (np.diff(kept) <= 0).any():
        raise ValueError(f"steps must be {count} whole numbers that rise from 0, one for each point of the paths")
    return kept.astype(np.int32)


def _looks(labels: Sequence[str]) -> list[Style]:
    """A style for each path: an optimizer's own where it is called like one."""
    named = [slug(label) for label in labels]
    free = (name for name in optimizers.names() * len(labels) if name not in named)
    return styles([name if name in optimizers.names() else next(free) for name in named])


def _about(label: str, style: Style, losses: Array, kept: npt.NDArray[np.int32]) -> dict[str, Any]:
    verdict, since = _ending(losses, kept)
    return {
        "name": label,
        "label": label,
        "rate": "",
        "colour": style.colour,
        "dash": style.dash,
        "marker": list(MARKERS).index(style.marker),
        "verdicts": [verdict],
        "since": since,
    }


def _ending(losses: Array, kept: npt.NDArray[np.int32]) -> tuple[str, int]:
    """How a path ends, in words, and from which step on that is known."""
    lost = ~np.isfinite(losses)
    if lost.any():
        since = int(kept[lost.argmax()])
        return f"diverged at step {since:,}", since
    lowest = int(losses.argmin())
    return ("lowest at its end" if lowest == len(losses) - 1 else f"lowest at step {kept[lowest]:,}"), int(kept[-1])


def path_scoreboard(relief: Relief, labels: Sequence[str]) -> str:
    """The table of what is measured of paths, as HTML: a column for each."""
    measured = [
        ("True loss at the end", "", [losses[-1] for losses in relief.true_losses]),
        ("On the plane", "what the plane shows where the path ends", [losses[-1] for losses in relief.plane_losses]),
        ("Factor", "how many times larger one of both is than the other", list(relief.end_factors)),
        ("Lowest true loss", "", [np.nanmin(losses, initial=np.inf) for losses in relief.true_losses]),
    ]
    rows = [row(name, about, [short(value, 3) if np.isfinite(value) else "–" for value in values]) for name, about, values in measured]
    heads = [chip(style, label) for label, style in zip(labels, _looks(labels), strict=True)]
    return table(heads, rows, " ".join(map(escape, relief.sentences(labels))))
