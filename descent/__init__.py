"""Descent as a library: `import descent`, then `descent.run(...)`, `descent.landscapes.get(...)`.

Installed, this folder holds all parts of Descent, and nothing lies outside it (setup.py). In a checkout they lie beside it, and are the
same modules under both names: `descent.landscapes` is `landscapes`. Each is imported when it is asked for.
"""

from importlib import import_module
from typing import Any

from descent.beside import PARTS  # before all others, which it finds
from scenario import Choice, Experiment, Race, Scenario
from simulation import Run, run
from version import VERSION as __version__

__all__ = ["Choice", "Experiment", "Race", "Run", "Scenario", "__version__", "run"]


def __getattr__(name: str) -> Any:
    if name in PARTS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__dir__())}")


def __dir__() -> list[str]:
    return sorted({*__all__, *PARTS})
