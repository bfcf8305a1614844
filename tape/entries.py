"""The numbers that a step computes, one after the other, and where those come from that it is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tape.source import Source

LEAVES = ("number", "constant", "column", "lane", "state", "noise", "draw", "trial")
"""What an entry may be beside an operation: a literal, or a place that is filled before the run, at each step or in each trial."""
LOOP, FOUND = "loop", "found"
"""A loop, whose operands are the numbers of its first trial, whether there is one, and what else its trials read; and what came of it."""
COMMUTATIVE = ("+", "*")


@dataclass(frozen=True)
class Entry:
    """One number of a step.

    Attributes:
        operation: one of `LEAVES`, one of + - * /, a function's name, or `LOOP` or `FOUND`.
        operands: the entries that it is computed from; they stand above it.
        value: of a literal.
        index: which of the constants, columns, lanes, state's numbers, coordinates of the noise, numbers that are drawn, loops, or of the
            numbers that a loop finds.
    """

    operation: str
    operands: tuple[int, ...] = ()
    value: float = 0.0
    index: int = 0


@dataclass(frozen=True)
class Part:
    """What some neighbouring entries compute, for whoever reads the tape.

    Attributes:
        title: in words.
        first, last: the entries, the last one excluded.
    """

    title: str
    first: int
    last: int


@dataclass(frozen=True)
class Loop:
    """Trials: the same operations again and again, for each trajectory until it needs none. One that needs none keeps what it has.

    Attributes:
        title: what they do, in words.
        names: of the numbers that change from trial to trial.
        most: how many trials there are at most.
        trials: the entries of these numbers within a trial.
        new: of what they are in the next one.
        going: of whether a trajectory needs it.
        body: all entries of a trial that follow from those numbers, in order. What does not is computed once, before the trials.
    """

    title: str
    names: tuple[str, ...]
    most: int
    trials: tuple[int, ...]
    new: tuple[int, ...]
    going: int
    body: tuple[int, ...]


@dataclass(eq=False)
class Entries:
    """What one step does, number by number. Nothing in it depends on how many trajectories there are, nor on the values of parameters.

    They are referred to by their index; one that is there already is not added again. All numbers of the state are assigned at once, at
    the end of the step.

    Attributes:
        title: of what, in words.
        entries: in the order in which they can be computed.
        constants: where the numbers come from that are the same in every step.
        columns: those of the table that has a row for each step.
        lanes: those that every trajectory has one of, the same in every step.
        state: the names of the numbers that are remembered, "x" and "y" first.
        new: the entry of each of them after the step, in this order.
        loss: the entry of the loss at the point before the step.
        watched: entries that a formula's repair may have to fill in, where they have no finite value.
        remembered: which numbers of the state freeze a coordinate where they have overflowed, by their places.
        parts: what the entries compute.
        loops: the searches in it.
        noisy: whether noise has to be handed in.
        draws: how many normal numbers each trajectory draws in a step.
    """

    title: str
    entries: list[Entry] = field(default_factory=list)
    constants: list[Source] = field(default_factory=list)
    columns: list[Source] = field(default_factory=list)
    lanes: list[Source] = field(default_factory=list)
    state: list[str] = field(default_factory=list)
    new: list[int] = field(default_factory=list)
    loss: int = -1
    watched: tuple[int, ...] = ()
    remembered: tuple[tuple[int, int], ...] = ()
    parts: list[Part] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    noisy: bool = False
    draws: int = 0
    _index: dict[Entry, int] = field(default_factory=dict, repr=False)
    _sources: dict[tuple[str, Source], int] = field(default_factory=dict, repr=False)

    def _add(self, entry: Entry) -> int:
        if entry not in self._index:
            self._index[entry] = len(self.entries)
            self.entries.append(entry)
        return self._index[entry]

    def number(self, value: float) -> int:
        """A literal."""
        return self._add(Entry("number", value=float(value) + 0.0))

    def apply(self, operation: str, *operands: int) -> int:
        """An operation on entries."""
        if operation == "copy":
            return operands[0]
        if operation == "odd_power":
            return self._odd_power(*operands)
        return self._add(Entry(operation, tuple(sorted(operands)) if operation in COMMUTATIVE else operands))

    def _odd_power(self, base: int, exponent: int) -> int:
        """As `formulas.kernels.odd_power`: the power of the size, with the sign of the base where it has one."""
        size, sign = self.apply("power", self.apply("abs", base), exponent), self.apply("sign", base)
        return self.apply("where", self.apply("not_equal", sign, self.number(0.0)), self.apply("*", size, sign), size)

    def constant(self, source: Source) -> int:
        """A number that is the same in every step and for every trajectory."""
        return self._given("constant", self.constants, source)

    def column(self, source: Source) -> int:
        """A number that depends on the step alone."""
        return self._given("column", self.columns, source)

    def lane(self, source: Source) -> int:
        """A number that every trajectory has its own of."""
        return self._given("lane", self.lanes, source)

    def _given(self, kind: str, sources: list[Source], source: Source) -> int:
        key = (kind, source)
        if key not in self._sources:
            self._sources[key] = len(sources)
            sources.append(source)
        return self._add(Entry(kind, index=self._sources[key]))

    def remember(self, name: str) -> int:
        """A number that is carried from step to step, as it is before the step."""
        self.state.append(name)
        return self._add(Entry("state", index=len(self.state) - 1))

    def noise(self, coordinate: int) -> int:
        """What is added to a coordinate of the gradient in this step."""
        self.noisy = True
        return self._add(Entry("noise", index=coordinate))

    def draw(self, index: int) -> int:
        """One of the normal numbers that each trajectory draws in this step."""
        self.draws = max(self.draws, index + 1)
        return self._add(Entry("draw", index=index))

    @property
    def by_chance(self) -> bool:
        """Whether a step depends on a seed."""
        return self.noisy or self.draws > 0

    def loop(
        self, title: str, first: Mapping[str, int], searching: int, most: int, trial: Callable[..., tuple[list[int], int]]
    ) -> tuple[int, ...]:
        """Trials, repeated for each trajectory until it needs none.

        Args:
            title: what they do, in words.
            first: the numbers of the first trial, by name.
            searching: whether there is a trial at all.
            most: how many there are at most.
            trial: called once with the entries of a trial's numbers, writes what it does; gives those of the next one and whether it is
                needed.

        Returns:
            The entries of the numbers after the last trial.
        """
        begun, watched = len(self.entries), self.watched
        trials = [self._trial() for _ in first]
        new, going = trial(*trials)
        changing = self._following_from(trials, begun)
        names, before = list(first), list(first.values())
        doubtful = [entry for entry in self.watched if entry in changing]
        if doubtful:  # 0, or NaN once one of them has had no finite value in a trial
            names, before, trials = [*names, "missing"], [*before, self.number(0.0)], [*trials, self._trial()]
            new = [*new, self._missing(trials[-1], doubtful)]
            changing = self._following_from(trials, begun)
        needed = self.needed_for([*new, going])
        body = tuple(entry for entry in needed if entry in changing and entry not in trials)
        read = {operand for entry in body for operand in self.entries[entry].operands} | {*new, going}
        given = sorted(entry for entry in read if entry not in changing)
        self.loops.append(Loop(title, tuple(names), most, tuple(trials), tuple(new), going, body))
        loop = self._add(Entry(LOOP, (*before, searching, *given), index=len(self.loops) - 1))
        found = [self._add(Entry(FOUND, (loop,), index=index)) for index in range(len(names))]
        if doubtful:
            others = (entry for entry in self.watched if entry in watched or entry not in changing)
            self.watched = (*others, found.pop())
        return tuple(found)

    def _trial(self) -> int:
        return self._add(Entry("trial", index=sum(entry.operation == "trial" for entry in self.entries)))

    def _missing(self, missing: int, values: Iterable[int]) -> int:
        for value in values:
            missing = self.apply("+", missing, self.apply("-", value, value))
        return missing

    def _following_from(self, entries: Iterable[int], begun: int) -> set[int]:
        """All entries that are computed from some, from the one with this index on, and those themselves."""
        found = set(entries)
        for index in range(begun, len(self.entries)):
            if not found.isdisjoint(self.entries[index].operands):
                found.add(index)
        return found

    def needed(self, with_loss: bool) -> list[int]:
        """The entries from which the new state follows, and the loss if it is wanted, in order; those within loops are not among them."""
        watched = [entry for entry in self.watched if with_loss or self.entries[entry].operation == FOUND]
        return self.needed_for([*self.new, *((self.loss,) if with_loss else ()), *watched])

    def needed_for(self, results: Iterable[int]) -> list[int]:
        """The entries from which some follow, those themselves included, in order."""
        seen: set[int] = set()
        left = list(results)
        while left:
            entry = left.pop()
            if entry not in seen:
                seen.add(entry)
                left.extend(self.entries[entry].operands)
        return sorted(seen)

    def operations(self, with_loss: bool = False) -> dict[str, int]:
        """How often a step does each operation for each trajectory, beside its trials: what a method costs.

        Args:
            with_loss: whether the loss is computed, too.
        """
        return self._counts(self.needed(with_loss))

    def operations_of_a_trial(self) -> dict[str, int]:
        """How often a trial of its search does each operation; empty where it does not search."""
        return self._counts(entry for loop in self.loops for entry in loop.body)

    def _counts(self, entries: Iterable[int]) -> dict[str, int]:
        operations = Counter(self.entries[index].operation for index in entries)
        return {operation: count for operation, count in operations.items() if operation not in (*LEAVES, LOOP, FOUND)}
