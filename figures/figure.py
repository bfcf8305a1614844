"""A Plotly figure from plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go


def figure_of(data: Sequence[Any], layout: dict[str, Any]) -> go.Figure:
    """The figure of some traces in a layout.

    While the program runs Plotly is imported here and nowhere else: what never draws a figure, a task on a cluster say, does without it.
    """
    import plotly.graph_objects as go

    return go.Figure(data, layout)
