"""A race, or networks in training, as a Python script that runs it again with this library."""

from __future__ import annotations

import keyword
from typing import Any

from exports.caption import caption_of
from scenario import Choice, Scenario
from scenario.setup import Setup
from version import PROGRAM

_SCRIPT = '''"""{title}: the same race, with the same numbers, by the library of {program}.

{told}

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

{told}

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


def python_script(setup: Setup, link: str = "") -> str:
    """The script: it builds the setup, runs it and prints the loss of each optimizer or network in full precision.

    Every setting stands in it, those at their default too, which a later version may choose otherwise.

    Args:
        setup: what to write down.
        link: the whole address that opens it in the app, where that is known.
    """
    values = {entry: getattr(setup, entry) for entry in setup.names()}
    lines = [f"    {name}={_source(_whole(setup, name, value))}," for name, value in values.items() if value is not None]
    template = _SCRIPT if isinstance(setup, Scenario) else _TRAINING
    settings = "\n".join(lines)
    return template.format(title=setup.title, program=PROGRAM, told=docstring_of(setup, link), settings=settings)


def docstring_of(setup: Setup, link: str = "") -> str:
    """The formula, every setting and the link, as they can stand in a docstring. Arguments as for `python_script`."""
    return "\n".join(caption_of(setup, link).lines).replace("\\", "\\\\").replace('"', '\\"')


def _whole(setup: Setup, address: str, value: Any) -> Any:
    """A field with the settings of what is chosen that are at their default, too; but not a start's place, which follows the landscape."""
    if isinstance(value, tuple):
        return tuple(_whole(setup, f"{address}.{index}", each) for index, each in enumerate(value))
    if not isinstance(value, Choice) or address not in setup.parts():
        return value
    part = setup.part(address)
    settings = {name: number for name, number in part.values.items() if address != "starts" or name not in ("x", "y")}
    return Choice.of(value.name, **{**settings, **dict(value.settings)})


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
