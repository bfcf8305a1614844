"""What a task is given: a mistake in a script is told where the task is made, in words, and not by what it breaks further inside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scenario import Scenario
from simulation.checks import check_whole


def check_numbers(task: Any, *names: str) -> None:
    """Refuse fields of a task that are no whole numbers; of NumPy's they are made Python's own.

    Raises:
        TypeError: one of them is none.
    """
    for name in names:
        object.__setattr__(task, name, check_whole(name, getattr(task, name)))


def check_names(name: str, given: Any) -> tuple[Any, ...]:
    """What is given where several names are asked for.

    Raises:
        TypeError: it is one name, or nothing that holds several.
    """
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise TypeError(f"{name} takes a list of names, not {given!r}")
    return tuple(given)


def check_scenario(given: Any) -> None:
    """Refuse what is no scenario.

    Raises:
        TypeError: it is something else.
    """
    if not isinstance(given, Scenario):
        raise TypeError(f"a task of the lab takes a Scenario, not {given!r}")
