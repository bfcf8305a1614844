"""Trajectories on machine code: what `simulation.recording` writes down, with the same bits, from kernels of `machine`.

Where a formula's repair may have had something to fill in, which no kernel does, those trajectories are run again as without kernels.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

import machine
import tape
from landscapes import Landscape
from machine.compiler import History
from machine.kernel import BLOCK, LEAST
from parameters import Array
from simulation import columns
from simulation.chunk import Plan
from simulation.progress import Lanes, Reporter
from simulation.record import Integers, Record
from simulation.recording import first_frozen, note_frozen, record_path, record_thinned

PULSE = 4_000_000
"""Steps of one trajectory after which a run reports, at most: some hundredths of a second."""
_OPERATIONS, _FUNCTION, _TRIALS = 120_000_000, 30, 60
"""Operations after which it does, how many of them a sine or an exponential takes, and how many trials a search: with these a step may take
longer by far."""


@lru_cache(maxsize=256)
def _operations(step: tape.Tape) -> int:
    cost = tape.cost_of(step)
    whole, trial = (sum(kinds.values()) + (_FUNCTION - 1) * kinds.get("functions", 0) for kinds in (cost.kinds, cost.trial))
    return whole + (_TRIALS - 1) * trial


def pulse_of(step: tape.Tape) -> int:
    """How many steps of one trajectory are few enough for a run to be stopped within a tenth of a second."""
    return min(PULSE, max(1, _OPERATIONS // max(_operations(step), 1)))


class MachineRun:
    """A plan with its tape and what all trajectories share.

    Args:
        plan: of a landscape and a method that machine code can run.
        kind: what its kernel does beside stepping.
        counted: whether the step lengths that are tried are counted.
    """

    def __init__(self, plan: Plan, kind: machine.Kind, counted: bool = False) -> None:
        assert isinstance(plan.objective, Landscape)
        self.plan, self.landscape, self.kind, self.counted = plan, plan.objective, kind, counted
        self.tape = tape.tape_of(plan.objective, plan.optimizer, plan.schedule is not None, bool(np.any(plan.noise)), counted)
        self.shared = tape.shared(self.tape, plan.objective, plan.optimizer, plan.steps, plan.schedule)

    def record(self, lanes: Lanes, record: Record, reporter: Reporter) -> None:
        """Run some trajectories and write them down."""
        plan = self.plan
        goal = record.reached is not None
        path = plan.kept.size == plan.steps + 1
        kind = self.kind
        some = _Some(self, lanes, kind)
        some.advance(record, reporter)
        if goal:
            some.note_goal(record)
        if some.is_finite(record):
            return
        if kind.losses:
            some.note_divergence(record)
        else:
            self._find_divergence(some, record, reporter)
        self._note_frozen(some, record, path)
        self._repair(some, record, path, reporter)

    @staticmethod
    def _stopping(reporter: Reporter) -> Reporter:
        """For what is run again: nothing more is counted, but it stops where the run does."""
        return Reporter(lambda _: reporter.check(), 1)

    def _find_divergence(self, some: _Some, record: Record, reporter: Reporter) -> None:
        """Run those again that may have diverged, with every loss."""
        with np.errstate(all="ignore"):
            finite = some.row(some.rows.missing) + record.losses.sum(axis=0) + record.positions[-1].sum(axis=0)
        suspects = np.flatnonzero(~np.isfinite(finite))
        if not suspects.size:
            return
        again = _Some(self, some.lanes[suspects], machine.Kind(True, False, True, False, self.kind.width))
        end = Record.empty(1, 2, suspects.size, goal=False)
        again.advance(end, self._stopping(reporter))
        record.end(suspects, again.left(end), self.plan.kept)

    def _note_frozen(self, some: _Some, record: Record, path: bool) -> None:
        overflowed = some.overflowed()
        if path:
            note_frozen(self.plan, some.lanes, overflowed, record)
            return
        stuck = np.flatnonzero(overflowed.any(axis=0) & (record.diverged_at < 0))
        if stuck.size:
            record.frozen_at[stuck] = first_frozen(self.plan, some.lanes[stuck])

    def _repair(self, some: _Some, record: Record, path: bool, reporter: Reporter) -> None:
        """Run those again, without kernels, where something was missing that a formula's repair may fill in."""
        if not self.tape.watched:
            return
        places = np.flatnonzero(~np.isfinite(some.row(some.rows.missing)))
        if not places.size:
            return
        own = Record.empty(len(record.positions), 2, places.size, record.reached is not None, record.trials is not None)
        write = record_path if path and record.reached is None else record_thinned
        write(self.plan, some.lanes[places], own, self._stopping(reporter))
        record.put(places, own)


def _together(lanes: Lanes) -> slice | Lanes:
    """Some trajectories as a slice, which copies nothing, where they are neighbours."""
    return slice(int(lanes[0]), int(lanes[-1]) + 1) if lanes[-1] - lanes[0] == lanes.size - 1 else lanes


class _Some:
    """Some trajectories in the memory of a kernel."""

    def __init__(self, run: MachineRun, lanes: Lanes, kind: machine.Kind) -> None:
        self.run, self.plan, self.lanes, self.kind = run, run.plan, lanes, kind
        self.kernel = machine.compiled(run.tape, kind)
        self.rows, self.count = self.kernel.rows, lanes.size
        self.memory = self.kernel.memory(self.count)
        own = _together(lanes)
        for row, values in enumerate(tape.own_rows(run.tape, run.landscape, self.plan.optimizer, self.plan.starts[:, own], own)):
            self._fill(row, values)
        if kind.losses:
            self._fill(self.rows.gone, LEAST)
        if kind.goals:
            goal = self.plan.goal
            self._fill(self.rows.pending, 1.0)
            self._fill(self.rows.goal, goal[lanes] if isinstance(goal, np.ndarray) else goal)
        if run.tape.by_chance:
            self._fill(self.rows.number, self.plan.numbers[lanes].view(np.float64))
        if run.tape.noisy:
            spread = self.plan.noise
            self._fill(self.rows.spread, spread[lanes] if isinstance(spread, np.ndarray) else spread)

    def _fill(self, row: int, values: Array | float) -> None:
        """Give each trajectory its number of a row. Lanes beyond the last trajectory hold zeros."""
        whole = self.count // BLOCK
        if np.ndim(values) == 0:
            self.memory[:whole, row, :BLOCK] = values
            self.memory[whole:, row, : self.count - whole * BLOCK] = values
            return
        given = np.broadcast_to(values, self.count)
        self.memory[:whole, row, :BLOCK] = given[: whole * BLOCK].reshape(whole, BLOCK)
        self.memory[whole:, row, : self.count - whole * BLOCK] = given[whole * BLOCK :]

    def _take(self, row: int, into: Array) -> None:
        """Write what a row holds into an array of shape (n,)."""
        whole = self.count // BLOCK
        into[: whole * BLOCK].reshape(whole, BLOCK)[:] = self.memory[:whole, row, :BLOCK]
        into[whole * BLOCK :] = self.memory[whole:, row, : self.count - whole * BLOCK].reshape(-1)

    def row(self, row: int) -> Array:
        """What a row holds, shape (n,)."""
        return self.memory[:, row, :BLOCK].reshape(-1)[: self.count]

    def advance(self, record: Record, reporter: Reporter) -> None:
        """Take all steps, and write down the rows that are kept, or as many of the last as there is room for."""
        plan, looks = self.plan, self.kind.losses and self.plan.steps > 0
        kept = np.full(plan.steps + 1, -1, dtype=np.int32)
        steps_kept = plan.kept[-len(record.positions) :]
        kept[steps_kept] = np.arange(steps_kept.size)
        seed = plan.seed if self.run.tape.by_chance else None
        for pulse in self._pulses(reporter, record.trials is not None):
            steps, end = slice(pulse.start, pulse.stop), looks and pulse.stop == plan.steps
            rows = kept[pulse.start : pulse.stop + end]
            history = History(rows, record.positions, record.losses if self.kind.losses else None) if self.kind.history else None
            table = self.run.shared.table[steps]
            self.kernel(self.memory, self.count, self.run.shared.constants, table, pulse.start, seed, history, end)
            if record.trials is not None and self.run.counted and kept[pulse.stop] >= 0:
                self._take(self.run.tape.state.index(tape.TRIALS), record.trials[kept[pulse.stop]])
        if not looks:
            self._take(0, record.positions[-1, 0])
            self._take(1, record.positions[-1, 1])
            columns.fill(plan.objective, self.lanes, record.positions, record.losses)

    def _pulses(self, reporter: Reporter, counts: bool) -> Iterator[range]:
        """The steps that are taken together: one at a time where trials are counted, since the kernel has their number at its end only."""
        for pulse in reporter.pulses(self.plan.steps, self.count, pulse_of(self.run.tape)):
            if counts and self.run.counted:
                yield from (range(step, step + 1) for step in pulse)
            else:
                yield pulse

    def is_finite(self, record: Record) -> bool:
        """Whether all is certain to be well: nobody has left float range, nothing has overflowed, and nothing has to be filled in."""
        found = self.rows.gone if self.kind.losses else self.rows.missing
        with np.errstate(all="ignore"):  # sums are finite only if every number is
            total = self.memory[:, : found + 1, :BLOCK].sum()
            return bool(np.isfinite(total if self.kind.losses and self.plan.steps else total + record.losses.sum()))

    def left(self, record: Record) -> Integers:
        """At which step each trajectory left float range, -1 where it never did."""
        left = np.full(self.count, -1)
        if not self.plan.steps:
            left[~(np.isfinite(record.losses[0]) & np.isfinite(record.positions[0]).all(axis=0))] = 0
            return left
        gone = np.isnan(self.row(self.rows.gone))
        if gone.any():
            left[gone] = np.isnan(record.losses[:, gone]).argmax(axis=0) if self.kind.path else self.row(self.rows.lasted)[gone]
        return left

    def note_divergence(self, record: Record) -> None:
        """Note who left float range. The rows that the kernel has written are NaN from there on already."""
        left = self.left(record)
        gone = left >= 0
        if not gone.any():
            return
        record.diverged_at[:] = left
        record.positions[-1][:, gone], record.losses[-1][gone] = np.nan, np.nan
        if record.reached is not None:
            record.reached[gone & (record.reached >= left)] = -1

    def note_goal(self, record: Record) -> None:
        """When each trajectory reached its goal."""
        assert record.reached is not None
        pending = self.row(self.rows.pending) > 0
        if not self.plan.steps:  # the kernel has looked at nothing
            pending &= ~(record.losses[-1] <= self.row(self.rows.goal))
        looks = self.row(self.rows.looks).astype(np.int64)
        record.reached[:] = np.where(pending, -1, looks)

    def overflowed(self) -> npt.NDArray[np.bool_]:
        """Where something that is remembered of a coordinate is not finite, shape (2, n)."""
        found = np.zeros((2, self.count), dtype=bool)
        with np.errstate(all="ignore"):
            if np.isfinite(self.memory[:, : self.rows.lanes, :BLOCK].sum()):  # finite only if every number is
                return found
        for pair in self.run.tape.remembered:
            for coordinate, row in enumerate(pair):
                found[coordinate] |= ~np.isfinite(self.row(row))
        return found
