"""A tape as text that reads like the algorithm: what is used once stands where it is used."""

from __future__ import annotations

from collections import Counter

from tape.entries import FOUND, LEAVES, LOOP, Entries, Entry, Loop
from tape.source import Source, joined

_WIDE = 100
"""A formula longer than this gets lines of its own for its parts."""


def in_words(tape: Entries) -> str:
    """The text: what a step costs, what it is given, and what it does."""
    return "\n".join([cost(tape), *_given(tape), *_Writer(tape).lines()]) + "\n"


def cost(tape: Entries) -> str:
    """How many operations a step takes for each trajectory, in words."""
    counts = tape.operations()
    slow = [f"{counts[name]} {words}" for name, words in (("/", "divisions"), ("sqrt", "roots")) if name in counts]
    others = {name: count for name, count in counts.items() if name not in ("+", "-", "*", "/", "sqrt")}
    slow += [f"{count} {name}" for name, count in sorted(others.items())]
    among = f", among them {', '.join(slow)}" if slow else ""
    trials = sum(tape.operations_of_a_trial().values())
    return f"{tape.title}: {sum(counts.values())} operations a step{among}" + (f"; and {trials} a trial" if trials else "")


def _given(tape: Entries) -> list[str]:
    kinds: tuple[tuple[str, str, list[Source]], ...] = (
        ("the same in every step", "c", tape.constants),
        ("in each step", "k", tape.columns),
        ("of each trajectory", "p", tape.lanes),
    )
    lines = []
    for title, letter, sources in kinds:
        if sources:
            lines += [f"{title}:", *(f"    {letter}{index} = {source.text}" for index, source in enumerate(sources))]
    return lines


class _Writer:
    """Writes the entries as formulas. What a number of the state becomes has its name with a prime."""

    def __init__(self, tape: Entries) -> None:
        self.tape = tape
        self.needed = [index for index in tape.needed(True) if tape.entries[index].operation not in (*LEAVES, FOUND)]
        inside = [index for loop in tape.loops for index in loop.body]
        self.uses = Counter(operand for index in (*self.needed, *inside) for operand in tape.entries[index].operands)
        self.uses.update(entry for loop in tape.loops for entry in loop.new)
        self.loop_names = [name for loop in tape.loops for name in loop.names]
        self.results = {tape.loss: "loss"} | {entry: f"{name}'" for name, entry in reversed(list(zip(tape.state, tape.new, strict=True)))}
        self.names: dict[int, str] = {}

    def lines(self) -> list[str]:
        """Part by part, and then what becomes of the state by itself."""
        lines: list[str] = []
        title = ""
        for part in self.tape.parts:
            inside = [index for index in self.needed if part.first <= index < part.last]
            written = [line for index in inside for line in self._lines_of(index)]
            if written and part.title != title:
                title = part.title
                lines.append(f"{title}:")
            lines += [f"    {line}" for line in written]
        others = [(f"{name}'", entry) for name, entry in [*zip(self.tape.state, self.tape.new, strict=True)]]
        rest = [(name, entry) for name, entry in others if self.names.get(entry) != name]
        return [*lines, *(["then:"] if rest else []), *(f"    {name} = {self._formula(entry)[0]}" for name, entry in rest)]

    def _lines_of(self, index: int) -> list[str]:
        """The line of an entry, the lines of a loop, or none where an entry stands where it is used."""
        entry = self.tape.entries[index]
        if entry.operation == LOOP:
            return self._loop(self.tape.loops[entry.index], entry.operands)
        if not self._stands_alone(index):
            return []
        text = self._formula(index)[0]
        self.names[index] = self.results.get(index, f"v{len(self.names)}")
        return [f"{self.names[index]} = {text}"]

    def _loop(self, loop: Loop, operands: tuple[int, ...]) -> list[str]:
        """The trials of a search."""
        first = [f"{name} = {self._formula(entry)[0]}" for name, entry in zip(loop.names, operands, strict=False)]
        searching = self._formula(operands[len(first)])[0]
        lines = [line for index in loop.body if index not in loop.new for line in self._lines_of(index)]
        lines += [f"{name}' = {self._formula(entry)[0]}" for name, entry in zip(loop.names, loop.new, strict=True)]
        lines.append(f"again where {self._formula(loop.going)[0]}")
        head = f"trials {loop.title}, at most {loop.most}, from {', '.join(first)}, where {searching}:"
        return [head, *(f"    {line}" for line in lines)]

    def _stands_alone(self, index: int) -> bool:
        return index in self.results or self.uses[index] != 1 or len(self._formula(index)[0]) > _WIDE

    def _readable(self, entry: Entry) -> tuple[int, ...]:
        """An entry's operands, factors that are given in front."""
        return tuple(sorted(entry.operands, key=self._is_late)) if entry.operation == "*" else entry.operands

    def _is_late(self, index: int) -> bool:
        return self.tape.entries[index].operation not in ("number", "constant", "column", "lane")

    def _formula(self, index: int) -> tuple[str, int]:
        """An entry's formula, and how tightly it holds together: 1 a sum, 2 a product, 3 anything else."""
        if index in self.names:
            return self.names[index], 3
        entry = self.tape.entries[index]
        if entry.operation == "number":
            return f"{entry.value:.17g}", 3 if entry.value >= 0 else 2
        if entry.operation == "state":
            return self.tape.state[entry.index], 3
        if entry.operation == "trial":
            return self.loop_names[entry.index], 3
        if entry.operation == FOUND:
            return self.tape.loops[self.tape.entries[entry.operands[0]].index].names[entry.index], 3
        if entry.operation in LEAVES:
            return {"constant": "c", "column": "k", "lane": "p"}.get(entry.operation, entry.operation) + str(entry.index), 3
        return joined(entry.operation, [self._formula(operand) for operand in self._readable(entry)])
