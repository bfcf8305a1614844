"""The tables of a fair race: what was found, and with which settings."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

import optimizers
from figures.theme import styles
from formulas.latex import with_sign
from lab import statistics
from lab.costs import evaluations, examples_of_a_step
from lab.judged import counted
from lab.places import FLOOR, told_loss
from lab.tuned import Trials, Tuned
from lab.tuning import Tuning
from parameters import short
from player.network_fair_table import network_cells, network_heads
from player.scoreboard import chip
from scenario import Experiment


def fair_table(tuned: Tuned) -> str:
    """What was found as HTML, best on what is held out first."""
    task = tuned.task
    of_networks = isinstance(task.setup, Experiment)
    looks, labels = styles([choice.name for choice in task.setup.optimizers]), task.labels()
    heads = network_heads(tuned) if of_networks else _heads(tuned)
    body = "".join(
        f'<tr><td class="place">{int(tuned.judged.places[entrant]) or "–"}</td><th scope="row">{chip(looks[entrant], labels[entrant])}</th>'
        f"{_found(tuned, entrant, [name for name, _ in heads])}</tr>"
        f'<tr class="found"><td></td><td colspan="{len(heads) + 1}" title="What was searched, with that seed; each other seed has found '
        f'settings of its own, and the figures above are of all seeds. All else is as the {task.setup.noun} has it">'
        f"{_settings(tuned, entrant)}</td></tr>"
        for entrant in tuned.order
    )
    head = "".join(f'<th title="{escape(tip)}">{name}</th>' for name, tip in heads)
    place = "1 + how many are better beyond chance: by Friedman's test, then signed ranks with Holm's correction over the seeds"
    return _wide(f'<tr><th title="{escape(place)}">place</th><th>Optimizer</th>{head}</tr>', body, " trained" * of_networks)


def _heads(tuned: Tuned) -> list[tuple[str, str]]:
    """The columns between the optimizer and its settings, each with what it is."""
    return [
        (
            "solved",
            "The share of held-out starts that arrive within the tolerance and stay, and its interval of 95% confidence; + those that only "
            "passed by, came within the tolerance and did not stay",
        ),
        ("steps", "The median number of steps of those that were solved, and its interval of 95% confidence"),
        ("final loss", "The median final loss above the lowest, from all held-out starts; ≤ where doubles tell no less apart"),
        ("tolerant", _TOLERANT[tuned.task.compared_by]),
        ("slopes", "Slopes that a step asks for, in the mean over all runs that judge: costs in full are below, with all settings"),
    ]


_COSTS = (
    ("slopes", "Slopes that a step asked for, in the mean over the steps of all runs that judge"),
    ("Hessians", "Likewise"),
    ("losses", "Likewise: searches try several"),
    ("keeps", "Numbers remembered from step to step for each coordinate or weight"),
    ("operations", "How many a step takes, the slope among them, and each further trial of a search: few steps may take long"),
)
_TOLERANT = {
    "steps": "Over how many factors of ten of the learning rate at least half as many starts are solved as at its best",
    "final loss": "Over how many factors of ten of the learning rate the final loss stays within ten times its least",
}


def _wide(head: str, body: str, kind: str = "") -> str:
    """A table whose rows are cards on a phone, and that is scrolled where else it is too wide."""
    return f'<div class="wide"><table class="scoreboard fair{kind}"><thead>{head}</thead><tbody>{body}</tbody></table></div>'


def _found(tuned: Tuned, entrant: int, heads: Sequence[str]) -> str:
    """What was found of an optimizer: a cell under each head, whose name stands in it, too, for screens on which a row is a card."""
    trials = tuned.trials[entrant]
    of_networks = isinstance(tuned.task.setup, Experiment)
    if trials.failed:
        where = "in most runs" if of_networks else "from most starts"
        return f'<td colspan="{len(heads)}">no trial of {trials.scores.share.size} came to anything: {where} all diverged</td>'
    return _titled(heads, network_cells(tuned, entrant) if of_networks else _cells(tuned, entrant))


def _titled(heads: Sequence[str], cells: Sequence[str]) -> str:
    """The cells of a row, each with the name of its column."""
    return "".join(f'<td data-title="{name}">{cell}</td>' for name, cell in zip(heads, cells, strict=True))


def _cells(tuned: Tuned, entrant: int) -> list[str]:
    """What was found on a landscape, under each of `_heads`."""
    trials, judged, scores = tuned.trials[entrant], tuned.judged, tuned.judged.scores
    width = trials.tolerant_decades(tuned.task.compared_by)
    (low, high), (soon, late) = judged.share_intervals[entrant], judged.step_intervals[entrant]
    share, steps, loss = (float(values[entrant]) for values in (scores.share, scores.steps, scores.loss))
    return [
        f"{share:.0%}{_beside(float(judged.passed[entrant]))} <small>{low * 100:.0f}–{high * 100:.0f}</small>",
        f"{steps:g} <small>{soon:.3g}–{late:.3g}</small>" if share else "never",
        _final(tuned, loss),
        f"{width:.1f} decades" if np.isfinite(width) else "–",
        f"{_asked(tuned, entrant)[0]:.3g}",
    ]


def _final(tuned: Tuned, loss: float) -> str:
    """A final loss; at the least that can be told from the lowest it is no measurement, but a limit."""
    (where, _), *_ = tuned.task.budgets
    told = told_loss(loss, where)
    about = f' title="{escape(FLOOR)}"' if told.startswith("≤") else ""
    return f"<span{about}>{told}</span>"


def _beside(passed: float) -> str:
    """The share that only passed by, if there is any to speak of."""
    return f'<small title="only passed by"> +{passed * 100:.0f}</small>' if passed >= 0.005 else ""


def told_of_table(tuned: Tuned) -> str:
    """What has to be known to read the table, where it is there to be read: passing by, places that skip none, nobody who arrived."""
    judged, task = tuned.judged, tuned.task
    told = []
    if isinstance(task, Tuning) and any(passed >= 0.005 for passed in judged.passed):
        told.append(
            "A + beside the share solved are the per cent of starts that only passed by: within the tolerance, and out of it again."
        )
    if not judged.nobody and not statistics.count_as_ranks(judged.places):
        told.append("A place is 1 + the number of those who are better beyond chance: after a shared place none need be left out.")
    if isinstance(task, Tuning) and judged.nobody:
        paid = task.budget_in_words() if task.unit != "steps" else f"{counted(task.scenario.steps, 'step')} a run"
        told.append(f"It may be too little to arrive with: {paid}. Raise the {'budget' if task.unit != 'steps' else 'steps'} to see.")
    return " ".join(told)


def _asked(tuned: Tuned, entrant: int) -> tuple[float, float, float]:
    """The slopes, Hessians and losses that a step asked for: searches as measured."""
    return tuned.judged.asked(entrant, optimizers.get(tuned.trials[entrant].choice.name))


def _settings(tuned: Tuned, entrant: int) -> str:
    """The values found with the first seed; empty where nothing came of any trial."""
    trials, seeds = tuned.trials[entrant], tuned.task.seeds
    if trials.failed:
        return ""
    edges = "".join(
        f' <b title="The search was widened there once, and this is its end again">{escape(_title(trials, name))} at the edge</b>'
        for name in trials.at_edge
    )
    words = ", ".join(
        f"{with_sign(parameter)} {parameter.told(float(trials.settings[parameter.name][trials.best]))}"
        for parameter in trials.space.parameters
    )
    whose = f"settings of seed {tuned.task.seed}: " if seeds > 1 and words else ""
    return f"{whose}{escape(words)}{edges}"


def _costs(tuned: Tuned, entrant: int) -> str:
    """The cells with what a step asks for and keeps, and the operations that it takes, of what kinds or why they are not counted."""
    trials, task = tuned.trials[entrant], tuned.task
    examples = examples_of_a_step(task.setup) if isinstance(task.setup, Experiment) else 1
    asked, cost = evaluations(optimizers.get(trials.choice.name)), task.step_cost(trials.choice)
    told = f"Not counted: {cost}" if isinstance(cost, str) else str(cost)
    counts = [f'<span title="{escape(str(asked))}">{count * examples:.3g}</span>' for count in _asked(tuned, entrant)]
    operations = "–" if isinstance(cost, str) else f"{cost.total}{f' + {cost.of_a_trial} a trial' * asked.searches}"
    return _titled([name for name, _ in _COSTS], [*counts, f"{asked.state:g}", f'<span title="{escape(told)}">{operations}</span>'])


def _title(trials: Trials, name: str) -> str:
    return next(with_sign(parameter) for parameter in optimizers.get(trials.choice.name).parameters if parameter.name == name)


def settings_found(tuned: Tuned) -> str:
    """What a step of every optimizer costs, its hyper-parameters, and the range of those that were searched, as HTML."""
    rows = ""
    for entrant, (trials, label) in enumerate(zip(tuned.trials, tuned.task.labels(), strict=True)):
        ranges = ", ".join(
            f"{with_sign(parameter)} {short(parameter.search[0])} to {short(parameter.search[1])}"
            for parameter in trials.space.parameters
            if parameter.search
        )
        optimizer = tuned.task.optimizer(trials.choice)
        settings = ", ".join(f"{with_sign(each)} {float(optimizer.values[each.name]):.12g}" for each in optimizer.parameters)
        words = f"<b>set to</b> {escape(settings)}", f"<b>searched</b> {escape(ranges)}"
        rows += f'<tr><th scope="row">{escape(label)}</th>{_costs(tuned, entrant)}</tr>'
        rows += "".join(f'<tr class="found"><td colspan="{len(_COSTS) + 1}">{each}</td></tr>' for each in words)
    told = "On single examples. " * isinstance(tuned.task.setup, Experiment)
    costs = "".join(f'<th title="{told * (at < 3)}{tip}">{name}</th>' for at, (name, tip) in enumerate(_COSTS))
    head = f"<tr><th>Optimizer</th>{costs}</tr>"
    return _wide(head, rows)
