"""Polls out of what is shown: a lesson's question, and what can be asked of any race."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from figures.theme import race_styles
from parameters import Array, short
from scenario import Race, Scenario
from scenario.lesson import Point, Question
from simulation.verdicts import Ending
from votes.plain import plain_text
from votes.poll import Poll, TapMap

FIRST, END = "first", "end"
"""What can be asked of a race: who arrives first, and where it ends."""
ASKED = {FIRST: "Who arrives first?", END: "Where does it end?"}
"""How that is asked."""
NOBODY = "None of them"


def of_lesson(question: Question) -> Poll:
    """The poll of a lesson's question: its choices, and its map where it can be marked there."""
    plain = {choice: plain_text(choice) for choice in question.choices}
    return Poll(
        plain_text(question.question),
        tuple(plain.values()),
        (plain[question.right],),
        plain_text(question.because),
        {plain[choice]: plain_text(why) for choice, why in question.why.items()},
        map=_map_of(question, plain),
    )


def _map_of(question: Question, plain: Mapping[str, str]) -> TapMap | None:
    """The map of a lesson's question that can be marked there, with where the followed run does end."""
    if not question.places or not isinstance(question.scenario, Scenario) or not isinstance(question.opening, Scenario):
        return None
    optimizer, start = question.follow
    path = question.scenario.race().runs[optimizer - 1].positions[:, :, start - 1]
    landscape = question.opening.build_landscape()
    ends = [end for end in (_point(path[-1]),) if TapMap(landscape).holds(end)]
    places = {plain[choice]: points for choice, points in question.places.items()}
    return TapMap(landscape, (_point(path[0]),), tuple(ends), places, f"Tap where {question.followed} will end{question.then}.")


def _point(position: Array) -> Point:
    return float(position[0]), float(position[1])


def of_race(race: Race, asked: str) -> Poll:
    """What is asked of a race by its name among `ASKED`, with what is right as the race tells.

    Raises:
        ValueError: this cannot be asked of it; the message says why, and what to do.
    """
    return _first(race) if asked == FIRST else _end(race)


def _first(race: Race) -> Poll:
    if len(race.runs) < 2:
        raise ValueError("who arrives first cannot be asked of a single optimizer; add another one")
    steps = [_arrival(race, index) for index in range(len(race.runs))]
    first = min(steps)
    right = tuple(label for label, step in zip(race.labels, steps, strict=True) if step == first) if np.isfinite(first) else (NOBODY,)
    half = "" if race.runs[0].count == 1 else " Counted is the step at which half of the trajectories have arrived."
    because = (
        f"{_joined(right)} arrived first, at step {first:,.0f}." if np.isfinite(first) else "None of them has arrived by the last step."
    )
    colours = (*(style.colour for style in race_styles(race)), "")
    return Poll(ASKED[FIRST], (*race.labels, NOBODY), right, because + half, colours=colours)


def _arrival(race: Race, index: int) -> float:
    """The step at which half of a run's trajectories have arrived; infinity if they never have."""
    arrived = race.verdicts[index].over_time(race.scenario.steps).get(Ending.ARRIVED, np.zeros(1))
    at = np.flatnonzero(arrived >= 0.5)
    return float(at[0]) if at.size else np.inf


def _end(race: Race) -> Poll:
    run, label = race.runs[0], race.labels[0]
    start, end = _point(run.positions[0, :, 0]), _point(run.positions[-1, :, 0])
    tap_map = TapMap(race.landscape, (start,), (end,), hint=f"Tap where {label} will be after {race.scenario.steps:,} steps.")
    if not tap_map.holds(end):
        raise ValueError(f"where {label} ends is not on the map, and cannot be tapped; ask who arrives first, or choose fewer steps")
    because = f"{label} ends at ({short(end[0])}, {short(end[1])}).".replace("-", "−")
    return Poll(f"Where does {label} end?", because=because, map=tap_map)


def _joined(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
