"""How long something takes, in words."""

from __future__ import annotations

_ROUND, _LONG = 20, 90
"""From so many seconds on they are told in fives, and in minutes."""


def in_words(seconds: float) -> str:
    """Seconds as exactly as an estimate is told: "7 s", "45 s", "3 min"."""
    if seconds >= _LONG:
        return f"{seconds / 60:.0f} min"
    return f"{max(1, round(seconds))} s" if seconds < _ROUND else f"{5 * round(seconds / 5)} s"
