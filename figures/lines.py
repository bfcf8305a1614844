"""The loss of networks on straight lines through their weights (Goodfellow, Vinyals and Saxe 2015, arXiv:1412.6544)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from figures.figure import figure_of, single_precision
from figures.maps import base_layout
from figures.theme import CURVE_WIDTH, LIGHT, Style, Theme
from lab.lines import StraightLines
from networks.planes import Line
from parameters import Array

if TYPE_CHECKING:
    import plotly.graph_objects as go


_DECADES = 1.5
"""From so many powers of ten on these alone have numbers."""
_EDGE = 0.08
"""Powers of ten above and below the lines."""


def line_figures(found: StraightLines, looks: Sequence[Style], theme: Theme = LIGHT) -> tuple[go.Figure, ...]:
    """A figure of the lines from each start to its end, and, where there are several networks, one of those between ends.

    Args:
        found: the lines.
        looks: how each network is drawn.
        theme: light or dark.
    """
    figures = []
    if any(found.from_start):
        figures.append(_figure(found.from_start, found.labels, looks, "from its start to its end", ("start", "end"), theme))
    if found.best is not None and any(found.from_best):
        best = found.labels[found.best]
        figures.append(_figure(found.from_best, found.labels, looks, "from the lowest end to the others", (best, "the other"), theme))
    return tuple(figures)


def _figure(
    lines: Sequence[Line | None], labels: Sequence[str], looks: Sequence[Style], title: str, ends: tuple[str, str], theme: Theme
) -> go.Figure:
    drawn = [(each, label, look) for each, label, look in zip(lines, labels, looks, strict=True) if each]
    data = [_trace(*each) for each in drawn]
    layout = base_layout(theme) | {"margin": {"l": 56, "r": 34, "t": 62, "b": 44}}
    layout["title"] = {"text": f"Loss {title}", "font": {"size": 14}, "x": 0.5, "xanchor": "center", "y": 0.99, "yanchor": "top"}
    layout["legend"] |= {"x": 0, "y": 1.0, "yanchor": "bottom", "font": {"size": 12}, "itemwidth": 30}
    ticks = {"tickvals": [0, 0.25, 0.5, 0.75, 1], "ticktext": [ends[0], "¼", "half-way", "¾", ends[1]]}
    layout["xaxis"] = {**ticks, "range": [-0.02, 1.02], "showgrid": False, "zeroline": False, "ticks": "outside"}
    layout["yaxis"] = {"gridcolor": theme.line, "zeroline": False, **_axis(np.concatenate([each.losses for each, *_ in drawn]))}
    return figure_of(data, layout)


def _axis(losses: Array) -> dict[str, Any]:
    """Logarithmic, with numbers at powers of ten, or more of them where there are few: nothing is cut off."""
    seen = losses[np.isfinite(losses) & (losses > 0)]
    low, high = np.log10([seen.min(), seen.max()]) if seen.size else (-1.0, 0.0)
    wide = bool(high - low > _DECADES)
    return {"type": "log", "tickformat": "~g", "dtick": 1 if wide else "D2", "range": [float(low - _EDGE), float(high + _EDGE)]}


def _trace(found: Line, label: str, look: Style) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": found.shares.astype(np.float32),
        "y": single_precision(found.losses),
        "name": label,
        "line": {"color": look.colour, "width": CURVE_WIDTH, "dash": look.dash},
        "hovertemplate": "%{x:.0%} of the way: loss %{y:.3g}<extra>" + label + "</extra>",
        "showlegend": True,
    }
