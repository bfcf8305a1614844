"""What a table says of a run: one number for all of its trajectories, with its title and a sentence that explains it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simulation import measures
from simulation.measures import Outcome
from simulation.run import Run


@dataclass(frozen=True)
class Measure:
    """A column of a table.

    Attributes:
        title: at the column's head.
        about: what it is, in a sentence.
        of: it for every trajectory of a run, shape (N,): numbers, or booleans of which the share that is true counts.
        format: how its value is written: "number", or "share" for one from 0 to 1.
        brief: the title where there is little room.
    """

    title: str
    about: str
    of: Callable[[Run], npt.NDArray[Any]]
    format: str = "number"
    brief: str = ""

    def value(self, run: Run) -> float:
        """The median over the trajectories, infinite where most of them diverged; or the share of them, 0 to 1.

        Raises:
            ValueError: it needs a path that the run has not kept.
        """
        values = self.of(run)
        return float(np.mean(values)) if self.format == "share" else float(measures.median(values))


def _ended(outcome: Outcome) -> Callable[[Run], npt.NDArray[np.bool_]]:
    return lambda run: measures.outcomes(run) == outcome


LOSS_NOW = Measure("loss now", "The median loss over the starts, at this step", measures.final_loss)
"""The loss at the step that is shown; of a whole run, at its end."""
MEASURES = {
    "final": Measure("final loss", "The median loss over the starts, at the end", measures.final_loss, brief="final"),
    "best": Measure("best loss", "The median over the starts of the lowest loss on the way", measures.best_loss),
    "steps": Measure(
        "steps",
        "Median number of steps until the loss is within a thousandth of the landscape's usual height above its lowest",
        lambda run: measures.never_as_infinity(measures.steps_to(run)),
    ),
    "distance": Measure("distance", "Median distance from the nearest global minimum at the end", measures.distance_to_minimum),
    "path": Measure("path", "Median length of the path", measures.path_length),
    "reached": Measure("reached", "Share of starts that came to rest at a global minimum", _ended(Outcome.GLOBAL_MINIMUM), "share"),
    "local": Measure("local", "Share of starts that came to rest at another minimum", _ended(Outcome.LOCAL_MINIMUM), "share"),
    "stalled": Measure("stalled", "Share of starts that came to rest at a saddle or maximum", _ended(Outcome.STALLED), "share"),
    "diverged": Measure("diverged", "Share of starts whose numbers overflowed", _ended(Outcome.DIVERGED), "share"),
}
"""What can be said of a run, by name, in the order of a table's columns."""
