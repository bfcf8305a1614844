"""Many trajectories at once: the engine, where they start, and what can be measured of a run."""

from simulation import starts
from simulation.engine import Cancelled, run
from simulation.run import Run

__all__ = ["Cancelled", "Run", "run", "starts"]
