"""Maps of networks with penalties, and how smooth the loss is where they go, as CSV tables, each with a header that explains its columns.

The lines before a table start with "#"; numbers read back exactly as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from exports.data import head, quoted, settings_lines
from lab.penalties import PenalizedMap
from lab.smoothness import AlongTheSteps
from scenario import Comparison

_PENALTIES = """\
the loss with penalties on a plane, {title}
{settings}penalty: its kind and strength
first, second: coordinates on the plane, {kind}; its origin and its directions are among the arrays of the experiment's landscape (NPZ)
loss: on the examples to learn from, with the penalty
"""
_SMOOTHNESS = """\
how smooth the loss is from the steps of a network, {title}, {label}
{settings}normalization: whether hidden layers have batch normalization; all else is the same
step: from which it is looked along the gradient, half to four times as far as the learning rate goes
lowest_loss, highest_loss: on the way, on the examples to learn from
gradient_change: how far the gradient there is at most from the one at the start
effective_smoothness: the largest such change for each unit of the way
"""


def penalties_to_csv(maps: Sequence[PenalizedMap], comparison: Comparison) -> str:
    """Maps of the loss under penalties as a table with a row for each point of each map."""
    experiment, plane = comparison.experiment, maps[0].plane
    about = _PENALTIES.format(title=experiment.title, settings=settings_lines(experiment), kind=plane.kind)
    parts = [head(about, ("penalty", "first", "second", "loss"))]
    for each in maps:
        name = quoted(each.label)
        across, up = (np.linspace(*side, len(each.values)).tolist() for side in plane.window)
        for y, losses in zip(up, each.values.tolist(), strict=True):
            parts += [f"{name},{x!r},{y!r},{loss!r}\n" for x, loss in zip(across, losses, strict=True)]
    return "".join(parts)


def smoothness_to_csv(seen: Mapping[str, AlongTheSteps], comparison: Comparison, number: int) -> str:
    """What is seen along the gradient as a table with a row for each step.

    Args:
        seen: by whether the network is normalized, in words.
        comparison: the networks.
        number: the one that is looked at, from 0.
    """
    experiment = comparison.experiment
    about = _SMOOTHNESS.format(title=experiment.title, label=comparison.labels[number], settings=settings_lines(experiment))
    parts = [head(about, ("normalization", "step", "lowest_loss", "highest_loss", "gradient_change", "effective_smoothness"))]
    for name, along in seen.items():
        found = along.found
        columns = (along.steps, found.lowest, found.highest, found.gradient_change, found.effective_beta)
        parts += [f"{name},{','.join(map(repr, numbers))}\n" for numbers in zip(*(column.tolist() for column in columns), strict=True)]
    return "".join(parts)
