"""Kernels compiled to machine code for this processor, by llvmlite alone, and called with the interpreter released."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from formulas.kept import Kept
from formulas.libm.native import load
from machine.buffers import LINE, POOL
from machine.kernel import BLOCK, ROW, Kernel, Kind, Rows, called
from machine.loops import loop_of
from parameters import Array
from tape import Tape

_POINTERS, _NUMBERS = 7, 7
_LARGE = 4 * 1024**2
"""Bytes of a history from which on it is written past the cache, which has no room for it."""
_FUNCTION = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * _POINTERS, *[ctypes.c_int64] * _NUMBERS)
_MOST = 256
"""Kernels that are kept."""


_kept: Kept[tuple[Tape, Kind], Compiled] = Kept(_MOST)


def compiled(tape: Tape, kind: Kind) -> Compiled:
    """The kernel of a tape, compiled when it is first asked for."""
    return _kept.get((tape, kind), lambda: Compiled(tape, kind))


def is_compiled(tape: Tape, kind: Kind) -> bool:
    """Whether there is a kernel already."""
    return (tape, kind) in _kept


class History(NamedTuple):
    """What a kernel writes down on the way.

    Attributes:
        rows: for each step the row that its point belongs to, -1 if none, shape (steps,), 32 bits.
        positions: shape (rows, 2, N), contiguous or some of the columns of a contiguous array.
        losses: shape (rows, N), likewise; None where the kernel computes none.
    """

    rows: npt.NDArray[np.int32]
    positions: Array
    losses: Array | None


def _streams(history: History | None, whole: int) -> bool:
    """Whether a history is written past the cache: vectors have to begin with whole lines of it then."""
    if history is None:
        return False
    _, positions, losses = history
    begins = [array.ctypes.data for array in (positions, losses) if array is not None]
    return len(positions) * whole * 24 >= _LARGE and whole % 8 == 0 and all(begin % LINE == 0 for begin in begins)


class Compiled:
    """A kernel that can be called.

    Args:
        tape: what a step does.
        kind: what else the function does.
        balanced: as for `Kernel`.
    """

    def __init__(self, tape: Tape, kind: Kind, balanced: bool = True) -> None:
        self.tape, self.kind, self.rows = tape, kind, Rows(tape, kind)
        self._engine, address = load(Kernel(tape, kind, balanced).module(), "run")  # which is to live as long as the function
        self._function = _FUNCTION(address)
        pointers = [address for name in called(tape) for address in loop_of(name)]
        self._loops = np.array(pointers or [0], dtype=np.uint64)

    def memory(self, count: int) -> Array:
        """Where so many trajectories have their rows, shape (blocks, rows, ROW); see `machine.kernel`.

        The numbers of the state and of each trajectory are to be filled in; what is found out on the way is 0, and so is all of the last
        block, some of whose places may belong to no trajectory.
        """
        memory = POOL.empty(-(-count // BLOCK), self.rows.count, ROW)
        memory[:, self.rows.missing :] = 0.0
        memory[-1] = 0.0
        return memory

    def __call__(
        self,
        memory: Array,
        count: int,
        constants: Array,
        table: Array,
        first: int = 0,
        seed: int | None = None,
        history: History | None = None,
        end: bool = False,
    ) -> None:
        """Take trajectories as many steps further as the table has rows.

        Args:
            memory: as `memory` gave it, with what the trajectories' rows hold.
            count: how many trajectories there are.
            constants: shape (constants,).
            table: shape (steps, columns).
            first: the number of the first of these steps in the run.
            seed: of the noise, its last 64 bits; on a noisy tape only.
            history: what to write into, if the kernel writes a history.
            end: whether the point after these steps is looked at, too, and written down; only by kernels that compute losses.

        Raises:
            ValueError: an array has another shape or type than the function was made for.
        """
        steps = len(table)
        self._check("memory", memory, (-(-count // BLOCK), self.rows.count, ROW))
        self._check("constants", constants, (len(self.tape.constants),))
        self._check("table", table, (steps, len(self.tape.columns)))
        if memory.ctypes.data % 64:
            raise ValueError("the kernel's memory does not begin with a cache line; take it from memory()")
        if end and not (steps and self.kind.losses):
            raise ValueError("only a kernel that computes losses looks at the end, and only after a step")
        if (seed is not None) != self.tape.by_chance:
            raise ValueError(f"a seed is {'needed' if self.tape.by_chance else 'not needed'} by the tape of {self.tape.title}")
        looks = steps + end
        whole = self._check_history(count, looks, history)
        rows, positions, losses = history or (None, None, None)
        arrays = (constants, table, memory, positions, losses, rows, self._loops)
        addresses = [None if array is None else array.ctypes.data for array in arrays]
        self._function(*addresses, count, looks, first, whole, seed or 0, _streams(history, whole), steps)

    def _check(self, name: str, array: npt.NDArray[Any], shape: Sequence[int], kind: type[Any] = np.float64) -> None:
        if array.shape != tuple(shape) or array.dtype != kind or not array.flags.c_contiguous:
            what = "contiguous" if array.flags.c_contiguous else "not contiguous"
            raise ValueError(
                f"the kernel's {name} must be contiguous {kind.__name__} of shape {tuple(shape)}, not {what} {array.dtype} of {array.shape}"
            )

    def _check_history(self, count: int, steps: int, history: History | None) -> int:
        """The length of a whole row of the history."""
        if history is None or not self.kind.history:
            if (history is not None) != self.kind.history:
                raise ValueError(
                    f"this kernel writes {'a' if self.kind.history else 'no'} history, and is given {'one' if history else 'none'}"
                )
            return 0
        rows, positions, losses = history
        if (losses is not None) != self.kind.losses:
            raise ValueError(
                f"this kernel computes {'' if self.kind.losses else 'no '}losses, and is given {'none' if losses is None else 'room'}"
            )
        self._check("rows", rows, (steps,), np.int32)
        kept = len(positions)
        if steps and (rows.min() < -1 or rows.max() >= kept):
            raise ValueError(f"the kernel's rows must be from -1 to {kept - 1}; these are from {rows.min()} to {rows.max()}")
        whole = positions.strides[1] // 8 if positions.ndim == 3 else -1
        self._check_columns("positions", positions, (kept, 2, count), (16 * whole, 8 * whole, 8))
        if losses is not None:
            self._check_columns("losses", losses, (kept, count), (8 * whole, 8))
        return whole

    def _check_columns(self, name: str, array: Array, shape: Sequence[int], strides: Sequence[int]) -> None:
        """Refuse what are not columns of a contiguous array; along an axis of one element any stride will do."""
        fits = array.shape == tuple(shape) and array.dtype == np.float64 and array.flags.writeable
        lying = all(size == 1 or own == wanted for size, own, wanted in zip(array.shape, array.strides, strides, strict=False))
        if not fits or not lying:
            raise ValueError(
                f"the kernel's {name} must be columns of a contiguous float64 array, shape {tuple(shape)}; "
                f"these are {array.dtype} of {array.shape} with strides {array.strides}"
            )
