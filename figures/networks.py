"""Networks that are trained: the colours of their data's classes, and curves over the steps of training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from figures.figure import figure_of, single_precision
from figures.leaving import leaving
from figures.maps import base_layout
from figures.scales import LINEAR, LOGARITHMIC
from figures.theme import COLOURS, CURVE_WIDTH, LIGHT, Style, Theme, styles
from lab.sharpness import sharpness_of
from networks import Dataset
from parameters import Array
from scenario import Comparison
from scenario.trained import TrainedRun

if TYPE_CHECKING:
    import plotly.graph_objects as go

TWO_CLASSES = ("#2F6DB5", "#C8741F")
"""Two classes: a blue and an ochre that stay apart under every kind of colour blindness, and quieter than the networks' own colours."""
_MARGIN = 0.12
"""The window reaches so far beyond the data, as a share of their extent."""
_FAINT = 0.3
_THIN = 1.0
"""The opacity, and CSS pixels of the width, of the loss of mini-batches."""
_UNUSUAL, _FAR_APART = 4.0, 12.0
"""A sharpness so many times smaller or larger than the medians of all lines has no place in the picture; medians that are so many times
apart want a logarithmic axis."""
USUAL_UPDATE = 1e-3
"""About this share of their weights the steps of a network change that learns well (Karpathy, "Neural Networks: Zero to Hero", 2022)."""


def class_colours(count: int) -> tuple[str, ...]:
    """Colours for so many classes: up to as many as there are colours no two share one."""
    return TWO_CLASSES if count <= 2 else tuple(COLOURS[index % len(COLOURS)] for index in range(count))


def data_window(data: Dataset) -> list[list[float]]:
    """The ranges of the two inputs in both sets; of the one input and the target where there is one; of nothing where there are more."""
    x, y = np.concatenate([data.x, data.test_x]), np.concatenate([data.y, data.test_y])
    columns = x if x.shape[1] > 1 else np.column_stack([x[:, 0], y.astype(np.float64).reshape(-1)])
    if columns.shape[1] != 2:
        return [[0.0, 1.0], [0.0, 1.0]]
    low, high = columns.min(axis=0), columns.max(axis=0)
    edge = _MARGIN * np.maximum(high - low, 1e-9)
    return [[float(a), float(b)] for a, b in zip(low - edge, high + edge, strict=True)]


def network_styles(comparison: Comparison) -> list[Style]:
    """The styles of the networks of a comparison; one from a point of the plane has that of its optimizer and variant."""
    own = styles([run.optimizer.key for run in comparison.runs if not run.point])
    begun = len(comparison.experiment.initials)  # the first of them is the one whose style a point's network has
    return [*own, *(own[index % (len(own) // begun) * begun] for index in range(len(comparison.runs) - len(own)))]


@dataclass(frozen=True)
class Line:
    """One line of a network over the steps.

    Args:
        name: what is said of it beside the network's name; "" for the network's own line.
        of: its values for a run, one for each kept step, or one for each step; None where there are none.
        width: CSS pixels.
        dash: by Plotly's names.
        opacity: from 0 to 1.
    """

    name: str
    of: Callable[[TrainedRun], Array | None]
    width: float = CURVE_WIDTH
    dash: str = "solid"
    opacity: float = 1.0


@dataclass(frozen=True)
class TrainingCurve:
    """What is drawn over the steps of training.

    Args:
        title: of its axis; or what gives it.
        lines: of each network of a comparison, the network's own one first.
        axis: the settings of its axis for the values of all lines.
        level: a height that is marked by a line across, and what is said of it; None for nothing.
    """

    title: str | Callable[[Comparison], str]
    lines: Callable[[Comparison], Sequence[Line]]
    axis: Callable[[Sequence[Array]], dict[str, Any]] = LOGARITHMIC.axis
    level: tuple[float, str] | None = None


def _losses(comparison: Comparison) -> list[Line]:
    return [
        Line("", lambda run: run.losses),
        Line("test", lambda run: run.test_losses, 0.75 * CURVE_WIDTH, "dot"),
        Line("mini-batches", lambda run: run.batch_losses, _THIN, opacity=_FAINT),
    ]


def _accuracies(comparison: Comparison) -> list[Line]:
    return [
        Line("", lambda run: 100 * run.accuracies),
        Line("test", lambda run: 100 * run.test_accuracies, 0.75 * CURVE_WIDTH, "dot"),
    ]


def _updates(comparison: Comparison) -> list[Line]:
    """A line for each layer, the first one widest."""
    layers = len(comparison.network.sizes) - 1
    widths = np.linspace(CURVE_WIDTH, 0.8, layers)
    return [
        Line(f"layer {layer + 1}" if layer else "", lambda run, layer=layer: run.update_ratios[:, layer], width)  # type: ignore[misc]
        for layer, width in enumerate(widths)
    ]


def _sharpness(comparison: Comparison) -> list[Line]:
    found = sharpness_of(comparison)
    return [
        Line("", lambda run: found[comparison.runs.index(run)].values),
        Line("preconditioned", lambda run: found[comparison.runs.index(run)].preconditioned, 0.75 * CURVE_WIDTH, "dot"),
        Line("limit", lambda run: found[comparison.runs.index(run)].limit, 0.6 * CURVE_WIDTH, "dash"),
    ]


def _sharpness_title(comparison: Comparison) -> str:
    """What is drawn, with the limits in letters; of whom it is the preconditioned one that has the limit; and for whom there is none."""
    limits, scaled, without = [], [], []
    for run, found in zip(comparison.runs, sharpness_of(comparison), strict=True):
        facts, divided, symbols = run.optimizer.on_quadratics, run.optimizer.preconditioner, run.optimizer.symbols
        if found.limit is None:
            without.append(run.optimizer.name)
        elif facts:
            limits.append(facts.sharpness_limit_in_text(symbols))
        elif divided:
            limits.append(divided.limit_in_text(symbols))
        if divided:
            scaled.append(run.optimizer.name)
    told = [f"dotted as {', '.join(dict.fromkeys(scaled))} sees it, preconditioned"] if scaled else []
    of_all = " of steps with all examples" if any(run.variant.number("batch") for run in comparison.runs) else ""
    told += [f"dashed the limit {', '.join(dict.fromkeys(limits))}{of_all}"] if limits else []
    told += [f"no limit for {', '.join(dict.fromkeys(without))}"] if without else []
    return f"sharpness, the largest curvature: {'; '.join(told)}"


def _percent_axis(lines: Sequence[Array]) -> dict[str, Any]:
    lowest = min((float(np.nanmin(values, initial=100.0)) for values in lines), default=0.0)
    return {"range": [max(-2.0, lowest - 6.0), 102.0]}


def _sharpness_axis(lines: Sequence[Array]) -> dict[str, Any]:
    """From 0 to where the lines usually are, or logarithmic where they are far apart. Where a training diverges its sharpness is left out:
    it leaves for 0 or for 1e10."""
    usual = [float(np.median(known)) for values in lines if (known := values[np.isfinite(values) & (values > 0)]).size]
    if not usual:
        return LINEAR.axis(lines)
    seen = np.concatenate([values[(values >= min(usual) / _UNUSUAL) & (values <= max(usual) * _UNUSUAL)] for values in lines])
    if max(usual) > _FAR_APART * min(usual):
        low, high = (float(np.log10(end)) for end in (0.9 * seen.min(), 1.1 * seen.max()))
        return LOGARITHMIC.axis(lines) | {"range": [low, high]}
    return {"range": [0.0, 1.06 * float(seen.max())]}


TRAINING_CURVES = {
    "loss": TrainingCurve("loss: training solid, test dotted", _losses),
    "accuracy": TrainingCurve("% that are right: training solid, test dotted", _accuracies, _percent_axis),
    "gradient": TrainingCurve("length of the gradient", lambda comparison: [Line("", lambda run: run.gradient_norms)]),
    "updates": TrainingCurve("update / weights: first layer thick, last thin", _updates, level=(USUAL_UPDATE, "usual: 1/1000")),
    "sharpness": TrainingCurve(_sharpness_title, _sharpness, _sharpness_axis),
}
"""What can be drawn over the steps of training, by the name of its panel (`scenario.network_panels.NETWORK_PANELS`)."""


def training_curves(comparison: Comparison, name: str, theme: Theme = LIGHT) -> go.Figure:
    """One of `TRAINING_CURVES` for every network of a comparison.

    Args:
        comparison: what `Experiment.train` gave.
        name: of the curve.
        theme: light or dark.
    """
    curve = TRAINING_CURVES[name]
    data: list[dict[str, Any]] = []
    drawn: list[Array] = []
    for run, label, style in zip(comparison.runs, comparison.labels, network_styles(comparison), strict=True):
        lines = [(line, line.of(run)) for line in curve.lines(comparison)]
        for line, values in reversed(lines):  # the network's own line above the others
            if values is None or not len(values):
                continue
            drawn.append(np.asarray(values, dtype=np.float64))
            data.append(_trace(line, run.steps if len(values) == len(run.steps) else np.arange(len(values)), drawn[-1], label, style))
    title = curve.title if isinstance(curve.title, str) else curve.title(comparison)
    return _figure(data, comparison.experiment.steps, title, curve.axis(drawn), theme, curve.level)


def path_losses(
    labels: Sequence[str],
    looks: Sequence[Style],
    steps: npt.NDArray[Any],
    true: Sequence[Array],
    shown: Sequence[Array],
    theme: Theme = LIGHT,
) -> go.Figure:
    """The losses along paths over a plane: the true ones, and dotted those of the plane where the paths are drawn.

    Args:
        labels, looks: a name for each path, and how it is drawn.
        steps: of its points, shape (K,).
        true, shown: both losses there, shape (K,) each.
        theme: light or dark.
    """
    own, other = Line("", lambda run: None), Line("on the plane", lambda run: None, 0.75 * CURVE_WIDTH, "dot")
    data = []
    for label, style, *losses in zip(labels, looks, shown, true, strict=True):  # the path's own line above the other
        data += [_trace(line, steps, values, label, style) for line, values in zip((other, own), losses, strict=True)]
    title = "loss: true solid, on the plane dotted"
    return _figure(data, int(steps[-1]), title, LOGARITHMIC.axis([*true, *shown]), theme)


def _figure(
    data: list[dict[str, Any]], steps: int, title: str, axis: dict[str, Any], theme: Theme, level: tuple[float, str] | None = None
) -> go.Figure:
    """Lines over so many steps."""
    layout = base_layout(theme)
    grid = {"gridcolor": theme.line, "zeroline": False}
    layout["xaxis"] = {**grid, "title": {"text": "step"}, "range": [0, steps], "showgrid": False, "ticks": "outside"}
    layout["yaxis"] = {**grid, "title": {"text": title}, **axis}
    layout["margin"] = {"l": 64, "r": 16, "t": 28, "b": 42}
    layout["annotations"] = leaving(data, axis, steps, theme)
    if level:
        layout["shapes"] = [_level(level, theme)]
    return figure_of(data, layout)


def _trace(line: Line, steps: npt.NDArray[Any], values: Array, label: str, style: Style) -> dict[str, Any]:
    name = f"{label}, {line.name}" if line.name else label
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.asarray(steps, dtype=np.float32),
        "y": single_precision(values),
        "name": name,
        "line": {"color": style.colour, "width": line.width, "dash": line.dash},
        "opacity": line.opacity,
        "hovertemplate": f"{name}<br>step %{{x}}: %{{y:.4g}}<extra></extra>",
        "hoverinfo": "skip" if line.opacity < 1 else None,
        "legendgroup": label,
        "showlegend": not line.name,
    }


def _level(level: tuple[float, str], theme: Theme) -> dict[str, Any]:
    height, text = level
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": height,
        "y1": height,
        "line": {"color": theme.text, "width": 1, "dash": "dash"},
        "opacity": 0.45,
        "label": {"text": text, "textposition": "end", "yanchor": "bottom", "font": {"color": theme.text}},
    }
