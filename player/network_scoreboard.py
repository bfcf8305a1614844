"""The table of all that is measured of networks that were trained."""

from __future__ import annotations

from html import escape

import numpy as np

from figures.networks import network_styles
from parameters import short
from player.scoreboard import chip, percent, row, table
from scenario import Comparison
from scenario.measures import MEASURES


def network_scoreboard(comparison: Comparison) -> str:
    """The table as HTML: a column for each network, a row for how it ended and for each measure."""
    heads = [chip(style, label) for label, style in zip(comparison.labels, network_styles(comparison), strict=True)]
    rows = [row("How it ended", "", [escape(run.verdict) for run in comparison.runs])]
    for measure in MEASURES:
        values = [measure.of(comparison, run) for run in comparison.runs]
        if not all(np.isnan(value) for value in values):
            told = [(percent(value) if measure.share else short(value, 3)) if np.isfinite(value) else "–" for value in values]
            rows.append(row(measure.title, measure.about, told))
    return table(heads, rows)
