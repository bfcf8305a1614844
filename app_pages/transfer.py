"""The Transfer page: what a network has learned in advance, and what that is worth for a task with few examples."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

import streamlit as st

from app_pages.frame import frame
from app_pages.jobs import watch
from app_pages.places import LANDSCAPE
from app_pages.races import comparison_of, measured
from app_pages.refined import refine_landscape
from app_pages.session import session, value_of
from app_pages.settings import Selection, Setting, number_below
from app_pages.share_lab import share_lab
from app_pages.widgets import attempt, theme
from figures.transfer import transfer_curves
from lab.jobs import Job
from lab.transfer import TransferCurves, TransferResult
from player.chart import chart
from player.component import trainer
from player.markdown import plain
from scenario import Comparison, Experiment, View
from scenario.landscape_presets import LANDSCAPE_PANELS
from scenario.transfers import TRANSFERS

_PAGE, _KEY, _PLAYER = "transfer", "transfer chart", "transfer trainer"
_AT = Setting(_PAGE, "at", "5", "Examples of each class")
"""Examples of each class of the networks that are played."""
_TASK = Selection(_PAGE, "task", "arms", "From → to", {name: transfer.title for name, transfer in TRANSFERS.items()}, resets=(_AT,))
_TUNED = Selection(
    _PAGE,
    "tuned",
    "0",
    "Fine-tuned",
    {"0": "all layers", "1": "from layer 2 on"},
    "Which of the layers that are taken over go on learning; the last layer, which is new, always does.",
)
_NETWORKS = Selection(
    _PAGE,
    "networks",
    "20",
    "Networks",
    {count: f"{count} each" for count in ("5", "20", "50")},
    "For each way and each number of examples; every network has examples and first weights of its own.",
)
_WORDS = (
    ("From scratch", "The network begins with random weights and learns the small task alone."),
    ("Frozen", "All layers but the last come from a network that has learned the large task, and stay as they are. The last one learns."),
    ("Frozen random", "The same with random layers that never learn: the control. What it lacks is what was learned in advance."),
    ("Fine-tuned", "It begins as the frozen one, and then all layers learn."),
)
_CLAIM = "A network first learns a task with many examples. How much does that help with another task, of which there are few?"
_HEIGHT = 400
_SHARES = (1.0, 1.15)
"""How the curves and what is played share the width: networks side by side, their landscape, and their table need more of it."""
_PANELS, _WITHOUT_PLANE = ("boundary", "landscape", "accuracy"), ("landscape", "accuracy")
"""What the networks are looked at in, and in what where their inputs are no plane."""


def page() -> None:
    """Draw the page."""
    frame(
        _PAGE,
        lambda: share_lab(TransferCurves, _cited),
        _picture,
        title=lambda: "Transfer learning",
        claim=lambda: _CLAIM,
        controls=_sidebar,
        afterwards=_refined,
    )


def _cited() -> str:
    return f"Transfer learning: {TRANSFERS[_TASK.value].title}"


def _sidebar(_: str) -> None:
    with st.sidebar:
        st.markdown("**Four ways to begin**")
        for name, about in _WORDS:
            st.markdown(f"**{name}.** {about}")
        st.caption("Yosinski et al. 2014, How transferable are features in deep neural networks? arXiv:1411.1792")


def _picture() -> None:
    left, right = st.columns(_SHARES, gap="medium")
    with left:
        with st.container(key="choices"):
            task = attempt(_task)
        if task is None:
            return
        st.caption(plain(task.transfer.about))
        played = _played(task)
        watch(task, lambda _: "Training networks", lambda job: _curves(task, played, job))
    with right, st.container(key="played"):
        _play()


def _task() -> TransferCurves:
    """What is to be trained, from the lists over the curves."""
    name = _TASK.choose(st.container())
    tuned, networks = (setting.choose(column) for setting, column in zip((_TUNED, _NETWORKS), st.columns(2), strict=True))
    return TransferCurves(name, int(networks), int(tuned))


def _played(task: TransferCurves) -> int:
    """The number of examples of each class of the networks that are played."""
    asked = number_below(1 + task.counts[-1], _AT.value)
    if asked not in task.counts:
        _AT.refuse(f"was changed; choose one of {', '.join(map(str, task.counts))}", str(task.nearest(asked or int(_AT.default))))
        return int(_AT.value)
    return asked


def _curves(task: TransferCurves, played: int, job: Job[TransferResult] | None) -> None:
    """The curves as far as they are, and what they say."""
    result = job.partial if job else None
    if result is None:
        return
    chart(transfer_curves(result, theme(), played), theme(), _KEY, lambda: _picked(task), height=_HEIGHT)
    st.markdown(plain(result.told))
    st.caption(
        f"Means of {result.networks} networks, with bars of one standard deviation. Who leads does so by more than two standard errors of "
        "the difference between networks with the same examples. Click a number of examples to play it."
    )


def _experiment() -> tuple[Experiment, str]:
    """The four networks of the chosen number of examples, and what they are called."""
    task = TransferCurves(_TASK.value, int(_NETWORKS.value), int(_TUNED.value))
    played = _played(task)
    described = f"{task.transfer.title}, {played} example{'s' * (played != 1)} of each class"
    return task.transfer.compared(played, tuned_from=task.tuned_from), described


def _play() -> None:
    """These networks, side by side."""
    experiment, described = _experiment()
    st.markdown(f"**Played**: {plain(described)}")
    network, landscape = st.columns(2, gap="small")
    network.button(
        "Open in Network",
        icon=":material/hub:",
        width="stretch",
        on_click=partial(_use, experiment, described),
        help="These four networks with all their settings, to change them.",
    )
    landscape.button(
        "Open in Real landscape",
        icon=":material/landscape:",
        width="stretch",
        on_click=partial(_use_there, experiment, described),
        help="The same four, on the page where a click on their landscape lets all of them begin there.",
    )
    if comparison := attempt(lambda: comparison_of(experiment)):
        panels = _panels(comparison)
        measured(comparison, panels)
        trainer(comparison, theme(), panels, _PLAYER, title=described)


def _panels(comparison: Comparison) -> tuple[str, ...]:
    return _PANELS if comparison.data.inputs == 2 else _WITHOUT_PLANE


def _refined() -> None:
    """Let the landscape be shown from more points."""
    with suppress(ValueError):  # which stands in the picture's place
        comparison = comparison_of(_experiment()[0])
        refine_landscape(comparison, _panels(comparison), _PLAYER)


def _use(experiment: Experiment, described: str) -> None:
    session().open_elsewhere("network", View(experiment, experiment.usual_panels), described)


def _use_there(experiment: Experiment, described: str) -> None:
    panels = (*LANDSCAPE_PANELS, "boundary", "accuracy") if experiment.build_data().inputs == 2 else (*LANDSCAPE_PANELS, "accuracy")
    session().open_elsewhere(LANDSCAPE, View(experiment, panels), described)


def _picked(task: TransferCurves) -> None:
    across, _ = value_of(_KEY).pick["at"]
    _AT.set(str(task.nearest(float(across))))
