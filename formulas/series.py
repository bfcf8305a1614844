"""Generalized power series in a distance t > 0 that goes to 0: sums of c t^e (log t)^k, with any real exponents e and whole k >= 0.

What a formula is along a ray that leaves a point, term by term and not by small differences: roots, quotients, kinks and steps have such
series too, also where they have no derivative (Hardy's logarithmico-exponential functions, cut to what formulas need). Every number here
stands for as many rays as its arrays are long, which may begin with different terms.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from formulas.libm import functions as libm
from parameters import Array

Key = tuple[float, int]
"""The exponents of t and of log t."""
Columns = npt.NDArray[np.bool_]
_ROUNDING = 16 * np.finfo(float).eps
MOST_TERMS = 60
"""So many coefficients of a power series are worked out at most."""
_PARTS = 138600
"""Exponents are counted in these parts of 1, in which halves to twelfths and hundredths are whole, so that sums of them meet."""


def _exponent(value: float) -> float:
    """An exponent without the rounding of the sum that it is."""
    parts = round(value * _PARTS)
    return parts / _PARTS if abs(value * _PARTS - parts) < 1e-6 else round(value, 9)


class TooLongError(Exception):
    """The series have too many terms to be worked out in a moment, as those of deeply nested roots."""


@dataclass
class Scope:
    """What series that are computed from each other have in common.

    Attributes:
        limit: the exponent from which on terms are not kept.
        work: how many products of two terms may still be computed.
    """

    limit: float
    work: int = 30_000


@dataclass(frozen=True, eq=False)
class Series:
    """One series for each column.

    Attributes:
        terms: the coefficients of each kind of term, shape (columns,); NaN where a column has no series.
        order: for each column the exponent from which on terms are unknown; infinite where it ends.
        scope: what it has in common with those that it is computed from.
    """

    terms: dict[Key, Array]
    order: Array
    scope: Scope

    @property
    def columns(self) -> int:
        """How many there are."""
        return self.order.size

    def constant(self, value: float | Array) -> Series:
        """A constant beside this series."""
        full = np.broadcast_to(np.asarray(value, dtype=np.float64), self.order.shape).copy()
        return Series({(0.0, 0): full}, np.full(self.order.shape, np.inf), self.scope)

    def unknown(self, order: float = math.nan) -> Series:
        """Nothing known beside this series: no value at all, or from an exponent on."""
        if math.isnan(order):
            return self.constant(math.nan)
        return Series({}, np.full(self.order.shape, order), self.scope)

    def take(self, columns: Columns) -> Series:
        """Some of the columns."""
        return Series({key: values[columns] for key, values in self.terms.items()}, self.order[columns], self.scope)

    def at(self, key: Key) -> Array:
        """The coefficients of one kind of term."""
        return self.terms.get(key, np.zeros(self.columns))

    def leading(self) -> tuple[npt.NDArray[np.intp], list[Key]]:
        """For each column the index of its leading term in the list of keys that is returned, too; -1 where all terms are 0."""
        keys = sorted(self.terms, key=lambda key: (key[0], -key[1]))
        which = np.full(self.columns, -1)
        for index in reversed(range(len(keys))):
            which[self.terms[keys[index]] != 0] = index  # NaN, too
        return which, keys

    def lowest(self) -> Array:
        """The exponent of each column's leading term; where all are 0, that from which on they are unknown."""
        which, keys = self.leading()
        exponents = np.array([key[0] for key in keys] + [0.0])
        return np.where(which < 0, self.order, exponents[which])

    def sign(self) -> Array:
        """The sign that each column has near t = 0; 0 where all terms are 0, NaN where that is not known."""
        which, keys = self.leading()
        result = np.where(np.isinf(self.order), 0.0, np.nan)
        for index, (exponent, logarithms) in enumerate(keys):
            chosen = which == index
            direction = -1.0 if logarithms % 2 else 1.0  # log t is negative
            known = exponent < self.order[chosen]
            result[chosen] = np.where(known, direction * np.sign(self.terms[keys[index]][chosen]), np.nan)
        return result

    def __add__(self, other: Series) -> Series:
        terms = dict(self.terms)
        for key, values in other.terms.items():
            if key in terms:
                total = terms[key] + values
                total[np.abs(total) <= _ROUNDING * np.maximum(np.abs(terms[key]), np.abs(values))] = 0.0
                terms[key] = total
            else:
                terms[key] = values
        return Series(terms, np.minimum(self.order, other.order), self.scope)

    def __neg__(self) -> Series:
        return self.scaled(-1.0)

    def __sub__(self, other: Series) -> Series:
        return self + -other

    def scaled(self, factor: float | Array) -> Series:
        """Every coefficient multiplied by a number of its column."""
        return Series({key: values * factor for key, values in self.terms.items()}, self.order, self.scope)

    def shifted(self, exponent: float) -> Series:
        """Multiplied by a power of t."""
        terms = {(_exponent(key[0] + exponent), key[1]): values for key, values in self.terms.items()}
        return Series(terms, self.order + exponent, self.scope)

    def __mul__(self, other: Series) -> Series:
        self.scope.work -= len(self.terms) * len(other.terms)
        if self.scope.work < 0:
            raise TooLongError
        limit = self.scope.limit
        order = np.minimum(self.order + other.lowest(), other.order + self.lowest())
        order[np.isnan(order)] = np.inf  # 0, exactly, times anything
        totals: dict[Key, Array] = {}
        sizes: dict[Key, Array] = {}
        for (e, k), a in self.terms.items():
            for (f, m), b in other.terms.items():
                product = a * b
                if e + f >= limit:
                    order = np.where(product != 0, np.minimum(order, limit), order)
                    continue
                key = (_exponent(e + f), k + m)
                size = np.abs(product)
                totals[key] = totals[key] + product if key in totals else product
                sizes[key] = sizes[key] + size if key in sizes else size
        for key, total in totals.items():
            total[np.abs(total) <= _ROUNDING * sizes[key]] = 0.0
        return Series(totals, order, self.scope)

    def __truediv__(self, other: Series) -> Series:
        return self * other.power(-1.0)

    def whole_power(self, n: int) -> Series:
        """By multiplications, which terms that begin differently do not matter to."""
        if n == 0:
            return self.constant(1.0)
        half = self.whole_power(n // 2)
        return half * half * self if n % 2 else half * half

    def power(self, exponent: float) -> Series:
        """To the power of a number; without a value where the base is negative."""
        if exponent >= 0 and exponent == int(exponent):
            return self.whole_power(int(exponent))
        whole = exponent == int(exponent)

        def routine(part: Series, key: Key | None) -> Series:
            if key is None:
                return part.constant(0.0) if exponent > 0 else part.unknown()
            if key[1]:
                return part.unknown()
            first = part.terms[key]
            with np.errstate(all="ignore"):
                raised = np.where(whole | (first > 0), libm.power(first, exponent), np.nan)
            binomials = [1.0]
            for n in range(1, MOST_TERMS):
                binomials.append(binomials[-1] * (exponent - n + 1) / n)
            return part.relative(key).composed(binomials).scaled(raised).shifted(key[0] * exponent)

        return self.by_leading_term(routine)

    def relative(self, key: Key) -> Series:
        """What the terms after the leading one are, divided by it."""
        with np.errstate(all="ignore"):
            terms = {
                (_exponent(e - key[0]), k): values / self.terms[key]
                for (e, k), values in self.terms.items()
                if (e, k) != key and (e, k) in self.terms and np.any(values != 0)
            }
        return Series(terms, self.order - key[0], self.scope)

    def composed(self, coefficients: Sequence[float | Array]) -> Series:
        """c0 + c1 h + c2 h^2 + ... of this series h, all of whose terms go to 0."""
        smallest = min((key[0] for key, values in self.terms.items() if np.any(values != 0)), default=math.inf)
        if smallest <= 0:
            return self.unknown()
        count = 1 if math.isinf(smallest) else min(len(coefficients), math.ceil(self.scope.limit / smallest) + 1)
        result = self.constant(coefficients[count - 1])
        for coefficient in reversed(coefficients[: count - 1]):
            result = result * self + self.constant(coefficient)
        end = self.scope.limit if math.isinf(smallest) else min(self.scope.limit, count * smallest)
        ends = np.isinf(self.order) & (self.lowest() == np.inf)  # h is 0
        return Series(result.terms, np.minimum(np.minimum(result.order, self.order), np.where(ends, np.inf, end)), self.scope)

    def by_leading_term(self, routine: Callable[[Series, Key | None], Series]) -> Series:
        """What `routine` makes of the columns that begin with the same kind of term, put together again."""
        which, keys = self.leading()
        parts = []
        for index in np.unique(which):
            columns = which == index
            part, key = self.take(columns), keys[index] if index >= 0 else None
            known = key is None or key[0] < np.min(part.order)
            if key is None and not np.all(np.isinf(part.order)):
                known = False
            parts.append((columns, routine(part, key) if known else part.unknown()))
        return joined(parts, self)

    def differentiated(self) -> Series:
        """The derivative by t."""
        result = self.constant(0.0)
        for (e, k), values in self.terms.items():
            down = _exponent(e - 1)
            terms = {(down, k): values * e} if e else {}
            if k:
                terms[down, k - 1] = values * k
            result = result + Series(terms, result.order, self.scope)
        return Series(result.terms, self.order - 1, self.scope)

    def integrated(self, constant: Array) -> Series:
        """The integral over t, with a constant."""
        result = self.constant(constant)
        for (e, k), values in self.terms.items():
            up = _exponent(e + 1)
            terms: dict[Key, Array] = {}
            if up == 0:
                terms[0.0, k + 1] = values / (k + 1)
            else:
                factor = 1.0 / up
                for left in range(k, -1, -1):
                    terms[up, left] = values * factor
                    factor *= -left / up
            result = result + Series(terms, np.full(self.columns, np.inf), self.scope)
        return Series(result.terms, self.order + 1, self.scope)


def joined(parts: list[tuple[Columns, Series]], like: Series) -> Series:
    """Series of some columns each as one of all of them."""
    terms: dict[Key, Array] = {}
    order = np.full(like.columns, np.inf)
    for columns, part in parts:
        order[columns] = part.order
        for key, values in part.terms.items():
            terms.setdefault(key, np.zeros(like.columns))[columns] = values
    return Series(terms, order, like.scope)
