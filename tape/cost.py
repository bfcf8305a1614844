"""What a step costs: how many elementary operations it takes for each trajectory, counted on its tape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tape.entries import Entries

_KINDS = {"+": "additions", "-": "additions", "*": "multiplications", "/": "divisions", "sqrt": "roots"}
_PLAIN = {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "and", "where", "choose", "min", "max", "abs", "sign"}
_PLAIN |= {"side", "flat", "floor", "ceil", "round"}
_ORDER = ("additions", "multiplications", "divisions", "roots", "comparisons", "functions")
_ONE = {"additions": "addition", "multiplications": "multiplication", "divisions": "division", "roots": "root"}
_ONE |= {"comparisons": "comparison", "functions": "function"}


@dataclass(frozen=True)
class Cost:
    """The operations of one step.

    Attributes:
        kinds: how many there are by what they are: additions, which subtractions are too, multiplications, divisions, roots, comparisons
            (choices and signs among them), and functions, a sine or an exponential say. What there is none of is left out.
    """

    kinds: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.kinds.values())

    def __str__(self) -> str:
        """In words: "28 operations a step: 11 additions, 13 multiplications, 2 divisions and 2 roots"."""
        parts = [f"{count} {name if count > 1 else _ONE[name]}" for name, count in self.kinds.items()]
        listed = " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
        return f"{self.total} operation{'s' * (self.total != 1)} a step" + (f": {listed}" if parts else "")


def cost_of(tape: Entries) -> Cost:
    """The cost of a tape's step, without the loss, which a step does not need."""
    counts = dict.fromkeys(_ORDER, 0)
    for operation, count in tape.operations().items():
        counts[_KINDS.get(operation, "comparisons" if operation in _PLAIN else "functions")] += count
    return Cost({name: count for name, count in counts.items() if count})
