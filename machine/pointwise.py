"""Machine code of what is computed number by number along arrays, losses at many points say: entries of a tape as a function of columns."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np

from formulas.kept import Kept
from formulas.libm.in_llvm import emit, function_attributes
from formulas.libm.native import load, widest
from machine import operations
from machine.loops import is_shared
from machine.text import Text
from parameters import Array
from tape import Tape
from tape.entries import LEAVES

_FUNCTION = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3, ctypes.c_int64, ctypes.c_int64)
_MOST = 128
"""Functions that are kept."""


_kept: Kept[tuple[Tape, tuple[int, ...], int], Pointwise | None] = Kept(_MOST)


def pointwise(tape: Tape, results: tuple[int, ...], where: int = -1) -> Pointwise | None:
    """The function that computes entries of a tape, compiled when it is first asked for; None where something is computed by NumPy only.

    Args:
        tape: the numbers of its state are the columns that the function is given; it has no others than them and constants.
        results: the entries.
        where: the column that tells where there is anything to do: vectors of which it is 0 everywhere are passed over. -1 for none.
    """

    def make() -> Pointwise | None:
        written = {tape.entries[index].operation for index in tape.needed_for(results)}
        return Pointwise(tape, results, where) if all(map(_is_written, written)) else None

    return _kept.get((tape, results, where), make)


def is_pointwise(tape: Tape, results: tuple[int, ...], where: int = -1) -> bool:
    """Whether it is known already."""
    return (tape, results, where) in _kept


def _is_written(operation: str) -> bool:
    return operation in ("number", "constant", "state") or operation in operations.NATIVE or is_shared(operation)


class Pointwise:
    """Such a function.

    Args:
        tape, results, where: as for `pointwise`.
        width: the doubles of a vector, if not as many as there can be.
    """

    def __init__(self, tape: Tape, results: tuple[int, ...], where: int = -1, width: int | None = None) -> None:
        self.tape, self.results, self.width = tape, results, width or widest()
        self._engine, address = load(_Writer(tape, results, where, self.width).module(), "run")  # which is to live as long as the function
        self._function = _FUNCTION(address)

    def __call__(self, columns: Sequence[Array], constants: Array, into: Sequence[Array]) -> None:
        """Compute the results for each element of the columns.

        Args:
            columns: one for each number of the tape's state, shape (n,) or (rows, n); one of shape (n,) is the same in every row.
            constants: the tape's, shape (constants,).
            into: what to write into, one for each of the results, likewise. It may be one of the columns: rows are computed one after the
                other, and what one has written the next one reads.

        Raises:
            ValueError: an array cannot be used.
        """
        arrays = (*columns, *into)
        shape = self._checked(arrays, len(columns), constants)
        rows, count = shape
        whole = count - count % self.width
        if whole:
            self._run([array[..., :whole] for array in arrays], constants, rows, whole)
        if whole == count:
            return
        ends = {id(array): np.zeros((*array.shape[:-1], self.width)) for array in arrays}
        for array in columns:
            ends[id(array)][..., : count - whole] = array[..., whole:]
        self._run([ends[id(array)] for array in arrays], constants, rows, self.width)
        for array in into:
            array[..., whole:] = ends[id(array)][..., : count - whole]

    def _checked(self, arrays: Sequence[Array], inputs: int, constants: Array) -> tuple[int, int]:
        """The number of rows, and of elements in each."""
        if inputs != len(self.tape.state) or len(arrays) - inputs != len(self.results):
            raise ValueError(
                f"this function takes {len(self.tape.state)} columns and has {len(self.results)} results, "
                f"not {inputs} and {len(arrays) - inputs}"
            )
        if constants.shape != (len(self.tape.constants),) or constants.dtype != np.float64 or not constants.flags.c_contiguous:
            raise ValueError(f"this function takes {len(self.tape.constants)} constants, not {constants.dtype} of {constants.shape}")
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
        rows, count = (1, *shape) if len(shape) == 1 else shape
        for place, array in enumerate(arrays):
            fits = array.dtype == np.float64 and array.shape in ((count,), (rows, count)) and (count < 2 or array.strides[-1] == 8)
            if not fits or (array.ndim == 2 and array.strides[0] % 8) or (place >= inputs and not array.flags.writeable):
                raise ValueError(
                    f"columns must be float64 of shape ({count},) or ({rows}, {count}), each row contiguous; "
                    f"number {place} is {array.dtype} of {array.shape} with strides {array.strides}"
                )
        return rows, count

    def _run(self, arrays: Sequence[Array], constants: Array, rows: int, count: int) -> None:
        addresses = np.array([array.__array_interface__["data"][0] for array in arrays], dtype=np.uint64)
        strides = np.array([array.strides[0] // 8 if array.ndim == 2 else 0 for array in arrays], dtype=np.int64)
        self._function(addresses.ctypes.data, strides.ctypes.data, constants.ctypes.data, rows, count)


class _Writer:
    """Writes the function `run`: row after row, vector after vector. The elements are a whole number of vectors."""

    def __init__(self, tape: Tape, results: tuple[int, ...], where: int, width: int) -> None:
        self.tape, self.results, self.where = tape, results, where
        self.needed = tape.needed_for(results)
        self.text = Text(width)
        self.at: dict[int, str] = {}

    def module(self) -> str:
        text, count = self.text, len(self.tape.state) + len(self.results)
        begins = [text.value(f"load ptr, ptr {text.address('%columns', str(place), 'ptr')}") for place in range(count)]
        strides = [text.value(f"load i64, ptr {text.address('%strides', str(place), 'i64')}") for place in range(count)]
        for index in self.needed:
            entry = self.tape.entries[index]
            if entry.operation == "constant":
                self.at[index] = text.spread(text.value(f"load double, ptr {text.address('%constants', str(entry.index))}"))
        text.goto("row")
        text.label("row")
        text.line("%r = phi i64 [ 0, %entry ], [ %r.next, %row.end ]")
        here = [text.address(begin, text.value(f"mul i64 %r, {stride}")) for begin, stride in zip(begins, strides, strict=True)]
        text.goto("vector")
        text.label("vector")
        place = len(text.lines)
        text.lines.append("")
        if self.where >= 0:
            self._pass_over(here[self.where])
        self._vector(here)
        text.goto("vector.end")
        text.label("vector.end")
        text.line(f"%i.next = add nuw i64 %i, {text.width}")
        text.lines[place] = f"  %i = phi i64 [ 0, %row ], [ %i.next, %{text.block} ]"
        text.line(f"br i1 {text.value('icmp ult i64 %i.next, %count')}, label %vector, label %row.end")
        text.label("row.end")
        text.line("%r.next = add nuw i64 %r, 1")
        text.line(f"br i1 {text.value('icmp ult i64 %r.next, %rows')}, label %row, label %done")
        text.label("done")
        text.line("ret void")
        body, attributes = "\n".join(text.lines), function_attributes(text.width)
        arguments = "ptr %columns, ptr %strides, ptr %constants, i64 %rows, i64 %count"
        return f"define void @run({arguments}) {attributes} {{\n{body}\n}}\n" + "\n".join(text.declared)

    def _pass_over(self, place: str) -> None:
        """Go on to the next vector where this one is 0 everywhere."""
        text, bits = self.text, f"i{self.text.width}"
        some = text.value(f"bitcast {text.mask} {text.compare('une', text.load(place, '%i'), text.literal(0.0))} to {bits}")
        text.line(f"br i1 {text.value(f'icmp ne {bits} {some}, 0')}, label %some, label %vector.end")
        text.label("some")

    def _vector(self, here: list[str]) -> None:
        text = self.text
        for index in self.needed:
            entry = self.tape.entries[index]
            if entry.operation == "state":
                self.at[index] = text.load(here[entry.index], "%i")
            elif entry.operation == "number":
                self.at[index] = text.literal(entry.value)
            elif entry.operation in operations.NATIVE:
                self.at[index] = operations.emit(text, entry.operation, [self.at[operand] for operand in entry.operands])
            elif entry.operation not in LEAVES:
                operands = [operations.number(text, self.at[operand]) for operand in entry.operands]
                (self.at[index],) = emit(text, entry.operation, operands)
        found = [operations.number(text, self.at[result]) for result in self.results]
        for vector, place in zip(found, here[len(self.tape.state) :], strict=True):
            text.store(vector, place, "%i")
