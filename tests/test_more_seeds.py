"""More seeds go on from fewer: what is known is not computed again, and all is as if they were computed at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from lab.executors import run_task
from lab.jobs import Jobs
from lab.judged import Judged
from lab.network_tournament import NetworkTournament
from lab.network_tuning import NetworkTuning
from lab.search import Scores, Tried
from lab.tournament import Standings, Tournament
from lab.tuning import Trials, Tuned, Tuning
from scenario import Choice, Experiment, Scenario

RAVINE = Scenario(optimizers=(Choice("sgd"), Choice("adam")), steps=30)
MOONS = Experiment(Choice.of("moons", n=20, test=10), widths=(3,), optimizers=(Choice("sgd"), Choice("adam")), steps=4, batch=10)
SINE = MOONS.replace(data=Choice.of("sine", n=20, test=10))


def same(one: Any, other: Any) -> bool:
    """Whether two results are the same to the last bit, in whatever they hold."""
    if isinstance(one, np.ndarray):
        return np.array_equal(one, np.asarray(other), equal_nan=True)
    if isinstance(one, Mapping):
        return list(one) == list(other) and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, tuple) and not hasattr(one, "_fields"):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Trials | Tuned | Standings | Judged | Scores | Tried):
        return type(one) is type(other) and all(same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    return bool(one == other)


@pytest.mark.parametrize(
    "task",
    [
        Tuning(RAVINE.replace(noise=0.3), 6, 5, 2, seeds=10),
        Tuning(Scenario(optimizers=(Choice("conjugate_gradient"), Choice("sgd")), noise=0.1), 4, 3, seeds=5, unit="losses", budget=60),
        Tournament((Choice("adam"), Choice("sgd")), ("ravine", "beale"), 20, 5, 3, seeds=10, like=RAVINE.replace(noise=0.2)),
        Tournament((Choice("adam"), Choice("sgd")), ("ravine", "beale"), 20, 5, 3, tuned="once", seeds=5),
        NetworkTuning(MOONS.replace(optimizers=(Choice("adam"),)), count=3, runs=1, seeds=5),
        NetworkTournament(MOONS.optimizers, (MOONS, SINE), count=2, runs=1, seeds=5),
    ],
    ids=lambda task: type(task).__name__,
)
def test_more_seeds_go_on_from_fewer_and_find_what_all_at_once_do(task: Any) -> None:
    """Each trajectory keeps its noise: its number is the same however many seeds are computed with it."""
    jobs, whole = Jobs(), run_task(task)
    first = task.beginnings[0]
    assert (first.seeds, task.seeds) in ((5, 10), (1, 5))
    assert (begun := jobs.ask(first, "A")).ended.wait(60)
    rest = jobs.ask(task, "A")
    assert rest.ended.wait(60)
    assert same(rest.result, whole)
    assert not same(begun.result, whole)
    assert task.rest(begun.result).work < task.work - first.work + 1, "what is known is not computed again"
