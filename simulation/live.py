"""What a browser needs to compute a run by itself, with the same bits: plain data (JSON) for player/js/engine.js."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from formulas.libm.data import as_data
from formulas.libm.normal import normal_sequence
from formulas.libm.philox import KEY_STEPS, MULTIPLIERS, ROUNDS
from landscapes import ComputedLandscape, Landscape
from optimizers import Optimizer, Schedule
from optimizers.options import RATE_CHANGE
from parameters import Param, Value
from tape import why_none
from tape.portable import fixed_of, functions_of, portable, portable_method, schedule_nodes, surface_nodes


def pair_as_data(landscape: Landscape, optimizer: Optimizer, schedule: Schedule | None = None, noisy: bool = False) -> dict[str, Any]:
    """What a method does on a landscape, for any values of their parameters.

    A tape holds parameters that are 0 or 1 as they are, so that what is switched off costs nothing. Where there are such, a second tape
    holds none of them; its numbers differ, if at all, where something is not finite or in the sign of a zero. Switches and whole numbers
    stay as they are, and so do penalties, clipped gradients and rates that change in mid-run if they are off.

    Args:
        landscape, optimizer: a pair that has a tape, see `tape.why_none`; or any method and a landscape that is computed, which its tapes
            ask for what they need: see `tape.portable.portable_method`.
        schedule: what the learning rate is multiplied by.
        noisy: whether noise is added to the gradients.

    Returns:
        "tape", "open", the second tape or None, "schedule" (None if there is none), and "parameters": their values by owner, as they are
        now.

    Raises:
        ValueError: the pair has no tape.
    """
    if isinstance(landscape, ComputedLandscape):
        tapes = method_as_data(optimizer, noisy)
    else:
        others = opened(landscape), opened(optimizer)
        given = others == (landscape, optimizer)
        tapes = {"tape": portable(landscape, optimizer, noisy), "open": None if given else portable(*others, noisy)}
    return {
        **tapes,
        "schedule": schedule_nodes(schedule) if schedule else None,
        "parameters": {
            "landscape": plain(landscape.settings),
            "optimizer": plain(optimizer.settings),
            "schedule": plain(schedule.values) if schedule else {},
        },
    }


_MEASURES = [["log1p"], ["hypot"]]
"""What heights and lengths of paths are computed by."""
_LOSSES = [["exp"], ["log"], ["log1p"]]
"""What losses of networks are computed by."""


def is_live(landscape: Landscape, optimizer: Optimizer) -> bool:
    """Whether a browser can compute what a method does on a landscape.

    Where that is a network's loss with kinks, it leaves methods that ask for second derivatives to Python: these are differences of
    slopes, which magnify rounding there, so that a trajectory could be another one once Python's comes.
    """
    if isinstance(landscape, ComputedLandscape):
        program = landscape.program
        return program is not None and not (program["kinked"] and optimizer.takes_hessian)
    return not why_none(landscape, optimizer)


def surface_as_data(landscape: Landscape) -> dict[str, Any] | None:
    """The loss of a landscape with its slopes and curvatures, as `surface_nodes`, for any values of its parameters; and "parameters":
    their values as they are now. None where no formula gives it."""
    if isinstance(landscape, ComputedLandscape):
        return None
    return {**surface_nodes(opened(landscape)), "parameters": plain(landscape.settings)}


def method_as_data(optimizer: Optimizer, noisy: bool = False) -> dict[str, Any]:
    """What a method does on any landscape: "tape" and "open" as of `pair_as_data`, into which `formulas_as_data` are written."""
    other = opened(optimizer)
    return {"tape": portable_method(optimizer, noisy), "open": None if other == optimizer else portable_method(other, noisy)}


def formulas_as_data(landscape: Landscape) -> dict[str, Any]:
    """What is written into a method's tapes: "tape" and "open", None if that is the same, each as `surface_nodes`, and in "fixed" the
    parameters that it holds for one value only."""
    other = opened(landscape)
    of = {"tape": landscape, "open": None if other == landscape else other}
    return {name: each and {**surface_nodes(each), "fixed": fixed_of(each.values)} for name, each in of.items()}


def functions_as_data(*pairs: Mapping[str, Any], plane: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The elementary functions that pairs and what measures their runs call, and what noise is made of.

    Args:
        pairs: what `pair_as_data` gave.
        plane: what gives the losses and slopes that the pairs ask for, if that is no formula.
    """
    lists = [_MEASURES, *(nodes for pair in pairs for nodes in _lists(pair)), *([_LOSSES, plane["activate"]["nodes"]] if plane else [])]
    noise = {"rounds": ROUNDS, "multipliers": list(MULTIPLIERS), "keySteps": list(KEY_STEPS), "normals": as_data(normal_sequence())}
    return {"elementary": functions_of(*lists), "noise": noise, **({"plane": plane} if plane else {})}


def _lists(pair: Mapping[str, Any]) -> list[Any]:
    apart, schedule = pair.get("apart") or {"tape": None}, pair["schedule"]
    tapes = [tape for tape in (pair["tape"], pair["open"], apart["tape"]) if tape]
    lists = [nodes for tape in tapes for nodes in (tape["entries"], tape["early"])]
    return [*lists, *([schedule["early"]] if schedule else [])]


def opened(declared: Any) -> Any:
    """A landscape or a method with other values in place of 0 and 1, which a tape then does not hold."""
    held = [entry for entry in declared.parameters if _is_held(declared.values[entry.name]) and not entry.switch and not entry.integer]
    others = {entry.name: _between(entry) for entry in held if entry.name not in _RUN}
    return declared.with_parameters(**others) if others else declared


_RUN = {parameter.name for parameter in RATE_CHANGE} | {"lr"}


def _is_held(value: Value) -> bool:
    return not np.ndim(value) and value in (0, 1)


def _between(entry: Param) -> float:
    """A number that the parameter may have and that is neither 0 nor 1."""
    low, high = max(entry.low, -1e6), min(entry.high, 1e6)
    return next(value for share in (0.37, 0.61) if (value := low + share * (high - low)) not in (0, 1))


def plain(values: Mapping[str, Value]) -> dict[str, Any]:
    """Values of parameters as JSON holds them."""
    return {name: value.tolist() if isinstance(value, np.ndarray) else float(value) for name, value in values.items()}
