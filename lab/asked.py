"""What a task is given: a mistake in a script is told where the task is made, in words, and not by what it breaks further inside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from networks.training.checks import check_method
from scenario import Experiment, Scenario
from scenario.setup import Setup
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


def check_range(task: str, what: str, value: int, least: int, most: int) -> None:
    """Refuse a number that is out of its range.

    Raises:
        ValueError: it is.
    """
    if not least <= value <= most:
        raise ValueError(f"{task} needs {least} to {most} {what}, not {value}")


def check_choice(what: str, chosen: str, known: Iterable[str]) -> None:
    """Refuse a name that is unknown.

    Raises:
        ValueError: it is.
    """
    if chosen not in known:
        raise ValueError(f"there is no {what} {chosen!r}; choose one of {', '.join(known)}")


def check_setup(given: Any, kind: type[Setup] = Scenario) -> None:
    """Refuse what is no scenario, or no experiment.

    Raises:
        TypeError: it is something else.
    """
    if not isinstance(given, kind):
        raise TypeError(f"a task of the lab takes {'an' if kind is Experiment else 'a'} {kind.__name__}, not {given!r}")


def check_methods(experiment: Experiment) -> None:
    """Refuse an experiment with optimizers that cannot train its network.

    Raises:
        ValueError: it has one.
    """
    net = experiment.build_network()
    for optimizer in experiment.build_optimizers():
        check_method(net, optimizer)
