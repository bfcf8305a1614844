"""A Plotly figure in the page in which a point or a box can be chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from figures import Theme
from player.chart_payload import chart_bytes
from player.component import component

if TYPE_CHECKING:
    import plotly.graph_objects as go


def chart(
    figure: go.Figure,
    theme: Theme,
    key: str,
    on_pick: Callable[[], None] | None = None,
    *,
    box: bool = False,
    height: int = 420,
) -> None:
    """Show a figure as wide as the page allows, in which the user can choose a point or a box.

    A click, a tap, or Enter on a cell of the first heatmap chooses a point; arrow keys walk from cell to cell.

    Args:
        figure: what to show, in the theme's colours. Hovering shows what its traces' `hovertemplate` says.
        theme: light or dark.
        key: of the component.
        on_pick: called when the user has chosen: `st.session_state[key].pick` then holds a dict with "kind" "point" and "at" [x, y], or
            with "kind" "box", "x" [x0, x1] and "y" [y0, y1], both rising; all are values of the axes, on logarithmic ones not their
            logarithms, on axes of categories their names. None: nothing can be chosen.
        box: whether a dragged rectangle chooses a box, and "z" the box of a third of each axis around the cursor. A rectangle that is
            thinner than 4 pixels stands for the whole of that axis.
        height: in pixels.

    Raises:
        ValueError: a box is to be chosen and there is no on_pick.
    """
    if box and on_pick is None:
        raise ValueError(f"chart {key!r} has box=True and no on_pick, so that nothing would be called with the box; give it an on_pick")
    data = chart_bytes(figure, theme, picks=on_pick is not None, box=box, height=height)
    show = component("chart", "showChart", "descent-chart", "chart.css")
    show(data=data, key=key, height=height, on_pick_change=on_pick or _nothing, on_theme_change=_nothing)


def _nothing() -> None:
    """What is called when the page runs anew, and that is all."""
