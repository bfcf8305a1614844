"""What the browser takes the steps of a method apart by: the words of player/step_data.py, and a tape that computes their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from figures.figure import as_json
from figures.states import curve_sources, states_of
from landscapes import Landscape
from optimizers import Optimizer
from player.step_data import StepData, coloured_parts
from simulation.dissect import MOST_STEPS
from simulation.live import opened
from simulation.measures import cosines_of, rates_of
from tape.anatomy import TracedAnatomy
from tape.landscape import AnyLandscape
from tape.portable import portable_anatomy


def step_program(landscape: Landscape | AnyLandscape, optimizer: Optimizer, noisy: bool) -> dict[str, Any]:
    """What the browser takes the steps of a method on a landscape apart by: `StepProgram` of js/types.d.ts, for any values of their
    parameters but the method's switches; its parts have no colours yet, see `coloured`.

    Args:
        landscape, optimizer: a pair that has a tape, see `tape.why_none`; or a method for every landscape, see `portable_method`.
        noisy: whether noise is added to the gradients.
    """
    traced = TracedAnatomy(landscape if isinstance(landscape, AnyLandscape) else opened(landscape), optimizer, noisy)
    data = StepData(optimizer, traced.anatomy, traced.t, traced.rate, traced.entries_of, 1)
    made = data.made()
    for key, own in made.items():
        for part, share in own:
            if _varies(share):
                data.keep(_share(key, part), share, True)
    data.keep("effective", rates_of(traced.move, traced.slope), True)
    data.keep("cosine", cosines_of(traced.move, traced.slope), False)
    return {
        "tape": portable_anatomy(traced, traced.surface, optimizer),
        "outputs": [entry for plane in data.planes.values() for entry in plane[:, 0].tolist()],
        **data.words(),
        "parts": data.parts,
        "roles": [part.role for part in data.anatomy.candidates],
        "made": {key: [[part, _share(key, part) if _varies(share) else ""] for part, share in own] for key, own in made.items()},
        "curves": as_json(states_of, optimizer, 1, lambda plane, row: np.empty(0)),
        "curveSources": curve_sources(optimizer),
        "planes": [[name, len(plane)] for name, plane in data.planes.items()],
        "most": MOST_STEPS,
    }


def coloured(program: Mapping[str, Any], colour: str) -> dict[str, Any]:
    """A step's program for a run of this colour."""
    return {**program, "parts": coloured_parts(program["parts"], colour, program["roles"])}


def _share(key: str, part: str) -> str:
    return f"share:{key}:{part}"


def _varies(share: Any) -> bool:
    """Whether a factor is no number known now."""
    return not np.isscalar(share) and not isinstance(share, np.ndarray)
