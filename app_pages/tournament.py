"""The Tournament page: optimizers on several landscapes, each tuned with the same budget."""

from __future__ import annotations

import numpy as np
import streamlit as st

import landscapes
from app_pages.frame import frame
from app_pages.jobs import watch
from app_pages.session import session, value_of
from app_pages.settings import Selection, Setting
from app_pages.share_lab import share_lab
from app_pages.trials import objective, seed, seeds
from app_pages.widgets import attempt, shows, theme
from figures.fair import critical_differences, data_profiles, profiles, ranking
from lab.costs import UNITS
from lab.judged import confidence, counted
from lab.tournament import TUNED, USUAL, Standings, Tournament, eligible
from lab.tuning import trials_per_dimension
from player.chart import chart
from scenario import CUSTOM

_ON = Setting("tournament", "on")
"""The landscapes that take part, joined by dots; the usual ones if none is named."""
_TUNED = Selection(
    "tournament",
    "tuned",
    "for each",
    "Tuned",
    TUNED,
    "For each landscape its own settings, or one setting for all of them: the difference is what tuning is worth.",
)
_COUNTS = {count: f"{count} each" for count in ("20", "40", "100", "300")}
_TRIALS = Selection("tournament", "trials", "40", "Trials", _COUNTS, "Every optimizer gets the same number.")
_SIZES = {count: count for count in ("8", "16", "24", "50", "200")}
_STARTS = Selection("tournament", "starts", "24", "Starts", _SIZES, "With each seed so many to tune on; as many others judge.")
_LENGTHS = {count: count for count in ("100", "200", "500", "2000")}
_STEPS = Selection("tournament", "steps_each", "200", "Steps", _LENGTHS)
_OBJECTIVE = objective("tournament", "steps", "Tuned and ranked by", "What tuning looks for, and what decides who is ahead.")
_SEED, _SEEDS = seed("tournament"), seeds("tournament")
_RANKED = {
    "steps": "Place, shared by those who cannot be told apart; share of starts solved: they arrive and stay (+ those that only passed by), "
    "between which limits that lies; in how many steps, the median of the solved.",
    "final loss": "Place, shared by those who cannot be told apart; share of starts solved (+ those that only passed by), between which "
    "limits that lies; the median final loss above the lowest, which decides.",
}
"""What stands in a cell."""
_PROFILES = {"best": "Against the best"} | {name: f"By {title.lower()}" for name, title in UNITS.items()}
_PROFILE = Selection("tournament", "profile", "best", "Profile", _PROFILES)
_CLAIM = "The optimizers of the race meet on several landscapes, each at its default parameters, after equally many trials of tuning."
_MOST = 12


def page() -> None:
    """Draw the page."""
    without = ("landscape", "starts", "steps")
    frame("tournament", lambda: share_lab(Tournament, _title), _picture, without, title=_title, claim=lambda: _CLAIM)


def _title() -> str:
    return "Tournament"


def _landscapes() -> list[str]:
    """The landscapes that take part: those of the link, by default the first few of each kind."""
    able = eligible(session().scenario)
    asked = _ON.value.split(".") if _ON.value else []
    known = [name for name in dict.fromkeys(asked) if name in able][:_MOST]
    if known != asked:
        _ON.refuse(f"names landscapes that cannot take part; {', '.join(known) or 'the usual ones'} do", ".".join(known))
    return known or list(USUAL)


def _picture() -> None:
    chosen = _landscapes()
    st.multiselect(
        "Landscapes",
        eligible(session().scenario),
        default=chosen,
        format_func=lambda name: "Own formula" if name == CUSTOM else landscapes.get(name).name,
        max_selections=_MOST,
        label_visibility="collapsed",
        **shows("landscapes", chosen, lambda names: _ON.set(".".join(names))),
    )
    with st.container(key="choices"):
        task = attempt(lambda: _task(chosen))
    if task is None:
        return
    job = watch(task, lambda _: "Tuning and racing")
    if job and job.result:
        _standings(job.result)


def _task(names: list[str]) -> Tournament:
    columns = st.columns([1.3, 0.95, 0.7, 0.7, 0.7, 1.7, 0.75])
    settings = (_TUNED, _TRIALS, _SEEDS, _STARTS, _STEPS, _OBJECTIVE, _SEED)
    tuned, trials, seeds, *numbers, objective, seed = (setting.choose(column) for setting, column in zip(settings, columns, strict=True))
    starts, steps = map(int, numbers)
    scenario = session().scenario
    return Tournament(scenario.optimizers, tuple(names), steps, int(trials), starts, int(seed), tuned, objective, int(seeds), scenario)


def _standings(standings: Standings) -> None:
    rows = len(standings.labels)
    with st.container(key="halves"):
        left, right = st.columns([1.7, 1], gap="medium")
    with left:
        st.caption(f"{_RANKED[standings.task.compared_by]} Click a landscape to race there.")
        chart(ranking(standings, theme()), theme(), "ranking", lambda: _picked(standings), height=90 + 76 * rows)
    with right:
        unit = _PROFILE.choose(st.container(), label_visibility="collapsed")
        st.caption(_PROFILED if unit == "best" else _COUNTED[unit])
        figure = profiles(standings, theme()) if unit == "best" else data_profiles(standings, unit, theme())
        chart(figure, theme(), "profiles", height=max(270, 60 + 40 * rows))
        if rows > 1:
            st.markdown(f"**{standings.in_words()}**")
            st.caption(_difference(standings))
            chart(critical_differences(standings, theme()), theme(), "differences", height=70 + 22 * ((rows + 1) // 2))
    st.caption(_effort(standings))
    st.download_button(
        "Table as CSV",
        standings.to_csv(),
        "tournament.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


_PROFILED = "Share of problems solved within so many times the steps of the best (Dolan and Moré 2002)."
_COUNTED = {
    "steps": "Share of problems solved in at most so many steps (Moré and Wild 2009).",
    "gradients": "Share of problems solved with at most so many slopes (Moré and Wild 2009), without those that search or ask for none.",
    "operations": "Share of problems solved with at most so many operations (Moré and Wild 2009), without those that search.",
}


def _effort(standings: Standings) -> str:
    """What it took, in words."""
    task = standings.task
    where = "for each landscape" if task.tuned == "for each" else "on all landscapes at once"
    told = trials_per_dimension(task.count, task.entrants, task.labels())
    return f"{task.count} trials each {where}, with {counted(task.seeds, 'seed')}. That is {told}. {confidence(task.seeds)}"


def _difference(standings: Standings) -> str:
    """How far apart mean ranks have to be, in a sentence."""
    told = "A bar joins those that cannot be told apart by their ranks on these landscapes"
    if np.isfinite(difference := standings.critical_difference):
        return f"{told}: it takes a difference of {difference:.2f} (Friedman and Nemenyi; Demšar 2006)."
    return f"{told}: Friedman's test finds no difference between them (Demšar 2006)."


def _picked(standings: Standings) -> None:
    """Race on the landscape that was clicked, with the settings found for it."""
    column, _ = value_of("ranking").pick["at"]
    names = [standings.task.title(name) for name in standings.task.names]
    if column not in names:
        return
    race = standings.race(names.index(column))
    session().change("tournament", lambda now: race, f"The race on {column} has the settings found and the held-out starts now.")
