"""The machine code of a tape: a function that takes some trajectories some steps further, block by block, vector by vector.

Where everything lies: the trajectories of a block, `BLOCK` of them, have a row in memory for each number of the state, for each of their
own numbers and for what is found out on the way (`Rows`). Blocks follow each other. The processor's cache holds a block, so all its steps
are taken before the next block's.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from formulas.libm.definitions import sequence
from formulas.libm.in_llvm import emit, outlined
from formulas.libm.noise_in_llvm import call_normals, emit_normals
from formulas.libm.philox import WORD
from machine import operations
from machine.balance import multiplied
from machine.loops import is_shared, routine_of
from machine.text import Text
from machine.trials import repeated
from tape import Tape
from tape.entries import FOUND, LEAVES, LOOP, Loop

BLOCK = 256
"""Trajectories that are kept in the cache together."""
ROW = BLOCK + 8
"""Doubles from row to row: one cache line more, so that the rows of a block do not fall upon the same places of the cache."""
OUTLINED_FROM = 3
"""Uses of an elementary function in a step from which on its code stands in the module once: a call has all registers saved around it,
which takes half as long again on Rastrigin, and saves a fifth of the time to compile, more where there are more."""
FAR, LOOK_EVERY = 1e4, 16
"""As `simulation.recording` notes who is far away, where losses are not computed."""
LEAST = -0.0
"""What can be added to any number without changing a bit."""


@dataclass(frozen=True)
class Kind:
    """What a kernel does beside stepping.

    Attributes:
        losses: whether it computes the loss at each step, and so finds out where a trajectory leaves float range.
        goals: whether it counts the steps until the loss is at most the goal; only with losses.
        history: whether it writes points down on the way (and losses, if it computes them).
        path: whether those of all steps, so that they tell when a trajectory leaves float range.
        width: the lanes of a vector.
    """

    losses: bool
    goals: bool
    history: bool
    path: bool
    width: int


class Rows:
    """Which row of a block holds what.

    Attributes:
        state, lanes: the numbers of the first rows.
        gone: -0 as long as a trajectory is in float range, NaN afterwards.
        lasted: how many steps it was, once it has left.
        missing: finite as long as all that a formula's repair may fill in has been; also marks who has been far away.
        pending: 1 until the goal is reached, then 0.
        looks: how many steps that took, once it is.
        goal: the loss to reach, then NaN.
        number: on a tape that depends on chance, the trajectory's number in the run, the bits of a whole one.
        spread: on a noisy tape, the noise's standard deviation.
    """

    def __init__(self, tape: Tape, kind: Kind) -> None:
        self.state, self.lanes = 0, len(tape.state)
        first = len(tape.state) + len(tape.lanes)
        self.missing = first
        self.gone, self.lasted = first + 1, first + 2
        self.pending, self.looks, self.goal = first + 3, first + 4, first + 5
        self.number = first + (6 if kind.goals else 3 if kind.losses else 1)
        self.spread = self.number + 1
        self.count = self.number + tape.by_chance + tape.noisy


def called(tape: Tape) -> tuple[str, ...]:
    """The functions that a tape's kernels call, because NumPy computes them with a routine of its own."""
    return tuple(dict.fromkeys(name for name in _functions(tape) if routine_of(name) is not None))


def _functions(tape: Tape) -> list[str]:
    """The operations of a tape that are no instruction, nor some of them."""
    return [e.operation for e in tape.entries if e.operation not in (*LEAVES, LOOP, FOUND) and e.operation not in operations.NATIVE]


@lru_cache(maxsize=256)
def why_none(tape: Tape) -> str:
    """Why there is no machine code of a tape, in words; "" where there is."""
    missing = next((name for name in _functions(tape) if routine_of(name) is None and not is_shared(name)), "")
    return f"{missing} is computed by NumPy only" if missing else ""


class Kernel:
    """Writes the function `run`.

    Args:
        tape: what a step does.
        kind: what else the function does.
        balanced: whether some roots may be found by multiplying, see `machine.balance`; which changes no bit.
    """

    def __init__(self, tape: Tape, kind: Kind, balanced: bool = True) -> None:
        self.tape, self.kind, self.rows = tape, kind, Rows(tape, kind)
        self.text = Text(kind.width)
        self.called = called(tape)
        self.at: dict[int, str] = {}
        self.found: dict[int, list[str]] = {}
        self.uses = Counter(tape.operations(kind.losses)) + Counter(tape.operations_of_a_trial())
        self.multiplied = multiplied(tape, tape.needed(kind.losses), kind.width) if balanced else frozenset()
        self.outlined: dict[str, str] = {}
        self.drawn: dict[int, tuple[str, str]] = {}

    def module(self) -> str:
        """The module's text."""
        text = self.text
        self._places()
        last = text.value(f"add i64 %count, {BLOCK - 1}")
        blocks = text.value(f"udiv i64 {last}, {BLOCK}")
        steps = text.value("icmp ne i64 %steps, 0")
        text.line("%streams = icmp ne i64 %past, 0")
        text.line(f"br i1 {steps}, label %blocks, label %done")
        self._loop("blocks", blocks, self._block)
        text.line("ret void")
        body = "\n".join(text.lines)
        return f"define void @run({_SIGNATURE}) #0 {{\n{body}\n}}\n" + "\n".join(text.declared) + _attributes(self.kind.width)

    def _places(self) -> None:
        """Memory of the function's own, for what is handed to called functions."""
        text = self.text
        if self.called:
            for index in range(3):
                text.line(f"%operand{index} = alloca {text.vector}, align 64")
            text.line("%arguments = alloca [3 x ptr]")
            text.line("%lanes = alloca i64")
            text.line("%strides = alloca [3 x i64]")
            text.line(f"store i64 {text.width}, ptr %lanes")
            for index in range(3):
                text.line(f"store i64 8, ptr {text.address('%strides', str(index), 'i64')}")

    def _loop(self, name: str, count: str, body: Callable[[str], None], step: int = 1) -> None:
        """A loop over 0, step, 2 step ... below the count, which is not 0; afterwards the block `done` of the loop is open."""
        text = self.text
        label = text.fresh(name) if name != "blocks" else name
        before, following = text.block, f"%{label}.next"
        if name != "blocks":
            text.goto(label)
        text.label(label)
        place = len(text.lines)
        text.lines.append("")
        body(f"%{label}.index")
        text.line(f"{following} = add nuw i64 %{label}.index, {step}")
        text.lines[place] = f"  %{label}.index = phi i64 [ 0, %{before} ], [ {following}, %{text.block} ]"
        more = text.value(f"icmp ult i64 {following}, {count}")
        end = "done" if name == "blocks" else f"{label}.done"
        text.line(f"br i1 {more}, label %{label}, label %{end}")
        text.label(end)

    def _block(self, index: str) -> None:
        """All steps of one block."""
        text = self.text
        first = text.value(f"mul i64 {index}, {BLOCK}")
        memory = text.address("%memory", text.value(f"mul i64 {index}, {self.rows.count * ROW}"))
        left = text.value(f"sub i64 %count, {first}")
        many = text.value(f"icmp ult i64 {left}, {BLOCK}")
        lanes = text.value(f"select i1 {many}, i64 {left}, i64 {BLOCK}")
        self.memory, self.first, self.block_lanes = memory, first, lanes
        self._loop("step", "%steps", self._step)

    def _row(self, row: int, lane: str) -> tuple[str, str]:
        return self.memory, self.text.value(f"add i64 {lane}, {row * ROW}")

    def _load(self, row: int, lane: str) -> str:
        return self.text.load(*self._row(row, lane), align=64)

    def _store(self, vector: str, row: int, lane: str) -> None:
        self.text.store(vector, *self._row(row, lane), align=64)

    def _step(self, t: str) -> None:
        text, kind = self.text, self.kind
        self.moves = text.value(f"icmp ne i64 {t}, %end")
        row = text.value(f"select i1 {self.moves}, i64 {t}, i64 0")  # the table has no row for the end
        self.row = text.address("%table", text.value(f"mul i64 {row}, {len(self.tape.columns)}"))
        self.t = t
        if kind.history:
            self._find_history(t)
        self._loop("lane", self.block_lanes, self._vector, self.kind.width)
        if not kind.losses:
            self._note_far(t)

    def _find_history(self, t: str) -> None:
        """Whether this step's point is written into the history, and where its row begins."""
        text = self.text
        place = text.address("%rows", t, "i32")
        row = text.value(f"sext i32 {text.value(f'load i32, ptr {place}')} to i64")
        self.kept = text.value(f"icmp sge i64 {row}, 0")
        point = text.value(f"mul i64 {row}, {text.value('shl i64 %history, 1')}")
        self.history = [text.address("%positions", text.value(f"add i64 {point}, {self.first}"))]
        self.history.append(text.address(self.history[0], "%history"))
        if self.kind.losses:
            self.history.append(text.address("%losses", text.value(f"add i64 {text.value(f'mul i64 {row}, %history')}, {self.first}")))

    def _vector(self, lane: str) -> None:
        """One step of as many trajectories as a vector has lanes."""
        tape, kind = self.tape, self.kind
        self.lane, self.at, self.found, self.drawn = lane, {}, {}, {}
        for index in tape.needed(kind.losses):
            self._entry(index)
        numbers = [operations.number(self.text, self.at[entry]) for entry in tape.new]
        written = self._found_out(lane) if kind.losses else [self._state(0), self._state(1)]
        self._note_missing(lane)
        self._move(numbers, lane)
        if kind.history:
            self._write_down(written, lane)

    def _move(self, numbers: list[str], lane: str) -> None:
        """Make the state what it is after the step, except at the end, where only the point and its loss are of interest."""
        text = self.text
        move, moved = text.fresh("move"), text.fresh("moved")
        if self.kind.losses:
            text.line(f"br i1 {self.moves}, label %{move}, label %{moved}")
            text.label(move)
        for row, vector in enumerate(numbers):
            self._store(vector, row, lane)
        if self.kind.losses:
            text.goto(moved)
            text.label(moved)

    def _state(self, index: int) -> str:
        """A number of the state before the step."""
        entry = next((i for i, e in enumerate(self.tape.entries) if e.operation == "state" and e.index == index), -1)
        return self.at[entry] if entry in self.at else self._load(index, self.lane)

    def _entry(self, index: int) -> None:
        """Compute an entry; its operands are there."""
        text, entry = self.text, self.tape.entries[index]
        if entry.operation in LEAVES:
            self.at[index] = self._leaf(entry.operation, entry.value, entry.index)
        elif entry.operation == LOOP:
            self.found[index] = self._trials(self.tape.loops[entry.index], entry.operands)
        elif entry.operation == FOUND:
            self.at[index] = self.found[entry.operands[0]][entry.index]
        elif entry.operation in operations.NATIVE:
            operation = operations.MULTIPLIED if index in self.multiplied else entry.operation
            self.at[index] = operations.emit(text, operation, [self.at[operand] for operand in entry.operands])
        else:
            function = self._call if entry.operation in self.called else self._written_out
            self.at[index] = function(entry.operation, [operations.number(text, self.at[operand]) for operand in entry.operands])

    def _trials(self, loop: Loop, operands: tuple[int, ...]) -> list[str]:
        """The numbers that a loop finds."""
        text = self.text

        def trial(numbers: list[str]) -> tuple[list[str], str]:
            self.at |= dict(zip(loop.trials, numbers, strict=True))
            for index in loop.body:
                self._entry(index)
            return [self.at[entry] for entry in loop.new], self.at[loop.going]

        count = len(loop.trials)
        first = [operations.number(text, self.at[entry]) for entry in operands[:count]]
        return repeated(text, first, self.at[operands[count]], loop.most, trial)

    def _written_out(self, function: str, operands: list[str]) -> str:
        """A function as the sequence of operations that it is defined by; where it is used often, as a call: to compile takes a while."""
        text = self.text
        if self.uses[function] < OUTLINED_FROM:
            (result,) = emit(text, function, operands)
            return result
        if function not in self.outlined:
            self.outlined[function] = outlined(text, sequence(function))
        given = ", ".join(f"{text.vector} {operand}" for operand in operands)
        return text.value(f"call {text.vector} {self.outlined[function]}({given})")

    def _leaf(self, kind: str, value: float, index: int) -> str:
        text = self.text
        if kind == "number":
            return text.literal(value)
        if kind in ("constant", "column"):
            place = text.address("%constants" if kind == "constant" else self.row, str(index))
            return text.spread(text.value(f"load double, ptr {place}, !invariant.load !0"))
        if kind in ("noise", "draw"):
            normal = self._draw(index // 2)[index % 2]
            return normal if kind == "draw" else text.value(f"fmul {text.vector} {normal}, {self._load(self.rows.spread, self.lane)}")
        return self._load(index + (self.rows.lanes if kind == "lane" else self.rows.state), self.lane)

    def _draw(self, pair: int) -> tuple[str, str]:
        """Two normal numbers, for coordinates 2j and 2j + 1 of what is drawn; see `simulation.noise`."""
        if pair not in self.drawn:
            self.drawn[pair] = self._drawn(pair)
        return self.drawn[pair]

    def _drawn(self, pair: int) -> tuple[str, str]:
        text = self.text
        numbers = text.value(f"bitcast {text.vector} {self._load(self.rows.number, self.lane)} to <{text.width} x i64>")
        step, low, high = (text.value(one) for one in (f"add i64 {self.t}, %first", f"and i64 %seed, {WORD}", "lshr i64 %seed, 32"))
        write = emit_normals if self.tape.draws <= 2 else call_normals
        return write(text, numbers, step, str(pair), low, high)

    def _call(self, function: str, operands: list[str]) -> str:
        """Have NumPy's routine compute a function of the lanes of one vector."""
        text = self.text
        for index, operand in enumerate(operands):
            text.line(f"store {text.vector} {operand}, ptr %operand{index}, align 64")
        for index, place in enumerate([*range(len(operands)), 2]):
            text.line(f"store ptr %operand{place}, ptr {text.address('%arguments', str(index), 'ptr')}")
        place = 2 * self.called.index(function)
        routine, data = (text.value(f"load ptr, ptr {text.address('%loops', str(place + i), 'ptr')}") for i in (0, 1))
        text.line(f"call void {routine}(ptr %arguments, ptr %lanes, ptr %strides, ptr {data})")
        return text.value(f"load {text.vector}, ptr %operand2, align 64")

    def _found_out(self, lane: str) -> list[str]:
        """Find out who leaves float range, and who reaches the goal; gives what is to be written down: NaN for who has left.

        A sum is finite only if all its terms are, so mostly it tells that there is nothing to note.
        """
        text, rows = self.text, self.rows
        loss = operations.number(text, self.at[self.tape.loss])
        point, gone = [self._state(0), self._state(1), loss], self._load(rows.gone, lane)
        total = gone
        for value in point:
            total = text.value(f"fadd {text.vector} {total}, {value}")
        if self.kind.goals:
            there = text.compare("ole", loss, self._load(rows.goal, lane))
            text.rarely(there, [], lambda: self._note_goal(there, lane))
        doubtful = text.compare("ueq", text.intrinsic("fabs", total), text.literal(math.inf))
        return text.rarely(doubtful, point, lambda: self._note_gone(point, gone, lane))

    def _note_goal(self, there: str, lane: str) -> list[str]:
        """Note in which step trajectories have reached their goal; from then on they have none."""
        text, rows = self.text, self.rows
        for row, vector in ((rows.pending, text.literal(0.0)), (rows.looks, self._number()), (rows.goal, text.literal(math.nan))):
            self._store(text.select(there, vector, self._load(row, lane)), row, lane)
        return []

    def _note_gone(self, point: list[str], before: str, lane: str) -> list[str]:
        """Note who has left float range, and in which step; gives the point with NaN for them."""
        text, rows, gone = self.text, self.rows, before
        for value in point:  # a difference that is 0, or NaN where the number is not finite
            gone = text.value(f"fsub {text.vector} {gone}, {text.value(f'fsub {text.vector} {value}, {value}')}")
        self._store(gone, rows.gone, lane)
        if not self.kind.path:
            lasted = text.select(text.compare("ord", before, before), self._number(), self._load(rows.lasted, lane))
            self._store(lasted, rows.lasted, lane)
        return [text.value(f"fadd {text.vector} {value}, {gone}") for value in point]

    def _number(self) -> str:
        """The number of the step in the run, in all lanes."""
        number = self.text.value(f"add i64 {self.t}, %first")
        return self.text.spread(self.text.value(f"sitofp i64 {number} to double"))

    def _add(self, row: int, vector: str, lane: str) -> None:
        self._store(self.text.value(f"fadd {self.text.vector} {self._load(row, lane)}, {vector}"), row, lane)

    def _note_missing(self, lane: str) -> None:
        """Add up what may have no finite value where a formula's repair would fill one in."""
        watched = [operations.number(self.text, self.at[entry]) for entry in self.tape.watched if entry in self.at]
        for value in watched:  # a sum may overflow, so differences, which are 0
            self._add(self.rows.missing, self.text.value(f"fsub {self.text.vector} {value}, {value}"), lane)

    def _write_down(self, vectors: list[str], lane: str) -> None:
        """Into the history, if the step is kept: whole vectors but for the last one, which is masked."""
        text = self.text
        kept, whole, part, done = (text.fresh(name) for name in ("kept", "whole", "part", "written"))
        text.line(f"br i1 {self.kept}, label %{kept}, label %{done}")
        text.label(kept)
        end = text.value(f"add i64 {lane}, {text.width}")
        places = [text.address(place, lane) for place in self.history]
        fits = text.value(f"icmp ule i64 {end}, {self.block_lanes}")
        text.line(f"br i1 {fits}, label %{whole}, label %{part}")
        text.label(whole)
        past, usual = text.fresh("past"), text.fresh("usual")
        text.line(f"br i1 %streams, label %{past}, label %{usual}")
        for label, how in ((past, f"align {8 * text.width}, !nontemporal !1"), (usual, "align 8")):
            text.label(label)
            for place, vector in zip(places, vectors, strict=True):
                text.line(f"store {text.vector} {vector}, ptr {place}, {how}")
            text.goto(done)
        text.label(part)
        mask = self._inside(lane)
        masked = f"llvm.masked.store.v{text.width}f64.p0"
        text.declare(f"declare void @{masked}({text.vector}, ptr, i32 immarg, {text.mask})")
        for place, vector in zip(places, vectors, strict=True):
            text.line(f"call void @{masked}({text.vector} {vector}, ptr {place}, i32 8, {text.mask} {mask})")
        text.goto(done)
        text.label(done)

    def _inside(self, lane: str) -> str:
        """Which lanes of a vector are trajectories."""
        text, whole = self.text, f"<{self.text.width} x i64>"
        left = text.value(f"sub i64 {self.block_lanes}, {lane}")
        first = text.value(f"insertelement {whole} poison, i64 {left}, i64 0")
        left = text.value(f"shufflevector {whole} {first}, {whole} poison, <{text.width} x i32> zeroinitializer")
        return text.value(f"icmp slt {whole} <{', '.join(f'i64 {index}' for index in range(text.width))}>, {left}")

    def _note_far(self, t: str) -> None:
        """From time to time, mark who is far away."""
        text = self.text
        look, done = text.fresh("look"), text.fresh("looked")
        number = text.value(f"add i64 {t}, %first")
        due = text.value(f"icmp eq i64 {text.value(f'urem i64 {number}, {LOOK_EVERY}')}, 0")
        text.line(f"br i1 {due}, label %{look}, label %{done}")
        text.label(look)
        self._loop("far", self.block_lanes, self._mark_far, self.kind.width)
        text.goto(done)
        text.label(done)

    def _mark_far(self, lane: str) -> None:
        text, limit = self.text, self.text.literal(FAR)
        near = [text.compare("olt", text.intrinsic("fabs", self._load(row, lane)), limit) for row in (0, 1)]
        marked = text.select(text.both("and", *near), self._load(self.rows.missing, lane), text.literal(math.nan))
        self._store(marked, self.rows.missing, lane)


_SIGNATURE = (
    "ptr noalias readonly %constants, ptr noalias readonly %table, ptr noalias %memory, "
    "ptr noalias %positions, ptr noalias %losses, ptr noalias readonly %rows, ptr noalias readonly %loops, "
    "i64 %count, i64 %steps, i64 %first, i64 %history, i64 %seed, i64 %past, i64 %end"
)


def _attributes(width: int) -> str:
    bits = 64 * width
    return (
        f'\nattributes #0 = {{ nounwind "min-legal-vector-width"="{bits}" "prefer-vector-width"="{bits}" }}\n!0 = !{{}}\n!1 = !{{i32 1}}\n'
    )
