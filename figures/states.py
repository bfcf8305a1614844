"""What an optimizer remembers, over the steps of one trajectory: curves that explain its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from figures.figure import figure_of, single_precision
from figures.maps import base_layout
from figures.theme import LIGHT, Theme
from optimizers import Optimizer
from optimizers.parts import accumulators, bias_correction, directed_names
from parameters import Array
from simulation.dissect import Dissection
from simulation.measures import alignments, effective_rates

if TYPE_CHECKING:
    import plotly.graph_objects as go

_GAP = 0.12
_TITLES = {
    "directed": "what it keeps: {}",
    "sizes": "sizes it keeps: {}",
    "rate": "effective rate: x solid, y dotted",
    "cosine": "step and downhill: cosine",
}


def state_curves(dissection: Dissection, colour: str, theme: Theme = LIGHT) -> go.Figure:
    """The states of an optimizer: vectors, sizes, its effective learning rate, and the angle between the step and downhill.

    Lines for the axis x are solid, for y dotted; what is corrected for a start at zero is thinner. An optimizer without such states has no
    picture of them.

    Args:
        dissection: the trajectory.
        colour: of the optimizer.
        theme: light or dark.
    """
    rows: dict[str, Array] = {f"line:{line}": value for line, value in enumerate(dissection.anatomy.values)}
    rows |= {"effective": effective_rates(dissection.run)[:, :, 0].T, "cosine": alignments(dissection.run)[:, 0][None]}
    return states_of(dissection.run.optimizer, dissection.run.steps, lambda plane, row: rows[plane][row], colour, theme)


def states_of(
    optimizer: Optimizer, steps: int, values: Callable[[str, int], Array], colour: str = LIGHT.text, theme: Theme = LIGHT
) -> go.Figure:
    """The same of given numbers.

    Args:
        optimizer: whose states they are.
        steps: of the run.
        values: those of a curve, by the names of `curve_sources`.
        colour, theme: as of `state_curves`.
    """
    lines = _lines(optimizer)
    layout = base_layout(theme) | {"showlegend": False, "margin": {"l": 44, "r": 12, "t": 22, "b": 22}, "annotations": []}
    data = []
    columns, rows = (2, 2) if len(lines) > 2 else (len(lines), 1)
    for index, (kind, (names, curves)) in enumerate(lines.items()):
        suffix = str(index + 1) if index else ""
        domains = (_share(index % columns, columns), _share(rows - 1 - index // columns, rows, 0.2))
        layout[f"xaxis{suffix}"] = _axis(
            theme,
            domains[0],
            f"y{suffix}",
            range=[0, steps],
            showgrid=False,
            nticks=4,
            showticklabels=index + columns >= len(lines),
        )
        layout[f"yaxis{suffix}"] = _axis(theme, domains[1], f"x{suffix}", nticks=4, **_scale(kind))
        title = _TITLES[kind].format(", ".join(names))
        layout["annotations"].append(_title(title, domains))
        data += [
            {**_curve(name, values(plane, row), dotted, thin, colour), "xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
            for name, plane, row, dotted, thin in curves
        ]
    return figure_of(data, layout)


def curve_sources(optimizer: Optimizer) -> list[tuple[str, int]]:
    """Where the numbers of each curve stand, in order: "line:", the number of a statement and which axis, or "effective" or "cosine"."""
    return [(plane, row) for _, curves in _lines(optimizer).values() for _, plane, row, _, _ in curves]


def _lines(optimizer: Optimizer) -> dict[str, tuple[list[str], list[tuple[str, str, int, bool, bool]]]]:
    """For each picture the names in its title, and its curves: name, where its values stand, whether dotted, whether thin."""
    directed = directed_names(optimizer)
    pointing = [name for name, initial in optimizer.state.items() if name in directed - optimizer.points and initial != "none"]
    found = {}
    for kind, names in (("directed", pointing), ("sizes", list(accumulators(optimizer)))):
        curves, thin = [], []
        for name in names:
            line = next(index for index, statement in enumerate(optimizer.statements) if statement.name == name)
            curves += _axes(name, f"line:{line}", thin=False)
            if (better := bias_correction(optimizer, name)) is not None:
                curves += _axes(optimizer.statements[better].name, f"line:{better}", thin=True)
                thin.append(_with_hat(optimizer.statements[better].name))
        if curves:
            found[kind] = ([*names, *([f"thin {', '.join(thin)}"] if thin else [])], curves)
    found["rate"] = ([], _axes("effective rate", "effective", thin=False))
    found["cosine"] = ([], [("cosine", "cosine", 0, False, False)])
    return found


def _with_hat(name: str) -> str:
    letter = name.removesuffix("_hat")
    return letter if letter == name else f"{letter}\N{COMBINING CIRCUMFLEX ACCENT}"


def _axes(name: str, plane: str, thin: bool) -> list[tuple[str, str, int, bool, bool]]:
    return [(f"{name}, {axis}", plane, row, axis == "y", thin) for row, axis in enumerate("xy")]


def _curve(name: str, values: Array, dotted: bool, thin: bool, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.arange(1, len(values) + 1),
        "y": single_precision(values),
        "name": name,
        "line": {"color": colour, "width": 1.0 if thin else 2.0, "dash": "dot" if dotted else "solid"},
        "hovertemplate": f"{name}<br>step %{{x}}: %{{y:.4g}}<extra></extra>",
    }


def _scale(kind: str) -> dict[str, Any]:
    if kind == "cosine":
        return {"range": [-1.08, 1.08], "tickvals": [-1, 0, 1]}
    return {"type": "log", "exponentformat": "power", "minor": {"ticks": ""}} if kind in ("sizes", "rate") else {"exponentformat": "power"}


def _axis(theme: Theme, domain: list[float], anchor: str, **more: Any) -> dict[str, Any]:
    return {"domain": domain, "anchor": anchor, "gridcolor": theme.line, "zeroline": False, "ticks": "outside", "ticklen": 3, **more}


def _share(index: int, count: int, gap: float = _GAP) -> list[float]:
    width = (1 - gap * (count - 1)) / count
    return [index * (width + gap), index * (width + gap) + width]


def _title(text: str, domains: tuple[list[float], list[float]]) -> dict[str, Any]:
    corner = {"x": domains[0][0], "y": domains[1][1], "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return {"text": text, "showarrow": False, **corner}
