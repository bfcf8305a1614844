"""What a run can be asked for: its arguments are read here, or refused in a sentence that says what can be used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

import landscapes
import optimizers
from optimizers import Optimizer, Schedule, schedules
from parameters import Array
from simulation.objective import Objective

Integers = npt.NDArray[np.int64]
_ASKED = ("name", "dimension", "always_finite", "check_lanes", "bind")
"""What a run asks of an objective; the rest is for measures."""
_MOST = np.iinfo(np.int64).max
_MOST_STEPS = 100_000_000
"""What changes from step to step, the rate say, is worked out before the first one, in up to 150 bytes each."""


def read_kinds(landscape: Any, optimizer: Any, schedule: Any) -> tuple[Objective, Optimizer, Schedule | None]:
    """The things themselves, or those that are given by their names.

    Raises:
        KeyError: a name that none has; the message lists those that there are.
        TypeError: what is neither a name nor such a thing.
    """
    landscape = landscapes.get(landscape) if isinstance(landscape, str) else landscape
    lacking = [name for name in _ASKED if not hasattr(landscape, name)]
    if lacking or isinstance(landscape, type):
        lacks = "" if isinstance(landscape, type) else f", which lacks {', '.join(lacking)}"
        raise TypeError(f"landscape must be a name, a landscape or another Objective, not {landscape!r}{lacks}; {_advice('landscapes')}")
    return landscape, *read_step_kinds(optimizer, schedule)


def read_step_kinds(optimizer: Any, schedule: Any) -> tuple[Optimizer, Schedule | None]:
    """An optimizer and a schedule, likewise."""
    optimizer = optimizers.get(optimizer) if isinstance(optimizer, str) else optimizer
    schedule = schedules.get(schedule) if isinstance(schedule, str) else schedule
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"optimizer must be a name or an Optimizer, not {optimizer!r}; {_advice('optimizers')}")
    if not isinstance(schedule, Schedule | None):
        raise TypeError(f"schedule must be a name, a Schedule or None, not {schedule!r}; {_advice('optimizers.schedules')}")
    return optimizer, schedule


def _advice(catalogue: str) -> str:
    return f"{catalogue}.names() lists them, {catalogue}.get(name, ...) sets their numbers"


def _array(given: Any) -> npt.NDArray[Any] | None:
    """What is given as an array of its own type; None for rows of unequal length."""
    try:
        return np.asarray(given)
    except ValueError:
        return None


def check_starts(starts: npt.ArrayLike, dimension: int) -> Array:
    """The starts as float64, shape (d, N); a copy."""
    given = _array(starts)
    if given is None or given.ndim != 2 or given.shape[0] != dimension or given.shape[1] == 0:
        rows = "x in row 0 and y in row 1" if dimension == 2 else "a row for each coordinate"
        have = "rows of unequal length" if given is None else given.shape
        raise ValueError(f"starts must have the shape ({dimension}, N), {rows}, with N at least 1; these have {have}")
    try:
        points = np.array(given, dtype=np.float64) if given.dtype.kind in "fiubO" else None
    except (TypeError, ValueError, OverflowError):  # in an array of objects
        points = None
    if points is None:
        raise TypeError(f"starts must be real numbers, within float64's range; these are {given.dtype}")
    bad = np.flatnonzero(~np.isfinite(points).all(axis=0))
    if bad.size:
        raise ValueError(f"starts must be finite; start {bad[0]} is ({', '.join(map(str, points[:, bad[0]].tolist()))})")
    return points


def check_keep(keep: str | Sequence[int], steps: int) -> Integers:
    """The numbers of the steps to keep."""
    if isinstance(keep, str):
        if keep not in ("path", "last"):
            raise ValueError(f"keep is {keep!r}; choose 'path' or 'last', or the numbers of the steps to keep")
        return np.arange(steps + 1) if keep == "path" else np.array([steps])
    kept = _array(keep)
    if kept is None or kept.ndim != 1 or kept.dtype.kind not in "iu" or not kept.size:
        raise TypeError(f"keep must be 'path', 'last' or the numbers of steps, not {keep!r}")
    kept = _as_int64("keep", kept)  # before any arithmetic, which wraps around where numbers have no sign
    if kept[0] < 0 or kept[-1] != steps or np.any(np.diff(kept) <= 0):
        raise ValueError(f"the steps to keep must rise from 0 or more to the last step, {steps}; these are {kept.tolist()}")
    return kept


def check_goal(goal: Any, count: int) -> float | Array:
    """The goal, as float64; NaN, which nothing reaches, where there is none."""
    if goal is None:
        return float("nan")
    wanted = _array(goal)
    if wanted is None or wanted.dtype.kind not in "fiu" or wanted.shape not in ((), (count,)):
        raise ValueError(f"goal must be a loss or one for each of the {count} starts, not {goal!r}")
    return wanted.astype(np.float64) if wanted.ndim else float(wanted)


def check_numbers(numbers: npt.ArrayLike | None, count: int) -> Integers:
    """The whole numbers that choose each trajectory's noise, shape (N,)."""
    if numbers is None:
        return np.arange(count)
    given = _array(numbers)
    if given is None or given.shape != (count,) or given.dtype.kind not in "iu":
        said = "rows of unequal length" if given is None else f"{given.dtype} of shape {given.shape}"
        raise ValueError(f"numbers must be whole numbers, one for each of the {count} starts; these are {said}")
    if given.min() < 0:
        raise ValueError(f"the numbers that choose the noise start from 0; the least given is {given.min()}")
    return _as_int64("numbers", given)


def _as_int64(name: str, whole: npt.NDArray[np.integer[Any]]) -> Integers:
    if whole.max() > _MOST:
        raise ValueError(f"{name} holds {whole.max()}; the greatest number that can be used is {_MOST}")
    return whole.astype(np.int64)


def check_steps(steps: Any) -> int:
    """How many steps, as `check_count` gives it: before anything as long as they are is made."""
    count = check_count("steps", steps, 0)
    if count > _MOST_STEPS:
        raise ValueError(f"steps is {count:,}; choose at most {_MOST_STEPS:,}")
    return count


def check_progress(progress: Any) -> None:
    """Refuse what cannot be called while a run goes on."""
    if progress is not None and not callable(progress):
        raise TypeError(f"progress must be a function of the fraction that is done, or None, not {progress!r}")


def check_count(name: str, value: Any, least: int) -> int:
    """The whole number, if it is large enough."""
    whole = check_whole(name, value)
    if whole < least:
        raise ValueError(f"{name} is {value}; choose {least} or more")
    return whole


def check_whole(name: str, value: Any) -> int:
    """The number as Python's own int, which does not wrap around as NumPy's do."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    return int(value)


def check_noise(noise: Any) -> float | Array:
    """The standard deviation of the noise, as float64."""
    deviation = _array(noise)
    if deviation is None or deviation.dtype.kind not in "fiu" or deviation.ndim > 1:
        raise TypeError(f"noise must be a number or an array of shape (N,), not {noise!r}")
    if not (np.isfinite(deviation).all() and (deviation >= 0).all()):
        raise ValueError(f"noise is {noise}; it is a standard deviation, so choose 0 or more")
    return deviation.astype(np.float64) if deviation.ndim else float(deviation)


def check_lanes(landscape: Objective, optimizer: Optimizer, noise: float | Array, count: int) -> None:
    """Refuse parameters with a number of values that is not the number of starts."""
    landscape.check_lanes(count, "starts")
    optimizer.check_lanes(count, "starts")
    if isinstance(noise, np.ndarray) and noise.size != count:
        raise ValueError(f"noise holds {noise.size} values for {count} starts; give one for each of them, or a single number")


def check_history(needed: int, what: str, keep: str | Sequence[int], advice: str, memory: int) -> None:
    """Refuse a history of so many bytes that it would not fit.

    Args:
        needed: how many bytes it takes.
        what: what is run, for the message: "1,000 trajectories of 20 steps".
        keep: what of it is kept.
        advice: what else to do, for the message.
        memory: how many bytes there are.
    """
    if isinstance(memory, bool) or not isinstance(memory, int | float | np.integer | np.floating):
        raise TypeError(f"memory must be a number of bytes, not {memory!r}")
    if needed > memory:
        said = repr(keep) if isinstance(keep, str) else f"{len(keep)} steps"
        raise ValueError(
            f"{what} need {in_words(needed)} of history (keep={said}), and the limit is {in_words(memory)}; "
            f"{advice}, or raise the limit with memory="
        )


def check_memory(rows: int, dimension: int, count: int, steps: int, keep: str | Sequence[int], memory: int) -> None:
    """Refuse a history of so many rows and trajectories that it would not fit."""
    advice = "ask for fewer starts" if isinstance(keep, str) and keep == "last" else "ask for fewer steps or starts, or keep='last'"
    check_history(rows * count * (dimension + 1) * 8, f"{count:,} trajectories of {steps:,} steps", keep, advice, memory)


def in_words(size: int) -> str:
    """So many bytes, as one would say it."""
    for unit, name in ((2**30, "GiB"), (2**20, "MiB")):
        if size >= unit:
            return f"{size / unit:.2f} {name}"
    return f"{size:,} bytes"
