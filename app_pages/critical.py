"""Critical points of a network of the Network page: searched for in the background, drawn, and told."""

from __future__ import annotations

from math import isnan

import streamlit as st

from app_pages.jobs import watch
from app_pages.making import download
from app_pages.session import session
from app_pages.settings import Selection
from app_pages.widgets import attempt, theme
from exports.critical_points import critical_points_to_csv
from figures.critical_points import gradient_and_loss, index_and_loss
from lab.critical_points import LIMIT, NETWORKS, CriticalSearch, CriticalSurvey, most_weights
from networks.critical_points import PENALTY
from parameters import short
from player.chart import chart
from scenario import Experiment

_LIMIT = Selection(
    "network",
    "counts",
    f"{LIMIT:.0e}",
    "Counts as critical",
    {f"{limit:.0e}": f"gradient up to {short(limit)}" for limit in (1e-3, 1e-5, 1e-7, LIMIT, 1e-11)},
    "Where a search has ended the gradient is short, which need not mean that there is a critical point. Here you say how short is enough.",
)
_HEIGHT = 330
_SMALL = (4,)
"""The hidden layers of the network that is offered in place of one that is too large."""
_ENOUGH = 10
"""Of so many variables lesson 4 says how many stationary points are minima; in more they are rarer yet."""
_ABOUT = (
    f"{NETWORKS} networks begin at weights of different scale and descend; from six points on the way of each, a search makes the gradient "
    f"short, not the loss small, so that it ends at saddles, too. All weights have an L2 penalty of {short(PENALTY)}: else there would be "
    "whole valleys of equal loss (Dauphin et al. 2014; Frye et al. 2021)."
)


def critical_points_view() -> None:
    """Search, and show what was found; or say why not."""
    experiment = session().experiment
    task = attempt(lambda: CriticalSearch.of(experiment))
    if task is None:
        _offer_smaller(experiment)
        return
    job = watch(task, lambda _: "Searching")
    if job and job.result:
        _found(job.result)
    st.caption(_ABOUT)


def _offer_smaller(experiment: Experiment) -> None:
    small = experiment.replace(widths=_SMALL)
    if small.build_network().size > most_weights(len(small.build_data().x)):
        return
    st.button(
        f"Look at {small.build_network()}",
        icon=":material/hub:",
        help="Gives the network one small layer. Undo brings yours back.",
        on_click=lambda: session().change("smaller", lambda now: now.replace(widths=_SMALL)),
    )


def _found(survey: CriticalSurvey) -> None:
    left, right = st.columns(2, gap="small", vertical_alignment="bottom")
    limit = float(_LIMIT.choose(left))
    with right:
        about = "A row for each search: loss, gradient, index, all eigenvalues and weights."
        download("Save the points", lambda: critical_points_to_csv(survey), "csv", about, "critical-points")
    colours = theme()
    for column, name, draw in zip(st.columns(2, gap="small"), ("index", "gradient"), (index_and_loss, gradient_and_loss), strict=True):
        with column:
            chart(draw(survey, colours, limit), colours, f"critical {name}", height=_HEIGHT)
    st.markdown(_in_words(survey, limit))
    if groups := survey.groups(limit):
        rows = ["| index | points | different losses | lowest | median | highest |", "|--:|--:|--:|--:|--:|--:|"]
        rows += [
            f"| {each.index} | {each.points} | {each.losses} | {each.lowest:.4f} | {each.median:.4f} | {each.highest:.4f} |"
            for each in groups
        ]
        st.markdown("\n".join(rows))


def _in_words(survey: CriticalSurvey, limit: float) -> str:
    """What was found, in numbers."""
    counted, groups = int(survey.critical(limit).sum()), survey.groups(limit)
    minima = sum(group.points for group in groups if group.index == 0)
    told = [f"**{counted} of {len(survey.steps)}** searches have ended where the gradient is at most {short(limit)}"]
    relation = survey.correlation(limit)
    if counted:
        most = f"with up to {groups[-1].index} of {survey.size} directions down"
        told[0] += (
            f": {minima} at minima, {counted - minima} at saddles or maxima, {most}." if minima < counted else ", all of them at minima."
        )
        told.append("All have one index, or one loss." if isnan(relation) else f"The correlation of index and loss is **{relation:.2f}**.")
    else:
        told[0] += "."
    if held := survey.held_up(limit):
        told.append(f"{held} were held up where the gradient lies in flat directions: they are no critical points (Frye et al. 2021).")
    if not isnan(relation) and survey.size >= _ENOUGH:
        told.append(
            f"Of a random function's stationary points in {_ENOUGH} dimensions fewer than one in a thousand are minima (lesson 4); "
            "here the searches begin where training leads. The dashed line is the law of random matrices: curvatures are spread as a "
            "semicircle, which lies the lower the higher the loss is (Bray and Dean 2007); how fast and how wide is fitted to the points."
        )
    return " ".join(told)
