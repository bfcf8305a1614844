"""What "About Descent", at the end of the sidebar, tells of this server."""

from __future__ import annotations

from functools import cache

import machine
from simulation.choice import why_never
from version import PROGRAM

_APP = f"**{PROGRAM}**: watch optimizers race down loss landscapes. It works offline, and sends nothing anywhere."


@cache
def about() -> str:
    """It, as Markdown: what this is, and which engine computes here."""
    return f"{_APP}\n\n{engine_in_words()}"


def engine_in_words() -> str:
    """Which engine computes trajectories on this server."""
    if reason := why_never():
        return (
            f"Trajectories are computed by NumPy, because {reason}. The numbers are the same to the last digit; large maps, sweeps and "
            "tournaments take several times as long."
        )
    width = machine.widest()
    return (
        f"Long computations run as machine code made for this processor, with vectors of {64 * width} bits, which is {width} trajectories "
        "at a time; short ones, and methods whose steps cannot be listed in advance, by NumPy. Both give the same numbers, to the last "
        "digit."
    )
