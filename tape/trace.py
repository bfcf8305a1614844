"""Arrays of entries of a tape, on which the functions of update rules run as on arrays of numbers: what they compute is written down.

So the linear algebra of `optimizers.update_rules` stands in one place only. An array has the shape that it would have with one trajectory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from optimizers.searches import Repeat, Trial
from tape.tape import Tape

_OPERATIONS = {
    np.add: "+",
    np.subtract: "-",
    np.multiply: "*",
    np.divide: "/",
    np.sqrt: "sqrt",
    np.abs: "abs",
    np.sign: "sign",
    np.minimum: "min",
    np.maximum: "max",
    np.less: "less",
    np.less_equal: "less_equal",
    np.greater: "greater",
    np.greater_equal: "greater_equal",
    np.equal: "equal",
    np.not_equal: "not_equal",
    np.bitwise_and: "and",
    np.logical_and: "and",
    np.bitwise_or: "or",
    np.logical_or: "or",
    np.invert: "not",
}
"""NumPy's routines that are operations of a tape."""
_MADE_OF_OTHERS: dict[np.ufunc, Callable[[Any], Any]] = {
    np.negative: lambda a: a * -1.0,
    np.isnan: lambda a: np.not_equal(a, a),
    np.isinf: lambda a: np.equal(np.abs(a), np.inf),
    np.isfinite: lambda a: np.less(np.abs(a), np.inf),
}


class Untraceable(TypeError):
    """A function asks for something that no list of operations can do."""


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """An array of entries.

    Args:
        tape: what the operations are written into.
        entries: their indices, as an array of objects.
    """

    def __init__(self, tape: Tape, entries: npt.NDArray[Any]) -> None:
        self.tape, self.entries = tape, entries

    @classmethod
    def of(cls, tape: Tape, rows: Sequence[int | None]) -> Traced:
        """Rows for one trajectory; None where nothing has been written yet."""
        entries = np.empty((len(rows), 1), dtype=object)
        entries[:, 0] = rows
        return cls(tape, entries)

    @property
    def rows(self) -> tuple[int, ...]:
        """The entries of the rows, for one trajectory."""
        return tuple(self.entries.reshape(-1).tolist())

    @property
    def shape(self) -> tuple[int, ...]:
        """As of an array of numbers."""
        return self.entries.shape

    @property
    def ndim(self) -> int:
        """As of an array of numbers."""
        return self.entries.ndim

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Traced]:
        return (self[row] for row in range(len(self)))

    def __getitem__(self, key: Any) -> Traced:
        return Traced(self.tape, self.entries[key])

    def __setitem__(self, key: Any, value: Any) -> None:
        self.entries[key] = self.entries_of(value)

    def reshape(self, *shape: int) -> Traced:
        """As of an array of numbers."""
        return Traced(self.tape, self.entries.reshape(*shape))

    def swapaxes(self, one: int, other: int) -> Traced:
        """As of an array of numbers."""
        return Traced(self.tape, self.entries.swapaxes(one, other))

    def copy(self) -> Traced:
        """As of an array of numbers."""
        return Traced(self.tape, self.entries.copy())

    def max(self, axis: int) -> Any:
        """As of an array of numbers."""
        return self.__array_ufunc__(np.maximum, "reduce", self, axis=axis)

    def all(self) -> bool:
        """Whether a condition is sure to hold everywhere: of numbers that are not known yet it never is."""
        return False

    def entries_of(self, value: Any) -> npt.NDArray[Any]:
        """The entries of an array, or of numbers."""
        if isinstance(value, Traced):
            return value.entries
        numbers = np.asarray(value, dtype=np.float64)
        entries = np.empty(numbers.shape, dtype=object)
        for place, number in np.ndenumerate(numbers):
            entries[place] = self.tape.number(number)
        return entries

    def each(self, operation: str, *values: Any) -> Traced:
        """An operation on each element, after broadcasting."""
        given: list[Any] = list(np.broadcast_arrays(*(self.entries_of(value) for value in values)))
        result = np.empty(given[0].shape, dtype=object)
        for place in np.ndindex(result.shape):
            result[place] = self.tape.apply(operation, *(array[place] for array in given))
        return Traced(self.tape, result)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, where: Any = True, axis: int = 0) -> Any:
        """Write down what a routine of NumPy does to the elements."""
        if ufunc in _MADE_OF_OTHERS:
            return _MADE_OF_OTHERS[ufunc](inputs[0])
        if ufunc is np.power and np.ndim(inputs[1]) == 0 and inputs[1] == 2:  # NumPy multiplies, too
            return inputs[0] * inputs[0]
        operation = _OPERATIONS.get(ufunc)
        if operation is None:
            raise Untraceable(f"numpy.{ufunc.__name__} is no operation of a tape")
        if method == "reduce":
            first, *others = (Traced(self.tape, part) for part in np.moveaxis(inputs[0].entries, axis, 0))
            for other in others:
                first = self.each(operation, first, other)
            return first
        result = self.each(operation, *inputs)
        if out is None:
            return result
        target = out[0]
        kept = result if where is True else self.each("where", where, result, target)
        target.entries = np.broadcast_to(kept.entries, target.entries.shape).copy()
        return target

    def __array_function__(self, function: Callable[..., Any], types: Any, arguments: Any, keywords: Any) -> Any:
        """Write down what the few other functions do that update rules call."""
        if function is np.where:
            return self.each("where", *arguments)
        if function is np.stack:
            return Traced(self.tape, np.stack([self.entries_of(part) for part in arguments[0]], **keywords))
        if function is np.clip:
            array, low, high, *out = arguments
            return np.minimum(np.maximum(array, low), high, out=out[0] if out else None)
        if function is np.broadcast_to:
            array, shape = arguments
            return Traced(self.tape, np.broadcast_to(array.entries, shape))
        if function is np.any:
            return True  # what is not a number known now may be anything
        raise Untraceable(f"numpy.{function.__name__} is nothing that can be written on a tape")


def repeating(tape: Tape, title: str) -> Repeat:
    """What writes the trials of a search into a tape, in place of `optimizers.searches.repeated`.

    Args:
        tape: what is written into.
        title: what the search does, in words.
    """

    def one(value: Any) -> int:
        (entry,) = Traced(tape, np.empty(0)).entries_of(value).reshape(-1).tolist()
        return int(entry)

    def repeat(trial: Trial, searching: Any, most: int, /, **first: Any) -> tuple[Any, ...]:
        def written(*trials: int) -> tuple[list[int], int]:
            following, going = trial(**{name: _single(tape, entry) for name, entry in zip(first, trials, strict=True)})
            return [one(value) for value in following], one(going)

        found = tape.loop(title, {name: one(value) for name, value in first.items()}, one(searching), most, written)
        return tuple(_single(tape, entry) for entry in found)

    return repeat


def _single(tape: Tape, entry: int) -> Any:
    """A number of each trajectory as an array of shape (1,)."""
    return Traced(tape, np.array([entry], dtype=object))
