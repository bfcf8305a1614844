"""Where curves leave the picture: an arrow at its edge for each, with the value that it reaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from figures.theme import Theme, rgba
from parameters import short

_WIDE = 0.24
"""The share of the picture's width that an arrow with its number takes."""
_ROWS = 3
"""So many of them stand one under the other at most; what more there are is counted."""
_LINE = 15.0
"""Pixels from one row to the next."""
_LETTERS = 12


def leaving(traces: Sequence[dict[str, Any]], axis: dict[str, Any], steps: int, theme: Theme) -> list[dict[str, Any]]:
    """Annotations for the lines that leave an upright axis, each named after the line's `legendgroup`.

    Args:
        traces: of the figure; the first line of a group that leaves has an arrow, its own line (`showlegend`) first.
        axis: its settings; one without `range` holds everything.
        steps: the last one, where the picture ends.
        theme: light or dark.
    """
    if "range" not in axis:
        return []
    lines = sorted((trace for trace in traces if "fill" not in trace), key=lambda trace: trace.get("showlegend") is False)
    found: dict[str, dict[str, Any]] = {}
    for trace in lines:
        if trace["legendgroup"] not in found and (mark := _mark(trace, axis, steps)):
            found[trace["legendgroup"]] = mark
    ground = {"bgcolor": rgba(theme.background, 0.85), "borderpad": 0}
    edges = [[mark for mark in found.values() if mark["y"] == y] for y in (1, 0)]
    return [mark | ground for marks in edges for mark in _in_rows(marks, steps)]


def _mark(trace: dict[str, Any], axis: dict[str, Any], steps: int) -> dict[str, Any] | None:
    """The arrow where a line leaves first; None if it does not."""
    places = np.asarray(trace["y"], dtype=np.float64)
    values = np.asarray(trace.get("customdata", places), dtype=np.float64)
    if axis.get("type") == "log":
        with np.errstate(divide="ignore", invalid="ignore"):
            places = np.where(places > 0, np.log10(places), np.nan)
    low, high = axis["range"]
    slack = 1e-6 * (high - low)
    for up, outside in ((True, places > high + slack), (False, places < low - slack)):
        if not outside.any():
            continue
        step = float(np.asarray(trace["x"])[int(np.argmax(outside))])
        known = values[outside & np.isfinite(values)]
        told = "\u221e" if not known.size else short(float(known.max() if up else known.min()), 2)
        return _arrow(trace, step, step < 0.5 * steps, told, up=up)
    return None


def _arrow(trace: dict[str, Any], step: float, to_the_right: bool, reached: str, *, up: bool) -> dict[str, Any]:
    _, _, word = trace["name"].removeprefix(trace["legendgroup"]).partition(", ")
    told = f"{word} {reached}".strip()
    return {
        "name": trace["legendgroup"],
        "text": f"{'↑' if up else '↓'}\u00a0{told}",
        "x": step,
        "y": int(up),
        "yref": "paper",
        "xanchor": "left" if to_the_right else "right",
        "yanchor": "top" if up else "bottom",
        "showarrow": False,
        "font": {"color": trace["line"]["color"], "size": _LETTERS},
    }


def _in_rows(marks: list[dict[str, Any]], steps: int) -> list[dict[str, Any]]:
    """The arrows at one edge, in rows so that none stands on another; those for which there is none left are counted."""
    ends = [-np.inf] * _ROWS
    kept: list[dict[str, Any]] = []
    more = 0
    for mark in sorted(marks, key=lambda mark: float(mark["x"])):
        first, last = _span(mark, steps)
        row = next((row for row, end in enumerate(ends) if end <= first), None)
        if row is None:
            more += 1
            continue
        ends[row] = last
        kept.append(mark | {"yshift": (-1 if mark["y"] else 1) * _LINE * row})
    if more:
        kept[-1]["text"] += f" and {more} more"
    return kept


def _span(mark: dict[str, Any], steps: int) -> tuple[float, float]:
    """From which step to which one it takes the room."""
    wide = _WIDE * steps
    first = float(mark["x"]) - (0.0 if mark["xanchor"] == "left" else wide)
    return first, first + wide
