"""A race of five optimizers on the ravine, as one HTML file that plays anywhere: `python examples/race.py`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import player
from scenario import Scenario

target = Path("race.html")
target.write_text(player.as_page(Scenario().race()), encoding="utf-8")
print(f"wrote {target}")
