"""A catalogue of declared things, found by their names."""

from __future__ import annotations

import math
from functools import lru_cache
from types import ModuleType
from typing import Any, Generic, TypeVar

from parameters.declared import Declared
from parameters.naming import lookup

_KEPT = 256
"""So many entries with values of their own are kept for who asks for them again: a page asks for the same ones dozens of times."""
Entry = TypeVar("Entry", bound=Declared)


class Catalogue(Generic[Entry]):
    """Everything of one class that is declared at the top level of some modules, by name.

    Args:
        kind: what an entry is called in messages ("optimizer").
        of: the class of the entries.
        modules: where they are declared; entries keep the order of the modules, and in each that of the declarations.

    Raises:
        ValueError: two entries have the same name.
    """

    def __init__(self, kind: str, of: type[Entry], *modules: ModuleType) -> None:
        self.kind = kind
        self._entries: dict[str, Entry] = {}
        self._with = lru_cache(_KEPT)(self._made)
        for module in modules:
            for entry in vars(module).values():
                if isinstance(entry, of) and self._entries.setdefault(entry.key, entry) is not entry:
                    raise ValueError(f"{module.__name__} declares a second {kind} called {entry.name!r}; give it another name")

    def names(self) -> list[str]:
        """The names of all entries, in the order of their declaration."""
        return list(self._entries)

    def get(self, name: str, /, **parameters: Any) -> Entry:
        """The entry of a name, with some of its parameters set.

        Args:
            name: one of `names()`.
            parameters: values for its parameters; the rest keep their defaults.

        Raises:
            KeyError: an unknown name (the message lists the valid ones).
            TypeError: an unknown parameter (likewise), or a value that is no number.
            ValueError: a value outside its range.
        """
        entry = lookup(self._entries, name, self.kind)
        if not parameters:
            return entry
        if all(isinstance(value, int | float) and (value or math.copysign(1, value) > 0) for value in parameters.values()):
            # but not -0.0, which equals 0.0 and is not the same
            return self._with(name, tuple(parameters.items()))
        return entry.with_parameters(**parameters)

    def _made(self, name: str, values: tuple[tuple[str, float], ...]) -> Entry:
        return self._entries[name].with_parameters(**dict(values))
