"""What a whole step of an optimizer on a landscape does, as one flat list of elementary operations from which engines are made."""

from tape.made import tape_of
from tape.numbers import Numbers, numbers
from tape.step import why_none
from tape.tape import Tape

__all__ = ["Numbers", "Tape", "numbers", "tape_of", "why_none"]
