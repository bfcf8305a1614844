"""The Tournament page: optimizers on several landscapes, each tuned with the same budget."""

from __future__ import annotations

import streamlit as st

import landscapes
from app_pages.frame import frame
from app_pages.jobs import watch
from app_pages.session import session, value_of
from app_pages.settings import Selection, Setting
from app_pages.trials import objective, seed
from app_pages.widgets import attempt, shows, theme
from figures.fair import profiles, ranking
from lab.tournament import TUNED, Standings, Tournament, eligible, usual
from player.chart import chart
from scenario import Scenario

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
_SIZES = {count: count for count in ("8", "16", "50", "200")}
_STARTS = Selection("tournament", "starts", "16", "Starts", _SIZES, "To tune on; as many others judge.")
_LENGTHS = {count: count for count in ("100", "200", "500", "2000")}
_STEPS = Selection("tournament", "steps_each", "200", "Steps", _LENGTHS)
_OBJECTIVE = objective("tournament", "steps", "Ranked by", "The median over the held-out starts.")
_SEED = seed("tournament")
_RANKED = {
    "steps": "Ranked by the steps of the median held-out start; under them the share of starts that arrive. "
    "A quick one may lead though fewer of its starts arrive; where most never do, the share decides, then the final loss.",
    "final loss": "Ranked by the median final loss above the lowest; under it the share of held-out starts that arrive, "
    "which need not be in the same order.",
}
"""How the objective ranks, and why a rank and a share can seem to contradict each other."""
_CLAIM = "The optimizers of the race meet on several landscapes, each at its default parameters, after equally many trials of tuning."
_MOST = 12


def page() -> None:
    """Draw the page."""
    without = ("landscape", "starts", "training")
    frame("tournament", lambda: None, _picture, without, title=lambda: "Tournament", claim=lambda: _CLAIM)


def _landscapes() -> list[str]:
    """The landscapes that take part: those of the link, by default the first few of each kind."""
    able = eligible()
    asked = _ON.value.split(".") if _ON.value else []
    known = [name for name in dict.fromkeys(asked) if name in able][:_MOST]
    if known != asked:
        _ON.refuse(f"names landscapes that cannot take part; {', '.join(known) or 'the usual ones'} do", ".".join(known))
    return known or list(usual())


def _picture() -> None:
    chosen = _landscapes()
    st.multiselect(
        "Landscapes",
        eligible(),
        default=chosen,
        format_func=lambda name: landscapes.get(name).name,
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
    columns = st.columns([1.3, 0.95, 0.75, 0.75, 1.8, 0.65])
    settings = (_TUNED, _TRIALS, _STARTS, _STEPS, _OBJECTIVE, _SEED)
    tuned, trials, starts, steps, objective, seed = (setting.choose(column) for setting, column in zip(settings, columns, strict=True))
    optimizers = session().scenario.optimizers
    return Tournament(optimizers, tuple(names), int(steps), int(trials), int(starts), int(seed), tuned, objective)


def _standings(standings: Standings) -> None:
    rows = len(standings.labels)
    with st.container(key="halves"):
        left, right = st.columns([1.2, 1], gap="medium")
    with left:
        st.caption(f"{_RANKED[standings.task.objective]} Click a landscape to race there.")
        chart(ranking(standings, theme()), theme(), "ranking", lambda: _picked(standings), height=90 + 62 * rows)
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
    column, _ = value_of("ranking").pick["at"]
    names = [landscapes.get(name).name for name in standings.task.landscapes]
    if column not in names:
        return
    race: Scenario = standings.race(names.index(column))
    session().change("tournament", lambda now: race, f"The race on {column} has the settings found and the held-out starts now.")
