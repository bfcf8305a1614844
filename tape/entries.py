"""The numbers that a step computes, one after the other, and where those come from that it is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tape.source import Source

LEAVES = ("number", "constant", "column", "lane", "state", "noise")
"""What an entry may be beside an operation: a literal, or a place that is filled before the run or at each step."""
COMMUTATIVE = ("+", "*")


@dataclass(frozen=True)
class Entry:
    """One number of a step.

    Attributes:
        operation: one of `LEAVES`, one of + - * /, or a function's name.
        operands: the entries that it is computed from; they stand above it.
        value: of a literal.
        index: which of the constants, columns, lanes, state's numbers or coordinates of the noise.
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
        noisy: whether noise has to be handed in.
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
    noisy: bool = False
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

    def needed(self, with_loss: bool) -> list[int]:
        """The entries from which the new state follows, and the loss if it is wanted, in order."""
        return self.needed_for([*self.new, *((self.loss, *self.watched) if with_loss else ())])

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
        """How often a step does each operation for each trajectory: what a method costs.

        Args:
            with_loss: whether the loss is computed, too.
        """
        counts: dict[str, int] = {}
        for index in self.needed(with_loss):
            operation = self.entries[index].operation
            if operation not in LEAVES:
                counts[operation] = counts.get(operation, 0) + 1
        return counts
