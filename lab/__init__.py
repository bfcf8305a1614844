"""What many trajectories at once make possible: basins of attraction, sweeps, tuning, tournaments.

Each is a task: a value that says what to compute. It is cut into tiles (`lab.tiles`), which run in this process (`run_task`) or on a Dask
cluster (`lab.cluster`), in the background of a page (`lab.jobs`) or at once.
"""

from lab.axes import Axis, default_axes
from lab.basins import BasinMaps, Basins
from lab.executors import run_task
from lab.network_sweeps import NetworkMaps, NetworkSweep
from lab.network_tournament import NetworkTournament, on_data
from lab.network_tuning import NetworkTuning
from lab.quantities import alone
from lab.standings import Standings
from lab.sweeps import Sweep, SweepMap
from lab.tournament import Tournament
from lab.tuned import Tuned
from lab.tuning import Tuning

__all__ = [
    "Axis",
    "BasinMaps",
    "Basins",
    "NetworkMaps",
    "NetworkSweep",
    "NetworkTournament",
    "NetworkTuning",
    "Standings",
    "Sweep",
    "SweepMap",
    "Tournament",
    "Tuned",
    "Tuning",
    "alone",
    "default_axes",
    "on_data",
    "run_task",
]
