"""A landscape: a surface, and the facts known about it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import cached_property

import numpy as np

from formulas import evaluate, parse
from landscapes.kinks import kink_minima
from landscapes.stationary import stationary_points
from landscapes.surface import Surface
from landscapes.window import Window, grid
from parameters import Param

Point = tuple[float, float, float]
"""A point of the surface: x, y and the loss there."""
Fact = tuple[float | str, float | str]
"""Where a declared point lies. Numbers hold at the default parameters; formulas in the parameters hold for all of them."""

KINDS = ("bowl", "ravine", "saddle", "local minima", "plateau")
OWN_FORMULA = "own formula"
"""The kind of a landscape that a user wrote."""


class Landscape(Surface):
    """A surface to descend: value, exact gradient, exact Hessian and LaTeX, all from one formula.

    Args:
        name: its title ("Three-hump camel"); in code it is found by the same words in lower case, joined by "_".
        formula: a text in x, y and the parameters' names.
        window: ((x0, x1), (y0, y1)), what is shown of it.
        kind: the difficulty that it shows: "ravine", "saddle", "local minima" or "plateau"; "bowl" if none.
        start: where a trajectory starts if nothing else is said; found from the formula if not given.
        parameters: the numbers in the formula that can be set.
        minima, saddles: where they are known to lie, as pairs of numbers (true at the default parameters) or of formulas in the
            parameters (true for all of them). All points of a curve of minima need not be listed.
        source: where the surface comes from.
        about: one line that says what it shows.
        unbounded: whether it has no lowest value, so that trajectories leave the window.
        ellipse: where its level lines are ellipses whose shape can be set, the names of the parameters for that: how many times as much it
            curves across its long axis as along it, and the angle from the x axis to the long one, in degrees.

    Raises:
        FormulaError: the formula cannot be used.
        ValueError: the window, the kind or a parameter's name cannot be used.

    Attributes:
        axes: what its two coordinates are called.
    """

    axes: tuple[str, str] = ("x", "y")

    def __init__(
        self,
        name: str,
        *,
        formula: str,
        window: Window,
        kind: str = OWN_FORMULA,
        start: tuple[float, float] | None = None,
        parameters: Iterable[Param] = (),
        minima: Sequence[Fact] = (),
        saddles: Sequence[Fact] = (),
        source: str = "",
        about: str = "",
        unbounded: bool = False,
        ellipse: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(name, formula=formula, window=window, parameters=parameters)
        self.kind, self.source, self.about, self.unbounded = kind, source, about, unbounded
        if kind not in (*KINDS, OWN_FORMULA):
            raise ValueError(f"{name}: the kind {kind!r} is none of {', '.join(KINDS)}")
        self.ellipse = ellipse
        if missing := set(ellipse or ()) - {parameter.name for parameter in self.parameters}:
            raise ValueError(f"{name}: the ellipse is set by {', '.join(sorted(missing))}, which are no parameters of it")
        self._facts = {"minima": tuple(minima), "saddles": tuple(saddles)}
        self._start = start

    @property
    def definition(self) -> Hashable:
        """The formula, the window and the start."""
        return super().definition, self._start

    @property
    def start(self) -> tuple[float, float]:
        """Where a trajectory starts if nothing else is said."""
        return self._start or self._found_start

    @cached_property
    def _found_start(self) -> tuple[float, float]:
        """A high but not extreme point inside the window, so that there is something to descend."""
        for n, edge in ((9, 1), (64, 0)):  # the finer grid for a surface that has a value in a small part of the window only
            points = grid(self.window, n).reshape(2, n, n)[:, edge : n - edge, edge : n - edge].reshape(2, -1)
            losses = self.value(points)
            finite = np.flatnonzero(np.isfinite(losses))
            if finite.size:
                break
        chosen = finite[np.argsort(losses[finite], kind="stable")[int(0.85 * (finite.size - 1))]]
        return float(points[0, chosen]), float(points[1, chosen])

    @cached_property
    def minima(self) -> tuple[Point, ...]:
        """The known minima as (x, y, value): the declared ones where they hold, otherwise found in the window, lowest first."""
        return self._points("minima", "minimum")

    @cached_property
    def saddles(self) -> tuple[Point, ...]:
        """The known saddle points as (x, y, value): the declared ones where they hold, otherwise found in the window, lowest first."""
        return self._points("saddles", "saddle")

    @cached_property
    def facts_hold(self) -> bool:
        """Whether the declared minima and saddles hold for these parameters and penalties, so that they need not be searched for."""
        if self._penalty or self.kind == OWN_FORMULA:
            return False
        general = all(isinstance(part, str) for facts in self._facts.values() for fact in facts for part in fact)
        return general or all(np.all(self._values[parameter.name] == parameter.default) for parameter in self.parameters)

    def _points(self, which: str, kind: str) -> tuple[Point, ...]:
        if self.per_lane:
            raise ValueError(f"{self.name}: stationary points need one value for each parameter, not an array of them")
        if not self.facts_hold:
            found = [(point.x, point.y, point.value) for point in stationary_points(self) if point.kind == kind]
            if kind == "minimum":
                found += kink_minima(self, np.array(found).reshape(-1, 3).T[:2])
            return tuple(sorted(found, key=lambda point: point[2]))
        names = [parameter.name for parameter in self.parameters]
        points = [
            [float(evaluate(parse(part, names), self.formula_values)) if isinstance(part, str) else float(part) for part in fact]
            for fact in self._facts[which]
        ]
        if not points:
            return ()
        values = self.value(np.array(points).T)
        return tuple((x, y, float(value)) for (x, y), value in zip(points, values, strict=True))
