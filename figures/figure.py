"""A Plotly figure from plain data, and numbers as it takes them."""

from __future__ import annotations

import json
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
_CHECKED = ContextVar("checked", default=True)
"""Whether Plotly checks what figures are made of."""


def figure_of(data: Sequence[Any], layout: dict[str, Any]) -> go.Figure:
    """The figure of some traces in a layout.

    While the program runs Plotly is imported here and nowhere else: what never draws a figure, a task on a cluster say, does without it.
    """
    import plotly.graph_objects as go

    return _loaded(lambda: go.Figure(data, layout, _validate=_CHECKED.get()))


def as_json(draw: Callable[..., go.Figure], *arguments: Any, **options: Any) -> Any:
    """What one of the functions of `figures` draws, as the data that a browser gets, without Plotly's checks: they take three quarters of
    the time, and the tests have all figures checked.

    Args:
        draw: the function.
        arguments, options: what it takes.
    """
    checked = _CHECKED.set(False)
    try:
        return json.loads(_loaded(draw(*arguments, **options).to_json))
    finally:
        _CHECKED.reset(checked)


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
