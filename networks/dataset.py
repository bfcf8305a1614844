"""A set of examples to learn from and another to be tested on, and how such sets are made."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from parameters import Array, Declared, Param

CLASSIFICATION, REGRESSION = "classification", "regression"
Labels = npt.NDArray[Any]
Examples = tuple[Array, Labels]
"""Inputs, shape (n, d), and labels, whole numbers of shape (n,), or targets, shape (n, k)."""
MOST_ROWS = 10_000
"""Rows of one's own data."""
MOST_CLASSES = 20


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples to learn from and to be tested on.

    Attributes:
        name: its title.
        x, test_x: the inputs, shape (n, d).
        y, test_y: the classes, whole numbers from 0, shape (n,); or the targets of a regression, shape (n, k).
        task: "classification" or "regression".
        classes: how many classes there are; 0 in a regression.
        labels: what the classes are called.
    """

    name: str
    x: Array = field(repr=False)
    y: Labels = field(repr=False)
    test_x: Array = field(repr=False)
    test_y: Labels = field(repr=False)
    task: str
    classes: int
    labels: tuple[str, ...] = ()

    @property
    def inputs(self) -> int:
        """The number of coordinates of an example, d."""
        columns: int = self.x.shape[1]
        return columns

    @property
    def outputs(self) -> int:
        """The outputs that a network needs for it: one for two classes or a target, else one for each class."""
        if self.task == REGRESSION:
            columns: int = self.y.shape[1]
            return columns
        return 1 if self.classes == 2 else self.classes

    @property
    def loss(self) -> str:
        """The loss that suits it: "logistic" for two classes, "softmax" for more, "squared" for targets."""
        return "squared" if self.task == REGRESSION else "logistic" if self.classes == 2 else "softmax"


class Source(Declared):
    """Where examples come from: a function that draws them.

    Args:
        name: its title; in code it is found by the same words in lower case, joined by "_".
        draw: called with a generator, how many examples there are to be and the other parameters; returns inputs of shape (n, d) and
            labels of shape (n,), or targets of shape (n, k).
        classes: how many classes there are; 0 for a regression.
        parameters: beside `n` and `test`, the numbers of examples to learn from and to test on.
        labels: what the classes are called.
        source: where it comes from.
        about: one line on what it is for.
        most: of how many different examples it consists, if there is a limit.
        n, test: how many there are by default.
    """

    takes_arrays = False

    def __init__(
        self,
        name: str,
        *,
        draw: Callable[..., Examples],
        classes: int,
        source: str,
        about: str,
        parameters: Sequence[Param] = (),
        labels: Sequence[str] = (),
        most: int = 0,
        n: int = 200,
        test: int = 200,
    ) -> None:
        limit = most or MOST_ROWS
        counts = [
            Param("n", n, max(2, classes), limit, slider=(10, min(limit, 1000)), help="Examples to learn from.", words="examples"),
            Param("test", test, max(2, classes), limit, slider=(10, min(limit, 1000)), help="Other examples, to test what was learnt."),
        ]
        super().__init__(name, [*counts, *parameters])
        self.classes, self.source, self.about = classes, source, about
        self.labels = tuple(labels) or tuple(map(str, range(classes)))
        self._draw, self._most = draw, most

    @property
    def definition(self) -> Hashable:
        """The function that draws the examples."""
        return self._draw.__module__, self._draw.__qualname__

    @property
    def most(self) -> int:
        """How many examples to learn from there can be, beside those to test on."""
        return self._most - int(np.asarray(self._values["test"])) if self._most else MOST_ROWS

    def make(self, seed: int = 0) -> Dataset:
        """The examples, drawn from a seed: those to test on from a stream of their own, so that their number changes nothing else.

        Raises:
            TypeError, ValueError: the seed is no whole number from 0, or more examples are asked for than there are.
        """
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
            raise TypeError(f"seed must be a whole number, not {seed!r}")
        if seed < 0:
            raise ValueError(f"seed is {seed}; choose 0 or more")
        n, test = (int(np.asarray(self._values[name])) for name in ("n", "test"))
        rest = {name: value for name, value in self._values.items() if name not in ("n", "test")}
        if self._most:
            if n + test > self._most:
                raise ValueError(
                    f"{self.name} has {self._most:,} examples, and {n:,} to learn from and {test:,} to test on are {n + test:,}; "
                    "choose fewer of either"
                )
            x, y = self._draw(_stream(seed, 0), n + test, **rest)
            (x, test_x), (y, test_y) = (x[:n], x[n:]), (y[:n], y[n:])
        else:
            (x, y), (test_x, test_y) = (self._draw(_stream(seed, part), count, **rest) for part, count in enumerate((n, test)))
        task = CLASSIFICATION if self.classes else REGRESSION
        return Dataset(self.name, x, y, test_x, test_y, task, self.classes, self.labels)


def _stream(seed: int, part: int) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([int(seed), part])))


def held_back(data: Dataset, share: float, seed: int) -> Dataset:
    """A data set whose examples to test on are a share of those to learn from, which are then fewer; its own to test on are left out.

    Args:
        data: the data set.
        share: of the examples to learn from, one at least.
        seed: chooses which.

    Raises:
        ValueError: nothing would be left to learn from.
    """
    count = len(data.x)
    tested = max(1, round(share * count))
    if tested >= count:
        raise ValueError(f"{share:g} of {count} examples to learn from are held back: none is left; take more examples")
    order = _stream(seed, 2).permutation(count)
    kept, back = np.sort(order[tested:]), np.sort(order[:tested])
    return replace(data, x=data.x[kept], y=data.y[kept], test_x=data.x[back], test_y=data.y[back])


def from_csv(text: str, *, name: str = "Own data", test_share: float = 0.2, seed: int = 0) -> Dataset:
    """One's own examples: a line an example, "x, y, label"; or "x, y" in a regression, where a curve is to go through them. The first line
    may hold headings; empty lines do not count; between the columns there may be semicolons or tabs, too.

    Args:
        text: the lines; the label is the name of a class, a number or a word. Classes are counted in the order of their names.
        name: its title.
        test_share: the share of the examples, chosen at random, that is kept for testing; with 0 they are tested on themselves.
        seed: chooses which.

    Raises:
        ValueError: a row is no example (the message names it), or there are too few or too many rows or classes.
    """
    if not 0 <= test_share < 1:
        raise ValueError(f"test_share is {test_share}; choose a share from 0 to below 1")
    lines = csv.reader(io.StringIO(text), delimiter=_separator(text))
    rows = [(number, row) for number, row in enumerate(lines, 1) if any(cell.strip() for cell in row)]
    if rows and _is_heading(rows[0][1]):
        rows = rows[1:]
    if len(rows) > MOST_ROWS:
        raise ValueError(f"the data have {len(rows):,} rows; at most {MOST_ROWS:,} can be used, so leave some out")
    if rows and len(rows[0][1]) == 2:
        points = np.array([_numbers(number, row, "x, y") for number, row in rows])
        if len(points) < 2:
            raise ValueError("the data have only one row; a curve needs two or more")
        chosen, tested = _parts(len(points), test_share, seed)
        x, y = points[:, :1], points[:, 1:]
        return Dataset(name, x[chosen], y[chosen], x[tested], y[tested], REGRESSION, 0)
    read = [_example(number, row) for number, row in rows]
    names = sorted({label for _, label in read}, key=lambda label: (not _is_number(label), float(label) if _is_number(label) else 0, label))
    if len(names) < 2:
        raise ValueError(f"the data have {'only one class, ' + repr(names[0]) if names else 'no rows'}; there must be two classes or more")
    if len(names) > MOST_CLASSES:
        raise ValueError(f"the data have {len(names)} classes; at most {MOST_CLASSES} can be used. The label is the third column")
    x = np.array([point for point, _ in read])
    y = np.array([names.index(label) for _, label in read])
    chosen, tested = _parts(len(y), test_share, seed)
    return Dataset(name, x[chosen], y[chosen], x[tested], y[tested], CLASSIFICATION, len(names), tuple(names))


def _parts(count: int, test_share: float, seed: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Which of so many rows are to learn from, and which to test on: all of them where none is kept for that."""
    order = _stream(seed, 0).permutation(count)
    kept = count - round(test_share * count)
    return np.sort(order[:kept]), np.sort(order[kept:]) if kept < count else np.arange(count)


def _separator(text: str) -> str:
    """What stands between the columns, of which there are three or two: commas, or the semicolons or tabs that spreadsheets write."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return next((mark for between in (2, 1) for mark in ",;\t" if first.count(mark) == between), ",")


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def _is_heading(row: Sequence[str]) -> bool:
    return len(row) in (2, 3) and not any(_is_number(cell) for cell in row[:2])


def _example(number: int, row: Sequence[str]) -> tuple[tuple[float, float], str]:
    x, y = _numbers(number, row, "x, y, label")
    if not (label := row[2].strip()):
        raise ValueError(f"row {number} ({', '.join(cell.strip() for cell in row)}) has no label")
    return (x, y), label


def _numbers(number: int, row: Sequence[str], form: str) -> tuple[float, float]:
    """The two numbers that a row of that form begins with."""
    cells = [cell.strip() for cell in row]
    written = ", ".join(cells)
    if len(cells) != len(form.split(", ")):
        raise ValueError(f"row {number} ({written}) has {len(cells)} column{'s' * (len(cells) != 1)}; each row must be: {form}")
    for what, cell in zip(("x", "y"), cells, strict=False):
        if not _is_number(cell) or abs(float(cell)) > 1e6:
            raise ValueError(f"row {number} ({written}): {what} is {cell!r}; it must be a number between -1,000,000 and 1,000,000")
    return float(cells[0]), float(cells[1])
