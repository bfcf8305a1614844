"""What a click on a map, a click with shift, or a dragged start make of a scenario."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from formulas import read_number
from scenario import PATTERNS, Choice, Experiment, Scenario, address
from scenario.later import later_address, later_index, refuse_other_ground
from scenario.setup import Setup
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
            the start with the "index"; or "set" with "values", numbers by their addresses. It means them in the setup that it was made
            "of", a query: what it means may stand elsewhere in the present one. Without it, it means the present one.

    Raises:
        KeyError, TypeError, ValueError: there are too many starts for one more, the one to move or the number to set is not there any more,
            or it is outside its range.
    """
    if made := pick.get("of"):
        pick = _meant_now(setup, pick, _made_of(setup, made))
    if pick["kind"] == "set":
        return address.with_values(setup, pick["values"])
    if isinstance(setup, Experiment):
        return setup.replace(points=picked_points(setup.points, pick))
    return _picked_starts(setup, pick)


def followed(scenario: Scenario, pick: Mapping[str, Any]) -> tuple[int, int]:
    """The run and the trajectory, counted from 0, whose steps the user wants to see.

    Raises:
        ValueError: the optimizer is not there any more.
    """
    run, trajectory = int(pick["run"]), int(pick["trajectory"])
    if made := pick.get("of"):
        then = _made_of(scenario, made)
        place = later_index(then.optimizers, scenario.optimizers, run, lambda choice: choice.name)
        if place is None:
            raise ValueError("the optimizer whose steps were asked for is not in this race any more; choose another one")
        run = place
    return run, trajectory


def _made_of(setup: S, query: str) -> S:
    try:
        return type(setup).from_query(query)
    except ValueError:  # it is no such setup
        raise ValueError(f"{setup.title} is shown by now, and what was chosen belongs to what was shown before; choose it anew") from None


def _meant_now(setup: S, pick: Mapping[str, Any], then: S) -> Mapping[str, Any]:
    """What a pick means in the present setup that was made of another one."""
    if then == setup:
        return pick
    if pick["kind"] == "set":
        return {**pick, "values": {later_address(then, setup, at): value for at, value in pick["values"].items()}}
    refuse_other_ground(then, setup)
    if pick["kind"] != "move":
        return pick
    index = later_index(_points_of(then), _points_of(setup), int(pick["index"]))
    if index is None:
        raise ValueError("the start that was moved is not there any more; move another one")
    return {**pick, "index": index}


def _points_of(setup: Setup) -> Sequence[Point]:
    """The points that stand for themselves."""
    if isinstance(setup, Experiment):
        return setup.points
    if not isinstance(setup, Scenario) or setup.starts.name != "points":
        return ()
    return [(float(x), float(y)) for x, y in setup.start_points().T]


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
