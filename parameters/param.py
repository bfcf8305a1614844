"""A `Param` declares one number that a user may set.

Validation, the widget, the documentation and the tests of a landscape's or an optimizer's parameter all come from this one
declaration: its default, its range, how a slider should be spaced, its unit and a line of help.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from parameters.naming import nearest
from version import numbers_of

Array = npt.NDArray[np.float64]
Value = float | Array
"""What a parameter may hold: one number, or an array of shape (N,) with a number for each of N trajectories."""
_TITLES = {"lr": "learning rate", "eps": "epsilon", "n": "number of starts", "l1": "L1 penalty", "l2": "L2 penalty"} | {
    "clip_norm": "clip the gradient's length at",
    "clip_value": "clip its components at",
    "change_at": "rate changes at step",
    "change_by": "rate is multiplied by",
}


@dataclass(frozen=True)
class Param:
    """One adjustable number.

    Args:
        name: the name it is set by, in code, in links and in formulas.
        default: its value where nothing else is said. A `bool` default declares a switch, an `int` default a whole number.
        low, high: the range that is valid, both ends included. A switch has none.
        log: the slider is spaced by ratios (1, 2, 5, 10, ...).
        one_minus: the slider is spaced by ratios of 1 - value (0.9, 0.99, 0.999), as suits a running mean's memory.
        slider: the part of the range that a slider offers, where the valid range is wider than a hand can use.
        search: the part of the range that tuning searches, spaced as the slider is; None for what is not tuned.
        symbol: its LaTeX symbol; by default the name, with Greek letters and trailing digits set as one would expect.
        unit: what the number counts ("steps"), if it counts something.
        unit_value: what one such unit is inside a formula (a degree is pi/180).
        help: one line in plain words.
        words: what it is called, where that is not its name's own words.
        zero: what 0 stands for, in words, where it is no amount: "all".
        on_networks: its default where an optimizer trains a network, if that is another than on a surface.
        formerly: defaults that it had before, (("0.2.0", 0.1),) say, up to and including that version, the oldest first: a link that an
            older version has made, and that does not name it, means that.
        formerly_on_networks: likewise where an optimizer trains a network, if it has a default of its own there.
    """

    name: str
    default: float
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    one_minus: bool = False
    slider: tuple[float, float] | None = None
    search: tuple[float, float] | None = None
    symbol: str | None = None
    unit: str = ""
    unit_value: float = 1.0
    help: str = ""
    words: str = ""
    zero: str = ""
    on_networks: float | None = None
    formerly: tuple[tuple[str, float], ...] = ()
    formerly_on_networks: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if not self.low <= self.default <= self.high:
            raise ValueError(f"Param {self.name}: the default {self.default} is outside {self.low} to {self.high}")
        if self.on_networks is not None and not self.low <= self.on_networks <= self.high:
            raise ValueError(f"Param {self.name}: the default on networks {self.on_networks} is outside {self.low} to {self.high}")
        if self.slider and not self.low <= self.slider[0] < self.slider[1] <= self.high:
            raise ValueError(f"Param {self.name}: the slider {self.slider} is outside {self.low} to {self.high}")
        if self.search and not self.low <= self.search[0] < self.search[1] <= self.high:
            raise ValueError(f"Param {self.name}: the search {self.search} is outside {self.low} to {self.high}")
        if self.search and ((self.log and self.search[0] <= 0) or (self.one_minus and self.search[1] >= 1)):
            raise ValueError(f"Param {self.name}: the search {self.search} reaches to where its spacing has no end")
        if self.log and self.slider_range[0] <= 0:
            raise ValueError(f"Param {self.name}: a logarithmic slider needs a range above 0")

    def default_in(self, version: tuple[int, ...]) -> float:
        """Its default in a version (`version.numbers_of`)."""
        return next((value for last, value in self.formerly if version <= numbers_of(last)), self.default)

    @property
    def switch(self) -> bool:
        """Whether it is on or off rather than a number."""
        return isinstance(self.default, bool)

    @property
    def integer(self) -> bool:
        """Whether only whole numbers are valid."""
        return isinstance(self.default, int) and not self.switch

    @property
    def slider_range(self) -> tuple[float, float]:
        """The lowest and highest value that a slider offers."""
        return self.slider or (self.low, self.high)

    @property
    def title(self) -> str:
        """Its name in words: "weight decay" for `weight_decay`, "learning rate" for `lr`."""
        return self.words or title_of(self.name)

    def check(self, value: Any, owner: str) -> Value:
        """Return `value` as a number, or as a float64 array of shape (N,), when it is valid.

        Args:
            value: a number, or N of them in one dimension.
            owner: whose parameter it is, for the message ("Adam").

        Raises:
            TypeError: it is no number.
            ValueError: it is not finite, outside the range, or has more than one dimension; the message names it and the range.
        """
        what = f"{owner}: {self.name}"
        if type(value) in (float, int) and self.low <= value <= self.high and not (self.integer or self.switch):
            return float(value)  # as nearly always
        try:
            dimensions = np.ndim(value)
        except ValueError:  # rows of unequal length
            raise ValueError(f"{what} must be a number or one number for each trajectory, shape (N,), not {value!r}") from None
        if isinstance(value, Real | np.generic) or dimensions == 0:
            if isinstance(value, np.ndarray | np.generic):
                value = value.item()
            if not isinstance(value, Real):
                raise TypeError(f"{what} must be a number, not {value!r}")
            try:
                number = float(value)
            except OverflowError:
                number = math.inf
            self._check_range(number, what)
            if self.switch:
                return bool(number)
            return int(number) if self.integer else number
        try:
            array = np.array(value)
        except ValueError:
            raise ValueError(f"{what} must be a number or one number for each trajectory, shape (N,), not {value!r}") from None
        if array.ndim != 1 or array.size == 0:
            raise ValueError(f"{what} must be a number or one number for each trajectory, shape (N,), not shape {array.shape}")
        if array.dtype.kind not in "fiub":
            raise TypeError(f"{what} must hold numbers, not {array.dtype}")
        array = array.astype(np.float64)
        for index in np.flatnonzero(~self._valid(array))[:1]:
            self._check_range(float(array[index]), f"{what}[{index}]")
        array.setflags(write=False)
        return array

    def searched(self, fractions: Array) -> Array:
        """The values at fractions of the `search` range, from 0 at its low end to 1 at its high end, spaced as the slider is.

        Raises:
            ValueError: it is not tuned.
        """
        if self.search is None:
            raise ValueError(f"Param {self.name} has no range to search")
        low, high = self.search
        if self.log:
            return np.asarray(low * (high / low) ** fractions)
        return np.asarray(1 - (1 - low) * ((1 - high) / (1 - low)) ** fractions if self.one_minus else low + (high - low) * fractions)

    def _valid(self, values: Array | float) -> Any:
        whole = (values == np.rint(values)) if self.integer or self.switch else True
        return (values >= self.low) & (values <= self.high) & whole

    def _check_range(self, value: float, what: str) -> None:
        if not math.isfinite(value):
            raise ValueError(f"{what} = {value} is not a finite number; choose {self.range_in_words}")
        if not self._valid(value):
            raise ValueError(f"{what} = {exact(value)} is outside its range; choose {self.range_in_words}")

    @property
    def range_in_words(self) -> str:
        """The range, as the end of a sentence that tells what to choose."""
        if self.switch:
            return "on (1) or off (0)"
        kind = "a whole number" if self.integer else "a number"
        return f"{kind} from {exact(self.low)} to {exact(self.high)}{' ' + self.unit if self.unit else ''}"

    def told(self, value: float) -> str:
        """A value in few digits; of one that is close to 1 what matters is how close: 0.99988, not 1."""
        return short(1 - float(f"{1 - value:.2g}"), 12) if self.one_minus else short(value, 3)

    def outside(self) -> list[Any]:
        """Values that `check` must refuse, made from the declaration itself, for tests."""
        below, above = self.low - 1.0 - abs(self.low), self.high + 1.0 + abs(self.high)
        values: list[Any] = [below, above, math.nan, math.inf, -math.inf, "fast", None, 1j, np.zeros((2, 2)), []]
        values.append(np.array([self.default, above]))
        if self.integer:
            values.append(self.low + 0.5)
        return values

    def stops(self) -> list[float]:
        """The values at which a slider stops, in rising order: round numbers across its range, with the default among them."""
        low, high = self.slider_range
        if self.switch:
            return [0.0, 1.0]
        if self.log:
            values = _round_numbers(low, high)
        elif self.one_minus:
            gaps = _round_numbers(max(1.0 - high, 1e-6), max(1.0 - low, 2e-6), (1.0, 2.0, 5.0))
            values = [float(f"{1.0 - gap:.12g}") for gap in gaps] + [low, high]
        elif self.integer:
            step = max(1, round((high - low) / 200))
            values = [float(value) for value in range(int(low), int(high) + 1, step)]
        else:
            values = [float(f"{low + (high - low) * index / 100:.6g}") for index in range(101)]
        inside = {value for value in values if low <= value <= high}
        return sorted(inside | {low, high} | ({float(self.default)} if low <= self.default <= high else set()))


def _round_numbers(low: float, high: float, digits: Iterable[float] = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)) -> list[float]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [float(f"{digit}e{decade}") for decade in decades for digit in digits]


def is_single(value: Any) -> bool:
    """Whether it is one thing, and no array or rows of things, which may be of unequal length."""
    try:
        return np.ndim(value) == 0
    except ValueError:
        return False


def title_of(name: str) -> str:
    """A parameter's name in words: "weight decay" for `weight_decay`, "learning rate" for `lr`."""
    return _TITLES.get(name) or name.replace("_", " ")


def short(value: float, digits: int = 4) -> str:
    """A number as one would write it by hand: `0.001`, `1e-08`, `5000`, never more than `digits` significant digits."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if not math.isfinite(value):
        return f"{value:g}"
    if abs(value) >= 1:  # rounded first, lest a carry makes one digit more
        value = float(f"{value:.{max(digits, len(str(int(abs(value)))))}g}")
    if value != 0 and not 1e-4 <= abs(value) < 1e6:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        return f"{mantissa}e{int(exponent)}"
    return f"{value:.{max(digits, len(str(int(abs(value)))))}g}"


def exact(value: float) -> str:
    """A number that `short` would round, such as 0.99999, in full; others as `short` has them."""
    text = short(value)
    return text if isinstance(value, bool) or float(text) == value or not math.isfinite(value) else repr(float(value)).removesuffix(".0")


def whole_percents(shares: Sequence[float]) -> list[int]:
    """The parts of a whole in whole per cent, which together make what the parts do: 100 if they are all of it.

    Each is rounded down, and those that lose most by it get one more (Hamilton's method of largest remainders). Rounded singly, three parts
    could make 101.

    Args:
        shares: parts of one whole, 0 to 1 each and at most 1 together.
    """
    exact = [100 * share for share in shares]
    whole = [math.floor(part) for part in exact]
    missing = round(sum(exact)) - sum(whole)
    for index in sorted(range(len(exact)), key=lambda index: whole[index] - exact[index])[:missing]:
        whole[index] += 1
    return whole


def fill(parameters: Iterable[Param], given: Mapping[str, Any], owner: str) -> dict[str, Value]:
    """The values of all `parameters`: those `given`, checked, and the defaults for the rest.

    Raises:
        TypeError: a name that is not among the parameters (the message lists them), or a value that is no number.
        ValueError: a value outside its range.
    """
    declared = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in declared:
            listed = ", ".join(declared) or "none"
            raise TypeError(f"{owner} has no parameter {name!r}{nearest(name, declared)}; its parameters: {listed}")
    return {name: parameter.check(given.get(name, parameter.default), owner) for name, parameter in declared.items()}
