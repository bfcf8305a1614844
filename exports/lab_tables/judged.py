"""The held-out starts of a fair race and of a tournament."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from exports.data import units_of
from exports.lab_tables.offered import Offered, Tables, check_row, settings_of, tables_of
from exports.lab_tables.placed import places_of
from exports.lab_tables.trials import trials_of_race, trials_of_tournament
from exports.table import Table
from lab.costs import Budget
from lab.judged import Judged
from lab.places import SEARCH_TRIALS, TAKEN, Terms
from lab.seeded import seeds_from
from lab.standings import Standings
from lab.tournament import Tournament
from lab.tuned import Tuned
from landscapes import Landscape
from parameters import Array
from scenario import CUSTOM, Choice, Scenario
from simulation import Run, run
from simulation.attractors import lowest_loss
from simulation.measures import STAYED, cut, default_tolerance

_MEANINGS = {
    "y": "of it",
    "run": "chooses, with the seed, first weights, batches, dropout and noise: the number of the network in networks.train",
    "accuracy": "the share of the examples to test on that is right at the last step; empty in a regression, and where it diverged",
    "training_loss": "the last loss on the examples to learn from; inf where it diverged",
    TAKEN: "how many steps its budget paid for",
    SEARCH_TRIALS: "how many step lengths it had tried by the step at which it was solved, or by its end; 0 for who does not search",
    "noise_seed": "what the noise of the run is drawn by: `seed` of `descent.run`",
    "noise_number": "and the number of its trajectory: `numbers` of `descent.run`",
}
"""Of columns that some tables have."""


def _meanings(terms: Terms, columns: Mapping[str, Any], grounds: Mapping[str, Landscape]) -> dict[str, str]:
    """What the columns of what was judged mean, and on landscapes, by name, the rule from which "steps" and "reached" follow."""
    looked = f" ({terms.looked})" if terms.looked else ""
    within = f"; that is a loss within {_named({name: default_tolerance(each) for name, each in grounds.items()})} of the lowest, which is "
    within += _named({name: lowest_loss(each) for name, each in grounds.items()})
    known = {
        "seed": f"chooses trials, data of networks, {terms.starts} to tune and {terms.starts} that judge",
        "start": f"its number among those {terms.starts} of the seed that judge",
        "steps": f"the first step from which on it stayed where it {terms.arrives}{looked}; inf where it did not arrive, or not "
        f"stay: not {terms.solved}{f'; {STAYED}' if grounds else ''}",
        "reached": f"the first step at which it {terms.arrives}{looked}; inf where it never did{within if grounds else ''}",
        "final_loss": f"the last {', '.join(filter(None, (terms.judged, terms.least)))}; inf where it diverged",
        "settings": "of the optimizer, as tuned with this seed; JSON",
        "x": f"of the held-out start, in {units_of(next(iter(grounds.values())))}" if grounds else "",
        **_MEANINGS,
    }
    return {name: known[name] for name in columns}


def _named(numbers: Mapping[str, float]) -> str:
    """A number with all its digits, or several, each with the name of its landscape."""
    if len(numbers) == 1:
        return repr(float(next(iter(numbers.values()))))
    return ", ".join(f"{float(number)!r} ({name})" for name, number in numbers.items())


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
        **{name: [None if np.isnan(value) else value for value in values.ravel().tolist()] for name, values in judged.also.items()},
        "settings": settings,
    }


@tables_of.register
def _(tuned: Tuned) -> Tables:
    return {
        f"Held-out {tuned.task.terms.starts}": Offered(tuned.judged.steps.size, lambda: _held_out(tuned)),
        "Trials": trials_of_race(tuned),
    }


def _held_out(tuned: Tuned) -> Table:
    task, seeds = tuned.task, seeds_from(tuned.task.seed, tuned.task.seeds)
    labels = np.repeat(task.labels(), tuned.judged.steps[0].size)
    columns = _judged(tuned.judged, seeds, task.told_starts(), tuned.chosen)
    grounds = {task.setup.title: task.setup.build_landscape()} if isinstance(task.setup, Scenario) else {}
    return Table(
        f"a fair race on {task.setup.title}, a row for each optimizer, seed and {task.terms.starts[:-1]} that judges",
        {"optimizer": "who ran", **_meanings(task.terms, columns, grounds)},
        settings_of(task),
        {"optimizer": labels, **columns},
    )


@tables_of.register
def _(standings: Standings) -> Tables:
    rows = sum(each.steps.size for each in standings.judged)
    return {
        f"Held-out {standings.task.terms.starts}": Offered(rows, lambda: _tournament(standings)),
        "Trials": trials_of_tournament(standings),
        "Places": places_of(standings),
    }


def _tournament(standings: Standings) -> Table:
    task, seeds = standings.task, seeds_from(standings.task.seed, standings.task.seeds)
    grounds = {name: task.scenario(name, held_out=True).build_landscape() for name in task.names} if isinstance(task, Tournament) else {}
    parts = []
    for column, (name, judged) in enumerate(zip(task.names, standings.judged, strict=True)):
        size = judged.steps[0].size
        told = {task.noun.replace(" ", "_"): np.repeat(name, judged.steps.size), "optimizer": np.repeat(standings.labels, size)}
        parts.append(told | _judged(judged, seeds, task.told_starts(name), [row[column] for row in standings.chosen]))
    return Table(
        f"a tournament, a row for each {task.noun}, optimizer, seed and {task.terms.starts[:-1]} that judges",
        {
            task.noun.replace(" ", "_"): "by its name in the catalogue",
            "optimizer": "who ran",
            **_meanings(task.terms, {name: values for name, values in parts[0].items() if name not in told}, grounds),
        },
        settings_of(task),
        {name: np.concatenate([part[name] for part in parts]) for name in parts[0]},
    )


def place_of(settings: Mapping[str, Any], columns: Mapping[str, Sequence[Any]], row: int) -> Scenario:
    """The scenario with the landscape on which a row of held-out starts was run. Arguments and errors as for `run_of`."""
    scenario = settings.get("scenario", settings.get("like"))
    if scenario is None or "noise_number" not in columns:
        raise ValueError("only rows of fair races and tournaments on landscapes can be run again by themselves")
    row, like = check_row(row, len(columns["noise_number"])), Scenario.from_full(scenario)
    if "landscape" in columns and (name := columns["landscape"][row]) != CUSTOM:
        like = like.replace(landscape=Choice(name), formula="", window=None)
    return like


def run_of(settings: Mapping[str, Any], columns: Mapping[str, Sequence[Any]], row: int) -> Run:
    """The run that a row of held-out starts tells of, anew: the same numbers to the last bit, noise included.

    Args:
        settings, columns: of the table, as `exports.table.read_table` gives them.
        row: which of its rows, from 0.

    Raises:
        ValueError: it is of another table, of networks say, or there is no such row.
    """
    like = place_of(settings, columns, row)
    methods = settings.get("entrants") or settings["scenario"]["optimizers"]
    method = methods[list(dict.fromkeys(columns["optimizer"])).index(columns["optimizer"][row])]["name"]
    chosen = Choice.of(method, **json.loads(columns["settings"][row]))
    like = like.replace(optimizers=(chosen,), steps=settings.get("steps", like.steps), points=((columns["x"][row], columns["y"][row]),))
    (optimizer,), landscape, schedule = like.build_optimizers(), like.build_landscape(), like.build_schedule()
    steps = Budget.of(landscape, like.steps, settings["unit"], settings["budget"]).steps_of(landscape, Choice(method))
    noise = like.noise, columns["noise_seed"][row]
    whole = run(landscape, optimizer, like.start_points(), steps, schedule, *noise, numbers=[columns["noise_number"][row]], trials=True)
    return cut(whole, columns[TAKEN][row])


def judged_of(columns: Mapping[str, Sequence[Any]], objective: str) -> tuple[list[str], Judged]:
    """What a table of held-out starts on one landscape says: the optimizers in its order, and how they did.

    Args:
        columns: "optimizer", "seed", "start", "steps", "reached" and "final_loss", in the order in which the table has its rows.
        objective: of the task, which is among the settings in the table; all but "steps" compare by the final loss.
    """
    labels, seeds = list(dict.fromkeys(columns["optimizer"])), len(set(columns["seed"]))
    steps, reached, final = (
        np.asarray(columns[name], dtype=float).reshape(len(labels), seeds, -1) for name in ("steps", "reached", "final_loss")
    )
    return labels, Judged(final, steps, reached, "steps" if objective == "steps" else "final loss")
