"""A scenario that has been run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landscapes import Landscape
from parameters import Array
from simulation import Run

if TYPE_CHECKING:
    from scenario.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Race:
    """A scenario with its runs, one for each optimizer in the scenario's order.

    Attributes:
        scenario: what was run.
        runs: the runs, all from the same starts.
        labels: a name for each; where an optimizer appears several times, with the settings that tell them apart.
    """

    scenario: Scenario
    runs: tuple[Run, ...]
    labels: tuple[str, ...]

    @property
    def landscape(self) -> Landscape:
        """What they raced on."""
        return self.runs[0].landscape

    @property
    def starts(self) -> Array:
        """Where all of them started, shape (2, N)."""
        return self.runs[0].starts
