"""The numbers of networks in training as a CSV table and as NumPy arrays, each with a header that explains its columns or arrays."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from exports.data import head, quoted, settings_lines, signed
from lab.sharpness import sharpness_of
from parameters import Array
from scenario import Comparison

_COLUMNS = ("network", "step", "loss", "test_loss", "accuracy", "test_accuracy", "gradient_norm")
_TABLE = """\
network: its optimizer, variant or initialization, with the settings that tell it from the others
step: 0 is before the first step; of long trainings only some steps are kept
loss, test_loss: on the examples to learn from and on the others, without penalties; no unit. Batch normalization takes the means and
    variances of those to learn from for both
accuracy, test_accuracy: the share of them that is right, 0 to 1; nan in a regression
gradient_norm: the length of the gradient of the loss over all examples to learn from
nan: the weights have overflowed
"""
_SHARPNESS = """\
sharpness: the largest eigenvalue of the Hessian of the loss over all examples to learn from, with its penalty, by the weights that learn
preconditioned_sharpness: that of the Hessian divided by what the optimizer divides slopes by in the step from there; nan where it does not
sharpness_limit: from which on the optimizer's steps along its direction grow, that of the preconditioned one where there is one; nan where
    no such limit is known
"""
_PATHS = """\
first, second: the nearest point of the landscape's plane; of one that moves, on the slice of that step
plane_loss: the loss there, which the landscape shows where the true one is `loss`
"""
_PLANE = """\
plane_origin[weight], plane_directions[2, weight]: the landscape's plane, origin + first*directions[0] + second*directions[1]
plane_window[2, 2]: from where to where it is shown along the first and the second direction
plane_values[second, first]: the loss on the examples to learn from, without penalties, evenly over the window
"""
_ARRAYS = """\
networks: their names, in the order of the first axis of all other arrays
steps[kept]: the steps that are kept; 0 is before the first
weights[network, kept, weight]: layer after layer, each layer's matrix (outputs, inputs) row by row and then its biases, with batch
    normalization its scales and shifts after them
losses, test_losses, accuracies, test_accuracies, gradient_norms[network, kept]
update_ratios[network, kept, layer]: how far the step from there changes the layer, as a share of its length; nan at the last
batch_losses[network, kept]: on the batch of the step from there, before it; nan where a batch is all examples, empty where all are
diverged_at[network]: the step from which on weights are nan, -1 where there is none
sizes: the inputs, the units of each hidden layer, the outputs
x, y, test_x, test_y: the examples, a row each, and their classes or targets
experiment: the settings as JSON
"""


def training_to_csv(comparison: Comparison, sharpness: bool = False, landscape: bool = False, link: str = "") -> str:
    """Losses and accuracies as a table with a row for each kept step of each network.

    The lines before it start with "#". Numbers are written such that they read back exactly as they are.

    Args:
        comparison: the trained networks.
        sharpness: whether their sharpness is among the columns, which takes a moment to compute.
        landscape: likewise where they are on the plane of their landscape. Errors as for `Comparison.relief`.
        link: the whole address that opens the experiment in the app, where that is known.
    """
    more = (_sharpness(comparison) if sharpness else {}) | (_paths(comparison) if landscape else {})
    parts = [head(_about(comparison, _TABLE + _SHARPNESS * sharpness + _PATHS * landscape, link), (*_COLUMNS, *more))]
    for number, run in enumerate(comparison.runs):
        name = quoted(run.label)
        columns = [run.steps, run.losses, run.test_losses, run.accuracies, run.test_accuracies, run.gradient_norms]
        columns += [values[number] for values in more.values()]
        parts += [f"{name},{','.join(map(repr, numbers))}\n" for numbers in zip(*(column.tolist() for column in columns), strict=True)]
    return "".join(parts)


def training_to_npz(comparison: Comparison, sharpness: bool = False, landscape: bool = False, link: str = "") -> bytes:
    """The networks as NumPy arrays in one file, examples and weights among them; `about` in it says what they hold.

    None of them needs pickle to be read. Arguments as for `training_to_csv`.
    """
    file = io.BytesIO()
    names = ("weights", "losses", "test_losses", "accuracies", "test_accuracies", "gradient_norms", "update_ratios")
    data = comparison.data
    stacked: dict[str, Any] = {name: np.stack([getattr(run, name) for run in comparison.runs]) for name in names}
    stacked["batch_losses"] = _batch_losses(comparison)
    stacked |= _sharpness(comparison) if sharpness else {}
    stacked |= _paths(comparison) | _plane(comparison) if landscape else {}
    measured = _SHARPNESS * sharpness + _PATHS * landscape
    np.savez(
        file,
        about=np.array(signed(_about(comparison, _ARRAYS + measured.replace(":", "[network, kept]:") + _PLANE * landscape, link))),
        networks=np.array(comparison.labels),
        steps=comparison.steps,
        **stacked,
        diverged_at=np.array([run.diverged_at for run in comparison.runs]),
        sizes=np.array(comparison.network.sizes),
        x=data.x,
        y=data.y,
        test_x=data.test_x,
        test_y=data.test_y,
        experiment=np.array(comparison.experiment.to_json()),
    )
    return file.getvalue()


def _sharpness(comparison: Comparison) -> dict[str, Array]:
    """Shape (networks, kept) each."""
    found = sharpness_of(comparison)
    columns: dict[str, list[Array | None]] = {
        "sharpness": [each.values for each in found],
        "preconditioned_sharpness": [each.preconditioned for each in found],
        "sharpness_limit": [each.limit for each in found],
    }
    none = np.full(len(comparison.steps), np.nan)
    return {name: np.stack([none if each is None else each for each in column]) for name, column in columns.items()}


def _batch_losses(comparison: Comparison) -> Array:
    each = [run.batch_losses for run in comparison.runs]
    longest = max(map(len, each))
    return np.stack([losses if len(losses) else np.full(longest, np.nan) for losses in each])


def _paths(comparison: Comparison) -> dict[str, Array]:
    """Shape (networks, kept) each."""
    relief = comparison.relief
    first, second = np.moveaxis(np.stack(relief.coordinates), 2, 0)
    return {"first": first, "second": second, "plane_loss": np.stack(relief.plane_losses)}


def _plane(comparison: Comparison) -> dict[str, Array]:
    relief = comparison.relief
    origin, directions = relief.plane.origin, relief.plane.directions
    return {"plane_origin": origin, "plane_directions": directions, "plane_window": np.array(relief.window), "plane_values": relief.values}


def _about(comparison: Comparison, columns: str, link: str) -> str:
    experiment = comparison.experiment
    return f"networks in training, {experiment.title}\n{settings_lines(experiment, link)}{columns}"
