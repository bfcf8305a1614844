"""Many trajectories at once: the engine, where they start, and what can be measured of a run."""

from simulation import measures, starts
from simulation.choice import engine_for
from simulation.engine import run
from simulation.objective import Objective
from simulation.progress import Cancelled
from simulation.run import Run

__all__ = ["Cancelled", "Objective", "Run", "engine_for", "measures", "run", "starts"]
