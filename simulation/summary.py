"""What a table says of a run beside its verdict: one number for all of its trajectories, with its title and a sentence that explains it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from parameters import Array
from simulation import measures
from simulation.run import Run


@dataclass(frozen=True)
class Measure:
    """A row of a table.

    Attributes:
        title: at its head.
        about: what it is, in a sentence without its full stop.
        of: it for every trajectory of a run, shape (N,).
    """

    title: str
    about: str
    of: Callable[[Run], Array]

    def value(self, run: Run) -> float:
        """The median over the trajectories, infinite where most of them overflowed.

        Raises:
            ValueError: it needs a path that the run has not kept.
        """
        return float(measures.median(self.of(run)))


MEASURES = {
    "final": Measure("Loss at the end", "At the last step", measures.final_loss),
    "best": Measure("Lowest loss", "The lowest on the way, which need not be the last", measures.best_loss),
    "steps": Measure(
        "First low loss at step",
        "When the loss is within a thousandth of the landscape's usual height above its lowest for the first time, anywhere, even if it "
        "does not stay so: to arrive is to stay at a lowest minimum",
        lambda run: measures.never_as_infinity(measures.steps_to(run)),
    ),
    "distance": Measure("Distance left", "From the nearest lowest minimum at the end, in units of x and y", measures.distance_to_minimum),
    "path": Measure("Length of the path", "In units of x and y", measures.path_length),
}
"""What can be said of a run, by name, in the order of a table's rows."""
