"""What a table says of networks that were trained beside how they ended: a number for each, with its title and a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scenario.endings import is_learned
from scenario.experiment import Comparison
from scenario.trained import TrainedRun


@dataclass(frozen=True)
class Measure:
    """A row of a table.

    Attributes:
        title: at its head.
        about: what it is, in a sentence without its full stop.
        of: it for a network; NaN where there is none.
        share: whether it is a share, from 0 to 1.
    """

    title: str
    about: str
    of: Callable[[Comparison, TrainedRun], float]
    share: bool = False


def _lowest_test_step(comparison: Comparison, run: TrainedRun) -> float:
    return float(run.steps[np.nanargmin(run.test_losses)]) if np.isfinite(run.test_losses).any() else np.nan


def _steps_to_learn(comparison: Comparison, run: TrainedRun) -> float:
    learned = is_learned(comparison.data, run.losses, run.accuracies)
    return float(run.steps[np.argmax(learned)]) if learned.any() else np.nan


def _distance(comparison: Comparison, run: TrainedRun) -> float:
    return float(np.linalg.norm(run.weights[-1] - run.weights[0]))


def _plane_loss(comparison: Comparison, run: TrainedRun) -> float:
    relief = comparison.known_relief
    return float(relief.plane_losses[comparison.runs.index(run)][-1]) if relief else np.nan


def _plane_factor(comparison: Comparison, run: TrainedRun) -> float:
    relief = comparison.known_relief
    return float(relief.end_factors[comparison.runs.index(run)]) if relief else np.nan


MEASURES = (
    Measure("Loss at the end", "On the examples to learn from, without penalties", lambda _, run: float(run.losses[-1])),
    Measure("Loss on the test", "On examples that it has not seen, at the end", lambda _, run: float(run.test_losses[-1])),
    Measure("Lowest loss on the test", "Among the steps that are kept", lambda _, run: float(np.min(run.test_losses))),
    Measure("Step of the lowest", "Stopping there would have been best", _lowest_test_step),
    Measure("Accuracy", "The share of the examples to learn from that is right at the end", lambda _, run: float(run.accuracies[-1]), True),
    Measure("Accuracy on the test", "The share of the others that is right", lambda _, run: float(run.test_accuracies[-1]), True),
    Measure("Steps to learn", "Until 95% are right; in a regression, until a tenth of the variance is left", _steps_to_learn),
    Measure("Gradient at the start", "Its length, over all examples", lambda _, run: float(run.gradient_norms[0])),
    Measure("Gradient at the end", "Its length, over all examples", lambda _, run: float(run.gradient_norms[-1])),
    Measure("Loss that the plane shows", "Where the landscape shows its end, in place of the loss at the end", _plane_loss),
    Measure("Factor to the true loss", "How many times the larger of both the smaller is; from 2 on the picture deceives", _plane_factor),
    Measure("Weights moved", "How far all weights together are from where they began", _distance),
)
"""What can be said of a network, in the order of a table's rows."""
