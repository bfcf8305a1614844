"""A race, or networks in training, as a Python script that runs it again with this library."""

from __future__ import annotations

import keyword
from typing import Any

from scenario import Choice, Scenario
from scenario.setup import Setup
from version import PROGRAM

_SCRIPT = '''"""{title}: the same race, with the same numbers, by the library of {program}.

Install Descent (`pip install .` in its folder), or run it there.
"""

from descent.scenario import Choice, Scenario
from descent.simulation.measures import median

scenario = Scenario(
{settings}
)
race = scenario.race()
for run, label in zip(race.runs, race.labels, strict=True):
    final = float(median(run.losses[-1]))  # what diverged counts as infinitely high
    print(f"{{label}}: median loss {{final!r}} after {{run.steps}} steps")

# Next: run.positions holds every point, (steps + 1, 2, trajectories), and run.losses the loss there.
# A figure: from descent import figures; figures.contour_map(race).write_html("map.html")
'''


_TRAINING = '''"""{title}: the same training, with the same numbers, by the library of {program}.

Install Descent (`pip install .` in its folder), or run it there.
"""

from descent.scenario import Choice, Experiment

experiment = Experiment(
{settings}
)
comparison = experiment.train()
for run in comparison.runs:
    print(f"{{run.label}}: loss {{float(run.losses[-1])!r}} after {{experiment.steps}} steps, {{run.verdict}}")

# Next: run.weights holds what is kept of the weights, (steps, P), at run.steps; comparison.network computes with them:
# comparison.network.outputs(run.weights[-1:], comparison.data.test_x)
'''


def python_script(setup: Setup) -> str:
    """The script: it builds the setup, runs it and prints the loss of each optimizer or network in full precision."""
    lines = [f"    {name}={_source(value)}," for name, value in setup.changed().items()]
    template = _SCRIPT if isinstance(setup, Scenario) else _TRAINING
    return template.format(title=setup.title, program=PROGRAM, settings="\n".join(lines))


def _source(value: Any) -> str:
    if isinstance(value, Choice):
        return _choice_source(value)
    if isinstance(value, tuple):
        return f"({', '.join(_source(item) for item in value)}{',' if len(value) == 1 else ''})"
    return repr(value)


def _choice_source(choice: Choice) -> str:
    if not choice.settings:
        return f"Choice({choice.name!r})"
    if any(keyword.iskeyword(name) for name, _ in choice.settings):  # a formula may call its parameter what Python keeps for itself
        return f"Choice.of({choice.name!r}, **{dict(choice.settings)!r})"
    settings = ", ".join(f"{name}={value!r}" for name, value in choice.settings)
    return f"Choice.of({choice.name!r}, {settings})"
