"""The table of what each optimizer achieved."""

from __future__ import annotations

from html import escape

import numpy as np

from figures.theme import race_styles
from parameters import Array, short
from scenario import Race
from simulation import Run, measures
from simulation.measures import Outcome

_OUTCOMES = (Outcome.GLOBAL_MINIMUM, Outcome.LOCAL_MINIMUM, Outcome.STALLED, Outcome.DIVERGED)
"""What the last four columns are the shares of."""
_HELP = {
    "final loss": "Median over the starts",
    "best loss": "Median over the starts",
    "steps": "Median number of steps until the loss is within a thousandth of the landscape's usual height above its lowest",
    "distance": "Median distance from the nearest global minimum at the end",
    "path": "Median length of the path",
    "reached": "Share of starts that came to rest at a global minimum",
    "local": "Share that came to rest at another minimum",
    "stalled": "Share that came to rest at a saddle or maximum",
    "diverged": "Share that left the range of numbers",
}


def scoreboard(race: Race) -> str:
    """The table as HTML, best final loss first."""
    rows = sorted(
        zip(race.runs, race.labels, race_styles(race), strict=True), key=lambda row: float(measures.median(measures.final_loss(row[0])))
    )
    head = "".join(f'<th title="{escape(tip)}">{escape(name)}</th>' for name, tip in _HELP.items())
    body = "".join(f'<tr><th scope="row">{chip(style.colour, label)}{_rate(run)}</th>{_cells(run)}</tr>' for run, label, style in rows)
    return f'<table class="scoreboard"><thead><tr><th>Optimizer</th>{head}</tr></thead><tbody>{body}</tbody></table>'


def chip(colour: str, label: str) -> str:
    """A name behind a dot of its colour, as HTML."""
    return f'<span class="chip" style="--chip: {colour}"></span>{escape(label)}'


def _rate(run: Run) -> str:
    rate = run.optimizer.values.get("lr")
    return f' <span class="rate">lr {short(float(rate))}</span>' if rate is not None else ""


def _cells(run: Run) -> str:
    texts = [
        _median(measures.final_loss(run)),
        _median(measures.best_loss(run)),
        _median(measures.never_as_infinity(measures.steps_to(run))),
        _median(measures.distance_to_minimum(run)),
        _median(measures.path_length(run)),
    ]
    shares = measures.shares(run)
    texts += [percent(shares[outcome.label]) for outcome in _OUTCOMES]
    return "".join(f"<td>{text}</td>" for text in texts)


def _median(values: Array) -> str:
    middle = float(measures.median(values))
    return short(middle, 3) if np.isfinite(middle) else "–"


def percent(share: float) -> str:
    """A share as HTML."""
    return f"{share:.0%}" if share else '<span class="none">–</span>'
