"""A Plotly figure from plain data, and numbers as it takes them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from parameters import Array

if TYPE_CHECKING:
    import plotly.graph_objects as go

T = TypeVar("T")
_PLAIN = ContextVar("plain", default=False)
"""Whether figures stay the plain data that they are made of."""
_LISTS = ("range", "geojson", "layer", "layers")
"""What Plotly.js takes as lists only."""
_SIZES = (np.int8, np.int16, np.int32)
"""The whole numbers that Plotly.js takes as bytes, the smallest first."""


def figure_of(data: Sequence[Any], layout: dict[str, Any]) -> go.Figure:
    """The figure of some traces in a layout; for `as_json` these themselves.

    While the program runs Plotly is imported here and nowhere else: what never draws a figure, a task on a cluster say, does without it.
    """
    if _PLAIN.get():
        return {"data": data, "layout": layout}  # which nobody else sees
    import plotly.graph_objects as go

    return _loaded(lambda: go.Figure(data, layout))


def as_json(draw: Callable[..., go.Figure], *arguments: Any, **options: Any) -> Any:
    """What one of the functions of `figures` draws, as the data that a browser gets, without Plotly's own figure in between: that takes
    nine tenths of the time, and the tests hold both against each other.

    Args:
        draw: the function.
        arguments, options: what it takes.
    """
    return _in_json(as_plain(draw, *arguments, **options))


def as_plain(draw: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What one of the functions of `figures` draws, or several of them, as the traces and the layout that it is made of: "data", "layout".

    Arguments as for `as_json`.
    """
    before = _PLAIN.set(True)
    try:
        return draw(*arguments, **options)
    finally:
        _PLAIN.reset(before)


def _in_json(value: Any, name: str = "") -> Any:
    """Data of a figure, under a name, as JSON holds them and as Plotly writes them: arrays of numbers as bytes."""
    if isinstance(value, dict):
        return {key: _in_json(part, key) for key, part in value.items() if part is not None}
    if isinstance(value, list | tuple):
        return [_in_json(part) for part in value]
    if isinstance(value, np.ndarray):
        return _in_json(value.tolist()) if name in _LISTS or not value.size or value.dtype.kind not in "iuf" else _in_bytes(value)
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _in_bytes(array: npt.NDArray[Any]) -> Any:
    if array.dtype == np.int64:
        kind = next((kind for kind in _SIZES if np.iinfo(kind).min <= array.min() and array.max() <= np.iinfo(kind).max), None)
        if kind is None:
            return array.tolist()
        array = array.astype(kind)
    written = {"dtype": array.dtype.str[1:], "bdata": base64.b64encode(array.tobytes()).decode()}
    return written if array.ndim == 1 else {**written, "shape": ", ".join(map(str, array.shape))}


def _loaded(make: Callable[[], T]) -> T:
    """What Plotly makes; once more where it has looked into a library, pandas say, that another thread was just loading."""
    try:
        return make()
    except AttributeError as error:
        if "partially initialized module" not in str(error):
            raise
        import_module(getattr(error.obj, "__name__", "pandas"))  # which waits until the other thread has it
        return make()


def single_precision(values: Array) -> Array | npt.NDArray[np.float32]:
    """In single precision where that can hold the values, the largest and the smallest: a figure's size counts when it is sent."""
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    held = np.finfo(np.float32)
    fits = not sizes.size or (sizes.max() < held.max and sizes.min() > held.tiny)
    return values.astype(np.float32) if fits else values
