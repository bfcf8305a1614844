"""What a browser needs to compute a run by itself, with the same bits: plain data (JSON) for player/js/engine.js."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from formulas.libm.data import as_data
from formulas.libm.normal import normal_sequence
from formulas.libm.philox import KEY_STEPS, MULTIPLIERS, ROUNDS
from landscapes import Landscape
from optimizers import Optimizer, Schedule
from parameters import Value
from tape.portable import functions_of, portable, schedule_nodes


def pair_as_data(landscape: Landscape, optimizer: Optimizer, schedule: Schedule | None = None, noisy: bool = False) -> dict[str, Any]:
    """What a method does on a landscape, for any values of the parameters that are not 0 or 1 now.

    Args:
        landscape, optimizer: a pair that has a tape, see `tape.why_none`.
        schedule: what the learning rate is multiplied by.
        noisy: whether noise is added to the gradients.

    Returns:
        "tape", "schedule" (None if there is none), and "parameters": their values by owner, as they are now.

    Raises:
        ValueError: the pair has no tape.
    """
    return {
        "tape": portable(landscape, optimizer, noisy),
        "schedule": schedule_nodes(schedule) if schedule else None,
        "parameters": {
            "landscape": _plain(landscape.settings),
            "optimizer": _plain(optimizer.settings),
            "schedule": _plain(schedule.values) if schedule else {},
        },
    }


def functions_as_data(*pairs: Mapping[str, Any]) -> dict[str, Any]:
    """The elementary functions that pairs call, and what noise is made of.

    Args:
        pairs: what `pair_as_data` gave.
    """
    lists = [nodes for pair in pairs for nodes in _lists(pair)]
    noise = {"rounds": ROUNDS, "multipliers": list(MULTIPLIERS), "keySteps": list(KEY_STEPS), "normals": as_data(normal_sequence())}
    return {"elementary": functions_of(*lists), "noise": noise}


def _lists(pair: Mapping[str, Any]) -> list[Any]:
    tape, schedule = pair["tape"], pair["schedule"]
    return [tape["entries"], tape["early"], *([schedule["early"]] if schedule else [])]


def _plain(values: Mapping[str, Value]) -> dict[str, Any]:
    return {name: value.tolist() if isinstance(value, np.ndarray) else float(value) for name, value in values.items()}
