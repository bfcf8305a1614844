"""A landscape that no formula gives: a loss that is computed, as that of a network on a plane through its weights."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property, partial
from typing import Any, NoReturn, Protocol

import numpy as np
import numpy.typing as npt

from formulas.program import Call
from landscapes.landscape import Landscape
from landscapes.window import Window, check_window
from parameters import Array, Declared

_SECOND = ("dxx", "dxy", "dyy")


class Computed(Protocol):
    """What computes a loss of two coordinates, at many points at once."""

    def value(self, points: npt.ArrayLike) -> Array:
        """The losses at points of shape (2, N): shape (N,)."""

    def gradient(self, points: npt.ArrayLike) -> Array:
        """The slopes there: shape (2, N)."""

    def value_and_gradient(self, points: npt.ArrayLike) -> tuple[Array, Array]:
        """Losses and slopes there: shapes (N,) and (2, N)."""

    def hessian(self, points: npt.ArrayLike) -> Array:
        """Second derivatives there: shape (2, 2, N)."""


class ComputedLandscape(Landscape):
    """A landscape of a loss that is computed: everything that races on landscapes races on it.

    Args:
        name: its title.
        of: computes it.
        identity: tells it from others; two with the same name, window and identity are the same landscape.
        window: what is shown of it.
        start: where a trajectory starts if nothing else is said.
        about: one line that says what it shows.
        source: where it comes from.
        axes: what its two coordinates are called.
        fineness: points along each side that are affordable where the whole window is looked at, for pictures and for the search for
            stationary points.
        in_browser: what gives the same loss in the browser, as plain data and arrays (`PlaneBlock` of js/types.d.ts).
        program: what the browser computes whole races on it by, likewise (`PlaneProgram`); None where that would take it too long.

    Its minima and saddles are looked for from a grid, so that some may be missing.

    Attributes:
        costly: whether searches are to ask only about those points that have moved; see `simulation.chunk`.
    """

    costly = True

    def __init__(
        self,
        name: str,
        of: Computed,
        *,
        identity: Hashable,
        window: Window,
        start: tuple[float, float],
        about: str = "",
        source: str = "",
        axes: tuple[str, str] = ("x", "y"),
        fineness: int = 96,
        in_browser: Callable[[], dict[str, Any]] | None = None,
        program: Callable[[], dict[str, Any]] | None = None,
    ) -> None:
        Declared.__init__(self, name, ())  # and not Landscape's, which reads a formula
        self.formula, self.kind, self.about, self.source, self.unbounded = "", "computed", about, source, False
        self.window, self.axes, self.fineness = check_window(window, name), axes, fineness
        self._facts, self._penalty, self._start = {"minima": (), "saddles": ()}, {}, start
        self._of, self._told, self._in_browser, self._program = of, identity, in_browser, program

    @property
    def definition(self) -> Hashable:
        """What tells it from others."""
        return self._told, self.window

    @property
    def facts_hold(self) -> bool:
        """Nothing is declared of it."""
        return False

    @property
    def always_finite(self) -> bool:
        """Whether it is certain to be finite where x and y are of ordinary size; see `simulation.Objective`."""
        return True

    def evaluate(self, wanted: tuple[str, ...], points: npt.ArrayLike) -> Array:
        """Several quantities at once; see `Surface.evaluate`. Second derivatives are differences of slopes."""
        given = np.ascontiguousarray(points, dtype=np.float64)
        found: dict[str, Array] = {}
        with np.errstate(all="ignore"):
            if {"dx", "dy"} & set(wanted):
                if "value" in wanted:
                    found["value"], (found["dx"], found["dy"]) = self._of.value_and_gradient(given)
                else:
                    found["dx"], found["dy"] = self._of.gradient(given)
            elif "value" in wanted:
                found["value"] = self._of.value(given)
            if set(_SECOND) & set(wanted):
                found |= dict(zip(_SECOND, self._of.hessian(given)[[0, 0, 1], [0, 1, 1]], strict=True))
        return np.stack([found[name] for name in wanted])

    def bind(
        self,
        points: Array,
        lanes: slice | npt.NDArray[np.intp] = slice(None),
        *,
        value: Array | None = None,
        gradient: Array | None = None,
        hessian: Array | None = None,
    ) -> list[Call]:
        """The calls that compute them in place; see `simulation.Objective`."""
        rows = {"value": value, **_rows(("dx", "dy"), gradient), **_rows(_SECOND, hessian)}
        wanted = {name: row for name, row in rows.items() if row is not None}
        return [(partial(self._write, points, wanted), ())] if wanted else []

    def _write(self, points: Array, wanted: dict[str, Array]) -> None:
        for row, computed in zip(wanted.values(), self.evaluate(tuple(wanted), points), strict=True):
            row[:] = computed

    def penalized(self, **strengths: Any) -> NoReturn:
        """A race's penalties are of x and y, which mean nothing by themselves here.

        Raises:
            ValueError: always.
        """
        raise ValueError(f"{self.name}: its coordinates are no weights, so that penalties of them mean nothing; leave l1 and l2 at 0")

    def program_as_data(self) -> dict[str, Any]:
        """There is no formula.

        Raises:
            ValueError: always.
        """
        raise ValueError(f"{self.name}: no formula gives it; see in_browser()")

    @cached_property
    def program(self) -> dict[str, Any] | None:
        """What the browser computes races on it by; None where Python alone does."""
        return self._program() if self._program else None

    def in_browser(self) -> dict[str, Any]:
        """What gives the same loss in the browser; where nothing is given, it reads between the points of a grid."""
        return self._in_browser() if self._in_browser else {}


def _rows(names: tuple[str, ...], array: Array | None) -> dict[str, Array | None]:
    return dict.fromkeys(names) if array is None else dict(zip(names, array, strict=True))
