"""What a step costs: how many elementary operations it takes for each trajectory, counted on its tape. A search takes as many trials as it
takes: their number is known afterwards only, so that they are counted apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from parameters import listed
from tape.entries import Entries

_KINDS = {"+": "additions", "-": "additions", "*": "multiplications", "/": "divisions", "sqrt": "roots"}
_PLAIN = {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "and", "or", "not", "where", "choose", "min", "max"}
_PLAIN |= {"abs", "sign", "side", "flat", "floor", "ceil", "round"}
_ORDER = ("additions", "multiplications", "divisions", "roots", "comparisons", "functions")
_ONE = {"additions": "addition", "multiplications": "multiplication", "divisions": "division", "roots": "root"}
_ONE |= {"comparisons": "comparison", "functions": "function"}


@dataclass(frozen=True)
class Cost:
    """The operations of one step.

    Attributes:
        kinds: how many there are by what they are: additions, which subtractions are too, multiplications, divisions, roots, comparisons
            (choices and signs among them), and functions, a sine or an exponential say. What there is none of is left out. Where the step
            searches, one trial is among them.
        trial: those of each further trial, likewise; empty where the step does not search.
    """

    kinds: Mapping[str, int]
    trial: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them, with one trial."""
        return sum(self.kinds.values())

    @property
    def of_a_trial(self) -> int:
        """All of a further trial's; 0 where the step does not search."""
        return sum(self.trial.values())

    def __str__(self) -> str:
        """In words: "28 operations a step: 11 additions, 13 multiplications, 2 divisions and 2 roots"."""
        searching = f" with one trial, and {self.of_a_trial} with each further one" if self.trial else ""
        kinds = listed([f"{count} {name if count > 1 else _ONE[name]}" for name, count in self.kinds.items()])
        return f"{self.total} operation{'s' * (self.total != 1)} a step{searching}" + (f": {kinds}" if kinds else "")


def cost_of(tape: Entries) -> Cost:
    """The cost of a tape's step, without the loss, which a step does not need."""
    trial = Counter(tape.operations_of_a_trial())
    return Cost(_by_kind(Counter(tape.operations()) + trial), _by_kind(trial))


def _by_kind(operations: Mapping[str, int]) -> dict[str, int]:
    counts = dict.fromkeys(_ORDER, 0)
    for operation, count in operations.items():
        counts[_KINDS.get(operation, "comparisons" if operation in _PLAIN else "functions")] += count
    return {name: count for name, count in counts.items() if count}
