"""The places of a tournament: a row for each optimizer, wherever it raced."""

from __future__ import annotations

import json
from typing import Any

from exports.lab_tables.offered import Offered, settings_of
from exports.table import Table
from lab.costs import evaluations
from lab.places import Terms
from lab.standings import Standings


def places_of(standings: Standings) -> Offered:
    """What its page tells of each optimizer in each place."""
    return Offered(len(standings.labels) * len(standings.task.names), lambda: _table(standings))


def _table(standings: Standings) -> Table:
    task = standings.task
    where = task.noun.replace(" ", "_")
    rows = [
        {where: name, "optimizer": label} | _row(standings, entrant, column)
        for column, name in enumerate(task.names)
        for entrant, label in enumerate(standings.labels)
    ]
    return Table(
        f"the places of a tournament, a row for each {task.noun} and optimizer",
        {where: "by its name in the catalogue", "optimizer": "who ran", **_meanings(task.terms)},
        settings_of(task),
        {name: [row[name] for row in rows] for name in rows[0]},
    )


def _meanings(terms: Terms) -> dict[str, str]:
    return {
        "place": f"from 1, shared by those who cannot be told apart; 0 where nobody is {terms.solved}",
        "rank": "by all seeds together, from 1; ties share their mean",
        "solved": f"the share of {terms.starts} that {terms.arrives} and stayed, 0 to 1",
        "solved_low": "with 95% confidence it is at least this",
        "solved_high": "and at most this",
        "passed_by": f"the share of {terms.starts} that {terms.arrives} and did not stay",
        "steps": "their median; inf where none arrived and stayed",
        "final_loss": f"the median of the last {', '.join(filter(None, (terms.judged, terms.least)))}; inf where most diverged",
        "gradients": "asked for by a step, in the mean over all runs that judge",
        "hessians": "likewise",
        "losses": "likewise",
        "state": "numbers kept for each coordinate",
        "operations": "of a step, for one trajectory, in the same mean; empty where they are not counted",
        "operations_of_a_trial": "of each trial of a step length among them",
        "settings": "of the optimizer, as tuned with the first seed; JSON",
    }


def _row(standings: Standings, entrant: int, column: int) -> dict[str, Any]:
    task, judged = standings.task, standings.judged[column]
    choice, *_ = standings.chosen[entrant][column]
    scores, (low, high) = judged.scores, judged.share_intervals[entrant]
    optimizer, cost = task.optimizer(choice), task.step_cost(task.names[column], choice)
    declared, (gradients, hessians, losses) = evaluations(optimizer), judged.asked(entrant, optimizer)
    more = judged.further_trials(entrant)
    operations = (None, None) if isinstance(cost, str) else (cost.total + more * cost.of_a_trial, cost.of_a_trial)
    return {
        "place": int(judged.places[entrant]),
        "rank": float(judged.ranks[entrant]),
        "solved": float(scores.share[entrant]),
        "solved_low": float(low),
        "solved_high": float(high),
        "passed_by": float(judged.passed[entrant]),
        "steps": float(scores.steps[entrant]),
        "final_loss": float(scores.loss[entrant]),
        "gradients": float(gradients),
        "hessians": float(hessians),
        "losses": float(losses),
        "state": declared.state,
        "operations": operations[0],
        "operations_of_a_trial": operations[1],
        "settings": json.dumps(dict(choice.settings)),
    }
