"""The raw results of the lab as tables: a row for each start, seed, trial or cell, from which all that its pages tell can be recomputed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import singledispatch
from typing import Any, NamedTuple

import numpy as np

from exports.table import Table
from lab.basins import BasinMaps, cell_centres
from lab.judged import Judged
from lab.sweeps import SweepMap
from lab.tournament import Standings
from lab.tuning import Trials, Tuned, seeds_from
from parameters import Array
from scenario import Choice, Scenario
from scenario.setup import Setup
from simulation.attractors import attractors
from simulation.measures import Outcome


class Offered(NamedTuple):
    """A table that can be made: how many rows it has, and what makes it."""

    rows: int
    make: Callable[[], Table]


Tables = Mapping[str, Offered]


@singledispatch
def tables_of(result: Any) -> Tables:
    """The tables of a result of the lab, by what they are called; each is made when it is asked for.

    Raises:
        TypeError: nothing is known of such a result.
    """
    known = ", ".join(kind.__name__ for kind in tables_of.registry if kind is not object)
    raise TypeError(f"there are no tables of {type(result).__name__}; there are of {known}")


def settings_of(task: Any) -> dict[str, Any]:
    """All that a task of the lab depends on, as plain data for JSON, what is at its default, too."""
    own = {"entrants": Scenario(optimizers=task.entrants).in_full()["optimizers"]} if hasattr(task, "entrants") else {}
    return {"task": type(task).__name__, **{entry.name: _plain(getattr(task, entry.name)) for entry in fields(task)}, **own}


def _plain(value: Any) -> Any:
    if isinstance(value, Setup):
        return value.in_full()
    if isinstance(value, Choice):
        return {"name": value.name, "settings": dict(value.settings)}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        return {entry.name: _plain(getattr(value, entry.name)) for entry in fields(value)}
    return value


# ---- basins and sweeps


@tables_of.register
def _(maps: BasinMaps) -> Tables:
    return {"Starts": Offered(maps.attractor.size, lambda: _starts(maps))}


def _starts(maps: BasinMaps) -> Table:
    landscape, size = maps.scenario.build_landscape(), maps.size
    rows, columns = np.divmod(np.arange(size * size), size)
    x, y = cell_centres(landscape.window, size, rows, columns)
    count = len(maps.attractor)
    attractor, arrival = maps.attractor.reshape(count, -1), maps.arrival.reshape(count, -1)
    rest = np.array([(point.x, point.y) for point in attractors(landscape)] + [(np.nan, np.nan)])
    words = np.array([Outcome(number).label for number in range(len(Outcome))])
    return Table(
        f"basins of attraction on {landscape.name}, a row for each optimizer and start",
        {
            "optimizer": "who ran",
            "x": "of the start, in the formula's unit",
            "y": "of the start",
            "outcome": "how the run ended",
            "rest_x": "where it came to rest, if it did at a known point",
            "rest_y": "likewise",
            "steps": "from which step on it stayed there, looked at every 15%; empty where it did not",
        },
        {"scenario": maps.scenario.in_full(), "starts along each side": size},
        {
            "optimizer": np.repeat(maps.scenario.labels(), size * size),
            "x": np.tile(x, count),
            "y": np.tile(y, count),
            "outcome": words[maps.outcome.ravel()],
            "rest_x": rest[attractor.ravel(), 0],
            "rest_y": rest[attractor.ravel(), 1],
            "steps": [int(step) if step >= 0 else None for step in arrival.ravel()],
        },
    )


@tables_of.register
def _(result: SweepMap) -> Tables:
    return {"Cells": Offered(result.final.size, lambda: _cells(result))}


def _cells(result: SweepMap) -> Table:
    sweep, (rows, columns) = result.sweep, result.final.shape
    measures = {
        "final_loss": (result.final, "median over starts and seeds of the last loss above the lowest; inf where most diverged"),
        "steps": (result.steps, "median number of steps until the loss is within the tolerance; inf where half of them are never"),
        "converged": (result.converged, "share of trajectories that end within the tolerance, 0 to 1"),
        "climbed": (result.climbed, "share that end higher than they started, or diverge"),
        "diverged": (result.diverged, "share that left float range"),
    }
    axes = {axis.key: values for axis, values in ((sweep.x, np.tile(sweep.x.values, rows)), (sweep.y, np.repeat(sweep.y.values, columns)))}
    return Table(
        f"a sweep on {sweep.scenario.title}, a row for each cell",
        {**{axis.key: axis.title for axis in (sweep.x, sweep.y)}, **{name: meaning for name, (_, meaning) in measures.items()}},
        settings_of(sweep),
        {**axes, **{name: values.ravel() for name, (values, _) in measures.items()}},
    )


# ---- a fair race and a tournament

_JUDGED = {
    "seed": "chooses trials, tuning starts and held-out starts",
    "start": "its number among the held-out starts of the seed",
    "x": "of the held-out start, in the formula's unit",
    "y": "of it",
    "steps": "the first step from which on it stayed within the tolerance; inf where it did not arrive, or not stay: not solved",
    "reached": "the first step at which it was within the tolerance; inf where it never was",
    "final_loss": "the last loss above the lowest; inf where it diverged",
    "settings": "of the optimizer, as tuned with this seed; JSON",
}


def _judged(judged: Judged, seeds: Sequence[int], starts: Sequence[Array], chosen: Sequence[Sequence[Choice]]) -> dict[str, Any]:
    """The columns of what was judged on one landscape: a row for each optimizer, seed and start, in this order."""
    count, _, each = judged.steps.shape
    points = np.concatenate(starts, axis=1)
    settings = [json.dumps(dict(choice.settings)) for entrant in chosen for choice in entrant for _ in range(each)]
    return {
        "seed": np.tile(np.repeat(seeds, each), count),
        "start": np.tile(np.arange(each), count * len(seeds)),
        "x": np.tile(points[0], count),
        "y": np.tile(points[1], count),
        "steps": judged.steps.ravel(),
        "reached": judged.reached.ravel(),
        "final_loss": judged.final.ravel(),
        "settings": settings,
    }


@tables_of.register
def _(tuned: Tuned) -> Tables:
    tried = sum(trials.scores.share.size for trials in tuned.trials)
    return {
        "Held-out starts": Offered(tuned.judged.steps.size, lambda: _held_out(tuned)),
        "Trials": Offered(tried, lambda: _trials(tuned)),
    }


def _held_out(tuned: Tuned) -> Table:
    task, seeds = tuned.task, seeds_from(tuned.task.seed, tuned.task.seeds)
    starts = [task.scenario_of(seed, held_out=True).start_points() for seed in seeds]
    labels = np.repeat(task.scenario.labels(), tuned.judged.steps[0].size)
    return Table(
        f"a fair race on {task.scenario.title}, a row for each optimizer, seed and held-out start",
        {"optimizer": "who ran", **_JUDGED},
        settings_of(task),
        {"optimizer": labels, **_judged(tuned.judged, seeds, starts, tuned.chosen)},
    )


def _trials(tuned: Tuned) -> Table:
    task, names = tuned.task, list(dict.fromkeys(name for trials in tuned.trials for name in trials.settings))
    sizes = [trials.scores.share.size for trials in tuned.trials]

    def everyone(values: Callable[[Trials], Any]) -> Any:
        return np.concatenate([values(trials) for trials in tuned.trials])

    def setting(trials: Trials, name: str) -> list[float | None]:
        found = trials.settings.get(name)
        return [None] * trials.scores.share.size if found is None else found.tolist()

    return Table(
        f"the trials of a fair race's first seed on {task.scenario.title}, a row for each optimizer and trial",
        {
            "optimizer": "who was tuned",
            "trial": "its number; the first ones are spread over the search space, the rest near the best of them",
            **dict.fromkeys(names, "what was tried; empty where it has no such number, or it was not searched"),
            "solved": "share of the tuning starts that came within the tolerance and stayed",
            "steps": "median steps of those",
            "final_loss": "median of the last losses above the lowest",
            "chosen": "whether it is the one that was judged",
        },
        settings_of(task),
        {
            "optimizer": np.repeat(task.scenario.labels(), sizes),
            "trial": everyone(lambda trials: np.arange(trials.scores.share.size)),
            **{name: [value for trials in tuned.trials for value in setting(trials, name)] for name in names},
            "solved": everyone(lambda trials: trials.scores.share),
            "steps": everyone(lambda trials: trials.scores.steps),
            "final_loss": everyone(lambda trials: trials.scores.loss),
            "chosen": everyone(lambda trials: np.arange(trials.scores.share.size) == trials.best),
        },
    )


@tables_of.register
def _(standings: Standings) -> Tables:
    return {"Held-out starts": Offered(sum(each.steps.size for each in standings.judged), lambda: _tournament(standings))}


def _tournament(standings: Standings) -> Table:
    task, seeds = standings.task, seeds_from(standings.task.seed, standings.task.seeds)
    parts = []
    for column, (name, judged) in enumerate(zip(task.landscapes, standings.judged, strict=True)):
        starts = [task.scenario(name, True, seed).start_points() for seed in seeds]
        size = judged.steps[0].size
        told = {"landscape": np.repeat(name, judged.steps.size), "optimizer": np.repeat(standings.labels, size)}
        parts.append(told | _judged(judged, seeds, starts, [row[column] for row in standings.chosen]))
    return Table(
        "a tournament, a row for each landscape, optimizer, seed and held-out start",
        {"landscape": "by its name in the catalogue", "optimizer": "who ran", **_JUDGED},
        settings_of(task),
        {name: np.concatenate([part[name] for part in parts]) for name in parts[0]},
    )


def judged_of(columns: Mapping[str, Sequence[Any]], objective: str) -> tuple[list[str], Judged]:
    """What a table of held-out starts on one landscape says: the optimizers in its order, and how they did.

    Args:
        columns: "optimizer", "seed", "start", "steps", "reached" and "final_loss", in the order in which the table has its rows.
        objective: of the task, which is among the settings in the table.
    """
    labels, seeds = list(dict.fromkeys(columns["optimizer"])), len(set(columns["seed"]))
    steps, reached, final = (
        np.asarray(columns[name], dtype=float).reshape(len(labels), seeds, -1) for name in ("steps", "reached", "final_loss")
    )
    return labels, Judged(final, steps, reached, objective)
