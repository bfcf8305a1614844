"""All trials of a fair race and of a tournament: a row for each optimizer, seed and trial, wherever it was tuned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from exports.lab_tables.offered import Offered, settings_of
from exports.table import Table
from lab.places import Terms
from lab.search import Tried
from lab.seeded import seeds_from
from lab.standings import Standings
from lab.tuned import Tuned

_Keys = tuple[Mapping[str, Any], Tried]
"""Whose trials they are, by the names of columns, and they."""


def trials_of_race(tuned: Tuned) -> Offered:
    """Those of a fair race."""
    task, seeds = tuned.task, seeds_from(tuned.task.seed, tuned.task.seeds)
    tried: list[_Keys] = [
        ({"optimizer": label, "seed": seed}, each)
        for label, group in zip(task.labels(), tuned.tried, strict=True)
        for seed, each in zip(seeds, group, strict=True)
    ]
    return _offered(f"the trials of a fair race on {task.setup.title}", tried, task, {})


def trials_of_tournament(standings: Standings) -> Offered:
    """Those of a tournament: where settings are tuned once for all places, each trial has a row for every place."""
    task, seeds = standings.task, seeds_from(standings.task.seed, standings.task.seeds)
    where = task.noun.replace(" ", "_")
    tried: list[_Keys] = [
        ({where: name, "optimizer": label, "seed": seed}, each)
        for column, name in enumerate(task.names)
        for label, row in zip(standings.labels, standings.tried, strict=True)
        for seed, each in zip(seeds, row[column], strict=True)
    ]
    return _offered("the trials of a tournament", tried, task, {where: "by its name in the catalogue"})


def _offered(what: str, tried: Sequence[_Keys], task: Any, places: Mapping[str, str]) -> Offered:
    return Offered(sum(each.scores.share.size for _, each in tried), lambda: _table(what, tried, task, places))


def _table(what: str, tried: Sequence[_Keys], task: Any, places: Mapping[str, str]) -> Table:
    terms: Terms = task.terms
    names = list(dict.fromkeys(name for _, each in tried for name in each.settings))
    sizes = [each.scores.share.size for _, each in tried]

    def everyone(values: Callable[[Tried], Any]) -> Any:
        return np.concatenate([values(each) for _, each in tried])

    def setting(each: Tried, name: str) -> list[float | None]:
        found = each.settings.get(name)
        return [None] * each.scores.share.size if found is None else found.tolist()

    keys = {name: np.repeat([own[name] for own, _ in tried], sizes) for name in tried[0][0]}
    return Table(
        f"{what}, a row for each {', '.join([*places, 'optimizer'])}, seed and trial",
        {
            **places,
            "optimizer": "who was tuned",
            "seed": "chooses what is tried, and on what",
            "trial": "its number; the first ones are spread over the search space, the rest near the best of them",
            **dict.fromkeys(names, "what was tried; empty where it has no such number, or it was not searched"),
            "solved": f"share of the {terms.starts} to tune that {terms.arrives} and stayed, by the {terms.tuned}",
            "steps": "median steps of those; of networks it is looked at the last step only",
            "final_loss": f"median of the {', '.join(filter(None, (f'{terms.tuned} at the last step', terms.tuned_in, terms.least)))}; inf "
            "where most diverged",
            "chosen": "whether it is the one that was judged",
        },
        settings_of(task),
        {
            **keys,
            "trial": everyone(lambda each: np.arange(each.scores.share.size)),
            **{name: [value for _, each in tried for value in setting(each, name)] for name in names},
            "solved": everyone(lambda each: each.scores.share),
            "steps": everyone(lambda each: each.scores.steps),
            "final_loss": everyone(lambda each: each.scores.loss),
            "chosen": everyone(lambda each: np.arange(each.scores.share.size) == each.best),
        },
    )
