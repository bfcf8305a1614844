"""The Fair race page: every optimizer is tuned with the same number of trials, and judged on starts that none has seen."""

from __future__ import annotations

from functools import partial
from html import escape

import numpy as np
import streamlit as st

import optimizers
from app_pages.claims import titled
from app_pages.frame import frame
from app_pages.jobs import watch
from app_pages.presets import presets
from app_pages.races import race_of
from app_pages.session import session
from app_pages.settings import Selection
from app_pages.trials import objective, seed
from app_pages.widgets import attempt, expander, hand_over, theme
from figures.fair import sensitivity, trial_scatter
from figures.theme import styles
from lab.costs import step_cost
from lab.search import OBJECTIVES, Space
from lab.tournament import settings_in_words
from lab.tuning import WHERE, Trials, Tuned, Tuning
from parameters import short
from player.chart import chart
from player.component import player
from player.scoreboard import chip
from scenario import Scenario
from tape import Cost

_COUNTS = {count: f"{count} each" for count in ("20", "60", "200", "600")}
_TRIALS = Selection("fair", "trials", "60", "Trials", _COUNTS, "Every optimizer gets the same number of trial runs.")
_SIZES = {count: count for count in ("8", "24", "100", "400")}
_STARTS = Selection("fair", "starts", "24", "Starts", _SIZES, "To tune on; as many others judge the result.")
_OBJECTIVE = objective("fair", "final loss", "Objective", "What is minimized, in the median over the starts.")
_WHERE = Selection("fair", "where", "anywhere", "Where they start", WHERE)
_SEED = seed("fair")
_LOOK = Selection("fair", "look", "sensitivity", "Look at", {"sensitivity": "Sensitivity", "trials": "All trials"})
_NOT = {"final loss": "diverged", "steps": "never arrived"}
"""What an infinite objective means."""
_WORDS = ' class="words"'
_CLAIM = "Every optimizer gets as many trials to be tuned with, and is judged on starts that none of them was tuned on."
_HEIGHT = 330


def page() -> None:
    """Draw the page."""
    frame("fair", presets, _picture, without=("starts",), title=lambda: titled("Fair race"), claim=lambda: _CLAIM)


def _picture() -> None:
    with st.container(key="choices"):
        task = attempt(_task)
    if task is None:
        return
    with st.container(key="halves"):
        left, right = st.columns([1.35, 1], gap="medium")
    with left:
        job = watch(task, lambda _: "Tuning")
        if job and job.result:
            _found(task, job.result)
    with right:
        if job and job.result:
            _race(job.result)


def _task() -> Tuning:
    """What is to be tuned, from the lists at the top."""
    columns = st.columns([0.85, 0.65, 1.75, 1.4, 0.65, 0.9])
    chosen = (_TRIALS, _STARTS, _OBJECTIVE, _WHERE, _SEED, _LOOK)
    trials, starts, objective, where, seed, _ = (setting.choose(column) for setting, column in zip(chosen, columns, strict=True))
    return Tuning(session().scenario, int(trials), int(starts), int(seed), objective, where)


def _found(task: Tuning, tuned: Tuned) -> None:
    """What tuning has found."""
    draw = sensitivity if _LOOK.value == "sensitivity" else trial_scatter
    chart(draw(tuned, theme()), theme(), "fair chart", height=_HEIGHT)
    st.html(_table(tuned))
    coarse = tuned.trials[0].coarse
    st.caption(
        f"{task.count} trials each: {coarse} spread over the optimizer's own search space, {task.count - coarse} near the best of them. "
        "The curve of sensitivity was computed afterwards, beyond the budget."
    )
    with expander("All settings in full, and what was searched", "expander settings", ":material/list:") as is_open:
        if is_open:
            st.html(_in_full(tuned))


def _race(tuned: Tuned) -> None:
    """The race at the settings found, from the held-out starts."""
    words, about = "**The race** from starts that none was tuned on", "Gives the scenario these settings and these starts."
    hand_over(words, "Use in the race", ":material/sprint:", partial(_use, tuned.race), about)
    if race := attempt(lambda: race_of(tuned.race)):
        player(race, theme(), ("map", "loss"), "fair player", lambda: None, board=False)  # the starts are held out


def _use(race: Scenario) -> None:
    session().change("fair", lambda now: race, "The race has the tuned settings and the held-out starts now.")


# ---- the table


def _table(tuned: Tuned) -> str:
    """What was searched and found, best on the held-out starts first."""
    scenario = tuned.task.scenario
    looks = styles([choice.name for choice in scenario.optimizers])
    rows = [list(zip(tuned.trials, scenario.labels(), looks, strict=True))[entrant] for entrant in tuned.order]
    other = next(name for name in OBJECTIVES if name != tuned.task.objective)
    landscape = scenario.build_landscape()
    body = "".join(
        f'<tr><th scope="row">{chip(look, label)}</th>'
        f"{_cells(trials, tuned.task.objective, other, step_cost(landscape, trials.choice))}</tr>"
        for trials, label, look in rows
    )
    heads = [
        ("tuned", "The objective of its best trial, on the starts it was tuned on"),
        ("held out", "The objective of the same settings on starts it has not seen: this is what counts"),
        (other, f"{OBJECTIVES[other].capitalize()}, from the held-out starts: decides where the objective is equal"),
        ("tolerant", "Over how many factors of ten of the learning rate the objective stays within ten times its least"),
        ("a step", "How many operations a step takes, the slope among them: a method of few steps may take as long as one of many"),
        ("settings found", "What was searched; all else is as the scenario has it"),
    ]
    head = "".join(f'<th title="{escape(tip)}"{_WORDS if name == heads[-1][0] else ""}>{name}</th>' for name, tip in heads)
    return _wide(f"<tr><th>Optimizer</th>{head}</tr>", body)


def _wide(head: str, body: str) -> str:
    """A table that is scrolled where the screen is narrower."""
    return f'<div class="wide"><table class="scoreboard fair"><thead>{head}</thead><tbody>{body}</tbody></table></div>'


def _cells(trials: Trials, objective: str, other: str, cost: Cost | str) -> str:
    if trials.failed:
        return f'<td colspan="6">no trial of {trials.objective.size} came to anything: from most starts all {_NOT[objective]}</td>'
    decades = f"{trials.tolerant_decades:.1f} decades" if np.isfinite(trials.tolerant_decades) else "–"
    words = escape(", ".join(f"{_title(trials, name)} {short(float(array[trials.best]), 3)}" for name, array in trials.settings.items()))
    measured = ((objective, float(trials.objective[trials.best])), (objective, trials.held_out), (other, trials.tie))
    numbers = "".join(f"<td>{short(value, 3) if np.isfinite(value) else _NOT[name]}</td>" for name, value in measured)
    return f'{numbers}<td>{decades}</td>{_cost(cost)}<td class="words">{words}</td>'


def _cost(cost: Cost | str) -> str:
    """The cell with the operations of a step, and of what kinds they are or why they cannot be counted."""
    if isinstance(cost, str):
        return f'<td title="{escape(f"Not counted: {cost}")}">–</td>'
    return f'<td title="{escape(str(cost))}">{cost.total}{f" + {cost.of_a_trial} a trial" if cost.trial else ""}</td>'


def _title(trials: Trials, name: str) -> str:
    return next(parameter.title for parameter in optimizers.get(trials.choice.name).parameters if parameter.name == name)


def _in_full(tuned: Tuned) -> str:
    """Every hyper-parameter of every optimizer, and the range of those that were searched."""
    rows = ""
    for trials, label in zip(tuned.trials, tuned.task.scenario.labels(), strict=True):
        ranges = ", ".join(
            f"{parameter.title} {short(parameter.search[0])} to {short(parameter.search[1])}"
            for parameter in Space.of(optimizers.get(trials.choice.name)).parameters
            if parameter.search
        )
        words = f'<td class="words">{escape(settings_in_words(trials.choice))}</td><td class="words">{escape(ranges)}</td>'
        rows += f'<tr><th scope="row">{escape(label)}</th>{words}</tr>'
    head = f"<tr><th>Optimizer</th><th{_WORDS}>settings</th><th{_WORDS}>searched</th></tr>"
    return _wide(head, rows)
