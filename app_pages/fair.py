"""The Fair race page: every optimizer is tuned with the same number of trials, and judged on starts that none has seen."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app_pages import raced_networks
from app_pages.claims import titled
from app_pages.controls import sidebar
from app_pages.frame import frame
from app_pages.kinds import kind_switch, on_networks
from app_pages.network_controls import network_sidebar
from app_pages.presets import presets
from app_pages.races import race_of, refuse_too_large
from app_pages.session import session
from app_pages.settings import Selection, Setting
from app_pages.share_lab import share_lab
from app_pages.trials import BudgetChoice, first_seeds, objective, runs, seed, seeds, told_budget, trainings, tuned_by, watch_seeds
from app_pages.widgets import attempt, expander, hand_over, theme
from exports.findings import FAIR, NETWORK_FAIR
from figures.fair import sensitivity, trial_scatter
from lab.judged import confidence, counted
from lab.network_tuning import NetworkTuning
from lab.tuned import Tuned, TuningTask, trials_per_dimension
from lab.tuning import WHERE, Tuning
from player.chart import chart
from player.component import player
from player.fair_table import fair_table, settings_found, told_of_table
from scenario import Experiment, Race, Scenario

_COUNTS = {count: f"{count} each" for count in ("20", "60", "200", "600")}
_TRIALS = Selection("fair", "trials", "60", "Trials", _COUNTS, "Every optimizer gets the same number of trial runs.")
_SIZES = {count: count for count in ("8", "24", "100", "400")}
_STARTS = Selection("fair", "starts", "24", "Starts", _SIZES, "With each seed so many to tune on; as many others judge the result.")
_OBJECTIVE = objective("fair", "steps", "Objective", "What tuning looks for, and what decides who is ahead.")
_WHERE = Selection("fair", "where", "anywhere", "Where they start", WHERE)
_SEED, _SEEDS, _BUDGET = seed("fair"), seeds("fair"), BudgetChoice("fair")
_LOOK = Selection("fair", "look", "sensitivity", "Look at", {"sensitivity": "Sensitivity", "trials": "All trials"})
_TRAININGS, _RUNS, _TUNED_BY = trainings("fair"), runs("fair"), tuned_by("fair")
_NETWORK_BUDGET = BudgetChoice("fair", networks=True)
_BEGUN = Setting("fair", "begun", "0", "Initialization")
"""The initialization of the networks, counted from 0."""
_HEIGHT = 330


def page() -> None:
    """Draw the page."""
    frame("fair", _header, _picture, title=_title, claim=lambda: NETWORK_FAIR.about if on_networks() else FAIR.about, controls=_controls)


def _controls(told: str) -> None:
    if on_networks():
        network_sidebar(told, without=("variants", "seed"))
    else:
        sidebar(("starts",), told)


def _title() -> str:
    return f"Fair race · {session().experiment.title}" if on_networks() else titled("Fair race")


def _header() -> None:
    kind_switch()
    presets()
    share_lab(NetworkTuning if on_networks() else Tuning, _title)


def _picture() -> None:
    with st.container(key="choices"):
        task = attempt(_task_on_networks if on_networks() else _task)
    if task is None:
        return
    with st.container(key="halves"):
        left, right = st.columns([1.35, 1], gap="medium")
    with left:
        above, line = st.container(), st.empty()
        with above:
            job = watch_seeds(_SEEDS, task, "Tuning", line)
            if job and job.result:
                _table(job.result)
        if job and job.result:
            _charts(job.result)
    with right:
        if job and job.result:
            _race(job.result)


def _task() -> Tuning:
    """What is to be tuned, from the lists at the top."""
    raced_networks.check(_BEGUN, _NETWORK_BUDGET)
    chosen = (_TRIALS, _SEEDS, _STARTS, _OBJECTIVE, _WHERE, _SEED)
    columns = st.columns([1.06, 0.82, 0.72, 1.9, 2.1, 0.84, *_BUDGET.columns])
    trials, _, starts, objective, where, seed = (setting.choose(column) for setting, column in zip(chosen, columns[:6], strict=True))
    scenario = session().scenario
    unit, budget = _BUDGET.choose(columns[6:], scenario.build_landscape(), scenario.steps)
    return Tuning(scenario, int(trials), int(starts), int(seed), objective, where, first_seeds(_SEEDS), unit, budget)


def _task_on_networks() -> NetworkTuning:
    """The same of networks."""
    _BUDGET.checked()
    several = raced_networks.several_initials()
    columns = st.columns([0.8, 0.6, 0.6, 1.5, 0.75, *_NETWORK_BUDGET.columns, *([1.2] if several else [])])
    if several:
        raced_networks.choose_initial(_BEGUN, columns[-1])
    chosen = (_TRAININGS, _SEEDS, _RUNS, _TUNED_BY, _SEED)
    trials, _, runs, objective, seed = (setting.choose(column) for setting, column in zip(chosen, columns, strict=False))
    experiment = raced_networks.raced(_BEGUN)
    unit, budget = _NETWORK_BUDGET.choose(columns[5:], experiment, experiment.steps)
    return NetworkTuning(experiment, int(trials), int(runs), int(seed), objective, first_seeds(_SEEDS), unit, budget)


def _table(tuned: Tuned) -> None:
    """Who did how well."""
    if words := tuned.judged.in_words(tuned.task.labels()):
        st.markdown(f"**{words}**")
    st.html(fair_table(tuned))
    if told := told_of_table(tuned):
        st.caption(told)


def _charts(tuned: Tuned) -> None:
    """What tuning has found beside that."""
    _LOOK.choose(st.container(), label_visibility="collapsed")
    draw = sensitivity if _LOOK.value == "sensitivity" else trial_scatter
    chart(draw(tuned, theme()), theme(), "fair chart", height=_HEIGHT)
    st.caption(_effort(tuned.task, tuned))
    with expander("Costs and settings in full, and what was searched", "expander settings", ":material/list:") as is_open:
        if is_open:
            st.html(settings_found(tuned))


def _effort(task: TuningTask, tuned: Tuned) -> str:
    """What it took, in words."""
    budget = told_budget(task)
    coarse, told = tuned.trials[0].coarse, trials_per_dimension(task.count, task.setup.optimizers, task.labels())
    return (
        f"{task.count} trials each with {counted(task.seeds, 'seed')}: {coarse} spread over the optimizer's own search space, "
        f"{task.count - coarse} near the best of them. That is {told}. {confidence(task.seeds)} Settings and curves are the first seed's; "
        f"the curves were computed afterwards, beyond the budget.{budget}"
    )


def _race(tuned: Tuned) -> None:
    """The race at the settings found, on what is held out."""
    found = tuned.race
    if isinstance(found, Experiment):
        words, about = "**The networks** of the first seed with its settings", "Gives the experiment these settings and this seed."
        note = "The networks have the tuned settings and the first seed now."
        hand_over(words, "Use on Network page", ":material/hub:", partial(raced_networks.use, found, "fair", note), about, share=1)
        if tuned.task.unit != "steps":
            st.caption(f"Here everybody takes {found.steps} steps; in the table each took as many as its budget paid for, told below it.")
        raced_networks.play(found, "fair trainer")
        return
    words, about = (
        "**The race** of the first seed, from starts that none was tuned on",
        "Gives the scenario these settings and these starts.",
    )
    hand_over(words, "Use in the race", ":material/sprint:", partial(_use, found), about)
    if tuned.task.unit != "steps":
        st.caption(f"Each stops where its budget ends. On the Race page everybody takes {found.steps} steps.")
    if race := attempt(lambda: race_of(found) if tuned.task.unit == "steps" else _within_budget(tuned, found)):
        player(race, theme(), ("map", "loss"), "fair player", lambda: None, board=False)  # the starts are held out


def _within_budget(tuned: Tuned, found: Scenario) -> Race:
    """The race in which each stops where its budget ends. Errors as for `race_of`."""
    refuse_too_large(found.replace(steps=max(map(tuned.task.steps_of, found.optimizers))))
    return tuned.within_budget()


def _use(race: Scenario) -> None:
    session().change("fair", lambda now: race, "The race has the tuned settings and the held-out starts now.")
