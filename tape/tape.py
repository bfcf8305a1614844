"""A whole step of an optimizer on a landscape as one flat list of elementary operations on numbers."""

from __future__ import annotations

from typing import Any

from formulas.libm.data import in_json
from tape.entries import FOUND, LEAVES, LOOP, Entries
from tape.words import in_words


class Tape(Entries):
    """What one step does, as text and as data, too."""

    def __str__(self) -> str:
        return in_words(self)

    def as_data(self) -> dict[str, Any]:
        """The structure as plain data, for an engine in another language (JSON): entries are [operation, operands or index or value];
        those of a loop, and of what it finds, have an index and then operands.

        The numbers that go with it are those of `tape.shared` and `tape.own`.
        """
        return {
            "title": self.title,
            "entries": [
                [entry.operation, in_json(entry.value)]
                if entry.operation == "number"
                else [entry.operation, *([entry.index] if entry.operation in (*LEAVES, LOOP, FOUND) else []), *entry.operands]
                for entry in self.entries
            ],
            **{kind: [source.text for source in getattr(self, kind)] for kind in ("constants", "columns", "lanes")},
            "loops": [{"most": one.most, "trials": list(one.trials), "new": list(one.new), "going": one.going} for one in self.loops],
            "state": list(self.state),
            "new": list(self.new),
            "loss": self.loss,
            "watched": list(self.watched),
        }
