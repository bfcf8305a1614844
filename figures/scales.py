"""The scales of curves: logarithmic, linear, and one that is linear around zero and logarithmic far away on both sides.

Each places values on an axis that Plotly draws as linear or logarithmic, and says that axis' settings: its type, its ticks, and its limits
where some line goes so far that the others could not be told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from parameters import Array, short

_HIGHEST = 30.0
"""Curves may rise to so many times the highest start before they leave the picture: those that diverge would press the others flat. Where
all of them rise higher, the lowest of them is shown whole."""
_DEEPEST = 1e12
"""Curves on a symmetric scale may fall so many units below zero."""
_MOST = 6
"""About so many ticks stand on a symmetric scale."""


@dataclass(frozen=True)
class Logarithmic:
    """Equal steps are equal factors; only what is above zero has a place."""

    kind = "log"

    def place(self, values: Array) -> Array:
        """Where values stand on Plotly's axis: they themselves, since that takes the logarithm."""
        return values

    def axis(self, lines: Sequence[Array]) -> dict[str, Any]:
        """The axis' settings for the values of some lines."""
        settings: dict[str, Any] = {"type": "log", "exponentformat": "power", "nticks": 6, "minor": {"ticks": ""}}
        values = _finite(lines)
        values = values[values > 0]
        highest = _most(_HIGHEST * _first_height(lines), lines)
        if values.size and 0 < highest < values.max():
            lowest = min(float(values.min()), highest)
            settings["range"] = [float(np.log10(lowest)) - 0.2, float(np.log10(highest))]
        return settings


@dataclass(frozen=True)
class Linear:
    """Equal steps are equal differences."""

    kind = "linear"

    def place(self, values: Array) -> Array:
        """Where values stand on Plotly's axis: they themselves."""
        return values

    def axis(self, lines: Sequence[Array]) -> dict[str, Any]:
        """The axis' settings for the values of some lines."""
        values, highest = _finite(lines), _most(2.0 * _first_height(lines), lines)
        if not values.size or not 0 < highest < values.max():
            return {}
        return {"range": [min(float(values.min()), highest), highest]}


@dataclass(frozen=True)
class Symmetric:
    """Linear up to about a unit from zero, logarithmic beyond, on both sides (the inverse hyperbolic sine of value / unit).

    Attributes:
        unit: above zero.
    """

    unit: float

    kind = "symmetric"

    def place(self, values: Array) -> Array:
        """Where values stand on Plotly's axis, which is linear."""
        return np.arcsinh(values / self.unit)

    def axis(self, lines: Sequence[Array]) -> dict[str, Any]:
        """The axis' settings for the values of some lines: ticks at powers of ten on both sides, and the limits."""
        values = _finite(lines)
        if not values.size:
            return {}
        low, high = max(float(values.min()), -_DEEPEST * self.unit), min(float(values.max()), _most(_HIGHEST * self.unit, lines))
        ends = self.place(np.array([low, high]))
        margin = 0.04 * max(float(ends[1] - ends[0]), 1.0)
        ticks = self._ticks(low, high)
        return {
            "tickvals": self.place(np.array(ticks)).tolist(),
            "ticktext": [_written(tick) for tick in ticks],
            "range": [float(ends[0]) - margin, float(ends[1]) + margin],
        }

    def _ticks(self, low: float, high: float) -> list[float]:
        """Zero and powers of ten on both sides, from the largest down to the unit's, as long as they are apart."""
        first = int(np.floor(np.log10(self.unit)))
        last = int(np.floor(np.log10(max(abs(low), abs(high), self.unit))))
        offered = [0.0, *(sign * 10.0**power for power in range(last, first - 1, -1) for sign in (1, -1))]
        kept: list[float] = []
        apart = float(self.place(np.array(high)) - self.place(np.array(low))) / _MOST
        for tick in offered:
            distances = np.abs(self.place(np.array(kept)) - self.place(np.array(tick)))
            if low <= tick <= high and (distances >= apart).all():
                kept.append(tick)
        return sorted(kept)


def _written(power_of_ten: float) -> str:
    """A tick as other axes have them: with a true minus, and without rows of zeros."""
    size = abs(power_of_ten)
    text = short(size) if 1e-3 <= size <= 1e3 or not size else f"1e{round(np.log10(size))}"
    return f"\u2212{text}" if power_of_ten < 0 else text


Scale = Logarithmic | Linear | Symmetric
LOGARITHMIC, LINEAR = Logarithmic(), Linear()


def _first_height(lines: Sequence[Array]) -> float:
    """How far from zero the lines begin, at most; 0 where none does."""
    return max((abs(float(line[0])) for line in lines if np.isfinite(line[0])), default=0.0)


def _most(limit: float, lines: Sequence[Array]) -> float:
    """How high the picture reaches: to a limit, or to the top of the lowest line where all of them leave."""
    return max(limit, min((float(known.max()) for line in lines if (known := line[np.isfinite(line)]).size), default=limit))


def _finite(lines: Sequence[Array]) -> Array:
    values: Array = np.concatenate([np.asarray(line, dtype=np.float64) for line in lines])
    finite: Array = values[np.isfinite(values)]
    return finite
