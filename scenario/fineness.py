"""From how many points the landscape of networks is looked at: fewer where each takes long."""

from __future__ import annotations

from networks import Dataset, Network

COARSE, FINE = (64, 48, 32, 24), (256, 128)
"""Points along each side of a plane: at first, and afterwards."""
RACED = 161
"""Points along each side of a plane on which trajectories race: as many as other landscapes have."""
_A_SECOND = 2e9
"""Products of weights and examples in a second, on a machine that has other things to do."""
_AT_ONCE, _AFTERWARDS, _LONGEST = 3.0, 30.0, 180.0
"""Seconds that the first picture and a finer one are to take at most, and that somebody may wait for the first one."""


def seconds_for(side: int, network: Network, data: Dataset) -> float:
    """How long a look from so many points along each side takes, roughly."""
    return side**2 * network.size * len(data.x) / _A_SECOND


def coarse_side(network: Network, data: Dataset) -> int:
    """Points along each side at first.

    Raises:
        ValueError: even the fewest would take too long; the message says what to do.
    """
    seconds = [seconds_for(side, network, data) for side in COARSE]
    if seconds[-1] > _LONGEST:
        raise ValueError(
            f"the landscape of a network of {network.size:,} weights on {len(data.x):,} examples would take about "
            f"{seconds[-1] / 60:.0f} min, and at most {_LONGEST / 60:.0f} min can be waited for; choose narrower layers or fewer examples"
        )
    return next((side for side, each in zip(COARSE, seconds, strict=True) if each <= _AT_ONCE), COARSE[-1])


def fine_side(network: Network, data: Dataset) -> int | None:
    """Points along each side afterwards; None where that would take too long."""
    return next((side for side in FINE if seconds_for(side, network, data) <= _AFTERWARDS), None)


def race_side(network: Network, data: Dataset) -> int:
    """Points along each side where trajectories race on the plane. Errors as for `coarse_side`."""
    coarse = coarse_side(network, data)
    return RACED if seconds_for(RACED, network, data) <= _AT_ONCE else coarse
