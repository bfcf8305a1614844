"""What lessons claim, held against their own scenarios: a check for every claim, and the right answer of every question, worked out."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from parameters import Array
from scenario import Comparison, Experiment, Race, Scenario
from scenario.lesson import Lesson
from simulation import Run, measures
from simulation.attractors import lowest_loss


@lru_cache(maxsize=16)
def _race(scenario: Scenario) -> Race:
    return scenario.race()


@lru_cache(maxsize=16)
def _trained(experiment: Experiment) -> Comparison:
    return experiment.train()


class Races:
    """The races of a lesson's stops, by their place, and the trainings of its experiments, each run when it is asked for first."""

    def __init__(self, lesson: Lesson) -> None:
        self._stops = lesson.stops

    def __getitem__(self, place: int) -> Race:
        scenario = self._stops[place].scenario
        assert isinstance(scenario, Scenario)
        return _race(scenario)

    def trained(self, place: int) -> Comparison:
        """The networks of the experiment at a stop."""
        experiment = self._stops[place].scenario
        assert isinstance(experiment, Experiment)
        return _trained(experiment)

    def run(self, place: int, entrant: int = 0) -> Run:
        """One run of the race at a stop."""
        return self[place].runs[entrant]


CLAIMS: dict[tuple[str, str], Callable[[Races], None]] = {}
"""The check of every claim, by the names of the lesson and of the claim."""
ANSWERS: dict[tuple[str, int], Callable[[Races], str]] = {}
"""What gives the right answer of every question, by the lesson's name and the question's place in it, from 0."""


def claim(lesson: str, name: str) -> Callable[[Callable[[Races], None]], Callable[[Races], None]]:
    """Register the check of a claim."""

    def registered(check: Callable[[Races], None]) -> Callable[[Races], None]:
        assert (lesson, name) not in CLAIMS
        CLAIMS[lesson, name] = check
        return check

    return registered


def answer(lesson: str, place: int) -> Callable[[Callable[[Races], str]], Callable[[Races], str]]:
    """Register what gives the answer to a question."""

    def registered(give: Callable[[Races], str]) -> Callable[[Races], str]:
        assert (lesson, place) not in ANSWERS
        ANSWERS[lesson, place] = give
        return give

    return registered


# ---- what is asked of a run


def above(run: Run) -> Array:
    """The median over the starts of the loss above the lowest, shape (steps + 1,)."""
    values: Array = np.median(np.where(np.isnan(run.losses), np.inf, run.losses), axis=1) - lowest_loss(run.landscape)
    return values


def first_within(run: Run, tolerance: float) -> float:
    """The first step at which that is at most the tolerance; infinite if it never is."""
    inside = above(run) <= tolerance
    return float(inside.argmax()) if inside.any() else np.inf


def lengths(run: Run) -> Array:
    """Of the steps of the first trajectory, shape (steps,)."""
    moved: Array = np.linalg.norm(np.diff(run.positions[:, :, 0], axis=0), axis=1)
    return moved


def changes_of_side(values: Array) -> int:
    """How often the sign changes."""
    return int((np.diff(np.sign(values)) != 0).sum())


def share(run: Run, what: str) -> float:
    """The share of the starts that ended so."""
    return measures.shares(run)[what]


def end(run: Run, trajectory: int = 0) -> Array:
    """Where a trajectory ended, shape (2,)."""
    last: Array = run.positions[-1, :, trajectory]
    return last


# ---- 1 descent


@claim("descent", "downhill")
def falls_at_every_step(races: Races) -> None:
    assert (np.diff(races.run(0).losses[:, 0]) < 0).all()


@claim("descent", "shrink")
def steps_shrink(races: Races) -> None:
    steps = lengths(races.run(0))
    assert steps[:10].sum() > 100 * steps[-10:].sum()


@claim("descent", "nearby")
def neighbours_part(races: Races) -> None:
    left, right = races[1].starts.T
    assert (right - left == [1, 0]).all()
    assert (left == races[0].starts[:, 0]).all()
    ends = measures.final_attractor(races.run(1))
    assert (ends >= 0).all()
    assert ends[0] != ends[1]


@answer("descent", 0)
def where_it_ends(races: Races) -> str:
    ends = measures.final_attractor(races.run(1))
    return "In the same minimum" if ends[0] == ends[1] else "In another minimum"


# ---- 2 rate


@claim("rate", "small")
def small_rate(races: Races) -> None:
    run = races.run(0, 0)
    assert np.hypot(*end(run)) > 0.5 * np.hypot(*run.starts[:, 0])


@claim("rate", "right")
def right_rate(races: Races) -> None:
    losses = races.run(0, 1).losses[:, 0]
    assert losses[-1] < 1e-6 * losses[0]


@claim("rate", "big")
def big_rate(races: Races) -> None:
    across = races.run(0, 2).positions[:, 1, 0]
    assert changes_of_side(across) == len(across) - 1
    assert (np.diff(np.abs(across)) > 0).all()


@claim("rate", "factor")
def factor_across(races: Races) -> None:
    across = races.run(0, 1).positions[:, 1, 0]
    assert np.allclose(across[1:], -0.5 * across[:-1], rtol=1e-9, atol=0)


@claim("rate", "limit")
def just_below_the_limit(races: Races) -> None:
    run = races.run(1)
    across = run.positions[:, 1, 0]
    assert changes_of_side(across) == len(across) - 1
    assert abs(across[-1]) < 0.05 * abs(across[0])


@claim("rate", "best")
def best_rate(races: Races) -> None:
    losses = [float(above(run)[-1]) for run in races[2].runs]
    assert [float(run.optimizer.values["lr"]) for run in races[2].runs] == [0.1, 0.181818, 0.19]
    assert losses[1] < min(losses[0], losses[2])


@answer("rate", 0)
def near_the_limit(races: Races) -> str:
    across = races.run(1).positions[:, 1, 0]
    if changes_of_side(across) < len(across) // 2:
        return "Goes straight down the middle"
    return "Jumps across, slowly settling" if abs(across[-1]) < abs(across[0]) else "Diverges"


# ---- 3 ravine


@claim("ravine", "jitter")
def jitter(races: Races) -> None:
    assert changes_of_side(races.run(0).positions[:21, 1, 0]) == 20


def steps_along(run: Run) -> int:
    """The first step at which nine tenths of the way along the floor are done."""
    along = np.abs(run.positions[:, 0, 0])
    return int((along <= 0.1 * along[0]).argmax())


@claim("ravine", "crawl")
def crawl(races: Races) -> None:
    assert steps_along(races.run(0)) == 60


@claim("ravine", "lower")
def lower_rate(races: Races) -> None:
    run = races.run(1)
    assert changes_of_side(run.positions[:, 1, 0]) == 0
    longer = races[1].scenario.replace(steps=200).race().runs[0]
    assert 1.9 < steps_along(longer) / steps_along(races.run(0)) < 2.2


@claim("ravine", "round")
def round_bowl(races: Races) -> None:
    assert races.run(2).losses[0, 0] > 1
    assert races.run(2).losses[1, 0] == 0


@claim("ravine", "turned")
def turned(races: Races) -> None:
    assert np.allclose(races.run(3).losses, races.run(0).losses, rtol=1e-3, atol=1e-6)


@claim("ravine", "momentum")
def momentum_first(races: Races) -> None:
    assert first_within(races.run(4, 1), 0.01) < first_within(races.run(4, 0), 0.01)


@claim("ravine", "above")
def momentum_swings_up_the_walls(races: Races) -> None:
    sgd, momentum = (above(run)[1:31] for run in races[4].runs)
    assert (momentum > sgd).sum() == 15


@answer("ravine", 0)
def first_in_the_ravine(races: Races) -> str:
    return first(races[4], 0.01)


def first(race: Race, tolerance: float) -> str:
    """The label of the run that is first within a tolerance of the lowest loss."""
    arrived = [first_within(run, tolerance) for run in race.runs]
    assert min(arrived) < np.inf
    assert sorted(arrived)[0] < sorted(arrived)[1], "a question has one answer"
    return race.labels[int(np.argmin(arrived))]
