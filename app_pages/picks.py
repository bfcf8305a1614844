"""What a click on a map, a click with shift, or a dragged start make of a scenario."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from formulas import read_number
from scenario import PATTERNS, Choice, Experiment, Scenario, address
from scenario.text import written

Point = tuple[float, float]
S = TypeVar("S", Scenario, Experiment)
MOST_SINGLE = 200
"""Up to so many starts can become points that stand for themselves."""


def picked(setup: S, pick: Mapping[str, Any]) -> S:
    """The scenario with the starts that the user chose, or the experiment with the points of its landscape.

    Args:
        setup: the present one.
        pick: "at", a point (x, y), and "kind": "start" for it alone (or for the middle of a ring or cloud), "add" for one more, "move" for
            the start with the "index"; or "set" with "values", numbers by their addresses.

    Raises:
        KeyError, TypeError, ValueError: there are too many starts for one more, the one to move or the number to set is not there any more,
            or it is outside its range.
    """
    if pick["kind"] == "set":
        return address.with_values(setup, pick["values"])
    if isinstance(setup, Experiment):
        return setup.replace(points=picked_points(setup.points, pick))
    return _picked_starts(setup, pick)


def _picked_starts(scenario: Scenario, pick: Mapping[str, Any]) -> Scenario:
    x, y = (float(number) for number in pick["at"])
    if pick["kind"] == "start":
        if "x" in {parameter.name for parameter in PATTERNS[scenario.starts.name].parameters}:
            return scenario.replace(starts=scenario.starts.replace(x=x, y=y))
        return _points(scenario, picked_points((), pick))
    points = [(float(a), float(b)) for a, b in scenario.start_points().T]
    if pick["kind"] == "add" and len(points) >= MOST_SINGLE:
        raise ValueError(f"one more start cannot be added to {len(points):,}; the most that can be set one by one are {MOST_SINGLE}")
    return _points(scenario, picked_points(points, pick))


def picked_points(points: Sequence[Point], pick: Mapping[str, Any]) -> tuple[Point, ...]:
    """The points that the user chose.

    Args:
        points: the present ones.
        pick: "at", a point, and "kind": "start" for it in place of all others, "add" for one more, "move" for that with the "index".

    Raises:
        ValueError: the one to move is not there any more.
    """
    x, y = (float(number) for number in pick["at"])
    if pick["kind"] == "start":
        return ((x, y),)
    if pick["kind"] == "add":
        return (*points, (x, y))
    index = int(pick["index"])
    if not 0 <= index < len(points):
        raise ValueError(f"there is no start number {index + 1} to move; there are {len(points)}")
    return (*points[:index], (x, y), *points[index + 1 :])


def without_positions(scenario: Scenario, **changes: Any) -> Scenario:
    """The scenario, with some of its fields changed, without the positions that make sense on its present landscape only: points, and the
    centre of a pattern of starts."""
    kept = {name: value for name, value in scenario.starts.settings if name not in ("x", "y")}
    return scenario.replace(points=(), starts=Choice.of(scenario.starts.name, **kept), **changes)


def read_points(text: str) -> tuple[tuple[float, float], ...]:
    """The points that a text names, "-3, 1; 2, 0.5"; none if it is empty.

    Raises:
        ValueError: a piece of it is no point.
    """
    points = []
    for piece in text.split(";") if text.strip() else ():
        spaced = re.split(r",\s+", piece.strip())  # so that -3,5, 1 is a point, too
        try:
            x, y = (read_number(number) for number in (spaced if len(spaced) == 2 else piece.split(",")))
        except ValueError:
            raise ValueError(f"{piece.strip()!r} is no point; write x, y and separate points by a semicolon: -3, 1; 2, 0.5") from None
        points.append((x, y))
    return tuple(points)


def written_points(points: Iterable[Sequence[float]]) -> str:
    """Points as `read_points` reads them."""
    return "; ".join(f"{written(x)}, {written(y)}" for x, y in points)


def _points(scenario: Scenario, points: tuple[Point, ...]) -> Scenario:
    return scenario.replace(starts=Choice("points"), points=points)
