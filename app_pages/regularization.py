"""Which ways to train over-fit: curves over many networks of the Network page's data, and how they end."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app_pages.jobs import watch
from app_pages.making import download
from app_pages.session import session
from app_pages.settings import Selection
from app_pages.widgets import attempt, hand_over, theme
from exports.regularization import regularization_to_csv
from figures.regularization import regularization_curves, regularization_styles
from lab.jobs import Job
from lab.regularization import Outcome, RegularizationCurves, RegularizationResult
from parameters import short
from player.chart import chart
from player.markdown import plain
from player.scoreboard import chip
from scenario import Experiment

_NETWORKS = Selection(
    "network",
    "of_each_way",
    "20",
    "Networks",
    {count: f"{count} of each way" for count in ("5", "20", "50")},
    "Each has examples, first weights and chance of its own: those of the seed after the one before.",
)
_HEIGHT = 290
_ROUNDING = 1e-9
"""A spread of so small a share is that of rounding, in networks that all end alike."""
_ABOUT = (
    "Curves are medians over the networks, bands reach from quartile to quartile; the table has means, and ± one standard deviation. "
    "Losses are without penalties. Where the networks above differ in how they are trained, these are the ways; else the usual ones."
)


def regularization_view() -> None:
    """Train the networks, draw their curves, and say which ways over-fit."""
    experiment = session().experiment
    left, right = st.columns([1, 2.2], vertical_alignment="bottom")
    task = attempt(lambda: RegularizationCurves.of(experiment, int(_NETWORKS.choose(left))))
    if task is None:
        return
    with right:
        words = f"{len(task.labels)} ways to train {plain(task.experiment.title)}"
        if len(experiment.variants) > 1:
            st.markdown(words)
        else:
            about = "The first network of each way side by side above, with its boundary."
            hand_over(words, "Look at one of each", ":material/view_column:", partial(_use, task.experiment), about)
    job = watch(task, lambda _: "Training networks", _curves)
    if job and job.result:
        about = "A row for each network of each way at each step: both losses, both accuracies."
        download("Save the curves", partial(regularization_to_csv, job.result), "csv", about, "regularization")


def _use(experiment: Experiment) -> None:
    session().change("ways", lambda now: experiment.replace(plane=now.plane), "These ways are trained side by side now.")


def _curves(job: Job[RegularizationResult] | None) -> None:
    """The curves as far as they are, and what they say."""
    result = job.partial if job else None
    if result is None:
        return
    figures = regularization_curves(result, theme())
    for index, (column, figure) in enumerate(zip(st.columns(len(figures), gap="small"), figures, strict=True)):
        with column:
            chart(figure, theme(), f"regularization {index}", height=_HEIGHT)
    st.html(_table(result))
    st.markdown(plain(result.told))
    st.caption(f"{result.networks} networks of each way. {_ABOUT}")


def _table(result: RegularizationResult) -> str:
    """How each way ends, as HTML: a row each, in the colours of the curves."""
    graded = result.graded
    titles = ["training loss", "test loss", *(["test accuracy"] if graded else []), "lowest test loss", "rise from there", "over-fits"]
    head = "".join(f"<th>{title}</th>" for title in titles)
    rows = ""
    for label, style, ends in zip(result.task.labels, regularization_styles(result.task), result.outcomes, strict=True):
        cells = "".join(f"<td>{cell}</td>" for cell in _cells(ends, graded))
        rows += f'<tr><th scope="row">{chip(style, label)}</th>{cells}</tr>'
    return (
        '<div class="wide"><table class="scoreboard shares"><thead><tr><th>At the end, in the mean</th>'
        f"{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cells(ends: Outcome, graded: bool) -> list[str]:
    if ends.at < 0:
        return ["overflowed", *["–"] * (5 if graded else 4)]
    return [
        short(ends.train, 2),
        f"{short(ends.test, 3)} ± {short(ends.spread, 2) if ends.spread > _ROUNDING * ends.test else 0}",
        *([f"{ends.accuracy:.1%}"] if graded else []),
        f"{short(ends.lowest, 3)} at step {ends.at:,}",
        f"{ends.growth - 1:+.0%}",
        "yes" if ends.rises else "no",
    ]
