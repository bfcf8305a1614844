"""The block of steps taken apart that the browser is sent: an optimizer's equations with their numbers, and the parts of each step.

It is a block of its own, so that choosing another trajectory sends nothing else. While something is dragged the browser computes the
numbers itself, by a program that goes with what the race is computed by (player/step_program.py).
"""

from __future__ import annotations

import json

import numpy as np

from figures import Theme, state_curves
from figures.figure import as_json
from figures.theme import race_styles
from player.payload import token
from player.step_data import StepData, coloured_parts
from scenario import Race
from simulation.dissect import Dissection, dissect


def step_bytes(race: Race, index: int, trajectory: int, theme: Theme) -> bytes:
    """The steps of one trajectory of a race, taken apart.

    Args:
        race: what is played.
        index: the run's number in the race.
        trajectory: its number among the starts.
        theme: the colours of its curves.

    Returns:
        The length of a JSON header (4 bytes, little-endian), the header, and planes in double precision, in the order of the header's
        "planes": [name, rows], each of as many columns as steps were taken apart.
    """
    dissection = dissect(race.runs[index], trajectory)
    style = race_styles(race)[index]
    data = _data_of(dissection)
    header = {
        "token": token(race, theme),
        "run": index,
        "trajectory": trajectory,
        "count": dissection.count,
        "diverged": int(dissection.run.diverged_at[0]),
        **data.words(),
        "parts": coloured_parts(data.parts, style.colour, [part.role for part in dissection.anatomy.candidates]),
        "made": {key: [part for part, _ in made] for key, made in data.made().items()},
        "values": {name: float(value) for name, value in data.optimizer.settings.items()},
        "curves": as_json(state_curves, dissection, style.colour, theme),
        "planes": [[name, len(plane)] for name, plane in data.planes.items()],
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    planes = [plane.astype(np.float64).tobytes() for plane in data.planes.values()]
    return b"".join([len(text).to_bytes(4, "little"), text, *planes])


def _data_of(dissection: Dissection) -> StepData:
    optimizer, count = dissection.run.optimizer, dissection.count
    rates = dissection.rates if "lr" in optimizer.values else None
    return StepData(optimizer, dissection.anatomy, np.arange(1.0, count + 1), rates, np.asarray, count)
