"""The tables of a fair race: what was found, and with which settings."""

from __future__ import annotations

from html import escape

import numpy as np

import optimizers
from figures.theme import styles
from lab.costs import evaluations
from lab.tournament import settings_in_words
from lab.tuning import Trials, Tuned
from parameters import short
from player.network_fair_table import network_cells, network_heads
from player.scoreboard import chip
from scenario import Experiment
from tape import Cost

_WORDS = ' class="words"'


def fair_table(tuned: Tuned) -> str:
    """What was found as HTML, best on what is held out first."""
    task = tuned.task
    of_networks = isinstance(task.setup, Experiment)
    looks, labels = styles([choice.name for choice in task.setup.optimizers]), task.labels()
    body = "".join(
        f'<tr><td>{int(tuned.judged.places[entrant]) or "–"}</td><th scope="row">{chip(looks[entrant], labels[entrant])}</th>'
        f"{network_cells(tuned, entrant) if of_networks else _cells(tuned, entrant)}{_settings(tuned.trials[entrant])}</tr>"
        for entrant in tuned.order
    )
    heads = network_heads(tuned) if of_networks else _heads(tuned)
    heads.append(("settings found", f"What was searched, with the first seed; all else is as the {task.setup.noun} has it"))
    head = "".join(f'<th title="{escape(tip)}"{_WORDS if name == heads[-1][0] else ""}>{name}</th>' for name, tip in heads)
    place = "Those who cannot be told apart share a place: Friedman's test, then signed ranks with Holm's correction over the seeds"
    return _wide(f'<tr><th title="{escape(place)}">place</th><th>Optimizer</th>{head}</tr>', body)


def _heads(tuned: Tuned) -> list[tuple[str, str]]:
    """The columns between the optimizer and its settings, each with what it is."""
    return [
        ("solved", "The share of held-out starts that arrive within the tolerance and stay, and its interval of 95% confidence"),
        ("passed by", "The share that came within the tolerance, and did not stay: not solved"),
        ("steps", "The median number of steps of those that were solved, and its interval of 95% confidence"),
        ("final loss", "The median final loss above the lowest, from all held-out starts"),
        ("tolerant", _TOLERANT[tuned.task.compared_by]),
        ("asks", "Slopes, Hessians and losses that a step asks for; + where further ones are asked for while it searches"),
        ("keeps", "Numbers remembered from step to step for each coordinate"),
        ("a step", "How many operations a step takes, the slope among them, and each further trial of a search: few steps may take long"),
    ]


_TOLERANT = {
    "steps": "Over how many factors of ten of the learning rate at least half as many starts are solved as at its best",
    "final loss": "Over how many factors of ten of the learning rate the final loss stays within ten times its least",
}


def _wide(head: str, body: str) -> str:
    """A table that is scrolled where the screen is narrower."""
    return f'<div class="wide"><table class="scoreboard fair"><thead>{head}</thead><tbody>{body}</tbody></table></div>'


def _cells(tuned: Tuned, entrant: int) -> str:
    trials, judged, scores = tuned.trials[entrant], tuned.judged, tuned.judged.scores
    if trials.failed:
        return f'<td colspan="8">no trial of {trials.scores.share.size} came to anything: from most starts all diverged</td>'
    width = trials.tolerant_decades(tuned.task.compared_by)
    (low, high), (soon, late) = judged.share_intervals[entrant], judged.step_intervals[entrant]
    share, steps, loss = (float(values[entrant]) for values in (scores.share, scores.steps, scores.loss))
    cells = (
        f"{share:.0%} <small>{low * 100:.0f}–{high * 100:.0f}</small>",
        f"{judged.passed[entrant]:.0%}",
        f"{steps:g} <small>{soon:.3g}–{late:.3g}</small>" if share else "never",
        short(loss, 3) if np.isfinite(loss) else "diverged",
        f"{width:.1f} decades" if np.isfinite(width) else "–",
    )
    return "".join(f"<td>{cell}</td>" for cell in cells) + _cost(trials, tuned.task.step_cost(trials.choice))


def _settings(trials: Trials) -> str:
    """The cell with the values found; empty where nothing came of any trial."""
    if trials.failed:
        return "<td></td>"
    edges = "".join(
        f' <b title="The search was widened there once, and this is its end again">{escape(_title(trials, name))} at the edge</b>'
        for name in trials.at_edge
    )
    words = ", ".join(
        f"{parameter.title} {parameter.told(float(trials.settings[parameter.name][trials.best]))}" for parameter in trials.space.parameters
    )
    return f'<td class="words">{escape(words)}{edges}</td>'


def _cost(trials: Trials, cost: Cost | str) -> str:
    """The cells with what a step asks for and keeps, and the operations that it takes, of what kinds or why they are not counted."""
    asked = evaluations(optimizers.get(trials.choice.name))
    more = "+" if asked.searches else ""
    told = f"Not counted: {cost}" if isinstance(cost, str) else str(cost)
    first = f'<td title="{escape(str(asked))}">{asked.gradients}·{asked.hessians}·{asked.losses}{more}</td><td>{asked.state:g}</td>'
    return f'{first}<td title="{escape(told)}">{"–" if isinstance(cost, str) else f"{cost.total}{more}"}</td>'


def _title(trials: Trials, name: str) -> str:
    return next(parameter.title for parameter in optimizers.get(trials.choice.name).parameters if parameter.name == name)


def settings_found(tuned: Tuned) -> str:
    """Every hyper-parameter of every optimizer as HTML, and the range of those that were searched."""
    rows = ""
    for trials, label in zip(tuned.trials, tuned.task.labels(), strict=True):
        ranges = ", ".join(
            f"{parameter.title} {short(parameter.search[0])} to {short(parameter.search[1])}"
            for parameter in trials.space.parameters
            if parameter.search
        )
        settings = settings_in_words(tuned.task.optimizer(trials.choice))
        words = f'<td class="words">{escape(settings)}</td><td class="words">{escape(ranges)}</td>'
        rows += f'<tr><th scope="row">{escape(label)}</th>{words}</tr>'
    head = f"<tr><th>Optimizer</th><th{_WORDS}>settings</th><th{_WORDS}>searched</th></tr>"
    return _wide(head, rows)
