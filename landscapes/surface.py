"""A surface: a loss in two coordinates from a formula in x and y with named parameters, exact to the second derivative."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from formulas import FormulaError, Tree, latex, names_in, parse
from formulas.functions import FUNCTIONS
from formulas.program import Bound, Program
from formulas.program import Call as Routine
from formulas.repair import completion_of
from formulas.syntax import constant_value
from formulas.tree import CONSTANTS, Call, Name, Operation, walk
from landscapes.window import Window, check_window
from parameters import Array, Declared, Param, Value, fill

BLOCK = 8192
"""Points computed at a time, so that the scratch arrays stay in the processor's cache."""
PENALTIES = (
    Param("l1", 0.0, 0.0, 1e6, slider=(0.0, 5.0), symbol=r"\lambda_1", help="Adds l1 (|x| + |y|): pulls both coordinates to exactly 0."),
    Param("l2", 0.0, 0.0, 1e6, slider=(0.0, 5.0), symbol=r"\lambda_2", help="Adds l2 (x² + y²)/2: pulls the minimum towards the origin."),
)
"""Regularization, which any landscape can be given."""


class Surface(Declared):
    """A loss in x and y: value, exact gradient, exact Hessian and LaTeX, all from one formula.

    Args:
        name: its title ("Three-hump camel").
        formula: a text in x, y and the parameters' names.
        window: ((x0, x1), (y0, y1)), what is shown of it.
        parameters: the numbers in the formula that can be set.

    Raises:
        FormulaError: the formula cannot be used.
        ValueError: the window or a parameter's name cannot be used.
    """

    dimension = 2
    fineness = 0
    """Points along each side that are affordable where the whole window is looked at; 0 where any number is."""

    def __init__(self, name: str, *, formula: str, window: Window, parameters: Iterable[Param] = ()) -> None:
        super().__init__(name, parameters)
        self.formula = formula
        self.window = check_window(window, name)
        names = [parameter.name for parameter in self.parameters]
        for reserved in {"x", "y", *CONSTANTS}.intersection(names):
            raise FormulaError(f"a parameter cannot be called {reserved!r}, which has a meaning of its own; choose another name")
        self.tree = parse(formula, ("x", "y", *names))
        for unused in set(names) - names_in(self.tree):
            raise FormulaError(f"the parameter {unused!r} does not appear in the formula; use it or leave it out")
        self._penalty: dict[str, Value] = {}
        self._local = threading.local()

    @property
    def settings(self) -> Mapping[str, Value]:
        """Its parameters' values and the strengths of its penalties by name, numbers or arrays of shape (N,)."""
        return {**self._values, **self._penalty}

    @property
    def definition(self) -> Hashable:
        """The formula and the window."""
        return self.formula, self.window

    @property
    def penalty(self) -> Mapping[str, Value]:
        """The strengths of the penalties that were added ("l1", "l2"), those that are not zero."""
        return dict(self._penalty)

    def penalized(self, **strengths: Any) -> Self:
        """The same landscape with an L1 or L2 penalty (regularization) of the given strength added, in place of any it had.

        `l1` adds l1 (|x| + |y|), `l2` adds l2 (x² + y²)/2, whose gradient is that of weight decay. Strengths may be arrays of shape (N,).
        The declared stationary points no longer hold; they are found anew.
        """
        checked = fill(PENALTIES, strengths, self.name)
        return self._changed(_penalty={name: value for name, value in checked.items() if np.any(value)})

    def _changed(self, **attributes: Any) -> Self:
        return super()._changed(**attributes, _local=threading.local())

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_local"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _local=threading.local())

    def value(self, points: npt.ArrayLike) -> Array:
        """The loss at points of shape (2, N): an array of shape (N,).

        Raises:
            ValueError: the points have another shape, or not as many as a parameter has values.
        """
        values: Array = self.evaluate(("value",), points)[0]
        return values

    def gradient(self, points: npt.ArrayLike) -> Array:
        """The exact gradient at points of shape (2, N): an array of shape (2, N). Errors as for `value`."""
        return self.evaluate(("dx", "dy"), points)

    def hessian(self, points: npt.ArrayLike) -> Array:
        """The exact Hessian at points of shape (2, N): an array of shape (2, 2, N). Errors as for `value`."""
        dxx, dxy, dyy = self.evaluate(("dxx", "dxy", "dyy"), points)
        return np.stack([np.stack([dxx, dxy]), np.stack([dxy, dyy])])

    def evaluate(self, wanted: tuple[str, ...], points: npt.ArrayLike) -> Array:
        """Several quantities at once; what their formulas have in common is computed once.

        Args:
            wanted: names among "value", "dx", "dy", "dxx", "dxy", "dyy".
            points: shape (2, N).

        Returns:
            An array of shape (len(wanted), N).
        """
        x, y = _check_points(points)
        self.check_lanes(x.size, "points")
        result = np.empty((len(wanted), x.size))
        for first in range(0, x.size, BLOCK):
            part = slice(first, min(first + BLOCK, x.size))
            bound = self._cached_bound(wanted, part)
            for name, array in zip(("x", "y", *wanted), (x, y, *result), strict=True):
                bound.rebind(name, array[part])
            bound.run()
        return result

    def _cached_bound(self, wanted: tuple[str, ...], part: slice) -> Bound:
        """A bound program of this thread's own, kept for the next call with as many points."""
        kept: dict[Any, Bound] = self._local.__dict__
        key = (wanted, part.stop - part.start) + ((part.start,) if self.per_lane else ())
        if str(key) not in kept:
            if len(kept) >= 8:
                kept.clear()
            nothing = np.empty(part.stop - part.start)
            kept[str(key)] = self.bind_arrays(dict.fromkeys(("x", "y", *wanted), nothing), part)
        return kept[str(key)]

    def bind(
        self,
        points: Array,
        lanes: slice | npt.NDArray[np.intp] = slice(None),
        *,
        value: Array | None = None,
        gradient: Array | None = None,
        hessian: Array | None = None,
    ) -> list[Routine]:
        """What has to be called to compute some quantities in place, for callers with a loop of their own; see `simulation.objective`.

        Args:
            points: where, shape (2, N); the calls read it anew each time.
            lanes: which of the values of a parameter that has one for each trajectory.
            value, gradient, hessian: what to write into, shapes (N,), (2, N) and (3, N) (rows xx, xy, yy); what is None is not computed.
        """
        arrays = {"x": points[0], "y": points[1]}
        if gradient is not None:
            arrays |= {"dx": gradient[0], "dy": gradient[1]}
        if hessian is not None:
            arrays |= {"dxx": hessian[0], "dxy": hessian[1], "dyy": hessian[2]}
        if value is not None:
            arrays["value"] = value
        return self.bind_arrays(arrays, lanes).calls

    def bind_arrays(self, arrays: Mapping[str, Array], lanes: slice | npt.NDArray[np.intp] = slice(None)) -> Bound:
        """The compiled program on given arrays.

        Args:
            arrays: the array of "x", of "y" and of each quantity wanted, all of one length.
            lanes: which of the values of a parameter that has one for each trajectory.
        """
        wanted = tuple(name for name in arrays if name not in ("x", "y"))
        values = {name: value[lanes] if isinstance(value, np.ndarray) else value for name, value in self.formula_values.items()}
        return self.compiled(wanted).bind({"vector": arrays["x"].size}, arrays, values)

    def program_as_data(self) -> dict[str, Any]:
        """Value, gradient and Hessian at one point as plain data for an interpreter in another language; see `Program.as_data`.

        Raises:
            ValueError: a parameter has a value for each trajectory.
        """
        if self.per_lane:
            raise ValueError(f"{self.name}: a program for one point needs one value for each parameter, not an array of them")
        wanted = ("value", "dx", "dy", "dxx", "dxy", "dyy")
        return self.compiled(wanted).as_data({name: float(value) for name, value in self.formula_values.items()})

    @cached_property
    def formula_values(self) -> dict[str, Value]:
        """What the formula's names stand for, in the formula's own units."""
        units = {parameter.name: parameter.unit_value for parameter in self.parameters}
        return {name: value if units[name] == 1 else value * units[name] for name, value in self._values.items()} | {
            _PENALTY_NAMES[name]: value for name, value in self._penalty.items()
        }

    @cached_property
    def always_finite(self) -> bool:
        """Whether the loss is certain to be finite where x and y are of ordinary size: no division, root or exponential can fail there."""
        return not any(_may_lack_a_value(node) for node in walk(self.tree))

    def compiled(self, wanted: tuple[str, ...]) -> Program:
        """The program that computes some quantities; one for all landscapes that differ in the values of their parameters only."""
        literal = tuple(
            (name, float(value)) for name, value in self.formula_values.items() if isinstance(value, float | int) and value in (0, 1)
        )
        return _compile(self.formula, tuple(parameter.name for parameter in self.parameters), tuple(self._penalty), literal, wanted)

    @cached_property
    def penalized_tree(self) -> Tree:
        """The formula with any penalty added, whose strength is then called "penalty l1" or "penalty l2" in it."""
        return _with_penalties(self.tree, self._penalty)

    @cached_property
    def latex(self) -> str:
        """The formula in LaTeX, as its author wrote it, with any penalty."""
        symbols = {parameter.name: parameter.symbol for parameter in self.parameters if parameter.symbol}
        return latex(self.penalized_tree, symbols | {_PENALTY_NAMES[parameter.name]: str(parameter.symbol) for parameter in PENALTIES})


_PENALTY_NAMES = {"l1": "penalty l1", "l2": "penalty l2"}  # no user's name has a space in it
_PENALTY_TREES = {"l1": parse("abs(x) + abs(y)", "xy"), "l2": parse("(x**2 + y**2)/2", "xy")}


def _with_penalties(tree: Tree, penalties: Iterable[str]) -> Tree:
    for name in penalties:
        tree = Operation("+", (tree, Operation("*", (Name(_PENALTY_NAMES[name], 0), _PENALTY_TREES[name]), 0)), 0)
    return tree


@lru_cache(maxsize=256)  # by the text: to compare two trees recurses deeper than Python's stack allows
def _compile(
    formula: str, parameters: tuple[str, ...], penalties: tuple[str, ...], literal: tuple[tuple[str, float], ...], wanted: tuple[str, ...]
) -> Program:
    graph, nodes = _differentiate(formula, parameters, penalties, literal)
    tree = _with_penalties(parse(formula, ("x", "y", *parameters)), penalties)
    own = {name: nodes[name] for name in wanted}
    return Program(graph, own, repair=completion_of(tree, graph, own))


@lru_cache(maxsize=64)
def _differentiate(formula: str, parameters: tuple[str, ...], penalties: tuple[str, ...], literal: tuple[tuple[str, float], ...]) -> Any:
    from formulas.derivatives import differentiate  # imports SymPy, which takes half a second and is not needed before

    tree = _with_penalties(parse(formula, ("x", "y", *parameters)), penalties)
    return differentiate(tree, (*parameters, *(_PENALTY_NAMES[name] for name in penalties)), dict(literal))


def _may_lack_a_value(node: Tree) -> bool:
    match node:
        case Call(function):
            return FUNCTIONS[function].partial
        case Operation("/", (_, divisor)):
            return constant_value(divisor) is None and bool(names_in(divisor) & {"x", "y"})
        case Operation("**", (_, exponent)):
            value = constant_value(exponent)
            return value is None or value < 0 or value != int(value)
    return False


def _check_points(points: npt.ArrayLike) -> Array:
    array = np.asarray(points, dtype=np.float64)
    if array.ndim != 2 or array.shape[0] != 2:
        raise ValueError(f"points must have the shape (2, N): row 0 holds x, row 1 holds y; these have {array.shape}")
    return np.ascontiguousarray(array)
