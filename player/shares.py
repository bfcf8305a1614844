"""The table under the maps of basins: which share of the starts ends where."""

from __future__ import annotations

from html import escape

import numpy as np

from figures.basins import LegendEntry, basin_legend
from figures.theme import Theme, styles
from lab.basins import BasinMaps
from parameters import short, whole_percents
from player.scoreboard import NONE, chip, percents
from simulation.measures import Outcome


def shares_table(maps: BasinMaps, theme: Theme) -> str:
    """The table as HTML: a row for each optimizer, a column for each entry of the maps' legend."""
    scenario = maps.scenario
    legend = basin_legend(scenario.build_landscape(), theme, bool((maps.outcome == Outcome.FALLING).any()))
    counted = sum(entry.outcome == Outcome.GLOBAL_MINIMUM for entry in legend) > 1
    head = "".join(f'<th title="{escape(entry.label)}">{_chips(entry)}{escape(entry.brief)}</th>' for entry in legend)
    head += '<th title="Share that came to rest at any global minimum">any global</th>' if counted else ""
    about = "Median step from which on those that came to rest at a minimum stayed there, looked at every 15%; and how many did"
    head += f'<th title="{about}">steps</th>'
    looks = styles([choice.name for choice in scenario.optimizers])
    rows = ""
    for entrant, (label, style) in enumerate(zip(scenario.labels(), looks, strict=True)):
        by_outcome = maps.shares(entrant)
        cells = [_share(maps, entrant, entry, by_outcome) for entry in legend]
        lowest = [index for index, entry in enumerate(legend) if entry.outcome == Outcome.GLOBAL_MINIMUM]
        together = sum(whole_percents(cells)[index] for index in lowest)  # what the columns of the minima add up to
        steps = maps.median_steps(entrant)
        texts = [*percents(cells), *([f"{together}%" if by_outcome[Outcome.GLOBAL_MINIMUM.label] else NONE] if counted else [])]
        arrived = percents([maps.arrived(entrant)])[0]
        texts += [f"{short(steps, 3)} <small>of {arrived}</small>" if np.isfinite(steps) else "–"]
        rows += f'<tr><th scope="row">{chip(style, label)}</th>{"".join(f"<td>{text}</td>" for text in texts)}</tr>'
    table = f'<table class="scoreboard shares"><thead><tr><th>Share that ends at</th>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<div class="wide">{table}</div>'


def _share(maps: BasinMaps, entrant: int, entry: LegendEntry, by_outcome: dict[str, float]) -> float:
    whole_outcome = len(entry.attractors) != 1
    return by_outcome[entry.outcome.label] if whole_outcome else maps.share_of_attractor(entrant, entry.attractors[0])


def _chips(entry: LegendEntry) -> str:
    return "".join(f'<span class="swatch" style="background: {colour}"></span>' for colour in entry.colours[:4])
