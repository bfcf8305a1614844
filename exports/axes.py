"""An axis of a Plotly layout in Matplotlib: its kind, range, ticks, title and grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

import numpy as np
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.axis import Axis

from exports.to_matplotlib import parse_colour, plain_text
from figures.theme import Theme

_ROOM = 0.05
"""How far beyond what is drawn an axis reaches where its range is not given, as a share of it."""
_TICK, _UNDER = 4.0, 42.0
"""CSS pixels of a tick, and from an axis to the second line of its title, below its numbers and the first line."""

_MOST = 8
"""So many numbers stand at a logarithmic axis at most."""
_PLAIN = (1e-3, 1e5)
"""Numbers between these are written out."""


def set_axis(axes: Axes, letter: str, told: Mapping[str, Any], traces: Sequence[Mapping[str, Any]], theme: Theme) -> None:
    """Give an axis of a picture what the layout says of it.

    Args:
        axes: the picture's.
        letter: "x" or "y".
        told: what stands under "xaxis" or the like in the layout.
        traces: what is drawn in it, categories as numbers.
        theme: light or dark.
    """
    axis: Axis = axes.xaxis if letter == "x" else axes.yaxis
    if told.get("type") == "log":
        set_logarithmic(axis)
    (axes.set_xlim if letter == "x" else axes.set_ylim)(*_range(letter, told, traces))
    if told.get("autorange") == "reversed":
        (axes.invert_xaxis if letter == "x" else axes.invert_yaxis)()
    if not told.get("visible", True):
        axis.set_visible(False)
        return
    _ticks(axis, told, traces, letter)
    length = _TICK if told.get("ticks") == "outside" else 0
    size = told.get("tickfont", {}).get("size", 11.5)
    which: Literal["x", "y"] = cast(Any, letter)
    axes.tick_params(axis=which, which="both", colors=theme.text, color=parse_colour(theme.line), labelsize=size, length=length)
    if told.get("side") == "top":
        axes.xaxis.tick_top()
        axes.xaxis.set_label_position("top")
    if angle := told.get("tickangle"):
        for label in axis.get_ticklabels():
            label.set(rotation=-angle, rotation_mode="anchor", ha="left" if angle < 0 else "right")
    if "gridcolor" in told and told.get("showgrid", True):
        axes.grid(axis=which, which="major", color=parse_colour(told["gridcolor"]), linewidth=1)
        axes.set_axisbelow(True)
    if text := told.get("title", {}).get("text"):
        _title(axes, axis, text, theme)


def _range(letter: str, told: Mapping[str, Any], traces: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """The two ends of the axis: those that are given, or such that all that is drawn lies between them."""
    logarithmic = told.get("type") == "log"
    if given := told.get("range"):
        low, high = (float(end) for end in given)
        return (10.0**low, 10.0**high) if logarithmic else (low, high)
    drawn = [trace for trace in traces if len(trace[letter])]
    values = np.concatenate([np.asarray(trace[letter], dtype=float).ravel() for trace in drawn] or [np.array([0.0, 1.0])])
    values = values[np.isfinite(values) & ((values > 0) | (not logarithmic))]
    if not values.size:
        return (1.0, 10.0) if logarithmic else (0.0, 1.0)
    if any(trace["type"] == "heatmap" for trace in drawn):
        half = (values.max() - values.min()) / max(len(np.unique(values)) - 1, 1) / 2 or 0.5
        return float(values.min() - half), float(values.max() + half)
    ends = np.log10([values.min(), values.max()]) if logarithmic else np.array([values.min(), values.max()])
    if told.get("rangemode") == "tozero":
        ends[0] = min(ends[0], 0.0)
    marked = letter == "y" or any("markers" in trace.get("mode", "") for trace in drawn)
    room = _ROOM * (ends[1] - ends[0] or 1.0) if marked else 0.0
    low, high = ends[0] - (room if told.get("rangemode") != "tozero" else 0.0), ends[1] + room
    return (10.0**low, 10.0**high) if logarithmic else (float(low), float(high))


def _ticks(axis: Axis, told: Mapping[str, Any], traces: Sequence[Mapping[str, Any]], letter: str) -> None:
    categories = next((trace[f"{letter}_categories"] for trace in traces if f"{letter}_categories" in trace), None)
    if categories is not None:
        axis.set_ticks(range(len(categories)), [plain_text(name) for name in categories])
    elif "tickvals" in told:
        axis.set_ticks(list(told["tickvals"]), [plain_text(str(text)) for text in told["ticktext"]])
        axis.set_minor_locator(ticker.NullLocator())
    elif told.get("type") != "log":
        step = told.get("dtick")
        axis.set_major_locator(ticker.MultipleLocator(step) if step else ticker.MaxNLocator(told.get("nticks", 7), steps=[1, 2, 5, 10]))
    if str(told.get("tickformat", "")).endswith("%"):
        axis.set_major_formatter(ticker.PercentFormatter(1.0, decimals=0))


def set_logarithmic(axis: Axis) -> None:
    """Make an axis logarithmic, with round numbers alone."""
    axis._set_axes_scale("log")  # type: ignore[attr-defined]
    axis.set_major_locator(_RoundNumbers())
    axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: _written(value)))
    axis.set_minor_formatter(ticker.NullFormatter())


class _RoundNumbers(ticker.LogLocator):
    """Powers of ten; where there are not three, their doubles and halves too, and within a factor of two any round numbers."""

    def tick_values(self, vmin: float, vmax: float) -> Any:
        low, high = sorted((vmin, vmax))
        powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
        for steps, least in ((1.0,), 3), ((1.0, 2.0, 5.0), 2):
            numbers = np.outer(powers, steps).ravel()
            inside = numbers[(numbers >= low * (1 - 1e-9)) & (numbers <= high * (1 + 1e-9))]
            if len(inside) >= least:
                return inside[:: -(-len(inside) // _MOST)]
        return ticker.MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, high)


def _written(value: float) -> str:
    """A round number at a logarithmic axis, as the app writes it."""
    power = int(np.floor(np.log10(value) + 1e-9))
    if _PLAIN[0] <= value < _PLAIN[1]:
        return f"{value:,.12g}"
    times = f"{value / 10.0**power:.3g}"
    return f"$10^{{{power}}}$" if times == "1" else f"${times} \\cdot 10^{{{power}}}$"


def _title(axes: Axes, axis: Axis, html: str, theme: Theme) -> None:
    """The title of an axis; what stands in its second line is smaller."""
    first, _, more = html.partition("<br>")
    axis.set_label_text(plain_text(first), color=theme.text, fontsize=13)
    if more:
        look: dict[str, Any] = {"ha": "center", "va": "top", "color": theme.text, "fontsize": 10.5}
        axes.annotate(plain_text(more), (0.5, 0), (0, -_UNDER), xycoords="axes fraction", textcoords="offset points", **look)
