"""How long a saddle holds optimizers that start close to its ridge: loss curves with the spread over 50 starts."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import figures
from scenario import Choice, Scenario

scenario = Scenario(
    landscape=Choice("saddle"),
    optimizers=(Choice("sgd"), Choice("momentum"), Choice("adam"), Choice("saddle_free_newton")),
    starts=Choice.of("cloud", n=50, spread=0.01),
)
target = Path("saddle_escape.html")
figures.loss_curves(scenario.race()).write_html(target)
print(f"wrote {target}")
