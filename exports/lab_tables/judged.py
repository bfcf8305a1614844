"""The held-out starts and the trials of a fair race and of a tournament."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from exports.lab_tables.offered import Offered, Tables, settings_of, tables_of
from exports.table import Table
from lab.judged import Judged
from lab.tournament import Standings
from lab.tuning import Trials, Tuned, seeds_from
from parameters import Array
from scenario import Choice

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


def _judged(judged: Judged, seeds: Sequence[int], starts: Mapping[str, Array], chosen: Sequence[Sequence[Choice]]) -> dict[str, Any]:
    """The columns of what was judged on one landscape: a row for each optimizer, seed and start, in this order."""
    count, _, each = judged.steps.shape
    settings = [json.dumps(dict(choice.settings)) for entrant in chosen for choice in entrant for _ in range(each)]
    return {
        "seed": np.tile(np.repeat(seeds, each), count),
        "start": np.tile(np.arange(each), count * len(seeds)),
        **{name: np.tile(values, count) for name, values in starts.items()},
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
    labels = np.repeat(task.labels(), tuned.judged.steps[0].size)
    return Table(
        f"a fair race on {task.setup.title}, a row for each optimizer, seed and held-out start",
        {"optimizer": "who ran", **_JUDGED},
        settings_of(task),
        {"optimizer": labels, **_judged(tuned.judged, seeds, task.told_starts(), tuned.chosen)},
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
        f"the trials of a fair race's first seed on {task.setup.title}, a row for each optimizer and trial",
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
            "optimizer": np.repeat(task.labels(), sizes),
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
    for column, (name, judged) in enumerate(zip(task.names, standings.judged, strict=True)):
        size = judged.steps[0].size
        told = {"landscape": np.repeat(name, judged.steps.size), "optimizer": np.repeat(standings.labels, size)}
        parts.append(told | _judged(judged, seeds, task.told_starts(name), [row[column] for row in standings.chosen]))
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
