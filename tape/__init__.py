"""What a whole step of an optimizer on a landscape does, as one flat list of elementary operations from which engines are made."""

from tape.cost import Cost, cost_of
from tape.landscape import has_formula
from tape.loss import loss_tape
from tape.made import key_of, known_tape, tape_of
from tape.numbers import Own, Shared, own, own_rows, shared
from tape.step import TRIALS, why_none
from tape.tape import Tape

__all__ = [
    "TRIALS",
    "Cost",
    "Own",
    "Shared",
    "Tape",
    "cost_of",
    "has_formula",
    "key_of",
    "known_tape",
    "loss_tape",
    "own",
    "own_rows",
    "shared",
    "tape_of",
    "why_none",
]
