"""The race that the app opens with, as a film. README's is made by `python examples/film.py docs/race.gif`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from exports.film import film
from exports.size import Size
from scenario.presets import OPENING

target = Path(sys.argv[1]) if sys.argv[1:] else Path("race.gif")
target.write_bytes(film(OPENING.scenario.race(), "gif", Size(880, 495), seconds=8))
print(f"wrote {target}, {target.stat().st_size / 1e6:.1f} MB")
