"""Polls out of what is shown: a lesson's question, and what can be asked of any race."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from figures.networks import network_styles
from figures.theme import race_styles
from parameters import Array, short
from scenario import Comparison, Experiment, Race, Scenario
from scenario.endings import Ending as Learned
from scenario.lesson import Point, Question
from scenario.questions import ASKED, END
from scenario.setup import Setup
from simulation.verdicts import Ending
from votes.plain import plain_text
from votes.poll import Poll, TapMap

NOBODY = "None of them"
MOST_STARTS = 50
"""More starts than this would cover what they lie on."""


def of_lesson(question: Question) -> Poll:
    """The poll of a lesson's question: its choices, and its map where it can be marked there."""
    plain = {choice: plain_text(choice) for choice in question.choices}
    tap_map = _map_of(question, plain)
    return Poll(
        plain_text(question.question),
        tuple(plain.values()),
        (plain[question.right],),
        plain_text(question.because),
        {plain[choice]: plain_text(why) for choice, why in question.why.items()},
        map=tap_map,
        scene=None if tap_map else _scene_of(question.opening),
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


def _scene_of(setup: Setup) -> TapMap | None:
    """Where something is played, and from where, as far as single starts can be told."""
    if not isinstance(setup, Scenario):
        return None
    landscape = setup.build_landscape()
    starts = [_point(start) for start in setup.start_points().T]
    seen = [start for start in starts if TapMap(landscape).holds(start)]
    return TapMap(landscape, tuple(seen) if len(seen) <= MOST_STARTS else ())


def _point(position: Array) -> Point:
    return float(position[0]), float(position[1])


def of_played(played: Race | Comparison, asked: str) -> Poll:
    """One of the questions of `scenario.questions`, with what is right as the race or the training tells.

    Raises:
        ValueError: this cannot be asked of it; the message says why, and what to do.
    """
    known = ASKED[Experiment if isinstance(played, Comparison) else Scenario]
    if asked not in known:
        raise ValueError(f"{asked!r} cannot be asked here; choose one of {', '.join(known)}")
    if asked == END and isinstance(played, Race):
        return _end(played)
    return _first_to_learn(played, known[asked]) if isinstance(played, Comparison) else _first_to_arrive(played, known[asked])


def _first_to_arrive(race: Race, question: str) -> Poll:
    steps = [_arrival(race, index) for index in range(len(race.runs))]
    half = "" if race.runs[0].count == 1 else " Counted is the step at which half of the trajectories have arrived."
    poll = _first(question, race.labels, steps, [style.colour for style in race_styles(race)], "arrived", half)
    return replace(poll, scene=_scene_of(race.scenario))


def _first_to_learn(comparison: Comparison, question: str) -> Poll:
    steps = [float(run.verdict_from) if run.ending == Learned.LEARNED else np.inf for run in comparison.runs]
    return _first(question, comparison.labels, steps, [style.colour for style in network_styles(comparison)], "learned")


def _first(question: str, labels: Sequence[str], steps: Sequence[float], colours: Sequence[str], done: str, more: str = "") -> Poll:
    """Who is the first to have done something.

    Args:
        question: what is asked.
        labels, steps, colours: of all who take part: the step at which each has, infinity if never.
        done: the word for it.
        more: to be said of the answer.
    """
    if len(labels) < 2:
        raise ValueError(f"who has {done} first cannot be asked of one alone; add another optimizer")
    first = min(steps)
    if np.isfinite(first):
        right = tuple(label for label, step in zip(labels, steps, strict=True) if step == first)
        because = f"{_joined(right)} {done} first, at step {first:,.0f}."
    else:
        right, because = (NOBODY,), f"None of them has {done} by the last step."
    return Poll(question, (*labels, NOBODY), right, because + more, colours=(*colours, ""))


def _arrival(race: Race, index: int) -> float:
    """The step at which half of a run's trajectories have arrived; infinity if they never have."""
    arrived = race.verdicts[index].over_time(race.scenario.steps).get(Ending.ARRIVED, np.zeros(1))
    at = np.flatnonzero(arrived >= 0.5)
    return float(at[0]) if at.size else np.inf


def _end(race: Race) -> Poll:
    run, label = race.runs[0], race.labels[0]
    start, end = _point(run.positions[0, :, 0]), _point(run.positions[-1, :, 0])
    marked = "" if run.count == 1 else " from the marked start"
    hint = f"Tap where {label} will be{marked} after {race.scenario.steps:,} steps."
    tap_map = TapMap(race.landscape, (start,), (end,), hint=hint)
    if not tap_map.holds(end):
        raise ValueError(f"where {label} ends is not on the map, and cannot be tapped; ask who arrives first, or choose fewer steps")
    because = f"{label} ends{marked} at ({short(end[0])}, {short(end[1])}).".replace("-", "−")
    return Poll(f"Where does {label} end{marked}?", because=because, map=tap_map)


def _joined(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
