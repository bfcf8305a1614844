"""What landscapes, optimizers and schedules have in common: a name, and parameters whose values can be set."""

from __future__ import annotations

import inspect
from collections.abc import Hashable, Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Self

import numpy as np

from parameters.naming import slug
from parameters.param import Param, Value, fill, is_single


class _Sealing(type):
    """The class of classes whose things, once made, refuse to have their attributes set; what they cache goes past that."""

    def __call__(cls, *args: Any, **options: Any) -> Any:
        made = super().__call__(*args, **options)
        vars(made)["_sealed"] = True
        return made

    @property
    def __signature__(cls) -> inspect.Signature:
        """What making one takes, for `help` and editors, which would see `__call__` above."""
        made = inspect.signature(cls.__init__)  # type: ignore[misc]
        return made.replace(parameters=list(made.parameters.values())[1:], return_annotation=inspect.Signature.empty)


class Declared(metaclass=_Sealing):
    """Something with a name and parameters, declared once and used with many values. Immutable: setting a value makes another one, and
    setting an attribute is an AttributeError.

    Two are equal, and have the same hash, if they are of the same class and have the same name, `definition` and values.

    Args:
        name: its title ("Three-hump camel").
        parameters: the numbers that can be set; they begin at their defaults.

    Raises:
        TypeError: the name is no text.
        ValueError: two parameters have the same name.

    Attributes:
        takes_arrays: whether a parameter may hold an array of shape (N,), a value for each of N trajectories.
    """

    takes_arrays: ClassVar[bool] = True
    _computed: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._computed = frozenset(name for base in cls.__mro__ for name, entry in vars(base).items() if isinstance(entry, cached_property))

    def __init__(self, name: str, parameters: Iterable[Param]) -> None:
        if not isinstance(name, str):
            raise TypeError(f"the name of {type(self).__name__} must be a text, not {name!r}")
        self.name = name
        self.parameters = tuple(parameters)
        names = [parameter.name for parameter in self.parameters]
        for twice in (own for own in names if names.count(own) > 1):
            raise ValueError(f"{name}: two parameters are called {twice!r}; give each a name of its own")
        self._values = fill(self.parameters, {}, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if "_sealed" in vars(self):
            raise AttributeError(
                f"{self.name} cannot be changed, so {name!r} cannot be set; with_parameters makes another with other values"
            )
        super().__setattr__(name, value)

    @property
    def key(self) -> str:
        """Its name in code: the title's words in lower case, joined by "_" ("three_hump_camel")."""
        return slug(self.name)

    @property
    def values(self) -> Mapping[str, Value]:
        """Its parameters' values by name: numbers, or arrays of shape (N,)."""
        return dict(self._values)

    @property
    def settings(self) -> Mapping[str, Value]:
        """Every number that it computes with, by name: its `values` and, in a subclass, others (a landscape's penalties)."""
        return MappingProxyType(self._values)

    @property
    def definition(self) -> Hashable:
        """What it computes, apart from its name and its settings: its formula, say. For comparisons."""
        return ()

    def with_parameters(self, /, **values: Any) -> Self:
        """The same with other values; parameters that are not named keep theirs.

        Raises:
            TypeError: an unknown parameter (the message lists the valid ones), a value that is no number, or an array where only single
                numbers are taken.
            ValueError: a value outside its parameter's range.
        """
        for name, value in values.items():
            if not self.takes_arrays and not is_single(value):
                raise TypeError(f"{self.name}: {name} must be one number, not an array")
        return self._changed(_values=fill(self.parameters, {**self._values, **values}, self.name))

    def _changed(self, **attributes: Any) -> Self:
        """A copy with other attributes; what was computed from the old ones and cached is computed anew."""
        other = object.__new__(type(self))
        other.__dict__.update({name: value for name, value in self.__dict__.items() if name not in self._computed}, **attributes)
        return other

    @cached_property
    def per_lane(self) -> bool:
        """Whether one of its settings has a value for each trajectory."""
        return any(isinstance(value, np.ndarray) for value in self.settings.values())

    def check_lanes(self, count: int, what: str) -> None:
        """Refuse arrays that are not of length `count`.

        Args:
            count: how many trajectories or points there are.
            what: what they are called ("starts").

        Raises:
            ValueError: an array has another length; the message names it.
        """
        for name, value in self.settings.items():
            if isinstance(value, np.ndarray) and value.size != count:
                raise ValueError(
                    f"{self.name}: {name} holds {value.size} values for {count} {what}; give one for each of them, or a single number"
                )

    @cached_property
    def _identity(self) -> tuple[Hashable, ...]:
        # Adding 0.0 turns -0.0, which has other bytes, into the 0.0 that it equals.
        values = [(name, (value + 0.0).tobytes() if isinstance(value, np.ndarray) else value) for name, value in self.settings.items()]
        return self.name, self.definition, tuple(values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Declared) and type(self) is type(other) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}{''.join(f', {name}={value}' for name, value in self.settings.items())}>"
