"""The Tournament page: optimizers on several landscapes, each tuned with the same budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

import landscapes
from app_pages import raced_networks
from app_pages.controls import sidebar
from app_pages.frame import frame
from app_pages.kinds import kind_switch, on_networks
from app_pages.network_controls import network_sidebar
from app_pages.session import capitalized, session, value_of
from app_pages.settings import Selection, Setting
from app_pages.share_lab import share_lab
from app_pages.trials import BudgetChoice, first_seeds, objective, runs, seed, seeds, told_budget, trainings, tuned_by, watch_seeds
from app_pages.widgets import attempt, shows, theme
from exports.findings import NETWORK_TOURNAMENT, TOURNAMENT
from figures.fair import critical_differences, data_profiles, profiles, ranking
from lab.costs import NETWORK_UNITS, UNITS
from lab.judged import confidence, counted
from lab.network_tournament import USUAL_DATA, NetworkTournament, on_data
from lab.standings import TUNED, Standings, TournamentTask
from lab.tournament import USUAL, Tournament, eligible
from lab.tuned import trials_per_dimension
from player.chart import chart
from player.ranking_table import ranking_table
from scenario import CUSTOM, Experiment
from scenario.network_parts import OWN, source_title, sources

_ON = Setting("tournament", "on", label="Landscapes")
"""The landscapes that take part, joined by dots; the usual ones where it is empty."""
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
_SEED, _SEEDS, _BUDGET = seed("tournament"), seeds("tournament"), BudgetChoice("tournament")
_ON_DATA = Setting("tournament", "data_sets")
"""The data sets that take part, joined by dots; the usual ones where it is empty."""
_NONE = "none"
"""What stands there where the list was cleared."""
_NETWORKS_TUNED = Selection(
    "tournament",
    "networks_tuned",
    "for each",
    "Tuned",
    {name: title.replace("landscape", "data set") for name, title in TUNED.items()},
    "For each data set its own settings, or one setting for all of them: the difference is what tuning is worth.",
)
_TRAININGS, _RUNS, _TUNED_BY = trainings("tournament"), runs("tournament", "1"), tuned_by("tournament")
_NETWORK_BUDGET = BudgetChoice("tournament", networks=True)
_BEGUN = Setting("tournament", "begun", "0", "Initialization")
"""The initialization of the networks, counted from 0."""
_RANKED = {
    "steps": "Place: 1 + how many are better beyond chance; share of starts solved: they arrive and stay (+ those that only passed by), "
    "between which limits that lies; in how many steps, the median of the solved.",
    "final loss": "Place: 1 + how many are better beyond chance; share of starts solved (+ those that only passed by), between which "
    "limits that lies; the median final loss above the lowest, ≤ where doubles tell no less apart, which decides.",
}
"""What stands in a cell."""
_RANKED_NETWORKS = (
    "Place: 1 + how many are better beyond chance; the median test loss, which decides; between which limits that lies; the share of "
    "the test examples that is right, or in a regression of the runs that have learned. Click a data set to take its networks along."
)
_PROFILES = {"best": "Against the best"} | {name: f"By {title.lower()}" for name, title in UNITS.items()}
_PROFILE = Selection("tournament", "profile", "best", "Profile", _PROFILES)
_NETWORK_PROFILES = {"best": "Against the best"} | {name: f"By {title.lower()}" for name, title in NETWORK_UNITS.items()}
_NETWORK_PROFILE = Selection("tournament", "networks_profile", "best", "Profile", _NETWORK_PROFILES)
_MOST = 12


def page() -> None:
    """Draw the page."""
    frame(
        "tournament",
        _header,
        _picture,
        title=_title,
        claim=lambda: NETWORK_TOURNAMENT.about if on_networks() else TOURNAMENT.about,
        controls=_controls,
    )


def _header() -> None:
    kind_switch()
    share_lab(NetworkTournament if on_networks() else Tournament, _title)


def _controls(told: str) -> None:
    if on_networks():
        network_sidebar(told, without=("data", "variants", "seed"))
    else:
        sidebar(("landscape", "starts", "steps"), told)


def _title() -> str:
    return "Tournament"


def _chosen(setting: Setting, what: str, able: list[str], usual: Sequence[str]) -> list[str]:
    """What takes part, landscapes or data sets: those of the link, by default the usual ones; none where the list was cleared."""
    if setting.value == _NONE:
        return []
    asked = setting.value.split(".") if setting.value else []
    known = [name for name in dict.fromkeys(asked) if name in able][:_MOST]
    if known != asked:
        setting.refuse(f"names {what} that cannot take part; {', '.join(known) or 'the usual ones'} do", ".".join(known))
    return known or list(usual)


def _choose(setting: Setting, what: str, able: list[str], usual: Sequence[str], name_of: Callable[[str], str]) -> list[str]:
    """The list of what takes part."""
    chosen = _chosen(setting, what, able, usual)
    st.multiselect(
        capitalized(what),
        able,
        default=chosen,
        format_func=name_of,
        max_selections=_MOST,
        label_visibility="collapsed",
        **shows(what, chosen, lambda names: setting.set(".".join(names) or _NONE)),
    )
    if not chosen:
        st.info(f"No {what.removesuffix('s')} takes part. Choose some in the list above, up to {_MOST}.", icon=":material/playlist_add:")
    return chosen


def _task() -> Tournament | NetworkTournament | None:
    """What is to be held, from the lists at the top."""
    if on_networks():
        _chosen(_ON, "landscapes", [CUSTOM, *eligible()], USUAL)  # what no list shows now is in the link, and has to be possible, too
        _BUDGET.checked()
        own = session().experiment.data.name == OWN
        sets = [name for name in sources() if own or name != OWN]
        chosen = _choose(_ON_DATA, "data sets", sets, USUAL_DATA, source_title)
        with st.container(key="choices"):
            return attempt(lambda: _task_on_networks(chosen)) if chosen else None
    _chosen(_ON_DATA, "data sets", list(sources()), USUAL_DATA)  # likewise
    raced_networks.check(_BEGUN, _NETWORK_BUDGET)
    able = eligible(session().scenario)
    chosen = _choose(_ON, "landscapes", able, USUAL, lambda name: "Own formula" if name == CUSTOM else landscapes.get(name).name)
    with st.container(key="choices"):
        return attempt(lambda: _task_on_landscapes(chosen)) if chosen else None


def _picture() -> None:
    task: TournamentTask | None = _task()
    if task is None:
        return
    line, above = st.empty(), st.container()
    with above:
        job = watch_seeds(_SEEDS, task, "Tuning and racing", line)
        if job and job.result:
            _standings(job.result)
    if job and job.result:
        _below(job.result)


def _task_on_networks(names: list[str]) -> NetworkTournament:
    several = raced_networks.several_initials()
    columns = st.columns([1.38, 0.88, 0.64, 0.64, 1.76, 0.72, *_NETWORK_BUDGET.columns, *([1.2] if several else [])])
    if several:
        raced_networks.choose_initial(_BEGUN, columns[-1])
    settings = (_NETWORKS_TUNED, _TRAININGS, _SEEDS, _RUNS, _TUNED_BY, _SEED)
    tuned, trials, _, runs, objective, seed = (setting.choose(column) for setting, column in zip(settings, columns, strict=False))
    experiment = raced_networks.raced(_BEGUN)
    held = on_data(experiment, names)
    budget = _NETWORK_BUDGET.choose(columns[6:], held[0], experiment.steps)
    return NetworkTournament(experiment.optimizers, held, int(trials), int(runs), int(seed), tuned, objective, first_seeds(_SEEDS), *budget)


def _task_on_landscapes(names: list[str]) -> Tournament:
    columns = st.columns([1.64, 0.98, 0.86, 0.72, 0.8, 1.98, 0.84, *_BUDGET.columns])
    settings = (_TUNED, _TRIALS, _SEEDS, _STARTS, _STEPS, _OBJECTIVE, _SEED)
    tuned, trials, _, *numbers, objective, seed = (setting.choose(column) for setting, column in zip(settings, columns[:7], strict=True))
    starts, steps = map(int, numbers)
    scenario = session().scenario
    first = scenario.build_landscape() if names[0] == CUSTOM else landscapes.get(names[0])
    budget = _BUDGET.choose(columns[7:], first, steps)
    chosen = scenario.optimizers, tuple(names), steps, int(trials), starts, int(seed), tuned, objective, first_seeds(_SEEDS), scenario
    return Tournament(*chosen, *budget)


def _standings(standings: Standings) -> None:
    rows = len(standings.labels)
    with st.container(key="halves"):
        left, right = st.columns([1.7, 1], gap="medium")
    with left:
        st.caption(_read(standings))
        chart(ranking(standings, theme()), theme(), "ranking", lambda: _picked(standings), height=90 + 76 * rows)
        with st.container(key="ranked"):
            st.html(ranking_table(standings))
    with right:
        unit = (_NETWORK_PROFILE if _of_networks(standings) else _PROFILE).choose(st.container(), label_visibility="collapsed")
        st.caption(_told_of(unit, standings))
        figure = profiles(standings, theme()) if unit == "best" else data_profiles(standings, unit, theme())
        chart(figure, theme(), "profiles", height=max(270, 60 + 40 * rows))
        if rows > 1:
            st.markdown(f"**{standings.in_words()}**")
            st.caption(_difference(standings))
            chart(critical_differences(standings, theme()), theme(), "differences", height=70 + 22 * ((rows + 1) // 2))


def _below(standings: Standings) -> None:
    """What it took, and the table to take along."""
    st.caption(_effort(standings))


def _of_networks(standings: Standings) -> bool:
    return isinstance(standings.task, NetworkTournament)


def _read(standings: Standings) -> str:
    """How the places are read."""
    if _of_networks(standings):
        return _RANKED_NETWORKS
    return f"{_RANKED[standings.task.compared_by]} Click a landscape to race there."


def _told_of(unit: str, standings: Standings) -> str:
    """What a profile tells."""
    told = _PROFILED if unit == "best" else _COUNTED[unit]
    if not _of_networks(standings):
        return told
    slopes = told.replace(", searches counted", " of examples, searches counted")
    return f"{slopes} A problem is a run; it is solved once its test loss is a quarter of the best constant answer's, and stays below."


_PROFILED = "Share of problems solved within so many times the steps of the best (Dolan and Moré 2002)."
_COUNTED = {
    "steps": "Share of problems solved in at most so many steps (Moré and Wild 2009).",
    **{
        unit: f"Share of problems solved with at most so many {title} (Moré and Wild 2009), searches counted, without who asks for none."
        for unit, title in (("gradients", "slopes"), ("losses", "losses"), ("hessians", "Hessians"), ("operations", "operations"))
    },
}


def _effort(standings: Standings) -> str:
    """What it took, in words."""
    task = standings.task
    where = f"for each {task.noun}" if task.tuned == "for each" else f"on all {task.noun}s at once"
    told = trials_per_dimension(task.count, task.entrants, task.labels())
    budget = told_budget(task)
    return f"{task.count} trials each {where}, with {counted(task.seeds, 'seed')}. That is {told}. {confidence(task.seeds)}{budget}"


def _difference(standings: Standings) -> str:
    """How far apart mean ranks have to be, in a sentence."""
    told = f"A bar joins those that cannot be told apart by their ranks on these {standings.task.noun}s"
    if np.isfinite(difference := standings.critical_difference):
        return f"{told}: it takes a difference of {difference:.2f} (Friedman and Nemenyi; Demšar 2006)."
    return f"{told}: Friedman's test finds no difference between them (Demšar 2006)."


def _picked(standings: Standings) -> None:
    """Race on the landscape that was clicked, or train on the data set, with the settings found for it."""
    column, _ = value_of("ranking").pick["at"]
    names = [standings.task.title(name) for name in standings.task.names]
    if column not in names:
        return
    race = standings.race(names.index(column))
    told = f"The race on {column} has the settings found and the held-out starts now."
    if isinstance(race, Experiment):
        told = f"The Network page has {column} with the settings found and the first seed now."
    session().change("tournament", lambda now: race, told)
