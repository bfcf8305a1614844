"""The axes of a sweep: a quantity's values from one to another, evenly spaced in one of several senses."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lab.asked import check_numbers
from lab.quantities import INITIAL, in_optimizer, quantities
from parameters import Array, lookup, short, title_of
from scenario import Experiment, address
from scenario.address import LANDSCAPE
from scenario.network_parts import SCALE
from scenario.setup import Setup

SPACINGS = ("linear", "log", "one minus", "whole", "whole log")
MOST_CELLS = 201
"""Cells along an axis, at most."""
_BEYOND = 1.01
"""How many half cells beyond the outermost values a box may reach: to the map's edge, and what a pointer's rounding adds."""
_SLACK = 1e-3
"""How far the limits of a box may move when they are rounded, as a share of its width."""


@dataclass(frozen=True)
class Axis:
    """The values of one quantity along an axis of a sweep.

    A map is drawn on a linear *coordinate*: the value itself, its logarithm, or, for what is close to 1 as a momentum is, the number of
    nines, -log10(1 - value).

    Args:
        key: the quantity's address (`scenario.address`), "optimizers.0.lr".
        low, high: the first and the last value.
        count: how many; of whole numbers no more than there are.
        spacing: "linear"; "log", in equal ratios; "one minus", in equal ratios of 1 - value; "whole" and "whole log", the whole numbers
            nearest to the first two.

    Raises:
        TypeError: the count is no whole number.
        ValueError: the count, the spacing or the range is not valid; the message says why, and what is.
    """

    key: str
    low: float
    high: float
    count: int
    spacing: str = "linear"

    def __post_init__(self) -> None:
        check_numbers(self, "count")
        if self.spacing not in SPACINGS:
            raise ValueError(f"{self.title}: the spacing {self.spacing!r} is none of {', '.join(SPACINGS)}")
        if not 2 <= self.count <= MOST_CELLS:
            raise ValueError(f"{self.title}: an axis needs 2 to {MOST_CELLS} cells, not {self.count}")
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            raise ValueError(f"{self.title}: the range {short(self.low)} to {short(self.high)} is not finite; choose two finite numbers")
        if not self.low < self.high:
            raise ValueError(f"{self.title}: the range {short(self.low)} to {short(self.high)} is empty; the smaller value comes first")
        if not math.isfinite(float(self.high) - float(self.low)):
            raise ValueError(
                f"{self.title}: {short(self.low)} to {short(self.high)} is too wide, its length is beyond float64; choose a narrower range"
            )
        if self.in_ratios and self.low <= 0:
            raise ValueError(
                f"{self.title}: a logarithmic axis begins above 0, not at {short(self.low)}; choose a larger value or a linear axis"
            )
        if self.spacing == "one minus" and self.high >= 1:
            raise ValueError(
                f"{self.title}: an axis in equal ratios of 1 - value ends below 1, not at {short(self.high)}; choose a smaller value or a "
                "linear axis"
            )
        if self.whole:
            if self.low != round(self.low) or self.high != round(self.high):
                raise ValueError(f"{self.title}: {short(self.low)} to {short(self.high)} should begin and end at whole numbers")
            object.__setattr__(self, "count", len(self.values))
        if not (np.diff(self.values) > 0).all():
            raise ValueError(
                f"{self.title}: {short(self.low)} to {short(self.high)} is too narrow for {self.count} different numbers; choose a wider "
                "range"
            )

    @property
    def title(self) -> str:
        """What the quantity is called in words: "learning rate"."""
        return title_of(address.split(self.key)[1])

    @property
    def whole(self) -> bool:
        """Whether the values are whole numbers."""
        return self.spacing.startswith("whole")

    @property
    def in_ratios(self) -> bool:
        """Whether the values lie in equal ratios."""
        return self.spacing.endswith("log")

    @cached_property
    def values(self) -> Array:
        """The values, shape (count,)."""
        values = self.value(np.linspace(self.coordinate(self.low), self.coordinate(self.high), self.count))
        values[0], values[-1] = self.low, self.high  # not what rounding makes of them
        return np.unique(np.rint(values)) if self.whole else values

    @property
    def coordinates(self) -> Array:
        """The coordinates of the values, shape (count,)."""
        return np.asarray(self.coordinate(self.values))

    @property
    def edges(self) -> tuple[float, float]:
        """The coordinates at which the map ends: half a cell beyond the outermost values."""
        at = self.coordinates
        return float(at[0] - (at[1] - at[0]) / 2), float(at[-1] + (at[-1] - at[-2]) / 2)

    def coordinate(self, value: float | Array) -> Array:
        """The coordinate of a value."""
        if self.in_ratios:
            return np.log10(value)
        return -np.log10(1 - np.asarray(value)) if self.spacing == "one minus" else np.asarray(value, dtype=np.float64)

    def value(self, coordinate: float | Array) -> Array:
        """The value at a coordinate."""
        if self.in_ratios:
            return np.asarray(10.0 ** np.asarray(coordinate))
        return 1 - 10.0 ** -np.asarray(coordinate) if self.spacing == "one minus" else np.array(coordinate, dtype=np.float64)

    def nearest(self, coordinate: float) -> int:
        """The index of the value whose coordinate is nearest."""
        return int(np.argmin(np.abs(self.coordinates - coordinate)))

    @property
    def text(self) -> str:
        """As a link holds it: "optimizers.0.lr~0.001~1~log"."""
        return "~".join([self.key, repr(float(self.low)), repr(float(self.high)), self.spacing.replace(" ", "-")])

    @classmethod
    def from_text(cls, text: str, count: int) -> Axis:
        """The axis that a link holds, also an older one, in which "optimizer.lr" stands for "optimizers.0.lr".

        Raises:
            ValueError: the text is malformed, or what it says is not valid.
        """
        try:
            key, low, high, spacing = text.split("~")
            limits = float(low), float(high)
        except ValueError:
            raise ValueError(f"{text!r} is no axis; it should be like optimizers.0.lr~0.001~1~log") from None
        return cls(_present(key), *limits, count, spacing.replace("-", " "))


def _present(key: str) -> str:
    """The address that the key of an axis stands for, in older links too."""
    part, name = address.split(key)
    return in_optimizer(name) if part == "optimizer" else key


def axis_for(setup: Setup, key: str, count: int = 41) -> Axis:
    """The usual axis of a quantity: what its slider offers, spaced as it is; of networks' learning rates what may be worth a look.

    Raises:
        KeyError: the setup has no such quantity; the message lists those it has.
    """
    number = lookup(quantities(setup), key, "quantity")
    declared = number.param
    low, high = declared.slider_range
    if isinstance(setup, Experiment) and key == in_optimizer("lr"):
        low, high = _around(declared.default, number.value, low, high)
    if key == "batch" and isinstance(setup, Experiment):  # whose 0 is the whole set
        return Axis(key, 1.0, float(min(high, len(setup.build_data().x))), count, "whole log")
    if declared.log:
        return Axis(key, low, high, count, "whole log" if declared.integer else "log")
    if declared.integer:
        return Axis(key, low, high, count, "whole")
    return Axis(key, low, high, count, "one minus" if declared.one_minus and high < 1 else "linear")


def _around(usual: float, value: float, low: float, high: float) -> tuple[float, float]:
    """Powers of ten from about two decades below a usual learning rate, with which a few hundred steps do nothing, to two above it, where
    it diverges; further where the present value is. Within a slider's range."""
    least, most = min(usual, value) if value > 0 else usual, max(usual, value)
    return max(low, 10.0 ** round(math.log10(least) - 2)), min(high, 10.0 ** round(math.log10(most) + 2))


def default_axes(setup: Setup, count: int = 41) -> tuple[Axis, Axis]:
    """The learning rate against the number that matters most beside it: in an experiment the scale of the weights; in a scenario what the
    optimizer remembers of the past, if it does, else the landscape's first parameter, else the noise."""
    known = quantities(setup)
    rate = in_optimizer("lr")
    across = rate if rate in known else next(iter(known))
    if isinstance(setup, Experiment):
        return axis_for(setup, across, count), axis_for(setup, address.join(INITIAL, SCALE.name), count)
    others = [number for number in known.values() if number.address != across]
    up = next((number for number in others if number.param.one_minus), None)
    up = up or next((number for number in others if address.split(number.address)[0] == LANDSCAPE), None)
    return axis_for(setup, across, count), axis_for(setup, up.address if up else "noise", count)


def narrowed(axis: Axis, box: tuple[float, float]) -> Axis:
    """The part of an axis between two coordinates, with as many values.

    Args:
        axis: of the present map.
        box: the two coordinates, in either order.

    Raises:
        ValueError: the box reaches more than half a cell beyond the outermost values, or is thinner than numbers can tell.
    """
    first, last = float(axis.coordinate(axis.low)), float(axis.coordinate(axis.high))
    begin, end = axis.edges
    if min(box) < first - _BEYOND * (first - begin) or max(box) > last + _BEYOND * (end - last):
        raise ValueError(f"{axis.title}: the box reaches beyond the map, {short(axis.low)} to {short(axis.high)}; draw it inside")
    slack = (max(box) - min(box)) * _SLACK
    low = axis.low if min(box) <= first else _rounded(axis, min(box), slack)
    high = axis.high if max(box) >= last else _rounded(axis, max(box), slack)
    try:
        return replace(axis, low=low, high=high)
    except ValueError:
        raise ValueError(f"{axis.title}: the box is too thin to be swept; draw a larger one") from None


def _rounded(axis: Axis, coordinate: float, slack: float) -> float:
    """The value at a coordinate with the fewest digits that move it by no more than `slack`, to keep links short; never beyond the axis."""
    exact = float(axis.value(coordinate))
    if axis.whole:
        return min(max(float(round(exact)), axis.low), axis.high)
    for digits in range(2, 17):
        value = float(f"{1 - float(f'{1 - exact:.{digits}g}'):.15g}" if axis.spacing == "one minus" else f"{exact:.{digits}g}")
        with np.errstate(divide="ignore"):  # so few digits may make a 1, which has infinitely many nines
            moved = abs(float(axis.coordinate(value)) - coordinate)
        if moved <= slack:
            return min(max(value, axis.low), axis.high)
    return exact
