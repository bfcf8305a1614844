"""What networks can be given: arguments are read here, or refused in a sentence that says what can be used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from parameters import Array, short


def _array(name: str, given: Any) -> npt.NDArray[Any]:
    try:
        array = np.asarray(given)
    except ValueError:
        raise ValueError(f"{name} has rows of unequal length") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers, not {array.dtype}")
    return array


def check_number(name: str, value: Any, low: float, high: float, whole: bool = False) -> float:
    """One number within its range."""
    kind = "a whole number" if whole else "a number"
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"{name} must be {kind}, not {value!r}")
    if not low <= value <= high or (whole and value != int(value)):
        raise ValueError(f"{name} is {value}; choose {kind} from {short(low)} to {short(high)}")
    return int(value) if whole else float(value)


def check_per_network(name: str, value: Any, runs: int, low: float, high: float, whole: bool = False) -> npt.NDArray[Any]:
    """A number, shape (), or one for each network, shape (R,), within their range."""
    given = _array(name, value)
    if given.shape not in ((), (runs,)):
        raise ValueError(f"{name} has the shape {given.shape}; give one number, or one for each of the {runs} networks")
    if whole and given.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold whole numbers, not {given.dtype}")
    wrong = np.flatnonzero(~((given >= low) & (given <= high)))
    if wrong.size:
        raise ValueError(f"{name} holds {given.reshape(-1)[wrong[0]]}; choose from {short(low)} to {short(high)}")
    return given.astype(np.int64 if whole else np.float64)


def check_weights(what: str, size: int, weights: Any) -> Array:
    """Weights as (R, P), float64; a view where they are so already."""
    given = _array("weights", weights)
    if given.ndim == 1:
        given = given[None]
    if given.ndim != 2 or given.shape[1] != size or not len(given):
        raise ValueError(f"the weights of {what} must have the shape (R, {size}), a network a row; these have {np.shape(weights)}")
    return np.asarray(given, dtype=np.float64)


def check_inputs(x: Any, y: Any, columns: int, targets: Callable[[npt.NDArray[Any]], Array]) -> tuple[Array, Array | None]:
    """Inputs as (n, d), and labels or targets as targets, shape (n, k)."""
    inputs = _array("x", x)
    if inputs.ndim != 2 or inputs.shape[1] != columns or not len(inputs):
        raise ValueError(f"x must have the shape (n, {columns}), an example a row; this has {inputs.shape}")
    if not np.isfinite(inputs).all():
        raise ValueError(f"x must be finite; example {np.flatnonzero(~np.isfinite(inputs).all(axis=1))[0]} is not")
    if y is None:
        return inputs.astype(np.float64), None
    labels = _array("y", y)
    if len(labels.shape) == 0 or len(labels) != len(inputs):
        raise ValueError(f"y must hold a label for each of the {len(inputs)} examples; it has the shape {labels.shape}")
    return inputs.astype(np.float64), targets(labels)


def check_returned(what: str, given: Any) -> None:
    """That a function of the user's own has returned real numbers: NumPy would make no number of None, and a number of a text."""
    array = np.asarray(given)
    if array.dtype.kind in "fiub":
        return
    single = list(given) if isinstance(given, list | tuple) else array.reshape(-1).tolist()
    wrong = [each for each in single if isinstance(each, str | bytes | complex) or not hasattr(each, "__float__")]
    if wrong:
        came = repr(wrong[0])
        raise TypeError(f"{what} must return real numbers, and has returned {came if len(came) <= 60 else type(wrong[0]).__name__}")
