"""What the browser is sent of networks that were trained: one block of bytes.

Weights are sent, not pictures: the browser computes what a network gives at any point and any step. The types stand in js/types.d.ts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from figures import LIGHT, Theme
from figures.figure import as_json
from figures.markers import MARKERS
from figures.networks import TRAINING_CURVES, class_colours, data_window, network_styles, training_curves
from figures.theme import Look, Style
from networks import Dataset
from networks.planes import Relief
from networks.signals import statistics
from parameters import Array
from player.payload import Prediction, aligned, theme_as_data, without_nan
from player.relief_payload import SHOW_RELIEF, noise_arrays, path_arrays, plane_arrays, relief_header, relief_of
from player.signal_payload import SHOW_SIGNALS, signals_of, single
from scenario import Comparison
from scenario.network_panels import NETWORK_PANELS
from scenario.trained import TrainedRun

Arrays = dict[str, npt.NDArray[Any]]
UNDERWAY = "training"
"""What is said of a network before the step from which on its verdict holds."""
SHOWN = 60
"""How many examples of the test set can be looked at one by one where the inputs are more than two."""
_SHORTEST = 1e-6
"""A loss that has fallen to this share of its start has no bar any more."""


def training_bytes(
    comparison: Comparison,
    theme: Theme = LIGHT,
    panels: tuple[str, ...] = tuple(NETWORK_PANELS),
    chapter: str = "",
    board: bool = True,
    ahead: bool = True,
    title: str = "",
    claim: str = "",
    prediction: Prediction | None = None,
    picks: bool = False,
    finer: Relief | None = None,
) -> bytes:
    """Networks that were trained side by side: their data, their weights at the kept steps, their curves and the scoreboard.

    Args:
        comparison: what `Experiment.train` gave.
        theme: the colours.
        panels: the panels to show, by the names of `scenario.network_panels.NETWORK_PANELS`.
        chapter: any text; when it differs from that of the comparison before, it is played from its start.
        board: whether to show the scoreboard.
        ahead: whether curves are drawn beyond the clock's step; without, nothing tells how it goes on.
        title: what it is called while it is presented, the data's name if not given.
        claim: what there is to see in it, in a sentence.
        prediction: what is to be predicted, if anything: while that is open it rests at its start.
        picks: whether points of the landscape can be chosen to start from.
        finer: the landscape's plane from more points, to be drawn in place of that of the comparison.

    Returns:
        The length of a JSON header (4 bytes, little-endian), the header (`TrainingBlock` of js/types.d.ts), and the arrays that its
        "arrays" names, each filled up to a multiple of 4 bytes.
    """
    arrays: Arrays = {"kept": np.asarray(comparison.runs[0].steps, dtype=np.int32), **_data_arrays(comparison.data)}
    signals, of_runs = signals_of(comparison) if set(panels) & SHOW_SIGNALS and len(comparison.network.sizes) > 2 else (None, [])
    relief, why_not = relief_of(comparison) if set(panels) & SHOW_RELIEF else (None, "")
    on_plane = path_arrays(relief, comparison.labels, network_styles(comparison)) if relief else []
    arrays |= plane_arrays(relief) if relief else {}
    for index, run in enumerate(comparison.runs):
        own = _run_arrays(run) | _statistics(comparison, run) | (of_runs[index] if of_runs else {})
        own |= on_plane[index] | noise_arrays(relief, comparison, run) if relief else {}
        arrays |= {f"{index} {name}": array for name, array in own.items()}
    header = {
        "token": token(comparison, theme),
        "of": comparison.experiment.to_query(),
        "chapter": chapter,
        "title": title or comparison.data.name,
        "claim": claim,
        "panels": panels,
        "board": board,
        "ahead": ahead,
        "prediction": prediction,
        "steps": comparison.experiment.steps,
        "window": relief.window if relief else data_window(comparison.data),
        "theme": theme_as_data(theme),
        "look": Look.of(1, len(comparison.runs)).as_data(),
        "underway": UNDERWAY,
        "bar": bar_of([run.losses for run in comparison.runs]),
        "signals": signals,
        "relief": relief_header(relief, theme, comparison.experiment.points, finer) if relief else None,
        "noRelief": why_not,
        "picks": picks,
        "network": comparison.network.as_data(),
        "data": _data(comparison.data),
        "runs": [_about(*each) for each in zip(comparison.runs, comparison.labels, network_styles(comparison), strict=True)],
        "curves": {name: as_json(training_curves, comparison, name, theme) for name in panels if name in TRAINING_CURVES},
    }
    return block_of(header, arrays)


def block_of(header: dict[str, Any], arrays: Arrays) -> bytes:
    """A header, with the names of the arrays, and the arrays as one block."""
    header = header | {"arrays": [[name, _TYPES[array.dtype], array.size] for name, array in arrays.items()]}
    text = json.dumps(without_nan(header), separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    return b"".join([len(text).to_bytes(4, "little"), text, *map(aligned, arrays.values())])


_TYPES = {np.dtype(np.float32): "f4", np.dtype(np.int32): "i4", np.dtype(np.uint8): "u1"}


def token(comparison: Comparison, theme: Theme) -> str:
    """A hash that is equal in blocks that belong to one comparison and are drawn in the same colours."""
    return hashlib.sha1(f"{theme.name} {comparison.experiment.to_query()}".encode(), usedforsecurity=False).hexdigest()[:16]


def _data(data: Dataset) -> dict[str, Any]:
    regression = data.task == "regression"
    return {
        "title": data.name,
        "task": data.task,
        "inputs": data.x.shape[1],
        "window": data_window(data),
        "classes": list(data.labels) if data.classes else [],
        "colours": class_colours(2 if regression else data.classes),
    }


def _data_arrays(data: Dataset) -> Arrays:
    """Inputs, a row for each, and labels or targets, of the training and the test set; where no plane can show them, only a few inputs."""
    found: Arrays = {}
    for name, x, y in (("train", data.x, data.y), ("test", data.test_x, data.test_y)):
        drawn = x if x.shape[1] <= 2 else x[:, :0]
        found[f"{name} x"] = single(drawn.T)
        found[f"{name} y"] = single(np.asarray(y).reshape(len(x), -1)[:, 0])
    if data.inputs > 2:
        found["shown x"] = single(data.test_x[:SHOWN].T)
        found["shown y"] = found["test y"][:SHOWN]
    return found


def _run_arrays(run: TrainedRun) -> Arrays:
    measured = {
        "weights": run.weights,
        "losses": run.losses,
        "testLosses": run.test_losses,
        "accuracies": run.accuracies,
        "testAccuracies": run.test_accuracies,
    }
    return {name: single(values) for name, values in measured.items()}


def _statistics(comparison: Comparison, run: TrainedRun) -> Arrays:
    """What batch normalization reckons with at the kept steps: the means and variances over all examples to learn from."""
    if not comparison.network.batch_norm:
        return {}
    return {"statistics": single(statistics(comparison.network, run.weights, comparison.data.x))}


def _about(run: TrainedRun, label: str, style: Style) -> dict[str, Any]:
    """What the scoreboard and the pictures say of a network."""
    return {
        "name": run.optimizer.key,
        "label": label,
        "rate": "",
        "colour": style.colour,
        "dash": style.dash,
        "marker": list(MARKERS).index(style.marker),
        "verdicts": [run.verdict],
        "since": int(run.verdict_from),
    }


def bar_of(each: Sequence[Array]) -> dict[str, Any]:
    """How long the bar of a loss is, from those of each network: full where the highest begins, empty at the lowest."""
    losses = np.concatenate(each)
    losses = losses[np.isfinite(losses) & (losses > 0)]
    first = max((float(own[0]) for own in each if np.isfinite(own[0])), default=1.0)
    return {"kind": "log", "lowest": 0.0, "unit": 1.0, "ends": [max(float(losses.min(initial=first)), first * _SHORTEST), first]}
