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
from app_pages.share_lab import share_lab
from app_pages.trials import objective, seed, seeds
from app_pages.widgets import attempt, expander, hand_over, theme
from figures.fair import sensitivity, trial_scatter
from figures.theme import styles
from lab.costs import evaluations, step_cost
from lab.judged import counted, listed
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
_STARTS = Selection("fair", "starts", "24", "Starts", _SIZES, "With each seed so many to tune on; as many others judge the result.")
_OBJECTIVE = objective("fair", "steps", "Objective", "What tuning looks for, and what decides who is ahead.")
_WHERE = Selection("fair", "where", "anywhere", "Where they start", WHERE)
_SEED, _SEEDS = seed("fair"), seeds("fair")
_LOOK = Selection("fair", "look", "sensitivity", "Look at", {"sensitivity": "Sensitivity", "trials": "All trials"})
_WORDS = ' class="words"'
_CLAIM = "Every optimizer gets as many trials to be tuned with, and is judged on starts that none of them was tuned on."
_HEIGHT = 330


def page() -> None:
    """Draw the page."""
    frame("fair", _header, _picture, without=("starts",), title=lambda: titled("Fair race"), claim=lambda: _CLAIM)


def _header() -> None:
    presets()
    share_lab(Tuning, "Fair race")


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
    columns = st.columns([0.8, 0.6, 0.65, 1.5, 1.3, 0.75, 0.9])
    chosen = (_TRIALS, _SEEDS, _STARTS, _OBJECTIVE, _WHERE, _SEED, _LOOK)
    trials, seeds, starts, objective, where, seed, _ = (setting.choose(column) for setting, column in zip(chosen, columns, strict=True))
    return Tuning(session().scenario, int(trials), int(starts), int(seed), objective, where, int(seeds))


def _found(task: Tuning, tuned: Tuned) -> None:
    """What tuning has found."""
    draw = sensitivity if _LOOK.value == "sensitivity" else trial_scatter
    chart(draw(tuned, theme()), theme(), "fair chart", height=_HEIGHT)
    if words := tuned.judged.in_words(task.scenario.labels()):
        st.markdown(f"**{words}**")
    st.html(_table(tuned))
    st.caption(_effort(task, tuned))
    with expander("All settings in full, and what was searched", "expander settings", ":material/list:") as is_open:
        if is_open:
            st.html(_in_full(tuned))


def _effort(task: Tuning, tuned: Tuned) -> str:
    """What it took, in words."""
    coarse, labels = tuned.trials[0].coarse, task.scenario.labels()
    per_dimension: dict[int, list[str]] = {}
    for trials, label in zip(tuned.trials, labels, strict=True):
        per_dimension.setdefault(len(trials.space.parameters), []).append(label)
    told = "; ".join(
        f"{task.count / count:.3g} for each of {count} dimensions ({listed(names)})"
        if count > 1
        else f"{task.count} for one dimension ({listed(names)})"
        for count, names in sorted(per_dimension.items())
        if count
    )
    seeds = counted(task.seeds, "seed")
    return (
        f"{task.count} trials each with {seeds}: {coarse} spread over the optimizer's own search space, {task.count - coarse} near the "
        f"best of them. That is {told}. Intervals are those of 95% confidence over the seeds. Settings and curves are the first seed's; "
        "the curves were computed afterwards, beyond the budget."
    )


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
    """What was found, best on the held-out starts first."""
    scenario = tuned.task.scenario
    looks = styles([choice.name for choice in scenario.optimizers])
    labels, landscape = scenario.labels(), scenario.build_landscape()
    body = "".join(
        f'<tr><td>{int(tuned.judged.places[entrant]) or "–"}</td><th scope="row">{chip(looks[entrant], labels[entrant])}</th>'
        f"{_cells(tuned, entrant, step_cost(landscape, tuned.trials[entrant].choice))}</tr>"
        for entrant in tuned.order
    )
    heads = [
        ("solved", "The share of held-out starts that arrive within the tolerance and stay, and its interval of 95% confidence"),
        ("passed by", "The share that came within the tolerance, and did not stay: not solved"),
        ("steps", "The median number of steps of those that were solved, and its interval of 95% confidence"),
        ("final loss", "The median final loss above the lowest, from all held-out starts"),
        ("tolerant", _TOLERANT[tuned.task.objective]),
        ("asks", "Slopes, Hessians and losses that a step asks for; + where further ones are asked for while it searches"),
        ("keeps", "Numbers remembered from step to step for each coordinate"),
        ("a step", "How many operations a step takes, the slope among them, and each further trial of a search: few steps may take long"),
        ("settings found", "What was searched, with the first seed; all else is as the scenario has it"),
    ]
    head = "".join(f'<th title="{escape(tip)}"{_WORDS if name == heads[-1][0] else ""}>{name}</th>' for name, tip in heads)
    place = "Those who cannot be told apart share a place: Friedman's test, then signed ranks with Holm's correction over the seeds"
    return _wide(f'<tr><th title="{escape(place)}">place</th><th>Optimizer</th>{head}</tr>', body)


_TOLERANT = {
    "steps": "Over how many factors of ten of the learning rate at least half as many starts are solved as at its best",
    "final loss": "Over how many factors of ten of the learning rate the final loss stays within ten times its least",
}


def _wide(head: str, body: str) -> str:
    """A table that is scrolled where the screen is narrower."""
    return f'<div class="wide"><table class="scoreboard fair"><thead>{head}</thead><tbody>{body}</tbody></table></div>'


def _cells(tuned: Tuned, entrant: int, cost: Cost | str) -> str:
    trials, judged, scores = tuned.trials[entrant], tuned.judged, tuned.judged.scores
    if trials.failed:
        return f'<td colspan="9">no trial of {trials.scores.share.size} came to anything: from most starts all diverged</td>'
    width = trials.tolerant_decades(tuned.task.objective)
    (low, high), (soon, late) = judged.share_intervals[entrant], judged.step_intervals[entrant]
    share, steps, loss = (float(values[entrant]) for values in (scores.share, scores.steps, scores.loss))
    edges = "".join(
        f' <b title="The search was widened there once, and this is its end again">{escape(_title(trials, name))} at the edge</b>'
        for name in trials.at_edge
    )
    words = escape(
        ", ".join(
            f"{parameter.title} {parameter.told(float(trials.settings[parameter.name][trials.best]))}"
            for parameter in trials.space.parameters
        )
    )
    cells = (
        f"{share:.0%} <small>{low * 100:.0f}–{high * 100:.0f}</small>",
        f"{judged.passed[entrant]:.0%}",
        f"{steps:g} <small>{soon:g}–{late:g}</small>" if share else "never",
        short(loss, 3) if np.isfinite(loss) else "diverged",
        f"{width:.1f} decades" if np.isfinite(width) else "–",
    )
    return "".join(f"<td>{cell}</td>" for cell in cells) + f'{_cost(trials, cost)}<td class="words">{words}{edges}</td>'


def _cost(trials: Trials, cost: Cost | str) -> str:
    """The cells with what a step asks for and keeps, and the operations that it takes, of what kinds or why they are not counted."""
    asked = evaluations(optimizers.get(trials.choice.name))
    more = "+" if asked.searches else ""
    told = f"Not counted: {cost}" if isinstance(cost, str) else str(cost)
    first = f'<td title="{escape(str(asked))}">{asked.gradients}·{asked.hessians}·{asked.losses}{more}</td><td>{asked.state:g}</td>'
    return f'{first}<td title="{escape(told)}">{"–" if isinstance(cost, str) else f"{cost.total}{more}"}</td>'


def _title(trials: Trials, name: str) -> str:
    return next(parameter.title for parameter in optimizers.get(trials.choice.name).parameters if parameter.name == name)


def _in_full(tuned: Tuned) -> str:
    """Every hyper-parameter of every optimizer, and the range of those that were searched."""
    rows = ""
    for trials, label in zip(tuned.trials, tuned.task.scenario.labels(), strict=True):
        ranges = ", ".join(
            f"{parameter.title} {short(parameter.search[0])} to {short(parameter.search[1])}"
            for parameter in trials.space.parameters
            if parameter.search
        )
        words = f'<td class="words">{escape(settings_in_words(trials.choice))}</td><td class="words">{escape(ranges)}</td>'
        rows += f'<tr><th scope="row">{escape(label)}</th>{words}</tr>'
    head = f"<tr><th>Optimizer</th><th{_WORDS}>settings</th><th{_WORDS}>searched</th></tr>"
    return _wide(head, rows)
