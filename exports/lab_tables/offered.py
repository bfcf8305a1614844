"""What tables there are of a result of the lab, and all settings that it depends on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import singledispatch
from typing import Any, NamedTuple

import numpy as np

from exports.table import Table
from lab.seeded import SeededTask
from scenario import Choice
from scenario.setup import Setup


class Offered(NamedTuple):
    """A table that can be made: how many rows it has, and what makes it."""

    rows: int
    make: Callable[[], Table]


Tables = Mapping[str, Offered]


@singledispatch
def tables_of(result: Any) -> Tables:
    """The tables of a result of the lab, by what they are called; each is made when it is asked for.

    Raises:
        TypeError: nothing is known of such a result.
    """
    raise TypeError(f"there are no tables of {type(result).__name__}; there are of {known_to(tables_of)}")


def known_to(function: Any) -> str:
    """The results of which a function of `singledispatch` knows something, in words."""
    return ", ".join(kind.__name__ for kind in function.registry if kind is not object)


def check_row(row: Any, rows: int) -> int:
    """The number of a row of a table that has so many.

    Raises:
        ValueError: there is no such row.
    """
    if isinstance(row, bool) or not isinstance(row, int | np.integer) or not 0 <= row < rows:
        raise ValueError(f"there is no row {row!r}: the table has {rows:,} rows; choose a whole number from 0 to {rows - 1:,}")
    return int(row)


def settings_of(task: Any) -> dict[str, Any]:
    """All that a task of the lab depends on, as plain data for JSON, what is at its default, too."""
    own = task.in_full() if isinstance(task, SeededTask) else {}
    return {"task": type(task).__name__, **{entry.name: _plain(getattr(task, entry.name)) for entry in fields(task)}, **own}


def _plain(value: Any) -> Any:
    if isinstance(value, Setup):
        return value.in_full()
    if isinstance(value, Choice):
        return {"name": value.name, "settings": dict(value.settings)}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        return {entry.name: _plain(getattr(value, entry.name)) for entry in fields(value)}
    return value
