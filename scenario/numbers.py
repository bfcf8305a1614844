"""The numbers of a scenario that stand for themselves, and not for a landscape, an optimizer, a schedule or a pattern of starts."""

from __future__ import annotations

from landscapes import PENALTIES
from optimizers.options import CLIPPING
from parameters import Param

STEPS = Param("steps", 200, 1, 100_000, log=True, slider=(10, 2000), unit="steps", help="How many steps every optimizer takes.")
NOISE = Param(
    "noise", 0.0, 0.0, 1e6, slider=(0.0, 10.0), help="Standard deviation of random noise on the gradient, as from small batches of data."
)
SEED = Param("seed", 0, 0, 2**31 - 1, slider=(0, 100), help="Chooses the random numbers: the noise, and where scattered starts lie.")
NUMBERS = {parameter.name: parameter for parameter in (STEPS, NOISE, SEED, *CLIPPING, *PENALTIES)}
"""All of them by name."""
