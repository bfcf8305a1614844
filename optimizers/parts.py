"""A step taken apart: the vectors whose sum is the move, found in the step's equations alone.

What changes its sign when its axis is turned round is *directed*: a gradient, a velocity, the point itself. Squares, roots and rates are
*sizes*. An update rule adds directed things and multiplies them by sizes. So with all lines put into one another the new point is a sum
over the directed things that the step did not make itself: the gradients it asked for, the velocities it kept, the point, each times a size
for each axis. What is directed but no such sum (a sign, Newton's step) stays whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from formulas import Tree, evaluate, names_in
from formulas.evaluate import apply
from formulas.functions import FUNCTIONS
from formulas.tree import Call, Name, Number, Operation, walk
from optimizers import update_rules
from optimizers.optimizer import Optimizer
from optimizers.update_rules import Transform
from parameters import Array

POINT = "x"
_ALL = {**FUNCTIONS, **update_rules.FUNCTIONS}
_AXES = np.eye(2)
_ROUNDING = 8 * np.finfo(float).eps
"""Weights of points whose sum is so near to 1 sum to 1."""

Sum = dict[Tree, Any]
"""A directed quantity as a sum: each source with its factor, a number or an array of shape (N,) or (d, N)."""


@dataclass(frozen=True, eq=False)
class Part:
    """One of the vectors whose sum is the move.

    Attributes:
        source: what it comes from: a call ("gradient(y)"), or the name of an old state or of the point.
        role: "kept" of a state, "gradient", "call" (of another function: a sign, Newton's step), "towards" another point that is kept, or
            "shrink": of the point itself, towards the origin (weight decay).
        line: the index of the statement in which the source first appears.
        vectors: shape (d, N).
        at: for a gradient taken elsewhere than at the point, where, shape (d, N).
        at_tree: the formula for that point.
        matrix: for a call that multiplies a vector by a symmetric matrix, that matrix as xx, xy, yy, shape (3, N).
        product: of the two, shape (d, N). Its negative leads to where a parabola with the inverse matrix as curvature has no slope.
    """

    source: Tree
    role: str
    line: int
    vectors: Array
    at: Array | None = None
    at_tree: Tree | None = None
    matrix: Array | None = None
    product: Array | None = None


@dataclass(frozen=True, eq=False)
class Anatomy:
    """Steps taken apart, N of them.

    Attributes:
        before: the point and every state before the step, by name: numbers or arrays of N columns.
        values: what each statement gives, in order, likewise.
        sources: the values of the calls that the move, or a term of it, is a sum of.
        candidates: what the equations make parts of the move, those that are zero among them.
        sums: for each statement that is directed the sources that the equations make it a sum of, with their factors, else nothing.
    """

    before: Mapping[str, Any]
    values: tuple[Any, ...]
    sources: Mapping[Tree, Any]
    candidates: tuple[Part, ...]
    sums: tuple[Sum, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """The vectors whose sum is the move, those that are zero in all steps left out."""
        return tuple(part for part in self.candidates if np.any(part.vectors))

    @property
    def move(self) -> Array:
        """The sum of the parts, shape (d, N)."""
        total: Array = sum((part.vectors for part in self.parts), np.zeros_like(self.before[POINT]))
        return total


def take_apart(
    optimizer: Optimizer, before: Mapping[str, Array], t: npt.ArrayLike, oracles: Mapping[str, Callable[..., Array]], factors: Array
) -> Anatomy:
    """Take steps apart, each on its own: N of them, of any trajectories and at any time.

    Args:
        optimizer: its equations.
        before: the point "x" and every state before the step, shape (d, N) or (3, N).
        t: the number of each step, from 1, shape (N,).
        oracles: as for `Optimizer.terms`.
        factors: what the learning rate is multiplied by, by the schedule and where it changes in mid-run, shape (N,).
    """
    values = {**optimizer.values, "t": np.asarray(t, dtype=float)}
    if "lr" in values:
        values["lr"] = values["lr"] * factors
    with np.errstate(all="ignore"):
        return anatomy_of(optimizer, before, values, update_rules.on_rows(oracles, len(before[POINT])))


def anatomy_of(
    optimizer: Optimizer,
    before: Mapping[str, Any],
    values: Mapping[str, Any],
    functions: Mapping[str, Callable[..., Any]],
    operate: Callable[[Operation | Call, list[Any]], Any] = apply,
) -> Anatomy:
    """Take steps apart by whatever calculates as arrays do: by arrays, or by what writes down how it would be done (tape/anatomy.py).

    Args:
        optimizer: its equations.
        before: the point "x" and every state before the step, by name.
        values: the hyper-parameters by name, the learning rate as it is in the step, and "t", the step's number.
        functions: those of `update_rules.FUNCTIONS`.
        operate: what does all other operations, as for `formulas.evaluate`.
    """
    return _Sums(optimizer, {**values, **before}, functions, operate).anatomy(before)


def directed_names(optimizer: Optimizer) -> frozenset[str]:
    """Which of the names in a step are directed: the point, and those states and terms that are sums of directed things."""
    known: dict[str, bool | None] = dict.fromkeys(optimizer.values, False)
    known |= {name: None if initial in ("0", "none") else name in optimizer.points for name, initial in optimizer.state.items()}
    known |= {POINT: True, "t": False}
    for _ in range(len(optimizer.state) + 1):  # a state that starts at zero is known by what it becomes, maybe through others
        for line in optimizer.statements:
            known[line.name] = _directed(line.tree, known)
    return frozenset(name for name, answer in known.items() if answer)


def vector_names(optimizer: Optimizer) -> frozenset[str]:
    """Which of the names in a step differ from axis to axis; the rest depend on the step's number alone."""
    found = {POINT, *optimizer.pointwise}
    for _ in range(len(optimizer.state) + 1):
        for line in optimizer.statements:
            if names_in(line.tree) & found:
                found.add(line.name)
    return frozenset(found)


def _directed(tree: Tree, known: Mapping[str, bool | None]) -> bool | None:
    """Whether a formula is directed; None where it may be either: zero, or a state not known yet."""
    match tree:
        case Number(value=value):
            return None if value == 0 else False
        case Name(name):
            return known.get(name, False)
        case Operation("**"):
            return False
        case Operation("*" | "/", (a, b)):
            first, second = _directed(a, known), _directed(b, known)
            return None if first is None or second is None else first != second
        case Operation(_, operands) | Call("choose", (_, *operands)):
            answers = [_directed(operand, known) for operand in operands]
            return next((answer for answer in answers if answer is not None), None)
        case Call(function, operands):
            index = _odd_argument(function)
            return _directed(operands[index], known) if index is not None else False
    raise AssertionError(f"{tree} is no formula")


def _odd_argument(function: str) -> int | None:
    """The index of the argument in which a function is odd, None where there is none."""
    declared = _ALL[function]
    return declared.arguments.index(declared.odd_in) if declared.odd_in else None


class _Sums:
    """The statements of a step, in order, each directed one as a sum over sources.

    Attributes:
        names: the values of all names, those assigned so far among them.
        sums: of the directed names assigned so far.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        names: dict[str, Any],
        functions: Mapping[str, Callable[..., Any]],
        operate: Callable[[Operation | Call, list[Any]], Any],
    ) -> None:
        self.optimizer, self.names, self.functions, self.operate = optimizer, names, functions, operate
        self.directed = directed_names(optimizer)
        self.sums: dict[str, Sum] = {}
        self.sources: dict[Tree, Any] = {}
        self.first: dict[Tree, int] = {}
        self.gradients_at: dict[Tree, Array] = {}
        self.matrices: dict[Tree, Array] = {}
        self.line = 0

    def anatomy(self, before: Mapping[str, Any]) -> Anatomy:
        values, sums = [], []
        for line, statement in enumerate(self.optimizer.statements):
            self.line = line
            total = self.sum_of(statement.tree) if statement.name in self.directed else {}
            self.names[statement.name] = self.value(statement.tree)
            self.sums[statement.name] = total
            values.append(self.names[statement.name])
            sums.append(total)
        calls: dict[Tree, Any] = {source: value for source, value in self.sources.items() if isinstance(source, Call)}
        return Anatomy(before, tuple(values), calls, tuple(self.candidates(before)), tuple(sums))

    def value(self, tree: Tree) -> Any:
        return evaluate(tree, self.names, self.functions, self.operate)

    def sum_of(self, tree: Tree) -> Sum:
        """A directed formula as a sum."""
        match tree:
            case Number():
                return {}
            case Name(name):
                return self.sums[name] if name in self.sums else self.source(tree)
            case Operation("-", (inner,)):
                return _times(self.sum_of(inner), -1.0)
            case Operation("+" | "-", (a, b)):
                return _added(self.sum_of(a), _times(self.sum_of(b), 1.0 if tree.symbol == "+" else -1.0))
            case Operation("*", (a, b)) if self.is_directed(a):
                return _times(self.sum_of(a), self.value(b))
            case Operation("*", (a, b)):
                return _times(self.sum_of(b), self.value(a))
            case Operation("/", (a, b)) if self.is_directed(a):
                divisor = self.value(b)
                return {source: factor / divisor for source, factor in self.sum_of(a).items()}
            case Call("choose", (condition, a, b)):
                chosen = np.where(self.value(condition) > 0, 1.0, 0.0)
                return _added(_times(self.sum_of(a), chosen), _times(self.sum_of(b), 1.0 - chosen))
        return self.source(tree)

    def is_directed(self, tree: Tree) -> bool:
        known = dict.fromkeys(self.names, False) | dict.fromkeys(self.directed, True)
        return bool(_directed(tree, known))

    def source(self, tree: Tree) -> Sum:
        """Something directed that is not parted further, recorded with the line in which it appears first."""
        if tree not in self.sources:
            self.sources[tree], self.first[tree] = self.value(tree), self.line
            if isinstance(tree, Call) and tree.function == "gradient":
                self.gradients_at[tree] = self.value(tree.operands[0])
            elif isinstance(tree, Call) and isinstance(_ALL[tree.function], Transform) and len(self.names[POINT]) == len(_AXES):
                self.matrices[tree] = self.matrix(tree)
        return {tree: 1.0}

    def matrix(self, call: Call) -> Array:
        """The matrix that a linear function multiplies its vector by, in two dimensions: its columns are what it makes of the axes."""
        index = _odd_argument(call.function)
        assert index is not None, "a function of something directed is odd in it"
        count = self.names[POINT].shape[1]
        columns = []
        for axis in _AXES:
            operands = [self.value(operand) for operand in call.operands]
            operands[index] = np.repeat(axis[:, None], count, axis=1)
            columns.append(self.functions[call.function](*operands))
        return np.stack([columns[0][0], columns[0][1], columns[1][1]])

    def candidates(self, before: Mapping[str, Any]) -> list[Part]:
        """What may be a part of the move: what was kept, then gradients and calls, then what shrinks the point."""
        point = before[POINT]
        total = self.sums[POINT]
        weights = {source: factor for source, factor in total.items() if self.is_point(source)}
        rest = sum(weights.values()) - 1.0
        found = [self.part(source, factor, point) for source, factor in total.items() if source != Name(POINT, 0)]
        found.sort(key=lambda part: ("kept", "towards", "gradient", "call").index(part.role))
        shrinking = np.where(np.abs(rest) > _ROUNDING, rest, 0.0) * point
        found.append(Part(Name(POINT, 0), "shrink", self.first.get(Name(POINT, 0), 0), shrinking))
        return found

    def is_point(self, source: Tree) -> bool:
        return isinstance(source, Name) and (source.name == POINT or source.name in self.optimizer.points)

    def part(self, source: Tree, factor: Any, point: Array) -> Part:
        line, value = self.first[source], self.sources[source]
        if self.is_point(source):
            return Part(source, "towards", line, factor * (value - point))
        vectors = np.broadcast_to(factor * value, point.shape)
        if not isinstance(source, Call):
            return Part(source, "kept", line, vectors)
        if source.function != "gradient":
            matrix = self.matrices.get(source)
            return Part(source, "call", line, vectors, matrix=matrix, product=value if matrix is not None else None)
        looks_ahead = source.operands[0] != Name(POINT, 0)
        at = (self.gradients_at[source], source.operands[0]) if looks_ahead else (None, None)
        return Part(source, "gradient", line, vectors, *at)


def _times(total: Sum, factor: Any) -> Sum:
    return {source: own * factor for source, own in total.items()}


def _added(a: Sum, b: Sum) -> Sum:
    return {source: a.get(source, 0.0) + b.get(source, 0.0) for source in {**a, **b}}


def accumulators(optimizer: Optimizer) -> tuple[str, ...]:
    """The states that hold a size for each axis: sums and means of squares, largest slopes, lengths of steps."""
    sizes = vector_names(optimizer) - directed_names(optimizer)
    return tuple(name for name, initial in optimizer.state.items() if name in sizes and initial != "I")


def bias_correction(optimizer: Optimizer, state: str) -> int | None:
    """The index of the statement that gives a state times a number known ahead (a bias correction), if there is one."""
    numbers = {*optimizer.values, "t", *(line.name for line in optimizer.statements)} - vector_names(optimizer)
    for index, line in enumerate(optimizer.statements):
        plain = all(isinstance(node, Number | Name | Operation) for node in walk(line.tree))
        if plain and line.name not in optimizer.state and names_in(line.tree) - numbers == {state}:
            return index
    return None
