"""How smooth the loss is where a network of the Network page is trained, with batch normalization and without it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app_pages.making import download
from app_pages.races import comparison_of, once
from app_pages.session import session
from app_pages.settings import Setting
from app_pages.sweep_boxes import numbers_of
from app_pages.widgets import attempt, shows, theme
from exports.maps import smoothness_to_csv
from figures.smoothness import smoothness_curves
from lab.smoothness import along_the_steps
from networks.smoothness import Smoothness
from parameters import short
from player.chart import chart
from scenario import Comparison

_NETWORK = Setting("network", "along", label="Network", form=r"\d+")
"""The network that is looked at, counted from 0; usually the one in the middle."""
_HEIGHT = 290
_ABOUT = (
    "From each step the loss is looked at along its gradient, half to four times as far as the learning rate goes: between which values it "
    "lies, by how much the gradient changes, and that change for the length of the way. Where that is little, a step finds what its "
    "gradient promised (Santurkar et al. 2018)."
)


def smoothness_view(comparison: Comparison) -> None:
    """Draw it: of one of the networks, and of its twin with normalization, or without."""
    (number,) = numbers_of(_NETWORK, len(comparison.runs)) or (len(comparison.runs) // 2,)
    if len(comparison.runs) > 1:
        st.selectbox(
            "Network",
            range(len(comparison.runs)),
            index=number,
            format_func=comparison.labels.__getitem__,
            **shows("network.along", number, lambda chosen: _NETWORK.set(str(chosen))),
        )
    experiment = session().experiment
    twin = attempt(lambda: comparison_of(experiment.replace(batch_norm=not experiment.batch_norm)))
    if twin is None:
        return
    both = (twin, comparison) if experiment.batch_norm else (comparison, twin)
    looked = [once(each, along_the_steps, number, doing="Looking along the steps") for each in both]
    seen = dict(zip(("not normalized", "normalized"), looked, strict=True))
    figures = smoothness_curves(seen, theme())
    for index, (column, figure) in enumerate(zip(st.columns(len(figures), gap="small"), figures, strict=True)):
        with column:
            chart(figure, theme(), f"smoothness {index}", height=_HEIGHT)
    st.caption(f"{_ABOUT} {_in_words(*(along.found for along in seen.values()))}")
    about = "A row for each step, without and with batch normalization: between which values the loss lies, and how its gradient changes."
    download("Save the numbers", lambda: smoothness_to_csv(seen, comparison, number), "csv", about, "smoothness")


def _in_words(plain: Smoothness, normalized: Smoothness) -> str:
    """What normalization makes of it here, in numbers: it is not always less."""
    ranges, changes, betas = (
        f"{short(float(np.mean(getattr(plain, name))), 2)} and {short(float(np.mean(getattr(normalized, name))), 2)}"
        for name in ("loss_range", "gradient_change", "effective_beta")
    )
    told = f"On average, without and with normalization: range of the loss {ranges}, change of the gradient {changes}"
    return f"{told}, effective smoothness {betas}."
