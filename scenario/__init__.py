"""A scenario is one immutable value that determines everything a user sees; it is what a link, a file and a cache entry hold.

widgets / link / lesson / file  ->  Scenario  ->  Race (one run per optimizer)  ->  figures  ->  player
"""

from scenario.choice import Choice
from scenario.experiment import Comparison, Experiment
from scenario.landscape import CUSTOM
from scenario.network_plane import PLANE
from scenario.numbers import NOISE, NUMBERS, SEED, STEPS
from scenario.panels import PANELS
from scenario.scenario import Race, Scenario
from scenario.starts import PATTERNS
from scenario.trained import TrainedRun
from scenario.view import View

__all__ = [
    "CUSTOM",
    "NOISE",
    "NUMBERS",
    "PANELS",
    "PATTERNS",
    "PLANE",
    "SEED",
    "STEPS",
    "Choice",
    "Comparison",
    "Experiment",
    "Race",
    "Scenario",
    "TrainedRun",
    "View",
]
