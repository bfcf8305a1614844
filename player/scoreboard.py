"""The table of all that is measured of a race."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np

from figures.theme import Style, race_styles
from parameters import short, whole_percents
from scenario import Race
from simulation.summary import MEASURES
from simulation.verdicts import Ending

SCOREBOARD_STYLE = Path(__file__).with_name("scoreboard.css")
NONE = '<span class="none">–</span>'
"""A share of nothing, as HTML."""
_ENDED = (
    "“Arrived at step 47”: from that step on it stays within a hundredth of the map of a lowest minimum, and of the landscape's usual "
    "height above it, for the last twentieth of the run at least"
)


def scoreboard(race: Race) -> str:
    """The table as HTML: a column for each optimizer, a row for its verdict, for each measure, and for each way in which starts end."""
    told = race.verdicts
    many = race.runs[0].count > 1
    heads = zip(race.labels, race.rates, race_styles(race), strict=True)
    rows = [row("How it ended", _ENDED, [escape(each.words) for each in told])]
    for measure in MEASURES.values():
        values = [measure.value(run) for run in race.runs]
        rows.append(row(measure.title, measure.about, [_number(value) for value in values]))
    if many:
        shares = [each.shares() for each in told]
        found = [ending for ending in Ending if any(ending in share for share in shares)]
        cells = [percents([share.get(ending, 0.0) for ending in found]) for share in shares]
        rows += [row(f"Share {ending.words}", "", each) for ending, each in zip(found, zip(*cells, strict=True), strict=True)]
    caption = "Numbers are medians over the starts." if many else ""
    return table([f"{chip(style, label)}{_rate(rate)}" for label, rate, style in heads], rows, caption)


def table(heads: Sequence[str], rows: Sequence[str], caption: str = "") -> str:
    """A table of measures as HTML, from its columns' heads and its rows (`row`)."""
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    above = f"<caption>{caption}</caption>" if caption else ""
    return (
        f'<div class="wide"><table class="scoreboard measures">{above}<thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def chip(style: Style, label: str) -> str:
    """A name behind the marker in its colour, as HTML."""
    return f'<span class="chip" style="{style.css}"></span>{escape(label)}'


def row(title: str, about: str, cells: Sequence[str]) -> str:
    """A row of such a table as HTML, from its title, what explains it, and its cells."""
    explained = f"<small>{escape(about)}</small>" if about else ""
    return f'<tr><th scope="row">{escape(title)}{explained}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _rate(rate: str) -> str:
    return f' <span class="rate">lr {rate}</span>' if rate else ""


def _number(value: float) -> str:
    return short(value, 3) if np.isfinite(value) else "–"


def percents(shares: Sequence[float]) -> list[str]:
    """The parts of one whole as HTML, which together make a hundred."""
    return [f"{whole}%" if share else NONE for share, whole in zip(shares, whole_percents(shares), strict=True)]


def percent(share: float) -> str:
    """A share as HTML."""
    return f"{share:.0%}" if share else NONE
