"""The Tournament page: optimizers on several landscapes, each tuned with the same budget."""

from __future__ import annotations

import streamlit as st

import landscapes
from app_pages.frame import frame
from app_pages.jobs import status, watch
from app_pages.state import ALL, change, complaint, current, heard, put, refuse, setting, show
from app_pages.widgets import own_setting, theme
from lab.jobs import Job
from lab.search import OBJECTIVES
from lab.tournament import TUNED, Standings, Tournament
from scenario import Scenario

OWN = {"on": "", "tuned": "for each", "trials": "40", "starts": "16", "steps_each": "200", "objective": "steps", "tuning": "0"}
"""The page's own settings, with what they are if nothing is said."""
_TRIALS = {count: f"{count} each" for count in ("20", "40", "100", "300")}
_STARTS = {count: count for count in ("8", "16", "50", "200")}
_STEPS = {count: count for count in ("100", "200", "500", "2000")}
_SEEDS = {str(seed): str(seed) for seed in range(10)}
_OF_EACH_KIND = 2
_MOST = 12


def page() -> None:
    """Draw the page."""
    frame("tournament", _header, _picture, OWN, without=("landscape", "starts", "rest"), title=lambda: "Tournament")


def _landscapes() -> list[str]:
    """The landscapes that take part: those of the link, by default the first few of each kind."""
    able = _able()
    asked = setting("on").split(".") if setting("on") else []
    chosen = [name for name in dict.fromkeys(asked) if name in able][:_MOST]
    if chosen != asked:
        refuse("on", ".".join(chosen), f"cannot be; {', '.join(chosen) or 'the usual landscapes'} take part")
    return chosen or usual_landscapes()


def _able() -> list[str]:
    return [name for name in landscapes.names() if not landscapes.get(name).unbounded]


def usual_landscapes() -> list[str]:
    """The first few of each kind that have a lowest loss."""
    of_kind = {kind: [name for name in _able() if landscapes.get(name).kind == kind] for kind in landscapes.KINDS}
    return [name for names in of_kind.values() for name in names[:_OF_EACH_KIND]]


def _header() -> None:
    st.caption("The optimizers are those at the left. Every landscape is at its default parameters.")


def _picture() -> None:
    chosen = _landscapes()
    st.multiselect(
        "Landscapes",
        _able(),
        default=chosen,
        key=show("chosen", chosen),
        format_func=lambda name: landscapes.get(name).name,
        max_selections=_MOST,
        on_change=heard("chosen", lambda chosen: put(on=".".join(chosen))),
        label_visibility="collapsed",
    )
    try:
        with st.container(key="choices"):
            task = _task(chosen)
    except ValueError as error:
        st.error(complaint(error), icon=":material/error:")
        return
    watch(task, lambda job: _found(task, job))


def _task(chosen: list[str]) -> Tournament:
    columns = st.columns([1.5, 1, 0.8, 0.8, 1.4, 0.7])
    told = "For each landscape its own settings, or one setting for all of them: the difference is what tuning is worth."
    tuned = own_setting(columns[0], "Tuned", "tuned", TUNED, OWN["tuned"], told)
    trials = own_setting(columns[1], "Trials", "trials", _TRIALS, OWN["trials"], "Every optimizer gets the same number.")
    starts = own_setting(columns[2], "Starts", "starts", _STARTS, OWN["starts"], "To tune on; as many others judge.")
    steps = own_setting(columns[3], "Steps", "steps_each", _STEPS, OWN["steps_each"])
    named = {name: title[0].upper() + title[1:] for name, title in OBJECTIVES.items()}
    objective = own_setting(columns[4], "Ranked by", "objective", named, OWN["objective"], "The median over the held-out starts.")
    seed = own_setting(columns[5], "Seed", "tuning", _SEEDS, OWN["tuning"], "Chooses the trials and the starts.")
    return Tournament(current().optimizers, tuple(chosen), int(steps), int(trials), int(starts), int(seed), tuned, objective)


def _found(task: Tournament, job: Job[Standings] | None) -> None:
    status(job, task, "Tuning and racing")
    if job and job.result:
        _standings(job.result)


def _standings(standings: Standings) -> None:
    from figures.fair import profiles, ranking
    from player.chart import chart

    rows = len(standings.labels)
    left, right = st.columns([1.2, 1], gap="medium")
    with left:
        st.caption("Rank, and the share of held-out starts that reach the tolerance. Click a landscape to race there.")
        chart(ranking(standings, theme()), theme(), "ranking", lambda: _picked(standings), height=70 + 52 * rows)
    with right:
        st.caption("Share of problems solved within so many times the steps of the best (Dolan and Moré 2002).")
        chart(profiles(standings, theme()), theme(), "profiles", height=max(340, 70 + 52 * rows))
    st.download_button(
        "Table as CSV",
        standings.to_csv(),
        "tournament.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _picked(standings: Standings) -> None:
    """Race on the landscape that was clicked, with the settings found for it."""
    column, _ = st.session_state["ranking"].pick["at"]
    names = [landscapes.get(name).name for name in standings.task.landscapes]
    if column not in names:
        return
    race: Scenario = standings.race(names.index(column))
    change("tournament", lambda now: race, f"The race on {column} has the settings found and the held-out starts now.", ALL)
