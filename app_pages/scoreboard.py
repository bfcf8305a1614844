"""The table of what each optimizer achieved."""

from __future__ import annotations

from html import escape

import numpy as np

from figures.theme import Style, race_styles
from parameters import short
from scenario import Race
from simulation import Run
from simulation.summary import MEASURES


def scoreboard(race: Race) -> str:
    """The table as HTML, best final loss first."""
    rows = sorted(zip(race.runs, race.labels, race_styles(race), strict=True), key=lambda row: MEASURES["final"].value(row[0]))
    head = "".join(f'<th title="{escape(measure.about)}">{escape(measure.title)}</th>' for measure in MEASURES.values())
    body = "".join(f'<tr><th scope="row">{chip(style, label)}{_rate(run)}</th>{_cells(run)}</tr>' for run, label, style in rows)
    return f'<table class="scoreboard"><thead><tr><th>Optimizer</th>{head}</tr></thead><tbody>{body}</tbody></table>'


def chip(style: Style, label: str) -> str:
    """A name behind the marker in its colour, as HTML."""
    return f'<span class="chip" style="{style.css}"></span>{escape(label)}'


def _rate(run: Run) -> str:
    rate = run.optimizer.values.get("lr")
    return f' <span class="rate">lr {short(float(rate))}</span>' if rate is not None else ""


def _cells(run: Run) -> str:
    values = [(measure.format, measure.value(run)) for measure in MEASURES.values()]
    return "".join(f"<td>{percent(value) if written == 'share' else _number(value)}</td>" for written, value in values)


def _number(value: float) -> str:
    return short(value, 3) if np.isfinite(value) else "–"


def percent(share: float) -> str:
    """A share as HTML."""
    return f"{share:.0%}" if share else '<span class="none">–</span>'
