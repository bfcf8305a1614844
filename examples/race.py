"""A race of five optimizers on the ravine, as one HTML file that plays anywhere: `python examples/race.py`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import figures
from scenario import Scenario

target = Path("race.html")
figures.animated_map(Scenario().race()).write_html(target)
print(f"wrote {target}")
