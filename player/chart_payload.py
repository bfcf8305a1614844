"""What the browser is sent of a chart."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from figures import Theme

if TYPE_CHECKING:
    import plotly.graph_objects as go


def chart_bytes(figure: go.Figure, theme: Theme, *, picks: bool, box: bool, height: int) -> bytes:
    """What the browser is sent of a chart, as JSON: the figure, its colours, and what can be chosen in it."""
    about = {
        "theme": {name: getattr(theme, name) for name in ("name", "background", "text", "accent")},
        "picks": picks,
        "box": box,
        "height": height,
    }
    return f'{json.dumps(about, separators=(",", ":"))[:-1]},"figure":{figure.to_json()}}}'.encode()
