"""A scenario is one immutable value that determines everything a user sees; it is what a link, a file and a cache entry hold.

widgets / link / lesson / file  ->  Scenario  ->  Race (one run per optimizer)  ->  figures  ->  player
"""

from scenario.choice import Choice
from scenario.race import Race
from scenario.scenario import NOISE, NUMBERS, OWN, SEED, STEPS, Scenario
from scenario.starts import PATTERNS

__all__ = ["NOISE", "NUMBERS", "OWN", "PATTERNS", "SEED", "STEPS", "Choice", "Race", "Scenario"]
